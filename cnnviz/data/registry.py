"""Registry of data sets: a row of DATASETS each. NumPy only, no torch.

The rows drive select boxes, the command line and the tests.
"""

from __future__ import annotations

import time
from pathlib import Path

from cnnviz.base import paths
from cnnviz.base.locale import N_
from cnnviz.base.params import not_one_of
from cnnviz.data import cifar100
from cnnviz.data.cifar import CifarFiles
from cnnviz.data.dataset_spec import FOLDER, OWN, DatasetSpec, Framing
from cnnviz.data.digits import DigitsFile
from cnnviz.data.emnist import EmnistFiles
from cnnviz.data.idx import FILES, IdxFiles
from cnnviz.data.image_folder.offered import of_folder, offered
from cnnviz.data.own import store
from cnnviz.data.svhn import SvhnFiles


def dataset(name: str) -> DatasetSpec:
    """The data set of that name, the imported set "own:NAME", or the pictures in "folder:PATH", which are decoded now
    if they never were.

    Raises ConfigurationError, which lists the names; of a folder or an imported set DataError, one sentence.
    """
    if isinstance(name, str) and name.startswith(OWN):
        return store.of_own(name)
    if isinstance(name, str) and name.startswith(FOLDER):
        return of_folder(name)
    if name not in DATASETS:
        raise not_one_of("data", name, (*DATASETS, f"{OWN}NAME", f"{FOLDER}PATH"))
    return DATASETS[name]


def available(to_train: bool = False) -> tuple[str, ...]:
    """The names of all data sets that are offered: those of the app, own ones, folders below CNNVIZ_DATA.

    `to_train`: of the folders only such with training pictures. Cheap enough for every run of a page: below
    CNNVIZ_DATA it looks again when something came or went there, or after some seconds.
    """
    return (*DATASETS, *(f"{OWN}{name}" for name in store.names()), *_folders(to_train))


_LOOK_AGAIN = 10.0  # seconds: listing a folder of 60,000 files takes half of one
_looked: dict[tuple[Path, int, bool], tuple[float, tuple[str, ...]]] = {}  # the root and its state -> when, what


def _folders(to_train: bool) -> tuple[str, ...]:
    root = paths.data_root()
    try:
        key = (root, root.stat().st_mtime_ns, to_train)
    except OSError:
        return ()
    when, found = _looked.get(key, (0.0, ()))
    if not when or time.monotonic() - when > _LOOK_AGAIN:
        _looked.clear()
        found = offered(to_train)
        _looked[key] = (time.monotonic(), found)
    return found


_DIGITS = tuple("0123456789")

DATASETS = {
    spec.name: spec
    for spec in (
        DatasetSpec(
            name="digits",
            label=N_("Digits 8 × 8"),
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
            files=DigitsFile(),
            framing=Framing(8, "box", pen=1.6),
            margin=4 / 28,
        ),
        DatasetSpec(
            name="mnist",
            label="MNIST",
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
            label="Fashion-MNIST",
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
            label="KMNIST",
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
            name="emnist-letters",
            label=N_("EMNIST letters"),
            title=N_("EMNIST, handwritten letters"),
            about=N_("Letters by 3,600 people, made like MNIST's digits; capital and small ones are one class."),
            source=N_("G. Cohen, S. Afshar, J. Tapson, A. van Schaik 2017, from NIST Special Database 19"),
            classes=tuple("abcdefghijklmnopqrstuvwxyz"),
            image_size=(1, 28, 28),
            train_images=124_800,
            test_images=20_800,
            mean=(0.1722,),  # as published
            std=(0.3309,),
            framing=Framing(24, "box", pen=2.7),
            files=EmnistFiles(),
        ),
        DatasetSpec(
            name="cifar10",
            label="CIFAR-10",
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
        DatasetSpec(
            name="cifar100",
            label="CIFAR-100",
            title=N_("CIFAR-100, a hundred kinds of small photos"),
            about=N_("As CIFAR-10, with ten times the classes and a tenth of the pictures of each: far harder."),
            source=N_("A. Krizhevsky 2009, Learning Multiple Layers of Features from Tiny Images"),
            classes=cifar100.CLASSES,
            image_size=(3, 32, 32),
            train_images=50_000,
            test_images=10_000,
            mean=(0.5071, 0.4865, 0.4409),  # as published
            std=(0.2673, 0.2564, 0.2762),
            files=cifar100.files(),
        ),
        DatasetSpec(
            name="svhn",
            label="SVHN",
            title=N_("SVHN, house numbers in the street"),
            about=N_("Digits cut out of photos of house fronts, with their neighbours at the edges."),
            source=N_("Y. Netzer and others 2011, Reading Digits in Natural Images; for non-commercial use"),
            classes=_DIGITS,
            image_size=(3, 32, 32),
            train_images=73_257,
            test_images=26_032,
            mean=(0.4377, 0.4438, 0.4728),  # as published
            std=(0.1980, 0.2010, 0.1970),
            files=SvhnFiles(),
        ),
    )
}
