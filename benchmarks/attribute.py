"""Why this answer: each method of attribution on LeNet and on ResNet-18 at 224 x 224, beside Captum's.

Both run on the CPU with the same batches where Captum lets one say so. Without Captum (`make conformance` brings it),
ours stands beside as many passes of the network as the method needs.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any

import torch
from torch import Tensor, nn

from cnnviz.base import paths
from cnnviz.commands.bench import Row, compare
from cnnviz.engine.checkpoint import load
from cnnviz.engine.device import limit_threads
from cnnviz.inspection import attribution
from cnnviz.inspection.random_weights import with_random_weights
from cnnviz.models.registry import MODELS

REPEATS = 3
TARGET = 4
_AT_ONCE = {28: 191, 224: 2}  # pictures that pass together, as ours
_WINDOW = {28: (4, 2), 224: (32, 16)}  # pixels, stride: as the page begins
_CAM = {28: "conv2", 224: "layer4.1.bn2"}


def run() -> Iterator[Row | str]:
    """Milliseconds, medians of three in turn, after one of each."""
    limit_threads()
    has_captum = find_spec("captum") is not None
    if not has_captum:
        yield "Captum is not installed: ours stands beside one pass forwards and backwards"
    lenet, _card = load(paths.shipped_checkpoints() / "lenet5-mnist")
    resnet = with_random_weights(MODELS["resnet18"].build(), (3, 224, 224))
    for name, model, size in (("LeNet-5", lenet, (1, 28, 28)), ("ResNet-18 at 224", resnet, (3, 224, 224))):
        x = torch.randn(1, *size, generator=torch.Generator().manual_seed(0))
        theirs = _captum(model, x) if has_captum else {}
        for method, ours in _ours(model, x).items():
            plain = theirs.get(method, lambda model=model, x=x: _pass(model, x))
            ours()
            plain()
            taken = compare(f"{name}: {method}", ours, plain, REPEATS)
            yield Row(taken.what, 1000 * taken.ours, 1000 * taken.plain, "ms")


def _ours(model: nn.Module, x: Tensor) -> dict[str, Callable[[], Tensor]]:
    side = x.shape[2]
    return {
        "saliency": lambda: attribution.saliency(model, x, TARGET),
        "input x gradient": lambda: attribution.input_x_gradient(model, x, TARGET),
        "integrated gradients, 50 steps": lambda: attribution.integrated_gradients(model, x, TARGET),
        "Grad-CAM": lambda: attribution.grad_cam(model, x, TARGET, _CAM[side]),
        "occlusion, 169 windows": lambda: attribution.occlusion(model, x, TARGET, *_WINDOW[side]),
    }


def _captum(model: nn.Module, x: Tensor) -> dict[str, Callable[[], Tensor]]:
    from captum import attr

    side = x.shape[2]
    window, stride = _WINDOW[side]
    together, given = _AT_ONCE[side], {"target": TARGET}
    occluded: dict[str, Any] = {
        "sliding_window_shapes": (x.shape[1], window, window),
        "strides": (x.shape[1], stride, stride),
        "perturbations_per_eval": together,
    }
    cam = attr.LayerGradCam(model, model.get_submodule(_CAM[side]))
    return {
        "saliency": lambda: attr.Saliency(model).attribute(x.clone().requires_grad_(), abs=False, **given),
        "input x gradient": lambda: attr.InputXGradient(model).attribute(x.clone().requires_grad_(), **given),
        "integrated gradients, 50 steps": lambda: attr.IntegratedGradients(model).attribute(
            x, internal_batch_size=together, **given
        ),
        "Grad-CAM": lambda: cam.attribute(x, relu_attributions=True, **given),
        "occlusion, 169 windows": lambda: attr.Occlusion(model).attribute(x, **occluded, **given),
    }


def _pass(model: nn.Module, x: Tensor) -> Tensor:
    x = x.clone().requires_grad_()
    return torch.autograd.grad(model(x)[0, TARGET], x)[0]


if __name__ == "__main__":
    sys.exit(print(*run(), sep="\n"))
