"""Folder data set, `folder:PATH`: pictures of one's own, decoded once, kept as arrays under CNNVIZ_HOME, read there.

The names in the cache hold the folder's fingerprint: a changed folder is decoded anew, and two processes that know it
at different times do not mix their pictures. All pictures get one size, and what had another is cut to its middle and
resized; how many is among the remarks.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePath
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cnnviz.base import paths
from cnnviz.base.errors import CorruptDataError, DataError, PictureError
from cnnviz.base.files import remove_leftovers, temporary, to_disk, write_atomically
from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed
from cnnviz.data.dataset_spec import SPLITS, Progress, Split
from cnnviz.data.decoding import FORMATS, upright_size
from cnnviz.data.decoding_many import Files, decode_many
from cnnviz.data.image_folder.listing import Listing, readable

LARGEST_SIDE = 256  # pixels
MOST_BYTES = 1 << 30  # of both halves in memory: more pictures are made smaller
_SAMPLE = 2000  # pictures whose size is looked at to choose the common one
_NAMED = 3  # unreadable pictures that a sentence names
_VERSION = 2  # of what is done to a picture: part of the cache's name
_NAME = 40  # characters of the folder's name in its cache's: 160 bytes at most, and a file's name may have 255
LIGHT = 128  # grey level of the border: above it pictures have light paper
_SCALE = 255.0
_ABANDONED = 24 * 3600.0  # seconds since a temporary file was last written: no folder is decoded for so long


@dataclass(frozen=True)
class Facts:
    """What decoding has found out about a folder. Figures of the training pictures are those of the test pictures
    where there are no others."""

    image_size: tuple[int, int, int]  # channels, height, width
    mean: tuple[float, ...]  # of the training pictures / 255, for each channel
    std: tuple[float, ...]
    light_paper: bool  # whether the borders of the training pictures are light
    resized: int  # pictures that had another size
    twins: int  # test pictures that are, pixel for pixel, also among those to train on
    counts: tuple[int, int]  # pictures to train on, to test


@dataclass(frozen=True, eq=False)
class FolderFiles:
    """The pictures of one listing, and their decoded form in the cache."""

    listing: Listing
    fingerprint: str
    download_bytes: int = 0  # nothing is fetched

    def are_present(self, root: Path) -> bool:
        return True  # it was listed

    def load(self, split: str, root: Path, image_size: tuple[int, int, int], classes: int) -> Split:
        """One half. Raises DataError if the folder has no such half, CorruptDataError if a picture cannot be read."""
        if not self.listing.half(split):
            raise DataError(
                N_(
                    "{folder} has a test half only: networks can be tested on it. To train, put a train half beside it."
                ),
                folder=readable(self.listing.root),
            )
        self.facts()
        labels = np.array([label for _, label in self.listing.half(split)], dtype=np.int64)
        try:
            return Split(np.load(self._pictures(split), allow_pickle=False), labels)
        except FileNotFoundError:  # another process has just put a newer state of the folder in its place
            self._find_out(None)
            return Split(np.load(self._pictures(split), allow_pickle=False), labels)

    def fetch(self, root: Path, progress: Progress | None = None) -> None:
        """Decode what is not decoded yet. `progress` is called with (pictures done, pictures in all)."""
        self.facts(progress)

    def remove(self, root: Path) -> None:
        """Never: they are somebody's own files. Raises DataError."""
        raise DataError(
            N_("{folder} is a folder of yours, which we only read. To take it off this machine, delete it yourself."),
            folder=readable(self.listing.root),
        )

    def check(self, root: Path) -> list[tuple[str, str]]:
        try:
            self.facts()
        except DataError as error:
            return [(str(self.listing.root), str(error))]
        return [(split, "ok") for split in SPLITS]

    def facts(self, progress: Progress | None = None) -> Facts:
        """From the cache, or found out now: 60,000 JPEGs of 32 x 32 take about 20 s of one core, shared by all.

        Raises CorruptDataError, which names the pictures that cannot be read.
        """
        try:
            known = json.loads(self._cache("facts.json").read_text(encoding="utf-8"))
            if known.pop("of") == self._version():
                return _facts(known)
        except (OSError, ValueError, TypeError, KeyError):
            pass
        return self._find_out(progress)

    def _find_out(self, progress: Progress | None) -> Facts:
        files = [Path(file) for split in SPLITS for file, _ in self.listing.half(split)]
        target = self._cache("facts.json")
        target.parent.mkdir(parents=True, exist_ok=True)
        remove_leftovers(target.parent, silent_for=_ABANDONED)
        with temporary(target.with_name("decoded.npy")) as array:
            decoded = decode_many(Files(files), array, (3, *common_size(files)), progress)
            _refuse_broken([(files[place], error) for place, error in decoded.broken], len(files))
            images = np.load(array, mmap_mode="r")
            images = np.array(images if any_color(images) else images[:, :1])  # (n, c, h, w): in memory
        halves = images[: len(self.listing.train)], images[len(self.listing.train) :]
        for split, half in zip(SPLITS, halves, strict=True):
            _save(self._pictures(split), half)
        facts = measured(*halves, decoded.resized)
        write_atomically(target, json.dumps({**asdict(facts), "of": self._version()}).encode())  # last: all is there
        for file in target.parent.glob("*.npy"):
            if self._version() not in file.name:
                file.unlink(missing_ok=True)
        return facts

    def _cache(self, file: str) -> Path:
        """One place for each folder: a folder that changes does not fill the disk."""
        place = hashlib.sha256(os.fsencode(Path(self.listing.root).resolve())).hexdigest()[:16]
        return paths.home() / "folders" / f"{self.listing.root.name[:_NAME]}-{place}" / file

    def _pictures(self, split: str) -> Path:
        return self._cache(f"{split}-{self._version()}.npy")

    def _version(self) -> str:
        return f"{_VERSION}-{self.fingerprint}"


