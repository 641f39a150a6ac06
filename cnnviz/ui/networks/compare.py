"""Two networks in one picture, their totals side by side, and what that means in a sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from html import escape

import streamlit as st

from cnnviz.base.locale import N_
from cnnviz.base.text import memory
from cnnviz.models.summary import Summary
from cnnviz.models.zoo import MODEL_NAMES
from cnnviz.ui.networks.choice import MODEL, Choice, plain
from cnnviz.ui.networks.diagram import Drawn, draw_pair
from cnnviz.ui.networks.summary import depth, dissection, family
from cnnviz.ui.shared import state
from cnnviz.ui.shared.i18n import _, listed
from cnnviz.ui.shared.names import name_of

_PAIR = "networks_pair"


@dataclass(frozen=True)
class Pair:
    """Two networks worth a look, and what to look at."""

    first: str
    second: str
    title: str  # a message
    look: str  # a message


PAIRS = (
    Pair(
        "alexnet",
        "zfnet",
        N_("AlexNet and ZFNet"),
        N_(
            "Look at the first convolution: 11 × 11 with stride 4 became 7 × 7 with stride 2; and at "
            "the convolutions 3 to 5, which are wider: most of the added weights and work is there."
        ),
    ),
    Pair(
        "alexnet",
        "googlenet",
        N_("AlexNet and GoogLeNet"),
        N_(
            "Look at the end: where AlexNet has three large fully connected layers, GoogLeNet averages each map and "
            "has a single small one."
        ),
    ),
    Pair(
        "lenet5-classic",
        "lenet5",
        N_("LeNet-5 then and now"),
        N_(
            "Look for a difference: there is none in shapes and weights. Only the activation (sigmoid, ReLU) and the "
            "pooling (average, max) changed."
        ),
    ),
    Pair(
        "vgg16",
        "resnet152",
        N_("VGG-16 and ResNet-152"),
        N_(
            "Look at depth and weights: far more layers with fewer weights and less work, because shortcuts keep very "
            "deep networks trainable and 1 × 1 convolutions keep them narrow."
        ),
    ),
)


@dataclass(frozen=True)
class Row:
    """One figure of both networks; without values, words that have no length."""

    name: str
    values: tuple[float, float] | None
    texts: tuple[str, str]


def compare(choice: Choice) -> None:
    """Pairs to choose from, the select box "Compare with", then both."""
    left, right = st.columns([1, 3.3], vertical_alignment="bottom")
    with left:
        name = _choose_second(choice.name)
    with right:
        pair = _choose_pair(choice.name, name)
    other = plain(name)
    summary, second = dissection(choice), dissection(other)
    st.html(f'<p class="nw-verdict">{escape(_verdict(choice, summary, other, second))}</p>')
    if pair is not None:
        st.html(f'<p class="nw-look">{escape(_(pair.look))}</p>')
    draw_pair(
        Drawn(summary, choice.input_size, choice.short), Drawn(second, other.input_size, other.short), "networks_both"
    )
    st.html(_table(choice, other, list(_rows(summary, second))))
    if {choice.name, name} == {"alexnet", "googlenet"}:
        few, many = sorted((summary.params, second.params))
        ratio = f"{many / few:.1f}"
        said = N_("The paper says 12 times fewer weights; torchvision's networks, counted here, make it {ratio}.")
        st.caption(_(said, ratio=ratio))
    st.caption(
        _(
            "Depth: convolutions and fully connected layers on the longest way from the picture to the end. Layers "
            "with weights: all of them, those on branches and shortcuts too."
        )
    )


def _choose_second(first: str) -> str:
    """The select box "Compare with"; each network has its own, so that a pair stays one."""
    others = [name for name in MODEL_NAMES if name != first]
    usual = next((_other(pair, first) for pair in reversed(PAIRS) if first in (pair.first, pair.second)), others[0])
    key = f"networks_with_{first}"
    return state.choose_code(_("Compare with"), others, key=key, name_of=partial(name_of, "model"), default=usual)


def _choose_pair(first: str, second: str) -> Pair | None:
    """The pairs as pills, one click each; the one that is shown is marked."""
    shown = next((i for i, pair in enumerate(PAIRS) if (pair.first, pair.second) == (first, second)), None)
    st.session_state[_PAIR] = shown
    st.pills(
        _("Worth a look"),
        range(len(PAIRS)),
        format_func=lambda index: _(PAIRS[index].title),
        key=_PAIR,
        on_change=_take,
        wrap=True,
    )
    return None if shown is None else PAIRS[shown]


def _take() -> None:
    chosen = st.session_state[_PAIR]
    if chosen is not None:
        pair = PAIRS[chosen]
        st.session_state[MODEL] = pair.first
        st.session_state[f"networks_with_{pair.first}"] = pair.second


def _other(pair: Pair, name: str) -> str:
    return pair.second if name == pair.first else pair.first


def _rows(first: Summary, second: Summary) -> Iterator[Row]:
    """What is compared: counts with their texts."""
    both = (first, second)
    yield _count(_("Weights"), first.params, second.params)
    yield _share_row(_("Weights in convolutions"), both, "Conv")
    yield _share_row(_("Weights in fully connected layers"), both, "Linear")
    largest = [max(each, key=lambda layer: layer.params) for each in both]
    yield Row(
        _("Largest layer"),
        (largest[0].params, largest[1].params),
        (f"{largest[0].params:,} · {largest[0].name}", f"{largest[1].params:,} · {largest[1].name}"),
    )
    yield _count(_("Multiplications"), first.macs, second.macs)
    sizes = (first.activation_bytes, second.activation_bytes)
    yield Row(_("Memory of all outputs"), sizes, (memory(sizes[0]), memory(sizes[1])))
    yield _count(_("Depth"), depth(first), depth(second))
    yield _count(_("Layers with weights"), weighted(first), weighted(second))
    yield Row(_("Activation"), None, (_kinds(first, "activation"), _kinds(second, "activation")))
    yield Row(_("Pooling"), None, (_kinds(first, "pooling"), _kinds(second, "pooling")))


def _kinds(summary: Summary, name: str) -> str:
    """torch's classes of that family, the most frequent first."""
    found = Counter(layer.kind for layer in summary if family(layer) == name)
    return listed(kind for kind, _times in found.most_common()) or "–"


