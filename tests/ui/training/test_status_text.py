"""What a run does, in one sentence: whatever other programs are called is text in it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from cnnviz.base.text import plain
from cnnviz.engine.config import TrainConfig
from cnnviz.runs import process, scheduler
from cnnviz.runs.history import History
from cnnviz.ui.training import status_text


@pytest.fixture
def begun() -> Iterator[tuple[int, str]]:
    """A run that has begun, and its token."""
    store = scheduler.store()
    run_id, token = store.add_here(TrainConfig(data="digits"))
    yield run_id, token
    store.end(run_id, token, "stopped")


def test_who_holds_it_up_is_text(begun: tuple[int, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Any process may be called anything."""
    name = "[backup](http://evil.example) *now*"
    monkeypatch.setattr(status_text, "lock_holder", lambda file: name)
    record = replace(scheduler.store().record(begun[0]), heartbeat=time.time() - 3600)
    said = status_text.status_sentence(record, History())
    assert plain(name) in said
    assert name not in said


def test_ctrl_c_is_called_so(begun: tuple[int, str]) -> None:
    """The machine was not switched off then, and memory did not run out."""
    assert scheduler.store().end(*begun, "interrupted", reason=process.KEYBOARD)
    said = status_text.status_sentence(scheduler.store().record(begun[0]), History())
    assert said == "It was interrupted with Ctrl-C in the terminal. Resume starts it once more."
