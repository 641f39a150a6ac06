"""Networks with weights, and what a layer of theirs made of a picture: bounded, kept for all visitors."""

from __future__ import annotations

from pathlib import Path
from threading import Lock

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnviz.base.errors import CheckpointError
from cnnviz.engine import predict
from cnnviz.inspection import field
from cnnviz.inspection.input_image import Shown
from cnnviz.inspection.inspected import Passage, Subject
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
_lately: list[Subject] = []  # large and untrained, the one used last at the end


def subject(choice: Choice, weights: Weights) -> Subject:
    """The network with these weights. Raises CheckpointError, DownloadError."""
    if weights.file is not None:
        return _trained(str(weights.file), weights.key)
    if ZOO[choice.name].params <= _LARGE_NETWORK:
        return _small(choice, weights.name)
    if weights.name == IMAGENET:
        return _published(choice)
    return _grown_lately(_growing(choice))


def subject_or_untrained(choice: Choice, weights: Weights) -> tuple[Subject, Weights]:
    """The same; where the file is no good, the sentence why, and untrained weights."""
    try:
        return subject(choice, weights), weights
    except CheckpointError as error:
        st.error(sentence(error), icon=":material/error:")
        return subject(choice, Weights(UNTRAINED)), Weights(UNTRAINED)


def passage(choice: Choice, weights: Weights, layer: LayerInfo, shown: Shown) -> Passage:
    """What `layer` read and gave."""
    read_bytes = int(np.prod(layer.input_shape)) * 4
    kept = _large_passage if read_bytes + layer.activation_bytes > _LARGE_MAPS else _small_passage
    return kept(choice, weights.key, shown.key, layer.name, weights, shown)


def influence(
    choice: Choice, weights: Weights, layer: str, unit: int | None, shown: Shown | None
) -> NDArray[np.float32]:
    """(h, w), at most 1: how much each pixel moves the layer's `unit`, None the middle value of all its maps.

    `shown` None: with pictures of noise.
    """
    return _influence(choice, weights.key, shown.key if shown else "", layer, unit, weights, shown)


@st.cache_resource(max_entries=16, show_spinner=False)
def _trained(file: str, key: tuple[str, int, int]) -> Subject:
    model, _card = cache.network(Path(file))
    with predict.LOCK:  # no other page's hooks may be on it while it is copied
        return Subject.of(model)


@st.cache_resource(max_entries=12, show_spinner=False)
def _small(choice: Choice, name: str) -> Subject:
    return _made(choice, name)


@st.cache_resource(max_entries=_LARGE_AT_ONCE, show_spinner=False)
def _published(choice: Choice) -> Subject:
    return _made(choice, IMAGENET)


@st.cache_resource(max_entries=12, show_spinner=False)
def _growing(choice: Choice) -> Subject:
    return _made(choice, UNTRAINED)


def _grown_lately(subject: Subject) -> Subject:
    """The same. Those used before the last few give their weights back: making the modules anew takes longer."""
    with _lock:
        if subject in _lately:
            _lately.remove(subject)
        _lately.append(subject)
        gone = _lately.pop(0) if len(_lately) > _LARGE_AT_ONCE else None
    if gone is not None:
        gone.forget()
    return subject


def _made(choice: Choice, name: str) -> Subject:
    outline = choice.outline().eval()
    return Subject(pretrained.give(outline, choice.name) if name == IMAGENET else outline, SEED)


@st.cache_resource(max_entries=64, show_spinner=False)
def _small_passage(
    choice: Choice, key: tuple[str, int, int], picture: str, layer: str, _weights: Weights, _shown: Shown
) -> Passage:
    return subject(choice, _weights).passage(layer, _shown.x)


@st.cache_resource(max_entries=6, show_spinner=False)  # of VGG's first layers 26 MB each
def _large_passage(
    choice: Choice, key: tuple[str, int, int], picture: str, layer: str, _weights: Weights, _shown: Shown
) -> Passage:
    return subject(choice, _weights).passage(layer, _shown.x)


@st.cache_resource(max_entries=32, show_spinner=False)
def _influence(
    choice: Choice,
    key: tuple[str, int, int],
    picture: str,
    layer: str,
    unit: int | None,
    _weights: Weights,
    _shown: Shown | None,
) -> NDArray[np.float32]:
    pictures = field.random_pictures(choice.input_size) if _shown is None else _shown.x[None]
    return field.influence(subject(choice, _weights), layer, pictures, unit)
