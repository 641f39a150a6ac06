"""Import of a zip of pictures, against the plain way: unpack it, then read file after file as ImageFolder does.

CIFAR-10 as 60,000 JPEGs where CNNVIZ_DATA has `cifar10-jpeg.zip`, else 6,000 pictures made here. Ours checks every
name, splits, measures, sums and writes a data set; the plain way only fills an array. Peak memory is that of all
processes together, sampled. Limits: 60 s and 1.5 GB on two cores.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks._home import given_home
from cnnviz.base.paths import data_root
from cnnviz.commands.bench import Row
from cnnviz.data.own.importing import ImportSettings, import_set
from cnnviz.data.own.sources import ZipSource

_ARCHIVE = "cifar10-jpeg.zip"
_MADE = 6000
_EVERY = 0.05  # seconds between two looks at memory


def run() -> Iterator[Row | str]:
    """Seconds and gigabytes of each."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        archive = data_root() / _ARCHIVE
        if not archive.is_file():
            yield f"{_ARCHIVE} is not in CNNVIZ_DATA: {_MADE} pictures made here instead"
            archive = _made(place / "made.zip")
        yield from _compared(archive, place)


def _compared(archive: Path, place: Path) -> Iterator[Row]:
    with given_home(place / "home"), _Memory() as ours:
        spec = import_set(ZipSource(archive), ImportSettings("bench"))
    with _Memory() as plain:
        _plainly(archive, place / "unpacked")
    what = f"{spec.train_images + spec.test_images:,} pictures of {archive.stat().st_size / 1e6:.0f} MB"
    yield Row(what, ours.seconds, plain.seconds)
    yield Row(f"{what}, peak memory", ours.most / 1e9, plain.most / 1e9, "GB")


def _plainly(archive: Path, folder: Path) -> np.ndarray:
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder)
    pictures = []
    for file in sorted(folder.rglob("*.jpg")):
        with Image.open(file) as image:
            pictures.append(np.asarray(image.convert("RGB")))
    return np.stack(pictures)


def _made(target: Path) -> Path:
    random = np.random.default_rng(0)
    with zipfile.ZipFile(target, "w") as packed:
        for index in range(_MADE):
            with packed.open(f"pets/{'cat' if index % 2 else 'dog'}/{index}.jpg", "w") as file:
                Image.fromarray(random.integers(0, 256, (32, 32, 3), dtype=np.uint8)).save(file, "JPEG")
    return target


class _Memory:
    """Seconds, and the most resident bytes of this process and its children at once."""

    def __enter__(self) -> _Memory:
        self.most, self.seconds, self._over = 0, 0.0, threading.Event()
        self._start, self._thread = time.perf_counter(), threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.seconds = time.perf_counter() - self._start
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        import psutil

        me = psutil.Process()
        while not self._over.wait(_EVERY):
            total = 0
            for process in (me, *me.children(recursive=True)):
                try:
                    total += process.memory_info().rss
                except psutil.Error:  # it has just ended
                    continue
            self.most = max(self.most, total)


if __name__ == "__main__":
    sys.exit(print(*run(), sep="\n"))
