"""Figures are checked against scikit-learn."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.metrics import confusion_matrix, log_loss, precision_recall_fscore_support
from torch import nn

from cnnviz.base.errors import AnswerError, ConfigurationError, DataError
from cnnviz.commands import main
from cnnviz.data.dataset_spec import Split
from cnnviz.data.registry import DATASETS
from cnnviz.engine.card import load_card
from cnnviz.engine.checkpoint import load, save
from cnnviz.engine.evaluate import Evaluation, count_confusion, evaluate, evaluate_checkpoint
from cnnviz.engine.events import Event
from cnnviz.engine.loader import DeviceDataset, Preprocessing


@pytest.fixture(scope="module")
def result(trained: tuple[Path, list[Event]]) -> Evaluation:
    return evaluate_checkpoint(trained[0] / "epoch-0001")


def test_scikit_learn_agrees(result: Evaluation) -> None:
    """Confusion matrix, precision, recall, F1, support and loss are scikit-learn's."""
    assert np.array_equal(result.confusion, confusion_matrix(result.labels, result.predictions))
    precision, recall, f1, support = precision_recall_fscore_support(result.labels, result.predictions, zero_division=0)
    assert np.allclose(result.precision, precision)
    assert np.allclose(result.recall, recall)
    assert np.allclose(result.f1, f1)
    assert np.array_equal(result.support, support)
    shares = result.probabilities.astype(np.float64)
    shares /= shares.sum(axis=1, keepdims=True)  # float32 sums to 1 within 1e-7, log_loss wants 1e-8
    assert result.loss == pytest.approx(log_loss(result.labels, shares), rel=1e-4)


def test_figures_belong_together(result: Evaluation) -> None:
    """Counts, shares, predictions and probabilities tell the same story."""
    assert result.total == 360 == len(result.predictions)
    assert result.correct == int((result.predictions == result.labels).sum())
    assert result.accuracy == result.correct / 360
    assert np.array_equal(result.probabilities.argmax(axis=1), result.predictions)
    assert np.allclose(result.probabilities.sum(axis=1), 1, atol=1e-5)
    assert result.per_class() == tuple(zip(result.confusion.diagonal(), result.support, strict=True))


@pytest.mark.parametrize("epoch", [0, 1, 3])
def test_a_card_is_what_evaluating_gives(trained: tuple[Path, list[Event]], epoch: int) -> None:
    """Evaluating a checkpoint gives the very figures of its card."""
    path = trained[0] / f"epoch-{epoch:04d}"
    card, again = load_card(path), evaluate_checkpoint(path)
    assert (card.correct, card.total, card.per_class) == (again.correct, again.total, again.per_class())
    assert card.test_loss == round(again.loss, 4)
    assert card.confusion == tuple(map(tuple, again.confusion.tolist()))


def test_classes_nobody_called() -> None:
    """A class that was never predicted has precision 0, not a division by zero; one without pictures no line."""
    confusion = count_confusion(np.array([0, 0, 1]), np.array([0, 0, 0]), 3)
    empty = np.zeros(0, dtype=np.int64)
    result = Evaluation(confusion, 0.0, empty, empty, np.zeros((0, 3), np.float32), 0.0)
    assert confusion.tolist() == [[2, 0, 0], [1, 0, 0], [0, 0, 0]]
    assert result.precision.tolist() == [2 / 3, 0, 0]
    assert result.recall.tolist() == [1, 0, 0]
    assert result.f1.tolist() == [0.8, 0, 0]
    assert len(result.lesson_lines(["a", "b", "c"])) == 3


def test_mode_is_put_back() -> None:
    """Evaluating switches dropout off and leaves the network in the mode it was in, after an error too."""
    pictures = DeviceDataset.of(
        Split(np.zeros((4, 1, 2, 2), np.uint8), np.zeros(4, np.int64)),
        Preprocessing((1, 2, 2), (0.0,), (1.0,)),
        4,
        torch.device("cpu"),
    )
    model = nn.Sequential(nn.Flatten(), nn.Dropout(1.0))
    bias = nn.Parameter(torch.tensor([5.0, 0, 0, 0]))
    model.append(nn.Linear(4, 4))
    model[2].bias = bias
    assert evaluate(model, pictures).accuracy == 1
    assert model.training
    with pytest.raises(RuntimeError):
        evaluate(model.append(nn.Linear(9, 4)), pictures)
    assert model.training
    model.eval()
    with pytest.raises(RuntimeError):
        evaluate(model, pictures)
    assert not model.training


