"""Bending: what a visitor does to the picture, kept in the session and in the link; drawn ink in the session alone."""

from __future__ import annotations

import base64
import binascii
import hashlib
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnviz.inspection.bend import RANGES, Bend
from cnnviz.ui.shared import mount
from cnnviz.ui.shared.link_parameters import parameter

COMPONENT = "layers_bend_picture"
_KEPT = "layers_bend_kept"
_IN_LINK = [field.name for field in fields(Bend)]


@dataclass(frozen=True, eq=False)
class Bending:
    """What is done to one picture."""

    token: str  # of the picture
    bend: Bend
    ink: NDArray[np.bool_]  # (h, w): drawn over

    @property
    def line(self) -> str:
        """In one line, as the browser writes it: so it knows whether the picture it got is the one of now."""
        numbers = (*(getattr(self.bend, name) for name in RANGES), float(self.bend.seed))
        return f"{' '.join(f'{value:.3f}' for value in numbers)} {int(self.ink.sum())}"

    def drawn_on(self, pictures: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Pictures (..., c, h, w) with the ink on them, which no bending moves."""
        if not self.ink.any():
            return pictures
        drawn = pictures.copy()
        drawn[..., self.ink] = ink_level(pictures)
        return drawn


def bending(picture: NDArray[np.uint8]) -> Bending:
    """What the browser says of this picture (c, h, w); before it says anything, what session or link say."""
    token = token_of(picture)
    blank = np.zeros(picture.shape[1:], bool)
    kept: Bending | None = st.session_state.get(_KEPT)
    if kept is None:
        kept = Bending(
            token, Bend(**{name: parameter(_param(name), default).read() for name, default in _NEUTRAL}), blank
        )
    elif kept.token != token:
        kept = Bending(token, kept.bend, blank)  # the same for the next picture
    said = mount.said(COMPONENT, "bend")
    if isinstance(said, Mapping) and said.get("token") == token:
        kept = Bending(token, _read(said.get("bend"), kept.bend), _ink(said.get("ink"), blank))
    st.session_state[_KEPT] = kept
    for name, default in _NEUTRAL:
        parameter(_param(name), default).put(getattr(kept.bend, name))
    return kept


def token_of(picture: NDArray[np.uint8]) -> str:
    """The same for the same pixels."""
    return hashlib.blake2b(picture.tobytes(), digest_size=8).hexdigest()


def ink_level(pictures: NDArray[np.uint8]) -> int:
    """Grey level of ink: white on a dark picture, black on a bright one."""
    return 255 if np.median(pictures[..., 0, :]) < 128 else 0


def ink_text(ink: NDArray[np.bool_]) -> str:
    """For the browser; "" for none."""
    return base64.b64encode(ink.astype(np.uint8).tobytes()).decode() if ink.any() else ""


_NEUTRAL: list[tuple[str, Any]] = list(asdict(Bend()).items())


def _param(name: str) -> str:
    return f"layers_bend_{name}"


def _read(said: object, kept: Bend) -> Bend:
    """`kept` with every number that is said and is within its range."""
    if not isinstance(said, Mapping):
        return kept
    changes: dict[str, Any] = {}
    for name, (low, high) in RANGES.items():
        value = said.get(name)
        if isinstance(value, (int, float)) and math.isfinite(value) and low <= value <= high:
            changes[name] = float(value)
    if mount.is_whole(said.get("seed"), 0, 9999):
        changes["seed"] = said["seed"]
    return replace(kept, **changes)


def _ink(said: object, blank: NDArray[np.bool_]) -> NDArray[np.bool_]:
    if not isinstance(said, str) or not said or len(said) > 2 * blank.size + 8:
        return blank
    try:
        raw = base64.b64decode(said, validate=True)
    except (binascii.Error, ValueError):
        return blank
    return np.frombuffer(raw, np.uint8).reshape(blank.shape) > 0 if len(raw) == blank.size else blank
