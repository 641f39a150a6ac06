"""A training that ten visitors watch live, against the same training while nobody looks.

The visitors are sessions that speak Streamlit's protocol, each with the timers of a browser: what ten visitors on their
own machines ask of this one. Windows with and without them take turns within one run.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

from cnnviz.commands.bench import Row
from cnnviz.data.registry import dataset
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import Progress
from cnnviz.runs import scheduler
from tests.browser.server import app_server
from tests.browser.watchers import watching
from tests.conftest import COMPLETE_DATA

WATCHERS = 10
WINDOW = 10.0  # seconds
WINDOWS = 4  # of each kind


def run() -> Iterator[Row]:
    """Milliseconds for 1,000 pictures, medians; a ratio up to 1.05 is what is asked for."""
    config = TrainConfig(model="lenet5", data="mnist" if dataset("mnist").is_present() else "digits", epochs=1000)
    for page in ("training", "runs"):
        watched, alone = _windows(config, page)
        yield Row(
            f"ms for 1,000 pictures of {config.data}, {WATCHERS} visitors on the page {page} against none",
            watched,
            alone,
            "ms",
        )


def _windows(config: TrainConfig, page: str) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        os.environ["CNNVIZ_HOME"] = folder
        with app_server(home, COMPLETE_DATA) as server:
            run_id = scheduler.submit(config)
            try:
                while scheduler.store().record(run_id).seq < 3:
                    time.sleep(0.1)
                with watching(server.url, page, count=1):
                    time.sleep(8)  # the server's heavy imports are done
                taken: tuple[list[float], list[float]] = ([], [])
                for _ in range(WINDOWS):
                    for kind in (0, 1):
                        visitors = nullcontext() if kind else watching(server.url, page, count=WATCHERS)
                        with visitors:
                            taken[kind].append(window(run_id, config.batch_size, WINDOW))
                return statistics.median(taken[0]), statistics.median(taken[1])
            finally:
                scheduler.stop(run_id)
                while scheduler.store().record(run_id).is_active:
                    time.sleep(0.1)
                scheduler.store().close()


def window(run_id: int, batch_size: int, seconds: float) -> float:
    """Milliseconds for 1,000 pictures of a run that trains, during `seconds` from here on."""
    before, start = _steps(run_id)
    time.sleep(seconds)
    after, end = _steps(run_id)
    return 1e6 * (end - start) / ((after - before) * batch_size)


def _steps(run_id: int) -> tuple[int, float]:
    """Batches of the newest report, and the training's own clock at it: what passes between reports does not count."""
    last = next(event for _, event in reversed(scheduler.store().events(run_id)) if isinstance(event, Progress))
    return (last.epoch - 1) * last.steps_per_epoch + last.step, last.seconds


if __name__ == "__main__":
    sys.exit(print(*run(), sep="\n"))
