"""The lines of Keras are run in real Keras: torch's values over a grid of layers, torch's shapes over the zoo."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from cnnviz.models.export.code import layer_code
from cnnviz.models.registry import MODELS
from cnnviz.models.summary import LayerInfo, summarize
from tests.browser.lines import run
from tests.real_keras import double_precision, given, keras, names, needs_keras, to_numpy

SIZE = (4, 13, 10)


def _pair(generator: random.Random, low: int, high: int) -> Any:
    one = generator.randint(low, high)
    return one if generator.random() < 0.6 else (one, generator.randint(low, high))


def _conv(generator: random.Random) -> nn.Module:
    groups, dilation = generator.choice([1, 1, 2, 4]), _pair(generator, 1, 2)
    padding: Any = _pair(generator, 0, 3)
    stride = _pair(generator, 1, 3)
    if generator.random() < 0.2:
        padding, stride = "same", 1
    kernel = _pair(generator, 1, 5)
    bias = generator.random() < 0.5
    return nn.Conv2d(4, 8, kernel, stride, padding, dilation, groups, bias)


def _pool(kind: Callable[..., nn.Module], generator: random.Random) -> nn.Module:
    kernel, padding = _pair(generator, 2, 4), _pair(generator, 0, 1)
    return kind(kernel, generator.choice([None, 1, 2, (3, 2)]), padding, ceil_mode=generator.random() < 0.5)


LAYERS: list[Callable[[random.Random], nn.Module]] = [
    _conv,
    _conv,
    lambda g: _pool(nn.MaxPool2d, g),
    lambda g: _pool(nn.AvgPool2d, g),
    lambda g: nn.AdaptiveAvgPool2d(_pair(g, 1, 7)),
    lambda g: nn.BatchNorm2d(4, eps=g.choice([1e-5, 1e-3])),
    lambda g: g.choice([nn.ReLU, nn.Sigmoid, nn.Tanh, nn.LeakyReLU])(),
    lambda g: nn.Linear(10, 7, bias=g.random() < 0.5),
]


def _weights(layer: Any) -> dict[str, Tensor]:
    """Those of a torch layer, by the name and in the order Keras has them."""
    if isinstance(layer, nn.BatchNorm2d):
        names = {
            "gamma": "weight",
            "beta": "bias",
            "moving_mean": "running_mean",
            "moving_variance": "running_var",
        }
        return {ours: getattr(layer, theirs) for ours, theirs in names.items()}
    if getattr(layer, "weight", None) is None:
        return {}
    kernel = layer.weight.movedim((0, 1), (-1, -2)) if layer.weight.dim() == 4 else layer.weight.T
    return {"kernel": kernel, **({"bias": layer.bias} if layer.bias is not None else {})}


@pytest.mark.slow
@needs_keras
def test_values_are_torchs() -> None:
    """300 layers with random settings, padding, ceil mode, groups and uneven adaptive windows among them."""
    generator, kinds = random.Random(0), set()
    torch.manual_seed(0)
    with double_precision(), torch.inference_mode():
        for _ in range(300):
            layer = generator.choice(LAYERS)(generator).double().eval()
            for values in (*layer.parameters(), *layer.buffers()):
                if values.is_floating_point():
                    values.uniform_(0.5, 1.5)
            x = torch.randn(1, *SIZE, dtype=torch.float64)
            try:
                wanted = layer(x).movedim(1, -1) if not isinstance(layer, nn.Linear) else layer(x)
            except RuntimeError:
                continue  # pads more than half of its window
            (info,) = summarize(layer, SIZE)
            code = layer_code(info, layer)["keras"]
            read = x if isinstance(layer, nn.Linear) else x.movedim(1, -1)
            y = to_numpy(run(code, names(read), given(_weights(layer))))
            assert np.allclose(y, wanted.numpy(), atol=1e-6), (layer, code)
            kinds.add(type(layer))
    assert len(kinds) > 8


@pytest.mark.slow
@needs_keras
@pytest.mark.parametrize("name", MODELS)
def test_every_layer_of_the_zoo_has_torchs_shape(name: str) -> None:
    """Keras makes of each layer's lines what the table says, without computing."""
    size, model = MODELS[name].input_size, MODELS[name].outline()
    layers = summarize(model, size)
    shapes = {layer.name: layer.output_shape for layer in layers} | {"": size}
    seen = set()
    for layer in layers:
        code = layer_code(layer, model)["keras"]
        read = [shapes[one] for one in layer.inputs] or [size]
        if (code, *read) not in seen:
            seen.add((code, *read))
            assert _made(code, read) == _last(layer.output_shape), (layer.name, code)


def _made(code: str, shapes: list[tuple[int, ...]]) -> tuple[int, ...]:
    """The shape of y; a sum of one thing with itself reads it twice."""
    read = [keras().KerasTensor((1, *_last(shape)), dtype="float32") for shape in shapes]
    scope: dict[str, Any] = {"x": read[0], **dict(zip("abcdefgh", [*read, read[0]], strict=False))}
    exec(code, scope)
    return tuple(scope["y"].shape[1:])


def _last(shape: tuple[int, ...]) -> tuple[int, ...]:
    return (*shape[1:], shape[0]) if len(shape) == 3 else shape


@needs_keras
def test_windows_of_several_sizes() -> None:
    """VGG's pooling to 7 x 7 of maps that 7 does not divide: by the layer of Keras 3.15, with torch's values."""
    model = nn.AdaptiveAvgPool2d((7, 3))
    (info,) = summarize(model, SIZE)
    assert "layers.AdaptiveAveragePooling2D((7, 3))" in layer_code(info, model)["keras"]
    assert "layers.AdaptiveAveragePooling2D((7, 3))" in layer_code(model)["keras"]


@pytest.mark.parametrize(
    "layer",
    [
        nn.AvgPool2d(3, padding=1, count_include_pad=False),
        nn.Conv2d(4, 4, 3, padding=1, padding_mode="reflect"),
        nn.MaxPool2d(3, dilation=2),
        nn.LeakyReLU(0.2),
        nn.BatchNorm2d(4, affine=False),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_a_layer_with_settings_of_its_own_has_no_lines(layer: nn.Module) -> None:
    """Rather none than those of another layer."""
    info: LayerInfo = summarize(layer, SIZE)[0]
    assert layer_code(info, layer) == {"pytorch": "", "keras": ""}
