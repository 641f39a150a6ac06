"""The door to the convolution page: which pair of map and weights goes through it, and the link that carries them."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnviz.arithmetic.setting import Setting
from cnnviz.base.locale import N_
from cnnviz.inspection.convolution_link import Opening, Refusal, covering, opening, setting_of
from cnnviz.inspection.inspected import Passage, Subject
from cnnviz.models.summary import LayerInfo, Summary
from cnnviz.ui.shared.i18n import _, sentences
from cnnviz.ui.shared.page import page_link, theme_type

Maps = NDArray[np.float32]


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


@dataclass(frozen=True, eq=False)
class Pairing:
    """A layer as filters (out, maps, kh, kw) over maps (maps, h, w); pooling has no filters."""

    setting: Setting
    maps: Maps
    filters: Maps | None = None
    biases: Maps | None = None
    is_flattened: bool = False  # a fully connected layer over these maps


def pairing(layer: LayerInfo, summary: Summary, subject: Subject, passage: Passage) -> Pairing | Refusal:
    """What of the layer goes through the door, or why nothing does."""
    module: Any = subject.module(layer.name)
    setting = setting_of(layer, module)
    if isinstance(setting, Refusal):
        return setting
    if layer.kind == "Linear":
        return _covering(layer, summary, module, passage.before)
    if setting.mode == "pool":
        return Pairing(setting, passage.before)
    return Pairing(setting, passage.before, _array(module.weight), _array(module.bias))


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
    best = int(np.argmax(_sizes(found.filters[index]) * _liveliness(found.maps)))
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


def _covering(layer: LayerInfo, summary: Summary, module: Any, values: Maps) -> Pairing | Refusal:
    """A fully connected layer over the maps that were flattened for it."""
    shape = _flattened(layer, summary)
    setting = covering((shape[1], shape[2]))
    if isinstance(setting, Refusal):
        return setting
    filters = module.weight.detach().float().numpy().reshape(-1, *shape)
    return Pairing(setting, values.reshape(shape), filters, _array(module.bias), is_flattened=True)


def _flattened(layer: LayerInfo, summary: Summary) -> tuple[int, int, int]:
    """The maps that a fully connected layer reads as one long row; without such, its values as maps of one pixel."""
    by_name = {each.name: each for each in summary}
    (count,) = layer.input_shape
    while layer.inputs and (layer := by_name[layer.inputs[0]]).kind != "Linear":
        if len(layer.output_shape) == 3:
            channels, height, width = layer.output_shape
            return (channels, height, width) if channels * height * width == count else (count, 1, 1)
    return count, 1, 1


@st.cache_data(max_entries=512, show_spinner=False)
def _best(kept: Hashable, _found: Pairing | Refusal, _passage: Passage) -> int:
    """The filter with the largest weights for a map that has something in it; of others the liveliest map or unit."""
    if isinstance(_found, Refusal) or _found.filters is None or _found.is_flattened:
        return _liveliest(_passage.after)
    sizes = _sizes(_found.filters) * _liveliness(_found.maps)  # (out, maps)
    return int(np.argmax(sizes)) // len(_found.maps)


def _sizes(filters: Maps) -> Maps:
    """(..., kh, kw) -> (...): the length of the weights as a vector."""
    sizes: Maps = np.sqrt(np.einsum("...ij,...ij->...", filters, filters))
    return sizes


def _liveliest(maps: Maps) -> int:
    return int(np.argmax(_liveliness(maps))) if maps.ndim == 3 else int(np.argmax(maps))


def _liveliness(maps: Maps) -> Maps:
    """(maps, h, w) -> (maps,): how much a map's values differ; of single pixels how large they are."""
    if maps.shape[1:] == (1, 1):
        return np.abs(maps[:, 0, 0])
    spread: Maps = maps.std(axis=(1, 2))
    return spread if spread.any() else np.ones_like(spread)


def _array(tensor: Any) -> Maps | None:
    return None if tensor is None else tensor.detach().float().numpy()
