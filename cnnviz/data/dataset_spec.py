"""Dataset spec: what is known of one data set, and its pictures once they are here. NumPy only, no torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from cnnviz.base import paths
from cnnviz.base.params import not_one_of
from cnnviz.data import digits
from cnnviz.data.storage import SPLITS, Progress, Split, Storage

FOLDER = "folder:"  # before a path: pictures of one's own, a sub-folder for each class


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
    framing: Framing | None = None  # ink on black, placed so; None: a picture's middle part, in its own colours
    files: Storage | None = None  # None: embedded
    light_paper: bool = False  # whether a drawing in the likeness of these pictures is dark on light
    margin: float = 0.0  # share of a larger network's input left empty on each side; MNIST's own glyphs leave 4 of 28
    remarks: tuple[Remark, ...] = ()  # what was done to the pictures of a folder

    @property
    def download_bytes(self) -> int:
        """What fetching weighs in all; 0 if embedded."""
        return self.files.download_bytes if self.files else 0

    def load(self, split: str, root: Path | None = None) -> Split:
        """One half, checked against its recorded SHA-256. Raises MissingDataError or CorruptDataError."""
        if split not in SPLITS:
            raise not_one_of("split", split, SPLITS)
        if self.files is None:
            return digits.load(split)
        return self.files.load(split, root or paths.data_root(), self.image_size, len(self.classes))

    def is_present(self, root: Path | None = None) -> bool:
        """Whether all files are on this machine. Cheap: does not look into them."""
        if self.files is None:
            file = digits.path()
            return file is not None and file.is_file()
        return self.files.are_present(root or paths.data_root())

    def fetch(self, root: Path | None = None, progress: Progress | None = None) -> None:
        """Download what is missing or broken; nothing happens if all is well. Raises DownloadError."""
        if self.files is not None:
            self.files.fetch(root or paths.data_root(), progress)

    def check(self, root: Path | None = None) -> list[tuple[str, str]]:
        """For each file "ok" or the sentence that says what is wrong with it."""
        if self.files is not None:
            return self.files.check(root or paths.data_root())
        return [("digits.csv.gz", digits.problem() or "ok")]
