"""The picture files of an image folder, class by class and half by half, without opening one. As torchvision's
ImageFolder: each sub-folder is a class, its name the class's name, in alphabetical order.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cnnviz.errors import DataError, MissingDataError
from cnnviz.locale import N_
from cnnviz.locale.typesetting import Listed

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif")
TEST_NAMES = ("test", "val", "valid", "validation")
_EVERY = 5  # every fifth picture of a class is for testing, where the folder does not say
_MOST_CLASSES = 1000
_FEWEST = 2  # pictures of a class: one to train on, one to test


@dataclass(frozen=True, eq=False)
class Listing:
    """What lies in a folder. A half is its files with the number of their class."""

    root: Path
    classes: tuple[str, ...]
    train: tuple[tuple[Path, int], ...] = field(repr=False)
    test: tuple[tuple[Path, int], ...] = field(repr=False)
    is_drawn: bool  # the test half was drawn by us: the folder has none

    def half(self, split: str) -> tuple[tuple[Path, int], ...]:
        return self.train if split == "train" else self.test

    def fingerprint(self) -> str:
        """Changes whenever a picture comes, goes, grows or is written again. 0.7 s for 60,000 files."""
        known = hashlib.sha256()
        for split in ("train", "test"):
            for file, label in self.half(split):
                state = file.stat()
                known.update(
                    f"{split}|{file.relative_to(self.root)}|{label}|{state.st_size}|{state.st_mtime_ns}\n".encode()
                )
        return known.hexdigest()[:32]


def list_folder(root: Path) -> Listing:
    """Raises MissingDataError if there is no such folder, DataError if it is not one of pictures by class."""
    if not root.is_dir():
        raise MissingDataError(
            N_("There is no folder {path}. Name a folder with a sub-folder of pictures for each class."), path=root
        )
    train = root / "train"
    if not train.is_dir():
        return _drawn(root, root)
    test = next((root / name for name in TEST_NAMES if (root / name).is_dir()), None)
    return _drawn(root, train) if test is None else _given(root, train, test)


def directories(root: Path) -> list[Path]:
    """The folder, its sub-folders and theirs: when none of them changed, no picture came or went."""
    below = [child for child in _folders(root) if not child.is_symlink()]
    return [root, *below, *(grandchild for child in below for grandchild in _folders(child))]


def _given(root: Path, train: Path, test: Path) -> Listing:
    classes = _classes(train)
    unknown = sorted({child.name for child in _folders(test)} - set(classes))
    if unknown:
        raise DataError(
            N_("{folder} has a class {name} that {other} has not. Both halves need the same sub-folders."),
            folder=test,
            name=unknown[0],
            other=train,
        )
    halves = [
        tuple((file, label) for label, name in enumerate(classes) for file in _pictures(half / name, least))
        for half, least in ((train, 1), (test, 0))
    ]
    if not halves[1]:
        raise DataError(N_("{folder} has no pictures. Put some of each class there, or remove it."), folder=test)
    return Listing(root, classes, halves[0], halves[1], is_drawn=False)


def _drawn(root: Path, folder: Path) -> Listing:
    classes = _classes(folder)
    train: list[tuple[Path, int]] = []
    test: list[tuple[Path, int]] = []
    for label, name in enumerate(classes):
        for index, file in enumerate(_pictures(folder / name, _FEWEST)):
            (test if index % _EVERY == 1 else train).append((file, label))
    return Listing(root, classes, tuple(train), tuple(test), is_drawn=True)


def _classes(folder: Path) -> tuple[str, ...]:
    names = tuple(child.name for child in _folders(folder))
    if not 2 <= len(names) <= _MOST_CLASSES:
        raise DataError(
            N_("{folder} needs a sub-folder of pictures for each class, 2 to {most} of them. It has {count}."),
            folder=folder,
            most=_MOST_CLASSES,
            count=len(names),
        )
    return names


def _folders(folder: Path) -> list[Path]:
    """Sub-folders by name, hidden ones left out."""
    with os.scandir(folder) as entries:
        names = sorted(entry.name for entry in entries if entry.is_dir() and not entry.name.startswith("."))
    return [folder / name for name in names]


def _pictures(folder: Path, least: int) -> list[Path]:
    """Every picture below a class's folder, in order."""
    found = sorted(_walk(folder)) if folder.is_dir() else []
    if len(found) < least:
        raise DataError(
            N_("{folder} has {count} pictures, and at least {least} are needed. Formats: {formats}."),
            folder=folder,
            count=len(found),
            least=least,
            formats=Listed(suffix[1:] for suffix in SUFFIXES),
        )
    return found


def _walk(folder: Path) -> Iterator[Path]:
    for directory, _, names in os.walk(folder):
        for name in names:
            if name.lower().endswith(SUFFIXES) and not name.startswith("."):
                yield Path(directory) / name
