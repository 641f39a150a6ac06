"""Drawing: what a visitor drew last, on any page: the sketch pad it comes from, and how a link carries it."""

from __future__ import annotations

import base64
import binascii
from itertools import groupby

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnviz.ui.shared import mount
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.link_parameters import parameter
from cnnviz.ui.shared.mount import component

SIDE = 28
DRAWING = "drawing"  # in the session: uint8 (28, 28), what was drawn last on any page; absent while the pad is empty
_LONGEST_RUN = 255

Drawing = NDArray[np.uint8]  # (28, 28)


def sketch_pad(key: str) -> Drawing | None:
    """The pad, and the drawing made like MNIST's pictures (28, 28); None while nothing was drawn, here or before."""
    component("pad")(key=key, data={"strings": pad_strings(_("Draw here"))}, on_drawing_change=lambda: _keep_sent(key))
    return carried_over()


def pad_strings(hint: str) -> dict[str, str]:
    """What `cnnviz/ui/shared/component/pad.js` says; `hint` is on the empty pad."""
    return {
        "label": _("Sketch pad"),
        "help": _("Arrow keys move the pen, space puts it down and lifts it, Ctrl+Z undoes, Delete clears."),
        "hint": hint,
        "undo": _("Undo"),
        "clear": _("Clear"),
        "penDown": _("Pen down"),
        "penUp": _("Pen up"),
    }


def carried_over() -> Drawing | None:
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
    keep(mount.said(key, "drawing"))


def decode(text: object) -> Drawing | None:
    """What a browser sent as base64 of 28 x 28 grey levels; None if it is anything else."""
    if not isinstance(text, str) or len(text) > 2 * SIDE * SIDE:
        return None
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return np.frombuffer(raw, np.uint8).reshape(SIDE, SIDE) if len(raw) == SIDE * SIDE else None


def take_from_link(name: str) -> None:
    """A link that somebody came with may hold a drawing as `name`: it takes the place of the visitor's own."""
    packed = parameter(name, "").news()
    drawing = None if packed is None else unpack(packed)
    if drawing is not None:
        st.session_state[DRAWING] = drawing


def put_into_link(name: str, drawing: Drawing | None) -> None:
    """From now on the link holds this drawing, or none."""
    parameter(name, "").put(None if drawing is None else pack(drawing))


def pack(drawing: Drawing) -> str:
    """28 x 28 grey levels in about 300 letters, as the first page's links have them: `ui/home/component/link.js`.

    Row by row, each 0 followed by how many there are, in base64 with "-" and "_".
    """
    packed = bytearray()
    for value, run in groupby(drawing.ravel().tolist()):
        count = len(list(run))
        if value:
            packed += bytes([value]) * count
            continue
        for start in range(0, count, _LONGEST_RUN):
            packed += bytes([0, min(_LONGEST_RUN, count - start)])
    return base64.urlsafe_b64encode(packed).decode("ascii").rstrip("=")


def unpack(text: str) -> Drawing | None:
    """The drawing of such a text; None if it is anything else."""
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    pixels = bytearray()
    rest = iter(packed)
    for value in rest:
        pixels += bytes([value]) if value else bytes(next(rest, 0))
    if len(pixels) != SIDE * SIDE or not any(pixels):
        return None
    return np.frombuffer(bytes(pixels), np.uint8).reshape(SIDE, SIDE)
