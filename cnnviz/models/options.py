"""What the lessons vary in a network: activation, pooling, dropout, batch norm, pretrained weights. No torch.

`MODEL_OPTIONS` lists each network's options, a form shows them, `chosen` checks what was asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed

Value = str | float | bool


@dataclass(frozen=True)
class Option:
    """One thing that can be said about a network: one of `choices`, a number from `low` to `high`, or yes and no."""

    name: str
    title: str  # a message
    default: Value
    choices: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 0.0

    @property
    def is_switch(self) -> bool:
        return isinstance(self.default, bool)

    def but(self, default: Value) -> Option:
        """The same option where a network's own choice is another."""
        return replace(self, default=default)

    def checked(self, value: object) -> Value:
        """`value` if the option can have it. Raises ConfigurationError."""
        if self.choices or self.is_switch:
            allowed: tuple[Value, ...] = self.choices or (True, False)
            if not any(value is one or (isinstance(value, str) and value == one) for one in allowed):
                raise ConfigurationError(
                    N_("{parameter} must be one of {allowed}. Got {value} instead."),
                    parameter=self.name,
                    allowed=Listed(allowed),
                    value=value,
                )
            return value  # type: ignore[return-value]
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not self.low <= value <= self.high:
            raise ConfigurationError(
                N_("{parameter} must be a number from {low} to {high}. Got {value} instead."),
                parameter=self.name,
                low=self.low,
                high=self.high,
                value=value,
            )
        return float(value)


ACTIVATION = Option("activation", N_("Activation"), "relu", ("relu", "sigmoid", "tanh", "leaky_relu"))
POOLING = Option("pooling", N_("Pooling"), "max", ("max", "average"))
DROPOUT = Option("dropout", N_("Dropout"), 0.0, low=0.0, high=0.9)
BATCH_NORM = Option("batch_norm", N_("Batch norm"), False)
BLOCKS = Option("blocks", N_("Blocks of each size"), "1", ("1", "2", "3"))
PRETRAINED = Option("pretrained", N_("Pretrained weights"), False)

_ALL = (ACTIVATION, POOLING, DROPOUT, BATCH_NORM)
_VGG = (ACTIVATION, POOLING, DROPOUT.but(0.5), BATCH_NORM, PRETRAINED)
_RESNET = (ACTIVATION, POOLING, PRETRAINED)

MODEL_OPTIONS: dict[str, tuple[Option, ...]] = {
    "lenet5": _ALL,
    "lenet5-valid": _ALL,
    "lenet5-classic": (ACTIVATION.but("sigmoid"), POOLING.but("average"), DROPOUT, BATCH_NORM),
    "keras-cnn": (ACTIVATION, POOLING, DROPOUT.but(0.5), BATCH_NORM),
    "cifar-cnn": _ALL,
    "vgg-small": (ACTIVATION, POOLING, DROPOUT, BATCH_NORM.but(True)),
    "vgg11": _VGG,
    "vgg16": _VGG,
    "vgg19": _VGG,
    "alexnet": (ACTIVATION, POOLING, DROPOUT.but(0.5), PRETRAINED),
    "zfnet": (ACTIVATION, POOLING, DROPOUT.but(0.5)),
    "googlenet": (ACTIVATION, POOLING, DROPOUT.but(0.2), PRETRAINED),
    "inception-a": (ACTIVATION,),
    "inception-v3": (ACTIVATION, DROPOUT.but(0.5), PRETRAINED),
    "resnet-small": (ACTIVATION, BLOCKS),
    "resnet18": _RESNET,
    "resnet34": _RESNET,
    "resnet50": _RESNET,
    "resnet152": _RESNET,
    "basic-block": (ACTIVATION,),
}


def chosen(model: str, options: Sequence[Option], asked: Mapping[str, object]) -> dict[str, Value]:
    """Every option's value: as asked, else its default. Raises ConfigurationError for one that `model` has not."""
    known = {option.name: option for option in options}
    if unknown := sorted(set(asked) - set(known)):
        raise ConfigurationError(
            N_("{model} has no option {option}. Leave it out."), model=model, option=Listed(unknown)
        )
    return {name: option.checked(asked[name]) if name in asked else option.default for name, option in known.items()}
