"""Machine: cores and environment this process was given, and the way to start another like it. No torch."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.params import excerpt

_CPUINFO = Path("/proc/cpuinfo")


def cores() -> int:
    """Processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def processor() -> str:
    """For people, as the system names it: "AMD EPYC 9R14 96-Core Processor"; else its architecture."""
    try:
        lines = _CPUINFO.read_text(encoding="utf-8", errors="replace").splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def device_message(name: str) -> tuple[str, dict[str, object]]:
    """A device's name ("CPU, 2 cores") as a message and what fills it; a card's own name is the same everywhere."""
    cores = re.fullmatch(r"CPU, (\d+) cores?", name)
    if cores is None:
        return name, {}
    return (N_("CPU, 1 core"), {}) if cores[1] == "1" else (N_("CPU, {cores} cores"), {"cores": cores[1]})


_MOST_DIGITS = 9  # more is no number of threads, runs or megabytes; of 4,300 digits Python makes no number at all


def whole(variable: str, default: int, attempt: int | None = None) -> int:
    """The environment's `variable`, else `default`. Raises ConfigurationError, with something to try, below 1."""
    text = os.environ.get(variable, str(default))
    if not text.isdecimal() or len(text) > _MOST_DIGITS or int(text) < 1:
        raise ConfigurationError(
            N_("{variable} must be a whole number of 1 or more. Got {value}; try {default}."),
            variable=variable,
            value=excerpt(text),
            default=default if attempt is None else attempt,
        )
    return int(text)


def child_environment() -> dict[str, str]:
    """Ours, for a process that runs `python -m cnnviz...`: the project need not be installed."""
    root = str(Path(__file__).parents[2])
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH", "")]))}
