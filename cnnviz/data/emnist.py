"""EMNIST letters: four IDX files out of one zip file that holds all of EMNIST, in torchvision's layout.

As published the pictures lie on their sides, rows and columns exchanged, and letters are numbered from 1: both is put
right as they are read. Nobody has fetched it with this code yet from its own address: it was written and tested without
a network, on made files of the same form.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from cnnviz.base.errors import DownloadError
from cnnviz.base.files import temporary, to_disk
from cnnviz.base.locale import N_
from cnnviz.data.dataset_spec import SPLITS, Progress, Split
from cnnviz.data.download import Archive, fetch_archive
from cnnviz.data.idx import IdxFiles, record, unpack

FOLDER, ARCHIVE = "EMNIST", "gzip.zip"
_LARGEST = 1 << 30  # bytes of one unpacked file; the pictures to train on have 98 million


def _file(split: str, kind: str) -> str:
    return f"emnist-letters-{split}-{kind}-ubyte"


FILES = tuple(_file(split, kind) for split in SPLITS for kind in ("images-idx3", "labels-idx1"))


def torchvision_archive() -> tuple[str, str]:
    """(address, md5) in torchvision's class, which is imported only here."""
    from torchvision.datasets import EMNIST  # heavy

    return EMNIST.url, EMNIST.md5


@dataclass(frozen=True)
class EmnistFiles:
    """The four files of the letters."""

    name: str = "emnist-letters"  # as in the registry: for sentences
    download_bytes: int = 561_753_746
    files: Sequence[str] = field(default=FILES)

    @property
    def _idx(self) -> IdxFiles:
        return IdxFiles(self.name, FOLDER, dict.fromkeys(self.files, 0))

    def are_present(self, root: Path) -> bool:
        return self._idx.are_present(root)

    def load(self, split: str, root: Path, image_size: tuple[int, int, int], classes: int) -> Split:
        """Images (n, 1, 28, 28), upright, and labels from 0. Raises MissingDataError or CorruptDataError."""
        images, labels = _file(split, "images-idx3"), _file(split, "labels-idx1")
        pictures, numbers = self._idx.read(images, root), self._idx.read(labels, root)
        if pictures.shape[1:] != image_size[1:] or not len(pictures):
            raise self._idx.corrupt(self._idx.directory(root) / images)
        if numbers.shape != pictures.shape[:1] or not 1 <= numbers.min() <= numbers.max() <= classes:
            raise self._idx.corrupt(self._idx.directory(root) / labels)
        return Split(np.ascontiguousarray(pictures.swapaxes(1, 2))[:, None], numbers.astype(np.int64) - 1)

    def check(self, root: Path) -> list[tuple[str, str]]:
        return self._idx.check(root)

    def remove(self, root: Path) -> None:
        self._idx.remove(root)

    def fetch(self, root: Path, progress: Progress | None = None) -> None:
        """Fetch the zip file if one of the four is missing or broken, and unpack what is. Raises DownloadError."""
        directory = self._idx.directory(root)
        fetch_archive(
            self.name,
            Archive(f"{FOLDER}/{ARCHIVE}", self.download_bytes, torchvision_archive),
            directory,
            lambda: [file for file, state in self.check(root) if state != "ok"],
            lambda archive, file: _unpack(archive, file, directory / file),
            progress,
        )


def _unpack(archive: Path, file: str, target: Path) -> None:
    """One member of the zip file, by its known name, gunzipped to `target`."""
    try:
        with zipfile.ZipFile(archive) as zipped, temporary(target.with_name(f"{file}.gz")) as packed:
            member = zipped.getinfo(f"gzip/{file}.gz")
            if member.file_size > _LARGEST:
                raise KeyError(file)
            with zipped.open(member) as source, packed.open("wb") as sink:
                while piece := source.read(1 << 20):
                    sink.write(piece)
                to_disk(sink)
            record(target, unpack(packed, target))
    except (zipfile.BadZipFile, KeyError, EOFError) as error:
        raise DownloadError(
            N_(
                "`{file}` was fetched but does not hold the letters of EMNIST. Update torchvision: its address changed."
            ),
            file=ARCHIVE,
        ) from error
