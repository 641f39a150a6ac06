"""CIFAR-10 and CIFAR-100 as published and as torchvision unpacks them: files of pictures, pickled by Python 2.

A pickle is a program. These are read only if they are the published ones, byte for byte, and by an unpickler that
makes NumPy arrays and nothing else. Fetched is one archive, of which the files are unpacked, each renamed when it is
whole; nobody has fetched it with this code yet from its own address: it was written and tested without a network.
"""

from __future__ import annotations

import hashlib
import io
import pickle
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from cnnviz.base.errors import DataError, DownloadError
from cnnviz.base.files import temporary, to_disk
from cnnviz.base.locale import N_
from cnnviz.data.dataset_spec import SPLITS, Progress, Split, changed, missing
from cnnviz.data.download import Archive, fetch_archive
from cnnviz.data.removal import remove_files

FOLDER = "cifar-10-batches-py"  # in the archive, and torchvision's
ARCHIVE = "cifar-10-python.tar.gz"
_MD5 = {  # as torchvision.datasets.CIFAR10 has them; a test compares
    "data_batch_1": "c99cafc152244af753f735de768cd75f",
    "data_batch_2": "d4bba439e000b95fd0a9bffe97cbabec",
    "data_batch_3": "54ebc095f3ab1f0389bbae665268c751",
    "data_batch_4": "634d18415352ddfa80567beed471001a",
    "data_batch_5": "482c414d41f54cd18b22e5b47cb7c3cb",
    "test_batch": "40351d587109b95175f43aff81a1287e",
}


@dataclass(frozen=True)
class CifarFiles:
    """The files of CIFAR-10, or of a set like it, and what is known of them."""

    name: str = "cifar10"  # as in the registry: for sentences
    download_bytes: int = 170_498_071
    md5: Mapping[str, str] = field(default_factory=lambda: dict(_MD5))
    folder: str = FOLDER
    archive: str = ARCHIVE
    torchvision: str = "CIFAR10"  # its class
    labels: str = "labels"  # what they are called in a file

    def directory(self, root: Path) -> Path:
        """The folder of the unpacked files."""
        return root / self.folder

    def are_present(self, root: Path) -> bool:
        return all((self.directory(root) / file).is_file() for file in self.md5)

    def load(self, split: str, root: Path, image_size: tuple[int, int, int], classes: int) -> Split:
        """Images (n, 3, 32, 32) and labels (n,) of one half. Raises MissingDataError or CorruptDataError."""
        parts = [self._read(file, root, image_size, classes) for file in self.md5 if _half(file) == split]
        return Split(np.concatenate([part.images for part in parts]), np.concatenate([part.labels for part in parts]))

    def fetch(self, root: Path, progress: Progress | None = None) -> None:

        fetch(self, root, progress)

    def remove(self, root: Path) -> None:
        remove_files(self.name, root, [self.directory(root) / file for file in self.md5])

    def check(self, root: Path) -> list[tuple[str, str]]:
        return [(file, self.problem(file, root) or "ok") for file in self.md5]

    def problem(self, file: str, root: Path) -> str | None:
        """The sentence that says what is wrong with a file, or None."""
        try:
            self._bytes(file, root)
        except DataError as error:
            return str(error)
        return None

    def _read(self, file: str, root: Path, image_size: tuple[int, int, int], classes: int) -> Split:
        try:
            content = _Arrays(io.BytesIO(self._bytes(file, root)), encoding="latin1").load()
            images, labels = content["data"].reshape(-1, *image_size), np.asarray(content[self.labels], dtype=np.int64)
            if images.dtype != np.uint8 or len(images) != len(labels) or labels.max() >= classes:
                raise ValueError(images.shape)
        except (pickle.UnpicklingError, ValueError, KeyError, TypeError, AttributeError, EOFError) as error:
            raise changed(self.name, self.directory(root) / file) from error
        return Split(images, labels)

    def _bytes(self, file: str, root: Path) -> bytes:
        """The file, if it is the published one. Raises MissingDataError or CorruptDataError."""
        path = self.directory(root) / file
        try:
            raw = path.read_bytes()
        except FileNotFoundError as error:
            raise missing(self.name, path) from error
        if hashlib.md5(raw, usedforsecurity=False).hexdigest() != self.md5[file]:
            raise changed(self.name, path)
        return raw


def _half(file: str) -> str:
    return SPLITS[1] if file.startswith("test") else SPLITS[0]


class _Arrays(pickle.Unpickler):
    """Makes lists, texts and NumPy arrays; whatever else a file asks for is refused."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in (("numpy", "ndarray"), ("numpy", "dtype")):
            return getattr(np, name)
        if (module, name) in (
            ("numpy.core.multiarray", "_reconstruct"),  # as Python 2 wrote it
            ("numpy._core.multiarray", "_reconstruct"),
        ):
            return np.empty(0).__reduce__()[0]
        raise pickle.UnpicklingError(f"{module}.{name}")


_LARGEST = 256 << 20  # bytes of one file; they have 31 MB, of CIFAR-100 155


def torchvision_archive(name: str = "CIFAR10") -> tuple[str, str]:
    """(address, md5) in torchvision's class of that name, which is imported only here."""
    from torchvision import datasets  # heavy

    source = getattr(datasets, name)
    return source.url, source.tgz_md5


def fetch(files: CifarFiles, root: Path, progress: Progress | None = None) -> None:
    """Fetch the archive if a file is missing or broken. `progress` is called with (bytes done, bytes in all).

    Raises DownloadError.
    """
    directory = files.directory(root)
    fetch_archive(
        files.name,
        Archive(files.archive, files.download_bytes, lambda: torchvision_archive(files.torchvision)),
        directory,
        lambda: [file for file in files.md5 if files.problem(file, root) is not None],
        lambda archive, file: _unpack(files, archive, file, directory / file),
        progress,
    )


def _unpack(files: CifarFiles, archive: Path, file: str, target: Path) -> None:
    """One member of the archive, by its known name, to a temporary name, then renamed to `target`."""
    try:
        with tarfile.open(archive) as packed, temporary(target) as part:
            member = packed.extractfile(f"{files.folder}/{file}")
            if member is None:
                raise KeyError(file)
            with part.open("wb") as unpacked:
                unpacked.write(member.read(_LARGEST))
                to_disk(unpacked)
            part.replace(target)
    except (tarfile.TarError, KeyError) as error:
        raise DownloadError(
            N_("`{file}` was fetched but does not hold {name}. Update torchvision: its address has changed."),
            file=files.archive,
            name=files.name,
        ) from error
