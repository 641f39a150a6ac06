"""Sources of an import: what somebody brings. `source_of` tells which one a path is. What opens them: `opening.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from cnnviz.base.errors import MissingDataError
from cnnviz.base.locale import N_
from cnnviz.data.dataset_spec import FOLDER, OWN
from cnnviz.data.image_folder.listing import readable
from cnnviz.data.registry import DATASETS


@dataclass(frozen=True, eq=False)
class ZipSource:
    """A zip file: a folder of pictures by class, or the IDX files of an MNIST-like set."""

    file: Path | BinaryIO  # on the disk, or open and seekable, as an upload is
    name: str = ""  # what its owner calls it; by default the file's own


@dataclass(frozen=True)
class FolderSource:
    """A folder with a sub-folder of pictures for each class, or with the IDX files of an MNIST-like set."""

    path: Path
    within: Path | None = None  # links that lead out of here are left out: for folders that a page may name


@dataclass(frozen=True, eq=False)
class IdxSource:
    """Single files of an MNIST-like set: pictures and labels, packed with gzip or not."""

    files: Mapping[str, Path | bytes]  # what each is called, and where it is or what is in it


@dataclass(frozen=True)
class SetSource:
    """A data set that is here, by its name in links: of it the settings choose classes and `each`."""

    name: str


@dataclass(frozen=True, eq=False)
class CollectedSource:
    """Pictures that were drawn or photographed here: class -> uint8 (h, w) or (h, w, 3), of any size.

    `are_drawings`: white ink on black as the drawing pad gives it, to be framed as MNIST's makers did.
    """

    pictures: Mapping[str, Sequence[NDArray[np.uint8]]]
    are_drawings: bool = False


Source = ZipSource | FolderSource | IdxSource | SetSource | CollectedSource


def source_of(text: str) -> Source:
    """What a command names: a data set that is here, else a folder or a file. Raises MissingDataError.

    A single IDX file brings the others that lie beside it.
    """
    if text in DATASETS or text.startswith((OWN, FOLDER)):
        return SetSource(text)
    path = Path(text).expanduser()
    try:
        if path.is_dir():
            return FolderSource(path)
        if path.is_file():
            return IdxSource(idx_files(path.parent)) if is_idx_name(path.name) else ZipSource(path, path.name)
    except (OSError, ValueError):  # a name that is too long, a NUL in it
        pass
    raise MissingDataError(
        N_("There is no file, folder or data set {name}. Name a zip file, a folder of pictures or one of {known}."),
        name=readable(text),
        known=", ".join(DATASETS),
    )


def is_idx_name(name: str) -> bool:
    """Whether a file is called as those of MNIST: `train-images-idx3-ubyte`, `t10k-labels.idx1-ubyte.gz`.

    >>> is_idx_name("train-images.idx3-ubyte"), is_idx_name("T10K-LABELS-IDX1-UBYTE.GZ"), is_idx_name("photos.zip")
    (True, True, False)
    """
    return name.casefold().removesuffix(".gz").endswith(("-ubyte", ".ubyte", ".idx", ".idx1", ".idx3"))


def idx_files(folder: Path) -> dict[str, Path]:
    """The files of an MNIST-like set that lie in a folder. Raises OSError."""
    return {path.name: path for path in sorted(folder.iterdir()) if is_idx_name(path.name) and path.is_file()}
