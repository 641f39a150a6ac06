"""Flattening in the panels: PyTorch's order and Keras', the one size it gives, what the layer behind it costs."""

from __future__ import annotations

import streamlit as st

from cnnviz.arithmetic.cost import linear_cost
from cnnviz.arithmetic.setting import RANGES, Setting
from cnnviz.ui.convolution.show_link import try_button
from cnnviz.ui.shared.html import Html, formula, heading, join, paragraph, term
from cnnviz.ui.shared.i18n import _

_UNITS = 120  # of LeNet-5's first fully connected layer


def order(setting: Setting) -> None:
    """At which place of the row a value comes, in PyTorch and in Keras."""
    height, width = setting.input_shape
    c, h, w = setting.channels, height, width
    channel, row, column = (term("input", name) for name in (_("channel"), _("row"), _("column")))
    torch = (join(["((", channel, f"− 1) × {h}"]), join(["+", row, f"− 1) × {w}"]), join(["+", column]))
    keras = (join(["((", row, f"− 1) × {w}"]), join(["+", column, f"− 1) × {c}"]), join(["+", channel]))
    last = (
        _("With one channel both give the same row.")
        if c == 1
        else _(
            "The weights of the layer behind it belong to places: taken from one to the other, they must be reordered."
        )
    )
    st.html(
        join(
            [
                paragraph(
                    _(
                        "Both lay out the same numbers, in the order in which they hold them. PyTorch's pictures are "
                        "(channels, height, width): map after map, each row by row. Keras' are (height, width, "
                        "channels): the channels of a pixel stand side by side."
                    )
                ),
                *_place("PyTorch", *torch),
                *_place("Keras", *keras),
                paragraph(last),
            ]
        )
    )


def _place(name: str, *right: Html) -> list[Html]:
    """Its parts may stand in several lines."""
    return [heading(name), paragraph(formula(name, join([term("output", _("place")), "="]), *right))]


def sizes(setting: Setting) -> None:
    """There is nothing to choose."""
    text = _(
        "Flattening gives one size only: {count} numbers. For fewer, pooling or a stride in front makes the maps "
        "smaller, or a convolution makes fewer maps.",
        count=f"{setting.output_size:,}",
    )
    st.html(paragraph(text))


def costs(setting: Setting) -> None:
    """Nothing, but for the fully connected layer behind it, which is a convolution as large as the map."""
    count = setting.output_size
    assert isinstance(count, int)
    behind = linear_cost(count, _UNITS)
    st.html(
        join(
            [
                paragraph(
                    _("Flattening costs nothing: no weights, no products; PyTorch does not even copy the numbers.")
                ),
                paragraph(
                    _(
                        "The layer behind it is what costs: each unit of a fully connected layer has a weight for "
                        "every one of the {count} numbers. {units} units: {weights} weights, biases included.",
                        count=f"{count:,}",
                        units=_UNITS,
                        weights=f"{behind.weights:,}",
                    )
                ),
                paragraph(
                    _(
                        "Such a unit is a convolution too: a kernel as large as the maps has room at one place only "
                        "and gives one number."
                    )
                ),
            ]
        )
    )
    if max(setting.n) <= RANGES["k"][1]:
        same = Setting(n=setting.n, k=setting.n, channels=setting.channels, flat=setting.flat)
        try_button("conv_flatten_unit", same.link)
