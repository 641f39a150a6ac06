"""The words in the pictures of a training, and the names of its classes, in the visitor's language."""

from __future__ import annotations

from pathlib import Path

from cnnviz.base.errors import CnnvizError
from cnnviz.charts.training import Words
from cnnviz.data.registry import DATASETS, dataset
from cnnviz.engine.card import epoch_path, load_card
from cnnviz.runs.run import RunRecord
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.names import class_name

_USUAL = 10  # classes, where neither the data set nor a matrix tells


def chart_words() -> Words:
    """For the charts of loss, learning rate and accuracy."""
    return Words(
        epoch=_("Epoch"),
        loss=_("Loss"),
        loss_log=_("Loss (log scale)"),
        accuracy=_("Accuracy"),
        train=_("training pictures"),
        test=_("test pictures"),
        held_out=_("held-out pictures"),
        mean=_("epoch mean"),
        rate=_("Learning rate"),
    )


def class_names(record: RunRecord, count: int | None = None) -> list[str]:
    """What the run's classes are called; their numbers where nobody knows any more. `count`: how many were seen."""
    names = _names(record.config.data, str(record.directory), record.seq > 0)
    if names and count in (None, len(names)):
        return [class_name(name) for name in names]
    return [str(index) for index in range(count or _USUAL)]


def _names(data: str, directory: str, is_begun: bool) -> tuple[str, ...]:
    """A folder's as the run's own card has them: the folder itself may have changed since, or be gone."""
    if data in DATASETS:
        return DATASETS[data].classes
    try:
        return load_card(epoch_path(Path(directory), 0)).classes if is_begun else dataset(data).classes
    except CnnvizError:
        return ()
