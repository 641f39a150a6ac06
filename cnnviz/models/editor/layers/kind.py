"""The rows a blueprint may have: their kinds, what each kind can be told, and in which limits. Never imports torch.

A row is data. Its kind is looked up in `ROW_KINDS`, its options in the kind's fields: nothing else can be named.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed

MAX_CHANNELS = 4096
MAX_FEATURES = 16_384  # of one fully connected layer
MAX_SPAN = 64  # of kernels, strides, paddings, dilations
ACTIVATIONS = ("relu", "sigmoid", "tanh", "leaky_relu")

UNKNOWN_KIND = N_("There is no layer {value}. Choose one of: {allowed}.")
UNKNOWN_OPTION = N_("{kind} has no option {option}. Choose among: {allowed}.")
MISSING = N_("{parameter} is missing. Give it a value, {example} for instance.")
NOT_WHOLE = N_("{parameter} must be a whole number from {low} to {high}. Got {value}; try {nearest}.")
NOT_SPAN = N_(
    "{parameter} must be a whole number from {low} to {high}, or two as in 3x5 (height x width). "
    "Got {value}; try {nearest}."
)
NOT_NUMBER = N_("{parameter} must be a number from {low} to {high}. Got {value}; try {nearest}.")
NOT_AMONG = N_("{parameter} must be one of {allowed}. Got {value} instead.")

_WHOLE_TEXT = re.compile(r"\s*(\d{1,9})\s*")
_PAIR_TEXT = re.compile(r"\s*\(?\s*(\d{1,9})\s*[x×,]\s*(\d{1,9})\s*\)?\s*")


@dataclass(frozen=True)
class Field:
    """One option of a kind of row: how it is read, its limits, its default."""

    name: str
    form: str = (
        "whole"  # "whole", "span" (a number or a pair), "padding" (a span or "same"), "number", "choice", "flag"
    )
    default: Any = None
    low: float = 1
    high: float = MAX_SPAN
    choices: tuple[str, ...] = ()
    needed: bool = False  # left out: a sentence, not the default
    example: object = 3

    def read(self, value: Any) -> Any:
        """`value` in its own type; None or an empty text is the default. Raises ConfigurationError."""
        if value is None or (isinstance(value, str) and not value.strip()):
            if self.needed:
                raise ConfigurationError(MISSING, parameter=self.name, example=self.example)
            return self.default
        return getattr(self, f"_{self.form}")(value)

    def _whole(self, value: Any) -> int:
        number = _as_whole(value)
        if number is None or not self.low <= number <= self.high:
            raise self._refused(NOT_WHOLE, value, number)
        return number

    def _span(self, value: Any) -> int | tuple[int, int]:
        numbers = _as_numbers(value)
        if not numbers or any(number is None or not self.low <= number <= self.high for number in numbers):
            raise self._refused(NOT_SPAN, value, numbers[0] if numbers else None)
        height, width = numbers[0], numbers[-1]
        assert height is not None
        assert width is not None
        return height if height == width else (height, width)

    def _padding(self, value: Any) -> int | tuple[int, int] | str:
        return "same" if value == "same" else self._span(value)

    def _number(self, value: Any) -> float:
        fits = isinstance(value, (int, float)) and not isinstance(value, bool) and self.low <= value <= self.high
        if not fits:
            raise self._refused(NOT_NUMBER, value, None)
        return float(value)

    def _choice(self, value: Any) -> str:
        if not isinstance(value, str) or value not in self.choices:
            raise ConfigurationError(NOT_AMONG, parameter=self.name, allowed=Listed(self.choices), value=shown(value))
        return value

    def _flag(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise ConfigurationError(NOT_AMONG, parameter=self.name, allowed="true, false", value=shown(value))
        return value

    def _refused(self, rule: str, value: Any, number: int | None) -> ConfigurationError:
        likely = self.default if isinstance(self.default, (int, float)) else self.example
        nearest = likely if number is None else int(min(max(number, self.low), self.high))
        return ConfigurationError(
            rule, parameter=self.name, low=self.low, high=self.high, value=shown(value), nearest=nearest
        )


@dataclass(frozen=True)
class RowKind:
    """A layer or block that a row can be."""

    name: str
    title: str  # a message
    fields: tuple[Field, ...] = ()
    short: str = ""  # what rows without a name are called after: conv1, conv2
    is_block: bool = False  # several layers, with branches

    def field(self, name: str) -> Field | None:
        """The option called `name`."""
        return next((field for field in self.fields if field.name == name), None)


def _channels(name: str, example: int = 64, high: int = MAX_CHANNELS) -> Field:
    return Field(name, high=high, needed=True, example=example)


def _block(name: str, title: str, short: str, *fields: Field) -> RowKind:
    """A block; its activation can be chosen as that of a row."""
    return RowKind(name, title, (*fields, Field("activation", "choice", "relu", choices=ACTIVATIONS)), short, True)


_KERNEL = Field("kernel_size", "span", needed=True)
_POOL_KERNEL = Field("kernel_size", "span", 2)
_STRIDE = Field("stride", "span", 1)
_BLOCK_STRIDE = Field("stride", default=1, high=8)
_POOLING = (
    _POOL_KERNEL,
    Field("stride", "span"),  # left out: the kernel's size
    Field("padding", "span", 0, low=0),
    Field("ceil_mode", "flag", False),
)

_KINDS = (
    RowKind(
        "conv",
        N_("convolution"),
        (
            _channels("out_channels", 16),
            _KERNEL,
            _STRIDE,
            Field("padding", "padding", 0, low=0),
            Field("dilation", "span", 1),
            Field("groups", default=1, high=MAX_CHANNELS),
            Field("bias", "flag", True),
        ),
        "conv",
    ),
    RowKind("max_pool", N_("max pooling"), _POOLING, "pool"),
    RowKind("average_pool", N_("average pooling"), _POOLING, "pool"),
    RowKind("activation", N_("activation"), (Field("function", "choice", "relu", choices=ACTIVATIONS),), "activation"),
    RowKind("batch_norm", N_("batch norm"), (Field("eps", "number", 1e-5, low=1e-8, high=0.1),), "norm"),
    RowKind("dropout", N_("dropout"), (Field("p", "number", 0.5, low=0.0, high=0.9),), "dropout"),
    RowKind("flatten", N_("flatten"), (), "flatten"),
    RowKind(
        "linear",
        N_("fully connected"),
        (Field("out_features", high=MAX_FEATURES, example=84), Field("bias", "flag", True)),  # left out: the classes
        "fc",
    ),
    RowKind("global_average_pool", N_("global average pooling"), (), "pool"),
    RowKind("adaptive_average_pool", N_("average pooling to a given size"), (Field("output_size", "span", 1),), "pool"),
    _block("basic_block", N_("residual block"), "block", _channels("out_channels"), _BLOCK_STRIDE),
    _block("bottleneck", N_("residual bottleneck"), "block", _channels("width", 64, MAX_CHANNELS // 4), _BLOCK_STRIDE),
    _block(
        "inception",
        N_("Inception block of GoogLeNet"),
        "inception",
        _channels("ch1x1", 64),
        _channels("ch3x3red", 96),
        _channels("ch3x3", 128),
        _channels("ch5x5red", 16),
        _channels("ch5x5", 32),
        _channels("pool_proj", 32),
        Field("pooling", "choice", "max", choices=("max", "average")),
    ),
    _block("inception_a", N_("Inception-A block"), "inception", _channels("pool_features", 32)),
    _block("inception_b", N_("Inception-B block"), "inception"),
    _block("inception_c", N_("Inception-C block"), "inception", _channels("channels_7x7", 128)),
    _block("inception_d", N_("Inception-D block"), "inception"),
    _block("inception_e", N_("Inception-E block"), "inception"),
)

ROW_KINDS: dict[str, RowKind] = {kind.name: kind for kind in _KINDS}


@dataclass(frozen=True)
class Row:
    """One row as it was written, right or wrong: `Blueprint.check` says which. Make it with `Row.of`."""

    kind: str
    name: str = ""  # as in a state_dict: "conv1", "features.0"; empty: called after its kind
    given: tuple[tuple[str, Any], ...] = ()  # options in the order written; what is not given has its default

    @classmethod
    def of(cls, kind: str, name: str = "", **options: Any) -> Row:
        """A row from keywords: Row.of("conv", out_channels=6, kernel_size=5)."""
        return cls(kind, name, tuple((key, _frozen(value)) for key, value in options.items()))

    @property
    def options(self) -> dict[str, Any]:
        """What was given."""
        return dict(self.given)

    def values(self) -> dict[str, Any]:
        """Every option of the kind, read and within its limits. Raises ConfigurationError."""
        kind = row_kind(self.kind)
        refuse_unknown(kind, self.options)
        return {field.name: field.read(self.options.get(field.name)) for field in kind.fields}


def row_kind(name: object) -> RowKind:
    """The kind called `name`. Raises ConfigurationError, which lists the kinds there are."""
    if not isinstance(name, str) or name not in ROW_KINDS:
        raise ConfigurationError(UNKNOWN_KIND, value=shown(name), allowed=Listed(ROW_KINDS))
    return ROW_KINDS[name]


def refuse_unknown(kind: RowKind, options: Mapping[str, Any]) -> None:
    """Raises ConfigurationError if `options` names something `kind` does not have."""
    for option in options:
        if kind.field(option) is None:
            allowed = Listed(field.name for field in kind.fields) or "–"
            raise ConfigurationError(UNKNOWN_OPTION, kind=kind.name, option=shown(option), allowed=allowed)


def shown(value: object) -> str:
    """`value` for a sentence, cut where it is long. Never raises, whatever it holds."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**30:
        return "10^30 or more" if value > 0 else "-10^30 or less"
    if isinstance(value, (dict, list, tuple)) and len(value) > 8:
        return "…"
    text = value if isinstance(value, str) and value else repr(value)
    text = "".join(character if character.isprintable() else " " for character in text[:60])
    return text if len(text) <= 40 else text[:39] + "…"


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


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
