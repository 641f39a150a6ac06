"""Transfer in words, of a run that goes on: how much of the network learns, what thawed, what the frozen layers do."""

from __future__ import annotations

from cnnviz.base.errors import CnnvizError
from cnnviz.engine.config import ALL, TrainConfig
from cnnviz.engine.events import FeaturesMade
from cnnviz.runs.history import History
from cnnviz.runs.run import RunRecord
from cnnviz.ui.shared import warmup
from cnnviz.ui.shared.i18n import _, sentences
from cnnviz.ui.training.transfer.starts import stand_in


def learning_in_words(record: RunRecord, history: History) -> str:
    """ "1 of 5 layers learns, 850 of 61,706 weights ... Next thaw: after epoch 6."; "" where all do."""
    config, started = record.config, history.started
    if config.trainable == ALL or started is None or started.trainable is None:
        return ""
    learning = history.thaws[-1].trainable if history.thaws else started.trainable
    if learning >= started.parameters:
        return _("All {count} weights learn by now.", count=f"{started.parameters:,}")
    return sentences(_share(config, learning, started.parameters), _next_thaw(record, history))


def _share(config: TrainConfig, learning: int, parameters: int) -> str:
    """Of the weights; of the layers too, once PyTorch is in and where the data set is still there."""
    weights = {"learning": f"{learning:,}", "count": f"{parameters:,}"}
    layers = _layers(config, learning)
    if layers is None:
        return _("{learning} of {count} weights learn, the others are frozen.", **weights)
    moving, of = layers
    return _(
        "Learning: {moving} of {layers} layers, {learning} of {count} weights; the others are frozen.",
        moving=moving,
        layers=of,
        **weights,
    )


def _layers(config: TrainConfig, learning: int) -> tuple[int, int] | None:
    """Of all with weights, those that learn when so many weights do: a stage comes with all of its own."""
    if warmup.underway():
        return None
    from cnnviz.engine.transfer import thawing  # heavy

    try:
        parts = thawing(config, stand_in(config.data))
    except CnnvizError:
        return None
    for last in range(len(parts)):
        moving = [part for part in parts if part.stage is not None and part.stage <= last]
        if sum(part.params for part in moving) == learning:
            return len(moving), len(parts)
    return None


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
