"""Resume from an epoch: a run that is over goes on from any kept one. What came after is replaced, after a question."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import streamlit as st

from cnnviz.base.errors import CnnvizError
from cnnviz.base.locale import N_
from cnnviz.charts.training import factor_text
from cnnviz.engine.events import RunStarted
from cnnviz.engine.retention import budget, resumable_epochs
from cnnviz.runs import scheduler
from cnnviz.runs.history import History, extend
from cnnviz.runs.run import LOADING, RunRecord
from cnnviz.ui.shared.i18n import _, sentence

_AS_IT_WAS = 0.0
_LR_SCALES = (_AS_IT_WAS, 0.1, 0.5, 1.0, 2.0, 10.0)
_ONE_REPLACED = N_(
    "Epoch {last} will be replaced: its checkpoint and figures go. Everything up to epoch {epoch} stays, and training "
    "goes on from exactly the weights it had then."
)
_REPLACED = N_(
    "Epochs {first} to {last} will be replaced: their checkpoints and figures go. Everything up to epoch {epoch} "
    "stays, and training goes on from exactly the weights it had then."
)
_KEPT = N_("On the disk: {kept} of {done} epochs, evenly spaced, for a run may take {budget} MB.")


def resume_from_epoch(record: RunRecord) -> None:
    """A button that opens the question; nothing where there is no epoch to go back to."""
    epochs = [epoch for epoch in _resumable(str(record.directory), record.seq) if epoch < record.config.epochs]
    if not record.is_rewindable or not record.epochs_done or not epochs:
        return
    with st.popover(_("Go on from epoch …"), icon=":material/history:", key="training_from"):
        _question(record, epochs)


def as_resumed(record: RunRecord, history: History) -> tuple[RunRecord, History]:
    """Run and history as they are once it goes on: before its process has begun, what will be replaced is there yet."""
    is_begun = record.status != "queued" and not (record.status == "running" and record.reason == LOADING)
    epoch = None if is_begun else scheduler.store().from_epoch(record.id)
    if epoch is None:
        return record, history
    left = extend(history, [(history.seq, RunStarted("", "", 0, 0, 0, 0, 0, epoch + 1))])
    return replace(record, epochs_done=epoch), replace(left, started=history.started)


def kept_epochs_in_words(record: RunRecord) -> str:
    """How many epochs are still there, if not all are."""
    if record.is_active or not record.epochs_done:
        return ""
    kept = len(_resumable(str(record.directory), record.seq)) - 1  # without epoch 0
    if not 0 < kept < record.epochs_done:
        return ""
    return _(_KEPT, kept=f"{kept:,}", done=f"{record.epochs_done:,}", budget=budget() >> 20)


def _question(record: RunRecord, epochs: list[int]) -> None:
    newest_first = epochs[::-1]
    first = newest_first.index(record.best_epoch) if record.ended_early and record.best_epoch in newest_first else 0
    key = f"training_from_epoch_{record.id}_{record.seq}"
    epoch = st.selectbox(_("Go on after epoch"), newest_first, first, key=key)
    lr_scale = st.selectbox(
        _("Learning rate from there on"),
        _LR_SCALES,
        format_func=_lr_scale_in_words,
        key=f"training_from_factor_{record.id}",
    )
    if epoch is None or lr_scale is None:  # nothing can be chosen to be nothing
        return
    if epoch < record.epochs_done:
        template = _REPLACED if epoch + 1 < record.epochs_done else _ONE_REPLACED
        st.warning(_(template, first=epoch + 1, last=record.epochs_done, epoch=epoch), icon=":material/warning:")
    if record.lr_changes and lr_scale == _AS_IT_WAS:
        st.caption(
            _("Where the learning rate was changed after that, it is changed again, until you change it yourself.")
        )
    st.button(
        _("Go on after epoch {epoch}", epoch=epoch),
        type="primary",
        icon=":material/play_arrow:",
        key="training_from_yes",
        on_click=_resume,
        args=(record.id, epoch, lr_scale or None),
    )


def _lr_scale_in_words(lr_scale: float) -> str:
    return _("as it was") if lr_scale == _AS_IT_WAS else _("schedule {factor}", factor=factor_text(lr_scale))


def _resume(run_id: int, epoch: int, lr_scale: float | None) -> None:
    try:
        scheduler.resume_from(run_id, epoch, lr_scale)
    except CnnvizError as error:
        st.toast(sentence(error))


@lru_cache(maxsize=128)
def _resumable(directory: str, seq: int) -> tuple[int, ...]:
    """Read once for all who watch: a thousand epochs are three thousand files. `seq`: nothing new was reported."""
    return tuple(resumable_epochs(Path(directory)))
