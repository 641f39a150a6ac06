"""The data sets by name: DATASETS drives select boxes, the command line and the tests. NumPy only, no torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from cnnviz.base import paths
from cnnviz.base.errors import ConfigurationError
from cnnviz.data import digits
from cnnviz.data.cifar import CifarFiles
from cnnviz.data.files import FILES, IdxFiles
from cnnviz.data.split import SPLITS, Split
from cnnviz.data.storage import Progress, Storage
from cnnviz.locale import N_
from cnnviz.locale.typesetting import Listed

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
    """One data set. `title`, `about`, `source` and `classes` are English messages, translated where shown.

    `mean` and `std` are of the training pictures divided by 255, one value for each channel.
    """

    name: str
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
            raise ConfigurationError(
                N_("{parameter} must be one of {allowed}. Got {value} instead."),
                parameter="split",
                allowed=Listed(SPLITS),
                value=split,
            )
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


def dataset(name: str) -> DatasetSpec:
    """The data set of that name, or of the pictures in "folder:PATH", which are decoded now if they never were.

    Raises ConfigurationError, which lists the names; of a folder DataError, one sentence.
    """
    if isinstance(name, str) and name.startswith(FOLDER):
        from cnnviz.data.image_folder.offered import of_folder

        return of_folder(name)
    if name not in DATASETS:
        raise ConfigurationError(
            N_("{parameter} must be one of {allowed}. Got {value} instead."),
            parameter="data",
            allowed=Listed((*DATASETS, f"{FOLDER}PATH")),
            value=name,
        )
    return DATASETS[name]


_DIGITS = tuple("0123456789")

DATASETS = {
    spec.name: spec
    for spec in (
        DatasetSpec(
            name="digits",
            title=N_("Small handwritten digits"),
            about=N_(
                "Digits by 13 people, coarse enough to count every pixel. They come with the app: no network needed."
            ),
            source=N_(
                "UCI, Optical Recognition of Handwritten Digits (E. Alpaydin, C. Kaynak 1998), test part; CC BY 4.0"
            ),
            classes=_DIGITS,
            image_size=(1, 8, 8),
            train_images=1437,
            test_images=360,
            mean=(0.3058,),
            std=(0.3761,),
            framing=Framing(8, "box", pen=1.6),
            margin=4 / 28,
        ),
        DatasetSpec(
            name="mnist",
            title=N_("MNIST, handwritten digits"),
            about=N_("Digits by about 500 people, half of them office workers, half high-school students."),
            source=N_("Y. LeCun, C. Cortes, C. Burges 1998, from forms of the US Census Bureau collected by NIST"),
            classes=_DIGITS,
            image_size=(1, 28, 28),
            train_images=60_000,
            test_images=10_000,
            mean=(0.1307,),
            std=(0.3081,),
            framing=Framing(20, "mass", pen=2.7),
            files=IdxFiles(
                name="mnist",
                folder="MNIST",
                archive_bytes=dict(zip(FILES, (9_912_422, 28_881, 1_648_877, 4_542), strict=True)),
                sha256=dict(
                    zip(
                        FILES,
                        (
                            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
                            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
                            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
                            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
                        ),
                        strict=True,
                    )
                ),
            ),
        ),
        DatasetSpec(
            name="fashion-mnist",
            title=N_("Fashion-MNIST, clothes"),
            about=N_("Clothes from a shop's catalogue, in MNIST's format: harder than digits, and just as small."),
            source=N_("H. Xiao, K. Rasul, R. Vollgraf 2017, Zalando Research; MIT licence"),
            classes=(
                N_("T-shirt/top"),
                N_("Trouser"),
                N_("Pullover"),
                N_("Dress"),
                N_("Coat"),
                N_("Sandal"),
                N_("Shirt"),
                N_("Sneaker"),
                N_("Bag"),
                N_("Ankle boot"),
            ),
            image_size=(1, 28, 28),
            train_images=60_000,
            test_images=10_000,
            mean=(0.2860,),
            std=(0.3530,),
            framing=Framing(28, "box"),
            files=IdxFiles(
                name="fashion-mnist",
                folder="FashionMNIST",
                archive_bytes=dict(zip(FILES, (26_421_880, 29_515, 4_422_102, 5_148), strict=True)),
            ),
        ),
        DatasetSpec(
            name="kmnist",
            title=N_("Kuzushiji-MNIST, old Japanese letters"),
            about=N_(
                "Ten hiragana (お き す つ な は ま や れ を) as they were written before 1900, each in several forms."
            ),
            source=N_("T. Clanuwat and others 2018, Center for Open Data in the Humanities; CC BY-SA 4.0"),
            classes=("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
            image_size=(1, 28, 28),
            train_images=60_000,
            test_images=10_000,
            mean=(0.1918,),  # as published
            std=(0.3483,),
            framing=Framing(28, "box", pen=2.7),
            files=IdxFiles(
                name="kmnist",
                folder="KMNIST",
                archive_bytes=dict(zip(FILES, (18_165_135, 29_497, 3_041_136, 5_120), strict=True)),
            ),
        ),
        DatasetSpec(
            name="cifar10",
            title=N_("CIFAR-10, small colour photos"),
            about=N_("Photos of animals and vehicles, so coarse that people err too: about 6 in 100."),
            source=N_("A. Krizhevsky 2009, Learning Multiple Layers of Features from Tiny Images"),
            classes=(
                N_("airplane"),
                N_("automobile"),
                N_("bird"),
                N_("cat"),
                N_("deer"),
                N_("dog"),
                N_("frog"),
                N_("horse"),
                N_("ship"),
                N_("truck"),
            ),
            image_size=(3, 32, 32),
            train_images=50_000,
            test_images=10_000,
            mean=(0.4914, 0.4822, 0.4465),  # as published
            std=(0.2470, 0.2435, 0.2616),
            files=CifarFiles(),
        ),
    )
}
