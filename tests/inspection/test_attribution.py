"""Attribution: what can be worked out by hand, what must add up, and a network that is left as it was."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from cnnviz.base import paths
from cnnviz.base.errors import AnswerError, ConfigurationError
from cnnviz.engine.checkpoint import load
from cnnviz.engine.evaluate import LOCK
from cnnviz.inspection import attribution
from cnnviz.inspection.attribution import (
    grad_cam,
    input_x_gradient,
    integrated_gradients,
    integrated_gradients_progress,
    occlusion,
    occlusion_progress,
    saliency,
)
from cnnviz.models.registry import MODELS
from tests.polling import PATIENCE


def linear(side: int = 2, classes: int = 3) -> nn.Sequential:
    """Logits are W x, W of fixed random numbers."""
    torch.manual_seed(0)
    return nn.Sequential(nn.Flatten(), nn.Linear(side * side, classes, bias=False)).eval()


def weights(model: nn.Sequential, target: int) -> Tensor:
    matrix: Tensor = model[1].weight.detach()  # type: ignore[assignment]
    side = int(matrix.shape[1] ** 0.5)
    return matrix[target].reshape(1, 1, side, side)


def picture(*shape: int, seed: int = 1) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


METHODS: dict[str, Callable[..., Tensor]] = {
    "saliency": saliency,
    "input_x_gradient": input_x_gradient,
    "integrated_gradients": integrated_gradients,
    "grad_cam": lambda model, x, target, against=None: grad_cam(model, x, target, "conv2", against),
    "occlusion": lambda model, x, target, against=None: occlusion(model, x, target, 7, 7, against),
}


def test_a_linear_network_is_its_weights() -> None:
    """The gradient of W x is W's row, of one class against another the difference of two, signs kept."""
    model, x = linear(), picture(1, 1, 2, 2)
    one, other = weights(model, 2), weights(model, 0)
    assert (one < 0).any()
    torch.testing.assert_close(saliency(model, x, 2), one)
    torch.testing.assert_close(saliency(model, x, 2, 0), one - other)
    torch.testing.assert_close(input_x_gradient(model, x, 2, against=0), x * (one - other))
    torch.testing.assert_close(integrated_gradients(model, x, 2, steps=1, against=0), x * (one - other))


class _Cube(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return (x**3).flatten(1)


@pytest.mark.parametrize(("steps", "share"), [(1, 0.75), (2, 1.0), (50, 1.0)])
def test_integrated_by_gauss_and_legendre(steps: int, share: float) -> None:
    """Of x ** 3 the whole is x ** 3: one point, in the middle, finds 3/4 of it; two, at Legendre's roots, all."""
    x = picture(1, 1, 1, 2)
    expected = torch.zeros_like(x)
    expected[..., 1] = share * x[..., 1] ** 3
    torch.testing.assert_close(integrated_gradients(_Cube(), x, 1, steps=steps), expected)


@pytest.mark.parametrize("against", [None, 3])
def test_integrated_gradients_are_complete(against: int | None) -> None:
    """They add up to the logit of the picture less that of a picture of zeros."""
    (model, _card), x = load(paths.shipped_checkpoints() / "lenet5-mnist"), picture(1, 1, 28, 28)
    with torch.no_grad():
        rise = (model(x) - model(torch.zeros_like(x)))[0]
    expected = rise[4] - (0 if against is None else rise[against])
    assert abs(expected) > 0.5
    torch.testing.assert_close(integrated_gradients(model, x, 4, 1000, against).sum(), expected, rtol=0.02, atol=0)


class _Maps(nn.Module):
    """Three maps, x, 2 x and -x; the logits weigh their means: of class 1 with 3, 1 and 0.5."""

    def __init__(self, in_place: bool = False) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 3, 1, bias=False)
        self.relu = nn.ReLU(inplace=in_place)
        self.fc = nn.Linear(3, 2, bias=False)
        with torch.no_grad():
            self.conv.weight.copy_(torch.tensor([1.0, 2.0, -1.0]).reshape(3, 1, 1, 1))
            self.fc.weight.copy_(torch.tensor([[1.0, 1.0, 1.0], [3.0, 1.0, 0.5]]))

    def forward(self, x: Tensor) -> Tensor:
        maps = self.relu(self.conv(x))
        logits: Tensor = self.fc(maps.mean(dim=(2, 3)))
        return logits


