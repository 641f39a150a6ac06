"""What the states of a run are called."""

from __future__ import annotations

from cnnviz.locale import N_
from cnnviz.runs.record import Status

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
