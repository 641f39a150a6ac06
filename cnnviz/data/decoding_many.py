"""Decoding by thousands: files on the disk or in an archive made into one array, by a process for each core.

Processes, because a small picture is decoded mostly by Python; `subprocess`, because `multiprocessing` would run a
Streamlit script once more in every child. As a program: `python -m cnnviz.data.decoding_many ARRAY FIRST < pictures`.
A generator: closed before its end, it ends its processes.
"""

from __future__ import annotations

import json
import math
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any, BinaryIO, Protocol

import numpy as np

from cnnviz.base.errors import DataError, PictureError
from cnnviz.base.locale import N_
from cnnviz.base.machine import child_environment, cores
from cnnviz.data.archive import LOCK, Member, read_member
from cnnviz.data.decoding import check_bytes, decode_picture, like_those_of

Progress = Callable[[int, int], None]  # pictures done, in all
Shape = tuple[int, int, int]  # channels, height, width

MOST_PROCESSES = 8  # each decodes one picture at a time, for which it takes at most 512 MB
MOST_PIXELS = 128_000_000_000  # of an archive's pictures before they are shrunk: 2,000 photos of 48 million. A file of
# some kilobytes may have 50 million, and 200,000 such would keep two cores for a day
_GONE = N_("The uploaded file was put away while it was being read. Choose it anew.")
_WORTH_IT = 1000  # pictures for each process: less is done sooner than Python starts ...
_WORTH_BYTES = 16 << 20  # ... unless they are large
_EVERY = 0.2  # seconds between two reports, and between two looks whether there is one


class Pictures(Protocol):
    """Picture files in a row."""

    def __len__(self) -> int: ...

    def read(self, row: int, most: int | None = None) -> bytes:
        """A whole file, or its first `most` bytes. Raises PictureError, OSError, or DataError if none can be read."""
        ...

    def part(self, start: int, stop: int) -> Pictures:
        """Some of them."""
        ...

    @property
    def most_pixels(self) -> float:
        """How many all together may have, as they lie in their files."""
        ...

    def on_disk(self, folder: Path) -> Pictures:
        """The same where another process can read them: what is only open here is written into `folder` first."""
        ...

    def weight(self) -> int:
        """Bytes of all together, roughly."""
        ...

    def to_json(self) -> dict[str, Any]:
        """For another process, which reads it by `_from_json`."""
        ...


@dataclass(frozen=True, eq=False)
class Files:
    """Files on the disk."""

    paths: Sequence[Path]
    most_pixels: float = math.inf  # the operator's own, and no stranger's

    def __len__(self) -> int:
        return len(self.paths)

    def read(self, row: int, most: int | None = None) -> bytes:
        check_bytes(0 if most else self.paths[row].stat().st_size)
        with self.paths[row].open("rb") as file:
            return file.read(most)

    def part(self, start: int, stop: int) -> Files:
        return Files(self.paths[start:stop])

    def on_disk(self, folder: Path) -> Files:
        return self

    def weight(self) -> int:
        total = 0
        for path in self.paths:
            with suppress(OSError):
                total += path.stat().st_size
        return total

    def to_json(self) -> dict[str, Any]:
        return {"paths": [str(path) for path in self.paths]}


@dataclass(frozen=True, eq=False)
class Members:
    """Files in an archive, which are read straight out of it."""

    archive: Path | BinaryIO
    members: Sequence[Member]
    most_pixels: float = MOST_PIXELS

    def __len__(self) -> int:
        return len(self.members)

    def read(self, row: int, most: int | None = None) -> bytes:
        check_bytes(max(self.members[row].unpacked, self.members[row].packed))
        if not isinstance(self.archive, Path):
            if self.archive.closed:  # of all pictures alike: none of them is broken
                raise DataError(_GONE)
            return read_member(self.archive, self.members[row], most)
        with self.archive.open("rb") as file:
            return read_member(file, self.members[row], most)

    def part(self, start: int, stop: int) -> Members:
        part = self.members[start:stop]
        return Members(self.archive, part, self.most_pixels * len(part) / max(1, len(self.members)))

    def on_disk(self, folder: Path) -> Members:
        if isinstance(self.archive, Path):
            return self
        copy = folder / "upload.zip"
        with LOCK, copy.open("xb") as file:
            self.archive.seek(0)
            shutil.copyfileobj(self.archive, file, 1 << 20)
        return Members(copy, self.members, self.most_pixels)

    def weight(self) -> int:
        return sum(member.packed for member in self.members)

    def to_json(self) -> dict[str, Any]:
        return {"archive": str(self.archive), "members": list(self.members), "most_pixels": self.most_pixels}


def _from_json(said: dict[str, Any]) -> Pictures:
    if "paths" in said:
        return Files([Path(name) for name in said["paths"]])
    return Members(Path(said["archive"]), [Member(*member) for member in said["members"]], said["most_pixels"])


@dataclass(frozen=True)
class Decoded:
    """What became of the pictures: how many had another size, and for each broken one its place and what is wrong."""

    resized: int
    broken: tuple[tuple[int, PictureError], ...] = ()

    def to_json(self) -> str:
        said = [(place, error.to_json()) for place, error in self.broken]
        return json.dumps({"resized": self.resized, "broken": said})

    @classmethod
    def from_json(cls, text: str | bytes) -> Decoded:
        found = json.loads(text)
        said = ((place, PictureError.from_json(error)) for place, error in found["broken"])
        return cls(found["resized"], tuple(said))


