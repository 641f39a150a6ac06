"""Label search in a process of its own: progress and answers, refusals as sentences, remembered, ended when closed."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pytest

from cnnviz.base.errors import CnnvizError, ConfigurationError, RunError
from cnnviz.engine.config import TrainConfig
from cnnviz.runs import label_search

CONFIG = TrainConfig(data="digits", epochs=1, batch_size=32, train_images=80)


class Process:
    """Says lines; knows whether it was ended."""

    def __init__(self, *lines: Any) -> None:
        texts = [line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n" for line in lines]
        self.stdout = io.BytesIO(b"".join(texts))
        self.was_killed = False

    def kill(self) -> None:
        self.was_killed = True

    def wait(self) -> int:
        return 0


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(label_search, "_known", type(label_search._known)())


def process(monkeypatch: pytest.MonkeyPatch, *lines: Any) -> Process:
    child = Process(*lines)
    monkeypatch.setattr(label_search.subprocess, "Popen", lambda *_arguments, **_named: child)
    return child


def test_progress_then_answers_then_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines that are none of ours are passed over; a second search of the same asks no process."""
    child = process(monkeypatch, 0.25, b"a warning\n", 0.5, [[0.25, 0.75], [1.0, 0.0]])
    *shares, found = label_search.search(CONFIG, "one")
    assert shares == [0.0, 0.25, 0.5]
    assert isinstance(found, np.ndarray)
    assert found.dtype == np.float32
    assert found.tolist() == [[0.25, 0.75], [1.0, 0.0]]
    assert child.was_killed
    process(monkeypatch)
    assert list(label_search.search(CONFIG, "one")) == [pytest.approx(found)]
    assert label_search.remembered(CONFIG, "other") is None, "of another set of the same name"


def test_a_refusal_is_the_engine_s_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it said it."""
    process(monkeypatch, ConfigurationError("{what} is wrong.", what="this").to_json().encode() + b"\n")
    with pytest.raises(CnnvizError, match="this is wrong"):
        list(label_search.search(CONFIG))


def test_a_process_that_dies_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing is remembered."""
    process(monkeypatch, 0.25)
    with pytest.raises(RunError, match="came to nothing"):
        list(label_search.search(CONFIG))
    assert label_search.remembered(CONFIG) is None


def test_closing_ends_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A visitor who presses Stop leaves nothing running."""
    child = process(monkeypatch, 0.25, 0.5, 0.75)
    steps = label_search.search(CONFIG)
    assert [next(steps), next(steps)] == [0.0, 0.25]
    steps.close()
    assert child.was_killed


@pytest.mark.slow
def test_a_real_process() -> None:
    """80 digits: a row of ten probabilities for each."""
    *_shares, found = label_search.search(CONFIG)
    assert isinstance(found, np.ndarray)
    assert found.shape == (80, 10)
    assert found.sum(axis=1) == pytest.approx(np.ones(80), abs=1e-4)
