"""Network export: PyTorch source that runs by itself, and ONNX with its weights for other viewers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st
import torch
from torch import nn

from cnnviz.base.text import memory
from cnnviz.engine.checkpoint import load
from cnnviz.models import pretrained
from cnnviz.models.export.code import python_source
from cnnviz.models.export.onnx import OPSET, onnx_bytes
from cnnviz.ui.networks.choice import Choice
from cnnviz.ui.networks.weights import (
    IMAGENET,
    SEED,
    UNTRAINED,
    Weights,
    choose_weights,
    is_download_missing,
    offer_download,
)
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.page import errors_as_sentences

_SHOWN = 400  # lines


@dataclass(frozen=True, eq=False)
class Parcel:
    """A network with weights, ready to go, and whose weights these are."""

    model: nn.Module
    input_size: tuple[int, int, int]
    weights: str  # "untrained", "run-3"


def export(choice: Choice) -> None:
    """The source to read and to download, and ONNX with the weights one chooses."""
    source = _source(choice)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        source_button(choice.name, source, "networks")
        weights = choose_weights(choice)
        if weights.name == IMAGENET and is_download_missing(choice):
            offer_download(choice)
            weights = Weights(UNTRAINED)
        is_asked = onnx_button("networks")
    if is_asked:
        make_onnx(choice.name, "networks", lambda: _parcel(choice, weights))
    st.markdown(_("It needs nothing but PyTorch: run it, and it prints the shape of its output."))
    lines = source.splitlines()
    st.code("\n".join(lines[:_SHOWN]), language="python", height=480)
    if len(lines) > _SHOWN:
        st.caption(_("{count} lines more are in the file.", count=len(lines) - _SHOWN))


def source_button(stem: str, source: str, key: str) -> None:
    """The file is called `stem`; `key` begins the widget's key."""
    st.download_button(
        _("Download the PyTorch source"),
        source,
        f"{stem}.py",
        "text/x-python",
        key=f"{key}_source",
        icon=":material/download:",
        on_click="ignore",
    )


def onnx_button(key: str) -> bool:
    """Whether it was pressed."""
    return st.button(
        _("Make an ONNX file"),
        key=f"{key}_onnx",
        icon=":material/deployed_code:",
        help=_("For Netron, ONNX Runtime and others: opset {opset}, for any number of pictures at once.", opset=OPSET),
    )


def make_onnx(stem: str, key: str, pack: Callable[[], Parcel]) -> None:
    """The file of what `pack` gives, or why there is none."""
    with errors_as_sentences():
        with st.spinner(_("The network is written as ONNX …")):
            parcel = pack()
            raw = onnx_bytes(parcel.model, parcel.input_size)
        file = f"{stem}.onnx" if parcel.weights == UNTRAINED else f"{stem}-{parcel.weights}.onnx"
        st.download_button(
            _("Download {name} ({size})", name=file, size=memory(len(raw))),
            raw,
            file,
            "application/octet-stream",
            key=f"{key}_onnx_file",
            icon=":material/download:",
            on_click="ignore",
        )


def untrained(build: Callable[[], nn.Module]) -> nn.Module:
    """What `build` gives from our seed."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        return build()


def _parcel(choice: Choice, weights: Weights) -> Parcel:
    """Raises CheckpointError, DownloadError."""
    if weights.file is not None:
        model, _card = load(weights.file)
    elif weights.name == IMAGENET:
        model = pretrained.give(choice.outline().eval(), choice.name)
    else:
        model = untrained(choice.build)
    return Parcel(model, choice.input_size, weights.name)


@st.cache_data(max_entries=32, show_spinner=False)
def _source(choice: Choice) -> str:
    return python_source(choice.name if choice.num_classes is None else choice.blueprint())
