"""Home page: draw a digit, and every layer of a network answers in the browser, which sends the drawing back."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st

from cnnviz.base.locale import N_
from cnnviz.base.paths import FIRST_CHECKPOINT, shipped_checkpoints
from cnnviz.base.text import percent
from cnnviz.data.registry import DATASETS
from cnnviz.data.samples import Gallery, choose_digits
from cnnviz.engine.card import Card, load_arrays, load_card, weights_path
from cnnviz.ui.home.network import browser_network, weight_count
from cnnviz.ui.shared import mount
from cnnviz.ui.shared.drawing import carried_over, keep, pad_strings
from cnnviz.ui.shared.i18n import _, language
from cnnviz.ui.shared.mount import component
from cnnviz.ui.shared.names import data_name
from cnnviz.ui.shared.page import errors_as_sentences, page_link, start

_STAGE = "home_stage"
_NEXT: tuple[tuple[str, str, dict[str, str]], ...] = (  # page, message, what its link says
    ("convolution", N_("How one filter slides"), {}),
    ("training", N_("Train such a network"), {}),
    ("layers", N_("Look inside, layer by layer"), {}),
    ("layers", N_("Ask it why"), {"layers_view": "attribution", "layers_source": "drawing"}),
)


def page() -> None:
    """The whole page."""
    start(N_("Draw a digit"), N_("Every layer of the network answers while your pen moves."))
    stage()
    what_next()


def stage() -> None:
    """Everything that moves. What is wrong with the checkpoint is said; pad and gallery still work."""
    path = weights_path(shipped_checkpoints() / FIRST_CHECKPOINT)
    network, card = None, None
    with errors_as_sentences():
        card = load_card(path)
        network = _network(path, path.stat().st_mtime_ns, language())
    gallery = _gallery(DATASETS["mnist"].is_present())
    data = {"network": network, "gallery": _gallery_data(gallery), "strings": _strings(gallery.data)}
    version = hashlib.sha256(repr(data).encode()).hexdigest()[:16]
    drawing = carried_over()
    encoded = "" if drawing is None else base64.b64encode(drawing.tobytes()).decode()
    _mount({**data, "version": version, "drawing": encoded})
    if card and network:
        st.caption(_provenance(card, path))


def what_next() -> None:
    """Links to go on with; the drawing comes along."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.markdown(_("What next?"), width="content")
        for name, label, parameters in _NEXT:
            page_link(name, label, ":material/arrow_forward:", parameters or None)


@st.fragment
def _mount(data: dict[str, Any]) -> None:
    """In a fragment: a finished stroke reruns this alone, and with the same data nothing is sent again."""
    component("home")(key=_STAGE, data=data, on_drawing_change=_keep_sent)
    _keep_sent()


def _keep_sent() -> None:
    """Before anything is drawn, too: who goes to another page at once ends this run, and takes the drawing along."""
    sent = mount.said(_STAGE, "drawing")
    if sent is not None:  # None: nothing was drawn since the page was opened, so that what was drawn before stays
        keep(sent)


@lru_cache(maxsize=4)
def _network(path: Path, changed: int, spoken: str) -> dict[str, Any]:
    """`changed` and `spoken` (the file's time and the language) are there for the cache's sake."""
    return browser_network(path, load_card(path), _)


@lru_cache(maxsize=2)
def _gallery(has_mnist: bool) -> Gallery:
    """`has_mnist` is there for the cache's sake: MNIST may be fetched while the server runs."""
    return choose_digits()


def _gallery_data(gallery: Gallery) -> dict[str, Any]:
    return {"pictures": base64.b64encode(gallery.pictures.tobytes()).decode(), "labels": gallery.labels}


def _provenance(card: Card, path: Path) -> str:
    return _(
        "{network}, {weights} weights, trained by this project on {data}: right on {accuracy} of {total} test digits. "
        "It runs in your browser.",
        network="LeNet-5",
        weights=f"{_weights(path, path.stat().st_mtime_ns):,}",
        data=data_name(card.data),
        accuracy=percent(card.test_accuracy),
        total=f"{card.total:,}",
    )


@lru_cache(maxsize=4)
def _weights(path: Path, changed: int) -> int:
    return weight_count(load_arrays(path))


def _strings(gallery_data: str) -> dict[str, str]:
    """What the component says; gaps in {braces} are filled in the browser."""
    title = (
        _("Or show it a digit from MNIST's test images") if gallery_data == "mnist" else _("Or show it a small digit")
    )
    return {
        **pad_strings(_("Draw a digit here")),
        "input": _("Scaled into 20×20 and centred, as MNIST's digits were."),
        "inputName": _("input"),
        "inputLabel": _("Input of the network, 28×28"),
        "answer": _("Answer"),
        "probabilities": _("Probability of each digit"),
        "reads": _("The network reads {first}, {percent}."),
        "readsUnsure": _("The network is not sure: {first} or {second}?"),
        "unsure": _("Not sure: {first} or {second}?"),
        "blank": _("Nothing drawn yet."),
        "gallery": title,
        "testDigit": _("Show a handwritten {digit}"),
        "more": _("Other digits"),
        "flow": _("Layers from input to answer; arrow keys move between maps"),
        "map": _("{layer}, map {number} of {count}, {shape}"),
        "numbers": _("{layer}, {count} numbers"),
        "filter": _("Its filter, {shape}"),
    }
