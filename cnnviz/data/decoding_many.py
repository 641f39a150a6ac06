"""Thousands of picture files made into one array, by as many processes as there are cores.

Processes, because a small picture is decoded mostly by Python; `subprocess`, because `multiprocessing` would run a
Streamlit script once more in every child. As a program: `python -m cnnviz.data.decoding_many ARRAY FIRST < names`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import Queue
from threading import Thread

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from cnnviz.data.decoding import decode_picture
from cnnviz.errors import PictureError
from cnnviz.machine import child_environment, cores

Progress = Callable[[int, int], None]  # pictures done, in all
Size = tuple[int, int]  # height, width
_REPORT = 256  # pictures between two reports
_WORTH_IT = 1000  # pictures for each process: less is done sooner than Python starts

READ, RESIZED, BROKEN = "read", "resized", "broken"  # what became of a picture


def decode_many(files: Sequence[Path], array: Path, size: Size, progress: Progress | None = None) -> list[str]:
    """Write (n, *size, 3) uint8 to the .npy file `array`; returns what became of each picture. Broken ones stay 0."""
    np.lib.format.open_memmap(array, "w+", np.uint8, (len(files), *size, 3)).flush()
    workers = max(1, min(cores(), len(files) // _WORTH_IT))
    if workers == 1:
        return decode_part(files, array, 0, lambda done: progress(done, len(files)) if progress else None)
    share = -(-len(files) // workers)
    parts = [(start, files[start : start + share]) for start in range(0, len(files), share)]
    heard: Queue[tuple[int, dict[str, object] | None]] = Queue()
    for number, (start, part) in enumerate(parts):
        Thread(target=_listen, args=(heard, number, array, start, part), daemon=True).start()
    return _gather(heard, len(parts), len(files), progress)


def decode_part(files: Sequence[Path], array: Path, first: int, report: Callable[[int], None]) -> list[str]:
    """Decode `files` into the rows of `array` from `first` on. `report` hears how many are done, now and then."""
    rows = np.load(array, mmap_mode="r+")
    size: Size = rows.shape[1:3]
    became = []
    for index, file in enumerate(files):
        try:
            picture = decode_picture(file.read_bytes())
        except (PictureError, OSError):
            became.append(BROKEN)
            continue
        became.append(READ if picture.shape[:2] == size else RESIZED)
        rows[first + index] = fitted(picture, size)
        if (index + 1) % _REPORT == 0:
            report(index + 1)
    rows.flush()
    return became


def fitted(picture: NDArray[np.uint8], size: Size) -> NDArray[np.uint8]:
    """(h, w) or (h, w, 3) -> (*size, 3): as it is, or its middle part of that shape, resized."""
    if picture.shape[:2] != size:
        image = ImageOps.fit(Image.fromarray(picture), (size[1], size[0]), Image.Resampling.BILINEAR)
        picture = np.asarray(image)
    return picture if picture.ndim == 3 else np.repeat(picture[:, :, None], 3, axis=2)


def _gather(
    heard: Queue[tuple[int, dict[str, object] | None]], workers: int, total: int, progress: Progress | None
) -> list[str]:
    """Wait for all workers; `progress` is told in this thread, which may be a page's."""
    done, became, over = [0] * workers, [list[str]() for _ in range(workers)], 0
    while over < workers:
        number, said = heard.get()
        if said is None:
            over += 1
        elif "done" in said:
            done[number] = int(str(said["done"]))
            if progress is not None:
                progress(sum(done), total)
        else:
            became[number] = list(said["became"])  # type: ignore[call-overload]
    if sum(map(len, became)) != total:
        raise OSError("a process that decodes pictures ended too early")
    return [one for part in became for one in part]


def _listen(
    heard: Queue[tuple[int, dict[str, object] | None]], number: int, array: Path, first: int, files: Sequence[Path]
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
                heard.put((number, json.loads(line)))
    except OSError:
        pass  # it died: its answer is missing, which is noticed
    finally:
        heard.put((number, None))


def main(array: str, first: str) -> None:
    """The worker: file names as JSON from standard input, reports as JSON lines to standard output."""
    files = [Path(name) for name in json.load(sys.stdin)]
    became = decode_part(files, Path(array), int(first), lambda done: print(json.dumps({"done": done}), flush=True))
    print(json.dumps({"became": became}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