def decode_many(pictures: Pictures, array: Path, shape: Shape, progress: Progress | None = None) -> Decoded:
    """Write (n, *shape) uint8 to the .npy file `array`; broken pictures stay 0. Raises OSError."""
    steps = decode_steps(pictures, array, shape)
    while True:
        try:
            done = next(steps)
        except StopIteration as end:
            decoded: Decoded = end.value
            return decoded
        if progress is not None:
            progress(done, len(pictures))


def decode_steps(pictures: Pictures, array: Path, shape: Shape) -> Generator[int, None, Decoded]:
    """The same, saying a few times a second how many are done."""
    np.lib.format.open_memmap(array, "w+", np.uint8, (len(pictures), *shape)).flush()
    workers = processes(pictures)
    if workers == 1:
        return (yield from decode_part(pictures, array, 0))
    share = -(-len(pictures) // workers)
    parts = [(start, pictures.part(start, start + share)) for start in range(0, len(pictures), share)]
    return (yield from _in_parallel(parts, array))


def processes(pictures: Pictures) -> int:
    """How many are worth their start."""
    worth = max(len(pictures) // _WORTH_IT, pictures.weight() // _WORTH_BYTES if len(pictures) < 8 * _WORTH_IT else 0)
    return max(1, min(cores(), MOST_PROCESSES, worth, len(pictures)))


def decode_part(pictures: Pictures, array: Path, first: int) -> Generator[int, None, Decoded]:
    """Decode into the rows of `array` from `first` on. Yields how many are done, now and then."""
    rows = np.load(array, mmap_mode="r+")
    shape: Shape = rows.shape[1:]
    resized, broken, said, budget = 0, [], time.monotonic(), _Budget(pictures.most_pixels)
    for index in range(len(pictures)):
        try:
            budget.check()
            picture = decode_picture(pictures.read(index), on_size=budget.spend)
            resized += picture.shape[:2] != shape[1:]
            rows[first + index] = like_those_of(shape, picture)
        except PictureError as error:
            broken.append((first + index, error))
        except OSError as error:
            broken.append((first + index, cannot_be_opened(error)))
        if time.monotonic() - said > _EVERY:
            said = time.monotonic()
            yield index + 1
    rows.flush()
    return Decoded(resized, tuple(broken))


@dataclass
class _Budget:
    """Pixels that may still be decoded."""

    left: float

    def spend(self, pixels: int) -> None:
        self.left -= pixels

    def check(self) -> None:
        """Raises PictureError once it is spent."""
        if self.left <= 0:
            raise PictureError(
                N_(
                    "The pictures of this archive have over {limit} million pixels together. Make them smaller, or "
                    "bring them as a folder."
                ),
                limit=f"{MOST_PIXELS // 1_000_000:,}",
            )


def cannot_be_opened(error: OSError) -> PictureError:
    """What the system would not do."""
    return PictureError(N_("It cannot be opened ({reason})."), reason=error.strerror or str(error))


_Report = tuple[int, bytes | None]  # a worker's number and line; None: it has ended


def _in_parallel(parts: Sequence[tuple[int, Pictures]], array: Path) -> Generator[int, None, Decoded]:
    """A process for each part, ended with this generator. Raises OSError if one ends too early."""
    reports: Queue[_Report] = Queue()
    started = []
    try:
        for number, (first, part) in enumerate(parts):
            started.append(_start(array, first))
            Thread(target=_converse, args=(reports, number, started[-1], part), daemon=True).start()
        return (yield from _gather(reports, len(parts)))
    finally:
        for process in started:
            process.kill()
            process.wait()


def _start(array: Path, first: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "cnnviz.data.decoding_many", str(array), str(first)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=child_environment(),
    )


def _gather(reports: Queue[_Report], workers: int) -> Generator[int, None, Decoded]:
    """Wait for all; between two reports whoever asks may close it."""
    done, parts, over = [0] * workers, list[Decoded](), 0
    while over < workers:
        try:
            number, said = reports.get(timeout=_EVERY)
        except Empty:
            yield sum(done)
            continue
        if said is None:
            over += 1
        elif said.strip().isdigit():
            done[number] = int(said)
            yield sum(done)
        else:
            with suppress(ValueError):  # the half line of one that was killed as it said it
                parts.append(Decoded.from_json(said))
    if len(parts) != workers:
        raise OSError("a process that decodes pictures ended too early")
    broken = (one for part in parts for one in part.broken)
    return Decoded(sum(part.resized for part in parts), tuple(sorted(broken, key=lambda one: one[0])))


def _converse(reports: Queue[_Report], number: int, worker: subprocess.Popen[bytes], part: Pictures) -> None:
    assert worker.stdin is not None
    assert worker.stdout is not None
    try:
        with worker.stdin as listening, worker.stdout as said:
            listening.write(json.dumps(part.to_json()).encode())
            listening.close()
            for line in said:
                reports.put((number, line))
    except (OSError, ValueError):
        pass  # it died, or was ended: its answer is missing, which is noticed
    finally:
        reports.put((number, None))


def main(array: str, first: str) -> None:
    """The worker: pictures as JSON from standard input; to standard output how many are done, at last a `Decoded`."""
    steps = decode_part(_from_json(json.load(sys.stdin)), Path(array), int(first))
    while True:
        try:
            print(next(steps), flush=True)
        except StopIteration as end:
            print(end.value.to_json(), flush=True)
            return


if __name__ == "__main__":
    main(*sys.argv[1:])
