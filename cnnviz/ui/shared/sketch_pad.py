"""The sketch pad as a control; the drawing is kept for the other pages of the visit."""

from __future__ import annotations

import base64
import binascii

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnviz.ui.shared import messages
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.mount import component

SIDE = 28
DRAWING = "drawing"  # in the session: uint8 (28, 28), what was drawn last on any page; absent while the pad is empty


def sketch_pad(key: str) -> NDArray[np.uint8] | None:
    """The pad, and the drawing made like MNIST's pictures (28, 28); None while nothing was drawn, here or before."""
    component("pad")(key=key, data={"strings": pad_strings(_("Draw here"))}, on_drawing_change=lambda: _keep_sent(key))
    return carried_over()


def pad_strings(hint: str) -> dict[str, str]:
    """What `cnnviz/ui/shared/component/pad.js` says; `hint` stands on the empty pad."""
    return {
        "label": _("Sketch pad"),
        "help": _("Arrow keys move the pen, space puts it down and lifts it, Ctrl+Z undoes, Delete clears."),
        "hint": hint,
        "undo": _("Undo"),
        "clear": _("Clear"),
        "penDown": _("Pen down"),
        "penUp": _("Pen up"),
    }


def carried_over() -> NDArray[np.uint8] | None:
    """What the visitor drew last, on any page."""
    drawing = st.session_state.get(DRAWING)
    return drawing if isinstance(drawing, np.ndarray) and drawing.shape == (SIDE, SIDE) and drawing.any() else None


def keep(sent: object) -> None:
    """Keep what a browser sent for all pages; a blank pad, or anything that is no drawing, empties the place."""
    drawing = decode(sent)
    if drawing is None or not drawing.any():
        st.session_state.pop(DRAWING, None)
    else:
        st.session_state[DRAWING] = drawing


def _keep_sent(key: str) -> None:
    keep(messages.said(key, "drawing"))


def decode(text: object) -> NDArray[np.uint8] | None:
    """What a browser sent as base64 of 28 x 28 grey levels; None if it is anything else."""
    if not isinstance(text, str) or len(text) > 2 * SIDE * SIDE:
        return None
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return np.frombuffer(raw, np.uint8).reshape(SIDE, SIDE) if len(raw) == SIDE * SIDE else None
