"""Pairing of filters and maps: what of a layer opens in the convolution page, and which map is worth seeing first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.arithmetic.setting import Setting
from cnnviz.inspection.capture import InspectedModel, LayerIO
from cnnviz.inspection.convolution_link import Refusal, covering, setting_of
from cnnviz.models.summary import LayerInfo, Summary

Maps = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Pairing:
    """A layer as filters (out, maps, kh, kw) over maps (maps, h, w); pooling has no filters."""

    setting: Setting
    maps: Maps
    filters: Maps | None = None
    biases: Maps | None = None
    is_flattened: bool = False  # a fully connected layer over these maps


def pairing(layer: LayerInfo, summary: Summary, inspected: InspectedModel, layer_io: LayerIO) -> Pairing | Refusal:
    """What of the layer the link to the convolution page carries, or why there is none."""
    module: Any = inspected.module(layer.name)
    setting = setting_of(layer, module)
    if isinstance(setting, Refusal):
        return setting
    if layer.kind == "Linear":
        return _covering(layer, summary, module, layer_io.before)
    if setting.mode == "pool":
        return Pairing(setting, layer_io.before)
    return Pairing(setting, layer_io.before, _array(module.weight), _array(module.bias))


def best_index(found: Pairing | Refusal, layer_io: LayerIO) -> int:
    """The filter with the largest weights for a map that has something in it; of others the liveliest map or unit."""
    if isinstance(found, Refusal) or found.filters is None or found.is_flattened:
        return _liveliest(layer_io.after)
    sizes = _sizes(found.filters) * _liveliness(found.maps)  # (out, maps)
    return int(np.argmax(sizes)) // len(found.maps)


def best_read(found: Pairing, index: int) -> int:
    """The map before it that filter `index` makes most of; of pooling its own."""
    if found.filters is None:
        return index
    return int(np.argmax(_sizes(found.filters[index]) * _liveliness(found.maps)))


def _covering(layer: LayerInfo, summary: Summary, module: Any, values: Maps) -> Pairing | Refusal:
    """A fully connected layer over the maps that were flattened for it."""
    shape = _flattened(layer, summary)
    setting = covering((shape[1], shape[2]))
    if isinstance(setting, Refusal):
        return setting
    filters = module.weight.detach().float().numpy().reshape(-1, *shape)
    return Pairing(setting, values.reshape(shape), filters, _array(module.bias), is_flattened=True)


def _flattened(layer: LayerInfo, summary: Summary) -> tuple[int, int, int]:
    """The maps that a fully connected layer reads as one long row; without such, its values as maps of one pixel."""
    by_name = {each.name: each for each in summary}
    (count,) = layer.input_shape
    while layer.inputs and (layer := by_name[layer.inputs[0]]).kind != "Linear":
        if len(layer.output_shape) == 3:
            channels, height, width = layer.output_shape
            return (channels, height, width) if channels * height * width == count else (count, 1, 1)
    return count, 1, 1


def _sizes(filters: Maps) -> Maps:
    """(..., kh, kw) -> (...): the length of the weights as a vector."""
    sizes: Maps = np.sqrt(np.einsum("...ij,...ij->...", filters, filters))
    return sizes


def _liveliest(maps: Maps) -> int:
    return int(np.argmax(_liveliness(maps))) if maps.ndim == 3 else int(np.argmax(maps))


def _liveliness(maps: Maps) -> Maps:
    """(maps, h, w) -> (maps,): how much a map's values differ; of single pixels how large they are."""
    if maps.shape[1:] == (1, 1):
        return np.abs(maps[:, 0, 0])
    spread: Maps = maps.std(axis=(1, 2))
    return spread if spread.any() else np.ones_like(spread)


def _array(tensor: Any) -> Maps | None:
    return None if tensor is None else tensor.detach().float().numpy()
