"""A setting as the arithmetic has it: its axes, and the layer over (height, width). Knows nothing of Streamlit."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cnnviz.arithmetic.axis import Axis
from cnnviz.arithmetic.conv import ConvSpec
from cnnviz.arithmetic.cost import LayerCost, layer_cost, pool_cost
from cnnviz.arithmetic.pooling import PoolAxis, PoolSpec
from cnnviz.arithmetic.setting import Pair, Setting
from cnnviz.base.locale import N_

_NAMES = (N_("Height"), N_("Width"))
_OWN_CONTENT = {"input": ("typed", "drawing"), "kernel": ("typed",)}  # made for one size only


@dataclass(frozen=True)
class NamedAxis:
    """One axis of a convolution or of pooling, and the input on it; `name` is empty where one stands for both."""

    name: str
    axis: Axis
    n: int


def axes(setting: Setting) -> list[NamedAxis]:
    """One axis for a signal and a square, two where height and width differ. Not of a transposed convolution."""
    return [
        NamedAxis(_NAMES[which] if setting.is_pair else "", _axis(setting, which), setting.n[which])
        for which in ((0, 1) if setting.is_pair else (1,))
    ]


def _axis(setting: Setting, which: int) -> Axis:
    kernel_size, stride, padding, dilation = (getattr(setting, letter)[which] for letter in "kspd")
    if setting.mode == "pool":
        return PoolAxis(kernel_size, stride, padding, padding, dilation, setting.ceil)
    return Axis(kernel_size, stride, padding, padding, dilation)


def input_shape(setting: Setting) -> Pair:
    """(height, width); a signal has the height 1."""
    return (1, setting.n[1]) if setting.flat else setting.n


def spec(setting: Setting) -> ConvSpec | PoolSpec:
    """The layer over (height, width). Raises ConfigurationError where torch refuses it."""
    k, s, p, d, o = (_pair(setting, letter, neutral) for letter, neutral in zip("kspdo", (1, 1, 0, 1, 0), strict=True))
    if setting.mode == "pool":
        return PoolSpec(k, s, p, d, setting.ceil, setting.pooling)
    is_transposed = setting.mode == "transposed"
    return ConvSpec(k, s, p, d, is_transposed, o if is_transposed else 0)


def cost(setting: Setting, in_channels: int, out_channels: int) -> LayerCost:
    """What the layer costs with so many channels. Raises ConfigurationError where torch refuses it."""
    layer = spec(setting)
    if isinstance(layer, PoolSpec):
        return pool_cost(layer, input_shape(setting), in_channels)
    return layer_cost(layer, input_shape(setting), in_channels, out_channels)


def changed(setting: Setting, **values: object) -> Setting:
    """`setting` with some values changed, at its first step; what was typed or drawn for its size is let go."""
    default = Setting()
    own = {name: getattr(default, name) for name, made in _OWN_CONTENT.items() if getattr(setting, name) in made}
    return replace(setting, **{**own, "step": 1, **values})


def _pair(setting: Setting, letter: str, neutral: int) -> Pair:
    height, width = getattr(setting, letter)
    return (neutral, width) if setting.flat else (height, width)
