"""What the states of a run are called."""

from __future__ import annotations

from cnnviz.base.locale import N_
from cnnviz.runs.run import RunRecord, Status
from cnnviz.ui.shared.i18n import _

STATUSES: dict[Status, str] = {
    "queued": N_("waiting"),
    "running": N_("running"),
    "paused": N_("paused"),
    "finished": N_("finished"),
    "stopped": N_("stopped"),
    "pruned": N_("ended early"),
    "diverged": N_("diverged"),
    "failed": N_("failed"),
    "interrupted": N_("interrupted"),
}


def status_of(record: RunRecord) -> str:
    """The word for a run's state; of one whose patience ran out also its best epoch."""
    if record.ended_early:
        return _("ended early, best epoch {best}", best=record.best_epoch)
    return _(STATUSES[record.status])


def turned() -> str:
    """That somebody turned the learning rate while the run went: its configuration alone does not make it again."""
    return _("learning rate turned")