def _count(name: str, first: int, second: int) -> Row:
    return Row(name, (first, second), (f"{first:,}", f"{second:,}"))


def _share_row(name: str, both: tuple[Summary, Summary], kind: str) -> Row:
    counts = [sum(layer.params for layer in each if layer.kind.startswith(kind)) for each in both]
    texts = [
        _("{what} ({about})", what=f"{count:,}", about=f"{count / max(each.params, 1):.0%}")
        for count, each in zip(counts, both, strict=True)
    ]
    return Row(name, (counts[0], counts[1]), (texts[0], texts[1]))


def weighted(summary: Summary) -> int:
    """Convolutions and fully connected layers, those on shortcuts and branches too."""
    return sum(layer.macs > 0 for layer in summary)


def _table(choice: Choice, other: Choice, rows: list[Row]) -> str:
    label = escape(_("{first} beside {second}", first=choice.short, second=other.short))
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in ("", choice.short, other.short, _("Ratio")))
    body = "".join(_row(row) for row in rows)
    return (
        f'<div class="nw-scroll" role="region" tabindex="0" aria-label="{label}"><table class="nw-pair">'
        f"<caption>{label}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _row(row: Row) -> str:
    name = f'<th scope="row">{escape(row.name)}</th>'
    if row.values is None:
        return f"<tr>{name}{''.join(f'<td>{escape(text)}</td>' for text in row.texts)}<td></td></tr>"
    most = max(row.values)
    cells = "".join(
        f"<td>{escape(text)}{_bar(value, most)}</td>" for value, text in zip(row.values, row.texts, strict=True)
    )
    return f'<tr>{name}{cells}<td class="nw-ratio">{ratio(*row.values)}</td></tr>'


def _bar(value: float, most: float) -> str:
    """Below the figure, as long as its share of the larger one; nothing to read out."""
    width = max(value / most * 100, 0.5) if value else 0
    return f'<span class="nw-length"><b style="width:{width:.1f}%"></b></span>'


def ratio(first: float, second: float) -> str:
    """How many times the first the second is.

    >>> ratio(10, 10), ratio(92, 10), ratio(10, 21), ratio(0, 3)
    ('= 1', '1/9.2', '× 2.1', '–')
    """
    if not first or not second:
        return "= 1" if first == second else "–"
    if first == second:
        return "= 1"
    times = max(first, second) / min(first, second)
    text = f"{times:,.0f}" if times >= 100 else f"{times:.3g}" if times < 1.095 else f"{times:.2g}"
    return f"× {text}" if second > first else f"1/{text}"


def _verdict(choice: Choice, summary: Summary, other: Choice, second: Summary) -> str:
    if (second.params, second.macs) == (summary.params, summary.macs):
        return _(
            "{second} and {first} have as many weights, and as many multiplications.",
            first=choice.short,
            second=other.short,
        )
    return _(
        "{second} has {weights} the weights of {first}, and {work} the multiplications.",
        first=choice.short,
        second=other.short,
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
        number = part / whole
        return _("{ratio} times", ratio=f"{number:,.0f}" if number >= 10 else f"{number:.2g}")
    rounded = round(whole / part)
    is_near = abs(whole / part - rounded) / rounded < 0.05 or rounded > 8
    if rounded > 1 and is_near:
        return _("1/{number} of", number=f"{rounded:,}")
    return _("{percent} of", percent=f"{part / whole:.0%}")
