"""Measured receptive fields: within the theoretical ones, through sums and concatenations, and flat at the end."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from cnnviz.inspection.capture import InspectedModel
from cnnviz.inspection.receptive_field import influence, random_pictures
from cnnviz.models.registry import MODELS
from cnnviz.models.summary import summarize


def measured(name: str, layer: str, unit: int | None = None) -> NDArray[np.float32]:
    size = MODELS[name].input_size
    return influence(InspectedModel(MODELS[name].outline().eval()), layer, random_pictures(size), unit)


@pytest.mark.parametrize(
    ("name", "layer"),
    [
        ("lenet5", "conv2"),
        ("resnet-small", "block1.add"),
        ("resnet-small", "block2.add"),
        ("inception-a", "concat"),
        ("basic-block", "add"),
        ("googlenet", "inception3a.concat"),
    ],
)
def test_measured_is_the_theoretical_box(name: str, layer: str) -> None:
    """The pixels that move the middle value span exactly the box that theory names, where the picture has it."""
    (info,) = [one for one in summarize(MODELS[name].outline(), MODELS[name].input_size) if one.name == layer]
    strength = measured(name, layer)
    assert strength.max() == 1
    for axis, (field, side) in enumerate(zip(info.axes, MODELS[name].input_size[1:], strict=True)):
        assert field.jump is not None
        first = field.start + (info.output_shape[axis + 1] // 2) * field.jump
        moved = np.flatnonzero(strength.any(axis=1 - axis))
        assert (moved[0], moved[-1]) == (max(0, first), min(side, first + field.size) - 1)


def test_where_no_position_is_left() -> None:
    """Every pixel moves a class; one unit alone has its own influence."""
    assert (measured("lenet5", "fc3") > 0).all()
    assert not np.array_equal(measured("lenet5", "fc3", 0), measured("lenet5", "fc3", 1))


def test_one_map_alone() -> None:
    """With a unit, of all maps one: in Inception-A a map of the 1 x 1 branch sees one pixel, the sum of all 5 x 5."""
    assert np.count_nonzero(measured("inception-a", "concat", 0).any(axis=0)) == 1
    assert np.count_nonzero(measured("inception-a", "concat").any(axis=0)) == 5


def test_silence_is_zero() -> None:
    """A unit behind a silent ReLU: no pixel moves it, and nothing is divided by zero."""
    subject = InspectedModel.of(MODELS["lenet5"].build().eval())
    conv1 = subject.model.get_submodule("conv1")
    conv1.weight.data.zero_()  # type: ignore[union-attr, operator]
    conv1.bias.data.fill_(-1)  # type: ignore[union-attr, operator]
    assert not influence(subject, "fc3", random_pictures((1, 28, 28)), 0).any()


def test_random_pictures_have_a_seed() -> None:
    """The same each time; several small ones, one large one."""
    assert np.array_equal(random_pictures((1, 8, 8)), random_pictures((1, 8, 8)))
    assert len(random_pictures((1, 8, 8))) > len(random_pictures((3, 224, 224))) == 1
