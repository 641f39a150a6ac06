"""One pass gives every layer at a glance, and one of them in full."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from cnnviz.base.errors import ConfigurationError
from cnnviz.inspection.survey import SIDE, glance, look, survey
from cnnviz.models.registry import MODELS
from cnnviz.models.summary import summarize
from tests.inspection.outputs import layer_outputs


@pytest.mark.parametrize("name", ["lenet5", "resnet-small", "inception-a"])
def test_glances_are_of_what_the_layers_gave(name: str) -> None:
    """All layers in their order; the layer kept, and the one looked at alone, are those of a whole pass."""
    torch.manual_seed(0)
    model = MODELS[name].build().eval()
    x = torch.randn(1, *MODELS[name].input_size)
    outputs = layer_outputs(model, x)
    layers = summarize(model, MODELS[name].input_size)
    wanted = layers[len(layers) // 2]
    found, seen = survey(model, x, (wanted.name,))
    assert list(found.glances) == list(outputs) == [info.name for info in layers]
    np.testing.assert_array_equal(found.logits, list(outputs.values())[-1])
    for layer, output in outputs.items():
        assert found.glances[layer].low == min(0.0, output.min())
        assert found.glances[layer].high == max(0.0, output.max())
    alone = look(model, x, wanted.name)
    for one in (seen[wanted.name], alone):
        np.testing.assert_array_equal(one.output, outputs[wanted.name])
        assert len(one.read) == max(1, len(wanted.inputs))
        for read, source in zip(one.read, wanted.inputs, strict=False):
            np.testing.assert_array_equal(read, outputs[source])


def test_the_liveliest_map() -> None:
    """The one whose values differ most, however large they are; made small by means."""
    output = np.zeros((3, 80, 120), np.float32)
    output[0] = 9.0  # high, but all the same
    output[1] = -2.0
    output[1, :, 60:] = 1.0
    output[2, 0, 0] = 2.5
    shown = glance(output)
    assert (shown.index, shown.low, shown.high) == (1, -2.0, 9.0)
    assert shown.map.shape == (26, SIDE)
    np.testing.assert_array_equal(shown.map[0], np.r_[np.full(20, -2.0), np.full(20, 1.0)])


@pytest.mark.parametrize("shape", [(84,), (128, 1, 1)])
def test_values_without_a_place_are_all_there(shape: tuple[int, ...]) -> None:
    """Of a fully connected layer, and behind global pooling."""
    output = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    np.testing.assert_array_equal(glance(output).map, output.ravel())


def test_what_is_no_number_breaks_nothing() -> None:
    """A network whose weights overflowed is looked at like any other."""
    for wrong in (np.nan, np.inf):
        shown = glance(np.full((2, 4, 4), wrong, np.float32))
        assert (shown.low, shown.high) == (0.0, 0.0)


def test_a_layer_there_is_not() -> None:
    """One sentence."""
    with pytest.raises(ConfigurationError, match="no layer conv9"):
        look(MODELS["lenet5"].build().eval(), torch.zeros(1, 1, 28, 28), "conv9")


def test_values_as_large_as_floats_get() -> None:
    """Twice 3e38 is no float32 any more; each of them is."""
    found = glance(np.full((2, 3, 3), 3e38, np.float32))
    assert found.high == pytest.approx(3e38)
    np.testing.assert_array_equal(found.map, np.full((3, 3), 3e38, np.float32))
