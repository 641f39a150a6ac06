"""Every network that can be chosen, by name. Knows nothing of data or training.

The select boxes and the tests run over `MODELS`: a new network needs a file beside `lenet.py` and its rows here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from cnnviz.errors import ConfigurationError
from cnnviz.locale import N_
from cnnviz.models.lenet import INPUT_SIDE, LeNet


@dataclass(frozen=True)
class ModelSpec:
    """One network: who made it, what it takes, how to build it."""

    name: str
    title: str  # a message
    year: int
    source: str  # the paper
    input_size: tuple[int, int, int]  # (channels, height, width) of one picture, as in the paper
    _build: Callable[..., nn.Sequential]

    def build(self, in_channels: int = 1, num_classes: int = 10, **options: object) -> nn.Sequential:
        """The network with fresh random weights, its layers named; its outputs are (n, num_classes) logits.

        Raises ConfigurationError for an option this network does not have.
        """
        if options:
            raise ConfigurationError(
                N_("{model} has no option {option}. Leave it out."), model=self.name, option=", ".join(sorted(options))
            )
        return self._build(in_channels, num_classes)


_LENET_SIZE = (1, INPUT_SIDE, INPUT_SIDE)
_LENET_SOURCE = "LeCun, Bottou, Bengio, Haffner: Gradient-Based Learning Applied to Document Recognition, 1998"

_SPECS = (
    ModelSpec(
        "lenet5", N_("LeNet-5, padding 2"), 1998, _LENET_SOURCE, _LENET_SIZE, LeNet(padding=2).build
    ),  # 61,706 weights
    ModelSpec(
        "lenet5-valid", N_("LeNet-5, no padding"), 1998, _LENET_SOURCE, _LENET_SIZE, LeNet(padding=0).build
    ),  # 44,426 weights
    ModelSpec(
        "lenet5-classic",
        N_("LeNet-5, classic: sigmoid and average pooling"),
        1998,
        _LENET_SOURCE,
        _LENET_SIZE,
        LeNet(padding=2, activation="sigmoid", pooling="average").build,
    ),  # 61,706 weights
)

MODELS: dict[str, ModelSpec] = {spec.name: spec for spec in _SPECS}


def model_spec(name: str) -> ModelSpec:
    """The network called `name`. Raises ConfigurationError, which lists the names there are."""
    try:
        return MODELS[name]
    except KeyError:
        raise ConfigurationError(
            N_("{parameter} must be one of {allowed}. Got {value} instead."),
            parameter="model",
            allowed=", ".join(MODELS),
            value=name,
        ) from None
