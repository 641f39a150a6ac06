"""Image folder, listed: its picture files class by class and half by half, without opening one.

As torchvision's ImageFolder: each sub-folder is a class, its name the class's name, in alphabetical order.

What people's folders are like beyond that: halves under many names, the system's own folders and links (`scan.py`),
one name in two Unicode forms.
"""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from cnnviz.base.errors import DataError, MissingDataError
from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed
from cnnviz.data.decoding import heic_is_read
from cnnviz.data.image_folder.scan import HEIC, SUFFIXES, Half, Scan, half_called, half_mentioned
from cnnviz.models.zoo import MAX_CLASSES

_EVERY = 5  # every fifth picture of a class is for testing, where the folder does not say
_FEWEST = 2  # pictures of a class: one to train on, one to test
_MOST_HALVES = 3  # training, validation, test

Files = tuple[tuple[PurePath, int], ...]  # each with the number of its class


@dataclass(frozen=True, eq=False)
class Listing:
    """What lies in a folder. A half is its files with the number of their class; one of both may be empty."""

    root: PurePath
    classes: tuple[str, ...]
    train: Files = field(repr=False)
    test: Files = field(repr=False)
    is_drawn: bool  # the test half was drawn by us: the folder has none
    scan: Scan = field(repr=False)  # what was left out, and the directories that were looked into

    def half(self, split: str) -> Files:
        return self.train if split == "train" else self.test

    def fingerprint(self) -> str:
        """Changes whenever a picture comes, goes, grows or is written again. 0.7 s for 60,000 files."""
        known = hashlib.sha256()
        for split in ("train", "test"):
            for file, label in self.half(split):
                state = os.stat(file)  # noqa: PTH116  of the disk: what lies in an archive has no such state
                line = f"{split}|{file.relative_to(self.root)}|{label}|{state.st_size}|{state.st_mtime_ns}\n"
                known.update(os.fsencode(line))  # a name need not be valid text
        return known.hexdigest()[:32]


def list_folder(root: Path) -> Listing:
    """Raises MissingDataError if there is no such folder, DataError if it is not one of pictures by class."""
    if not _is_folder(root):
        raise MissingDataError(
            N_("There is no folder {path}. Name a folder with a sub-folder of pictures for each class."),
            path=readable(root),
        )
    return list_tree(root, Scan(suffixes=(*SUFFIXES, *HEIC) if heic_is_read() else SUFFIXES))


def list_tree(root: PurePath, scan: Scan) -> Listing:
    """The same of a folder in `scan.tree` that is there. Raises DataError or OSError."""
    folders = scan.folders(root)
    halves = _halves(scan, folders)
    if not halves:
        _refuse_nameless_halves(scan, folders)
        return _drawn(root, root, scan)
    train, test = halves.get("train"), halves.get("test") or halves.get("validation")
    used = [half for half in (train, test) if half is not None]
    scan.beside += [folder for folder in folders if folder not in used]
    scan.loose += scan.loose_pictures(root)
    if test is None:
        return _drawn(root, halves["train"], scan)
    return _given(root, train, test, scan)


def readable(name: PurePath | str) -> str:
    """A file's name as text that can be shown: what is not UTF-8 is read as Chinese Windows writes it, if it can be."""
    try:
        raw = os.fsencode(name)
    except UnicodeEncodeError:  # no file's name, but somebody may ask for one
        return str(name).encode("utf-8", "backslashreplace").decode()
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "backslashreplace")


def _is_folder(root: Path) -> bool:
    try:
        return root.is_dir()
    except OSError:  # a name that is too long, a link that leads round in a circle
        return False


def _halves(scan: Scan, folders: Sequence[PurePath]) -> Mapping[Half, PurePath]:
    """The folders that are halves, by their names; none if they are classes.

    A class may well be called `train`, `valid` or `bullet train`: it is one if pictures lie in it beside other
    classes. A name that says more than the half is one if all folders that hold folders are halves by their names.
    """
    sure = {folder: half for folder in folders if (half := half_called(folder.name))}
    if len(sure) < len(folders):
        sure = {folder: half for folder, half in sure.items() if scan.folders(folder)}
    if sure:
        return _by_half(sure)
    deep = [folder for folder in folders if scan.folders(folder)] if any(map(_mentions, folders)) else []
    likely = {folder: half for folder in deep if (half := half_mentioned(folder.name))}
    return _by_half(likely) if 2 <= len(likely) == len(deep) == len(set(likely.values())) else {}


def _mentions(folder: PurePath) -> bool:
    return half_mentioned(folder.name) is not None


