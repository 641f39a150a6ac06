"""Attribution: what in a picture speaks for a class, or for one class against another, in five ways. No UI, no disk.

All on logits: a probability also moves with what happens to the other classes. Networks may be shared, and may work in
place: each pass holds the lock that every pass of the server holds, in eval mode, which is put back; nothing is left on
the network, no `.grad` is touched. Where a method needs a picture with nothing in it, that is 0 after normalisation:
the mean colour of the training pictures.
"""

from __future__ import annotations

import operator
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.params import IntOrPair, excerpt, pair_at_least, whole
from cnnviz.engine.evaluate import LOCK, checked
from cnnviz.inspection.capture import capture_with_answer

STEPS = 50  # of integrated gradients
MOST_STEPS = 1000
_PIXELS = 150_000  # that pass at once: of MNIST 191 pictures, of 224 x 224 two, so that nobody waits long for the lock

_ONE_PICTURE = N_("x must be one picture, of shape (1, channels, height, width). Got the shape {shape}.")
_NO_CLASSES = N_("{network} does not answer with classes, so there is none to explain. Take a network that does.")
_SAME = N_("against must be another class than target. Got {value} for both; leave it out to explain one class alone.")
_NO_MAPS = N_("Layer {layer} gives {count} numbers and no maps, which Grad-CAM needs. Choose a layer before it.")
_TOO_LARGE = N_("window must fit into the picture of {height} × {width}. Got {value}; try {nearest}.")
_APART = N_("stride must be at most the window, {window}, or pixels between would never be hidden. Got {value}.")


def saliency(model: nn.Module, x: Tensor, target: int, against: int | None = None) -> Tensor:
    """The gradient of the target's logit (less that of `against`) by each value of x (1, c, h, w), signed.

    K. Simonyan, A. Vedaldi, A. Zisserman, "Deep Inside Convolutional Networks", 2013, without its absolute value.
    Raises ConfigurationError, AnswerError.
    """
    return _gradient(model, _picture(x), target, against)


def input_x_gradient(model: nn.Module, x: Tensor, target: int, against: int | None = None) -> Tensor:
    """x times its gradient, (1, c, h, w): what each value adds to the logit if the network were linear around x.

    A. Shrikumar et al., "Not Just a Black Box", 2016. Raises ConfigurationError, AnswerError.
    """
    return _picture(x) * saliency(model, x, target, against)


def integrated_gradients(
    model: nn.Module, x: Tensor, target: int, steps: int = STEPS, against: int | None = None
) -> Tensor:
    """x times the mean gradient on the straight way from 0 to x, (1, c, h, w), by Gauss-Legendre's rule at `steps`.

    Their sum is the logit of x less that of 0. M. Sundararajan, A. Taly, Q. Yan, "Axiomatic Attribution for Deep
    Networks", 2017. Raises ConfigurationError, AnswerError.
    """
    return _last(integrated_gradients_progress(model, x, target, steps, against))


def grad_cam(model: nn.Module, x: Tensor, target: int, layer: str, against: int | None = None) -> Tensor:
    """The maps of `layer` (a name of `summarize`) weighed by their mean gradients, added up, below zero cut off.

    (1, 1, h, w) of the layer's size. R. Selvaraju et al., "Grad-CAM", 2017. Raises ConfigurationError, AnswerError.
    """
    x = _picture(x)
    with torch.inference_mode(False), torch.enable_grad():
        with _running(model):
            captured, logits = capture_with_answer(model, x.clone().requires_grad_(), layer)
        score, maps = _score(model, logits, target, against), captured.output.detach()
        if maps.dim() != 4:
            raise ConfigurationError(_NO_MAPS, layer=layer, count=f"{maps[0].numel():,}")
        assert captured.edge is not None
        (gradient,) = torch.autograd.grad(score.sum(), captured.edge, allow_unused=True)
    if gradient is None:  # nothing of the layer goes into this logit
        return torch.zeros_like(maps[:, :1])
    weights = gradient.mean(dim=(2, 3), keepdim=True)  # (1, maps, 1, 1)
    return (weights * maps).sum(dim=1, keepdim=True).relu()


def occlusion(
    model: nn.Module, x: Tensor, target: int, window: IntOrPair, stride: IntOrPair, against: int | None = None
) -> Tensor:
    """By how much the logit falls when a window of x is set to 0 in all channels, (1, c, h, w), the same in each c.

    A pixel has the mean over all windows that hide it; the last window of a row may reach beyond the edge.
    M. Zeiler, R. Fergus, "Visualizing and Understanding Convolutional Networks", 2013. Raises ConfigurationError,
    AnswerError.
    """
    return _last(occlusion_progress(model, x, target, window, stride, against))


@dataclass(frozen=True, eq=False)
class Progress:
    """A method under way: `attribution` is the whole when done == total, and until then what is known of it."""

    done: int
    total: int
    attribution: Tensor


