"""Browser network: a LeNet checkpoint as the browser runs it, layers in order, weights in base64, a sentence each.

No torch, so that the home page is alive before torch is; no Streamlit.

`cnnviz/ui/shared/component/network.js` computes it; tests/browser/test_components.py compares every layer with torch.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.base.errors import CheckpointError
from cnnviz.base.locale import N_
from cnnviz.engine.card import Card, load_arrays

Translate = Callable[..., str]
Arrays = dict[str, NDArray[Any]]
Layer = dict[str, Any]

_POOL_SIZE = 2
_RELU_MAX = ("relu", "maxPool2d")
_SIGMOID_MEAN = ("sigmoid", "avgPool2d")
_KINDS = {"lenet5": (2, *_RELU_MAX), "lenet5-valid": (0, *_RELU_MAX), "lenet5-classic": (2, *_SIGMOID_MEAN)}

_ABOUT = {
    "conv1": N_(
        "{filters} filters of {k}×{k} pixels slide over the picture, each looking for one stroke pattern. "
        "Blue: it is there; orange: its opposite is."
    ),
    "conv2": N_(
        "{filters} filters of {k}×{k}, each over all {inputs} maps before it at once: patterns made of patterns."
    ),
    "relu": N_("ReLU: whatever is below zero becomes zero. Only what was found is passed on."),
    "sigmoid": N_("Sigmoid: squeezes every number between 0 and 1."),
    "maxPool2d": N_(
        "Of every {p}×{p} numbers only the largest stays: half as wide, half as high, and the exact place matters less."
    ),
    "avgPool2d": N_(
        "Every {p}×{p} numbers become their mean: half as wide, half as high, and the exact place matters less."
    ),
    "linear": N_("{outputs} numbers, each a weighted sum of all {inputs} numbers before it, wherever they came from."),
}


def browser_network(path: Path, card: Card, translate: Translate) -> dict[str, Any]:
    """The checkpoint's data for the component. Raises CheckpointError if it is none of the three LeNets."""
    arrays = load_arrays(path)
    if card.model not in _KINDS or card.input_size != (1, 28, 28):
        raise CheckpointError(
            N_("The first page runs LeNet-5 on 28×28 pictures. {file} holds {model}."), file=path.name, model=card.model
        )
    try:
        layers = _layers(arrays, *_KINDS[card.model])
    except (KeyError, ValueError) as error:
        raise CheckpointError(
            N_("{file} does not hold the weights of {model}."), file=path.name, model=card.model
        ) from error
    for layer in layers:
        layer["about"] = _about(layer, translate)
    return {"layers": layers, "mean": card.mean[0], "std": card.std[0]}


def weight_count(arrays: Arrays) -> int:
    """How many numbers training had to find."""
    return sum(array.size for array in arrays.values())


def _layers(arrays: Arrays, padding: int, activation: str, pooling: str) -> list[Layer]:
    """As `cnnviz.models.families.lenet` builds it, softmax at the end."""
    pool = {"kind": pooling, "kernelSize": _POOL_SIZE, "stride": _POOL_SIZE}
    return [
        _convolution("conv1", arrays, padding),
        {"name": f"{activation}1", "kind": activation},
        {"name": "pool1", **pool},
        _convolution("conv2", arrays, 0),
        {"name": f"{activation}2", "kind": activation},
        {"name": "pool2", **pool},
        {"name": "flatten", "kind": "flatten"},
        _linear("fc1", arrays),
        {"name": f"{activation}3", "kind": activation},
        _linear("fc2", arrays),
        {"name": f"{activation}4", "kind": activation},
        _linear("fc3", arrays),
        {"name": "softmax", "kind": "softmax"},
    ]


def _convolution(name: str, arrays: Arrays, padding: int) -> Layer:
    out_channels, in_channels, kernel_size, _ = arrays[f"{name}.weight"].shape
    return {
        "name": name,
        "kind": "conv2d",
        "inChannels": in_channels,
        "outChannels": out_channels,
        "kernelSize": kernel_size,
        "stride": 1,
        "padding": padding,
        **_weights(name, arrays),
    }


def _linear(name: str, arrays: Arrays) -> Layer:
    outputs, inputs = arrays[f"{name}.weight"].shape
    return {"name": name, "kind": "linear", "inFeatures": inputs, "outFeatures": outputs, **_weights(name, arrays)}


def _weights(name: str, arrays: Arrays) -> dict[str, str]:
    return {part: _base64(arrays[f"{name}.{part}"]) for part in ("weight", "bias")}


def _base64(array: NDArray[Any]) -> str:
    return base64.b64encode(np.ascontiguousarray(array, dtype="<f4").tobytes()).decode("ascii")


def _about(layer: Layer, translate: Translate) -> str:
    message = _ABOUT.get(layer["name"]) or _ABOUT.get(layer["kind"], "")
    if not message:
        return ""
    return translate(
        message,
        filters=layer.get("outChannels"),
        k=layer.get("kernelSize"),
        p=_POOL_SIZE,
        inputs=layer.get("inChannels") or layer.get("inFeatures"),
        outputs=layer.get("outFeatures"),
    )
