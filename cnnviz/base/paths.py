"""Paths: where things lie on disk. Nothing is ever written inside the installed tree."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def data_root() -> Path:
    """The folder of the data sets, in torchvision's layout: `CNNVIZ_DATA` or the user's data directory."""
    return _from_environment("CNNVIZ_DATA", "data")


def home() -> Path:
    """The folder of runs and their store: `CNNVIZ_HOME` or the user's data directory."""
    return _from_environment("CNNVIZ_HOME", "home")


FIRST_CHECKPOINT = "lenet5-mnist"  # the shipped network of the first page, and the first to choose elsewhere


def shipped_checkpoints() -> Path:
    """The folder of the checkpoints that come with the project. Read only."""
    return Path(__file__).parents[2] / "checkpoints"


def _from_environment(variable: str, folder: str) -> Path:
    value = os.environ.get(variable)
    if value:
        return Path(value).expanduser()
    return Path(platformdirs.user_data_dir("cnnviz", False)) / folder
