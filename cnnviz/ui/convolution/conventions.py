"""Conventions tab: one setting as PyTorch, a textbook with total padding, and Keras have it."""

from __future__ import annotations

import streamlit as st

from cnnviz.arithmetic.conventions import (
    PYTORCH,
    SAME,
    TEXTBOOK,
    VALID,
    Reading,
    readings,
    same_as_torch,
    total_output_size,
    transposed_sizes,
)
from cnnviz.arithmetic.pooling import PoolAxis
from cnnviz.arithmetic.setting import NamedAxis, Setting
from cnnviz.base.locale import N_
from cnnviz.charts.padding_strip import Strip, strip_svg
from cnnviz.ui.shared.html import (
    Html,
    ceiling,
    floor,
    formula,
    fraction,
    heading,
    html,
    join,
    paragraph,
    picture,
    table,
    term,
    verdict,
)
from cnnviz.ui.shared.i18n import _, listed, sentences
from cnnviz.ui.shared.page import colors

_NAMES = {
    PYTORCH: N_("PyTorch: p on each side"),
    TEXTBOOK: N_("Textbook: p of both sides together"),
    VALID: N_("Keras, 'valid'"),
    SAME: N_("Keras, 'same'"),
}
_DIFFERENCES = {"size": N_("another size"), "start": N_("windows start elsewhere")}


def conventions(setting: Setting) -> None:
    """The same padded row four times, each with its formula, and where they part."""
    if setting.mode == "flatten":
        _flatten_order(setting)
        return
    if setting.mode == "transposed":
        st.html(_transposed(setting))
        return
    st.html(join([*(_axis(named, setting) for named in setting.axes), _notes(setting)]))


def _axis(named: NamedAxis, setting: Setting) -> Html:
    found = readings(named.axis, named.n)
    strips = [_strip(reading, named) for reading in found]
    span = min(strip.left for strip in strips), max(strip.right for strip in strips)
    blocks = (
        _reading(reading, strip, span, found[0], named, setting) for reading, strip in zip(found, strips, strict=True)
    )
    title = heading(_(named.name)) if named.name else ""
    return join([title, Html(f'<div class="cv-readings">{join(blocks)}</div>'), _terms(found, named)])


def _strip(reading: Reading, named: NamedAxis) -> Strip:
    axis = named.axis
    return Strip(reading.before, named.n, reading.after, axis.extent, axis.stride, reading.output_size)


def _reading(
    reading: Reading, strip: Strip, span: tuple[int, int], own: Reading, named: NamedAxis, setting: Setting
) -> Html:
    """One convention: its name, whether it agrees, its formula with the numbers, the row, a sentence."""
    pixels = picture(strip_svg(strip, *span, colors()), _strip_in_words(strip))
    judged = verdict(reading.agrees, _verdict(reading)) if reading is not own else ""
    why = _in_words(reading, own, named, setting)
    return Html(
        f'<section class="cv-reading"><h4>{html(_(_NAMES[reading.convention]))} {judged}</h4>'
        f"{_formula(reading, named)}{pixels}{paragraph(why)}</section>"
    )


def _verdict(reading: Reading) -> str:
    if reading.agrees:
        return _("the same values")
    return listed(_(_DIFFERENCES[name]) for name in ("size", "start") if name in reading.differs)


def _formula(reading: Reading, named: NamedAxis) -> Html:
    """Symbols, then the numbers put in, then the size."""
    axis, n = named.axis, named.n
    p = {PYTORCH: reading.before, TEXTBOOK: reading.total}.get(reading.convention, 0)
    size = str(reading.output_size).replace("-", "−")
    symbols = _right_side(reading.convention, named, ("n", "k", "p", "s"), "2")
    numbers = _right_side(reading.convention, named, (n, axis.extent, p, axis.stride), "2 × ")
    spoken = f"{_spoken(reading.convention, named, p)} = {size}"
    return formula(spoken, symbols, join(["= ", numbers]), join(["= ", term("output", size)]))


