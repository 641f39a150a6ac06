"""Taking a network away: PyTorch source that runs by itself, and ONNX for other viewers."""

from __future__ import annotations

import streamlit as st

from cnnviz.models.source import python_source
from cnnviz.ui.i18n import _
from cnnviz.ui.networks.choice import Choice
from cnnviz.ui.page import errors_as_sentences

_SHOWN = 400  # lines


def export(choice: Choice) -> None:
    """The source to read and to download, and ONNX where it can be made."""
    source = _source(choice)
    with st.container(horizontal=True):
        st.download_button(
            _("Download the PyTorch source"),
            source,
            f"{choice.name}.py",
            "text/x-python",
            key="networks_source",
            icon=":material/download:",
            on_click="ignore",
        )
        asked = st.button(_("Make an ONNX file"), key="networks_onnx", icon=":material/deployed_code:")
    if asked:
        with errors_as_sentences():
            _offer_onnx(choice)
    st.markdown(_("It needs nothing but PyTorch: run it, and it prints the shape of its output."))
    lines = source.splitlines()
    st.code("\n".join(lines[:_SHOWN]), language="python", height=480)
    if len(lines) > _SHOWN:
        st.caption(_("{count} lines more are in the file.", count=len(lines) - _SHOWN))


@st.cache_data(max_entries=32, show_spinner=False)
def _source(choice: Choice) -> str:
    return python_source(choice.name if choice.num_classes is None else choice.blueprint())


def _offer_onnx(choice: Choice) -> None:
    from cnnviz.models.onnx import onnx_bytes

    with st.spinner(_("The network is written as ONNX …")):
        raw = onnx_bytes(choice.build(), choice.input_size)
    st.download_button(
        _("Download {name}", name=f"{choice.name}.onnx"),
        raw,
        f"{choice.name}.onnx",
        "application/octet-stream",
        key="networks_onnx_file",
        icon=":material/download:",
        on_click="ignore",
    )
