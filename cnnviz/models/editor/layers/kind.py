"""Layer kind: what each kind of row says of itself, and the options it has. Knows no kind in particular, and no torch.

A layer of torch is told by the name of its class, and read by its attributes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Any, ClassVar, Protocol

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.params import WHOLE, Kind, Param, Value, excerpt

MAX_CHANNELS = 4096
MAX_SPAN = 64  # of kernels, strides, paddings, dilations

Shape = tuple[int, ...]  # (channels, height, width), or (features,) after flatten; without the batch
Values = Mapping[str, Any]

_MISSING = N_("{parameter} is missing. Give it a value, {example} for instance.")
_SPAN = N_(
    "{parameter} must be a whole number from {low} to {high}, or two as in 3x5 (height x width). "
    "Got {value}; try {nearest}."
)
_NEEDS_MAPS = N_(
    "{kind} reads maps, but {shape} numbers in a row reach it. Move it above flatten, or take flatten away."
)

_WHOLE_TEXT = re.compile(r"\s*(\d{1,9})\s*")
_PAIR_TEXT = re.compile(r"\s*\(?\s*(\d{1,9})\s*[x×,]\s*(\d{1,9})\s*\)?\s*")


@dataclass(frozen=True)
class Option(Param):
    """One option of a kind of row, and where the table has it. What was typed is read too: "3", "3x5"."""

    kind: Kind = "whole"
    low: float = 1
    high: float = MAX_SPAN
    example: Value = 3
    is_span: bool = False  # a pair of whole numbers too, height and width
    word: str = ""  # taken as it is, beside numbers: "same"
    is_needed: bool = False  # left out: a sentence, not the default
    text: str = ""  # a message: what it does
    column: int = 0  # of the table's four: what means the same is in one column, whatever the kind; 0: any that is free
    is_seldom: bool = False  # shown on request

    @property
    def form(self) -> str:
        """How the table asks for it: "whole", "span", "padding", "number", "choice", "flag"."""
        if self.kind == "whole" and self.is_span:
            return "padding" if self.word else "span"
        return "flag" if self.kind == "switch" else self.kind

    def checked(self, value: object) -> Any:
        """`value` in its own type; None or an empty text is the default. Raises ConfigurationError."""
        if value is None or (isinstance(value, str) and not value.strip()):
            if self.is_needed:
                raise ConfigurationError(_MISSING, parameter=self.name, example=self.example)
            return self.default
        if self.kind == "whole":
            return value if self.word and value == self.word else self._numbers(value)
        return super().checked(value)

    def _numbers(self, value: object) -> int | tuple[int, int]:
        given = _as_numbers(value) if self.is_span else [_as_whole(value)]
        allowed = [number for number in given if number is not None and self.low <= number <= self.high]
        if not given or len(allowed) < len(given):
            raise self._refused(value, given[0] if given else None)
        height, width = allowed[0], allowed[-1]
        return height if height == width else (height, width)

    def _refused(self, value: object, number: int | None) -> ConfigurationError:
        likely = self.default if isinstance(self.default, (int, float)) else self.example
        return ConfigurationError(
            _SPAN if self.is_span else WHOLE,
            parameter=self.name,
            low=self.low,
            high=self.high,
            value=excerpt(value),
            nearest=likely if number is None else int(min(max(number, self.low), self.high)),
        )


@dataclass(frozen=True)
class Effect:
    """What a row makes of one picture, and what that costs."""

    shape: Shape
    params: int = 0
    macs: int = 0
    values: int = 0  # numbers written, those inside a block counted

    @classmethod
    def written(cls, shape: Shape, params: int = 0, macs: int = 0) -> Effect:
        """Of a layer that writes every value it gives."""
        return cls(shape, params, macs, prod(shape))


@dataclass(frozen=True)
class Call:
    """nn.`target`(...), or a block of `cnnviz.models.families.blocks`: to be carried out, or to be written down."""

    target: str  # a class of torch.nn, or of blocks
    arguments: tuple[Any, ...] = ()
    keywords: Mapping[str, Any] = field(default_factory=dict)
    is_block: bool = False

    def __str__(self) -> str:
        words = [*map(repr, self.arguments), *(f"{name}={value!r}" for name, value in self.keywords.items())]
        return f"{'' if self.is_block else 'nn.'}{self.target}({', '.join(words)})"


class Sizes(Protocol):
    """The shapes that a layer has met in its network; a LayerInfo has them."""

    @property
    def input_shape(self) -> Shape: ...
    @property
    def output_shape(self) -> Shape: ...


class LayerKind:
    """A layer or block that a row can be: all there is to know of it, in one class.

    Its values are checked by its options before a method sees them; `shape` is the one that reaches it.
    """

    name: ClassVar[str]  # in files and links
    title: ClassVar[str]  # a message
    text: ClassVar[str]  # a message: what it does
    short: ClassVar[str]  # rows without a name are called after it: conv1, conv2
    options: ClassVar[tuple[Option, ...]] = ()
    torch_classes: ClassVar[tuple[str, ...]]  # those it makes, of torch.nn or of `families/blocks`
    fixed: ClassVar[Mapping[str, Any]] = {}  # attributes no option stands for: a layer that has another is not its
    family: ClassVar[str] = "other"  # its colour in the table
    is_block: ClassVar[bool] = False  # several layers, with branches
    needs_maps: ClassVar[bool] = False  # whether numbers in a row are refused

    def option(self, name: str) -> Option | None:
        """The option called `name`."""
        return next((option for option in self.options if option.name == name), None)

    def row_name(self, options: Values) -> str:
        """The name of a row with these `options`, right or wrong, its number left out."""
        return self.short

    def effect(self, values: Values, shape: Shape, num_classes: int) -> Effect:
        """What a row makes of `shape`, and its cost. Raises ConfigurationError with the reason and the fix."""
        if self.needs_maps and len(shape) != 3:
            raise ConfigurationError(_NEEDS_MAPS, kind=self.name, shape=shape[0])
        return self.infer(values, shape, num_classes)

    def infer(self, values: Values, shape: Shape, num_classes: int) -> Effect:
        """The same once `shape` is of the right kind. The shape stays unless a kind says otherwise."""
        return Effect.written(shape)

    def to_torch(self, values: Values, shape: Shape, num_classes: int) -> Call:
        """The call that makes the layer."""
        raise NotImplementedError

    def options_of(self, layer: Any) -> dict[str, Any] | None:
        """Every option of a layer of torch; None if no row of this kind makes it."""
        if not self._is_made_by(layer):
            return None
        if any(span(getattr(layer, name, value)) != value for name, value in self.fixed.items()):
            return None
        return self.from_torch(layer)

    def from_torch(self, layer: Any) -> dict[str, Any] | None:
        """The same of a layer of the right class: its attributes of the options' names."""
        return {option.name: span(getattr(layer, option.name)) for option in self.options}

    def to_keras(self, values: Values, sizes: Sizes | None) -> list[str]:
        """The lines that give the same from `x` in Keras, as `y`; none where it has no equal.

        `sizes` are None where the layer stands alone.
        """
        return []

    def _is_made_by(self, layer: Any) -> bool:
        return any(
            cls.__name__ in self.torch_classes and (self.is_block or cls.__module__.startswith("torch.nn."))
            for cls in type(layer).__mro__
        )


def unlike(values: Values, **defaults: Any) -> dict[str, Any]:
    """The options that differ from torch's defaults."""
    return {name: values[name] for name, default in defaults.items() if values[name] != default}


def span(value: Any) -> Any:
    """5 for (5, 5)."""
    return value[0] if isinstance(value, tuple) and value[0] == value[-1] else value


def keras_layer(text: str) -> list[str]:
    """The lines of a layer that Keras has too."""
    return [f"layer = layers.{text}", "y = layer(x)"]


def shape_text(shape: Shape) -> str:
    """6x28x28"""
    return "x".join(map(str, shape))


def _as_whole(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if math.isfinite(value) and value.is_integer() and abs(value) < 1e12 else None
    found = _WHOLE_TEXT.fullmatch(value) if isinstance(value, str) else None
    return int(found[1]) if found else None


def _as_numbers(value: Any) -> list[int | None]:
    """One number, or two."""
    if isinstance(value, (tuple, list)):
        return [_as_whole(one) for one in value] if len(value) == 2 else []
    found = _PAIR_TEXT.fullmatch(value) if isinstance(value, str) else None
    return [int(found[1]), int(found[2])] if found else [_as_whole(value)]
