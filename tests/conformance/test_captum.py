"""Captum's attributions are ours: every method, a class alone and one against another, in place and not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torchvision.models import resnet18

from cnnviz.base import paths
from cnnviz.engine.checkpoint import load
from cnnviz.inspection import attribution
from cnnviz.inspection.random_weights import with_random_weights
from cnnviz.models.registry import MODELS

captum = pytest.importorskip("captum.attr", reason="make conformance brings it")

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Case:
    """A layer by our name, and how Captum finds it; steps of integrated gradients; a window and its stride."""

    layer: str
    module: str
    steps: int
    window: tuple[int, int]
    stride: tuple[int, int]
    is_before: bool = False  # the layer is what the module reads: a sum between modules


CASES = {
    "lenet5": Case("conv2", "conv2", 50, (5, 4), (3, 2)),
    "resnet-small": Case("block2.add", "block2.relu2", 50, (8, 8), (5, 5), is_before=True),
    "googlenet": Case("inception5b.concat", "inception5b", 4, (128, 112), (96, 112)),
    "in place": Case("layer3.1.bn1", "layer3.1.bn1", 6, (32, 32), (32, 32)),
}
SHIPPED = {"lenet5": "lenet5-mnist", "resnet-small": "resnet-small-cifar10"}
TARGET, AGAINST = 4, 9


@cache
def network(name: str) -> tuple[nn.Module, Tensor]:
    """Trained where one is shipped, else random weights that neither fade nor grow; and a picture of noise."""
    size = (3, 64, 64) if name == "in place" else MODELS[name].input_size
    if name in SHIPPED:
        model, _card = load(paths.shipped_checkpoints() / SHIPPED[name])
    else:
        plain = resnet18(weights=None, num_classes=10) if name == "in place" else MODELS[name].build(num_classes=10)
        model = with_random_weights(plain, size)
    return model, torch.randn(1, *size, generator=torch.Generator().manual_seed(0))


def asked(model: nn.Module, against: int | None) -> tuple[Callable[[Tensor], Tensor], dict[str, Any]]:
    """The function Captum differentiates, and how it is told the target."""
    if against is None:
        return model, {"target": TARGET}

    def ahead(x: Tensor) -> Tensor:
        logits: Tensor = model(x)
        return logits[:, TARGET] - logits[:, against]

    return ahead, {}


@pytest.mark.parametrize("against", [None, AGAINST])
@pytest.mark.parametrize("name", CASES)
def test_by_the_picture(name: str, against: int | None) -> None:
    """Saliency with its sign, input x gradient, integrated gradients by Captum's own rule, occlusion."""
    case, (model, x) = CASES[name], network(name)
    function, target = asked(model, against)
    given = (model, x, TARGET)
    theirs = captum.Saliency(function).attribute(x.clone().requires_grad_(), abs=False, **target)
    _same(attribution.saliency(*given, against), theirs)
    theirs = captum.InputXGradient(function).attribute(x.clone().requires_grad_(), **target)
    _same(attribution.input_x_gradient(*given, against), theirs)
    theirs = captum.IntegratedGradients(function).attribute(x, n_steps=case.steps, internal_batch_size=10, **target)
    _same(attribution.integrated_gradients(*given, case.steps, against), theirs)
    shapes = {"sliding_window_shapes": (x.shape[1], *case.window), "strides": (x.shape[1], *case.stride)}
    theirs = captum.Occlusion(function).attribute(x, **shapes, **target)
    _same(attribution.occlusion(*given, case.window, case.stride, against), theirs)


@pytest.mark.parametrize("against", [None, AGAINST])
@pytest.mark.parametrize("name", CASES)
def test_grad_cam(name: str, against: int | None) -> None:
    """Of a module, of one behind whose output a ReLU works in place, of a concatenation, of a sum."""
    case, (model, x) = CASES[name], network(name)
    function, target = asked(model, against)
    method = captum.LayerGradCam(function, model.get_submodule(case.module))
    theirs = method.attribute(x, relu_attributions=True, attribute_to_layer_input=case.is_before, **target)
    ours = attribution.grad_cam(model, x, TARGET, case.layer, against)
    assert ours.max() > 0
    _same(ours, theirs)


def _same(ours: Tensor, theirs: Tensor) -> None:
    torch.testing.assert_close(ours, theirs.detach(), rtol=0, atol=1e-5)