def test_grad_cam_by_hand() -> None:
    """Weights are the mean gradients: behind the ReLU a quarter of fc's each; below zero is cut off."""
    x = torch.tensor([[[[4.0, -8.0], [0.5, 0.0]]]])
    maps = torch.cat([x.relu(), (2 * x).relu(), (-x).relu()], dim=1)
    expected = (torch.tensor([3.0, 1.0, 0.5]).reshape(1, 3, 1, 1) / 4 * maps).sum(dim=1, keepdim=True)
    torch.testing.assert_close(grad_cam(_Maps().eval(), x, 1, "relu"), expected)
    # before it: the gradient passes where a map is positive, at two of four places, of -x at one
    before = torch.cat([x, 2 * x, -x], dim=1)
    shares = torch.tensor([3.0 * 2, 1.0 * 2, 0.5 * 1]).reshape(1, 3, 1, 1) / 16
    signed = (shares * before).sum(dim=1, keepdim=True)
    assert (signed < 0).any()
    torch.testing.assert_close(grad_cam(_Maps().eval(), x, 1, "conv"), signed.relu())


@pytest.mark.parametrize("layer", ["conv", "relu"])
def test_a_relu_in_place_changes_nothing(layer: str) -> None:
    """Neither the gradient by a layer that is overwritten nor that by the picture, which stays as it was."""
    x = picture(1, 1, 5, 5)
    kept = x.clone()
    torch.testing.assert_close(
        grad_cam(_Maps(in_place=True).eval(), x, 1, layer, 0), grad_cam(_Maps().eval(), x, 1, layer, 0)
    )
    first = nn.Sequential(nn.ReLU(inplace=True), nn.Flatten(), nn.Linear(25, 2)).eval()
    assert torch.equal(saliency(first, x, 0) != 0, x > 0)
    assert torch.equal(x, kept)


def test_occlusion_by_hand() -> None:
    """Of W x a window takes away what lies in it; a pixel has the mean over its windows, at the edge of cut ones."""
    model, x = linear(5), picture(1, 1, 5, 5)
    products = (weights(model, 1) * x)[0, 0]
    found = occlusion(model, x, 1, window=(2, 3), stride=(2, 1))
    expected = torch.zeros(5, 5)
    for row in range(5):
        for column in range(5):
            tops = [top for top in (0, 2, 4) if top <= row < top + 2]
            lefts = [left for left in (0, 1, 2) if left <= column < left + 3]
            falls = [products[top : top + 2, left : left + 3].sum() for top in tops for left in lefts]
            expected[row, column] = torch.stack(falls).mean()
    torch.testing.assert_close(found[0, 0], expected, rtol=1e-4, atol=1e-6)


def test_a_window_hides_all_channels() -> None:
    """In colour, a window of the whole picture leaves nothing; each channel is told the same."""
    torch.manual_seed(3)
    model, x = nn.Sequential(nn.Flatten(), nn.Linear(12, 2)).eval(), picture(1, 3, 2, 2)
    with torch.no_grad():
        fall = (model(x) - model(torch.zeros_like(x)))[0, 1]
    torch.testing.assert_close(occlusion(model, x, 1, 2, 1)[..., :1, :1], fall.expand(1, 3, 1, 1), msg="first pixel")


@pytest.mark.parametrize("method", METHODS)
def test_the_network_is_left_as_it_was(method: str) -> None:
    """Mode, hooks, weights and gradients, after success and after an error; dropout is off meanwhile."""
    torch.manual_seed(4)
    model, x = MODELS["lenet5"].build(dropout=0.5, batch_norm=True), picture(1, 1, 28, 28)
    model.conv1.eval()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    modes = {name: module.training for name, module in model.named_modules()}
    ask = METHODS[method]
    assert torch.equal(ask(model, x, 1), ask(model, x, 1))
    with pytest.raises(ConfigurationError):
        ask(model, x, 10)
    with pytest.raises(RuntimeError):
        ask(model, picture(1, 2, 28, 28), 1)
    assert {name: module.training for name, module in model.named_modules()} == modes
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())
    assert all(weight.grad is None and weight.requires_grad for weight in model.parameters())
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())


@pytest.mark.parametrize("method", METHODS)
def test_asked_without_gradients_and_with_weights_that_are_fixed(method: str) -> None:
    """Under inference mode, and of a network whose weights take no gradient, the answer is the same."""
    torch.manual_seed(5)
    model, ask = MODELS["lenet5"].build().eval(), METHODS[method]
    expected = ask(model, picture(1, 1, 28, 28), 7, against=2)
    model.requires_grad_(False)
    with torch.inference_mode():
        torch.testing.assert_close(ask(model, picture(1, 1, 28, 28), np.int64(7), against=torch.tensor(2)), expected)


