"""New pictures from old ones, a different change for every picture of a batch, on the device.

(torchvision's transforms applied to a batch draw one random value for all of it.)
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

NUMBERS = 6  # random numbers in [-1, 1) a picture needs at most
SHIFT = 2  # pixels
ROTATION = math.radians(12)
SCALE = 0.12
SHEAR = 0.15
TRANSLATION = 0.1  # of the picture's side: 2.8 of 28 pixels
CROP = 8  # crop-flip moves by up to 1 / CROP of the side: 4 of 32 pixels, the lesson's RandomCrop(32, padding=4)
HOLE = 4  # cutout blots out a square of 1 / HOLE of the side: 8 of 32 pixels (DeVries, Taylor 2017 take 16)


def augment(images: Tensor, kind: str, noise: Tensor) -> Tensor:
    """`images` (n, c, h, w), zero where there is no ink, changed as `kind` (one of config.AUGMENTATIONS) says.

    `noise` (n, NUMBERS) is uniform in [-1, 1).
    """
    if kind == "shift":
        return shift(images, (noise[:, :2] * (SHIFT + 0.5)).round().long())
    if kind == "affine":
        return affine(images, _matrices(noise))
    if kind.startswith("crop-flip"):
        images = mirror(crop(images, noise[:, :2]), noise[:, 2] < 0)
        return cut_out(images, noise[:, 3:5]) if kind.endswith("cutout") else images
    return images


def crop(images: Tensor, noise: Tensor) -> Tensor:
    """Each picture moved by up to 1 / CROP of its height and width, by its own row of `noise` (n, 2) in [-1, 1)."""
    most = max(images.shape[2:]) // CROP
    return shift(images, (noise * (most + 0.5)).round().clamp(-most, most).long(), most)


def mirror(images: Tensor, which: Tensor) -> Tensor:
    """Those pictures mirrored left to right where `which` (n,) is true."""
    return torch.where(which[:, None, None, None], images.flip(3), images)


def cut_out(images: Tensor, noise: Tensor) -> Tensor:
    """Each picture with a square of its own mean colour, its middle anywhere, by its row of `noise` (n, 2)."""
    inside = None
    for axis, size in enumerate(images.shape[2:]):
        middle = (noise[:, axis, None] + 1) * size / 2  # (n, 1)
        near = (torch.arange(size, device=images.device) + 0.5 - middle).abs() <= size / (2 * HOLE)  # (n, size)
        near = near[:, None, :, None] if axis == 0 else near[:, None, None, :]
        inside = near if inside is None else inside & near
    assert inside is not None
    return torch.where(inside, images.mean(dim=(2, 3), keepdim=True), images)


def shift(images: Tensor, by: Tensor, most: int = SHIFT) -> Tensor:
    """Each picture moved by its own row of `by` (n, 2): pixels down and right, at most `most`. What enters is 0."""
    n, c, h, w = images.shape
    padded = F.pad(images, [most] * 4)
    start = most - by.to(images.device)  # (n, 2)
    rows = start[:, 0, None] + torch.arange(h, device=images.device)  # (n, h)
    columns = start[:, 1, None] + torch.arange(w, device=images.device)  # (n, w)
    picture = torch.arange(n, device=images.device)[:, None, None, None]
    channel = torch.arange(c, device=images.device)[None, :, None, None]
    return padded[picture, channel, rows[:, None, :, None], columns[:, None, None, :]]


def affine(images: Tensor, matrices: Tensor) -> Tensor:
    """Each picture sampled through its own (2, 3) matrix, output to input coordinates in [-1, 1]; outside is zero."""
    grid = F.affine_grid(matrices, list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


def _matrices(noise: Tensor) -> Tensor:
    """(n, 2, 3): rotation, shear and scale of each axis, then translation."""
    angle, shear = noise[:, 0] * ROTATION, noise[:, 1] * SHEAR
    scale_x, scale_y = 1 + noise[:, 2] * SCALE, 1 + noise[:, 3] * SCALE
    cos, sin = angle.cos(), angle.sin()
    # rotation x shear: [[cos, -sin], [sin, cos]] x [[1, shear], [0, 1]]
    first = torch.stack([cos * scale_x, (cos * shear - sin) * scale_y, noise[:, 4] * TRANSLATION * 2], dim=1)
    second = torch.stack([sin * scale_x, (sin * shear + cos) * scale_y, noise[:, 5] * TRANSLATION * 2], dim=1)
    return torch.stack([first, second], dim=1)
