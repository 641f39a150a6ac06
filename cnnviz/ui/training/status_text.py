"""Status text, a run's state in words: what a run does, why not, and what one can do; one sentence for each state."""

from __future__ import annotations

import math
import time

from cnnviz.base.locale import N_
from cnnviz.base.text import memory, percent, plain
from cnnviz.engine.learning_rate import diverged
from cnnviz.runs import process, scheduler
from cnnviz.runs.database import lock_holder
from cnnviz.runs.history import History
from cnnviz.runs.process import PARK_SECONDS, STOP_SECONDS
from cnnviz.runs.run import LOADING, RunRecord
from cnnviz.ui.shared.i18n import _, sentence, sentences
from cnnviz.ui.training.transfer.live_text import features_in_words

_SILENT = 15.0  # seconds: its process says every five that it lives
_LUCK = 1.5  # times as good as guessing: still luck
_PARKED = N_("Paused. Its memory was given back: Resume goes on after epoch {done}, the last complete one.")
_HELD = N_(
    "Paused where it stands. Its memory stays reserved for {minutes} more minutes; after that Resume goes on from the "
    "last complete epoch."
)
_HELD_SO_MUCH = N_(
    "Paused where it stands. Its memory ({memory}) stays reserved for {minutes} more minutes; after that Resume goes "
    "on from the last complete epoch."
)


def status_sentence(record: RunRecord, history: History) -> str:
    """The sentence beside the buttons."""
    if record.status == "queued":
        return _queued(record)
    if record.status == "running":
        return _running(record, history)
    if record.status == "paused":
        return _paused(record, history)
    if record.status == "finished":
        return _finished(record, history)
    if record.status == "interrupted":
        return _interrupted(record)
    if record.status == "diverged" and history.end is not None:
        return sentence(diverged(record.config, history.end))
    if record.status == "failed" and record.error is not None:
        return sentence(record.error)
    return _("Stopped after {done} of {epochs} epochs.", done=record.epochs_done, epochs=record.config.epochs)


def _queued(record: RunRecord) -> str:
    before = scheduler.store().before_in_queue(record.id)
    if before == 0:
        return _("Waits for the run that is training now: it is next.")
    return _("Waits: number {place} in the queue.", place=before + 1)


def _running(record: RunRecord, history: History) -> str:
    if 0 < record.heartbeat < time.time() - _SILENT:
        return _held_up(record)
    if record.command is not None:
        if record.command == "stop":
            return _("Stops after this batch, within {seconds} seconds …", seconds=round(STOP_SECONDS))
        return _("Pauses after this batch …")
    if history.features is not None:
        return features_in_words(history.features)
    is_starting = record.reason == LOADING or not history.progress
    return _("Starting: PyTorch is being loaded …") if is_starting else _("Training …")


def _held_up(record: RunRecord) -> str:
    """Alive, or the look at the processes that came before would have said so, and it cannot write."""
    path, seconds = scheduler.store().path, round(time.time() - record.heartbeat)
    holder, file = lock_holder(path), plain(str(path))
    if holder:
        return _(
            "Waits for {holder}, which has held {file} for {seconds} seconds. It goes on by itself; nothing is lost.",
            holder=plain(holder),
            file=file,
            seconds=seconds,
        )
    return _(
        "Its process has said nothing for {seconds} seconds: perhaps another program, a backup for example, holds "
        "{file}. It goes on by itself when that has ended.",
        file=file,
        seconds=seconds,
    )


def _paused(record: RunRecord, history: History) -> str:
    """A paused process keeps its memory for a quarter of an hour, and its place in the epoch with it."""
    if record.pid is None and not history.progress:
        return _("Paused before its first step. Resume puts it back into the queue.")
    if record.pid is None or record.paused_at is None:
        return _(_PARKED, done=record.epochs_done)
    left = max(0.0, record.paused_at + PARK_SECONDS - time.time())
    taken = history.progress[-1].memory_bytes if history.progress else 0
    minutes = max(1, math.ceil(left / 60))
    return _(_HELD_SO_MUCH, memory=memory(taken), minutes=minutes) if taken else _(_HELD, minutes=minutes)


def _finished(record: RunRecord, history: History) -> str:
    accuracy = record.test_accuracy or 0.0
    if accuracy < _guessing(history):
        return _(
            "Finished, but no better than guessing: {accuracy} right. Try a smaller learning rate than {rate}.",
            accuracy=percent(accuracy),
            rate=f"{record.config.learning_rate:g}",
        )
    if not record.ended_early:
        return _("Finished: {accuracy} of the test pictures right.", accuracy=percent(accuracy))
    best = history.epoch(record.best_epoch)
    return _(
        "Ended early, after epoch {done} of {epochs}: since epoch {best} the loss on the {which} had not become "
        "smaller (patience {patience}). After epoch {best}: {accuracy} of the test pictures right.",
        done=record.epochs_done,
        epochs=record.config.epochs,
        patience=record.config.patience,
        which=_("held-out pictures") if record.config.held_out else _("test pictures"),
        best=record.best_epoch,
        accuracy=percent(best.test_accuracy if best is not None else accuracy),
    )


def _interrupted(record: RunRecord) -> str:
    return sentences(_cause(record), _last_words(record), _what_resume_does(record))


def _cause(record: RunRecord) -> str:
    """What is known of the end of its process, and what helps against it."""
    if record.reason == process.MEMORY:
        return _(
            "The system ended its process because memory ran out. Try a batch size of {smaller} instead of {size}, or "
            "a smaller network.",
            size=record.config.batch_size,
            smaller=max(1, record.config.batch_size // 4),
        )
    if record.reason == process.KILLED:
        return _(
            "Its process was ended from outside (signal 9), as the system does when memory runs out. If that was it, a "
            "batch size smaller than {size} helps.",
            size=record.config.batch_size,
        )
    if record.reason == process.KEYBOARD:
        return _("It was interrupted with Ctrl-C in the terminal.")
    if record.reason:
        return _("Its process ended unexpectedly (signal {number}).", number=record.reason.removeprefix(process.SIGNAL))
    return _("Its process is gone: the machine was switched off, or the system ended it for want of memory.")


def _last_words(record: RunRecord) -> str:
    """Where its log is, if it holds anything: a process that is killed says nothing."""
    try:
        said = record.log.stat().st_size > 0
    except OSError:
        said = False
    return _("What it said last is in {log}.", log=plain(str(record.log))) if said else ""


def _what_resume_does(record: RunRecord) -> str:
    if record.epochs_done:
        return _(
            "Resume goes on with epoch {next} of {epochs}.", next=record.epochs_done + 1, epochs=record.config.epochs
        )
    return _("Resume starts it once more.")


def _guessing(history: History) -> float:
    """The accuracy that one could reach by luck."""
    classes = len(history.epochs[-1].confusion) if history.epochs else 0
    return _LUCK / classes if classes else 0.0
