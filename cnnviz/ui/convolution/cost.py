"""Cost tab: what the layer on the stage takes to store and to compute, and what changes that."""

from __future__ import annotations

import streamlit as st

from cnnviz.arithmetic.axis import pair
from cnnviz.arithmetic.cost import LayerCost, fully_connected_cost, linear_cost
from cnnviz.arithmetic.setting import RANGES, Setting
from cnnviz.base.errors import ConfigurationError
from cnnviz.base.text import memory, times
from cnnviz.ui.convolution.show_link import try_button
from cnnviz.ui.shared.html import Html, formula, html, join, paragraph, table, term
from cnnviz.ui.shared.i18n import _

_MOST = 2048
_UNITS = 120  # of LeNet-5's first fully connected layer


def costs(setting: Setting) -> None:
    """Channels in, filters out; the bill, beside four others."""
    if setting.mode == "flatten":
        _flattened(setting)
        return
    with st.container(horizontal=True, key="conv_channels"):
        key = f"conv_in_{setting.channels}"  # each number of the stage's channels starts with its own
        c_in = st.number_input(_("Channels in"), 1, _MOST, setting.channels, key=key)
        c_out = c_in
        if setting.mode != "pool":
            c_out = st.number_input(_("Filters (channels out)"), 1, _MOST, 6, key="conv_out")
    try:
        now = setting.cost(c_in, c_out)
    except ConfigurationError:
        st.html(paragraph(_("No output, so nothing to pay: fix the setting on the stage first.")))
        return
    if setting.mode == "pool":
        st.html(_pooling(setting, now, c_in))
    else:
        st.html(_convolution(setting, now, c_in, c_out))


def _convolution(setting: Setting, now: LayerCost, c_in: int, c_out: int) -> Html:
    full = fully_connected_cost(now.inputs, now.outputs)
    wide = setting.cost(2 * c_in, 2 * c_out)
    padded = _doubled_padding(setting, c_in, c_out)
    bills = [(_("On the stage"), now), (_("Both channel counts doubled"), wide)]
    bills += [(_("Padding doubled"), padded)] if padded else []
    bills += [(_("The same, fully connected"), full)]
    head = [
        _("Layer"),
        _("Weights"),
        _("Products forward"),
        _("Products backward"),
        _("Memory: weights"),
        _("Memory: values"),
    ]
    rows = [(name, *_cells(bill, now)) for name, bill in bills]
    reading = [_reading(now, c_out, full, wide), _padding(setting, now, padded), _memory(now)]
    return join(
        [
            _product(setting, now, c_in, c_out),
            table(_("What one picture costs"), head, rows),
            *(paragraph(text) for text in reading),
        ]
    )


def _cells(bill: LayerCost, now: LayerCost) -> list[Html]:
    pairs = [
        (f"{bill.weights:,}", bill.weights / now.weights),
        (f"{bill.macs:,}", bill.macs / now.macs),
        (f"{bill.backward_macs:,}", bill.backward_macs / now.backward_macs),
        (memory(bill.weight_bytes), bill.weight_bytes / now.weight_bytes),
        (memory(bill.activation_bytes), bill.activation_bytes / now.activation_bytes),
    ]
    return [html(text) if bill is now else join([text, Html(f"<i>{times(ratio)}</i>")]) for text, ratio in pairs]


def _product(setting: Setting, now: LayerCost, c_in: int, c_out: int) -> Html:
    """c_out c_in k_h k_w h_out w_out, in letters and in numbers. Transposed: the input's pixels count."""
    pixels = setting.input_shape if setting.mode == "transposed" else pair(setting.output_size or 0)
    role = "input" if setting.mode == "transposed" else "output"
    suffix = "in" if setting.mode == "transposed" else "out"
    factors = [
        ("text", "c", "out", c_out),
        ("text", "c", "in", c_in),
        ("kernel", "k", "h", 1 if setting.flat else setting.k[0]),
        ("kernel", "k", "w", setting.k[1]),
        (role, "h", suffix, 1 if setting.flat else pixels[0]),
        (role, "w", suffix, pixels[1]),
    ]
    letters = join([term(kind, Html(f"{letter}<sub>{sub}</sub>")) for kind, letter, sub, _n in factors], "×")
    numbers = join([term(kind, n) for kind, _letter, _sub, n in factors], "×")
    spoken = " × ".join(str(n) for _kind, _letter, _sub, n in factors) + f" = {now.macs:,}"
    return formula(spoken, letters, join(["= ", numbers]), join(["= ", term("output", f"{now.macs:,}")]))


