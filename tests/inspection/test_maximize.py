"""Gradient ascent: what it promises on the shipped LeNet, for any size of picture, and what it leaves alone."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
import torch
from torch import nn

from cnnviz.base import paths
from cnnviz.base.errors import AnswerError, ConfigurationError
from cnnviz.data.dataset_spec import Split
from cnnviz.data.mnist_style import for_drawing
from cnnviz.data.registry import dataset
from cnnviz.engine.card import Card
from cnnviz.engine.checkpoint import load
from cnnviz.engine.evaluate import prepare
from cnnviz.engine.loader import Preprocessing
from cnnviz.inspection.maximize import Ascent, Objective, Step, maximize, maximize_all
from cnnviz.models.registry import MODELS

NONE = replace(Ascent(), jitter=0, blur=0, total_variation=0, weight_decay=0)


@pytest.fixture(scope="module")
def lenet() -> tuple[nn.Module, Card]:
    return load(paths.shipped_checkpoints() / "lenet5-mnist")


def digits() -> Split:
    """The embedded digits as MNIST has its own."""
    split, mnist = dataset("digits").load("test"), dataset("mnist")
    return Split(np.stack([for_drawing(each[0], mnist) for each in split.images]), split.labels)


def last(model: nn.Module, layer: str | None, unit: int, inputs: object, **how: object) -> Step:
    *_, step = maximize(model, layer, unit, inputs, **how)  # type: ignore[arg-type]
    return step


def outputs(model: nn.Sequential, layer: str, x: torch.Tensor) -> np.ndarray:
    """Computed here, by torch alone."""
    with torch.no_grad():
        for name, module in model.named_children():
            x = module(x)
            if name == layer:
                break
    return x.numpy()


@pytest.mark.parametrize("objective", ["logit", "probability"])
def test_each_class_is_answered_as_that_class(lenet: tuple[nn.Module, Card], objective: Objective) -> None:
    """With at least 99%, by a plain forward pass of the picture; and that is the activation that is told."""
    model, card = lenet
    *_, steps = maximize_all(model, None, range(10), card, objective)
    with torch.no_grad():
        logits = model(torch.from_numpy(steps.pictures))
    answered = logits.softmax(dim=1).diagonal().numpy()
    assert (answered >= 0.99).all()
    told = answered if objective == "probability" else logits.diagonal().numpy()
    np.testing.assert_allclose(steps.activations, told, rtol=1e-4)


def exceeds(model: nn.Module, card: Card, pictures: np.ndarray) -> None:
    """What is asked of conv2's sixteen filters beside real pictures; behind the ReLU most come to twice as much."""
    assert isinstance(model, nn.Sequential)
    x = prepare(card, pictures)
    for layer in ("conv2", "relu2"):
        *_, steps = maximize_all(model, layer, range(16), card)
        best = outputs(model, layer, x).mean(axis=(2, 3)).max(axis=0)
        if layer == "conv2":
            assert (steps.activations >= np.maximum(3 * best, 0)).all()
        else:
            assert np.median(steps.activations / best) >= 2
            assert (steps.activations > best).all()


def test_filters_are_excited_three_times_as_much(lenet: tuple[nn.Module, Card]) -> None:
    """As by the best of the embedded digits."""
    exceeds(*lenet, digits().images)


@pytest.mark.slow
def test_filters_are_excited_three_times_as_much_as_by_mnist(
    lenet: tuple[nn.Module, Card], complete_data: object
) -> None:
    """As by the best of MNIST's first 2,000 test pictures."""
    exceeds(*lenet, dataset("mnist").load("test").images[:2000])


def test_a_picture_stays_within_real_pixels(lenet: tuple[nn.Module, Card]) -> None:
    """Every step: between black and white, with the card's mean and deviation; the steps are numbered."""
    model, card = lenet
    steps = list(maximize(model, "conv2", 3, card, options=replace(Ascent(), steps=12)))
    assert [step.number for step in steps] == list(range(13))
    for step in steps:
        levels = step.picture * card.std[0] + card.mean[0]
        assert step.picture.shape == (1, 28, 28)
        assert levels.min() >= -1e-6
        assert levels.max() <= 1 + 1e-6
    assert steps[-1].activation > steps[0].activation


def test_activation_is_that_of_the_picture(lenet: tuple[nn.Module, Card]) -> None:
    """The mean of the map, or its middle value, of the very picture, whatever jitter moved meanwhile."""
    model, card = lenet
    assert isinstance(model, nn.Sequential)
    for objective in ("mean", "center"):
        for step in islice(maximize(model, "conv2", 5, card, objective), 3):  # type: ignore[arg-type]
            own = outputs(model, "conv2", torch.from_numpy(step.picture)[None])[0, 5]
            expected = own.mean() if objective == "mean" else own[5, 5]
            assert step.activation == pytest.approx(float(expected), abs=1e-5)


def test_the_same_seed_gives_the_same_picture(lenet: tuple[nn.Module, Card]) -> None:
    """To the bit; another seed another one. Among others a unit's picture is as alone."""
    model, card = lenet
    options = replace(Ascent(), steps=8)
    first, again = (last(model, "conv2", 3, card, options=options) for _ in range(2))
    np.testing.assert_array_equal(first.picture, again.picture)
    other = last(model, "conv2", 3, card, options=replace(options, seed=1))
    assert np.abs(first.picture - other.picture).max() > 0.1
    *_, together = maximize_all(model, "conv2", (0, 3, 9), card, options=options)
    assert np.abs(together.pictures[1] - first.picture).mean() < 0.01


