"""Switched layer: what a visitor does to the chosen layer, kept in the session and in the link."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from cnnviz.base.link_kinds import number
from cnnviz.inspection.ablation import MOST_FACTOR, Change, Index
from cnnviz.inspection.capture import filters, has_filters
from cnnviz.ui.layers.view import Inspected
from cnnviz.ui.shared import mount
from cnnviz.ui.shared.link_parameters import parameter
from cnnviz.ui.shared.state import LinkParam

MOST_WEIGHTS = 24  # set by hand
COMPONENT = "layers_off_switches"
_KEPT = "layers_off_kept"
_VALUE, _PLACE = number(-1e6, 1e6), re.compile(r"[1-9][0-9]{0,6}")


@dataclass(frozen=True)
class Switched:
    """What is done to one layer of one network. Immutable: the session's is exchanged."""

    of: tuple[str, str]  # weights file, layer
    off: tuple[int, ...] = ()  # channels, from 0
    factor: float = 0.0
    weights: Mapping[Index, float] = field(default_factory=dict)
    turn: int = 0  # counts what was decided here: the browser's switches take it over
    is_ranked: bool = False  # whether it was asked which channel matters most

    @property
    def change(self) -> Change:
        return Change(self.of[1], self.off, self.factor, tuple(self.weights.items()))

    @property
    def token(self) -> str:
        return f"{self.of[0]}|{self.of[1]}|{self.turn}"


def switched(inspected: Inspected) -> Switched:
    """What the session keeps for this layer; at first, and for another layer, what the link says, or nothing."""
    of, count = (str(inspected.file), inspected.info.name), inspected.info.output_shape[0]
    kept: Switched | None = st.session_state.get(_KEPT)
    if kept is None:
        off = tuple(sorted(number - 1 for number in _off().read() if number <= count))
        kept = Switched(of, off, _factor().read(), _of_layer(inspected, _parsed(_weights().read())))
    elif kept.of != of:
        kept = Switched(of, turn=kept.turn + 1)
    said = mount.said(COMPONENT, "settings")
    if isinstance(said, Mapping) and said.get("token") == kept.token:
        kept = _followed(kept, said, count)
    return keep(kept)


def keep(now: Switched) -> Switched:
    """From now on session and link say this."""
    st.session_state[_KEPT] = now
    _off().put(tuple(index + 1 for index in now.off))
    _factor().put(now.factor)
    _weights().put(_written(now.weights))
    return now


def set_weight(now: Switched, index: Index, value: float | None) -> None:
    """A weight set by hand; None: as it was."""
    weights = {place: number for place, number in now.weights.items() if place != index}
    if value is not None and len(weights) < MOST_WEIGHTS:
        weights[index] = value
    st.session_state[_KEPT] = replace(now, weights=weights)


def restore(now: Switched) -> None:
    """All weights as they were learnt."""
    st.session_state[_KEPT] = replace(now, weights={})


def ask_ranking(now: Switched) -> None:
    st.session_state[_KEPT] = replace(now, is_ranked=True)


def _off() -> LinkParam[tuple[int, ...]]:
    """Channels, counted from 1."""
    return parameter("layers_off", ())


def _factor() -> LinkParam[float]:
    return parameter("layers_off_factor", 0.0)


def _weights() -> LinkParam[str]:
    return parameter("layers_off_weights", "")


def _followed(kept: Switched, said: Mapping[str, Any], count: int) -> Switched:
    """With what the browser's switches say, as far as it makes sense."""
    off, factor = said.get("off"), said.get("factor")
    if isinstance(off, list) and all(mount.is_whole(each, 0, count - 1) for each in off):
        kept = replace(kept, off=tuple(sorted(set(off))))
    if isinstance(factor, (int, float)) and 0 <= factor <= MOST_FACTOR:
        kept = replace(kept, factor=float(factor))
    return kept


def _parsed(text: str) -> dict[Index, float]:
    """ "5.1.3.3:0.25,6.1.1.1:-2": filter, channel, row and column of each weight, from 1, and what it is.

    What is no such thing is passed over.
    """
    found: dict[Index, float] = {}
    for part in text.split(",")[:MOST_WEIGHTS]:
        place, _colon, value = part.partition(":")
        numbers, told = place.split("."), _VALUE.parse(value)
        if told is not None and all(map(_PLACE.fullmatch, numbers)):
            found[tuple(int(each) - 1 for each in numbers)] = told
    return found


def _of_layer(inspected: Inspected, weights: dict[Index, float]) -> dict[Index, float]:
    """Those that the layer has: the link may be another layer's, or anybody's."""
    layer = inspected.info.name
    if not weights or not has_filters(inspected.model, layer):
        return {}
    shape = filters(inspected.model, layer).shape
    return {
        index: value
        for index, value in weights.items()
        if len(index) == len(shape) and all(i < n for i, n in zip(index, shape, strict=True))
    }


def _written(weights: Mapping[Index, float]) -> str:
    return ",".join(f"{'.'.join(str(i + 1) for i in index)}:{value:.6g}" for index, value in weights.items())