def _doubled_padding(setting: Setting, c_in: int, c_out: int) -> LayerCost | None:
    """None where there is none to double, or where nothing would be left."""
    height, width = setting.p
    if not (width if setting.flat else height + width):
        return None
    try:
        return setting.changed(p=(2 * height, 2 * width)).cost(c_in, c_out)
    except ConfigurationError:
        return None


def _reading(now: LayerCost, biases: int, full: LayerCost, wide: LayerCost) -> str:
    return _(
        "{weights} weights do {macs} multiplications, each weight about {each}; as many additions, biases counted. "
        "Fully connected it would take {full} times the weights. Twice the channels on both sides: {wide} times the "
        "work.",
        weights=f"{now.weights:,}",
        macs=f"{now.macs:,}",
        each=f"{round(now.macs / (now.weights - biases)):,}",
        full=_ratio(full.weights / now.weights),
        wide=_ratio(wide.macs / now.macs),
    )


def _padding(setting: Setting, now: LayerCost, padded: LayerCost | None) -> str:
    if padded is None:
        return _("There is no padding to double: set P, and see what it adds.")
    if setting.mode == "transposed":
        return _("Twice the padding cuts more off the output; the work and the weights stay as they are.")
    return _(
        "Twice the padding, P = {p}: no weight more, but {ratio} times the output values, and the work of each.",
        p=_shown(setting, 2),
        ratio=_ratio(padded.outputs / now.outputs),
    )


def _memory(now: LayerCost) -> str:
    return _(
        "Backward: the gradient of the weights and that of the input each take as many products as forward. Until "
        "then the values have to be kept: {values} a picture, {batch} for a batch of 100.",
        values=memory(now.activation_bytes),
        batch=memory(100 * now.activation_bytes),
    )


def _pooling(setting: Setting, now: LayerCost, channels: int) -> Html:
    """No weights: comparisons or additions instead of products."""
    bill = [
        (_("Weights"), "0"),
        (_("Channels out"), f"{channels:,}"),
        (_("Output values"), f"{now.outputs:,}"),
        (_("Comparisons"), f"{now.comparisons:,}"),
        (_("Multiplications"), f"{now.macs:,}"),
        (_("Additions"), f"{now.additions + now.macs:,}"),
        (_("Divisions"), f"{now.divisions:,}"),
        (_("Exponentials"), f"{now.exponentials:,}"),
        (_("Memory: values"), memory(now.activation_bytes)),
    ]
    rows = [row for row in bill if row[1] != "0" or row[0] == _("Weights")]
    text = {
        "max": _("Every window compares its values; backward, its gradient goes to the winner alone."),
        "min": _("As expensive as the maximum, of which it is the mirror: min(x) = −max(−x). So nobody needs it."),
        "average": _("Every window adds its values and divides once; backward, each gets an equal share."),
        "softmax": _("An exponential for every value makes it by far the most expensive: one reason why it is rare."),
    }[setting.pooling]
    return join([table(_("What one picture costs"), ("", _("Number")), rows), paragraph(text)])


def _shown(setting: Setting, factor: int) -> str:
    height, width = (factor * side for side in setting.p)
    return str(width) if setting.flat or height == width else f"{height} × {width}"


def _ratio(ratio: float) -> str:
    return times(ratio).removeprefix("×")


def _flattened(setting: Setting) -> None:
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
