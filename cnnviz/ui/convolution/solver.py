"""Solver tab ("I need this size"): every layer that turns one size into another, cheapest first, each a press away."""

from __future__ import annotations

from functools import lru_cache

import streamlit as st

from cnnviz.arithmetic import solver
from cnnviz.arithmetic.setting import RANGES, Setting
from cnnviz.arithmetic.solver import Solution, TransposedSolution
from cnnviz.base.locale.typesetting import Listed
from cnnviz.ui.convolution.show_link import try_button
from cnnviz.ui.shared.html import paragraph, table
from cnnviz.ui.shared.i18n import _

_SHOWN = 10  # rows on one leaf
_LARGEST = 999
_HAVE, _NEED, _TYPED, _LEAF, _WHOLE = "conv_have", "conv_need", "conv_typed", "conv_leaf", "conv_whole"  # the session's

Found = tuple[tuple[Solution | TransposedSolution, int], ...]  # each with how many pixels it leaves unread


def solve_backwards(setting: Setting) -> None:
    """Two sizes in, a table of layers out. The sizes follow the stage until one of them is typed."""
    if setting.mode == "flatten":
        _flattened(setting)
        return
    _follow(setting)
    with st.container(horizontal=True, vertical_alignment="bottom", key="conv_goal"):
        have = st.number_input(_("I have"), *RANGES["n"], key=_HAVE, on_change=_typed)
        need = st.number_input(_("I need"), 1, _LARGEST, key=_NEED, on_change=_typed)
        whole = st.toggle(_("Only what reads every pixel"), key=_WHOLE, on_change=_first_leaf)
        if st.session_state.get(_TYPED):
            st.button(_("Sizes of the stage"), key="conv_stage_sizes", on_click=_forget)
    found = _solutions(setting.mode, setting.pooling, have, need)
    shown = tuple(pair for pair in found if not (whole and pair[1]))
    st.html(paragraph(_summary(setting, found, shown, have, need)))
    if shown:
        _leaf(setting, shown, have)
    st.html(paragraph(*_notes(setting), kind="cv-quiet"))


def _follow(setting: Setting) -> None:
    """The stage's sizes, unless the visitor typed some of their own."""
    state = st.session_state
    out = setting.output_size
    if not state.get(_TYPED) or _HAVE not in state:
        state[_HAVE] = setting.n[1]
        state[_NEED] = (out[1] if isinstance(out, tuple) else out) or 1


def _typed() -> None:
    st.session_state[_TYPED] = True
    _first_leaf()


def _forget() -> None:
    st.session_state[_TYPED] = False
    _first_leaf()


def _first_leaf() -> None:
    st.session_state[_LEAF] = 0


def _turn(leaves: int) -> None:
    st.session_state[_LEAF] = st.session_state.get(_LEAF, 0) + leaves


@lru_cache(maxsize=64)
def _solutions(mode: str, pooling: str, have: int, need: int) -> Found:
    """Cheapest first. A kernel of 1 has no gaps: what differs in dilation alone is left out."""
    if mode == "transposed":
        turned = solver.solve_transposed(have, need)
        return tuple((one, 0) for one in turned if one.kernel_size > 1 or one.dilation == 1)
    most = 1 if mode == "pool" and pooling == "average" else RANGES["d"][1]
    straight = solver.solve(have, need, pooling=mode == "pool", max_dilation=most)
    return tuple((one, solver.unread(have, one)) for one in straight if one.kernel_size > 1 or one.dilation == 1)


def _summary(setting: Setting, found: Found, shown: Found, have: int, need: int) -> str:
    if not found:
        return _nothing(setting, have, need)
    if setting.mode == "transposed":
        return _("{count} ways from {have} to {need}, cheapest first.", count=f"{len(found):,}", have=have, need=need)
    whole = [one for one, unread in found if not unread]
    if shown:
        return _(
            "{count} ways from {have} to {need}, cheapest first; {whole} of them read every pixel.",
            count=f"{len(found):,}",
            have=have,
            need=need,
            whole=f"{len(whole):,}",
        )
    return _("{count} ways from {have} to {need}, and none reads every pixel.", count=len(found), have=have, need=need)


