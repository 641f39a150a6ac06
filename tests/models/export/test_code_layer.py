"""The code of every layer of the zoo: PyTorch's is run on the layer's input, Keras' is there and is Python."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from cnnviz.models.export.code import layer_code
from cnnviz.models.registry import MODELS
from cnnviz.models.summary import summarize

AVERAGE = [name for name, spec in MODELS.items() if any(option.name == "pooling" for option in spec.options)]


def checked(name: str, **options: object) -> None:
    """Run the code of every layer; the same lines over the same shapes once."""
    size, model = MODELS[name].input_size, MODELS[name].outline(**options)
    layers = summarize(model, size)
    shapes = {layer.name: layer.output_shape for layer in layers} | {"": size}
    seen = set()
    for layer in layers:
        code = layer_code(layer, model)
        read = [shapes[one] for one in layer.inputs] or [size]
        key = (code["pytorch"], *read)
        if key in seen:
            continue
        seen.add(key)
        assert ran(code["pytorch"], read) == layer.output_shape, layer
        assert code["keras"], layer
        compile(code["keras"], "keras", "exec")


def ran(code: str, shapes: list[tuple[int, ...]]) -> tuple[int, ...]:
    """The shape of y, on the meta device; a sum of one thing with itself reads it twice."""
    with torch.device("meta"):
        read = [torch.empty((1, *shape)) for shape in shapes]
        scope: dict[str, object] = {"x": read[0], **dict(zip("abcdefgh", [*read, read[0]], strict=False))}
        exec(code, scope)
    y = scope["y"]
    assert isinstance(y, torch.Tensor)
    return tuple(y.shape[1:])


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_every_layer_of_the_zoo(name: str) -> None:
    """Sums, concatenations and pooling by a function among them."""
    checked(name)


@pytest.mark.parametrize("name", AVERAGE)
def test_with_average_pooling(name: str) -> None:
    """Windows that hang over the edge too."""
    checked(name, pooling="average")


class _Pooled(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.relu = nn.ReLU()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return nn.functional.max_pool2d(self.relu(x), (3, 2), stride=2, padding=(1, 0), ceil_mode=True)


def test_pooling_by_a_function() -> None:
    """Known by its window alone; what is torch's default is left out."""
    layer = summarize(_Pooled(), (4, 9, 9))[1]
    line = "y = nn.functional.max_pool2d(x, (3, 2), stride=2, padding=(1, 0), ceil_mode=True)"
    assert line in layer_code(layer)["pytorch"]


def test_a_mean_over_the_edge() -> None:
    """In Keras the zeros that are added do not count: the mean over ones tells how many values there were."""
    model = nn.Sequential(nn.AvgPool2d(3, 2, ceil_mode=True))
    code = layer_code(summarize(model, (4, 26, 26))[0], model)["keras"]
    assert "inside = layers.ZeroPadding2D(((0, 1), (0, 1)))(ops.ones_like(x))" in code
    assert "y = layer(layers.ZeroPadding2D(((0, 1), (0, 1)))(x)) / layer(inside)" in code
