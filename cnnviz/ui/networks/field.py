"""What a layer's values see of the picture: in theory, to be pointed at; and measured, behind a button."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnviz.figures.gallery import data_uri
from cnnviz.figures.network import seen_share, veil
from cnnviz.inspection.field import influence
from cnnviz.models.summary import LayerInfo
from cnnviz.ui.components import component
from cnnviz.ui.convolution.content import content
from cnnviz.ui.home_gallery import choose_digits
from cnnviz.ui.i18n import _
from cnnviz.ui.networks.choice import Choice
from cnnviz.ui.numbers import percent
from cnnviz.ui.page import theme_type

_MEASURED = "networks_measured"  # in the session: (choice, layer) whose gradient was asked for


def receptive_field(choice: Choice, layer: LayerInfo, is_module: bool) -> None:
    """The box of the value under the pointer; nothing to point at where positions are flattened away."""
    jumps = [axis.jump for axis in layer.axes]
    if len(layer.output_shape) != 3 or None in jumps or layer.output_shape[1:] == (1, 1):
        st.markdown(_("Every value of this layer depends on everything it is given: there is no window to draw."))
        return
    measured = _measured(choice, layer)
    component("field")(
        key="networks_field",
        data={
            "out": list(layer.output_shape[1:]),
            "picture": list(choice.input_size[1:]),
            "source": _picture(choice.input_size),
            "axes": [{"field": axis.size, "jump": axis.jump, "start": axis.start} for axis in layer.axes],
            "measured": measured,
            "strings": {
                "map": _("A map of {layer}: point at a value, or use the arrow keys.", layer=layer.name),
                "picture": _("The picture, and the box that this value sees."),
                "says": _("Row {row}, column {column}: the value sees {field} pixels of the picture."),
                "cut": _(
                    "Row {row}, column {column}: the value sees a box of {field} pixels, of which {seen} lie in the "
                    "picture; the rest is padding."
                ),
            },
        },
    )
    if is_module and measured is None:
        st.button(
            _("Measure it by gradient"),
            key="networks_measure",
            icon=":material/center_focus_strong:",
            on_click=_ask,
            args=(choice, layer.name),
            help=_("How much each pixel really moves the middle value, with fresh random weights."),
        )


def _ask(choice: Choice, layer: str) -> None:
    st.session_state[_MEASURED] = (choice, layer)


def _measured(choice: Choice, layer: LayerInfo) -> dict[str, str] | None:
    if st.session_state.get(_MEASURED) != (choice, layer.name):
        return None
    with st.spinner(_("The gradient is on its way …")):
        strength = _influence(choice, layer.name)
    share, box = seen_share(strength), _box(strength)
    says = _(
        "Measured: pixels with any influence span {box}. Half of all influence comes from {share} of the pixels of "
        "that box: those in the middle count most.",
        box=box,
        share=percent(share),
    )
    return {"source": data_uri(veil(strength, theme_type())), "says": says}


def _box(strength: NDArray[np.float32]) -> str:
    rows, columns = np.flatnonzero(strength.any(axis=1)), np.flatnonzero(strength.any(axis=0))
    if not len(rows):
        return "0 × 0"
    return f"{rows[-1] - rows[0] + 1} × {columns[-1] - columns[0] + 1}"


@st.cache_resource(max_entries=32, show_spinner=False)
def _influence(choice: Choice, layer: str) -> NDArray[np.float32]:
    return influence(choice.outline(), layer, choice.input_size)


def _picture(input_size: tuple[int, int, int]) -> str:
    """Something of the right kind to look at: a digit, or a photo where pictures are large."""
    channels, height, _width = input_size
    photos = content()["photos"]
    if channels == 3 and height > 64 and photos:
        return str(photos[-1]["source"])
    digits = choose_digits(sets=1).pictures
    picture = digits[7] if len(digits) else np.zeros((28, 28), dtype=np.uint8)
    return data_uri(picture)
