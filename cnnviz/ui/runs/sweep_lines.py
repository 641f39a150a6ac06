"""Sweep chart: every run as a line, what is kept of them, and the way to the best of these.

A part of an axis is kept by a box drawn in the chart or by a slider, which is its own alternative for the keyboard,
for a finger, and for those who do not see the chart. One run is brought out by a select box: where a chart of
Streamlit's takes boxes, it takes no clicks. What is kept is a matter of the session, not of the link.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from cnnviz.charts.overlay import MOST_RUNS
from cnnviz.charts.parallel import Axis, Brush, Line, Scale, brushed, kept, levels, parallel, scales
from cnnviz.ui.runs import selection
from cnnviz.ui.shared.i18n import _, sentences
from cnnviz.ui.shared.page import theme_type
from cnnviz.ui.shared.plotly_chart import plotly_chart
from cnnviz.ui.shared.state import change_view

KEY = "runs_parallel"
_KEPT = "runs_sweep_kept"  # in the session: sweep -> axis -> brush
_TIMES = "runs_sweep_times"  # in the session: how often what is kept was changed elsewhere than by the sliders
_BOXES = "runs_sweep_boxes"  # in the session: what the browser said last of the boxes drawn
_PICKED = "runs_sweep_picked"  # in the session: the run that stands out


def show(sweep: int, axes: Sequence[Axis], lines: Sequence[Line], spoken: str) -> None:
    """The chart, what it says, its buttons and its sliders."""
    drawn = scales(axes, lines, _("Test accuracy"))
    brushes = _brushes(sweep)
    inside = kept(drawn, lines, brushes)
    picked = _picked(lines)
    figure = partial(parallel, drawn, lines, brushes, None if picked is None else picked.run, theme_type())
    with st.container(key="runs_sweep_chart"):
        plotly_chart(figure, KEY, spoken, on_box=lambda: _take(sweep, drawn))
    st.caption(_said(lines, inside, picked, bool(brushes)))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _pick([*inside, *([picked] if picked and picked not in inside else [])])
        st.button(
            _("Compare the best of these") if brushes else _("Compare the best runs"),
            key="runs_sweep_compare",
            on_click=_compare,
            args=([line.run for line in inside],),
            disabled=not inside,
        )
        if brushes:
            st.button(_("Keep all"), key="runs_sweep_keep_all", on_click=_keep_all, args=(sweep,))
    with st.expander(_("Keep only some"), key="runs_sweep_sliders"), st.container(horizontal=True):
        for axis, scale in enumerate(drawn):
            _slider(sweep, axis, scale, lines, drawn)


def _pick(offered: Sequence[Line]) -> None:
    """The run that stands out, by its sentence."""
    words = {line.run: line.words for line in offered}
    if st.session_state.get(_PICKED) not in words:
        st.session_state.pop(_PICKED, None)  # of another sweep, or deleted
    st.selectbox(
        _("Bring out one run"),
        list(words),
        index=None,
        format_func=words.__getitem__,
        placeholder=_("Choose"),
        key=_PICKED,
        width=320,
    )


def _said(lines: Sequence[Line], inside: Sequence[Line], picked: Line | None, is_brushed: bool) -> str:
    """Of the run that stands out, else of those that are kept, else what can be done."""
    if picked is not None:
        return picked.words
    if not is_brushed:
        return _("Point at a line to read it. Drag along an axis to keep only the runs that lie there.")
    said = [_("{count} of {total} runs lie there.", count=len(inside), total=len(lines))]
    if inside and inside[0].accuracy is not None:
        said.append(_("The best: {words}", words=inside[0].words))
    return sentences(*said)


def _slider(sweep: int, axis: int, scale: Scale, lines: Sequence[Line], drawn: Sequence[Scale]) -> None:
    """From which value to which; an end of it is no limit, so that what comes later is kept too."""
    known = sorted({level for line in lines if (level := levels(drawn, line)[axis]) is not None})
    texts = list(dict.fromkeys(scale.text(level) for level in known))
    if len(texts) < 2:
        return
    low, high = _brushes(sweep).get(axis, (None, None))
    within = [text for text in texts if _is_between(known, scale, text, low, high)] or texts
    key = f"{KEY}_{sweep}_{axis}_{st.session_state.get(_TIMES, 0)}"
    st.select_slider(
        scale.label,
        texts,
        (within[0], within[-1]),
        key=key,
        width=240,
        on_change=_slid,
        args=(key, sweep, axis, scale, tuple(known), tuple(texts)),
    )


def _is_between(known: Sequence[float], scale: Scale, text: str, low: float | None, high: float | None) -> bool:
    """Whether a level with that text is kept."""
    return any(
        scale.text(level) == text and (low is None or level >= low) and (high is None or level <= high)
        for level in known
    )


def _slid(key: str, sweep: int, axis: int, scale: Scale, known: Sequence[float], texts: Sequence[str]) -> None:
    """A slider was moved: its ends are what is kept of the axis."""
    first, last = st.session_state[key]
    low = None if first == texts[0] else min(level for level in known if scale.text(level) == first)
    high = None if last == texts[-1] else max(level for level in known if scale.text(level) == last)
    _keep(sweep, axis, (low, high))


def _take(sweep: int, drawn: Sequence[Scale]) -> None:
    """A box was drawn: what it crosses is kept.

    A busy browser says the same once more as it draws the chart anew: after "Keep all" that is no wish.
    """
    said = _listed(_chosen(st.session_state.get(KEY)).get("box"))
    boxes = [box for each in said if (box := _box(each)) is not None]
    if boxes == st.session_state.get(_BOXES):
        return
    st.session_state[_BOXES] = boxes
    for box in boxes:
        _count()
        for axis, brush in brushed(drawn, *box).items():
            _keep(sweep, axis, brush)


def _keep_all(sweep: int) -> None:
    _count()
    _brushes(sweep).clear()


def _count() -> None:
    """Sliders take their values anew. Otherwise each keeps its own, and with it the focus while keys move it."""
    st.session_state[_TIMES] = st.session_state.get(_TIMES, 0) + 1


def _keep(sweep: int, axis: int, brush: Brush) -> None:
    _brushes(sweep)[axis] = brush
    if brush == (None, None):
        del _brushes(sweep)[axis]


def _brushes(sweep: int) -> dict[int, Brush]:
    """What is kept of each axis; one that is not there is kept whole."""
    all_of_them: dict[int, dict[int, Brush]] = st.session_state.setdefault(_KEPT, {})
    return all_of_them.setdefault(sweep, {})


def _picked(lines: Sequence[Line]) -> Line | None:
    wanted = st.session_state.get(_PICKED)
    return next((line for line in lines if line.run == wanted), None)


def _chosen(said: object) -> Mapping[str, Any]:
    """What the browser says was selected, of whatever kind it is."""
    chosen = said.get("selection") if isinstance(said, Mapping) else None
    return chosen if isinstance(chosen, Mapping) else {}


def _listed(said: object) -> Sequence[Any]:
    return said if isinstance(said, list | tuple) else ()


def _box(said: object) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """Two ends across and two upwards, if that is what it is."""
    if not isinstance(said, Mapping):
        return None
    across, upwards = (_ends(said.get(name)) for name in ("x", "y"))
    return None if across is None or upwards is None else (across, upwards)


def _ends(said: object) -> tuple[float, float] | None:
    numbers = [float(each) for each in _listed(said) if type(each) in (int, float) and math.isfinite(each)]
    return (numbers[0], numbers[1]) if len(numbers) == 2 else None


def _compare(runs: list[int]) -> None:
    """The view changes to the chart of the best of them."""
    selection.choose(runs[:MOST_RUNS])
    change_view(selection.VIEW_BOX, "compare")
