"""Activation maximisation: the picture that excites a filter, a unit or a class most, by gradient ascent from noise.

D. Erhan, Y. Bengio, A. Courville, P. Vincent, "Visualizing Higher-Layer Features of a Deep Network", 2009. What keeps
the pictures readable: weight decay (K. Simonyan, A. Vedaldi, A. Zisserman, "Deep Inside Convolutional Networks", 2013),
blur (J. Yosinski et al., "Understanding Neural Networks Through Deep Visualization", 2015), jitter (A. Mordvintsev,
C. Olah, M. Tyka, "Inceptionism", 2015) and total variation (A. Mahendran, A. Vedaldi, "Understanding Deep Image
Representations by Inverting Them", 2015).

Several pictures climb in one batch, each towards a unit of its own. Knows nothing of the UI or of data sets.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.params import Param, not_one_of
from cnnviz.engine.device import device_of
from cnnviz.engine.evaluate import LOCK, checked
from cnnviz.engine.loader import Described
from cnnviz.inspection.capture import InspectedModel

Objective = Literal["mean", "center", "logit", "probability"]
OBJECTIVES: tuple[Objective, ...] = ("mean", "center", "logit", "probability")
_BLUR_EVERY = 4  # steps
_NOISE = 0.1  # of the grey levels at the start, 0 to 1: standard deviation
_LAST_STEP = 0.1  # of the first one's size: the picture settles

_OPTIONS = (
    Param("steps", "whole", 96, 1, 10_000),
    Param("step_size", "number", 0.1, 0, 1, open_below=True),
    Param("jitter", "number", 1 / 28, 0, 0.25),
    Param("blur", "number", 0.5, 0, 16),
    Param("total_variation", "number", 0.2, 0, 10),
    Param("weight_decay", "number", 0.01, 0, 1),
    Param("seed", "whole", 0, 0, 2**31 - 1),
)


@dataclass(frozen=True)
class Ascent:
    """How to climb. 0 leaves a regulariser out. For pictures of 8 pixels a side as for 224.

    The regularisers give way towards the end. The defaults were looked at on LeNet-5: its classes come out as digits
    that can be read, with twice the logit of the best test picture. Raises ConfigurationError for a value outside its
    range.
    """

    steps: int = 96
    step_size: float = 0.1  # of grey levels, 0 to 1, root mean square over the pixels; it falls to a tenth
    jitter: float = 1 / 28  # the network is shown the picture moved by up to so much of its side, anew in each step
    blur: float = 0.5  # standard deviation of a Gaussian in pixels, every fourth step
    total_variation: float = 0.2  # weight of the differences between neighbours against the objective's gradient
    weight_decay: float = 0.01  # each step takes so much of the distance to the mean colour away
    seed: int = 0  # of the noise it begins with, and of the jitter

    def __post_init__(self) -> None:
        for option in _OPTIONS:
            option.checked(getattr(self, option.name))


@dataclass(frozen=True, eq=False)
class Step:
    """Where the climb of one picture is."""

    number: int  # 0: the noise it begins with
    steps: int
    picture: NDArray[np.float32]  # (c, h, w), normalised: a network's input
    activation: float  # of this very picture: the map's mean or centre value, the logit, the probability


@dataclass(frozen=True, eq=False)
class Steps:
    """Where n pictures are that climb together."""

    number: int
    steps: int
    pictures: NDArray[np.float32]  # (n, c, h, w)
    activations: NDArray[np.float32]  # (n,)


def maximize(
    model: nn.Module,
    layer: str | None,
    unit: int,
    inputs: Described,
    objective: Objective = "mean",
    options: Ascent = Ascent(),  # it is frozen
) -> Iterator[Step]:
    """Steps 0 to `options.steps` of the climb towards unit `unit` of `layer` (None: of the network's answer).

    `layer` is a name of `summarize`; `objective` the mean of the unit's map, its centre value, and of a layer without
    positions the value itself ("logit"), or its probability. The picture stays within the grey levels of real ones.
    `model` itself is never run, so others may. Raises ConfigurationError, and AnswerError where the network's numbers
    are none.
    """
    for each in maximize_all(model, layer, (unit,), inputs, objective, options):
        yield Step(each.number, each.steps, each.pictures[0], float(each.activations[0]))


def maximize_all(
    model: nn.Module,
    layer: str | None,
    units: Sequence[int],
    inputs: Described,
    objective: Objective = "mean",
    options: Ascent = Ascent(),
) -> Iterator[Steps]:
    """The same for several units at once, a picture for each: up to rounding the one it has alone."""
    if objective not in OBJECTIVES:
        raise not_one_of("objective", objective, OBJECTIVES)
    with LOCK:  # somebody may have hooks on it
        climb = _Climb(InspectedModel.of(model), layer, torch.tensor(units), inputs, objective, options)
    levels = climb.noise()
    for number in range(options.steps + 1):
        yield Steps(number, options.steps, climb.normalized(levels).numpy(), climb.activations(levels).numpy())
        if number < options.steps:
            levels = climb.step(levels, number)


class _Climb:
    """Pictures as grey levels (n, c, h, w), 0 to 1, on their way up."""

    def __init__(
        self,
        inspected: InspectedModel,
        layer: str | None,
        units: Tensor,  # (n,)
        inputs: Described,
        objective: Objective,
        options: Ascent,
    ) -> None:
        self._inspected, self._layer, self._units = inspected, layer, units
        self._objective, self._options = objective, options
        self._size = inputs.input_size
        self._device = device_of(inspected.model)
        self._random = torch.Generator().manual_seed(options.seed)
        self._mean, self._std = (torch.tensor(each).view(1, -1, 1, 1) for each in (inputs.mean, inputs.std))
        self._shortest = min(self._size[1:])

    def noise(self) -> Tensor:
        """The mean colour with some noise, the same for all units."""
        return (self._mean + _NOISE * self._patches()).clamp(0, 1).repeat(len(self._units), 1, 1, 1)

    def _patches(self) -> Tensor:
        """(1, c, h, w): random patches of some size, root mean square 1. Single pixels excite hardly any filter."""
        size = (0.5 + 3 * float(torch.rand((), generator=self._random))) * self._shortest / 28
        noise = _blurred(torch.randn((1, *self._size), generator=self._random), max(0.5, size), "circular")
        return noise / noise.square().mean().sqrt()

    def normalized(self, levels: Tensor) -> Tensor:
        return (levels - self._mean) / self._std

    def activations(self, levels: Tensor) -> Tensor:
        """(n,) of these very pictures."""
        with torch.no_grad():
            values = self._values(levels)
        return checked((values.exp() if self._objective == "probability" else values)[:, None])[:, 0].cpu()

    def step(self, levels: Tensor, number: int) -> Tensor:
        options = self._options
        left = 1 - number / options.steps  # the regularisers give way: what stands clear may become strong
        uphill = self._uphill(levels) - options.total_variation * left * _roughness(levels)
        moved = levels + options.step_size * max(left, _LAST_STEP) * uphill
        moved = moved + options.weight_decay * left * (self._mean - moved)
        if options.blur and number % _BLUR_EVERY == 0:
            moved = _blurred(moved, options.blur * left)
        return moved.clamp(0, 1)

    def _uphill(self, levels: Tensor) -> Tensor:
        """The objective's gradient, brought to a root mean square of 1 for each picture.

        Where no pixel moves the value, as behind a ReLU that is silent, a random direction.
        """
        by = self._jitter()
        levels = levels.clone().requires_grad_()
        with torch.enable_grad():
            values = self._values(levels.roll(by, dims=(2, 3)))
            gradient = torch.autograd.grad(values.sum(), levels)[0]
        size = gradient.square().mean(dim=(1, 2, 3), keepdim=True).sqrt()
        return torch.where(size > 0, gradient / size.clamp_min(1e-30), self._patches())

    def _jitter(self) -> tuple[int, int]:
        most = round(self._options.jitter * self._shortest)
        down, right = torch.randint(-most, most + 1, (2,), generator=self._random).tolist()
        return down, right

    def _values(self, levels: Tensor) -> Tensor:
        """(n,) what is climbed; of a probability its logarithm, whose slope does not vanish where it is small."""
        output = self._output(self.normalized(levels).to(self._device))
        count = output.shape[1]
        for unit in self._units.tolist():
            if not 0 <= unit < count:
                raise ConfigurationError(_NO_UNIT, unit=unit, last=count - 1)
        if self._objective in ("logit", "probability"):
            output = _of_positions(output, self._objective)
        if self._objective == "probability":
            output = output.log_softmax(dim=1)
        own = output[torch.arange(len(output)), self._units]  # (n, ...) each picture's own unit
        if self._objective == "center":
            return middle(own, 1)
        return own.flatten(1).mean(dim=1) if own.dim() > 1 else own

    def _output(self, x: Tensor) -> Tensor:
        with self._inspected.running():
            if self._layer is not None:
                return self._inspected.capture(self._layer, x).output
            answer: Tensor = self._inspected.model(x)
            return answer


def middle(values: Tensor, axes: int) -> Tensor:
    """Of all further axes the middle value: of maps (n, h, w) with 1 axis kept, (n,)."""
    while values.dim() > axes:
        values = values.select(-1, values.shape[-1] // 2)
    return values


_NO_UNIT = N_("unit must be a whole number from 0 to {last}. Got {unit} instead.")
_HAS_POSITIONS = N_(
    'The objective "{objective}" is for layers whose values have no position. This one gives maps of {shape}: '
    'choose "mean" or "center".'
)


def _of_positions(output: Tensor, objective: Objective) -> Tensor:
    """`output` (n, k), also where it has one position. Raises ConfigurationError for maps."""
    if output.shape[2:].numel() > 1:
        raise ConfigurationError(_HAS_POSITIONS, objective=objective, shape=" × ".join(map(str, output.shape[2:])))
    return output.flatten(1)


def _roughness(levels: Tensor) -> Tensor:
    """The gradient of the total variation: for each pixel, how many of its four neighbours it lies above, less below.

    Small differences count less, so that it comes to rest.
    """
    gradient = torch.zeros_like(levels)
    for axis in (2, 3):
        slope = torch.tanh(levels.diff(dim=axis) / _SMALL)
        gradient += F.pad(slope, (0, 0) * (3 - axis) + (1, 0)) - F.pad(slope, (0, 0) * (3 - axis) + (0, 1))
    return gradient


_SMALL = 0.05  # grey levels, 0 to 1: a difference that is hardly seen


def _blurred(levels: Tensor, sigma: float, border: str = "replicate") -> Tensor:
    """A Gaussian of `sigma` pixels; beyond the border as `torch.nn.functional.pad` has it."""
    radius = min(math.ceil(2.5 * sigma), min(levels.shape[2:]) - 1)
    if radius < 1:
        return levels
    kernel = torch.exp(-(torch.arange(-radius, radius + 1) ** 2) / (2 * sigma**2))
    kernel = (kernel / kernel.sum()).view(1, 1, -1, 1)
    n, channels, height, width = levels.shape
    padded = F.pad(levels, (radius,) * 4, mode=border).view(n * channels, 1, height + 2 * radius, -1)
    return F.conv2d(F.conv2d(padded, kernel), kernel.transpose(2, 3)).view(n, channels, height, width)
