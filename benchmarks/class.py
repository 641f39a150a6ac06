"""A class of 40 on one server: how long its answers take, cold and warm, and what they cost the machine.

The pupils walk all pages, with 2 s of thought between an answer and the next question. The plain ways: the same server
with Streamlit's own garbage collection after every run; a page that says hello; the same training without the class.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

import psutil

from benchmarks._home import given_home
from benchmarks._pupils import PATHS, pupils, turn, walking
from benchmarks.watching import window
from cnnviz.commands.bench import Row
from cnnviz.data.registry import dataset
from cnnviz.engine.config import TrainConfig
from cnnviz.runs import scheduler
from tests.browser.server import Server, app_server
from tests.browser.session import Session
from tests.conftest import COMPLETE_DATA

PUPILS = 40
RUNS = 6  # in the store before anybody comes
WARMING, WALK = 15.0, 45.0  # seconds
WINDOW, WINDOWS = 12.0, 3  # seconds of a training that count, and how many with the class and without
RERUNS, REPEATS = 10, 7  # of one page for its share of the processor
SESSIONS = 400
COLLECTED = 15.0  # seconds without a visitor after which the collector has been at work
_STREAMLITS = {"STREAMLIT_RUNNER_POST_SCRIPT_GC": "true"}
_HELLO = 'import streamlit as st\nst.title("Hello")\n'


def run() -> Iterator[Row | str]:
    """Milliseconds and MiB."""
    with _runs() as home:
        with _server(home, **_STREAMLITS) as server:
            plain = _cold_and_warm(server)
        with _server(home) as server:
            for (what, ours), (_, theirs) in zip(_cold_and_warm(server), plain, strict=True):
                yield from _answered(what, ours, theirs)
            yield from _processor(server, home)
            yield _training(server)
        with _server(home) as server:
            yield _memory(server)


@contextmanager
def _runs() -> Iterator[Path]:
    """A CNNVIZ_HOME with some runs that have ended."""
    with given_home() as home:
        try:
            for seed in range(RUNS):
                run_id = scheduler.submit(TrainConfig(data="digits", epochs=1, seed=seed))
                while scheduler.store().record(run_id).is_active:
                    time.sleep(0.1)
            yield home
        finally:
            scheduler.store().close()


def _server(home: Path, **environment: str) -> AbstractContextManager[Server]:
    return app_server(home, COMPLETE_DATA, **environment)


def _cold_and_warm(server: Server) -> list[tuple[str, list[float]]]:
    """What is asked -> seconds of each answer. Raises AssertionError if a page has shown an error."""
    cold = pupils(server.url, "arrive", PUPILS)
    pupils(server.url, "walk", PUPILS, WARMING)
    warm = pupils(server.url, "walk", PUPILS, WALK)
    assert not cold.wrong + warm.wrong, cold.wrong + warm.wrong
    return [
        (f"a page opens, {PUPILS} at once on a cold server", cold.opened),
        (f"a page opens, {PUPILS} walking", warm.opened),
        (f"a control is turned, {PUPILS} walking", warm.turned),
    ]


def _answered(what: str, ours: list[float], plain: list[float]) -> Iterator[Row]:
    for share, name in ((0.5, "median"), (0.95, "95th percentile")):
        yield Row(f"{what}, {name} of {len(ours)}", *(1e3 * _quantile(taken, share) for taken in (ours, plain)), "ms")


def _quantile(values: list[float], share: float) -> float:
    return sorted(values)[round(share * (len(values) - 1))]


def _processor(server: Server, home: Path) -> Iterator[Row]:
    """What one visitor's rerun takes of the processor, beside a page that says hello."""
    hello = home / "hello.py"
    hello.write_text(_HELLO)
    with _server(home, script=str(hello)) as other:
        plain = asyncio.run(_milliseconds(other, "", is_turned=False))
    for path in PATHS:
        for is_turned, what in ((True, "a control is turned"), (False, "the whole page once more")):
            ours = asyncio.run(_milliseconds(server, path, is_turned))
            yield Row(f"processor time, {path or 'home'}, {what}, median of {REPEATS}", ours, plain, "ms")


async def _milliseconds(server: Server, path: str, is_turned: bool) -> float:
    """Of the server's process, all threads, user and system, for one rerun."""
    process, taken = psutil.Process(server.process.pid), []
    async with Session(server.url, page=path, keeps_time=False) as visitor:
        await visitor.run()
        for window in range(REPEATS + 1):
            before = process.cpu_times()
            for number in range(window * RERUNS, (window + 1) * RERUNS):
                if is_turned:
                    label, value = turn(path, number)
                    await visitor.set(label, **value)
                else:
                    await visitor.run()
            after = process.cpu_times()
            taken.append(1e3 * (after.user + after.system - before.user - before.system) / RERUNS)
        assert not visitor.exceptions, visitor.exceptions
    return statistics.median(taken[1:])  # in the first, much is seen for the first time


def _training(server: Server) -> Row:
    config = TrainConfig(model="lenet5", data="mnist" if dataset("mnist").is_present() else "digits", epochs=1000)
    run_id = scheduler.submit(config)
    try:
        while scheduler.store().record(run_id).seq < 3:
            time.sleep(0.1)
        taken: tuple[list[float], list[float]] = ([], [])
        for _ in range(WINDOWS):
            for kind, visitors in enumerate((walking(server.url, PUPILS), nullcontext())):
                with visitors:
                    taken[kind].append(window(run_id, config.batch_size, WINDOW))
        what = f"a training, ms for 1,000 pictures of {config.data}, {PUPILS} walking against none"
        return Row(what, *map(statistics.median, taken), "ms")
    finally:
        scheduler.stop(run_id)
        while scheduler.store().record(run_id).is_active:
            time.sleep(0.1)


def _memory(server: Server) -> Row:
    process = psutil.Process(server.process.pid)
    held = []
    for come in range(PUPILS, SESSIONS + 1, PUPILS):
        pupils(server.url, "walk", PUPILS, WARMING)
        if come in (PUPILS, SESSIONS):
            time.sleep(COLLECTED)
            held.append(process.memory_info().rss / 2**20)
    return Row(f"the server's memory after {SESSIONS} sessions against {PUPILS}", held[1], held[0], "MiB")


if __name__ == "__main__":
    sys.exit(print(*run(), sep="\n"))
