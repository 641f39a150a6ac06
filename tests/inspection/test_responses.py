"""Responses of a layer to a data set: the nine best, boxes, rates and dead units are those of a plain forward pass."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from cnnviz.base import paths
from cnnviz.base.errors import ConfigurationError
from cnnviz.data.dataset_spec import Split
from cnnviz.engine.checkpoint import load
from cnnviz.engine.loader import Preprocessing
from cnnviz.inspection import responses as module
from cnnviz.inspection.responses import Responses, box_of, responses, threshold_of
from cnnviz.models.registry import MODELS
from cnnviz.models.summary import LayerInfo, summarize
from tests.inspection.test_maximize import digits


def layer_of(model: nn.Module, size: tuple[int, int, int], name: str) -> LayerInfo:
    return next(layer for layer in summarize(model, size) if layer.name == name)


@pytest.fixture(scope="module")
def found() -> dict[str, Responses]:
    """Of three layers of the shipped LeNet to the embedded digits."""
    model, card = load(paths.shipped_checkpoints() / "lenet5-mnist")
    results = {}
    for name in ("relu2", "conv2", "fc3"):
        layer = layer_of(model, (1, 28, 28), name)
        *_, results[name] = responses(model, layer, Preprocessing.of(card), digits(), 10)
    return results


def by_torch(name: str) -> torch.Tensor:
    """The layer's outputs to all digits at once."""
    model, card = load(paths.shipped_checkpoints() / "lenet5-mnist")
    assert isinstance(model, nn.Sequential)
    x = Preprocessing.of(card)(torch.from_numpy(digits().images))
    with torch.no_grad():
        for child, each in model.named_children():
            x = each(x)
            if child == name:
                break
    return x


@pytest.mark.parametrize("name", ["relu2", "conv2", "fc3"])
def test_the_nine_best(found: dict[str, Responses], name: str) -> None:
    """Pictures, values and places are those of torch's own outputs, the strongest first."""
    mine, maps = found[name], by_torch(name)
    strongest = maps.flatten(2).amax(dim=2) if maps.dim() == 4 else maps  # (n, u)
    np.testing.assert_allclose(mine.values, strongest.sort(dim=0, descending=True).values[:9].T, atol=1e-5)
    assert (np.diff(mine.values, axis=1) <= 0).all()
    for unit in range(len(mine.values)):
        for picture, value, place in zip(mine.pictures[unit], mine.values[unit], mine.places[unit], strict=True):
            assert float(maps[picture, unit].flatten()[place]) == pytest.approx(float(value), abs=1e-5)


def test_the_best_by_each_measure(found: dict[str, Responses]) -> None:
    """Mean and centre of a map, and of the answer the probability."""
    maps, logits = by_torch("relu2"), by_torch("fc3")
    np.testing.assert_allclose(found["relu2"].best_mean, maps.mean(dim=(2, 3)).amax(dim=0), atol=1e-5)
    np.testing.assert_allclose(found["relu2"].best_center, maps[:, :, 5, 5].amax(dim=0), atol=1e-5)
    np.testing.assert_allclose(found["fc3"].best_mean, logits.amax(dim=0), atol=1e-5)
    np.testing.assert_allclose(found["fc3"].best_probability, logits.softmax(dim=1).amax(dim=0), atol=1e-5)


def test_how_often_it_fires(found: dict[str, Responses]) -> None:
    """The share of places above zero, class by class: all pictures of the class, all places of the map."""
    maps, labels = by_torch("conv2"), digits().labels
    for digit in range(10):
        share = (maps[labels == digit] > 0).float().mean(dim=(0, 2, 3))
        np.testing.assert_allclose(found["conv2"].rates[:, digit], share, atol=2e-4)
    np.testing.assert_array_equal(found["conv2"].rates, found["relu2"].rates)


