"""Setting: everything the convolution page can be set to, its one text form (a link's query string), and its layer.

The browser owns the setting and tells the server its text; the page's `component/arithmetic/setting.js` is the same
table. Knows nothing of Streamlit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from cnnviz.arithmetic.axis import Axis
from cnnviz.arithmetic.conv import ConvSpec
from cnnviz.arithmetic.cost import LayerCost, layer_cost, pool_cost
from cnnviz.arithmetic.pooling import PoolAxis, PoolSpec
from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.params import IntOrPair

Pair = tuple[int, int]  # (height, width)

RANGES = {"n": (1, 64), "k": (1, 11), "p": (0, 10), "s": (1, 8), "d": (1, 4), "o": (0, 7)}
CHOICES = {
    "mode": ("conv", "transposed", "pool", "flatten"),
    "pooling": ("max", "average", "min", "softmax"),
    "input": ("numbers", "digit", "photo", "noise", "drawing", "typed", "tone", "step", "chirp"),
}
ALWAYS = ("mode", *"nkps")  # in every link; a link that has one of our names is complete: the rest is default
CHANNELS = (1, 3)
LARGEST_COUNT = 9999  # of pick, filter and step
LARGEST_BIAS = 9999
_AXES = (N_("Height"), N_("Width"))
_NEUTRAL = {"k": 1, "s": 1, "p": 0, "d": 1, "o": 0}  # across a signal
_OWN_CONTENT = {"input": ("typed", "drawing"), "kernel": ("typed",)}  # made for one size only


@dataclass(frozen=True)
class NamedAxis:
    """One axis of a convolution or of pooling, and the input on it; `name` is empty where one stands for both."""

    name: str
    axis: Axis
    n: int


@dataclass(frozen=True)
class Setting:
    """What the stage shows, by the names of the link. Pairs are (height, width); a signal (`flat`) has a width only."""

    mode: str = "conv"
    flat: bool = False
    apart: bool = False  # height and width each with sliders of their own
    n: Pair = (6, 6)  # input size
    k: Pair = (3, 3)  # kernel size
    p: Pair = (0, 0)  # padding on each side
    s: Pair = (1, 1)  # stride
    d: Pair = (1, 1)  # dilation
    o: Pair = (0, 0)  # output padding, of a transposed convolution alone
    pooling: str = "max"
    ceil: bool = False
    channels: int = 1
    input: str = "numbers"
    pick: int = 1
    kernel: str = "random"
    filter: int = 1
    flip: bool = False
    bias: float = 0
    step: int = 1
    predict: bool = False

    @classmethod
    def from_link(cls, text: str) -> Setting:
        """The setting that a query string names; whatever is missing or wrong in it has its default."""
        given = parse_qsl(text.removeprefix("?"))
        read = [(name, _read(name, value)) for name, value in given if name in _NAMES]
        known: dict[str, Any] = {name: value for name, value in read if value is not None}
        if any(name in RANGES and value[0] != value[1] for name, value in known.items()):
            known["apart"] = True
        return cls(**known)

    @property
    def link(self) -> str:
        """The query string that names this setting, `ALWAYS` in front; of the rest, what has its default is left out.

        Never empty, so that whoever opens it sees this setting and not what his browser showed last.
        """
        default = Setting()
        named = [name for name in _NAMES if name in ALWAYS or getattr(self, name) != getattr(default, name)]
        return urlencode([(name, _written(getattr(self, name))) for name in named])

    @property
    def spec(self) -> ConvSpec | PoolSpec:
        """The layer, without its input; flattening reads each value once, as a 1 × 1 window does.

        Raises ConfigurationError where torch refuses it whatever the input is.
        """
        if self.mode == "flatten":
            return ConvSpec(1)
        k, p, s, d, o = (self._shown(name) for name in "kpsdo")
        if self.mode == "pool":
            return PoolSpec(k, s, p, d, self.ceil, self.pooling)
        return ConvSpec(k, s, p, d, self.mode == "transposed", o if self.mode == "transposed" else 0)

    @property
    def input_size(self) -> IntOrPair:
        """One number for a signal or a square, else (height, width)."""
        return self._shown("n")

    @property
    def output_size(self) -> IntOrPair | None:
        """As `input_size`, of flattening how many numbers are in the row; None where torch refuses."""
        if self.mode == "flatten":
            return self.channels * (1 if self.flat else self.n[0]) * self.n[1]
        try:
            size = self.spec.output_size(self.input_size)
        except ConfigurationError:
            return None
        return size if isinstance(size, int) else (size[0], size[1])

    @property
    def is_pair(self) -> bool:
        """Whether height and width differ in anything."""
        return not self.flat and any(getattr(self, name)[0] != getattr(self, name)[1] for name in RANGES)

    @property
    def input_shape(self) -> Pair:
        """(height, width); a signal has the height 1."""
        return (1, self.n[1]) if self.flat else self.n

    @property
    def layer(self) -> ConvSpec | PoolSpec:
        """As `spec`, over (height, width), also of a signal. Raises ConfigurationError where torch refuses it."""
        k, s, p, d, o = (self._over_both(letter) for letter in "kspdo")
        if self.mode == "pool":
            return PoolSpec(k, s, p, d, self.ceil, self.pooling)
        return ConvSpec(k, s, p, d, self.mode == "transposed", o if self.mode == "transposed" else 0)

    @property
    def axes(self) -> list[NamedAxis]:
        """One axis for a signal and a square, two where height and width differ. Not of a transposed convolution."""
        return [
            NamedAxis(_AXES[which] if self.is_pair else "", self._axis(which), self.n[which])
            for which in ((0, 1) if self.is_pair else (1,))
        ]

    def cost(self, in_channels: int, out_channels: int) -> LayerCost:
        """What the layer costs with so many channels. Raises ConfigurationError where torch refuses it."""
        layer = self.layer
        if isinstance(layer, PoolSpec):
            return pool_cost(layer, self.input_shape, in_channels)
        return layer_cost(layer, self.input_shape, in_channels, out_channels)

    def changed(self, **values: object) -> Setting:
        """Some values changed, at the first step; what was typed or drawn for the old size is dropped."""
        default = Setting()
        own = {name: getattr(default, name) for name, made in _OWN_CONTENT.items() if getattr(self, name) in made}
        return replace(self, **{**own, "step": 1, **values})

    def _shown(self, name: str) -> IntOrPair:
        pair: Pair = getattr(self, name)
        return pair if self.is_pair else pair[1]

    def _over_both(self, letter: str) -> Pair:
        height, width = getattr(self, letter)
        return (_NEUTRAL[letter], width) if self.flat else (height, width)

    def _axis(self, which: int) -> Axis:
        kernel_size, stride, padding, dilation = (getattr(self, letter)[which] for letter in "kspd")
        if self.mode == "pool":
            return PoolAxis(kernel_size, stride, padding, padding, dilation, self.ceil)
        return Axis(kernel_size, stride, padding, padding, dilation)


_NAMES = tuple(field.name for field in fields(Setting))


def _read(name: str, text: str) -> object:
    """The value of one parameter; None where the text is no such value."""
    if name in RANGES:
        return _pair(text, *RANGES[name])
    if name in CHOICES:
        return text if text in CHOICES[name] else None
    if name in ("flat", "apart", "ceil", "flip", "predict"):
        return text == "1" if text in ("0", "1") else None
    if name == "kernel":
        return text if re.fullmatch(r"[a-z0-9-]{1,40}", text) else None
    if name == "bias":
        return _bias(text)
    count = _whole(text, 1, LARGEST_COUNT)
    return count if name != "channels" or count in CHANNELS else None


def _pair(text: str, low: int, high: int) -> Pair | None:
    parts = [_whole(part, low, high) for part in text.split("x")]
    if len(parts) > 2 or None in parts:
        return None
    first, last = parts[0], parts[-1]
    assert first is not None
    assert last is not None
    return first, last


def _whole(text: str, low: int, high: int) -> int | None:
    is_whole = text.isascii() and text.isdigit() and len(text) <= 5
    return int(text) if is_whole and low <= int(text) <= high else None


def _bias(text: str) -> float | None:
    is_number = re.fullmatch(r"-?\d{1,5}(\.\d{1,9})?", text, re.ASCII)
    return float(text) if is_number and abs(float(text)) <= LARGEST_BIAS else None


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, tuple):
        return str(value[0]) if value[0] == value[1] else f"{value[0]}x{value[1]}"
    return f"{value:.9f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
