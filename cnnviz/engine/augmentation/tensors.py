"""Augmentation of tensors: a batch of pictures changed, each by its own draw. Knows neither data sets nor seeds.

torchvision's transforms applied to a batch draw one random value for all of it. Here each picture has its own row of
`noise`, uniform in [-1, 1), and all of a batch are changed at once, wherever it is. Pictures are (n, c, h, w) from 0
to 1, before they are normalised; black, 0, enters where a picture is moved away.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache, reduce

import torch
import torch.nn.functional as F
from torch import Tensor

from cnnviz.engine.augmentation.color import hue, luminance
from cnnviz.engine.augmentation.pipeline import CROP_SHARE, RECIPES, Pipeline, parse

Values = tuple[float, ...]  # of a step's knobs
Change = Callable[[Tensor, Values, Tensor, "Tensor | None"], Tensor]  # pictures, values, noise (n, draws), color axes

SHIFT = 2  # pixels; these six are of the recipes
ROTATION = math.radians(12)
SCALE = 0.12
SHEAR = 0.15
TRANSLATION = 0.1  # of the picture's side: 2.8 of 28 pixels
HOLE = 1 / 4  # cutout blots out a square of this share of the side: 8 of 32 pixels (DeVries, Taylor 2017 take 16)
_STARTS = 1 << 18  # places where a picture's grain may begin
_GRAIN_SEED = 2012
_NEARLY_1 = 1 - 1e-6


def augment(images: Tensor, text: str, noise: Tensor, axes: Tensor | None = None) -> Tensor:
    """`images` (n, c, h, w) changed as `text` says: a recipe's name, or a pipeline.

    `noise` (n, draws) is uniform in [-1, 1); `axes` (c, c) are the colours', for a pipeline with RGB jitter.
    """
    if text not in RECIPES:
        return run(parse(text), images, noise, axes)
    if text == "shift":
        return shift(images, (noise[:, :2] * (SHIFT + 0.5)).round().long())
    if text == "affine":
        return affine(images, _recipe_matrices(noise))
    images = mirror(crop(images, noise[:, :2], max(images.shape[2:]) // CROP_SHARE), noise[:, 2] < 0)
    return cut_out(images, noise[:, 3:5]) if text.endswith("cutout") else images


def run(pipeline: Pipeline, images: Tensor, noise: Tensor, axes: Tensor | None = None) -> Tensor:
    """All steps, each with its own columns of `noise`. Neighbours among rotation, scale and shear sample once."""
    matrices: list[Tensor] = []
    first = 0
    for step in pipeline.steps:
        own = noise[:, first : first + step.kind.draws]
        first += step.kind.draws
        if step.name in _MATRICES:
            matrices.append(_MATRICES[step.name](step.values, own))
            continue
        images = _CHANGES[step.name](_sampled(images, matrices), step.values, own, axes)
        matrices = []
    return _sampled(images, matrices)


def crop(images: Tensor, noise: Tensor, most: int) -> Tensor:
    """Each picture moved by up to `most` pixels, by its own row of `noise` (n, 2): what a crop of the padded one is."""
    return shift(images, (noise * (most + 0.5)).round().clamp(-most, most).long(), most)


def mirror(images: Tensor, which: Tensor) -> Tensor:
    """Those pictures mirrored left to right where `which` (n,) is true."""
    return torch.where(which[:, None, None, None], images.flip(3), images)


def cut_out(images: Tensor, noise: Tensor, side: float = HOLE) -> Tensor:
    """Each picture with a square of its own mean colour, its middle anywhere, by its row of `noise` (n, 2).

    `side` is the square's, as a share of the picture's.
    """
    return torch.where(_square(images, noise, side), images.mean(dim=(2, 3), keepdim=True), images)


def shift(images: Tensor, by: Tensor, most: int = SHIFT) -> Tensor:
    """Each picture moved by its own row of `by` (n, 2): pixels down and right, at most `most`. What enters is 0."""
    n, _c, h, w = images.shape
    start = most - by.to(images.device)  # (n, 2)
    # every place of a window (n, places, places, c, h, w), none of them copied: four times as fast as pixel by pixel
    windows = F.pad(images, [most] * 4).unfold(2, h, 1).unfold(3, w, 1).permute(0, 2, 3, 1, 4, 5)
    return windows[torch.arange(n, device=images.device), start[:, 0], start[:, 1]]


def affine(images: Tensor, matrices: Tensor) -> Tensor:
    """Each picture sampled through its own (2, 3) matrix, output to input coordinates in [-1, 1]; outside is zero."""
    grid = F.affine_grid(matrices, list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


def color_jitter(images: Tensor, most: Values, noise: Tensor) -> Tensor:
    """Brightness, contrast, saturation by a factor each, up to 1 ± `most`, then hue by a turn of the wheel.

    As torchvision's ColorJitter, which takes the four in a random order. One channel has no colour to change.
    """
    brightness, contrast, saturation, turn = (
        (column * each)[:, None, None, None] for column, each in zip(noise.T, most, strict=True)
    )
    if most[0]:
        images = (images * (1 + brightness)).clamp_(0, 1)
    if most[1]:
        images = torch.lerp(luminance(images).mean(dim=(2, 3), keepdim=True), images, 1 + contrast).clamp_(0, 1)
    if most[2] and images.shape[1] == 3:
        images = torch.lerp(luminance(images), images, 1 + saturation).clamp_(0, 1)
    return hue(images, turn) if most[3] and images.shape[1] == 3 else images


def blur(images: Tensor, deviations: Tensor, most: float) -> Tensor:
    """Each picture under its own Gaussian; `deviations` (n,) in pixels, at most `most`. The border is mirrored."""
    shape = n, c, _h, _w = images.shape
    for axis in (2, 3):
        reach = min(max(1, math.ceil(3 * most)), shape[axis] - 1)
        away = torch.arange(-reach, reach + 1, device=images.device)
        weights = torch.exp(-(away**2) / (2 * deviations[:, None].clamp(min=1e-3) ** 2))  # (n, 2 reach + 1)
        weights = (weights / weights.sum(dim=1, keepdim=True)).repeat_interleave(c, dim=0)
        padded = F.pad(images, (0, 0, reach, reach) if axis == 2 else (reach, reach, 0, 0), mode="reflect")
        kernels = weights.view(n * c, 1, -1, 1) if axis == 2 else weights.view(n * c, 1, 1, -1)
        images = F.conv2d(padded.reshape(1, n * c, *padded.shape[2:]), kernels, groups=n * c).view(shape)
    return images


def grain(images: Tensor, noise: Tensor) -> Tensor:
    """Standard normal numbers like `images`: of one long fixed strip, from where `noise` (n,) says for each picture.

    60,000 pictures' own numbers, drawn at once, would take 190 MB; so drawn they would differ by device, too.
    """
    size = images[0].numel()
    strip = _strip(images.device, -(-(size + _STARTS) // _STARTS))
    begin = ((noise + 1) / 2 * _STARTS).long().clamp(0, _STARTS - 1)
    return strip.unfold(0, size, 1).index_select(0, begin).view(images.shape)


def normal(noise: Tensor) -> Tensor:
    """Uniform in [-1, 1) -> standard normal."""
    return math.sqrt(2) * torch.erfinv(noise.clamp(-_NEARLY_1, _NEARLY_1))


@lru_cache(maxsize=4)
def _strip(device: torch.device, times: int) -> Tensor:
    parts = torch.randn(_STARTS, generator=torch.Generator().manual_seed(_GRAIN_SEED))
    return parts.repeat(times).to(device)


def _square(images: Tensor, noise: Tensor, side: float) -> Tensor:
    """(n, 1, h, w): true within a square around a middle anywhere in the picture, at the edge cut off."""
    near = []
    for axis, size in enumerate(images.shape[2:]):
        middle = (noise[:, axis, None] + 1) * size / 2  # (n, 1)
        near.append((torch.arange(size, device=images.device) + 0.5 - middle).abs() <= size * side / 2)  # (n, size)
    return near[0][:, None, :, None] & near[1][:, None, None, :]


def _recipe_matrices(noise: Tensor) -> Tensor:
    """(n, 2, 3): rotation, shear and scale of each axis, then translation."""
    angle, shear = noise[:, 0] * ROTATION, noise[:, 1] * SHEAR
    scale_x, scale_y = 1 + noise[:, 2] * SCALE, 1 + noise[:, 3] * SCALE
    cos, sin = angle.cos(), angle.sin()
    # rotation x shear: [[cos, -sin], [sin, cos]] x [[1, shear], [0, 1]]
    first = torch.stack([cos * scale_x, (cos * shear - sin) * scale_y, noise[:, 4] * TRANSLATION * 2], dim=1)
    second = torch.stack([sin * scale_x, (sin * shear + cos) * scale_y, noise[:, 5] * TRANSLATION * 2], dim=1)
    return torch.stack([first, second], dim=1)


# ---- the steps of a pipeline: of those that only move pixels a matrix (n, 2, 2) from output to input, in pixels


def _rotation(values: Values, noise: Tensor) -> Tensor:
    angle = noise[:, 0] * math.radians(values[0])
    return _matrix(angle.cos(), -angle.sin(), angle.sin(), angle.cos())


def _scale(values: Values, noise: Tensor) -> Tensor:
    factor = 1 / (1 + noise[:, 0] * values[0])
    nothing = torch.zeros_like(factor)
    return _matrix(factor, nothing, nothing, factor)


def _shear(values: Values, noise: Tensor) -> Tensor:
    slant = (noise[:, 0] * math.radians(values[0])).tan()
    nothing, one = torch.zeros_like(slant), torch.ones_like(slant)
    return _matrix(one, slant, nothing, one)


def _matrix(a: Tensor, b: Tensor, c: Tensor, d: Tensor) -> Tensor:
    return torch.stack([torch.stack([a, b], dim=1), torch.stack([c, d], dim=1)], dim=1)


def _sampled(images: Tensor, matrices: list[Tensor]) -> Tensor:
    """Through all `matrices` at once: what is done last is undone first."""
    if not matrices:
        return images
    height, width = images.shape[2:]
    whole = reduce(torch.matmul, matrices)  # (n, 2, 2)
    # from pixels to [-1, 1] on both axes: of a picture that is no square the two differ
    aspect = torch.tensor([[1.0, height / width], [width / height, 1.0]], device=images.device)
    return affine(images, F.pad(whole * aspect, (0, 1)))


_MATRICES: dict[str, Callable[[Values, Tensor], Tensor]] = {"rotation": _rotation, "scale": _scale, "shear": _shear}


def _crop(images: Tensor, values: Values, noise: Tensor, _axes: Tensor | None) -> Tensor:
    return crop(images, noise, int(values[0]))


def _flip(images: Tensor, values: Values, noise: Tensor, _axes: Tensor | None) -> Tensor:
    return mirror(images, _chosen(noise[:, 0], values[0]))


def _color_jitter(images: Tensor, values: Values, noise: Tensor, _axes: Tensor | None) -> Tensor:
    return color_jitter(images, values, noise)


def _rgb_jitter(images: Tensor, values: Values, noise: Tensor, axes: Tensor | None) -> Tensor:
    if axes is None:
        raise ValueError("RGB jitter needs the colours' axes")
    by = normal(noise[:, : len(axes)]) * values[0] @ axes.to(images.device)  # (n, c)
    return (images + by[:, :, None, None]).clamp(0, 1)


def _blur(images: Tensor, values: Values, noise: Tensor, _axes: Tensor | None) -> Tensor:
    return blur(images, (noise[:, 0] + 1) / 2 * values[0], values[0])


def _noise(images: Tensor, values: Values, noise: Tensor, _axes: Tensor | None) -> Tensor:
    return (images + grain(images, noise[:, 0]) * values[0]).clamp(0, 1)


def _erasing(images: Tensor, values: Values, noise: Tensor, _axes: Tensor | None) -> Tensor:
    share, probability = values
    holed = cut_out(images, noise[:, :2], math.sqrt(share))
    return torch.where(_chosen(noise[:, 2], probability)[:, None, None, None], holed, images)


def _chosen(noise: Tensor, probability: float) -> Tensor:
    """True for a share `probability` of the pictures: of all for 1, of none for 0."""
    return noise < 2 * probability - 1


_CHANGES: dict[str, Change] = {
    "random-crop": _crop,
    "shift": _crop,
    "flip": _flip,
    "color-jitter": _color_jitter,
    "rgb-jitter": _rgb_jitter,
    "blur": _blur,
    "noise": _noise,
    "erasing": _erasing,
}
