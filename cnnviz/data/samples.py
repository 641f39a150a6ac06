"""Sample pictures: handwritten digits (MNIST's where they are, else the embedded ones) and scikit-learn's two photos.

The photos are read where scikit-learn lies, without importing it. Knows nothing of torch or pages.
"""

from __future__ import annotations

import base64
import importlib.util
import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnnviz.base.errors import DataError
from cnnviz.data.dataset_spec import Split
from cnnviz.data.mnist_style import centre_like_mnist
from cnnviz.data.registry import DATASETS

SETS = 8  # of ten digits, 0 to 9
_SEED = 5  # the same digits every time; those of the first set are easy to read
_ENLARGE = 10  # 8 x 8 -> 80 x 80 before MNIST's recipe brings it to 28 x 28
PHOTO_SIZE = (480, 320)  # at most, width and height
_QUALITY = 80  # of the JPEG: both photos together weigh 57 kB


@dataclass(frozen=True, eq=False)
class Gallery:
    """Pictures uint8 (n, 28, 28) in sets of 0 to 9, their labels, and the data set they come from ("" if none)."""

    pictures: NDArray[np.uint8]
    labels: list[int]
    data: str


def choose_digits(sets: int = SETS) -> Gallery:
    """`sets` times the digits 0 to 9, from test images of `mnist` or else `digits`; empty if neither is there."""
    for name in ("mnist", "digits"):
        try:
            if DATASETS[name].is_present():
                return _choose(DATASETS[name].load("test"), name, sets)
        except DataError:
            continue
    return Gallery(np.zeros((0, 28, 28), dtype=np.uint8), [], "")


def _choose(test: Split, name: str, sets: int) -> Gallery:
    generator = np.random.default_rng(_SEED)
    columns = [generator.choice(np.flatnonzero(test.labels == digit), SETS, replace=False) for digit in range(10)]
    chosen = np.stack(columns, axis=1)[:sets].ravel()  # (sets, 10) row by row
    pictures = test.images[chosen, 0]
    if pictures.shape[1:] != (28, 28):
        pictures = np.stack([centre_like_mnist(_enlarged(picture)) for picture in pictures])
    return Gallery(pictures, [int(label) for label in test.labels[chosen]], name)


def _enlarged(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Bilinear, edges repeated."""
    side = picture.shape[0]
    at = np.clip((np.arange(side * _ENLARGE) + 0.5) / _ENLARGE - 0.5, 0, side - 1)
    pixels = np.arange(side)
    smooth = np.stack([np.interp(at, pixels, row) for row in picture.astype(np.float64)])
    return np.stack([np.interp(at, pixels, column) for column in smooth.T]).T.round().astype(np.uint8)


@dataclass(frozen=True)
class _Photo:
    """A sample picture of scikit-learn. Its README names one author for both; the addresses it gives are two's."""

    name: str
    credit: str


_PHOTOS = (
    _Photo("china", "CC BY 2.0, danielbuechele (Flickr)"),
    _Photo("flower", "CC BY 2.0, vultilion (Flickr)"),
)


def sample_photos() -> list[dict[str, str]]:
    """Name, credit and source (a data URI) of each; none where scikit-learn is not installed. Not to be changed."""
    return _photos_in(_photo_folder())


@cache
def _photos_in(folder: Path | None) -> list[dict[str, str]]:
    found = [(photo, folder / f"{photo.name}.jpg") for photo in _PHOTOS] if folder else []
    return [
        {"name": photo.name, "credit": photo.credit, "source": f"data:image/jpeg;base64,{_scaled(file)}"}
        for photo, file in found
        if file.is_file()
    ]


def _photo_folder() -> Path | None:
    package = importlib.util.find_spec("sklearn")
    if package is None or not package.submodule_search_locations:
        return None
    return Path(package.submodule_search_locations[0]) / "datasets" / "images"


def _scaled(file: Path) -> str:
    """A JPEG of at most `PHOTO_SIZE`, in base64."""
    from PIL import Image  # heavy: 40 ms that the first page need not wait for

    with Image.open(file, formats=["JPEG"]) as picture:
        small = picture.convert("RGB")
        small.thumbnail(PHOTO_SIZE, Image.Resampling.LANCZOS)
    packed = io.BytesIO()
    small.save(packed, "JPEG", quality=_QUALITY, optimize=True)
    return base64.b64encode(packed.getvalue()).decode("ascii")
