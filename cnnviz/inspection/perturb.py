"""Perturbation: a picture shifted, turned, scaled, blurred, noisy, covered, and what the network answers then. No UI.

Pictures are (c, h, w) or (n, c, h, w), uint8 grey levels or floats; the same comes back. Sampling is bilinear; what
comes in from outside is the picture's own background, the median of its edge.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from cnnviz.engine import evaluate
from cnnviz.engine.card import Card
from cnnviz.inspection.ablation import own_modules
from cnnviz.inspection.bend import UNIT_SIDE, Bend

Pixels = NDArray[Any]  # (c, h, w) or (n, c, h, w), uint8 or floats

_CHUNK = 32  # pictures that pass at once


def bent(picture: Pixels, bend: Bend) -> Pixels:
    """The picture (c, h, w), or each of (n, c, h, w), changed."""
    return _like(picture, _bent(_floats(picture), [bend] * _count(picture)))


def bent_each(picture: Pixels, bends: Sequence[Bend]) -> Pixels:
    """One picture (c, h, w), changed in every one of these ways: (n, c, h, w)."""
    many = _floats(picture).expand(len(bends), *picture.shape)
    return _like(picture[None], _bent(many, bends))


def answers(model: nn.Module, card: Card, pictures: NDArray[np.uint8]) -> Generator[NDArray[np.float64], None, None]:
    """What the network answers to pictures (n, c, h, w): after each few of them (m, classes), of all up to then.

    `model` may be shared: a copy of it runs. Raises AnswerError.
    """
    own, parts = own_modules(model), []
    for start in range(0, len(pictures), _CHUNK):
        with torch.inference_mode():
            parts.append(own(evaluate.prepare(card, pictures[start : start + _CHUNK])).double())
            found = evaluate.probabilities(torch.cat(parts)).numpy()
        yield found


def background(pictures: Tensor) -> Tensor:
    """(n, c, h, w) -> (n, c, 1, 1): the median of each channel's edge."""
    edge = torch.cat([pictures[..., 0, :], pictures[..., -1, :], pictures[..., :, 0], pictures[..., :, -1]], dim=-1)
    return edge.median(dim=-1).values[..., None, None]


def _bent(x: Tensor, bends: Sequence[Bend]) -> Tensor:
    """x (n, c, h, w) floats, a bend for each."""
    ground = background(x)
    x = x.clone()
    moving = [index for index, each in enumerate(bends) if each.moves]
    if moving:
        x[moving] = _moved(x[moving] - ground[moving], [bends[i] for i in moving]) + ground[moving]
    unit = x.shape[-1] / UNIT_SIDE
    for index, each in enumerate(bends):
        if each.blur:
            x[index] = _blurred(x[index], each.blur * unit)
        if each.noise:
            generator = torch.Generator().manual_seed(each.seed)
            x[index] += torch.randn(x[index].shape, generator=generator) * each.noise
        if each.hole:
            rows, columns = hole_box(each, x.shape[-2], x.shape[-1])
            x[index][:, rows, columns] = ground[index]
    return x


def _moved(x: Tensor, bends: Sequence[Bend]) -> Tensor:
    """Scaled and turned around the middle, then shifted; what comes from outside is 0."""
    height, width = x.shape[-2:]
    unit = width / UNIT_SIDE
    matrices = []
    for each in bends:
        angle = math.radians(each.rotation)
        cos, sin = math.cos(angle) / each.scale, math.sin(angle) / each.scale
        across, down = each.shift_x * unit, each.shift_y * unit  # pixels
        # output to input in pixels around the middle: turn back what lies where it was before the shift
        left, top = -cos * across - sin * down, sin * across - cos * down
        matrices.append([[cos, sin * height / width, 2 * left / width], [-sin * width / height, cos, 2 * top / height]])
    grid = F.affine_grid(torch.tensor(matrices, dtype=x.dtype), list(x.shape), align_corners=False)
    return F.grid_sample(x, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


def _blurred(picture: Tensor, sigma: float) -> Tensor:
    """(c, h, w) under a Gaussian; the edge goes on outside."""
    radius = max(1, math.ceil(3 * sigma))
    at = torch.arange(-radius, radius + 1, dtype=picture.dtype)
    kernel = torch.exp(-(at**2) / (2 * sigma**2))
    kernel /= kernel.sum()
    x = F.pad(picture[:, None], [radius] * 4, mode="replicate")
    x = F.conv2d(x, kernel[None, None, :, None])
    return F.conv2d(x, kernel[None, None, None, :])[:, 0]


def hole_box(bend: Bend, height: int, width: int) -> tuple[slice, slice]:
    """Rows and columns that the square covers."""
    side = max(1, round(bend.hole * width / UNIT_SIDE))
    starts = [round(middle * size - side / 2) for middle, size in ((bend.hole_y, height), (bend.hole_x, width))]
    rows, columns = (slice(max(0, start), max(0, start + side)) for start in starts)
    return rows, columns


def _count(picture: Pixels) -> int:
    return len(picture) if picture.ndim == 4 else 1


def _floats(picture: Pixels) -> Tensor:
    """(n, c, h, w) as grey levels."""
    x = torch.from_numpy(np.ascontiguousarray(picture)).float()
    return x if x.dim() == 4 else x[None]


def _like(picture: Pixels, x: Tensor) -> Pixels:
    found = x.numpy() if picture.ndim == 4 else x[0].numpy()
    if picture.dtype == np.uint8:
        return np.clip(np.rint(found), 0, 255).astype(np.uint8)
    return found.astype(picture.dtype)
