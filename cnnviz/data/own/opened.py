"""Opened source: its pictures in one row, those to train on first, each with its class. Files are decoded when asked.

`rows` are places in that row; `decode` makes those pictures exactly as `mnist_style.for_dataset` makes one that is
asked about later.
"""

from __future__ import annotations

import io
import time
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from cnnviz.base.errors import DataError, PictureError
from cnnviz.base.locale import N_
from cnnviz.data.dataset_spec import Framing, Remark
from cnnviz.data.decoding import Size, decode_picture
from cnnviz.data.decoding_many import Decoded, Pictures, Shape, decode_steps, processes
from cnnviz.data.image_folder.dataset import picture_size
from cnnviz.data.image_folder.listing import Listing, list_tree
from cnnviz.data.image_folder.offered import left_out
from cnnviz.data.image_folder.scan import Scan, half_called
from cnnviz.data.own.limits import MOST_PICTURES

Picture = NDArray[np.uint8]  # (h, w) or (h, w, 3)
Steps = Generator[int, None, Decoded]  # pictures done
_HEAD = 256 << 10  # bytes that tell a picture's size; a JPEG may have a small picture of itself in front
_EVERY = 0.2  # seconds between two reports
_BLANK = N_("It is blank.")


@dataclass(frozen=True, eq=False)
class Contents:
    """What is known of a source before a picture is decoded."""

    title: str  # what its owner calls it
    classes: tuple[str, ...]
    train: NDArray[np.int64]  # classes of the pictures; of all where there is no test half
    test: NDArray[np.int64]
    remarks: tuple[Remark, ...] = ()
    framing: Framing | None = None
    framed_size: Size = (0, 0)  # of the pictures that `framing` speaks of
    margin: float = 0.0
    bytes_to_copy: int = 0  # of an upload, which processes can only read from the disk

    @classmethod
    def of_listing(cls, title: str, listing: Listing) -> tuple[list[PurePath], Contents]:
        """All files of a folder in their row: halves as they are, or everything by class where there are none.

        Raises DataError for too many.
        """
        has_test = bool(listing.train and listing.test and not listing.is_drawn)
        files = [*listing.train, *listing.test]
        if not has_test:
            files.sort(key=lambda file: (file[1], file[0]))
        if len(files) > MOST_PICTURES:
            raise DataError(
                N_("{name} has {count} pictures; at most {most} are imported. Bring fewer of them."),
                name=title,
                count=f"{len(files):,}",
                most=f"{MOST_PICTURES:,}",
            )
        labels = np.array([label for _, label in files], np.int64)
        first = len(listing.train) if has_test else len(files)
        contents = cls(title, listing.classes, labels[:first], labels[first:], left_out(listing))
        return [file for file, _ in files], contents

    @property
    def labels(self) -> NDArray[np.int64]:
        """Of all pictures in their row."""
        return np.concatenate([self.train, self.test])


class Opened(Protocol):
    """The pictures of a source."""

    @property
    def contents(self) -> Contents: ...

    def name(self, row: int) -> str:
        """What a picture is called, as text to be shown."""
        ...

    def size(self, row: int) -> Size | None:
        """Its height and width, as far as that can be told without decoding it."""
        ...

    def picture(self, row: int) -> Picture:
        """One decoded. Raises PictureError or OSError."""
        ...

    def decode(self, rows: Sequence[int], array: Path, shape: Shape, framing: Framing | None) -> Steps:
        """Write them as (n, *shape) into a new .npy file. Raises OSError."""
        ...


@dataclass(frozen=True, eq=False)
class FilePictures:
    """Of files, on the disk or in an archive."""

    contents: Contents
    names: Sequence[str]
    files: Pictures
    choose: Callable[[Sequence[int]], Pictures]  # those of some rows

    def name(self, row: int) -> str:
        return self.names[row]

    def size(self, row: int) -> Size | None:
        try:
            return picture_size(io.BytesIO(self.files.read(row, _HEAD)))
        except (PictureError, OSError):
            return None

    def picture(self, row: int) -> Picture:
        return decode_picture(self.files.read(row))

    def decode(self, rows: Sequence[int], array: Path, shape: Shape, framing: Framing | None) -> Steps:
        chosen = self.choose(rows)
        return decode_steps(chosen.on_disk(array.parent) if processes(chosen) > 1 else chosen, array, shape)


@dataclass(frozen=True, eq=False)
class ArrayPictures:
    """Of arrays that are here already."""

    contents: Contents
    picture: Callable[[int], Picture]
    made: Callable[[Picture, Shape, Framing | None], Picture]  # a picture as one of the set
    names: Callable[[int], str]

    def name(self, row: int) -> str:
        return self.names(row)

    def size(self, row: int) -> Size | None:
        height, width = self.picture(row).shape[:2]
        return height, width

    def decode(self, rows: Sequence[int], array: Path, shape: Shape, framing: Framing | None) -> Steps:
        target = np.lib.format.open_memmap(array, "w+", np.uint8, (len(rows), *shape))
        resized, broken, said = 0, [], time.monotonic()
        for place, row in enumerate(rows):
            picture = self.picture(row)
            target[place] = self.made(picture, shape, framing)
            resized += framing is None and picture.shape[:2] != shape[1:]
            if framing is not None and not target[place].any():
                broken.append((place, PictureError(_BLANK)))
            if time.monotonic() - said > _EVERY:
                said = time.monotonic()
                yield place + 1
        target.flush()
        return Decoded(resized, tuple(broken))


def listed(root: PurePath, scan: Scan) -> Listing:
    """Of a folder, or of the one folder that lies in it and holds all: so an archive is packed by most programs.

    Raises DataError or OSError.
    """
    while True:
        folders = scan.folders(root)
        is_wrapped = len(folders) == 1 and not half_called(folders[0].name) and not scan.loose_pictures(root)
        if not is_wrapped or not scan.folders(folders[0]):
            return list_tree(root, scan)
        root = folders[0]


def sizes_of(pictures: Opened, rows: NDArray[np.int64]) -> Counter[Size]:
    """Heights and widths of some of them, evenly spread."""
    some = rows[:: max(1, len(rows) // _LOOKED_AT)]
    return Counter(size for row in some if (size := pictures.size(int(row))) is not None)


_LOOKED_AT = 500
