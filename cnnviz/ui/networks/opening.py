"""A layer as the convolution page shows it: its N, K, P, S in a link, with real weights and a real map where there are
some. Knows nothing of Streamlit or torch: modules are only looked at.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
from numpy.typing import NDArray

from cnnviz.ui.convolution.setting import RANGES, Setting

_DECIMALS = 4
_MOST_REPEATED = 99


@dataclass(frozen=True)
class Opening:
    """The query parameters; `cut`: the layer's input is larger than the page goes, so that it shows a corner of it."""

    parameters: dict[str, str]
    cut: bool


@dataclass(frozen=True, eq=False)
class Content:
    """What lies on the stage: one map (h, w) or a digit by its number; weights (k, k) or a network's filter."""

    pixels: NDArray[np.floating] | None = None
    digit: int = 0
    weights: NDArray[np.floating] | None = None
    network: str = ""  # a shipped checkpoint: its first layer's
    filter: int = 1


def opening(module: Any, input_shape: tuple[int, ...], content: Content | None = None) -> Opening | None:
    """The link for a convolution or a pooling layer; None for any other, and for one beyond the page's sliders."""
    kind = type(module).__name__
    if len(input_shape) != 3 or not hasattr(module, "kernel_size"):
        return None
    size = input_shape[1:]
    given: dict[str, Any] = {
        "n": (min(size[0], RANGES["n"][1]), min(size[1], RANGES["n"][1])),
        "k": _pair(module.kernel_size),
        "p": _padding(module),
        "s": _pair(module.stride),
        "d": _pair(getattr(module, "dilation", 1)),
    }
    if any(not RANGES[name][0] <= side <= RANGES[name][1] for name, pair in given.items() for side in pair):
        return None
    if "Pool" in kind:
        average, ceil = "Avg" in kind, bool(getattr(module, "ceil_mode", False))
        setting = Setting(mode="pool", pooling="average" if average else "max", ceil=ceil, **given)
    else:
        setting = Setting(**given)
    if any(pair[0] != pair[1] for pair in given.values()):
        setting = replace(setting, apart=True)
    return _filled(setting, content or Content(), cut=max(size) > RANGES["n"][1])


def _filled(setting: Setting, content: Content, cut: bool) -> Opening:
    extra = {}
    if content.digit and not cut:
        setting = replace(setting, input="digit", pick=content.digit)
    if content.pixels is not None and not cut:
        setting, extra["x"] = replace(setting, input="typed"), pack(content.pixels)
    if setting.mode == "conv" and content.network:
        setting = replace(setting, kernel=content.network, filter=content.filter)
    elif setting.mode == "conv" and content.weights is not None:
        setting, extra["w"] = replace(setting, kernel="typed"), pack(content.weights)
    return Opening({**dict(parse_qsl(setting.link)), **extra}, cut)


def pack(values: NDArray[np.floating]) -> str:
    """One channel (h, w) as the page's links write it: see `components/convolution/pack.js`.

    >>> pack(np.array([[1, -2.5, 0], [0, 0, 0]]))
    '1_-2.5_0r0*3'
    """
    return "r".join(_row([_number(float(value)) for value in row]) for row in values)


def _row(numbers: list[str]) -> str:
    parts: list[str] = []
    while numbers:
        count = next((i for i, number in enumerate(numbers) if number != numbers[0]), len(numbers))
        count = min(count, _MOST_REPEATED)
        plain, repeated = "_".join(numbers[:count]), f"{numbers[0]}*{count}"
        parts.append(repeated if len(repeated) < len(plain) else plain)
        numbers = numbers[count:]
    return "_".join(parts)


def _number(value: float) -> str:
    text = f"{value:.{_DECIMALS}f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text.replace("0.", ".", 1) if text.lstrip("-").startswith("0.") else text


def _padding(module: Any) -> tuple[int, int]:
    if module.padding == "same":
        height, width = (
            d * (k - 1) // 2 for k, d in zip(_pair(module.kernel_size), _pair(module.dilation), strict=True)
        )
        return height, width
    return (0, 0) if module.padding == "valid" else _pair(module.padding)


def _pair(value: int | tuple[int, ...]) -> tuple[int, int]:
    return (int(value[0]), int(value[-1])) if isinstance(value, tuple) else (int(value), int(value))
