"""Events survive the store: to JSON and back they are the same."""

from __future__ import annotations

import json
from pathlib import Path

from cnnviz.engine.events import Event, from_dict, to_dict


def test_json_round_trip(trained: tuple[Path, list[Event]]) -> None:
    """Every event of a real run equals itself after a round through JSON, confusion matrix included."""
    for event in trained[1]:
        assert from_dict(json.loads(json.dumps(to_dict(event)))) == event
