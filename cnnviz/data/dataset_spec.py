"""Dataset spec: what is known of one data set, and its pictures once they are here. NumPy only, no torch.

`Storage` is what a spec asks of whatever holds its pictures: a new format of files is a class that answers so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from cnnviz.base import paths
from cnnviz.base.errors import CorruptDataError, MissingDataError
from cnnviz.base.locale import N_
from cnnviz.base.params import not_one_of

FOLDER = "folder:"  # before a path: pictures of one's own, a sub-folder for each class
OWN = "own:"  # before the name of a set that was imported
SPLITS = ("train", "test")
Progress = Callable[[int, int], None]  # done, in all


@dataclass(frozen=True, eq=False)
class Split:
    """Pictures as uint8 (n, channels, height, width) and their classes as int64 (n,): arrays of the caller's own."""

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)


class Storage(Protocol):
    """The pictures of one data set, under `root` or wherever they lie."""

    @property
    def download_bytes(self) -> int:
        """What fetching weighs in all; 0 if there is nothing to fetch."""
        ...

    def are_present(self, root: Path) -> bool:
        """Whether all is on this machine. Cheap: does not look into the files."""
        ...

    def load(self, split: str, root: Path, image_size: tuple[int, int, int], classes: int) -> Split:
        """One half, checked. Raises MissingDataError or CorruptDataError."""
        ...

    def fetch(self, root: Path, progress: Progress | None = None) -> None:
        """Download what is missing or broken. Raises DownloadError."""
        ...

    def check(self, root: Path) -> list[tuple[str, str]]:
        """For each file "ok" or the sentence that says what is wrong with it."""
        ...

    def remove(self, root: Path) -> None:
        """Take its files off this machine, and no others. Raises DataError where that cannot or must not be."""
        ...


@dataclass(frozen=True)
class Framing:
    """How the makers of a data set placed what a picture shows: scaled until its longer side is `box` pixels, then
    its centre of mass ("mass") or the middle of its bounding box ("box") put in the middle of the picture.

    `pen`: what is shown is written, with strokes about so many pixels wide; 0: it is no writing."""

    box: int
    centre: Literal["mass", "box"]
    pen: float = 0.0


@dataclass(frozen=True)
class Remark:
    """A sentence on a data set with figures in it: `template` is a message, `values` fill its gaps."""

    template: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class DatasetSpec:
    """One data set. `label`, `title`, `about`, `source` and `classes` are English messages, translated where shown.

    `mean` and `std` are of the training pictures divided by 255, one value for each channel.
    """

    name: str  # in links, files and commands
    label: str  # what it is called in a list
    title: str
    about: str
    source: str
    classes: tuple[str, ...]
    image_size: tuple[int, int, int]  # channels, height, width
    train_images: int
    test_images: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    files: Storage
    framing: Framing | None = None  # ink on black, placed so; None: a picture's middle part, in its own colours
    light_paper: bool = False  # whether a drawing in the likeness of these pictures is dark on light
    margin: float = 0.0  # share of a larger network's input left empty on each side; MNIST's own glyphs leave 4 of 28
    remarks: tuple[Remark, ...] = ()  # what was done to the pictures of a folder
    version: str = ""  # another one where other pictures or labels come under this name: part of every cache's key

    @property
    def download_bytes(self) -> int:
        """What fetching weighs in all; 0 if there is nothing to fetch."""
        return self.files.download_bytes

    def load(self, split: str, root: Path | None = None) -> Split:
        """One half, checked against its recorded SHA-256. Raises MissingDataError or CorruptDataError."""
        if split not in SPLITS:
            raise not_one_of("split", split, SPLITS)
        return self.files.load(split, root or paths.data_root(), self.image_size, len(self.classes))

    def is_present(self, root: Path | None = None) -> bool:
        """Whether all files are on this machine. Cheap: does not look into them."""
        return self.files.are_present(root or paths.data_root())

    def fetch(self, root: Path | None = None, progress: Progress | None = None) -> None:
        """Download what is missing or broken; nothing happens if all is well. Raises DownloadError."""
        self.files.fetch(root or paths.data_root(), progress)

    def check(self, root: Path | None = None) -> list[tuple[str, str]]:
        """For each file "ok" or the sentence that says what is wrong with it."""
        return self.files.check(root or paths.data_root())


def missing(name: str, path: Path) -> MissingDataError:
    """The error for a file of the data set `name` that is not there."""
    return MissingDataError(
        N_(
            "The data set {name} is not on this machine: `{path}` is missing. "
            "Fetch it on the page Data or with `python -m cnnviz data fetch {name}`, "
            "or use digits, which needs no network."
        ),
        name=name,
        path=path,
    )


def changed(name: str, path: Path) -> CorruptDataError:
    """The error for a file of the data set `name` that is not what was fetched."""
    return CorruptDataError(
        N_(
            "`{path}` was cut or changed since it was fetched. Fetch it again on the page Data "
            "or with `python -m cnnviz data fetch {name}`, or use digits, which needs no network."
        ),
        path=path,
        name=name,
    )
