"""SVHN, house numbers in photos: two MATLAB files in torchvision's layout, read by scipy once their md5 is right.

As published the pictures are rows, columns, channels, numbers, and the digit 0 is called 10. Nobody has fetched it with
this code yet from its own address: it was written and tested without a network, on made files of the same form.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np

from cnnviz.base.errors import DataError
from cnnviz.base.files import temporary
from cnnviz.data.dataset_spec import Progress, Split, changed, missing
from cnnviz.data.download import (
    Counter,
    disk_errors_as_sentences,
    from_first_mirror,
    mirrored,
    one_at_a_time,
    prepare_folder,
)
from cnnviz.data.removal import remove_files

_MD5 = {  # as torchvision.datasets.SVHN has them; a test compares
    "train_32x32.mat": "e26dedcc434d2e4c54c9b2d4a06d8373",
    "test_32x32.mat": "eb5a983be6a315427106f1b164d9cef3",
}
_BYTES = {"train_32x32.mat": 182_040_794, "test_32x32.mat": 64_275_384}
_TEN = 10  # what the digit 0 is called


def torchvision_address(split: str) -> str:
    """In torchvision's class, which is imported only here."""
    from torchvision.datasets import SVHN  # heavy

    return str(SVHN.split_list[split][0])


@dataclass(frozen=True)
class SvhnFiles:
    """The two files, and what is known of them."""

    name: str = "svhn"  # as in the registry: for sentences
    md5: Mapping[str, str] = field(default_factory=lambda: dict(_MD5))
    file_bytes: Mapping[str, int] = field(default_factory=lambda: dict(_BYTES))

    @property
    def download_bytes(self) -> int:
        return sum(self.file_bytes.values())

    def are_present(self, root: Path) -> bool:
        return all((root / file).is_file() for file in self.md5)

    def load(self, split: str, root: Path, image_size: tuple[int, int, int], classes: int) -> Split:
        """Images (n, 3, 32, 32) and labels, 0 for the digit 0. Raises MissingDataError or CorruptDataError."""
        path = root / _file(split)
        try:
            state = path.stat()
        except FileNotFoundError as error:
            raise missing(self.name, path) from error
        found = _read(self.name, path, self.md5[path.name], state.st_mtime_ns, state.st_size)
        if found.images.shape[1:] != image_size or not len(found) or found.labels.max() >= classes:
            raise changed(self.name, path)
        return Split(found.images.copy(), found.labels.copy())

    def check(self, root: Path) -> list[tuple[str, str]]:
        return [(file, self._problem(root / file) or "ok") for file in self.md5]

    def remove(self, root: Path) -> None:
        remove_files(self.name, root, [root / file for file in self.md5])

    def fetch(self, root: Path, progress: Progress | None = None) -> None:
        """Fetch each file that is missing or broken. Raises DownloadError."""
        with one_at_a_time(root), disk_errors_as_sentences(root):
            wanted = [file for file, state in self.check(root) if state != "ok"]
            if wanted:
                prepare_folder(root)
            count = Counter(sum(self.file_bytes[file] for file in wanted), progress)
            for file in wanted:
                count.begin(self.file_bytes[file])
                with temporary(root / file) as part:
                    urls = mirrored(file, [torchvision_address(file.split("_")[0])])
                    from_first_mirror(self.name, file, urls, self.md5[file], part, count)
                    part.replace(root / file)
                count.file_done()

    def _problem(self, path: Path) -> str | None:
        try:
            _check_md5(self.name, path, self.md5[path.name])
        except DataError as error:
            return str(error)
        return None


def _file(split: str) -> str:
    return f"{split}_32x32.mat"


@lru_cache(maxsize=2)  # both halves, 300 MB: unpacking them takes seconds, and every page of pictures asks
def _read(name: str, path: Path, md5: str, _changed_at: int, _size: int) -> Split:
    from scipy.io import loadmat  # heavy
    from scipy.io.matlab import MatReadError  # heavy

    _check_md5(name, path, md5)
    try:
        content = loadmat(path, variable_names=["X", "y"])
        images, labels = content["X"], content["y"].astype(np.int64).ravel()
        if images.dtype != np.uint8 or images.ndim != 4 or images.shape[3] != len(labels) or labels.min() < 1:
            raise ValueError(images.shape)
    except (MatReadError, LookupError, ValueError, TypeError, AttributeError) as error:
        raise changed(name, path) from error
    labels[labels == _TEN] = 0
    return Split(np.ascontiguousarray(images.transpose(3, 2, 0, 1)), labels)


def _check_md5(name: str, path: Path, md5: str) -> None:
    """Raises MissingDataError or CorruptDataError."""
    try:
        found = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
    except FileNotFoundError as error:
        raise missing(name, path) from error
    if found != md5:
        raise changed(name, path)
