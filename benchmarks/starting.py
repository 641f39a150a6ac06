"""From pressing Train to the first event of the run, with a warm worker ready and without one."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from cnnviz.commands.bench import Row
from cnnviz.data.registry import dataset
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import Progress
from cnnviz.runs import scheduler, warm_worker

ROUNDS = 5
_READY_SECONDS = 12.0  # long enough for torch on a slow disk


def run() -> Iterator[Row | str]:
    """Medians of seconds until the first steps are reported, both ways in turn; what a warm worker holds meanwhile."""
    config = TrainConfig(data="mnist" if dataset("mnist").is_present() else "digits", epochs=1)
    seconds: tuple[list[float], list[float]] = ([], [])
    with tempfile.TemporaryDirectory() as home:
        os.environ["CNNVIZ_HOME"] = home
        for _ in range(ROUNDS):
            for kind in (0, 1):
                if kind == 0:
                    made_ready()
                seconds[kind].append(_start(config))
        made_ready()
        memory = _own_bytes()
        warm_worker.shutdown()
        scheduler.store().close()
    with_one, without = (statistics.median(column) for column in seconds)
    yield Row(f"seconds from Train to the first steps on {config.data}, worker ready against none", with_one, without)
    if memory is not None:
        yield f"a warm worker holds {memory / 1e6:.0f} MB of its own"


def made_ready() -> None:
    """A warm worker that has loaded."""
    scheduler.prewarm()
    time.sleep(_READY_SECONDS)


def _start(config: TrainConfig) -> float:
    begun = time.perf_counter()
    run_id = scheduler.submit(config)
    while not any(isinstance(event, Progress) for _, event in scheduler.store().events(run_id)):
        time.sleep(0.01)
    taken = time.perf_counter() - begun
    scheduler.stop(run_id)
    until_idle()
    return taken


def until_idle() -> None:
    """Every worker has let its run go."""
    while scheduler.store().holders():
        time.sleep(0.05)


def _own_bytes() -> int | None:
    """What the warm worker alone has written to memory; None where that cannot be known."""
    try:
        lines = Path(f"/proc/{warm_worker.waiting()}/smaps_rollup").read_text().splitlines()
    except OSError:
        return None
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Private_Dirty"))
