"""Fitting: a picture cut to its middle and resized to a data set's size. The one way for the files of a folder and for
what a visitor uploads, so that the same picture always becomes the same pixels. Knows nothing of files.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

Picture = NDArray[np.uint8]
Size = tuple[int, int]  # height, width


def fitted(picture: Picture, size: Size) -> Picture:
    """(h, w) or (h, w, 3) -> (*size, 3): as it is, or its middle part of that shape, resized."""
    if picture.shape[:2] != size:
        image = ImageOps.fit(Image.fromarray(picture), (size[1], size[0]), Image.Resampling.BILINEAR)
        picture = np.asarray(image)
    return picture if picture.ndim == 3 else np.repeat(picture[:, :, None], 3, axis=2)


def like_those_of(image_size: tuple[int, int, int], picture: Picture) -> Picture:
    """(h, w) or (h, w, 3) -> `image_size` (channels, height, width). Colour is lost where there is one channel."""
    channels, height, width = image_size
    if channels == 1 and picture.ndim == 3:
        picture = np.asarray(Image.fromarray(picture).convert("L"))
    return np.ascontiguousarray(fitted(picture, (height, width)).transpose(2, 0, 1)[:channels])
