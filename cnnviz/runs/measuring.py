"""Asks a process of its own for the pace of a training, and the store for what finished ones took. No torch here."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnnviz.engine.config import TrainConfig
from cnnviz.engine.pace import SECONDS, Pace
from cnnviz.errors import CnnvizError, RunError
from cnnviz.locale import N_
from cnnviz.runs.record import RunRecord
from cnnviz.runs.store import Store

PATIENCE = 90.0  # seconds; a deep network's first step on a slow machine takes long
_LOCK = threading.Lock()  # two at once would only measure each other


@dataclass(frozen=True)
class Taken:
    """What runs of a network on a data set took, each epoch with its test."""

    runs: int
    seconds_per_epoch: float  # median


def measured_pace(config: TrainConfig, seconds: float = SECONDS) -> Pace:
    """About so many seconds of training in a process of its own, thrown away.

    Raises RunError if another is being measured, it takes too long or dies; CnnvizError for what the training refuses.
    """
    if not _LOCK.acquire(blocking=False):
        raise RunError(N_("Another visitor is measuring. Try again in ten seconds."))
    try:
        return _ask(config, seconds)
    finally:
        _LOCK.release()


def taken(store: Store, config: TrainConfig, limit: int = 100) -> Taken | None:
    """Of the newest runs with this network, data set and batch size that have finished an epoch; None if none has."""
    seconds = [
        record.seconds / record.epochs_done
        for record in store.records(limit)
        if record.epochs_done and _is_alike(record, config)
    ]
    return Taken(len(seconds), statistics.median(seconds)) if seconds else None


def _is_alike(record: RunRecord, config: TrainConfig) -> bool:
    names = ("model", "data", "batch_size", "blueprint", "model_options")
    return all(getattr(record.config, name, "") == getattr(config, name, "") for name in names)


def _ask(config: TrainConfig, seconds: float) -> Pace:
    root = str(Path(__file__).parents[2])
    search_path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH", "")]))
    try:
        answer = subprocess.run(
            [sys.executable, "-m", "cnnviz.engine.pace", config.to_json(), str(seconds)],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=True,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": search_path},
        )
        said: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    except (subprocess.SubprocessError, OSError, ValueError, IndexError) as error:
        raise RunError(N_("The measurement came to nothing. Try a smaller batch size, or another network.")) from error
    if "template" in said:
        raise CnnvizError(said["template"], **said["values"])
    return Pace(**said)
