"""Transfer in words, of a run that goes on: how much of the network learns, what thawed, what the frozen layers do."""

from __future__ import annotations

from cnnviz.engine.config import ALL
from cnnviz.engine.events import FeaturesMade
from cnnviz.runs.history import History
from cnnviz.runs.run import RunRecord
from cnnviz.ui.shared.i18n import _, sentences


def learning_in_words(record: RunRecord, history: History) -> str:
    """ "850 of 61,706 weights learn, the others are frozen. Next thaw: after epoch 6."; "" where all do."""
    config, started = record.config, history.started
    if config.trainable == ALL or started is None or started.trainable is None:
        return ""
    learning = history.thaws[-1].trainable if history.thaws else started.trainable
    if learning >= started.parameters:
        return _("All {count} weights learn by now.", count=f"{started.parameters:,}")
    said = _(
        "{learning} of {count} weights learn, the others are frozen.",
        learning=f"{learning:,}",
        count=f"{started.parameters:,}",
    )
    return sentences(said, _next_thaw(record, history))


def _next_thaw(record: RunRecord, history: History) -> str:
    every, epochs = record.config.thaw, record.config.epochs
    if not every or not record.is_active:
        return ""
    now = max(record.epochs_done, history.progress[-1].epoch - 1 if history.progress else 0)
    after = (now // every + 1) * every
    return _("Next thaw: after epoch {epoch}.", epoch=after) if after < epochs else ""


def features_in_words(made: FeaturesMade) -> str:
    """Before an epoch: frozen layers answer each picture once."""
    return _(
        "The frozen layers look at every picture once: {images} of {of} …", images=f"{made.images:,}", of=f"{made.of:,}"
    )
