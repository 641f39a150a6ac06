"""Training progress: where in the run and in the epoch it is, and what an epoch, a batch and a step are."""

from __future__ import annotations

from typing import Any

from cnnviz.base.locale import NC_
from cnnviz.runs.history import History
from cnnviz.runs.run import RunRecord
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.mount import component


def progress(record: RunRecord, history: History) -> None:
    """Two strips: the epochs of the run, and the batches of the present one."""
    component("place")(key="training_place", data=_data(record, history))


def _data(record: RunRecord, history: History) -> dict[str, Any]:
    now, started = history.progress[-1] if history.progress else None, history.started
    steps = started.steps_per_epoch if started else 1
    is_between = now is None or now.epoch <= record.epochs_done  # an epoch is done, the next has not reported yet
    epoch = record.epochs_done + 1 if now is None else now.epoch
    step = now.step if now is not None else 0
    is_over = record.epochs_done >= record.config.epochs
    return {
        "live": record.status == "running",
        "epochs": record.config.epochs,
        "epoch": min(epoch, record.config.epochs),
        "done": round(float(record.epochs_done) if is_between else history.position, 4),
        "steps": steps,
        "step": step,
        "words": {
            "epoch": _("All {epochs} epochs are done") if is_over else _("Epoch {epoch} of {epochs}"),
            "batch": _("Batch {step} of {steps} in this epoch") if started else _("Batches of this epoch"),
            "epochName": _("Epochs of this run"),
            "batchName": _("Batches of this epoch"),
            "epochCell": [_("one cell: one epoch"), _("one cell: {count} epochs")],
            "batchCell": [_("one cell: one batch"), _("one cell: {count} batches")] if started else ["", ""],
            "sentence": _sentence(record, history),
            "terms": [
                [_("Epoch"), _("every training picture was looked at once.")],
                [_("Batch"), _("the pictures that are looked at together.")],
                [_(NC_("training", "Step")), _("one batch forward and backward, then all weights change once.")],
            ],
        },
    }


def _sentence(record: RunRecord, history: History) -> str:
    """How many pictures make how many batches; the last one may be smaller, or left out."""
    if history.started is None:  # not counted yet
        return _("Epoch, batch, step")
    images, steps, size = history.started.train_images, history.started.steps_per_epoch, record.config.batch_size
    values = {"images": f"{images:,}", "steps": f"{steps:,}", "size": f"{size:,}"}
    if steps == 1:
        return _("{images} pictures = one batch: one step an epoch.", **values)
    rest = images - (steps - 1) * size
    if steps * size < images:
        return _(
            "{images} pictures = {steps} batches of {size}, {rest} left out: {steps} steps an epoch.",
            rest=f"{images - steps * size:,}",
            **values,
        )
    if steps * size == images:
        return _("{images} pictures = {steps} batches of {size}: {steps} steps an epoch.", **values)
    return _(
        "{images} pictures = {steps} batches of {size}, the last of {rest}: {steps} steps an epoch.",
        rest=f"{rest:,}",
        **values,
    )
