"""Sweep form: what a new sweep varies and may cost, and what is wrong with that in one sentence.

The controls of the hyperparameters begin with something sensible; their ranges are those of HYPERPARAMETERS.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from cnnviz.base.errors import CnnvizError, ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.data.registry import DATASETS, available, dataset
from cnnviz.engine.config import OWN, TrainConfig
from cnnviz.engine.hyperparameter import Hyperparameter
from cnnviz.engine.hyperparameters import HYPERPARAMETERS
from cnnviz.models.zoo import TRAINABLE_NAMES
from cnnviz.runs import scheduler
from cnnviz.runs.run import RunRecord
from cnnviz.runs.sweeps.plan import SweepParameter, SweepPlan, parsed, split, sweepable
from cnnviz.ui.runs import selection
from cnnviz.ui.shared import visitor
from cnnviz.ui.shared.i18n import _, sentence
from cnnviz.ui.shared.names import data_name, name_of
from cnnviz.ui.shared.page import foot, page_link
from cnnviz.ui.shared.run_text import field_label, label, not_here, with_label

METHODS = {"grid": N_("Grid"), "random": N_("Random"), "search": N_("Search")}
_ABOUT = {
    "grid": N_("Every value of each hyperparameter with every value of the others."),
    "random": N_("Values are drawn at random: with many hyperparameters better than a grid of the same size."),
    "search": N_("Optuna draws where runs were good before, and sometimes elsewhere."),
}
_FIRST = ("learning_rate", "optimizer")
_LAST_RUNS = 30
_EPOCHS = 5  # of a run, unless it was changed: a sweep is many
_SWITCH = ("off", "on")


def form() -> None:
    """Everything that makes a sweep, and the button that starts it."""
    plan, problem = _wish()
    with foot("runs_sweep"):
        if plan is not None:
            st.caption(_in_words(plan))
        is_asked = st.button(
            _("Start the sweep"),
            type="primary",
            icon=":material/play_arrow:",
            key="runs_sweep_start",
            disabled=plan is None,
            width="stretch",
        )
    if problem is not None:
        st.error(_sentence(problem), icon=":material/error:")
    if plan is None or not _is_present(plan):
        return
    if is_asked:
        _start(plan)


def _start(plan: SweepPlan) -> None:
    try:
        sweep_id = scheduler.start_sweep(plan, visitor.owner(), str(st.session_state.get("runs_sweep_name", "")))
    except CnnvizError as error:
        st.error(sentence(error), icon=":material/error:")
        return
    selection.SWEEP.put(sweep_id)
    selection.LINK.keep()
    st.rerun()


def _wish() -> tuple[SweepPlan | None, ConfigurationError | None]:
    """What the controls say; or why they make no sweep. All controls come first: none may vanish for another's sake."""
    start, changes = _base()
    method = _method()
    names = st.multiselect(
        _("Hyperparameters"),
        list(sweepable()),
        default=[name for name in _FIRST if name in sweepable()],
        format_func=field_label,
        max_selections=6,
        placeholder=_("Choose"),
        key="runs_sweep_hyperparameters",
    )
    controls = [control(name, start, as_list=method == "grid") for name in names]
    runs, minutes, prune = _budget()
    try:
        base = replace(start, **changes)
        made = tuple(each() for each in controls)
        return SweepPlan(base, made, method, runs, minutes, prune, base.seed), None
    except ConfigurationError as error:
        return None, error


def _method() -> str:
    method = st.segmented_control(
        _("Method"),
        list(METHODS),
        default="grid",
        required=True,
        format_func=lambda each: _(METHODS[each]),
        key="runs_sweep_method",
        persist_state="session",
    )
    st.caption(_(_ABOUT[str(method)]))
    return str(method)


