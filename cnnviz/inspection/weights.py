"""The weights of a layer as NumPy arrays of the caller's own. Knows nothing of the UI or of disk."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed
from cnnviz.base.params import not_one_of

Weights = NDArray[np.float32]


def has_filters(model: nn.Module, layer: str) -> bool:
    """Whether `layer` learns weights that can be looked at; an operation between layers never does."""
    return isinstance(dict(model.named_modules()).get(layer), (nn.Conv2d, nn.Linear))


def filters(model: nn.Module, layer: str) -> Weights:
    """The layer's weights: (out, in, kh, kw) of a convolution, (out, in) of a fully connected layer.

    Raises ConfigurationError if there is no such layer, or if it has no weights.
    """
    return _array(_weighted(model, layer).weight)


def biases(model: nn.Module, layer: str) -> Weights:
    """The layer's biases (out,); zeros if it has none. Raises ConfigurationError as `filters` does."""
    module = _weighted(model, layer)
    return np.zeros(len(module.weight), np.float32) if module.bias is None else _array(module.bias)


def _weighted(model: nn.Module, layer: str) -> nn.Conv2d | nn.Linear:
    module = _layer(model, layer)
    if not isinstance(module, (nn.Conv2d, nn.Linear)):
        raise ConfigurationError(
            N_("Layer {layer} has no filters: it learns nothing. Choose one of {allowed}."),
            layer=layer,
            allowed=Listed(name for name, child in model.named_modules() if isinstance(child, (nn.Conv2d, nn.Linear))),
        )
    return module


def _layer(model: nn.Module, layer: str) -> nn.Module:
    children = {name: child for name, child in model.named_modules() if not any(True for _ in child.children())}
    if layer not in children:
        raise not_one_of("layer", layer, children)
    return children[layer]


def _array(tensor: torch.Tensor) -> Weights:
    return tensor.detach().float().cpu().numpy().copy()
