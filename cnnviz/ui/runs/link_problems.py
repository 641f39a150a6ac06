"""What a link to the page Runs names and is not here: taken out of it, and said."""

from __future__ import annotations

from cnnviz.base.link_kinds import shortened
from cnnviz.base.locale import N_
from cnnviz.runs import scheduler
from cnnviz.runs.search import chosen
from cnnviz.runs.sweeps import store
from cnnviz.ui.runs import deleted, selection
from cnnviz.ui.shared import link_parameters, state
from cnnviz.ui.shared.i18n import listed

PAGE = N_("Runs")
_NO_RUNS = N_("The link names runs that are not in the list: {runs}. They are left out.")


def tidy() -> None:
    """Runs and sweeps that the store does not have."""
    selection.begin()
    nobodys = _missing_runs()
    if nobodys:
        link_parameters.add_notice(PAGE, selection.CHOSEN, _NO_RUNS, runs=listed(nobodys))
        selection.choose([run for run in selection.chosen() if str(run) not in nobodys])
    sweep = selection.SWEEP.said()
    if sweep is not None and sweep not in {each.id for each in store.sweeps(scheduler.store())}:
        link_parameters.left_out(PAGE, selection.SWEEP.name, str(sweep))
        selection.SWEEP.clear()
    selection.remember()


def _missing_runs() -> list[str]:
    """What stands among the chosen runs and is none; those that the visitor has just deleted need no word."""
    parts = [part.strip() for part in state.given().get(selection.CHOSEN, "").split(",")]
    numbers = selection.chosen()
    known = {record.id for record in chosen(scheduler.store(), numbers)} | set(deleted.own())
    names = {str(run) for run in numbers if run in known}
    return [shortened(part) for part in dict.fromkeys(parts[: selection.MOST_CHOSEN]) if part and part not in names]
