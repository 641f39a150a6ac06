"""A second network beside the first: its drawing, totals side by side, and their ratio in a sentence."""

from __future__ import annotations

import streamlit as st

from cnnviz.models.names import MODEL_NAMES
from cnnviz.models.summary import Summary
from cnnviz.ui.convolution.markup import table
from cnnviz.ui.i18n import _
from cnnviz.ui.networks.choice import Choice, plain
from cnnviz.ui.networks.dissection import dissection
from cnnviz.ui.networks.drawing import draw
from cnnviz.ui.numbers import memory

_WORTH_COMPARING = {"alexnet": "googlenet", "zfnet": "alexnet", "googlenet": "alexnet", "vgg16": "vgg19"}


def compare(choice: Choice, summary: Summary) -> None:
    """The select box "Compare with", then both."""
    others = [name for name in MODEL_NAMES if name != choice.name]
    default = others.index(_WORTH_COMPARING.get(choice.name, others[0]))
    key = f"networks_with_{choice.name}"
    name = str(st.selectbox(_("Compare with"), others, index=default, key=key, bind="query-params"))
    other = plain(name)
    second = dissection(other)
    st.html(f'<p class="nw-verdict">{_verdict(choice, summary, other, second)}</p>')
    if {choice.name, name} == {"alexnet", "googlenet"}:
        st.caption(_("The paper says 12 times fewer weights; counted here is torchvision's, with its batch norm."))
    draw(second, other.input_size, other.title, "networks_second", None, lambda: None)
    rows = [
        (_("Weights"), f"{summary.params:,}", f"{second.params:,}"),
        (_("Multiplications"), f"{summary.macs:,}", f"{second.macs:,}"),
        (_("Memory of all outputs"), memory(summary.activation_bytes), memory(second.activation_bytes)),
        (_("Layers with weights"), str(weighted(summary)), str(weighted(second))),
        (_("Weights in convolutions"), _share(summary, "Conv"), _share(second, "Conv")),
        (_("Weights in fully connected layers"), _share(summary, "Linear"), _share(second, "Linear")),
    ]
    st.html(table(_("Side by side"), ("", choice.name, other.name), rows))


def weighted(summary: Summary) -> int:
    """Convolutions and fully connected layers: what "22 layers deep" counts, those on shortcuts and branches too."""
    return sum(layer.macs > 0 for layer in summary)


def _share(summary: Summary, kind: str) -> str:
    count = sum(layer.params for layer in summary if layer.kind.startswith(kind))
    return f"{count:,} ({count / max(summary.params, 1):.0%})"


def _verdict(choice: Choice, summary: Summary, other: Choice, second: Summary) -> str:
    return _(
        "{second} has {weights} the weights of {first}, and {work} the multiplications.",
        first=choice.title,
        second=other.title,
        weights=share(second.params, summary.params),
        work=share(second.macs, summary.macs),
    )


def share(part: int, whole: int) -> str:
    """How much of `whole` it is, as one says it: "1/9 of", "2.3 times".

    >>> share(61, 61), share(10, 92), share(23, 10)
    ('exactly', '1/9 of', '2.3 times')
    """
    if part == whole:
        return _("exactly")
    if not whole or not part:
        return _("none of")
    if part > whole:
        ratio = part / whole
        return _("{ratio} times", ratio=f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.2g}")
    number = round(whole / part)
    near = abs(whole / part - number) / number < 0.05 or number > 8
    return (
        _("1/{number} of", number=f"{number:,}")
        if number > 1 and near
        else _("{percent} of", percent=f"{part / whole:.0%}")
    )
