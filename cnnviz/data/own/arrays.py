"""Arrays as an opened source: the halves of a data set that is here, and of IDX files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from cnnviz.base.errors import DataError
from cnnviz.base.locale import N_
from cnnviz.data.dataset_spec import SPLITS
from cnnviz.data.mnist_style import prepared
from cnnviz.data.own.idx_pictures import Reader, read_halves
from cnnviz.data.own.opened import ArrayPictures, Contents, Opened, Picture
from cnnviz.models.zoo import MAX_CLASSES


def idx_pictures(title: str, readers: Mapping[str, Reader]) -> Opened:
    """Raises DataError or OSError."""
    halves = read_halves(readers)
    known = sorted({int(label) for half in halves.values() for label in np.unique(half.labels)})
    refuse_count(len(known))
    place = np.zeros(256, np.int64)
    place[known] = np.arange(len(known))
    labels = [place[halves[half].labels] if half in halves else np.zeros(0, np.int64) for half in SPLITS]
    images = [halves[half].images for half in SPLITS if half in halves]
    contents = Contents(title, tuple(map(str, known)), labels[0], labels[1])
    return arrays(contents, images)


def arrays(contents: Contents, images: Sequence[NDArray[np.uint8]]) -> ArrayPictures:
    """Of halves (n, h, w) or (n, c, h, w)."""
    first = len(images[0])

    def picture(row: int) -> Picture:
        image = images[0][row] if row < first else images[1][row - first]
        if image.ndim == 3:
            image = image[0] if len(image) == 1 else image.transpose(1, 2, 0)
        return cast(Picture, image)

    return ArrayPictures(
        contents, picture, prepared, lambda row: f"{SPLITS[row >= first]} {row - first * (row >= first)}"
    )


def refuse_count(count: int) -> None:
    """Raises DataError."""
    if not 2 <= count <= MAX_CLASSES:
        raise DataError(
            N_("Pictures of 2 to {most} classes are needed to train a network. Here are {count}: add a class."),
            most=MAX_CLASSES,
            count=count,
        )
