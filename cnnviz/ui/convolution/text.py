"""Conventions in words: what each makes of a setting, and how it differs from PyTorch's."""

from __future__ import annotations

from cnnviz.arithmetic.conventions import PYTORCH, TEXTBOOK, VALID, Reading, same_as_torch, total_output_size
from cnnviz.arithmetic.pooling import PoolAxis
from cnnviz.arithmetic.setting import NamedAxis, Setting
from cnnviz.charts.padding_strip import Strip
from cnnviz.ui.shared.i18n import _, sentences


def strip(drawn: Strip) -> str:
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


def sentence(reading: Reading, own: Reading, named: NamedAxis, setting: Setting) -> str:
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