def integrated_gradients_progress(
    model: nn.Module, x: Tensor, target: int, steps: int = STEPS, against: int | None = None
) -> Iterator[Progress]:
    """`integrated_gradients`, a batch of points on the way at a time."""
    x, steps = _picture(x), whole("steps", steps, 1, MOST_STEPS)
    points, weights = np.polynomial.legendre.leggauss(steps)  # on -1..1
    alphas, shares = (torch.from_numpy(each / 2).to(x.dtype).reshape(-1, 1, 1, 1) for each in (points + 1, weights))
    total = torch.zeros_like(x)
    for start in range(0, steps, size := _at_once(x)):
        part = slice(start, start + size)
        gradients = _gradient(model, alphas[part] * x, target, against)  # (points, c, h, w)
        total = total + (shares[part] * gradients).sum(dim=0, keepdim=True)
        yield Progress(min(start + size, steps), steps, total * x)


def occlusion_progress(
    model: nn.Module, x: Tensor, target: int, window: IntOrPair, stride: IntOrPair, against: int | None = None
) -> Iterator[Progress]:
    """`occlusion`, a batch of windows at a time."""
    x = _picture(x)
    (height, width), places = _windows(x.shape[2], x.shape[3], window, stride)
    whole_score = float(_answer(model, x, target, against))
    fall, count = (torch.zeros(x.shape[2:], dtype=torch.float64) for _ in range(2))
    for start in range(0, len(places), size := _at_once(x)):
        batch = places[start : start + size]
        hidden = x.repeat(len(batch), 1, 1, 1)
        for picture, (row, column) in zip(hidden, batch, strict=True):
            picture[:, row : row + height, column : column + width] = 0
        for score, (row, column) in zip(_answer(model, hidden, target, against).tolist(), batch, strict=True):
            fall[row : row + height, column : column + width] += whole_score - score
            count[row : row + height, column : column + width] += 1
        found = (fall / count.clamp(min=1)).to(x.dtype).expand(x.shape).clone()
        yield Progress(min(start + size, len(places)), len(places), found)


def _picture(x: Tensor) -> Tensor:
    if x.dim() != 4 or len(x) != 1:
        raise ConfigurationError(_ONE_PICTURE, shape=" × ".join(map(str, x.shape)))
    with torch.inference_mode(False):
        return x.detach().clone()


def _at_once(x: Tensor) -> int:
    """How many pictures of this size pass together."""
    return max(1, _PIXELS // (x.shape[2] * x.shape[3]))


def _last(steps: Iterator[Progress]) -> Tensor:
    return deque(steps, maxlen=1)[0].attribution


def _gradient(model: nn.Module, x: Tensor, target: int, against: int | None) -> Tensor:
    """Of each picture's own score, (n, c, h, w). Backwards nothing of the network runs: that needs no lock."""
    with torch.inference_mode(False), torch.enable_grad():
        x = x.detach().clone().requires_grad_()  # the clone is of no inference mode
        with _running(model):
            logits = model(x.clone())  # the first layer may work in place
        score = _score(model, logits, target, against)
        return torch.autograd.grad(score.sum(), x, materialize_grads=True)[0]


def _answer(model: nn.Module, x: Tensor, target: int, against: int | None) -> Tensor:
    """The score of each picture, (n,)."""
    with torch.inference_mode(), _running(model):
        return _score(model, model(x.clone()), target, against)


@contextmanager
def _running(model: nn.Module) -> Iterator[None]:
    """The network is this thread's alone, in eval mode."""
    with LOCK:
        training = [module for module in model.modules() if module.training]
        try:
            model.eval()
            yield
        finally:
            for module in training:
                module.training = True


def _score(model: nn.Module, logits: Tensor, target: int, against: int | None) -> Tensor:
    """(n, k) -> (n,): the target's logit, or by how much it is ahead of the other's."""
    if logits.dim() != 2:
        raise ConfigurationError(_NO_CLASSES, network=type(model).__name__)
    checked(logits)
    target = _class("target", target, logits.shape[1])
    if against is None:
        return logits[:, target]
    against = _class("against", against, logits.shape[1])
    if against == target:
        raise ConfigurationError(_SAME, value=target)
    return logits[:, target] - logits[:, against]


def _class(parameter: str, value: Any, count: int) -> int:
    """A class by its index, NumPy's and torch's numbers too."""
    if not isinstance(value, bool):
        with suppress(TypeError):  # what is no number is refused as it is
            value = operator.index(value)
    return whole(parameter, value, 0, count - 1)


def _windows(
    height: int, width: int, window: IntOrPair, stride: IntOrPair
) -> tuple[tuple[int, int], list[tuple[int, int]]]:
    """(height, width) of a window, and the top left corner of each; together they hide every pixel."""
    sides, steps = _pair("window", window), _pair("stride", stride)
    if sides[0] > height or sides[1] > width:
        nearest = min(height, width)
        raise ConfigurationError(_TOO_LARGE, height=height, width=width, value=excerpt(window), nearest=nearest)
    if steps[0] > sides[0] or steps[1] > sides[1]:
        raise ConfigurationError(_APART, window=excerpt(window), value=excerpt(stride))
    axes = zip((height, width), sides, steps, strict=True)
    # one more than ceil((side - window) / stride): the last window reaches the edge, or beyond
    rows, columns = ([step * i for i in range(-(-(n - side) // step) + 1)] for n, side, step in axes)
    return sides, list(product(rows, columns))


def _pair(parameter: str, value: IntOrPair) -> tuple[int, int]:
    pair = pair_at_least(parameter, value, 1)
    return pair if isinstance(pair, tuple) else (pair, pair)
