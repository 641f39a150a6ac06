"""Sweep view: how far it is, every run as a line through its settings, and which parameter mattered."""

from __future__ import annotations

import html
from collections.abc import Sequence
from functools import partial

import streamlit as st

from cnnviz.base.errors import CnnvizError
from cnnviz.base.locale import N_, NC_
from cnnviz.base.locale.typesetting import Listed
from cnnviz.base.text import percent
from cnnviz.charts.parallel import Axis, Line, Value
from cnnviz.charts.shares import share_bars
from cnnviz.runs import scheduler
from cnnviz.runs.run import ACTIVE
from cnnviz.runs.sweeps import store as sweep_store
from cnnviz.runs.sweeps.plan import SweepParameter, SweepPlan
from cnnviz.runs.sweeps.store import Sweep, Trial
from cnnviz.runs.sweeps.suggest import FEWEST, importance
from cnnviz.ui.runs import selection, sweep_lines
from cnnviz.ui.shared.i18n import _, listed, sentence
from cnnviz.ui.shared.names import name_of
from cnnviz.ui.shared.page import forget_error, keep_error, show_error, theme_type
from cnnviz.ui.shared.plotly_chart import csv_button, plotly_chart, same_as_table
from cnnviz.ui.shared.run_text import SET_TO, STATUSES, duration, field_label

_PLACE = "sweep"
_BROKEN_OFF = ("stopped", "interrupted")  # before their end
_MOST_ROWS = 60
_STATES = {"running": NC_("sweep", "running"), "finished": N_("finished"), "stopped": N_("stopped")}


def choose() -> Sweep | None:
    """The box "Sweep", kept in the link; None while there is none."""
    found = {each.id: each for each in sweep_store.sweeps(scheduler.store())}
    if not found:
        return None
    wanted = selection.SWEEP.read()
    default = wanted if wanted in found else next(iter(found))
    options = list(found)
    key = f"runs_sweep_box_{options[0]}_{default}_{found[default].status}"  # else the box keeps the words it had
    chosen = st.selectbox(
        _("Sweep"), options, options.index(default), format_func=lambda each: title(found[each]), key=key
    )
    selection.SWEEP.put(chosen)
    selection.LINK.keep()
    return found[chosen or default]


def title(sweep: Sweep) -> str:
    """ "Sweep 3: which rate?" or the parameters it varies."""
    names = " × ".join(field_label(parameter.name) for parameter in sweep.plan.parameters)
    number = _("Sweep {number}", number=sweep.id)
    return f"{number}: {sweep.name or names} · {_(_STATES[sweep.status])}"


def show(sweep_id: int) -> None:
    """All about one sweep, as the store has it now."""
    store = scheduler.store()
    sweep = sweep_store.sweep(store, sweep_id)
    trials = sweep_store.trials(store, sweep_id)
    _head(sweep, trials)
    if not trials:
        return
    _lines(sweep, trials)
    _importance(sweep.plan, trials)
    _table(sweep.plan, trials)


def _head(sweep: Sweep, trials: Sequence[Trial]) -> None:
    plan = sweep.plan
    with st.container(horizontal=True, vertical_alignment="center", key="runs_sweep_bar"):
        if sweep.status == "running":
            st.button(_("Stop"), key="runs_sweep_stop", icon=":material/stop:", on_click=_ask, args=("stop", sweep.id))
        elif sweep.status == "stopped":
            st.button(
                _("Resume"),
                key="runs_sweep_resume",
                icon=":material/play_arrow:",
                on_click=_ask,
                args=("resume", sweep.id),
            )
        st.markdown(_state(sweep, trials))
    show_error(_PLACE, sweep.id)
    if sweep.error is not None:
        st.error(sentence(sweep.error), icon=":material/error:")
    _bar(plan, trials)
    best = best_of(trials)
    facts = []
    if best is not None:
        facts.append((_("Best test accuracy"), percent(best.accuracy or 0.0, 2)))
        facts.append((_("Best run"), f"#{best.run}"))
    facts.append((_("Ended early"), str(sum(trial.status == "pruned" for trial in trials))))
    spent = duration(sum(trial.seconds for trial in trials))
    limit = f" / {plan.minutes:g} min" if plan.minutes else ""
    facts.append((_("Training time"), f"{spent}{limit}"))
    cells = "".join(f"<div><dt>{html.escape(name)}</dt><dd>{html.escape(value)}</dd></div>" for name, value in facts)
    st.html(f'<dl class="rn-facts">{cells}</dl>')


def _bar(plan: SweepPlan, trials: Sequence[Trial]) -> None:
    """How many runs have come to their end. One that was stopped has not: it goes on with the sweep."""
    stopped = sum(trial.status in _BROKEN_OFF for trial in trials)
    done = sum(trial.status not in ACTIVE for trial in trials) - stopped
    text = _("{done} of {runs} runs", done=done, runs=plan.most_runs)
    if stopped:
        text = listed([text, _("{count} stopped", count=stopped)])
    st.progress(min(1.0, done / plan.most_runs), text=text)


def _state(sweep: Sweep, trials: Sequence[Trial]) -> str:
    """One sentence: what it does."""
    running = [trial for trial in trials if trial.status == "running"]
    if sweep.status == "finished":
        return _("Finished. All its runs are in the list of the view Compare.")
    if sweep.status == "stopped":
        return _(
            "Stopped; what was learnt is kept. Go on takes the stopped runs up where they stood, then tries the rest."
        )
    if running:
        return _("Run {run} trains; it goes on when you leave this page.", run=Listed(t.run for t in running))
    return _("Waits for its turn in the queue.")


