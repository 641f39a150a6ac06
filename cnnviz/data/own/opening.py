"""Opening of sources: whatever somebody brings, made `Opened`. Refuses in one sentence what cannot be one."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np

from cnnviz.base.errors import DataError
from cnnviz.base.locale import N_
from cnnviz.base.params import excerpt
from cnnviz.base.text import is_line
from cnnviz.data.dataset_spec import SPLITS, Framing
from cnnviz.data.decoding_many import Files
from cnnviz.data.image_folder.listing import list_folder, readable
from cnnviz.data.image_folder.scan import HEIC, SUFFIXES, Scan
from cnnviz.data.image_folder.tree import Disk
from cnnviz.data.mnist_style import drawn, prepared
from cnnviz.data.own.archive_pictures import open_archive
from cnnviz.data.own.arrays import arrays, idx_pictures, refuse_count
from cnnviz.data.own.idx_pictures import Reader
from cnnviz.data.own.opened import ArrayPictures, Contents, FilePictures, Opened, Picture, listed
from cnnviz.data.own.sources import (
    CollectedSource,
    FolderSource,
    IdxSource,
    SetSource,
    Source,
    ZipSource,
    idx_files,
)
from cnnviz.data.registry import dataset

DRAWING_SIDE = 28  # pixels of drawings collected here, as MNIST's
_FRAMED = Framing(20, "mass", 2.7)  # in such a picture
_COLLECTED = N_("collected here")
_FEWEST = 2  # pictures of a class: one to train on, one to test
_LONGEST_CLASS = 255  # characters, as a folder's name on most systems


@contextmanager
def opened(source: Source) -> Iterator[Opened]:
    """A source while it is open. Raises DataError, one sentence; MissingDataError for a data set that is not here."""
    try:
        if isinstance(source, ZipSource):
            with _open_file(source.file) as file:
                yield open_archive(source, file)
        else:
            yield _OPEN[type(source)](source)
    except OSError as error:
        raise DataError(
            N_("`{path}` cannot be read ({reason}). Move or fix it, then try again."),
            path=readable(str(error.filename or "")),
            reason=error.strerror or str(error),
        ) from error


@contextmanager
def _open_file(file: Path | BinaryIO) -> Iterator[BinaryIO]:
    """A path's file is closed again; what somebody else has opened stays open."""
    if isinstance(file, Path):
        with file.open("rb") as content:
            yield content
    else:
        yield file


def _folder(source: FolderSource) -> Opened:
    """Raises DataError or OSError."""
    root = source.path
    for place in (root, root / "raw"):
        files = idx_files(place) if place.is_dir() else {}
        if files:
            return idx_pictures(readable(root.name), {name: path.read_bytes for name, path in files.items()})
    if not root.is_dir():
        list_folder(root)  # says that there is none
    within = source.within.resolve() if source.within is not None else None
    listing = listed(root, Scan(Disk(within), (*SUFFIXES, *HEIC)))
    found, contents = Contents.of_listing(readable(root.resolve().name), listing)
    paths = [Path(path) for path in found]
    return FilePictures(
        contents,
        [readable(path.relative_to(listing.root)) for path in paths],
        Files(paths),
        lambda rows: Files([paths[row] for row in rows]),
    )


def _idx_source(source: IdxSource) -> Opened:
    """Raises DataError or OSError."""
    readers: dict[str, Reader] = {
        name: (lambda content=content: content) if isinstance(content, bytes) else content.read_bytes  # type: ignore[misc]
        for name, content in source.files.items()
    }
    return idx_pictures(readable(next(iter(source.files), "")), readers)


def _set(source: SetSource) -> Opened:
    """Raises what loading raises."""
    spec = dataset(source.name)
    halves = [spec.load(split) for split in SPLITS if split == "test" or spec.train_images]
    labels = [half.labels for half in halves]
    if len(labels) == 1:  # a folder with a test half only
        labels = [labels[0], np.zeros(0, np.int64)]
    height, width = spec.image_size[1:]
    contents = Contents(
        spec.name, spec.classes, labels[0], labels[1], (), spec.framing, (height, width), margin=spec.margin
    )
    return arrays(contents, [half.images for half in halves])


def _collected(source: CollectedSource) -> Opened:
    """Raises DataError."""
    given = [(_class_name(name), pictures) for name, pictures in source.pictures.items()]
    classes = tuple(name for name, _ in given)
    refuse_count(len(set(classes)))
    for name, pictures in given:
        if len(pictures) < _FEWEST or classes.count(name) > 1:
            raise DataError(
                N_("Every class needs {least} pictures or more, and a name of its own. Add some to {name}."),
                least=_FEWEST,
                name=name,
            )
    labels = np.repeat(np.arange(len(given)), [len(pictures) for _, pictures in given])
    framing = _FRAMED if source.are_drawings else None
    size = (DRAWING_SIDE, DRAWING_SIDE)
    contents = Contents(_COLLECTED, classes, labels.astype(np.int64), np.zeros(0, np.int64), (), framing, size)
    row = [picture for _, pictures in given for picture in pictures]
    names = [f"{name} {place + 1}" for name, pictures in given for place in range(len(pictures))]
    return ArrayPictures(contents, row.__getitem__, _as_drawn if source.are_drawings else prepared, names.__getitem__)


def _as_drawn(ink: Picture, shape: tuple[int, int, int], framing: Framing | None) -> Picture:
    return drawn(ink, shape, framing, light_paper=False)


_OPEN: Mapping[type, Callable[..., Opened]] = {
    FolderSource: _folder,
    IdxSource: _idx_source,
    SetSource: _set,
    CollectedSource: _collected,
}


def _class_name(name: str) -> str:
    """Raises DataError."""
    text = unicodedata.normalize("NFC", name).strip()
    if not 1 <= len(text) <= _LONGEST_CLASS or not is_line(text):
        raise DataError(
            N_("A class needs a name of 1 to {most} characters in one line. Got {value}."),
            most=_LONGEST_CLASS,
            value=excerpt(name),
        )
    return text
