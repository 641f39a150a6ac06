"""Events survive the store: to JSON and back they are the same."""

from __future__ import annotations

import json
from pathlib import Path

from cnnviz.engine.events import Event, LrScaleChanged, RunStarted, from_dict, to_dict


def test_json_round_trip(trained: tuple[Path, list[Event]]) -> None:
    """Every event of a real run equals itself after a round through JSON, confusion matrix included."""
    for event in trained[1]:
        assert from_dict(json.loads(json.dumps(to_dict(event)))) == event


def test_the_store_has_the_names_it_had() -> None:
    """A field or an event that was given another name since is written, and read, by its first one."""
    stored = {"event": "Steered", "epoch": 2, "step": 3, "learning_rate_factor": 0.5}
    assert to_dict(LrScaleChanged(2, 3, 0.5)) == stored
    assert from_dict(stored) == LrScaleChanged(2, 3, 0.5)
    assert "arithmetic" in to_dict(RunStarted("cpu", "CPU", 1, 1, 1, 1, 1, 1))