def _right_side(convention: str, named: NamedAxis, values: tuple[object, ...], twice: str) -> Html:
    roles = ("input", "kernel", "padding", "stride")
    n, k, p, s = (term(role, value) for role, value in zip(roles, values, strict=True))
    if convention == PYTORCH:
        divided = fraction(join([n, " + ", twice, p, " − ", k]), s)
        return join([ceiling(divided) if _rounds_up(named) else floor(divided), " + 1"])
    if convention == TEXTBOOK:
        return floor(fraction(join([n, " − ", k, " + ", p, " + ", s]), s))
    if convention == VALID:
        return ceiling(fraction(join([n, " − ", k, " + 1"]), s))
    return ceiling(fraction(n, s))


def _spoken(convention: str, named: NamedAxis, p: int) -> str:
    n, k, s = named.n, named.axis.extent, named.axis.stride
    left, right = "⌈⌉" if _rounds_up(named) else "⌊⌋"
    return {
        PYTORCH: f"{left}({n} + 2 × {p} − {k}) / {s}{right} + 1",
        TEXTBOOK: f"⌊({n} − {k} + {p} + {s}) / {s}⌋",
        VALID: f"⌈({n} − {k} + 1) / {s}⌉",
        SAME: f"⌈{n} / {s}⌉",
    }[convention]


def _rounds_up(named: NamedAxis) -> bool:
    return bool(getattr(named.axis, "ceil_mode", False))


def _terms(found: tuple[Reading, ...], named: NamedAxis) -> Html:
    """The formulas' terms side by side."""
    own, textbook, _valid, same = found
    p, s = own.before, term("stride", "s")
    rows = [
        (
            _("Padding"),
            join([term("padding", "2p"), f" = 2 × {p} = {own.total}"]),
            join([term("padding", "p"), f" = {textbook.total}"]),
            "0",
            f"{same.before} + {same.after} = {same.total}",
        ),
        (
            _("The first window"),
            _("+ 1 after rounding"),
            join(["+ ", s, ": ", s, " / ", s, " = 1"]),
            _("+ 1, rounded up"),
            _("rounded up"),
        ),
        (
            _("What is left over"),
            _("a part window more") if _rounds_up(named) else _("never read"),
            _("never read"),
            _("never read"),
            _("padded at the end"),
        ),
        (_("You write"), f"padding={p}", f"p = {textbook.total}", 'padding="valid"', 'padding="same"'),
    ]
    head = ("", "PyTorch", _("Textbook"), '"valid"', '"same"')
    return table(_("Term by term"), head, rows)


def _notes(setting: Setting) -> Html:
    """What the formulas leave unsaid."""
    notes = [_("Filled: pixels. Dashed: padding. The bracket is the first window; each mark, where another starts.")]
    if max(setting.d) > 1 and not (setting.flat and setting.d[1] == 1):
        notes.append(_("With dilation, k stands for what the kernel spans: d (k − 1) + 1."))
    if setting.mode == "pool" and setting.pooling == "average":
        notes.append(_("Averages: PyTorch counts the zeros of the padding, Keras leaves them out."))
    return join(paragraph(note, kind="cv-quiet") for note in notes)


def _transposed(setting: Setting) -> Html:
    """Keras has other sizes; the textbook has no formula for it."""
    k, s, d, n = setting.k[1], setting.s[1], setting.d[1], setting.n[1]
    valid, same = transposed_sizes(n, d * (k - 1) + 1, s)
    text = _(
        "A transposed convolution: PyTorch's p cuts p pixels off each side of the output, and the textbook's formula "
        "does not apply. Keras has no such number: of {n} pixels 'valid' makes {valid}, n s + max(k − s, 0), and "
        "'same' makes {same}, n s.",
        n=n,
        valid=valid,
        same=same,
    )
    return paragraph(text)


def _flatten_order(setting: Setting) -> None:
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


def _strip_in_words(drawn: Strip) -> str:
    """The text alternative of the padded row."""
    return _(
        "Padding {before}, input {n}, padding {after}; {windows} windows of {extent}, {stride} apart.",
        before=drawn.before,
        n=drawn.n,
        after=drawn.after,
        windows=max(drawn.windows, 0),
        extent=drawn.extent,
        stride=drawn.stride,
    )


def _in_words(reading: Reading, own: Reading, named: NamedAxis, setting: Setting) -> str:
    """Where `reading` pads, and where and why it differs from `own`, PyTorch's."""
    if reading.convention == PYTORCH:
        return _pytorch(own, named)
    if reading.convention == TEXTBOOK:
        return _textbook(reading, own, named)
    if reading.convention == VALID:
        return _valid(reading, own, setting)
    return _same(reading, own, named, setting)


