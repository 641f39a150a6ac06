"""Thousands of picture files made into one array, by as many processes as there are cores.

Processes, because a small picture is decoded mostly by Python; `subprocess`, because `multiprocessing` would run a
Streamlit script once more in every child. As a program: `python -m cnnviz.data.decoding_many ARRAY FIRST < names`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Queue
from threading import Thread

import numpy as np

from cnnviz.base.errors import PictureError
from cnnviz.base.locale import N_
from cnnviz.base.machine import child_environment, cores
from cnnviz.data.decoding import decode_picture
from cnnviz.data.fit import Size, fitted

Progress = Callable[[int, int], None]  # pictures done, in all
_REPORT = 256  # pictures between two reports
_WORTH_IT = 1000  # pictures for each process: less is done sooner than Python starts

_CANNOT_BE_OPENED = N_("It cannot be opened ({reason}).")


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


def decode_many(files: Sequence[Path], array: Path, size: Size, progress: Progress | None = None) -> Decoded:
    """Write (n, *size, 3) uint8 to the .npy file `array`; broken pictures stay 0. Raises OSError."""
    np.lib.format.open_memmap(array, "w+", np.uint8, (len(files), *size, 3)).flush()
    workers = max(1, min(cores(), len(files) // _WORTH_IT))
    if workers == 1:
        return decode_part(files, array, 0, lambda done: progress(done, len(files)) if progress else None)
    share = -(-len(files) // workers)
    parts = [(start, files[start : start + share]) for start in range(0, len(files), share)]
    heard: Queue[tuple[int, bytes | None]] = Queue()
    for number, (start, part) in enumerate(parts):
        Thread(target=_listen, args=(heard, number, array, start, part), daemon=True).start()
    return _gather(heard, len(parts), len(files), progress)


def decode_part(files: Sequence[Path], array: Path, first: int, report: Callable[[int], None]) -> Decoded:
    """Decode `files` into the rows of `array` from `first` on. `report` hears how many are done, now and then."""
    rows = np.load(array, mmap_mode="r+")
    size: Size = rows.shape[1:3]
    resized, broken = 0, []
    for index, file in enumerate(files):
        try:
            picture = decode_picture(file.read_bytes())
        except PictureError as error:
            broken.append((first + index, error))
            continue
        except OSError as error:
            broken.append((first + index, PictureError(_CANNOT_BE_OPENED, reason=error.strerror or str(error))))
            continue
        resized += picture.shape[:2] != size
        rows[first + index] = fitted(picture, size)
        if (index + 1) % _REPORT == 0:
            report(index + 1)
    rows.flush()
    return Decoded(resized, tuple(broken))


def _gather(heard: Queue[tuple[int, bytes | None]], workers: int, total: int, progress: Progress | None) -> Decoded:
    """Wait for all workers; `progress` is told in this thread, which may be a page's."""
    done, parts, over = [0] * workers, list[Decoded](), 0
    while over < workers:
        number, said = heard.get()
        if said is None:
            over += 1
        elif said.strip().isdigit():
            done[number] = int(said)
            if progress is not None:
                progress(sum(done), total)
        else:
            with suppress(ValueError):  # the half line of one that was killed as it said it
                parts.append(Decoded.from_json(said))
    if len(parts) != workers:
        raise OSError("a process that decodes pictures ended too early")
    return Decoded(sum(part.resized for part in parts), tuple(sorted(_all(parts), key=lambda one: one[0])))


def _all(parts: Sequence[Decoded]) -> list[tuple[int, PictureError]]:
    return [one for part in parts for one in part.broken]


def _listen(
    heard: Queue[tuple[int, bytes | None]], number: int, array: Path, first: int, files: Sequence[Path]
) -> None:
    try:
        with subprocess.Popen(
            [sys.executable, "-m", "cnnviz.data.decoding_many", str(array), str(first)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=child_environment(),
        ) as worker:
            assert worker.stdin is not None
            assert worker.stdout is not None
            worker.stdin.write(json.dumps([str(file) for file in files]).encode())
            worker.stdin.close()
            for line in worker.stdout:
                heard.put((number, line))
    except OSError:
        pass  # it died: its answer is missing, which is noticed
    finally:
        heard.put((number, None))


def main(array: str, first: str) -> None:
    """The worker: file names as JSON from standard input; to standard output how many are done, at last a `Decoded`."""
    files = [Path(name) for name in json.load(sys.stdin)]
    decoded = decode_part(files, Path(array), int(first), lambda done: print(done, flush=True))
    print(decoded.to_json(), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
