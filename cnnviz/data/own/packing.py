"""Packing: pictures drawn and split into halves; decoded, written as the files of a set, with what they say."""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnnviz.base.errors import DataError, PictureError
from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed
from cnnviz.data.dataset_spec import SPLITS, Framing, Remark
from cnnviz.data.decoding_many import Decoded
from cnnviz.data.image_folder.dataset import LIGHT, border_level, mean_and_deviation, twins
from cnnviz.data.image_folder.offered import RESIZED, TWINS
from cnnviz.data.own import store
from cnnviz.data.own.measuring import Rows, alike, are_dark, drawn_rows, framing_of, put_aside
from cnnviz.data.own.opened import Contents
from cnnviz.data.own.settings import ImportSettings

_COPIED = 2048  # pictures at a time
_NAMED = 3  # of unreadable pictures, in a sentence

_SPLIT = N_("There was no test half: {percent}% of each class was put aside for it, drawn with the seed {seed}.")
_EACH = N_("Of each class at most {each} training pictures were taken, drawn with the seed {seed}.")
_NOTHING_LEFT = N_(
    "Without what cannot be read, a class has no picture to train on, or none is left to test with. Add some."
)
_ALIKE = N_(
    "{first} and {second} look alike: most of their pictures are the same, or blank. No network can tell them apart."
)
_SKIPPED = N_("Left out, for they cannot be read: {count} pictures ({names}).")


@dataclass(frozen=True, eq=False)
class Drawn:
    """The pictures that are imported, chosen before any is decoded."""

    rows: Rows  # of the source, ascending
    labels: Rows  # their classes in the set
    is_test: NDArray[np.bool_]
    remarks: tuple[Remark, ...]  # how they were drawn

    def halves(self, decoded: Decoded) -> tuple[Rows, Rows]:
        """Places to train on and to test, without broken ones. Raises DataError where too few are left."""
        good = np.ones(len(self.rows), bool)
        good[[place for place, _ in decoded.broken]] = False
        train, test = np.flatnonzero(good & ~self.is_test), np.flatnonzero(good & self.is_test)
        _refuse_too_few(self.labels, train, test)
        return train, test


def draw(contents: Contents, settings: ImportSettings, rows: Rows, labels: Rows) -> Drawn:
    """Of these rows those to import, by the seed: the split, then `each` of a class to train on. Raises DataError."""
    remarks = []
    if len(contents.test):
        is_test = rows >= len(contents.train)
        train, test = np.flatnonzero(~is_test), np.flatnonzero(is_test)
    else:
        train, test = put_aside(labels, settings.test_share, settings.seed)
        remarks.append(Remark(_SPLIT, {"percent": f"{100 * settings.test_share:g}", "seed": settings.seed}))
    _refuse_too_few(labels, train, test)
    if settings.each is not None:
        train = drawn_rows(labels, train, settings.each, settings.seed)
        remarks.append(Remark(_EACH, {"each": settings.each, "seed": settings.seed}))
    kept = np.sort(np.concatenate([train, test]))
    return Drawn(rows[kept], labels[kept], np.isin(kept, test), tuple(remarks))


def _refuse_too_few(labels: Rows, train: Rows, test: Rows) -> None:
    """Raises DataError where a class has nothing to train on, or nothing is left to test with."""
    if len(np.unique(labels[train])) < len(np.unique(labels)) or not len(test):
        raise DataError(_NOTHING_LEFT)


def copy(images: NDArray[np.uint8], rows: Rows, channels: int, target: Path) -> Generator[None, None, None]:
    """Some rows into a file of their own, a few thousand at a time."""
    made = np.lib.format.open_memmap(target, "w+", np.uint8, (len(rows), channels, *images.shape[2:]))
    for start in range(0, len(rows), _COPIED):
        made[start : start + _COPIED] = images[rows[start : start + _COPIED], :channels]
        yield
    made.flush()


def facts_of(
    contents: Contents, settings: ImportSettings, folder: Path, framing: Framing | None, is_measured: bool
) -> store.Facts:
    """What the files of a set say. `is_measured`: how its pictures are framed is to be found out by looking at them."""
    train, test = (np.load(folder / f"{split}.npy", mmap_mode="r") for split in SPLITS)
    mean, std = mean_and_deviation(train)
    if is_measured and are_dark(test):
        framing = framing_of(train)
    kept = [name for name in contents.classes if settings.classes is None or name in settings.classes]
    return store.Facts(
        classes=tuple(kept),
        image_size=(train.shape[1], train.shape[2], train.shape[3]),
        counts=(len(train), len(test)),
        mean=mean,
        std=std,
        light_paper=border_level(train) >= LIGHT,
        source=contents.title,
        seed=settings.seed,
        test_share=settings.test_share,
        framing=None if framing is None else (framing.box, framing.centre, framing.pen),
        margin=contents.margin,
        owner=settings.owner,
        made=time.time(),
    )


def of_pictures(folder: Path, facts: store.Facts, resized: int) -> list[Remark]:
    """What decoding has found out."""
    remarks = []
    if resized:
        height, width = facts.image_size[1:]
        remarks.append(
            Remark(RESIZED, {"resized": resized, "count": sum(facts.counts), "height": height, "width": width})
        )
    shared = twins(*(np.load(folder / f"{split}.npy", mmap_mode="r") for split in SPLITS))
    if shared:
        remarks.append(Remark(TWINS, {"twins": shared, "count": facts.counts[1]}))
    pair = alike(np.load(folder / "train.npy", mmap_mode="r"), np.load(folder / "train-labels.npy"))
    if pair is not None:
        first, second = (facts.classes[label] for label in pair)
        remarks.append(Remark(_ALIKE, {"first": first, "second": second}))
    return remarks


def skipped(broken: Sequence[tuple[str, PictureError]]) -> Remark:
    names = Listed.first((name for name, _ in broken), _NAMED)
    return Remark(_SKIPPED, {"count": len(broken), "names": names})


def plain_values(remark: Remark) -> dict[str, object]:
    """Values as JSON has them."""
    return {
        name: list(value) if isinstance(value, tuple) else value if isinstance(value, (int, float)) else str(value)
        for name, value in remark.values.items()
    }