def _pytorch(own: Reading, named: NamedAxis) -> str:
    if own.output_size < 1:
        padded = named.axis.padded_size(named.n)
        return _(
            "No output: the kernel spans {span}, the padded input only {padded}.",
            span=named.axis.extent,
            padded=padded,
        )
    return _("The setting on the stage: padding {p} in front, {p} behind.", p=own.before)


def _textbook(reading: Reading, own: Reading, named: NamedAxis) -> str:
    p = own.before
    if not reading.agrees:
        return _("It rounds down, ceil mode rounds up: {theirs} instead of {ours}.", **_sizes(reading, own))
    if p == 0:
        return _("Without padding the two agree. Its p = 1 would be one pixel on one side: no p of PyTorch says that.")
    wrong = total_output_size(named.n, named.axis.extent, named.axis.stride, p)
    if wrong == own.output_size:
        return _("Its p is {total}, twice PyTorch's {p}; here rounding would hide a mix-up.", total=reading.total, p=p)
    return _(
        "Its p is {total}. Put PyTorch's p = {p} in undoubled and it says {wrong}, not {right}.",
        total=reading.total,
        p=p,
        wrong=_size(wrong),
        right=_size(own.output_size),
    )


def _valid(reading: Reading, own: Reading, setting: Setting) -> str:
    if reading.agrees:
        return _("It never pads, and neither does this setting.")
    if own.before == 0:
        return _("It rounds down, ceil mode rounds up: {theirs} instead of {ours}.", **_sizes(reading, own))
    if "size" in reading.differs:
        text = _("It never pads: {theirs} instead of {ours}.", **_sizes(reading, own))
    else:
        text = _("It never pads: the size is the same, but its windows start {p} later.", p=own.before)
    if setting.mode == "pool":
        return text
    layer = "ZeroPadding1D" if setting.flat else "ZeroPadding2D"
    recipe = _("Put {layer}({p}) in front to pad as here.", layer=layer, p=own.before)
    return sentences(text, recipe)


def _same(reading: Reading, own: Reading, named: NamedAxis, setting: Setting) -> str:
    sides = {"before": reading.before, "after": reading.after}
    if not reading.differs:
        return _("It pads {before} in front and {after} behind, as this setting does.", **sides)
    if reading.agrees:
        return _("It pads {before} in front and {after} behind; no window reads the difference.", **sides)
    if "size" in reading.differs:
        text = _(
            "It always makes ⌈n / s⌉, padding {before} in front and {after} behind: {theirs} instead of {ours}.",
            **sides,
            **_sizes(reading, own),
        )
    else:
        text = _shifted(reading, own, named, sides)
    return sentences(text, _in_torch(reading, named, setting))


def _shifted(reading: Reading, own: Reading, named: NamedAxis, sides: dict[str, int]) -> str:
    """The same size, other pixels: why."""
    if reading.total % 2:
        return _(
            "The same size, other values: with stride {s} all the padding it needs is {total}, and the odd pixel goes "
            "behind: {before} in front, {after} behind. So its windows start elsewhere.",
            s=named.axis.stride,
            total=reading.total,
            **sides,
        )
    return _(
        "The same size, other values: {before} in front and {after} behind are enough for it, this setting pads "
        "{p} on each side. Its windows start elsewhere.",
        p=own.before,
        **sides,
    )


def _in_torch(reading: Reading, named: NamedAxis, setting: Setting) -> str:
    """How PyTorch gets the values of "same"."""
    if isinstance(named.axis, PoolAxis):
        return ""
    padding = same_as_torch(named.n, named.axis.extent, named.axis.stride)
    if padding is not None:
        return _("PyTorch makes the same with p = {p}.", p=padding)
    if named.name:
        return ""
    pads = [reading.before, reading.after] * (1 if setting.flat else 2)
    return _("No p does that in PyTorch: F.pad(x, {pads}) in front of padding=0 does.", pads=tuple(pads))


def _sizes(reading: Reading, own: Reading) -> dict[str, str]:
    return {"theirs": _size(reading.output_size), "ours": _size(own.output_size)}


def _size(size: int) -> str:
    return str(size) if size >= 1 else _("no output")
