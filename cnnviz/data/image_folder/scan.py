"""Scanning: the picture files below a folder by their names, without opening one, and what was left out.

Which folders are halves, their names say: `train`, `Testing`, `validation_set`, 训练集.

Links to folders are followed, but not into pictures that are listed anyhow: a picture that came twice could be trained
on and tested with.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

# Those of torchvision's ImageFolder, and GIF; .jfif and .jpe are what browsers call a JPEG at times
SUFFIXES = (".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".ppm", ".pgm", ".pbm")

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

    directories: dict[Path, int] = field(default_factory=dict)  # looked into -> when each had been changed, in ns
    formats: Counter[str] = field(default_factory=Counter)  # suffixes of files that are none of `SUFFIXES`
    no_files: dict[Path, None] = field(default_factory=dict)  # links that lead nowhere or back, pipes, devices
    loose: list[Path] = field(default_factory=list)  # pictures that lie in no class
    beside: list[Path] = field(default_factory=list)  # folders beside the halves that are used
    _taken: set[Path] = field(default_factory=set)  # real places of folders whose pictures are listed
    _above: set[Path] = field(default_factory=set)  # all that these lie in

    def folders(self, folder: Path) -> list[Path]:
        """Sub-folders by name, also linked ones; hidden ones and the system's own left out. Raises OSError."""
        entries = self._entries(folder)
        self.no_files.update(
            (folder / entry.name, None) for entry in entries if not (_is_folder(entry) or _is_file(entry))
        )
        return [folder / entry.name for entry in entries if _is_folder(entry)]

    def loose_pictures(self, folder: Path) -> list[Path]:
        """Pictures that lie in the folder itself."""
        return [folder / entry.name for entry in self._entries(folder) if _is_picture(entry)]

    def claim(self, folders: list[Path]) -> list[Path]:
        """Those whose pictures may be listed: of two that hold the same ones, the first that is no link."""
        claimed = [folder for at_end in (False, True) for folder in folders if folder.is_symlink() == at_end]
        return sorted(folder for folder in claimed if self._take(folder))

    def pictures(self, folder: Path) -> Iterator[Path]:
        """Every picture below a folder that was claimed, in order of their names. Raises OSError."""
        below = []
        for entry in self._entries(folder):
            path = folder / entry.name
            if _is_picture(entry):
                yield path
            elif _is_folder(entry):
                if not entry.is_symlink() or self._take(path):
                    below.append(path)
            elif _is_file(entry):
                self.formats[path.suffix.lower()] += 1
            else:
                self.no_files[path] = None
        for path in below:
            yield from self.pictures(path)

    def _entries(self, folder: Path) -> list[os.DirEntry[str]]:
        self.directories.setdefault(folder, folder.stat().st_mtime_ns)
        with os.scandir(folder) as entries:
            return sorted((entry for entry in entries if not of_the_system(entry.name)), key=lambda entry: entry.name)

    def _take(self, folder: Path) -> bool:
        """Whether nothing in it was taken before; if so, it is now."""
        real = folder.resolve()
        if real in self._above or not self._taken.isdisjoint((real, *real.parents)):
            self.no_files[folder] = None
            return False
        self._taken.add(real)
        self._above.update(real.parents)
        return True


def of_the_system(name: str) -> bool:
    """Whether a file or folder is hidden or the system's own, not its owner's."""
    return name.startswith((".", "~$")) or name.casefold() in _OF_THE_SYSTEM


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads round in a circle
        return False


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False


def _is_picture(entry: os.DirEntry[str]) -> bool:
    return entry.name.lower().endswith(SUFFIXES) and _is_file(entry)


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
