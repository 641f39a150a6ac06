"""Effect on a test set: what is kept of earlier layers never changes a count, and the ranking is each channel alone."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from cnnviz.base import paths
from cnnviz.base.errors import DataError
from cnnviz.data.registry import DATASETS
from cnnviz.engine.checkpoint import load
from cnnviz.engine.evaluate import evaluate
from cnnviz.engine.loader import DeviceDataset, Preprocessing
from cnnviz.inspection.ablation import Change, edited, scaled
from cnnviz.inspection.effect import TestBench
from cnnviz.models.registry import model_spec
from cnnviz.models.summary import summarize


def digits(model_card: tuple) -> DeviceDataset:
    card, spec = model_card[1], DATASETS["digits"]
    prepare = Preprocessing(card.input_size, card.mean, card.std, spec.margin)
    return DeviceDataset.load(spec, "test", prepare, torch.device("cpu"))


@pytest.fixture(scope="module")
def lenet() -> tuple:
    model_card = load(paths.shipped_checkpoints() / "lenet5-mnist")
    return model_card[0], digits(model_card)


def plainly(model: nn.Module, data: DeviceDataset, change: Change) -> np.ndarray:
    """The confusion matrix of the whole network, hooked."""
    own = edited(model, change.layer, change.weights)
    with scaled(own, change.layer, change.channels, change.factor):
        return evaluate(torch.nn.Sequential(own), data).confusion


@pytest.mark.parametrize("layer", ["conv1", "relu1", "pool1", "conv2", "pool2", "flatten", "fc1", "relu3", "fc3"])
@pytest.mark.parametrize("factor", [0.0, 1.7])
def test_a_change_counts_as_in_the_whole_network(lenet: tuple, layer: str, factor: float) -> None:
    """Whatever is kept of the layers before, each picture is answered as by the network with a hook on that layer."""
    model, data = lenet
    bench = TestBench(model, layer, data)
    assert bench.is_stack
    change = Change(layer, (0, 2, 3), factor)
    np.testing.assert_array_equal(bench.score(change).confusion, plainly(model, data, change))
    np.testing.assert_array_equal(bench.score(Change(layer)).confusion, evaluate(model, data).confusion)


@pytest.mark.parametrize(("layer", "place"), [("conv1", (3, 0, 2, 2)), ("conv2", (3, 1, 0, 4)), ("fc1", (3, 77))])
def test_a_weight_by_hand_counts_too(lenet: tuple, layer: str, place: tuple[int, ...]) -> None:
    """Only that filter runs again; with a channel off beside it."""
    model, data = lenet
    change = Change(layer, (1,), 0.0, ((place, 3.0),))
    found = TestBench(model, layer, data).score(change).confusion
    np.testing.assert_array_equal(found, plainly(model, data, change))


def test_loss_is_the_mean_cross_entropy(lenet: tuple) -> None:
    """As in an evaluation."""
    model, data = lenet
    score = TestBench(model, "conv2", data).score(Change("conv2"))
    judged = evaluate(model, data)
    assert score.loss == pytest.approx(judged.loss, rel=1e-5)
    assert (score.accuracy, score.total) == (judged.accuracy, len(data))


def test_ranking_is_each_channel_alone(lenet: tuple) -> None:
    """One step for each, in order; the channel that costs most is first."""
    model, data = lenet
    bench = TestBench(model, "conv2", data)
    steps = list(TestBench(model, "conv2", data).rank())
    assert [step.done for step in steps] == list(range(17))
    alone = {k: bench.score(Change("conv2", (k,))).correct for k in range(16)}
    last = steps[-1]
    assert {k: score.correct for k, score in last.scores.items()} == alone
    assert [alone[k] for k in last.by_need] == sorted(alone.values())
    assert last.untouched.correct == bench.score(Change("conv2")).correct


def test_a_network_with_branches_runs_whole() -> None:
    """A residual network, an addition between its modules; progress batch by batch, the untouched one first."""
    torch.manual_seed(0)
    model = model_spec("resnet-small").build(1, 10).eval()
    spec = DATASETS["digits"]
    data = DeviceDataset.load(spec, "test", Preprocessing((1, 16, 16), spec.mean, spec.std), torch.device("cpu"))
    data = DeviceDataset(data.images[:600], data.labels[:600], data.prepare, 10)
    layer = next(info.name for info in summarize(model, (1, 16, 16)) if info.kind == "Add")
    bench, change = TestBench(model, layer, data), Change(layer, tuple(range(16)))
    assert not bench.is_stack
    steps = list(bench.compared(change))
    shares = [step.share for step in steps]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    np.testing.assert_array_equal(steps[-1].after.confusion, plainly(model, data, change))
    np.testing.assert_array_equal(steps[-1].before.confusion, evaluate(model, data).confusion)


def test_large_pictures_come_a_few_at_a_time() -> None:
    """500 of 224 x 224 would take gigabytes, and nobody could stop them meanwhile: a step is some 20."""
    spec = DATASETS["digits"]
    data = DeviceDataset.load(spec, "test", Preprocessing((1, 224, 224), spec.mean, spec.std), torch.device("cpu"))
    data = DeviceDataset(data.images[:50], data.labels[:50], data.prepare, 10)
    model = torch.nn.Sequential(nn.Conv2d(1, 2, 3, stride=4), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2, 10))
    for layer in ("0", "2"):
        done = [trial.done for trial in TestBench(model.eval(), layer, data).trials(Change(layer, (1,)))]
        assert done[0] == 20
        assert done[-1] == 50


def test_no_picture_is_said(lenet: tuple) -> None:
    """Of none there is no accuracy."""
    model, data = lenet
    with pytest.raises(DataError, match="no picture"):
        TestBench(model, "conv1", DeviceDataset(data.images[:0], data.labels[:0], data.prepare, 10))
