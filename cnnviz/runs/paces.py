"""Predicted paces on disk, so that after a training what was predicted stands beside what was measured. No torch."""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cnnviz.base import paths
from cnnviz.base.files import write_atomically
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.hyperparameters import COSTS_TIME
from cnnviz.engine.speed import TimePerEpoch

MOST_KEPT = 200  # the oldest go
_LOCK = threading.Lock()


def keep(config: TrainConfig, pace: TimePerEpoch) -> None:
    """Of each configuration and device the latest pace. Where the disk cannot be written nothing is kept."""
    with _LOCK, suppress(OSError):
        kept = _read()
        key = _key(config, pace.device_name)
        kept.pop(key, None)
        kept[key] = asdict(pace)
        newest = dict(list(kept.items())[-MOST_KEPT:])
        write_atomically(_path(), json.dumps(newest, indent=0).encode())


def kept(config: TrainConfig, device_name: str) -> TimePerEpoch | None:
    """What was predicted for this configuration on this device; None if nothing was."""
    found = _read().get(_key(config, device_name))
    try:
        return TimePerEpoch(**found) if found is not None else None
    except TypeError:  # of another version
        return None


def is_alike(one: TrainConfig, other: TrainConfig) -> bool:
    """Whether both take the same time: epochs, seed and learning rate cost nothing."""
    return all(getattr(one, field) == getattr(other, field) for field in COSTS_TIME)


def _key(config: TrainConfig, device_name: str) -> str:
    values = [getattr(config, field) for field in COSTS_TIME]
    alike = [float(value) if isinstance(value, (int, float)) else value for value in values]  # 0 is 0.0
    return json.dumps([device_name, *alike])


def _path() -> Path:
    return paths.home() / "paces.json"


def _read() -> dict[str, dict[str, Any]]:
    """An empty one if there is no file, or what is in it is not ours."""
    try:
        found = json.loads(_path().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
