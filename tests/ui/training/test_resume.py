"""How many epochs of a run are left on the disk is said where some had to go."""

from __future__ import annotations

import pytest

from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import EpochEnd, RunStarted
from cnnviz.runs import scheduler
from cnnviz.ui.training.resume import kept_epochs_in_words


@pytest.mark.parametrize(
    ("left", "said"),
    [
        ((0, 1, 2, 3, 4), ""),
        ((0, 2, 4), "On the disk: 2 of 4 epochs, evenly spaced, for a run may take 256 MB."),
    ],
)
def test_kept_epochs_are_counted_where_some_are_gone(left: tuple[int, ...], said: str) -> None:
    """All there: nothing to say. Else how many of how many, and the budget."""
    store = scheduler.store()
    run, token = store.add_here(TrainConfig(epochs=5))
    store.append(run, token, RunStarted("cpu", "CPU, 2 cores", 61_706, 1437, 360, 12, 5, 1))
    for epoch in range(1, 5):
        store.append(run, token, EpochEnd(epoch, 0.5, 0.9, 0.4, 0.92, ((9, 1), (1, 9)), 1.5, 900.0))
    store.end(run, token, "stopped")
    folder = store.directory(run)
    folder.mkdir(parents=True)
    for epoch in left:
        for suffix in (".json", ".safetensors", ".optimizer.safetensors"):
            (folder / f"epoch-{epoch:04d}{suffix}").touch()
    assert kept_epochs_in_words(store.record(run)) == said
    store.close()
