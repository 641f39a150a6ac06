"""Each row as the call that makes its module, to be carried out or to be written down. Never imports torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cnnviz.models.editor.layers.blocks import Shape

_ACTIVATIONS = {"relu": "ReLU", "sigmoid": "Sigmoid", "tanh": "Tanh", "leaky_relu": "LeakyReLU"}
_BLOCKS = {
    "basic_block": "BasicBlock",
    "bottleneck": "Bottleneck",
    "inception": "Inception",
    "inception_a": "InceptionA",
    "inception_b": "InceptionB",
    "inception_c": "InceptionC",
    "inception_d": "InceptionD",
    "inception_e": "InceptionE",
}


@dataclass(frozen=True)
class Call:
    """nn.`target`(...), or a block of `cnnviz.models.families.blocks`."""

    target: str  # a class of torch.nn, or of blocks
    arguments: tuple[Any, ...] = ()
    keywords: Mapping[str, Any] = field(default_factory=dict)
    is_block: bool = False

    def __str__(self) -> str:
        words = [*map(repr, self.arguments), *(f"{name}={value!r}" for name, value in self.keywords.items())]
        return f"{'' if self.is_block else 'nn.'}{self.target}({', '.join(words)})"


def call_of(kind: str, values: Mapping[str, Any], shape: Shape, num_classes: int) -> Call:
    """The call for a row of checked `values` that `shape` reaches."""
    if kind in _BLOCKS:
        defaults = {"stride": 1, "pooling": "max", "activation": "relu"}
        numbers = tuple(value for name, value in values.items() if name not in defaults)
        keywords = _unlike(values, **{name: default for name, default in defaults.items() if name in values})
        return Call(_BLOCKS[kind], (shape[0], *numbers), keywords, is_block=True)
    if kind == "activation":
        return Call(_ACTIVATIONS[values["function"]])
    if kind == "dropout":
        return Call("Dropout", (values["p"],))
    if kind == "flatten":
        return Call("Flatten")
    if kind == "batch_norm":
        keywords = _unlike(values, eps=1e-5)
        return Call("BatchNorm2d" if len(shape) == 3 else "BatchNorm1d", (shape[0],), keywords)
    if kind == "linear":
        return Call("Linear", (shape[0], values["out_features"] or num_classes), _unlike(values, bias=True))
    if kind == "global_average_pool":
        return Call("AdaptiveAvgPool2d", (1,))
    if kind == "adaptive_average_pool":
        return Call("AdaptiveAvgPool2d", (values["output_size"],))
    if kind == "conv":
        keywords = _unlike(values, stride=1, padding=0, dilation=1, groups=1, bias=True)
        return Call("Conv2d", (shape[0], values["out_channels"], values["kernel_size"]), keywords)
    keywords = _unlike(values, stride=None, padding=0, ceil_mode=False)
    return Call("MaxPool2d" if kind == "max_pool" else "AvgPool2d", (values["kernel_size"],), keywords)


def _unlike(values: Mapping[str, Any], **defaults: Any) -> dict[str, Any]:
    """The options that differ from torch's defaults."""
    return {name: values[name] for name, default in defaults.items() if values[name] != default}
