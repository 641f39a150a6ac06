"""Convolution link on a page: a layer's way to the convolution page, with a real map and real weights of it."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

import streamlit as st

from cnnviz.base.locale import N_
from cnnviz.ui.shared.i18n import _, sentences
from cnnviz.ui.shared.page import page_link

if TYPE_CHECKING:  # they import torch
    from cnnviz.inspection.convolution_link import Link, Refusal
    from cnnviz.inspection.pairing import Pairing


def convolution_link(
    found: Pairing, index: int, read: int, kept: Hashable, key: str, *, is_short: bool = False
) -> None:
    """The link to the convolution page, in a container `key`, and below it what it carries; `is_short`: on it.

    `kept` names everything that `found` was made of.
    """
    from cnnviz.inspection.convolution_link import Refusal  # heavy

    link = _link(kept, index, read, found)
    if isinstance(link, Refusal):
        st.caption(_(link.message, **link.values))
        return
    carried = sentences(*_sentences(found, link))
    label = N_("Open in the convolution page")
    with st.container(key=key):
        page_link("convolution", label, ":material/grid_on:", link.parameters, carried if is_short else None)
    if not is_short:
        st.caption(carried)


@st.cache_data(max_entries=128, show_spinner=False)  # of a large map, where the cut is looked for, 50 ms
def _link(kept: Hashable, index: int, read: int, _found: Pairing) -> Link | Refusal:
    from cnnviz.inspection.convolution_link import make_link  # heavy

    weights = None if _found.filters is None else _found.filters[index, read]
    bias = 0.0 if _found.biases is None else float(_found.biases[index])
    return make_link(_found.setting, _found.maps[read], weights, bias)


def no_convolution_link(found: Refusal) -> None:
    """Why there is no link."""
    st.caption(_(found.message, **found.values))


def _sentences(found: Pairing, link: Link) -> list[str]:
    """What the page will show, where that is not simply the layer."""
    said = []
    if link.is_cut:
        message = _CUT_IN_PADDING if any(found.setting.p) else _CUT
        said.append(_(message, **_place(link)))
    if found.filters is None:
        return [*said, _("Values have 3 digits.")]
    if found.is_flattened:
        said.append(_("A fully connected layer is a convolution whose kernel covers the whole map."))
    if len(found.maps) > 1:
        said.append(_("One of {count} pairs: the layer adds them all up.", count=f"{len(found.maps):,}"))
    return [*said, _("Values have 3 digits, weights 4.")]


_CUT = N_("Rows {top}–{bottom}, columns {left}–{right} of {height} × {width}.")
_CUT_IN_PADDING = N_(
    "Rows {top}–{bottom}, columns {left}–{right} of {height} × {width}; at the edges of this cut padding stands in for "
    "the rest of the map."
)


def _place(link: Link) -> dict[str, int]:
    """Counted from 1."""
    (height, width), rows, columns = link.of, link.rows, link.columns
    place = {"top": rows.start + 1, "bottom": rows.stop, "left": columns.start + 1, "right": columns.stop}
    return {**place, "height": height, "width": width}
