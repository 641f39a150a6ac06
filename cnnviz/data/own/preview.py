"""Preview of a source: its classes, sizes and a few pictures, before anything of it is imported."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import PurePath

import numpy as np
from numpy.typing import NDArray

from cnnviz.base.errors import ConfigurationError, PictureError
from cnnviz.data.dataset_spec import Remark
from cnnviz.data.decoding import Size
from cnnviz.data.decoding_many import cannot_be_opened
from cnnviz.data.own import store
from cnnviz.data.own.limits import LONGEST_NAME
from cnnviz.data.own.measuring import Rows, suggested_size
from cnnviz.data.own.names import checked_name
from cnnviz.data.own.opened import Opened, Picture, sizes_of
from cnnviz.data.own.opening import opened
from cnnviz.data.own.sources import Source

_SHOWN = 24  # pictures that are decoded, of all classes together: a photo takes a tenth of a second


@dataclass(frozen=True)
class ClassCount:
    """How many pictures a class has, as they came."""

    name: str
    train: int
    test: int  # 0 where there is no test half: one will be drawn


@dataclass(frozen=True, eq=False)
class Sample:
    """A decoded picture of the source, its longer side at most 1,024 pixels."""

    name: str
    class_name: str
    picture: Picture  # (h, w) or (h, w, 3)


@dataclass(frozen=True, eq=False)
class Preview:
    """What a source holds."""

    name: str  # proposed for the set: a valid one, not yet taken
    classes: tuple[ClassCount, ...]
    has_test: bool  # the source has a test half of its own
    sizes: tuple[tuple[Size, int], ...]  # (height, width) and how many of those looked at, commonest first
    side: int  # suggested: of a square
    image_size: tuple[int, int, int]  # suggested in full: channels, height, width
    color: bool  # whether any picture looked at has colour
    remarks: tuple[Remark, ...]  # what is left out
    samples: tuple[Sample, ...]  # a few of each class
    broken: tuple[tuple[str, PictureError], ...]  # of those looked at: name and what is wrong

    @property
    def count(self) -> int:
        """Pictures in all."""
        return sum(each.train + each.test for each in self.classes)


@dataclass(frozen=True)
class Looked:
    """How far a look is: pictures decoded, of how many; 0 while the source is opened; at the end what it found."""

    done: int = 0
    total: int = 0
    preview: Preview | None = None


def look(source: Source) -> Preview:
    """What is in a source. Raises DataError, one sentence."""
    *_before, last = looking(source)
    assert last.preview is not None
    return last.preview


def looking(source: Source) -> Generator[Looked, None, None]:
    """The same, a step at a time: opening a large archive and decoding photos take seconds."""
    yield Looked()
    with opened(source) as pictures:
        preview = yield from _previewing(pictures)
    yield Looked(len(preview.samples), len(preview.samples), preview)


def _previewing(pictures: Opened) -> Generator[Looked, None, Preview]:
    contents = pictures.contents
    samples, broken = yield from _samples(pictures)
    sizes = sizes_of(pictures, np.arange(len(contents.labels)))
    color = contents.framing is None and any(sample.picture.ndim == 3 for sample in samples)
    height, width = contents.framed_size if contents.framing else suggested_size(sizes, len(contents.labels))
    train, test = (np.bincount(half, minlength=len(contents.classes)) for half in (contents.train, contents.test))
    return Preview(
        name=_free_name(contents.title),
        classes=tuple(map(ClassCount, contents.classes, train.tolist(), test.tolist())),
        has_test=len(contents.test) > 0,
        sizes=tuple(sizes.most_common()),
        side=max(height, width),
        image_size=(3 if color else 1, height, width),
        color=color,
        remarks=contents.remarks,
        samples=samples,
        broken=broken,
    )


def _samples(
    pictures: Opened,
) -> Generator[Looked, None, tuple[tuple[Sample, ...], tuple[tuple[str, PictureError], ...]]]:
    """A few of each class, as many of each; of many classes of the first ones."""
    labels, classes = pictures.contents.labels, pictures.contents.classes
    each = max(1, _SHOWN // len(classes))
    rows = [
        (row, name)
        for label, name in enumerate(classes[:_SHOWN])
        for row in _spread(np.flatnonzero(labels == label), each)
    ]
    samples, broken = [], []
    for done, (row, name) in enumerate(rows):
        yield Looked(done, len(rows))
        try:
            samples.append(Sample(pictures.name(row), name, pictures.picture(row)))
        except PictureError as error:
            broken.append((pictures.name(row), error))
        except OSError as error:
            broken.append((pictures.name(row), cannot_be_opened(error)))
    yield Looked(len(rows), len(rows))
    return tuple(samples), tuple(broken)


def _spread(rows: Rows, count: int) -> list[int]:
    """So many of them, evenly spread."""
    places: NDArray[np.int64] = np.linspace(0, len(rows) - 1, min(count, len(rows))).astype(np.int64)
    return [int(rows[place]) for place in np.unique(places)]


def _free_name(title: str) -> str:
    """A name for the set out of what its source is called: what cannot stand there left out, a number behind it."""
    stem = PurePath(title).stem if title.lower().endswith((".zip", ".gz")) else title
    kept = "".join(
        each if unicodedata.category(each)[0] in "LNM" else "-" for each in unicodedata.normalize("NFC", stem)
    )
    base = re.sub("-+", "-", kept).strip("-")[: LONGEST_NAME - 4].strip("-")
    for number in range(1, 1000):
        name = base if number == 1 else f"{base}-{number}"
        try:
            if store.clashing(checked_name(name)) is None:
                return name
        except ConfigurationError:
            base = base + "-pictures" if base else "my-pictures"
    return base