def test_each_regulariser_smooths(lenet: tuple[nn.Module, Card]) -> None:
    """Blur and total variation lessen the differences between neighbours, weight decay the distance to the mean."""
    model, card = lenet

    def roughness(options: Ascent) -> tuple[float, float]:
        *_, steps = maximize_all(model, None, range(10), card, "logit", replace(options, steps=48))
        return float(np.abs(np.diff(steps.pictures, axis=3)).mean()), float(np.abs(steps.pictures).mean())

    bare = roughness(NONE)
    assert roughness(replace(NONE, blur=1.0))[0] < 0.9 * bare[0]
    assert roughness(replace(NONE, total_variation=0.5))[0] < 0.9 * bare[0]
    assert roughness(replace(NONE, weight_decay=0.1))[1] < 0.9 * bare[1]
    assert roughness(replace(NONE, jitter=2 / 28)) != bare
    assert roughness(Ascent())[0] < 0.8 * bare[0]


@pytest.mark.parametrize(
    ("name", "channels", "layer", "size"),
    [
        ("resnet-small", 3, "block1.add", None),
        ("lenet5", 3, "conv2", None),
        ("own", 1, "0", (1, 8, 8)),
    ],
)
def test_grey_and_colour_of_any_size(name: str, channels: int, layer: str, size: tuple[int, ...] | None) -> None:
    """Additions too; eight pixels, where no jitter is left."""
    if size is None:
        model: nn.Module = MODELS[name].build(channels, 10)
        size = (channels, *MODELS[name].input_size[1:])
    else:
        model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 3))
    inputs = Preprocessing(size, (0.5,) * channels, (0.25,) * channels)
    steps = list(maximize(model, layer, 1, inputs, options=replace(Ascent(), steps=6)))
    assert steps[-1].picture.shape == size
    assert steps[-1].activation > steps[0].activation


@pytest.mark.slow
def test_a_network_for_224_pixels() -> None:
    """ResNet-18 with random weights: a step goes uphill there too."""
    torch.manual_seed(0)
    spec = MODELS["resnet18"]
    inputs = Preprocessing(spec.input_size, (0.5,) * 3, (0.25,) * 3)
    steps = list(maximize(spec.build().eval(), "layer1.1.add", 3, inputs, options=replace(Ascent(), steps=10)))
    assert steps[-1].picture.shape == (3, 224, 224)
    assert steps[-1].activation > steps[0].activation


def test_a_silent_relu_is_woken() -> None:
    """Where no pixel moves the value the picture changes at random until one does."""
    conv = nn.Conv2d(1, 1, 5)
    nn.init.constant_(conv.weight, 0.2)
    nn.init.constant_(conv.bias, -3.0)  # 0.2 * 25 white pixels - 3 = 2: silent on grey
    inputs = Preprocessing((1, 28, 28), (0.1,), (0.3,))
    conv.weight.data.mul_(0.3)  # of the deviation: as if it read grey levels
    conv.bias.data.add_(0.2 * 25 * 0.1)
    steps = list(maximize(nn.Sequential(conv, nn.ReLU()), "1", 0, inputs))
    assert steps[0].activation == 0
    assert steps[-1].activation > 0.2


def test_the_network_is_left_alone(lenet: tuple[nn.Module, Card]) -> None:
    """Its weights, their gradients, mode and hooks; also when the generator is dropped half way, or fails."""
    model, card = lenet
    model.train()
    try:
        before = {name: each.clone() for name, each in model.state_dict().items()}
        steps = maximize(model, "conv2", 0, card)
        next(steps), next(steps)
        steps.close()  # type: ignore[attr-defined]
        with pytest.raises(ConfigurationError):
            next(maximize(model, "no such", 0, card))
        for name, each in model.state_dict().items():
            assert torch.equal(each, before[name])
        assert all(each.grad is None and each.requires_grad for each in model.parameters())
        assert all(
            each.training and not each._forward_hooks and not each._forward_pre_hooks for each in model.modules()
        )
    finally:
        model.eval()


def test_mistakes_are_sentences(lenet: tuple[nn.Module, Card]) -> None:
    """A layer, unit, objective or option that is not there; a network whose numbers are none."""
    model, card = lenet
    with pytest.raises(ConfigurationError, match="no layer conv9"):
        next(maximize(model, "conv9", 0, card))
    with pytest.raises(ConfigurationError, match=r"from 0 to 15\. Got 16"):
        next(maximize(model, "conv2", 16, card))
    with pytest.raises(ConfigurationError, match="objective must be one of"):
        next(maximize(model, "conv2", 0, card, "median"))  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match="have no position"):
        next(maximize(model, "conv2", 0, card, "probability"))
    with pytest.raises(ConfigurationError, match="steps must be a whole number"):
        Ascent(steps=0)
    broken = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(), nn.Linear(72, 2))
    nn.init.constant_(broken[2].weight, float("nan"))
    with pytest.raises(AnswerError):
        next(maximize(broken, None, 0, Preprocessing((1, 8, 8), (0.5,), (0.5,))))
