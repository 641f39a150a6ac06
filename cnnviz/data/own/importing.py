"""Import of an own data set: looked at first, then decoded, split and stored. Knows nothing of pages. No torch.

`look` opens a source and decodes a few of its pictures; `steps` imports it, a generator that can be closed at any
moment and leaves nothing then; `import_set` is the same as one call.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnnviz.base.errors import CorruptDataError, PictureError
from cnnviz.data.dataset_spec import DatasetSpec, Progress, Remark
from cnnviz.data.own.sources import Source

Picture = NDArray[np.uint8]  # (h, w) or (h, w, 3)


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
    picture: Picture


@dataclass(frozen=True, eq=False)
class Preview:
    """What a source holds, before anything of it is imported."""

    name: str  # proposed for the set: a valid one, not yet taken
    classes: tuple[ClassCount, ...]
    has_test: bool  # the source has a test half of its own
    sizes: tuple[tuple[tuple[int, int], int], ...]  # (height, width) and how many of those looked at, commonest first
    side: int  # suggested: of a square
    image_size: tuple[int, int, int]  # suggested in full: channels, height, width
    color: bool  # whether any picture looked at has colour
    remarks: tuple[Remark, ...]  # what is left out, and what will be done
    samples: tuple[Sample, ...]  # a few of each class
    broken: tuple[tuple[str, PictureError], ...]  # of those looked at: name and what is wrong

    @property
    def count(self) -> int:
        """Pictures in all."""
        return sum(each.train + each.test for each in self.classes)


@dataclass(frozen=True)
class ImportSettings:
    """How to import. What is None is as `look` suggests."""

    name: str
    side: int | None = None  # pixels of a square; None: the size most pictures have, if it is small, else 64
    color: bool | None = None
    test_share: float = 0.2  # put aside for testing, where the source has no test half
    seed: int = 0
    classes: tuple[str, ...] | None = None  # of those in the source
    each: int | None = None  # at most so many training pictures of a class, drawn by the seed
    skip_broken: bool = False
    owner: str = ""  # who may delete it from a page; "": the command line alone


@dataclass(frozen=True)
class Step:
    """How far an import is: pictures done, in all; at the end the set."""

    done: int
    total: int
    spec: DatasetSpec | None = None


class BrokenPicturesError(CorruptDataError):
    """Some pictures cannot be read, and nobody said that they may be left out. `broken`: all of them."""

    broken: tuple[tuple[str, PictureError], ...] = ()


def look(source: Source) -> Preview:
    """What is in a source. Raises DataError, one sentence."""
    raise NotImplementedError


def steps(source: Source, settings: ImportSettings) -> Generator[Step, None, None]:
    """Import, a step at a time; the last has the set. Closed before, it leaves nothing.

    Raises ConfigurationError, DataError, or BrokenPicturesError.
    """
    raise NotImplementedError


def import_set(
    source: Source,
    settings: ImportSettings,
    progress: Progress | None = None,
    is_cancelled: Callable[[], bool] | None = None,
) -> DatasetSpec:
    """`steps` in one go. Raises DataError where it was cancelled."""
    raise NotImplementedError
