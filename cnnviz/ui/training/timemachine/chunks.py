"""Film chunks: the pieces a film is made of, computed once for all visitors and sent to each browser once.

Three kinds: "w" the first filters of a moment, "m" what it makes of a picture in one layer, "c" the confusion matrix of
an epoch. A piece's id says what it shows, so the browser can tell what it has and what it lacks.
torch is imported inside the functions: the page must not wait for it.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnviz.base.errors import AnswerError, CheckpointError
from cnnviz.engine.card import load_card
from cnnviz.runs.history import History
from cnnviz.ui.training.timemachine.stops import Stop, fingerprint

if TYPE_CHECKING:
    from torch import nn

    from cnnviz.engine.card import Card
    from cnnviz.inspection.timemachine import Seen, Tiles

SECONDS = 0.3  # of work for one answer: the rest comes with the next, so that nobody else waits
BYTES = 700_000  # of one answer
Part = dict[str, Any]
Picture = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Pin:
    """A picture (channels, height, width) and what is known of it."""

    key: str  # sets it apart from all others
    picture: Picture
    number: int | None  # in the test set, from 1; None: drawn
    true: int | None  # its class


@dataclass(frozen=True)
class Layout:
    """Which layers of a network can be shown."""

    first: str | None
    convolutions: tuple[str, ...]
    middle: str | None = None  # the one after the first that is shown until another is chosen
    in_color: bool = False


@dataclass(frozen=True)
class Wish:
    """A piece that the browser should have, and how to get it."""

    id: str
    make: Callable[[], Part]


def wishes(
    found: Sequence[Stop], order: Sequence[int], history: History, pin: Pin | None, layers: Sequence[str]
) -> Iterator[Wish]:
    """All pieces of the stops in `order`, and the matrix of every epoch; the most wanted first."""
    for index in order:
        stop = found[index]
        if stop.file is None:
            continue
        yield Wish(f"w-{stop.version}", partial(_weights, _key(stop), stop))
        if pin is None:
            continue
        for layer in layers:
            yield Wish(f"m-{stop.version}-{pin.key}-{layer}", partial(_maps, stop, pin, tuple(layers), layer))
    for stop in found:
        yield Wish(f"c-{matrix_version(stop, history)}", partial(_matrix, stop, history))


def missing(all_of_them: Iterator[Wish], have: set[str]) -> tuple[list[Part], int]:
    """(what to send now, how many pieces are still to come)."""
    until = time.monotonic() + SECONDS
    parts: list[Part] = []
    size = 0
    left = 0
    for wish in all_of_them:
        if wish.id in have:
            continue
        if parts and (time.monotonic() > until or size > BYTES):
            left += 1
            continue
        part = {"id": wish.id, **wish.make()}
        have.add(wish.id)
        parts.append(part)
        size += sum(len(value) for value in part.values() if isinstance(value, str))
    return parts, left


def matrix_version(stop: Stop, history: History) -> str:
    """Of the epoch's confusion matrix; of the present moment, that of the last complete epoch."""
    reported = _reported(stop, history)
    return fingerprint(reported) if reported is not None else stop.version


def accuracy_before(stop: Stop) -> float | None:
    """0..1, of epoch 0, by its card."""
    if stop.epoch != 0 or stop.file is None:
        return None
    return _accuracy(_key(stop), stop)


def layout(stop: Stop) -> Layout:
    """Raises CheckpointError, ConfigurationError."""
    card = load_card(stop.file or "")
    return _layout(card.model, repr(card.options), card.input_size, len(card.classes), card)


def networks(found: Sequence[Stop]) -> Iterator[tuple[nn.Module, Card]]:
    """Those of `found` that can be read."""
    for stop in found:
        try:
            yield _network(*_key(stop), stop)
        except CheckpointError:
            continue


def _key(stop: Stop) -> tuple[str, str]:
    return str(stop.file), stop.version


@st.cache_data(max_entries=256, show_spinner=False)
def _accuracy(key: tuple[str, str], _stop: Stop) -> float | None:
    try:
        return load_card(_stop.file or "").test_accuracy
    except CheckpointError:
        return None


@st.cache_resource(max_entries=128, show_spinner=False)
def _layout(model: str, options: str, input_size: tuple[int, ...], classes: int, _card: Card) -> Layout:
    from cnnviz.engine.network import skeleton  # heavy
    from cnnviz.inspection import timemachine  # heavy

    outline = skeleton(_card)
    return Layout(
        timemachine.first_layer(outline),
        tuple(timemachine.convolutions(outline)),
        timemachine.middle_convolution(outline),
        in_color=input_size[0] == 3,
    )


@st.cache_resource(max_entries=2, show_spinner=False)  # filters and maps of a moment are computed one after the other
def _network(file: str, version: str, _stop: Stop) -> tuple[nn.Module, Card]:
    from cnnviz.inspection import timemachine  # heavy

    if _stop.file is None:
        raise CheckpointError("")
    if _stop.now is not None:
        return timemachine.at_live_weights(_stop.file.parent, _stop.file)
    return timemachine.at_checkpoint(_stop.file)


@st.cache_resource(max_entries=1000, show_spinner=False)  # at most 34 kB each
def _weights(key: tuple[str, str], _stop: Stop) -> Part:
    from cnnviz.inspection import timemachine  # heavy

    try:
        model, card = _network(*key, _stop)
    except CheckpointError:
        return {"broken": True}
    shown = timemachine.first_filters(model, card.input_size)
    return _sent(shown) if shown is not None else {"none": True}


@st.cache_resource(max_entries=1000, show_spinner=False)  # at most 51 kB each
def _seen(key: tuple[str, str], pin: str, layers: tuple[str, ...], _stop: Stop, _pin: Pin) -> Seen | None:
    """None: the file is broken, or the picture is none for this network."""
    from cnnviz.inspection import timemachine  # heavy

    try:
        model, card = _network(*key, _stop)
        return timemachine.seen(model, card, _pin.picture, layers)
    except (AnswerError, CheckpointError, RuntimeError):
        return None


def _maps(stop: Stop, pin: Pin, layers: tuple[str, ...], layer: str) -> Part:
    """One layer's maps, and the answer."""
    shown = _seen(_key(stop), pin.key, layers, stop, pin)
    if shown is None:
        return {"broken": True}
    answer = [float(f"{share:.7g}") for share in shown.probabilities]
    return {"answer": answer, **(_sent(shown.maps[layer]) if layer in shown.maps else {"none": True})}


def _sent(tiles: Tiles) -> Part:
    count, channels, height, width = tiles.values.shape
    return {
        "tiles": base64.b64encode(tiles.values.tobytes()).decode(),
        "shape": [count, channels, height, width],
        "span": float(f"{tiles.span:.6g}"),
        "total": tiles.total,
    }


def _reported(stop: Stop, history: History) -> Any:
    """What the store knows of the stop's epoch; None of epoch 0 and of what it never received."""
    epoch = stop.epoch - 1 if stop.now is not None else stop.epoch
    found = history.epoch(epoch)
    return found if found is not None and found.epoch == epoch else None


def _matrix(stop: Stop, history: History) -> Part:
    reported = _reported(stop, history)
    rows = reported.confusion if reported is not None else _of_card(stop)
    counts = np.asarray(rows, dtype="<u4")
    return {"counts": base64.b64encode(counts.tobytes()).decode(), "classes": len(counts)}


def _of_card(stop: Stop) -> tuple[tuple[int, ...], ...]:
    try:
        return load_card(stop.file).confusion if stop.file is not None else ()
    except CheckpointError:
        return ()