def best_of(trials: Sequence[Trial]) -> Trial | None:
    """The run with the highest accuracy; of equals the first."""
    known = [trial for trial in trials if trial.accuracy is not None]
    return max(known, key=lambda trial: (trial.accuracy or 0.0, -trial.number), default=None)


def _lines(sweep: Sweep, trials: Sequence[Trial]) -> None:
    st.subheader(_("Every run as a line"), anchor=False)
    plan = sweep.plan
    axes, lines = [_axis(each) for each in plan.parameters], [_line(plan, trial) for trial in trials]
    sweep_lines.show(sweep.id, axes, lines, _alt(plan, trials))


def _axis(parameter: SweepParameter) -> Axis:
    values = None if parameter.is_range else tuple(_shown(parameter.name, value) for value in parameter.values)
    return Axis(field_label(parameter.name), values, parameter.low or 0.0, parameter.high or 1.0, parameter.log)


def _line(plan: SweepPlan, trial: Trial) -> Line:
    values = plan.values_of(trial.config)
    shown = tuple(_shown(name, value) for name, value in values.items())
    return Line(trial.run, shown, trial.accuracy, trial.status == "pruned", in_words(plan, trial))


def _shown(name: str, value: Value) -> Value:
    """A number is a place on the axis; a word is called by its name."""
    return name_of(name, value) if isinstance(value, (str, bool)) else value


def in_words(plan: SweepPlan, trial: Trial) -> str:
    """ "#12: learning rate 0.01, optimizer sgd → 98.10%"."""
    chosen = plan.values_of(trial.config).items()
    values = listed(_(SET_TO, setting=field_label(name), value=name_of(name, value)) for name, value in chosen)
    accuracy = percent(trial.accuracy, 2) if trial.accuracy is not None else "–"
    return _("{name}: {value}", name=f"#{trial.run}", value=f"{values} → {accuracy}")


def _alt(plan: SweepPlan, trials: Sequence[Trial]) -> str:
    best = best_of(trials)
    if best is None:
        return _("No run of the sweep has finished an epoch yet.")
    return _(
        "{count} runs; the best is {words}. All are in the table below.", count=len(trials), words=in_words(plan, best)
    )


def _importance(plan: SweepPlan, trials: Sequence[Trial]) -> None:
    st.subheader(_("Which hyperparameter mattered"), anchor=False)
    shares = importance(plan, sweep_store.results(plan, list(trials)))
    if not shares:
        st.caption(_("After {count} runs with an epoch this is worked out.", count=FEWEST))
        return
    named = {field_label(name): share for name, share in shares.items()}
    spoken = listed(f"{name} {percent(share, 0)}" for name, share in named.items())
    with st.container(key="runs_importance_bars"):
        plotly_chart(partial(share_bars, named, theme_type()), "runs_importance", spoken)
    st.caption(
        _(
            "Of the spread in accuracy between the runs, so much goes with this hyperparameter alone; what chance "
            "would give is taken off. The shares need not sum to 100%: hyperparameters act together."
        )
    )
    same_as_table(
        [_("Hyperparameter"), _("Share of the spread")],
        [[name, percent(each, 1)] for name, each in named.items()],
        "runs_importance",
    )


def _table(plan: SweepPlan, trials: Sequence[Trial]) -> None:
    """The best first."""
    st.subheader(_("All its runs"), anchor=False)
    order = sorted(trials, key=lambda trial: (-(trial.accuracy or 0.0), trial.number))[:_MOST_ROWS]
    heads = [
        _("Run"),
        *(field_label(parameter.name) for parameter in plan.parameters),
        _("Best test accuracy"),
        _("Epochs"),
        _("Status"),
    ]
    head = "".join(f'<th scope="col">{html.escape(text)}</th>' for text in heads)
    rows = [_cells(plan, trial) for trial in order]
    body = "".join(_row(cells, index == 0 and order[0].accuracy is not None) for index, cells in enumerate(rows))
    caption = html.escape(_("Runs of the sweep, the best first"))
    st.html(
        f'<div class="rn-scroll" role="region" tabindex="0" aria-label="{caption}"><table class="rn-table">'
        f"<caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
    st.caption(
        _("The winner was chosen by the test pictures, so its accuracy is a little too good: others would differ.")
    )
    csv_button(heads, rows, "runs_sweep")


def _cells(plan: SweepPlan, trial: Trial) -> list[str]:
    """A run's row: its number, what it was trained with, how it did."""
    values = [name_of(name, value) for name, value in plan.values_of(trial.config).items()]
    accuracy = percent(trial.accuracy, 2) if trial.accuracy is not None else "–"
    epochs = f"{trial.epochs_done}/{trial.config.epochs}"
    return [f"#{trial.run}", *values, accuracy, epochs, _(STATUSES[trial.status])]


def _row(cells: Sequence[str], is_best: bool) -> str:
    first, *values, accuracy, epochs, state = map(html.escape, cells)
    kind = ' class="rn-best"' if is_best else ""
    middle = "".join(f"<td>{text}</td>" for text in values)
    return f'<tr><th scope="row">{first}</th>{middle}<td{kind}>{accuracy}</td><td>{epochs}</td><td>{state}</td></tr>'


def _ask(command: str, sweep_id: int) -> None:
    try:
        {"stop": scheduler.stop_sweep, "resume": scheduler.resume_sweep}[command](sweep_id)
        forget_error(_PLACE)
    except CnnvizError as error:
        keep_error(_PLACE, sweep_id, error)