@pytest.mark.parametrize("progress", [integrated_gradients_progress, occlusion_progress])
def test_in_steps_it_comes_to_the_same(progress: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Few pictures at a time or all at once; between two steps others may run the network."""
    torch.manual_seed(6)
    model, x = MODELS["lenet5"].build().eval(), picture(1, 1, 28, 28)
    given = (9,) if progress is integrated_gradients_progress else (5, 4)
    (at_once,) = progress(model, x, 3, *given)
    monkeypatch.setattr(attribution, "_PIXELS", 4 * 28 * 28)
    steps, free = [], []
    for step in progress(model, x, 3, *given):
        steps.append((step.done, step.total))
        other = threading.Thread(target=lambda: free.append(LOCK.acquire(timeout=PATIENCE) and LOCK.release() is None))
        other.start()
        other.join()
    total = at_once.total
    assert steps == [(min(done, total), total) for done in range(4, total + 4, 4)]
    assert free == [True] * len(steps)
    torch.testing.assert_close(step.attribution, at_once.attribution, rtol=1e-4, atol=1e-6)


class _Watched(nn.Module):
    """Notes whether its thread holds the lock while it runs."""

    def __init__(self) -> None:
        super().__init__()
        self.conv2 = nn.Conv2d(1, 2, 8)
        self.held: list[bool] = []

    def forward(self, x: Tensor) -> Tensor:
        self.held.append(LOCK._is_owned())  # type: ignore[attr-defined]
        return self.conv2(x).flatten(1)  # type: ignore[no-any-return]


@pytest.mark.parametrize("method", METHODS)
def test_every_pass_holds_the_lock(method: str) -> None:
    """And afterwards nobody does."""
    model = _Watched().eval()
    METHODS[method](model, picture(1, 1, 8, 8), 1)
    assert model.held
    assert all(model.held)
    assert not LOCK._is_owned()  # type: ignore[attr-defined]


LENET = MODELS["lenet5"].build().eval()
ONE = picture(1, 1, 28, 28)


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (lambda: saliency(LENET, ONE, 10), "target must be a whole number from 0 to 9. Got 10; try 9."),
        (lambda: saliency(LENET, ONE, 1.5), "target must be a whole number from 0 to 9. Got 1.5; try 1"),  # type: ignore[arg-type]
        (lambda: saliency(LENET, ONE, True), "target must be a whole number from 0 to 9. Got True"),
        (lambda: saliency(LENET, ONE, 1, -1), "against must be a whole number from 0 to 9. Got -1; try 0."),
        (lambda: saliency(LENET, ONE, 1, 1), "against must be another class than target. Got 1 for both"),
        (lambda: saliency(LENET, ONE[0], 1), "x must be one picture, of shape (1, channels, height, width). Got the"),
        (lambda: saliency(LENET, ONE.repeat(2, 1, 1, 1), 1), "Got the shape 2 × 1 × 28 × 28."),
        (lambda: saliency(nn.Conv2d(1, 1, 3), ONE, 0), "Conv2d does not answer with classes"),
        (lambda: integrated_gradients(LENET, ONE, 1, 0), "steps must be a whole number from 1 to 1000. Got 0; try 1."),
        (lambda: grad_cam(LENET, ONE, 1, "conv9"), "The network has no layer conv9."),
        (lambda: grad_cam(LENET, ONE, 1, "fc1"), "Layer fc1 gives 120 numbers and no maps, which Grad-CAM needs."),
        (lambda: occlusion(LENET, ONE, 1, 29, 1), "window must fit into the picture of 28 × 28. Got 29; try 28."),
        (lambda: occlusion(LENET, ONE, 1, 0, 1), "window must be a whole number of at least 1"),
        (lambda: occlusion(LENET, ONE, 1, 4, 0), "stride must be a whole number of at least 1"),
        (lambda: occlusion(LENET, ONE, 1, 4, 5), "stride must be at most the window, 4"),
    ],
)
def test_what_cannot_be_asked_is_a_sentence(ask: Callable[[], object], sentence: str) -> None:
    """Parameter, rule, value, next step."""
    with pytest.raises(ConfigurationError) as caught:
        ask()
    assert sentence in str(caught.value)


def test_an_answer_that_is_no_number_is_not_explained() -> None:
    """Weights that overflow."""
    model = linear()
    with torch.no_grad():
        model[1].weight.fill_(torch.inf)
    with pytest.raises(AnswerError):
        saliency(model, picture(1, 1, 2, 2), 0)
