"""Garbage collection by a thread of its own: Streamlit's is off, ours comes when it is quiet, and at last anyhow."""

from __future__ import annotations

import gc
import threading
import weakref
from itertools import count
from types import SimpleNamespace

import pytest
from streamlit import config

from cnnviz.ui.shared import server


class Circle:
    """Something that only a collection can find."""

    def __init__(self) -> None:
        self.itself = self


class OverError(Exception):
    """Enough looks were taken."""


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds at which the collector collects, by a clock that goes on with every look; it stops after 100 s."""
    seconds, collected = count(0.0, server._LOOK), list[float]()
    now = 0.0

    def look(_pause: float) -> None:
        nonlocal now
        now = next(seconds)
        if now > 100:
            raise OverError

    monkeypatch.setattr(server, "time", SimpleNamespace(sleep=look, monotonic=lambda: now))
    monkeypatch.setattr(server, "collect", lambda: collected.append(now))
    return collected


def test_streamlits_own_is_off() -> None:
    """It walks the heap after every run, while the next visitor waits."""
    assert config.get_option("runner.postScriptGC") is False


def test_what_nobody_holds_is_found() -> None:
    """Two things that hold each other are gone."""
    circle = Circle()
    gone = weakref.ref(circle)
    del circle
    gc.disable()
    try:
        assert gone() is not None
        server.collect()
    finally:
        gc.enable()
    assert gone() is None


def test_it_comes_when_it_is_quiet(looks: list[float]) -> None:
    """Every 10 s while no page is drawn."""
    with pytest.raises(OverError):
        server._collect_for_good()
    assert looks == pytest.approx([10.25 * number for number in range(1, 10)])


def test_it_waits_while_a_page_is_drawn_but_not_for_ever(looks: list[float]) -> None:
    """A server that is never quiet collects once a minute."""
    drawn = threading.Event()
    page = threading.Thread(target=drawn.wait, name="ScriptRunner.scriptThread")
    page.start()
    try:
        with pytest.raises(OverError):
            server._collect_for_good()
    finally:
        drawn.set()
        page.join()
    assert looks == [60.25]