def _budget() -> tuple[int, float | None, bool]:
    """Runs, minutes, whether bad ones end early; and the name, which is read when the sweep starts."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        runs = st.number_input(_("At most runs"), value=12, step=1, format="%d", key="runs_sweep_runs")
        minutes = st.number_input(
            _("At most minutes"),
            value=0.0,
            step=5.0,
            format="%g",
            key="runs_sweep_minutes",
            help=_("Of training, all runs together. 0: no limit."),
        )
    prune = st.toggle(
        _("End bad runs early"),
        value=True,
        key="runs_sweep_prune",
        help=_("A run whose accuracy is below the median of at least four others after the same epoch ends there."),
    )
    st.text_input(_("Name"), key="runs_sweep_name", max_chars=60, placeholder=_("What do you want to find out?"))
    return int(runs), float(minutes) or None, prune


def _base() -> tuple[TrainConfig, dict[str, Any]]:
    """What the parameters leave alone: the settings of a run, or the default ones; and what is changed in them."""
    runs = {record.id: record for record in scheduler.store().records(_LAST_RUNS)}
    wanted = st.selectbox(
        _("Everything else as in"),
        [0, *runs],
        format_func=lambda run: label(runs[run]) if run else _("the default settings"),
        key="runs_sweep_base",
    )
    start = _settings(runs.get(wanted or 0))
    key = f"runs_sweep_{wanted or 0}"
    model = OWN
    if start.model != OWN:
        model = str(
            st.selectbox(
                _("Model"),
                TRAINABLE_NAMES,
                TRAINABLE_NAMES.index(start.model),
                format_func=partial(name_of, "model"),
                key=f"{key}_model",
            )
        )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        names = list(dict.fromkeys((*available(to_train=True), start.data)))
        data = str(
            st.selectbox(_("Data set"), names, names.index(start.data), format_func=data_name, key=f"{key}_data")
        )
        epochs = st.number_input(_("Epochs"), value=start.epochs, step=1, format="%d", key=f"{key}_epochs")
    options = start.model_options if model == start.model else ""  # another network has others
    return start, {"model": model, "data": data, "epochs": int(epochs), "model_options": options}


def _settings(record: RunRecord | None) -> TrainConfig:
    if record is None:
        return TrainConfig(epochs=_EPOCHS)
    is_known = record.config.model in (*TRAINABLE_NAMES, OWN)
    return record.config if is_known else TrainConfig(epochs=_EPOCHS)


def _in_words(plan: SweepPlan) -> str:
    """How much it is going to be."""
    if plan.method != "grid":
        return _("{runs} runs.", runs=plan.runs)
    if plan.size > plan.runs:
        return _("{size} combinations, of which {runs} are tried, spread out.", size=plan.size, runs=plan.runs)
    return _("{size} combinations: {runs} runs.", size=plan.size, runs=plan.most_runs)


def _is_present(plan: SweepPlan) -> bool:
    """Whether all data sets it needs are on this machine; else a sentence."""
    names = {plan.base.data, *(str(value) for each in plan.parameters if each.name == "data" for value in each.values)}
    missing = [name for name in sorted(names) if name in DATASETS and not dataset(name).is_present()]
    if missing:
        st.error(not_here(missing), icon=":material/error:")
        page_link("data", N_("Data"), ":material/photo_library:")
    return not missing


def _sentence(error: ConfigurationError) -> str:
    return with_label(
        error, {"runs": _("At most runs"), "minutes": _("At most minutes"), "hyperparameters": _("Hyperparameters")}
    )


def control(name: str, base: TrainConfig, as_list: bool) -> Callable[[], SweepParameter]:
    """The control of one parameter; what is returned says what it says, or raises ConfigurationError.

    In two steps, so that a wrong value does not take the controls below it away.
    """
    options = options_of(name)
    if options:
        own = str(getattr(base, name, ""))
        accepts_more = name in HYPERPARAMETERS and HYPERPARAMETERS[name].accepts is not None
        return _choice(name, (own, *options) if accepts_more and own not in options else options)
    return _list(name, base) if as_list else _range(name, base)


def options_of(name: str) -> tuple[str, ...]:
    """What a parameter that is no number may be."""
    if name == "model":
        return TRAINABLE_NAMES
    if name == "data":
        return tuple(each for each in available(to_train=True) if each not in DATASETS or DATASETS[each].is_present())
    return _SWITCH if HYPERPARAMETERS[name].kind == "switch" else tuple(HYPERPARAMETERS[name].choices)


def suggested(name: str, base: TrainConfig) -> tuple[float, ...]:
    """Four values around the base's own.

    >>> suggested("learning_rate", TrainConfig(learning_rate=0.005))
    (0.0005, 0.0015, 0.005, 0.015)
    """
    row = HYPERPARAMETERS[name]
    value = float(getattr(base, name, None) or row.default or 0.0)
    if name == "seed":
        return tuple(value + more for more in range(4))
    if name == "batch_size":
        return tuple(max(1.0, round(value * factor)) for factor in (0.25, 0.5, 1, 2))
    if value == 0:
        return _from_zero(row)
    is_least = value == row.low and row.by_factors
    factors = (1, 5, 20, 50) if is_least else (0.1, 0.3, 1, 3) if row.kind == "number" else (0.5, 1, 2)
    around = (min(max(value * factor, row.low), row.high) for factor in factors)
    is_whole = row.kind == "whole"
    return tuple(dict.fromkeys(max(1.0, float(round(each))) if is_whole else float(f"{each:.3g}") for each in around))


def _from_zero(row: Hyperparameter) -> tuple[float, ...]:
    """Nothing, and three steps up."""
    if row.kind == "whole":
        return (0.0, 100.0, 300.0, 1000.0) if row.by_factors else (0.0, 1.0, 2.0, 5.0)
    return (0.0, 0.001, 0.01, 0.1) if row.by_factors else (0.0, 0.1, 0.2, min(0.5, row.high))


def _choice(name: str, options: tuple[str, ...]) -> Callable[[], SweepParameter]:
    chosen = st.multiselect(
        field_label(name),
        options,
        default=options[:3],
        format_func=partial(name_of, name),
        key=f"runs_hyperparameter_{name}",
        placeholder=_("Choose"),
    )
    return lambda: SweepParameter(name, parsed(name, chosen))


def _list(name: str, base: TrainConfig) -> Callable[[], SweepParameter]:
    text = st.text_input(
        field_label(name),
        ", ".join(f"{value:g}" for value in suggested(name, base)),
        key=f"runs_hyperparameter_{name}",
        help=_("Values, with commas between."),
    )
    return lambda: SweepParameter(name, parsed(name, split(text)))


def _range(name: str, base: TrainConfig) -> Callable[[], SweepParameter]:
    values = suggested(name, base)
    low, high = min(values), max(values)
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"runs_range_{name}"):
        start = st.text_input(
            _("{hyperparameter} from", hyperparameter=field_label(name)),
            f"{low:g}",
            key=f"runs_hyperparameter_{name}_low",
        )
        end = st.text_input(_("to"), f"{high:g}", key=f"runs_hyperparameter_{name}_high")
        is_log = st.checkbox(
            _("by factors"),
            value=HYPERPARAMETERS[name].by_factors and low > 0,
            key=f"runs_hyperparameter_{name}_log",
            help=_("From 0.001 to 0.01 is as far as from 0.01 to 0.1."),
        )

    def made() -> SweepParameter:
        first, last = parsed(name, [start.strip() or "-", end.strip() or "-"])
        return SweepParameter(name, low=float(first), high=float(last), log=is_log)

    return made
