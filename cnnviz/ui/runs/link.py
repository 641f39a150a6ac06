"""What makes no sense in a link to the page Runs: taken out of it, and said."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from cnnviz.runs import scheduler
from cnnviz.runs.listing import SORTS, chosen
from cnnviz.runs.record import STATUSES
from cnnviz.runs.sweeps import rows
from cnnviz.ui.i18n import _, listed
from cnnviz.ui.plain import plain
from cnnviz.ui.runs import deleted, selection
from cnnviz.ui.runs.chart import AXES, METRICS

Rules = dict[str, tuple[Callable[[str], bool], str]]  # parameter -> what makes sense, and that in words
_SAID = "runs_link_said"  # in the session: parameter -> what was wrong with it
_LONGEST = 40  # characters of a value that are repeated


def tidy(views: tuple[str, ...]) -> None:
    """Take out what makes no sense, and keep it to be said."""
    said: dict[str, str] = st.session_state.setdefault(_SAID, {})
    nobodys = _missing_runs()
    if nobodys:
        said[selection.CHOSEN] = listed(nobodys)
        selection.choose([run for run in selection.chosen() if str(run) not in nobodys])
    for name, (is_good, _allowed) in _rules(views).items():
        value = selection.parameter(name)
        if value and not is_good(value):
            said[name] = value[:_LONGEST]
            selection.put(name, "")
    selection.remember()


def show(views: tuple[str, ...]) -> None:
    """One sentence for each, until the visitor closes them or leaves the page."""
    said: dict[str, str] = st.session_state.get(_SAID, {})
    if not said:
        return
    texts = [_sentence(name, plain(value), _rules(views)) for name, value in said.items()]
    with st.container(key="runs_link_notice"):
        st.warning("\n\n".join(texts), icon=":material/link_off:")
        st.button(_("Close"), key="runs_link_close", icon=":material/close:", on_click=close)


def _sentence(name: str, value: str, rules: Rules) -> str:
    if name == selection.CHOSEN:
        return _("The link names runs that are not in the list: {runs}. They are left out.", runs=value)
    parameter, allowed = plain(f"runs_{name}"), rules[name][1]
    if not allowed:
        return _(
            "The link has {parameter} = {value}, which is nothing that is here. It is left out.",
            parameter=parameter,
            value=value,
        )
    return _(
        "The link has {parameter} = {value}, which must be one of {allowed}. It is left out.",
        parameter=parameter,
        value=value,
        allowed=plain(allowed),
    )


def close() -> None:
    """It was read."""
    st.session_state.pop(_SAID, None)


def _missing_runs() -> list[str]:
    """What stands among the chosen runs and is none; those that the visitor has just deleted need no word."""
    parts = [part.strip() for part in str(st.query_params.get(selection.CHOSEN, "")).split(",")]
    numbers = selection.chosen()
    known = {record.id for record in chosen(scheduler.store(), numbers)} | set(deleted.own())
    names = {str(run) for run in numbers if run in known}
    return [part[:_LONGEST] for part in dict.fromkeys(parts[: selection.MOST_CHOSEN]) if part and part not in names]


def _rules(views: tuple[str, ...]) -> Rules:
    """Parameter -> whether a value makes sense, and what would; "" where that is too much to list."""

    def one_of(values: tuple[str, ...]) -> tuple[Callable[[str], bool], str]:
        return lambda value: value in values, listed(values)

    return {
        "view": one_of(views),
        "status": one_of(STATUSES),
        "sort": (lambda value: value.removeprefix("-") in SORTS, listed(SORTS)),
        "metric": one_of(METRICS),
        "x": one_of(AXES),
        "page": (_is_number, ""),
        "sweep": (_is_sweep, ""),
    }


def _is_number(value: str) -> bool:
    return value.isascii() and value.isdecimal() and len(value) < 6 and int(value) > 0


def _is_sweep(value: str) -> bool:
    return _is_number(value) and int(value) in {sweep.id for sweep in rows.sweeps(scheduler.store())}