def _nothing(setting: Setting, have: int, need: int) -> str:
    if setting.mode == "transposed":
        sizes = solver.reachable_transposed(have)
    else:
        most = 1 if setting.mode == "pool" and setting.pooling == "average" else RANGES["d"][1]
        sizes = solver.reachable(have, pooling=setting.mode == "pool", max_dilation=most)
    nearest = [max((n for n in sizes if n < need), default=None), min((n for n in sizes if n > need), default=None)]
    named = [str(size) for size in nearest if size is not None]
    return _(
        "Nothing within the sliders' reach makes {need} of {have}. The nearest sizes: {sizes}.",
        have=have,
        need=need,
        sizes=Listed(named),
    )


def _leaf(setting: Setting, shown: Found, have: int) -> None:
    """Ten rows, a button beside each, and what turns to the next ten."""
    last = (len(shown) - 1) // _SHOWN
    leaf = min(max(st.session_state.get(_LEAF, 0), 0), last)
    st.session_state[_LEAF] = leaf
    first = leaf * _SHOWN
    rows = shown[first : first + _SHOWN]
    tried = [_tried(setting, one, have) for one, _unread in rows]
    with st.container(horizontal=True, gap="small", key="conv_solutions"):
        st.html(_table(setting, rows, first, tried), width="content")
        with st.container(key="conv_tries", width="content"):
            for number, link in enumerate(tried):
                try_button(f"conv_try_{number}", link, first + number + 1)
    if last:
        with st.container(horizontal=True, gap="small", vertical_alignment="center", key="conv_leaves"):
            back, on = _("Previous {count}", count=_SHOWN), _("Next {count}", count=_SHOWN)
            st.button(back, key="conv_back", disabled=leaf == 0, on_click=_turn, args=(-1,))
            st.button(on, key="conv_on", disabled=leaf == last, on_click=_turn, args=(1,))
            st.html(paragraph(f"{first + 1}–{first + len(rows)} / {len(shown):,}"))


def _table(setting: Setting, rows: Found, first: int, tried: list[str]) -> str:
    is_transposed = setting.mode == "transposed"
    head = [_("No."), "K", "S", "P", "D", *(["O"] if is_transposed else []), _("Products")]
    head += [] if is_transposed else [_("Never read")]
    cells = [
        (first + number + 1, one.kernel_size, one.stride, one.padding, one.dilation, *one[4:], products, *left)
        for number, (one, unread) in enumerate(rows)
        for products in [one.kernel_size if setting.flat else one.kernel_size**2]
        for left in [() if is_transposed else (unread,)]
    ]
    here = setting.changed().link
    marked = tried.index(here) if here in tried else -1
    return table(_("Ways to do it"), head, cells, kind="cv-solutions", marked=marked)


def _tried(setting: Setting, one: Solution | TransposedSolution, have: int) -> str:
    """The setting with this solution on both axes."""
    letters = dict(zip("kspdo", (*one, 0), strict=False))
    pairs = {letter: (value, value) for letter, value in letters.items()}
    return setting.changed(apart=False, ceil=False, n=(have, have), **pairs).link


def _notes(setting: Setting) -> list[str]:
    if setting.mode == "pool":
        notes = [_("Products stands for the values in one window. Found for rounding down, so Try puts ceil mode out.")]
    else:
        notes = [_("Products: multiplications for one output value, with one input channel.")]
    if setting.is_pair:
        notes.append(_("Height and width differ now; the table is for the width, and Try sets both alike."))
    return notes


def _flattened(setting: Setting) -> None:
    """There is nothing to choose."""
    text = _(
        "Flattening gives one size only: {count} numbers. For fewer, pooling or a stride in front makes the maps "
        "smaller, or a convolution makes fewer maps.",
        count=f"{setting.output_size:,}",
    )
    st.html(paragraph(text))