def _facts(known: dict[str, Any]) -> Facts:
    """From JSON. Raises KeyError, TypeError or ValueError."""
    channels, height, width = known.pop("image_size")
    train, test = known.pop("counts")
    mean, std = tuple(known.pop("mean")), tuple(known.pop("std"))
    return Facts((channels, height, width), mean, std, counts=(train, test), **known)


def measured(train: NDArray[np.uint8], test: NDArray[np.uint8], resized: int) -> Facts:
    """What pictures (n, c, h, w) say of themselves."""
    typical = train if len(train) else test
    mean, std = mean_and_deviation(typical)
    return Facts(
        image_size=(typical.shape[1], typical.shape[2], typical.shape[3]),
        mean=mean,
        std=std,
        light_paper=border_level(typical) >= LIGHT,
        resized=resized,
        twins=twins(train, test),
        counts=(len(train), len(test)),
    )


def twins(train: NDArray[np.uint8], test: NDArray[np.uint8]) -> int:
    """How many test pictures are, pixel for pixel, also among those to train on."""
    known = {_digest(image) for image in train}
    return sum(_digest(image) in known for image in test)


def _digest(image: NDArray[np.uint8]) -> bytes:
    return hashlib.blake2b(image.tobytes(), digest_size=16).digest()


def border_level(images: NDArray[np.uint8]) -> float:
    """The mean grey level of the outermost pixels of (n, c, h, w)."""
    edges = (images[:, :, 0], images[:, :, -1], images[:, :, :, 0], images[:, :, :, -1])
    return float(np.mean([edge.mean() for edge in edges]))


def common_size(files: Sequence[Path]) -> tuple[int, int]:
    """(height, width) that all pictures get: the size most of them have, else a square of the median shorter side.

    At most `LARGEST_SIDE`, and so that all pictures together stay within `MOST_BYTES`.
    """
    sizes = Counter(
        size for file in files[:: max(1, len(files) // _SAMPLE)] if (size := picture_size(file)) is not None
    )
    if not sizes:
        return 32, 32  # none can be read: decoding will say so
    (height, width), often = sizes.most_common(1)[0]
    if often * 2 < sizes.total():
        height = width = int(np.median([min(size) for size in sizes.elements()]))
    most = min(1.0, LARGEST_SIDE / max(height, width), (MOST_BYTES / (3 * len(files) * height * width)) ** 0.5)
    return max(1, int(height * most)), max(1, int(width * most))


def mean_and_deviation(images: NDArray[np.uint8]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Of each channel of (n, c, h, w) / 255, to four digits, from the count of each grey level."""
    means, deviations = [], []
    values = np.arange(256) / _SCALE
    for channel in range(images.shape[1]):
        levels = np.zeros(256, dtype=np.int64)
        for start in range(0, len(images), 4096):
            levels += np.bincount(images[start : start + 4096, channel].ravel(), minlength=256)
        share = levels / levels.sum()
        mean = float(share @ values)
        means.append(round(mean, 4))
        deviations.append(max(round(float(np.sqrt(share @ (values - mean) ** 2)), 4), 1e-4))  # blank pictures have 0
    return tuple(means), tuple(deviations)


def _refuse_broken(broken: Sequence[tuple[PurePath, PictureError]], total: int) -> None:
    """Raises CorruptDataError if there are any: how many, which, and what is wrong with the first."""
    if broken:
        raise CorruptDataError(
            N_("{count} of {all} pictures cannot be read: {names}. Remove or replace them. About the first: {reason}"),
            count=len(broken),
            all=total,
            names=Listed.first((readable(file) for file, _ in broken), _NAMED),
            reason=broken[0][1],
        )


def picture_size(file: Path | BinaryIO) -> tuple[int, int] | None:
    """(height, width) by the file's head; None if it tells none."""
    try:
        with Image.open(file, formats=FORMATS) as image:
            return upright_size(image)
    except Exception:  # Pillow raises OSError, SyntaxError, ValueError, struct.error ... on odd heads
        return None


def any_color(images: NDArray[np.uint8]) -> bool:
    """Whether any of (n, 3, h, w) has a pixel that is not grey."""
    return any(
        (images[start : start + 1024, :1] != images[start : start + 1024]).any()
        for start in range(0, len(images), 1024)
    )


def _save(target: Path, images: NDArray[np.uint8]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with temporary(target) as part:
        with part.open("xb") as file:
            np.save(file, images, allow_pickle=False)
            to_disk(file)
        part.replace(target)