def test_a_dead_filter_is_named() -> None:
    """One that no picture brings above zero, and only that one."""
    model = nn.Sequential(nn.Conv2d(1, 3, 3), nn.ReLU())
    nn.init.constant_(model[0].weight, 1.0)
    model[0].bias.data = torch.tensor([0.0, -100.0, -1.0])
    layer = layer_of(model, (1, 8, 8), "1")
    split = Split(np.full((12, 1, 8, 8), 255, np.uint8), np.arange(12) % 2)
    *_, last = responses(model, layer, Preprocessing((1, 8, 8), (0.0,), (1.0,)), split, 3)
    assert last.dead == [1]
    assert last.rates.tolist() == [[1, 1, 0], [0, 0, 0], [1, 1, 0]]  # of the third class there is no picture


def test_fewer_than_nine_pictures_and_several_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Missing places are marked; batches of two give what one batch gives, and say how far they are."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU())
    layer, prepare = layer_of(model, (1, 8, 8), "0"), Preprocessing((1, 8, 8), (0.5,), (0.5,))
    images = np.random.default_rng(0).integers(0, 256, (5, 1, 8, 8), dtype=np.uint8)
    split = Split(images, np.array([0, 1, 1, 0, 1]))
    (whole,) = responses(model, layer, prepare, split, 2)
    monkeypatch.setattr(module, "_AT_ONCE", 2)
    parts = list(responses(model, layer, prepare, split, 2))
    assert [part.seen for part in parts] == [2, 4, 5]
    for name in ("pictures", "places", "fired", "of"):
        np.testing.assert_array_equal(getattr(parts[-1], name), getattr(whole, name))
    np.testing.assert_allclose(parts[-1].values, whole.values, atol=1e-6)
    assert (whole.pictures[:, 5:] == -1).all()
    assert sorted(whole.pictures[0, :5].tolist()) == [0, 1, 2, 3, 4]


def test_a_box_is_what_the_value_reads() -> None:
    """Outside it no pixel moves the value; its edges do. At the border it ends with the picture."""
    torch.manual_seed(0)
    model = MODELS["lenet5"].build(1, 10).eval()
    assert isinstance(model, nn.Sequential)
    layer = layer_of(model, (1, 28, 28), "conv2")
    for place in (0, 37, 99):
        x = torch.randn(1, 1, 28, 28).requires_grad_()
        y = x
        for name, each in model.named_children():
            y = each(y)
            if name == "conv2":
                break
        y[0].flatten(1)[:, place].abs().sum().backward()
        assert x.grad is not None
        moved = x.grad[0, 0] != 0
        rows, columns = moved.any(dim=1).nonzero().flatten(), moved.any(dim=0).nonzero().flatten()
        box = box_of(layer, place, (1, 28, 28))
        assert box.top <= rows[0] and rows[-1] <= box.bottom  # noqa: PT018
        assert box.left <= columns[0] and columns[-1] <= box.right  # noqa: PT018
        assert (box.bottom - box.top + 1) * (box.right - box.left + 1) <= 14 * 14
    assert box_of(layer, 0, (1, 28, 28)) == (0, 0, 11, 11)  # 14 pixels, two of them padding
    assert box_of(layer_of(model, (1, 28, 28), "fc3"), 0, (1, 28, 28)) == (0, 0, 27, 27)


def test_behind_a_sigmoid_half_open_counts() -> None:
    """Its values are never zero or less; what pools or flattens them keeps the threshold."""
    model = MODELS["lenet5-classic"].build(1, 10)
    layers = summarize(model, (1, 28, 28))
    kinds = {layer.name: threshold_of(layers, layer.name) for layer in layers}
    assert kinds["conv1"] == kinds["fc3"] == 0.0
    assert {kinds[layer.name] for layer in layers if layer.kind in ("Sigmoid", "AvgPool2d", "Flatten")} == {0.5}


def test_the_network_is_left_alone() -> None:
    """No hooks and its mode, also where the layer is missing."""
    model, card = load(paths.shipped_checkpoints() / "lenet5-mnist")
    layer = layer_of(model, (1, 28, 28), "conv2")
    model.train()
    with pytest.raises(ConfigurationError, match="no layer"):
        list(responses(model, replace(layer, name="conv9"), Preprocessing.of(card), digits(), 10))
    next(responses(model, layer, Preprocessing.of(card), digits(), 10))
    assert all(each.training and not each._forward_hooks for each in model.modules())
