"""Learning rate control: what it is while a run goes, buttons that change it, and its strip under the loss."""

from __future__ import annotations

import streamlit as st

from cnnviz.base.errors import CnnvizError
from cnnviz.base.locale import N_
from cnnviz.charts.training import Chart, factor_text, rate_chart
from cnnviz.engine.events import LR_SCALE
from cnnviz.runs import scheduler
from cnnviz.runs.history import History
from cnnviz.runs.run import LR_SCALABLE, RunRecord
from cnnviz.ui.shared.cache import curves_of, once
from cnnviz.ui.shared.i18n import _, language, sentence, sentences
from cnnviz.ui.shared.mount import component
from cnnviz.ui.training.charts import chart_words

_PROBLEM = "training_rate_problem"  # (run, sentence) in the session, until the next change
_TURNS = (("tenth", 0.1), ("half", 0.5), ("double", 2.0), ("tenfold", 10.0))
_HELP = N_(
    "Turns the learning rate from the next step on, for everybody who watches. The schedule goes on underneath: "
    "what it says is multiplied. ×1 is the schedule itself."
)


def lr_control(record: RunRecord, history: History) -> None:
    """The rate in numbers, the buttons while it can be changed, and how it went."""
    if not history.progress:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="training_rate", gap="xsmall"):
        st.markdown(lr_in_words(record, history), help=_(_HELP) if record.status in LR_SCALABLE else None)
        if record.status in LR_SCALABLE:
            _buttons(record)
    problem = st.session_state.get(_PROBLEM)
    if problem is not None and problem[0] == record.id and record.status in LR_SCALABLE:
        st.error(problem[1], icon=":material/error:")
    chart = once(record, history, ("rate", language()), lambda: _chart(record, history))
    component("curves")(key="training_rate_strip", data=chart)


def _chart(record: RunRecord, history: History) -> Chart:
    return rate_chart(curves_of(record, history), chart_words(), strip_in_words(history))


def lr_in_words(record: RunRecord, history: History) -> str:
    """What it is now, and by how much it was scaled."""
    now = f"{history.progress[-1].learning_rate:.3g}"
    if record.asked_lr_scale is not None:
        return _("Learning rate **{rate}** → schedule {factor} …", rate=now, factor=factor_text(record.asked_lr_scale))
    return _("Learning rate **{rate}** = schedule {factor}", rate=now, factor=factor_text(record.lr_scale))


def strip_in_words(history: History) -> str:
    """The strip for those who do not see it."""
    text = _("Learning rate: now {rate}.", rate=f"{history.progress[-1].learning_rate:.3g}")
    changes = [
        _("Changed in epoch {epoch}: {factor}.", epoch=change.epoch, factor=factor_text(change.lr_scale))
        for change in history.lr_changes[-8:]
    ]
    return sentences(text, *changes)


def _buttons(record: RunRecord) -> None:
    for name, factor in _TURNS[:2]:
        _button(record, name, factor_text(factor), factor)
    is_as_planned = (record.asked_lr_scale or record.lr_scale) == 1.0
    _button(record, "schedule", factor_text(1.0), None, disabled=is_as_planned)
    for name, factor in _TURNS[2:]:
        _button(record, name, factor_text(factor), factor)


def _button(record: RunRecord, name: str, label: str, factor: float | None, disabled: bool = False) -> None:
    st.button(
        label,
        key=f"training_rate_{name}",
        disabled=disabled,
        on_click=_turn,
        args=(record.id, factor),
    )


def _turn(run_id: int, factor: float | None) -> None:
    """`factor` times what is in force or requested; None: back to the schedule."""
    st.session_state.pop(_PROBLEM, None)
    try:
        record = scheduler.store().record(run_id)
        base = record.lr_scale if record.asked_lr_scale is None else record.asked_lr_scale
        wanted = 1.0 if factor is None else float(f"{base * factor:.6g}")
        if LR_SCALE.low <= wanted <= LR_SCALE.high:
            scheduler.store().ask_lr_scale(run_id, wanted)
        else:
            st.session_state[_PROBLEM] = (run_id, _out_of_range(base, wanted))
    except CnnvizError as error:
        st.session_state[_PROBLEM] = (run_id, sentence(error))


def _out_of_range(base: float, wanted: float) -> str:
    return _(
        "The learning rate can be changed from ÷1000 to ×1000 of the schedule's. Got {wanted}; it stays at {base}.",
        wanted=factor_text(wanted),
        base=factor_text(base),
    )
