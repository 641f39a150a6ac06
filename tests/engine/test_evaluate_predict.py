"""One picture in, probabilities out."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from cnnviz.base.errors import AnswerError
from cnnviz.data.registry import DATASETS
from cnnviz.engine import evaluate
from cnnviz.engine.checkpoint import load
from cnnviz.engine.evaluate import LOCK, evaluate_checkpoint, predict
from cnnviz.engine.events import Event
from tests.polling import PATIENCE, until


def test_predictions_are_those_of_the_evaluation(trained: tuple[Path, list[Event]]) -> None:
    """Asked one by one, the test pictures get the answers they got in batches."""
    model, card = load(trained[0] / "epoch-0003")
    expected = evaluate_checkpoint(trained[0] / "epoch-0003").probabilities
    for index, picture in enumerate(DATASETS["digits"].load("test").images[:20]):
        answer = predict(model, card, picture)
        assert answer.shape == (10,)
        assert np.allclose(answer, expected[index], atol=1e-5)


class _Lock:
    """The same lock, which says so before somebody waits for it."""

    def __init__(self) -> None:
        self.is_asked_for = threading.Event()

    def __enter__(self) -> None:
        self.is_asked_for.set()
        LOCK.acquire()

    def __exit__(self, *_raised: object) -> None:
        LOCK.release()


def test_lock_is_held(trained: tuple[Path, list[Event]], monkeypatch: pytest.MonkeyPatch) -> None:
    """While somebody else runs a network, a prediction waits."""
    model, card = load(trained[0] / "epoch-0003")
    answered, lock = threading.Event(), _Lock()
    monkeypatch.setattr(evaluate, "LOCK", lock)

    def ask() -> None:
        predict(model, card, np.zeros((1, 8, 8), np.uint8))
        answered.set()

    with LOCK:
        thread = threading.Thread(target=ask)
        thread.start()
        until(lock.is_asked_for.is_set)
        assert not answered.is_set()
    thread.join(PATIENCE)
    assert answered.is_set()


def test_an_answer_that_is_no_number_is_refused(trained: tuple[Path, list[Event]]) -> None:
    """Broken weights do not answer "0, certainly"."""
    model, card = load(trained[0] / "epoch-0003")
    with torch.no_grad():
        next(model.parameters()).fill_(float("nan"))
    with pytest.raises(AnswerError, match="The network's answer to this picture is not a number"):
        predict(model, card, np.zeros((1, 8, 8), np.uint8))


def test_a_network_without_weights_answers(trained: tuple[Path, list[Event]]) -> None:
    """It has no device of its own."""
    _model, card = load(trained[0] / "epoch-0003")
    assert predict(nn.Flatten(), card, np.zeros((1, 8, 8), np.uint8)).sum() == pytest.approx(1)
