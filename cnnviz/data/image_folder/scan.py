"""Scanning: the picture files below a folder by their names, without opening one, and what was left out.

Where the folder is, on the disk or in an archive, its tree knows.

Which folders are halves, their names say: `train`, `Testing`, `validation_set`, 训练集.

Links to folders are followed, but not into pictures that are listed anyhow: a picture that came twice could be trained
on and tested with.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Literal

from cnnviz.data.image_folder.tree import Disk, Entry, Tree

# Those of torchvision's ImageFolder, and GIF; .jfif and .jpe are what browsers call a JPEG at times
SUFFIXES = (".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".ppm", ".pgm", ".pbm")
HEIC = (".heic", ".heif")  # phones' photos: read where an optional package is installed

_OF_THE_SYSTEM = frozenset(  # what systems put beside or among one's files; compared without regard to case
    (
        *("__macosx", "__pycache__", "lost+found", "icon\r", "network trash folder", "temporary items"),
        *("$recycle.bin", "recycler", "system volume information", "found.000", "thumbs.db", "ehthumbs.db"),
        *("desktop.ini", "@eadir", "@recycle", "@recently-snapshot", "@tmp", "#recycle", "#snapshot"),
    )
)


@dataclass
class Scan:
    """What was found so far."""

    tree: Tree = field(default_factory=Disk)
    suffixes: tuple[str, ...] = SUFFIXES  # of files that are pictures
    directories: dict[PurePath, int] = field(default_factory=dict)  # looked into -> when each had been changed, in ns
    formats: Counter[str] = field(default_factory=Counter)  # suffixes of files that are none of `suffixes`
    no_files: dict[PurePath, None] = field(default_factory=dict)  # links that lead nowhere or back, pipes, devices
    loose: list[PurePath] = field(default_factory=list)  # pictures that lie in no class
    beside: list[PurePath] = field(default_factory=list)  # folders beside the halves that are used
    _taken: set[PurePath] = field(default_factory=set)  # real places of folders whose pictures are listed
    _above: set[PurePath] = field(default_factory=set)  # all that these lie in

    def folders(self, folder: PurePath) -> list[PurePath]:
        """Sub-folders by name, also linked ones; hidden ones and the system's own left out. Raises OSError."""
        entries = self._entries(folder)
        self.no_files.update((folder / entry.name, None) for entry in entries if entry.kind == "other")
        return [folder / entry.name for entry in entries if entry.kind == "folder"]

    def loose_pictures(self, folder: PurePath) -> list[PurePath]:
        """Pictures that lie in the folder itself."""
        return [folder / entry.name for entry in self._entries(folder) if self._is_picture(entry)]

    def claim(self, folders: list[PurePath]) -> list[PurePath]:
        """Those whose pictures may be listed: of two that hold the same ones, the first that is no link."""
        claimed = [folder for at_end in (False, True) for folder in folders if self.tree.is_link(folder) == at_end]
        return sorted(folder for folder in claimed if self._take(folder))

    def pictures(self, folder: PurePath) -> Iterator[PurePath]:
        """Every picture below a folder that was claimed, in order of their names. Raises OSError."""
        below = []
        for entry in self._entries(folder):
            path = folder / entry.name
            if self._is_picture(entry):
                yield path
            elif entry.kind == "folder":
                if not entry.is_link or self._take(path):
                    below.append(path)
            elif entry.kind == "file":
                self.formats[path.suffix.lower()] += 1
            else:
                self.no_files[path] = None
        for path in below:
            yield from self.pictures(path)

    def _entries(self, folder: PurePath) -> list[Entry]:
        if folder not in self.directories:
            self.directories[folder] = self.tree.changed(folder)
        entries = (entry for entry in self.tree.entries(folder) if not of_the_system(entry.name))
        return sorted(entries, key=lambda entry: entry.name)

    def _is_picture(self, entry: Entry) -> bool:
        return entry.kind == "file" and entry.name.lower().endswith(self.suffixes)

    def _take(self, folder: PurePath) -> bool:
        """Whether nothing in it was taken before; if so, it is now."""
        real = self.tree.real(folder)
        if real in self._above or not self._taken.isdisjoint((real, *real.parents)):
            self.no_files[folder] = None
            return False
        self._taken.add(real)
        self._above.update(real.parents)
        return True


def of_the_system(name: str) -> bool:
    """Whether a file or folder is hidden or the system's own, not its owner's."""
    return name.startswith((".", "~$")) or name.casefold() in _OF_THE_SYSTEM


Half = Literal["train", "test", "validation"]

_WORDS: dict[Half, tuple[str, ...]] = {
    "train": ("training", "trainval", "train", "trn", "训练", "訓練"),
    "test": ("testing", "test", "tst", "evaluation", "eval", "holdout", "测试", "測試"),
    "validation": ("validation", "validate", "valid", "val", "dev", "验证", "驗證", "校验"),
}
_OF = (  # what is said beside the word: "test images", "data-train", 测试数据集
    *("datasets", "dataset", "data", "sets", "set", "split", "part", "half", "folder", "dir", "samples", "examples"),
    *("images", "image", "imgs", "img", "pictures", "pics", "photos", "用", "数据", "數據", "样本", "樣本"),
    *("图片", "圖片", "图像", "圖像", "照片", "文件夹", "集合", "集", "組", "组"),
)
_BESIDE = f"(?:{'|'.join(_OF)}){{0,4}}"  # without a bound a name like "datasetdatasetdataset..." is tried for hours
_NAMES: dict[Half, re.Pattern[str]] = {
    half: re.compile(rf"{_BESIDE}(?:{'|'.join(words)}){_BESIDE}\d*") for half, words in _WORDS.items()
}


def half_called(name: str) -> Half | None:
    """The half that a folder of this name is, if its name says nothing else.

    >>> half_called("Training_Set"), half_called("测试集"), half_called("VAL"), half_called("bullet train")
    ('train', 'test', 'validation', None)
    """
    squeezed = re.sub(r"[\W_]+", "", _folded(name))
    return next((half for half, pattern in _NAMES.items() if pattern.fullmatch(squeezed)), None)


def half_mentioned(name: str) -> Half | None:
    """The half that a name mentions as a word of its own, whatever else it says.

    >>> half_mentioned("seg_train"), half_mentioned("xrayTest"), half_mentioned("trainer")
    ('train', 'test', None)
    """
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", unicodedata.normalize("NFKC", name))
    words = re.split(r"[\W_\d]+", _folded(apart))
    return next((half for half, known in _WORDS.items() if set(words) & set(known)), None)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()
