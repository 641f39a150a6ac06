"""The door to the convolution page: which pair of map and weights goes through it, and the link that carries them."""

from __future__ import annotations

from collections.abc import Hashable

import streamlit as st

from cnnviz.base.locale import N_
from cnnviz.inspection.convolution_link import Opening, Refusal, opening
from cnnviz.inspection.inspected import Passage
from cnnviz.inspection.pairing import Pairing, best_index, best_read
from cnnviz.models.summary import LayerInfo
from cnnviz.ui.shared.i18n import _, sentences
from cnnviz.ui.shared.page import page_link, theme_type

_CSS = """
.st-key-networks_door a { justify-content: center; background: PRIMARY; border-radius: 0.5rem;
  padding: 0.55rem 1.1rem; }
.st-key-networks_door a:hover { background: color-mix(in srgb, PRIMARY 85%, black); }
.st-key-networks_door a, .st-key-networks_door a * { color: white !important; font-weight: 650; }
.st-key-networks_pair > * { min-width: 9rem; }
.nw-facts dt { white-space: nowrap; } .nw-facts dd { overflow-wrap: anywhere; }
@media (max-width: 640px) { .st-key-networks_way button { padding-left: 0.6rem; padding-right: 0.6rem; } }
"""


def style() -> None:
    """The link looks like the main button that it is."""
    st.html(f"<style>{_CSS.replace('PRIMARY', str(st.get_option(f'theme.{theme_type()}.primaryColor')))}</style>")


def choose_map(layer: LayerInfo, found: Pairing | Refusal, passage: Passage, key: str, kept: Hashable) -> int:
    """The index from the number field "Feature map" ("Unit" of a fully connected layer); at first one worth seeing.

    `key` is the field's, `kept` names everything that which one is worth seeing depends on.
    """
    count = layer.output_shape[0]
    if count == 1:
        return 0
    best = _best(kept, found, passage)
    label = _("Feature map") if len(layer.output_shape) == 3 else _("Unit")
    return int(st.number_input(label, 1, count, best + 1, key=f"networks_map_{key}")) - 1


def choose_read(found: Pairing, index: int, key: str) -> int:
    """The number field "of the maps before it"; an index. At first the one that filter `index` makes most of."""
    count = len(found.maps)
    if found.filters is None or count == 1:
        return index if found.filters is None else 0
    best = best_read(found, index)
    label = _("of the values before it") if found.maps.shape[1:] == (1, 1) else _("of the maps before it")
    return int(st.number_input(label, 1, count, best + 1, key=f"networks_read_{key}_{index}")) - 1


def door(found: Pairing, index: int, read: int, kept: Hashable) -> None:
    """The link, and below it what it carries."""
    opened = _opened(kept, index, read, found)
    if isinstance(opened, Refusal):
        st.caption(_(opened.message, **opened.values))
        return
    with st.container(key="networks_door"):
        page_link("convolution", N_("Open in the convolution page"), ":material/grid_on:", opened.parameters)
    st.caption(sentences(*_sentences(found, opened)))


@st.cache_data(max_entries=128, show_spinner=False)  # of a large map, where the cut is looked for, 50 ms
def _opened(kept: Hashable, index: int, read: int, _found: Pairing) -> Opening | Refusal:
    weights = None if _found.filters is None else _found.filters[index, read]
    bias = 0.0 if _found.biases is None else float(_found.biases[index])
    return opening(_found.setting, _found.maps[read], weights, bias)


def refused(found: Refusal) -> None:
    """Why there is no door."""
    st.caption(_(found.message, **found.values))


def _sentences(found: Pairing, opened: Opening) -> list[str]:
    """What the page will show, where that is not simply the layer."""
    said = []
    if opened.is_cut:
        message = _CUT_IN_PADDING if any(found.setting.p) else _CUT
        said.append(_(message, **_place(opened)))
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


def _place(opened: Opening) -> dict[str, int]:
    """Counted from 1."""
    (height, width), rows, columns = opened.of, opened.rows, opened.columns
    place = {"top": rows.start + 1, "bottom": rows.stop, "left": columns.start + 1, "right": columns.stop}
    return {**place, "height": height, "width": width}


@st.cache_data(max_entries=512, show_spinner=False)
def _best(kept: Hashable, _found: Pairing | Refusal, _passage: Passage) -> int:
    return best_index(_found, _passage)