def _by_half(found: Mapping[PurePath, Half]) -> Mapping[Half, PurePath]:
    """Raises DataError if two folders are one half."""
    halves: dict[Half, PurePath] = {}
    for folder, half in found.items():
        if half in halves:
            raise DataError(
                N_("{first} and {second} are one half of the data set by their names. Put their pictures together."),
                first=readable(halves[half]),
                second=readable(folder),
            )
        halves[half] = folder
    return halves


def _refuse_nameless_halves(scan: Scan, folders: Sequence[PurePath]) -> None:
    """Two or three folders with the same sub-folders and no pictures of their own are hardly classes.

    Raises DataError: taken for classes, they would train a network to tell training pictures from test pictures.
    """
    if not 2 <= len(folders) <= _MOST_HALVES:
        return
    within = {frozenset(_class_name(child.name) for child in scan.folders(folder)) for folder in folders}
    if len(within) == 1 and len(min(within)) > 1 and not any(scan.loose_pictures(folder) for folder in folders):
        raise DataError(
            N_(
                "{folder} has the same sub-folders in {names}. If these are halves, call them train and test; "
                "if they are classes, put the pictures directly into them."
            ),
            folder=readable(folders[0].parent),
            names=Listed(readable(folder.name) for folder in folders),
        )


def _given(root: PurePath, train: PurePath | None, test: PurePath, scan: Scan) -> Listing:
    """Both halves as they are in the folder, or a test half alone."""
    ours = _classes(scan, test if train is None else train)
    theirs = ours if train is None else _classes(scan, test)
    unknown = [name for name in theirs if name not in ours]
    if unknown:
        raise DataError(
            N_("{folder} has a class {name} that {other} has not. Both halves need the same sub-folders."),
            folder=readable(test),
            name=unknown[0],
            other=readable(train or test),
        )
    _check_count(train or test, len(ours))
    for_training = () if train is None else _labelled(scan, ours, ours, least=1)
    for_testing = _labelled(scan, theirs, ours, least=0)
    if not for_testing:
        raise DataError(
            N_("{folder} has no pictures. Put some of each class there, or remove it."), folder=readable(test)
        )
    return Listing(root, tuple(ours), for_training, for_testing, is_drawn=False, scan=scan)


def _drawn(root: PurePath, folder: PurePath, scan: Scan) -> Listing:
    """Every fifth picture of each class put aside for testing."""
    classes = _classes(scan, folder)
    _check_count(folder, len(classes))
    files = _labelled(scan, classes, classes, _FEWEST)
    place, last = 0, -1  # of the picture within its class
    train: list[tuple[PurePath, int]] = []
    test: list[tuple[PurePath, int]] = []
    for file, label in files:
        place, last = (place + 1 if label == last else 0), label
        (test if place % _EVERY == 1 else train).append((file, label))
    return Listing(root, tuple(classes), tuple(train), tuple(test), is_drawn=True, scan=scan)


def _classes(scan: Scan, half: PurePath) -> dict[str, list[PurePath]]:
    """Class -> its folders, several if one name stands there in several Unicode forms. By name."""
    scan.loose += scan.loose_pictures(half)
    found: dict[str, list[PurePath]] = {}
    for folder in scan.claim(scan.folders(half)):
        found.setdefault(_class_name(folder.name), []).append(folder)
    return dict(sorted(found.items()))


def _class_name(name: str) -> str:
    """As it is shown and compared: "é" in one form (a Mac takes two characters for it), no space at its ends."""
    return unicodedata.normalize("NFC", readable(name)).strip()


def _check_count(folder: PurePath, count: int) -> None:
    """Raises DataError."""
    if not 2 <= count <= MAX_CLASSES:
        raise DataError(
            N_("{folder} needs a sub-folder of pictures for each class, 2 to {most} of them. It has {count}."),
            folder=readable(folder),
            most=MAX_CLASSES,
            count=count,
        )


def _labelled(scan: Scan, folders: Mapping[str, list[PurePath]], classes: Mapping[str, object], least: int) -> Files:
    """The pictures of each class, at least so many. Raises DataError."""
    numbers = {name: number for number, name in enumerate(classes)}
    files: list[tuple[PurePath, int]] = []
    for name, places in folders.items():
        found = [(file, numbers[name]) for place in places for file in scan.pictures(place)]
        if len(found) < least:
            raise DataError(
                N_("{folder} has {count} pictures, and at least {least} are needed. Formats: {formats}."),
                folder=readable(places[0]),
                count=len(found),
                least=least,
                formats=Listed(suffix[1:] for suffix in SUFFIXES),
            )
        files += found
    return tuple(files)
