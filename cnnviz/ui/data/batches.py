"""View "Batches" of the page Data: an epoch as rows of pictures, a row a batch, in the order the engine takes."""

from __future__ import annotations

import streamlit as st

from cnnviz.data.dataset_spec import DatasetSpec
from cnnviz.ui.shared.i18n import _


def show(spec: DatasetSpec) -> None:
    """The whole view."""
    st.caption(_(spec.title))
