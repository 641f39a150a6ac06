"""Sanity check of an attribution: one method's map of a network beside its map of the same with random weights.

J. Adebayo et al., "Sanity Checks for Saliency Maps", 2018. Maps are of the picture's or a layer's size and come a step
at a time, since some methods take seconds. No UI, no disk.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from cnnviz.inspection import attribution
from cnnviz.inspection.attribution import Progress

Map = NDArray[np.float32]  # (h, w)

METHODS = ("saliency", "input_x_gradient", "integrated_gradients", "grad_cam", "occlusion")


@dataclass(frozen=True)
class Question:
    """Why `target`, or why rather `target` than `against`, classes by index; what a method does not need is 0 or ""."""

    method: str  # of METHODS
    target: int
    against: int | None = None
    layer: str = ""  # for Grad-CAM, a name of `summarize`
    window: int = 0  # for occlusion, in pixels
    stride: int = 0

    def ask(self, model: nn.Module, x: Tensor) -> Iterator[Progress]:
        """The method under way, of one picture x (1, c, h, w). Raises ConfigurationError, AnswerError."""
        target, against = self.target, self.against
        if self.method == "integrated_gradients":
            return attribution.integrated_gradients_progress(model, x, target, against=against)
        if self.method == "occlusion":
            return attribution.occlusion_progress(model, x, target, self.window, self.stride, against)
        if self.method == "grad_cam":
            return _at_once(partial(attribution.grad_cam, model, x, target, self.layer, against))
        method = attribution.saliency if self.method == "saliency" else attribution.input_x_gradient
        return _at_once(partial(method, model, x, target, against))

    def map_of(self, step: Progress) -> Map:
        """(h, w): what all channels of a pixel say together; a window hides all of them, so that any one says it."""
        values = step.attribution[0]
        found: Map = (values[0] if self.method == "occlusion" else values.sum(dim=0)).float().cpu().numpy()
        return found


@dataclass(frozen=True, eq=False)
class SanityCheck:
    """Both maps, as far as they are known; arrays nobody may change."""

    share: float  # of all steps, 0 to 1
    own: Map
    random: Map | None = None

    @property
    def is_whole(self) -> bool:
        return self.share == 1 and self.random is not None

    @property
    def likeness(self) -> float:
        """How alike both maps order the places by how much they count, signs aside: Spearman's rank correlation."""
        assert self.random is not None
        return rank_correlation(np.abs(self.own), np.abs(self.random))


def sanity_check(
    model: nn.Module, twin: Callable[[], nn.Module], x: Tensor, question: Question
) -> Generator[SanityCheck, None, None]:
    """The network's own map first, then that of `twin()`, the same with random weights."""
    found: SanityCheck | None = None
    for step in question.ask(model, x):
        found = SanityCheck(step.done / step.total / 2, question.map_of(step))
        yield found
    assert found is not None
    for step in question.ask(twin(), x):
        yield replace(found, share=0.5 + step.done / step.total / 2, random=question.map_of(step))


def rank_correlation(first: NDArray[np.floating], second: NDArray[np.floating]) -> float:
    """Spearman's: 1 where both order all values alike, 0 where one says nothing of the other; 0 for a constant.

    >>> rank_correlation(np.array([1.0, 2.0, 30.0]), np.array([-1.0, 5.0, 6.0]))
    1.0
    """
    one, other = (ranks - ranks.mean() for ranks in (_ranks(first), _ranks(second)))
    length = float(np.sqrt((one**2).sum() * (other**2).sum()))
    return round(float((one * other).sum()) / length, 12) if length else 0.0


def resized(values: Map, height: int, width: int) -> Map:
    """Grad-CAM's few values laid over the picture, as its authors do: bilinear in between."""
    if values.shape == (height, width):
        return values
    few = torch.from_numpy(values)[None, None]
    larger: Map = torch.nn.functional.interpolate(few, (height, width), mode="bilinear")[0, 0].numpy()
    return larger


def _at_once(method: Callable[[], Tensor]) -> Iterator[Progress]:
    yield Progress(1, 1, method())


def _ranks(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """1 for the smallest; equal ones share the mean of their places."""
    _values, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks: NDArray[np.float64] = (last - (counts - 1) / 2)[places.ravel()]
    return ranks
