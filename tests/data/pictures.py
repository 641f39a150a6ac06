"""Small pictures and folders of them, as people have them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image


def noise(seed: int, height: int = 12, width: int = 12) -> Image.Image:
    """Colours at random, other ones for every seed."""
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8))


def put(file: Path, image: Image.Image | None = None) -> Path:
    """A picture file, by default of noise that belongs to this very path; its folders are made."""
    file.parent.mkdir(parents=True, exist_ok=True)
    (image or noise(sum(os.fsencode(file)) * 7919)).save(file)
    return file


def fill(folder: Path, classes: Iterable[str] = ("cat", "dog"), count: int = 6) -> Path:
    """`count` pictures for each class; returns the folder."""
    start = sum(str(folder).encode())
    for number, name in enumerate(classes):
        for index in range(count):
            put(folder / name / f"{index:02}.png", noise(1000 * start + 100 * number + index))
    return folder
