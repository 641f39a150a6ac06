"""Four runs at once against one alone: images per second of all together, and a slider of the app meanwhile.

Each is a run as visitors start it, in a process of its own through the queue. One alone has the machine as ever; four
at once (CNNVIZ_RUNS_AT_ONCE=4) share the cores. The plain way beside them: four processes with all threads each.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks.convolution import LISTEN, releases
from cnnviz.commands.bench import Row
from cnnviz.data.registry import dataset
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import Progress
from cnnviz.runs import scheduler
from cnnviz.runs.process import threads_each
from tests.browser import chromium
from tests.browser.server import app_server
from tests.conftest import COMPLETE_DATA

AT_ONCE = 4
SECONDS = 12.0  # of training that count, after all have begun
REPEATS = 3
_ALL_THREADS = """
import json, os, sys, torch
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import RunStarted
from cnnviz.engine.train import train
os.nice(10)
for event in train(TrainConfig.from_json(sys.argv[1])):
    if isinstance(event, RunStarted):
        torch.set_num_threads(os.cpu_count() or 1)
    else:
        print(json.dumps([event.epoch, getattr(event, "step", 0)]), flush=True)
"""


def run() -> Iterator[Row]:
    """Milliseconds for 1,000 pictures, medians in turn; a ratio up to 1.11 keeps 90% of the rate."""
    config = TrainConfig(model="lenet5", data="mnist" if dataset("mnist").is_present() else "digits", epochs=1000)
    taken: dict[int, list[float]] = {1: [], AT_ONCE: []}
    for _ in range(REPEATS):
        for count in taken:
            taken[count].append(1e6 / _rate(config, count))
    alone, together = (statistics.median(times) for times in taken.values())
    plain = 1e6 / _plain_rate(config)  # once: it is many times slower
    with _at_once(AT_ONCE, Path("unused")):
        threads = threads_each()
    yield Row(
        f"ms for 1,000 pictures of {config.data}, {AT_ONCE} runs at once ({threads} thread each) against one",
        together,
        alone,
        "ms",
    )
    yield Row(f"the same {AT_ONCE}, against {AT_ONCE} processes with all threads each", together, plain, "ms")
    yield _slider(config)


@contextmanager
def _at_once(count: int, home: Path) -> Iterator[None]:
    """The variables of a server that lets `count` runs train at once."""
    own = {"CNNVIZ_HOME": str(home), "CNNVIZ_RUNS_AT_ONCE": str(count), "CNNVIZ_RUNNING_EACH": str(count)}
    before = {name: os.environ.get(name) for name in own}
    os.environ.update(own)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def _training(config: TrainConfig, count: int, home: Path) -> Iterator[list[int]]:
    """`count` runs that have all reported; stopped at the end."""
    with _at_once(count, home):
        runs = [scheduler.submit(config) for _ in range(count)]
        try:
            while any(scheduler.store().record(run).seq < 3 for run in runs):
                time.sleep(0.1)
            yield runs
        finally:
            for run in runs:
                scheduler.stop(run)
            while any(scheduler.store().record(run).is_active for run in runs):
                time.sleep(0.1)
            scheduler.store().close()


def _rate(config: TrainConfig, count: int) -> float:
    """Pictures a second of `count` runs together."""
    with tempfile.TemporaryDirectory() as folder, _training(config, count, Path(folder)) as runs:
        before, start = sum(map(_steps, runs)), time.perf_counter()
        time.sleep(SECONDS)
        return (sum(map(_steps, runs)) - before) * config.batch_size / (time.perf_counter() - start)


def _steps(run: int) -> int:
    reports = [event for _, event in scheduler.store().events(run) if isinstance(event, Progress)]
    return (reports[-1].epoch - 1) * reports[-1].steps_per_epoch + reports[-1].step if reports else 0


def _plain_rate(config: TrainConfig) -> float:
    """The same of four processes that know nothing of each other."""
    command = [sys.executable, "-c", _ALL_THREADS, config.to_json()]
    with tempfile.TemporaryDirectory() as folder:
        files = [(Path(folder) / str(number)).open("w+") for number in range(AT_ONCE)]
        processes = [subprocess.Popen(command, stdout=file) for file in files]
        try:
            while any(len(_lines(file.name)) < 3 for file in files):
                time.sleep(0.1)
            steps = -(-dataset(config.data).train_images // config.batch_size)
            before, start = sum(_told(file.name, steps) for file in files), time.perf_counter()
            time.sleep(SECONDS)
            done = sum(_told(file.name, steps) for file in files) - before
            return done * config.batch_size / (time.perf_counter() - start)
        finally:
            for process, file in zip(processes, files, strict=True):
                process.kill()
                process.wait()
                file.close()


def _lines(file: str) -> list[str]:
    return Path(file).read_text().splitlines()


def _told(file: str, steps_per_epoch: int) -> int:
    epoch, step = max(tuple(map(int, line.strip("[]").split(","))) for line in _lines(file) if line.endswith("]"))
    return (epoch - 1) * steps_per_epoch + step


def _slider(config: TrainConfig, moves: int = 30) -> Row:
    """Milliseconds from the key press on a slider of the convolution page until Python's panels show it."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home = Path(folder)
        with app_server(home, COMPLETE_DATA) as server:
            browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.ARGUMENTS)
            page = browser.new_page(viewport={"width": 1280, "height": 900}, locale="en-US")
            page.add_init_script(LISTEN)
            page.goto(f"{server.url}/convolution?n=28")
            page.get_by_test_id("stTabs").wait_for(timeout=60_000)
            page.wait_for_timeout(8000)  # the heavy imports in the background are done
            idle = releases(page, moves)
            with _training(config, AT_ONCE, home):
                busy = releases(page, moves)
            browser.close()
    return Row(
        f"slider answered, {AT_ONCE} runs training against none, median",
        statistics.median(busy),
        statistics.median(idle),
        "ms",
    )


if __name__ == "__main__":
    sys.exit(print(*run(), sep="\n"))
