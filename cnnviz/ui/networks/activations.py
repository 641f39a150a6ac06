"""Activation cache: networks with weights, and what a layer of theirs made of a picture; bounded, for all visitors."""

from __future__ import annotations

from pathlib import Path
from threading import Lock

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnviz.base.errors import CheckpointError
from cnnviz.engine.evaluate import LOCK
from cnnviz.inspection import receptive_field
from cnnviz.inspection.capture import InputImage, InspectedModel, LayerIO
from cnnviz.models import pretrained
from cnnviz.models.summary import LayerInfo
from cnnviz.models.zoo import ZOO
from cnnviz.ui.networks.choice import Choice
from cnnviz.ui.networks.weights import IMAGENET, SEED, UNTRAINED, Weights
from cnnviz.ui.shared import cache
from cnnviz.ui.shared.i18n import sentence

_LARGE_NETWORK = 8_000_000  # weights: 32 MB
_LARGE_AT_ONCE = 2  # of these have weights: VGG-19 has 574 MB
_LARGE_MAPS = 1_000_000  # bytes of what a layer reads and gives
_lock = Lock()
_lately: list[InspectedModel] = []  # large and untrained, the one used last at the end


def inspected_model(choice: Choice, weights: Weights) -> InspectedModel:
    """The network with these weights. Raises CheckpointError, DownloadError."""
    if weights.file is not None:
        return _trained(str(weights.file), weights.key)
    if ZOO[choice.name].params <= _LARGE_NETWORK:
        return _small(choice, weights.name)
    if weights.name == IMAGENET:
        return _published(choice)
    return _materialized_lately(_large(choice))


def inspected_or_untrained(choice: Choice, weights: Weights) -> tuple[InspectedModel, Weights]:
    """The same; where the file is no good, the sentence why, and untrained weights."""
    try:
        return inspected_model(choice, weights), weights
    except CheckpointError as error:
        st.error(sentence(error), icon=":material/error:")
        return inspected_model(choice, Weights(UNTRAINED)), Weights(UNTRAINED)


def layer_io(choice: Choice, weights: Weights, layer: LayerInfo, image: InputImage) -> LayerIO:
    """What `layer` read and gave."""
    read_bytes = int(np.prod(layer.input_shape)) * 4
    kept = _large_layer_io if read_bytes + layer.activation_bytes > _LARGE_MAPS else _small_layer_io
    return kept(choice, weights.key, image.key, layer.name, weights, image)


def influence(
    choice: Choice, weights: Weights, layer: str, unit: int | None, image: InputImage | None
) -> NDArray[np.float32]:
    """(h, w), at most 1: how much each pixel moves the layer's `unit`, None the middle value of all its maps.

    `image` None: with pictures of noise.
    """
    return _influence(choice, weights.key, image.key if image else "", layer, unit, weights, image)


@st.cache_resource(max_entries=16, show_spinner=False)
def _trained(file: str, key: tuple[str, int, int]) -> InspectedModel:
    model, _card = cache.network(Path(file))
    with LOCK:  # no other page's hooks may be on it while it is copied
        return InspectedModel.of(model)


@st.cache_resource(max_entries=12, show_spinner=False)
def _small(choice: Choice, name: str) -> InspectedModel:
    return _made(choice, name)


@st.cache_resource(max_entries=_LARGE_AT_ONCE, show_spinner=False)
def _published(choice: Choice) -> InspectedModel:
    return _made(choice, IMAGENET)


@st.cache_resource(max_entries=12, show_spinner=False)
def _large(choice: Choice) -> InspectedModel:
    return _made(choice, UNTRAINED)


def _materialized_lately(inspected: InspectedModel) -> InspectedModel:
    """The same. Those used before the last few give their weights back: making the modules anew takes longer."""
    with _lock:
        if inspected in _lately:
            _lately.remove(inspected)
        _lately.append(inspected)
        gone = _lately.pop(0) if len(_lately) > _LARGE_AT_ONCE else None
    if gone is not None:
        gone.forget()
    return inspected


def _made(choice: Choice, name: str) -> InspectedModel:
    outline = choice.outline().eval()
    return InspectedModel(pretrained.give(outline, choice.name) if name == IMAGENET else outline, SEED)


@st.cache_resource(max_entries=64, show_spinner=False)
def _small_layer_io(
    choice: Choice, key: tuple[str, int, int], picture: str, layer: str, _weights: Weights, _image: InputImage
) -> LayerIO:
    return inspected_model(choice, _weights).layer_io(layer, _image.x)


@st.cache_resource(max_entries=6, show_spinner=False)  # of VGG's first layers 26 MB each
def _large_layer_io(
    choice: Choice, key: tuple[str, int, int], picture: str, layer: str, _weights: Weights, _image: InputImage
) -> LayerIO:
    return inspected_model(choice, _weights).layer_io(layer, _image.x)


@st.cache_resource(max_entries=32, show_spinner=False)
def _influence(
    choice: Choice,
    key: tuple[str, int, int],
    picture: str,
    layer: str,
    unit: int | None,
    _weights: Weights,
    _image: InputImage | None,
) -> NDArray[np.float32]:
    pictures = receptive_field.random_pictures(choice.input_size) if _image is None else _image.x[None]
    return receptive_field.influence(inspected_model(choice, _weights), layer, pictures, unit)