def test_other_test_images(trained: tuple[Path, list[Event]], complete_data: Path) -> None:
    """A net for digits can be asked for MNIST: enlarged alike, it does far better than chance."""
    result = evaluate_checkpoint(trained[0] / "epoch-0003", "mnist")
    assert result.total == 10_000
    assert result.accuracy > 0.3


def test_data_of_another_kind(trained: tuple[Path, list[Event]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Test images with other classes or channels are refused before they are loaded."""
    three = dataclasses.replace(DATASETS["digits"], name="three", classes=("a", "b", "c"))
    monkeypatch.setitem(DATASETS, "three", three)
    with pytest.raises(ConfigurationError, match=r"knows the classes 0, 1, .*; three is not like that"):
        evaluate_checkpoint(trained[0] / "epoch-0003", "three")


def test_as_many_classes_are_not_the_same_classes(trained: tuple[Path, list[Event]]) -> None:
    """A network for digits is not asked about clothes, though there are ten of both."""
    with pytest.raises(ConfigurationError, match="fashion-mnist is not like that"):
        evaluate_checkpoint(trained[0] / "epoch-0003", "fashion-mnist")


def test_loaded_network_gives_the_same(trained: tuple[Path, list[Event]], result: Evaluation) -> None:
    """`evaluate` on a loaded network and `evaluate_checkpoint` are one."""
    model, card = load(trained[0] / "epoch-0001")
    pictures = DeviceDataset.load(DATASETS["digits"], "test", Preprocessing.of(card), torch.device("cpu"))
    assert np.array_equal(evaluate(model, pictures).confusion, result.confusion)


def _pictures(count: int, classes: int = 3) -> DeviceDataset:
    """Pictures of one pixel, 0, 1, 2 ..."""
    split = Split(np.arange(count, dtype=np.uint8).reshape(-1, 1, 1, 1), np.zeros(count, np.int64))
    return DeviceDataset.of(split, Preprocessing((1, 1, 1), (0.0,), (1 / 255,)), classes, torch.device("cpu"))


class _Spoilt(nn.Module):
    """Answers class 0, and `value` for the pixels of `at`."""

    def __init__(self, value: float, at: list[int]) -> None:
        super().__init__()
        self.value, self.at = value, at

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        pixel = x.flatten(1).round().long()
        logits = torch.tensor([1.0, 0.0, 0.0]).repeat(len(x), 1)
        return logits.masked_fill(torch.isin(pixel, torch.tensor(self.at)), self.value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_answers_that_are_no_numbers_are_not_counted(value: float) -> None:
    """They are not class 0, whose share would be perfect: the pictures are named, and what to do."""
    assert evaluate(_Spoilt(value, []), _pictures(20)).accuracy == 1
    with pytest.raises(AnswerError, match=r"For 2 of 20 pictures \(numbers 4, 12\) .* not a number, so nothing was"):
        evaluate(_Spoilt(value, [3, 11]), _pictures(20))
    with pytest.raises(AnswerError, match=r"For 20 of 20 pictures \(numbers 1, 2, 3 …\)"):
        evaluate(_Spoilt(value, list(range(20))), _pictures(20))


def test_nothing_to_test_on() -> None:
    """0 of 0 is no share: an empty test half is refused in a sentence."""
    with pytest.raises(DataError, match="There is no picture to test the network on"):
        evaluate(_Spoilt(0, []), _pictures(0))


def test_a_network_without_weights_is_tested_like_any() -> None:
    """Plain stacks too, which are rearranged by the device of their weights."""
    assert evaluate(nn.Sequential(nn.Flatten(), nn.ReLU()), _pictures(4, classes=1)).accuracy == 1


@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_the_command_refuses_them(
    trained: tuple[Path, list[Event]], tmp_path: Path, capsys: pytest.CaptureFixture[str], flags: list[str]
) -> None:
    """Weights whose sums overflow have no accuracy, neither for people nor for programs."""
    model, card = load(trained[0] / "epoch-0003")
    with torch.no_grad():
        for weight in model.parameters():
            weight.fill_(3e38)
    save(tmp_path / "spoilt", model, card)
    assert main(["evaluate", str(tmp_path / "spoilt"), *flags]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "For 360 of 360 pictures (numbers 1, 2, 3 …) the network's answer is not a number" in said.err
