"""Reasons tab ("Why so"): small kernels stacked, composed and taken apart, 1 x 1, and sums that do not agree."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import streamlit as st

from cnnviz.arithmetic.conv import ConvSpec
from cnnviz.arithmetic.cost import conv_cost, linear_cost
from cnnviz.arithmetic.receptive_field import compose, factors, receptive_field, stack_weights, stacked_size, threes
from cnnviz.arithmetic.setting import Setting
from cnnviz.base.locale import NC_
from cnnviz.base.locale.typesetting import Listed
from cnnviz.base.text import number_text
from cnnviz.charts.receptive_field import Layer, receptive_field_svg
from cnnviz.ui.convolution.show_link import try_button
from cnnviz.ui.shared.html import Html, heading, html, join, paragraph, picture, table
from cnnviz.ui.shared.i18n import _, listed
from cnnviz.ui.shared.page import colors

_LAYER = re.compile(r"(\d{1,2})(?:/(\d))?", re.ASCII)
_MOST_LAYERS, _LARGEST_KERNEL, _LARGEST_STRIDE, _WIDEST = 6, 11, 8, 64
_SMOOTH = [[1, 2, 1], [2, 4, 2], [1, 2, 1]]
_EDGE = [[1, 0, -1], [2, 0, -2], [1, 0, -1]]
_WIDE, _NARROW, _SIDE = 64, 16, 28  # of the 1 x 1 example
_TAPS = 25  # products of one 5 x 5 window, added in several orders


def why() -> None:
    """Each reason with something to change or to look at."""
    st.html(heading(_("Small kernels in a row")))
    text = st.text_input(_("Kernels of the layers in a row (3/2: K = 3, stride 2)"), "3, 3", key="conv_stack")
    layers = parse_stack(text)
    if layers is None:
        limits = {"most": _MOST_LAYERS, "k": _LARGEST_KERNEL, "s": _LARGEST_STRIDE, "widest": _WIDEST}
        st.html(
            paragraph(
                _(
                    "One to {most} kernels, 1 to {k}, parted by commas, each perhaps with a stride, 1 to {s}, behind "
                    "a slash; together they may see {widest} pixels. For example: 5, 2/2, 5, 2/2.",
                    **limits,
                )
            )
        )
    else:
        st.html(_stack(layers))
    st.html(_composed())
    try_button("conv_try_composed", composed_link())
    st.html(_one_by_one())
    st.html(_rounding())


def parse_stack(text: str) -> list[ConvSpec] | None:
    """ "3, 3/2" as convolutions; None for anything else, and for more than the funnel has room for."""
    pieces = [piece for piece in re.split(r"[,，、;+\s]+", re.sub(r"\s*/\s*", "/", text)) if piece]
    found = [_LAYER.fullmatch(piece) for piece in pieces]
    pairs = [(int(match[1]), int(match[2] or 1)) for match in found if match]
    in_range = all(1 <= k <= _LARGEST_KERNEL and 1 <= s <= _LARGEST_STRIDE for k, s in pairs)
    if not pieces or len(pairs) < len(pieces) or len(pairs) > _MOST_LAYERS or not in_range:
        return None
    layers = [ConvSpec(k, s) for k, s in pairs]
    return layers if _sees(layers)[-1] <= _WIDEST else None


def _sees(layers: list[ConvSpec]) -> list[int]:
    """What one value sees after each layer, in input pixels."""
    return [field.size for field in receptive_field(layers) if isinstance(field.size, int)]


def _kernels(layers: list[ConvSpec]) -> list[int]:
    return [layer.kernel_size for layer in layers if isinstance(layer.kernel_size, int)]


def _stack(layers: list[ConvSpec]) -> Html:
    """The funnel, what it says in words, and what else sees as much."""
    sees, kernels = _sees(layers), _kernels(layers)
    strides = [layer.stride for layer in layers if isinstance(layer.stride, int)]
    labels = [(_("Input"), _("{n} pixels", n=sees[-1]))]
    labels += [(_("Layer {n}", n=number_text), _("sees {n}", n=seen)) for number_text, seen in enumerate(sees, start=1)]
    drawn = [Layer(k, s) for k, s in zip(kernels, strides, strict=True)]
    alternative = _("One value sees, layer after layer, so many input pixels: {list}.", list=Listed(sees))
    funnel = picture(receptive_field_svg(drawn, labels, colors()), alternative)
    if max(strides) > 1:
        text = _("A stride multiplies whatever later kernels add to the view: {list}.", list=_growth(sees))
        return join([Html(f'<div class="cv-funnel">{funnel}</div>'), paragraph(text)])
    text = _("Each kernel adds k − 1 to the view: {list}.", list=_growth(sees))
    return join([Html(f'<div class="cv-funnel">{funnel}</div>'), paragraph(text), _alternatives(kernels)])


def _growth(sees: list[int]) -> str:
    return " → ".join(str(size) for size in (1, *sees))


def _alternatives(kernels: list[int]) -> Html:
    """The same view with one kernel, with rows and columns, with threes: weights and room for activations."""
    size = stacked_size(kernels)
    ways: list[list[int | tuple[int, int]]] = [[size], [*kernels], [(1, size), (size, 1)], [*(threes(size) or [size])]]
    unique = [way for number_text, way in enumerate(ways) if way not in ways[:number_text] and size > 1]
    rows = [
        (_named(way), f"{stack_weights(way):,}", f"{stack_weights(way, _WIDE):,}", len(way)) for way in unique or [[1]]
    ]
    layers = _(NC_("rows of a table", "Layers"))
    head = [layers, _("Weights, 1 channel"), _("Weights, {n} channels", n=_WIDE), _("Activations")]
    return table(_("The same view, other weights (biases counted)"), head, rows)


def _named(way: list[int | tuple[int, int]]) -> str:
    sides = [kernel if isinstance(kernel, tuple) else (kernel, kernel) for kernel in way]
    return listed(f"{height} × {width}" for height, width in sides)


def _composed() -> Html:
    """Two kernels and the one they make."""
    matrices = [_matrix(_SMOOTH), Html("<span>∗</span>"), _matrix(_EDGE), Html("<span>=</span>")]
    matrices.append(_matrix(compose(_SMOOTH, _EDGE).astype(int).tolist()))
    text = _(
        "With no activation in between, two convolutions are one, of k₁ + k₂ − 1: here 3 and 3 make 5. A deep stack "
        "would be a single layer, so there are activations. The other way round seldom works: a 5 × 5 has 25 weights "
        "to choose, two 3 × 3 only 18."
    )
    rows = Html(f'<div class="cv-composed">{join(matrices, " ")}</div>')
    return join([heading(_("Two kernels are one")), rows, paragraph(text), paragraph(_factored())])


def _factored() -> str:
    """The kernel that does come apart: n x n as n x 1 and 1 x n."""
    found = factors(_EDGE)
    assert found is not None  # Sobel's kernels have rank 1
    column, row = (Listed(number_text(value) for value in part.ravel()) for part in found)
    return _(
        "Some do come apart: the second kernel is the column ({column}) times the row ({row}), 6 numbers for 9.",
        column=column,
        row=row,
    )


def _matrix(rows: list[list[int]]) -> Html:
    body = "".join(
        "<tr>" + "".join(f"<td>{html(str(value).replace('-', '−'))}</td>" for value in row) + "</tr>" for row in rows
    )
    return Html(f'<table class="cv-matrix" role="presentation"><tbody>{body}</tbody></table>')


def composed_link() -> str:
    """The composed kernel on the stage: typed weights, row by row, as `pack.js` reads them."""
    rows = compose(_SMOOTH, _EDGE).astype(int).tolist()
    weights = "r".join("_".join(map(str, row)) for row in rows)
    return f"{Setting(n=(9, 9), k=(5, 5), kernel='typed').link}&w={weights}"


def _one_by_one() -> Html:
    """1 x 1 against fully connected."""
    full = linear_cost(_WIDE * _SIDE**2, _NARROW * _SIDE**2).weights
    text = _(
        "It weighs the channels of one pixel and looks at no neighbour, with the same weights at every pixel: from "
        "{wide} to {narrow} channels {weights} weights, on a picture of any size. A fully connected layer between the "
        "same maps of {side} × {side} would have {full}.",
        wide=_WIDE,
        narrow=_NARROW,
        weights=f"{conv_cost(_WIDE, _NARROW, 1, _SIDE).weights:,}",
        side=_SIDE,
        full=f"{full:,}",
    )
    return join([heading(_("1 × 1: narrow or widen")), paragraph(text)])


def _rounding() -> Html:
    """Three tenths in two orders, and the products of one 5 x 5 window in three."""
    forward, backward, pairwise = sums()
    rows = [
        ("(0.1 + 0.2) + 0.3", repr((0.1 + 0.2) + 0.3)),
        ("0.1 + (0.2 + 0.3)", repr(0.1 + (0.2 + 0.3))),
        (_("{n} products, first to last (float32)", n=_TAPS), forward),
        (_("the same, last to first"), backward),
        (_("the same, in pairs, as NumPy adds"), pairwise),
    ]
    text = _(
        "Each addition rounds, and another order rounds elsewhere. Equal by mathematics is then not equal bit by bit: "
        "compare with a tolerance."
    )
    heads = (_("Order"), _("Sum"))
    return join(
        [heading(_("Equal, but not bitwise")), table(_("The same numbers, added"), heads, rows), paragraph(text)]
    )


@lru_cache(maxsize=1)
def sums() -> tuple[str, str, str]:
    """One window's products in float32, added from the front, from the back, and by halves."""
    generator = np.random.default_rng(1)
    products = (generator.random(_TAPS) * generator.normal(size=_TAPS)).astype(np.float32)
    in_order = [_in_order(products), _in_order(products[::-1]), _by_halves(products)]
    return in_order[0], in_order[1], in_order[2]


def _in_order(numbers: Sequence[np.float32] | np.ndarray) -> str:
    total = np.float32(0)
    for value in numbers:
        total += value
    return _digits(total)


def _by_halves(numbers: np.ndarray) -> str:
    def added(part: np.ndarray) -> np.float32:
        half = len(part) // 2
        return part[0] if len(part) == 1 else added(part[:half]) + added(part[half:])

    return _digits(added(numbers))


def _digits(value: np.float32) -> str:
    return np.format_float_positional(value, precision=9, unique=False).replace("-", "−")
