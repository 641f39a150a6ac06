"""A network run as far as one layer: the same numbers as a whole pass, weights only where a picture gets to."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from cnnviz.base.errors import ConfigurationError
from cnnviz.inspection.inspected import InspectedModel, layer_outputs
from cnnviz.models.registry import MODELS
from cnnviz.models.summary import summarize


def picture(name: str, seed: int = 0) -> NDArray[np.float32]:
    return np.random.default_rng(seed).normal(size=MODELS[name].input_size).astype(np.float32)


@pytest.mark.parametrize("name", ["lenet5", "resnet-small", "inception-a"])
def test_every_layer_as_in_a_whole_pass(name: str) -> None:
    """What each layer gives and reads, additions and concatenations among them."""
    model = MODELS[name].build().eval()
    x, subject = picture(name), InspectedModel.of(model)
    outputs = layer_outputs(model, torch.from_numpy(x)[None])
    for layer in summarize(model, MODELS[name].input_size):
        passage = subject.layer_io(layer.name, x)
        assert np.allclose(passage.after, outputs[layer.name], atol=1e-6), layer.name
        read = outputs[layer.inputs[0]] if layer.inputs and layer.inputs[0] else x
        assert np.allclose(passage.before, read, atol=1e-6), layer.name


def test_a_layer_there_is_not() -> None:
    """One sentence."""
    with pytest.raises(ConfigurationError, match="no layer conv9"):
        InspectedModel.of(MODELS["lenet5"].build().eval()).layer_io("conv9", picture("lenet5"))


def test_only_what_a_picture_reaches_has_weights() -> None:
    """VGG-19's first convolution needs none of the other 574 MB."""
    subject = InspectedModel(MODELS["vgg19"].outline().eval())
    subject.layer_io("features.0", picture("vgg19"))
    grown = [name for name, weight in subject.model.named_parameters() if not weight.is_meta]
    assert grown == ["features.0.weight", "features.0.bias"]


def test_fresh_weights_depend_on_the_seed_alone() -> None:
    """Neither on the layers asked for before nor on whose picture was first; another seed has others."""
    layers, x = ("conv1", "block1.add", "block2.bn1"), picture("resnet-small")

    def made(seed: int, order: tuple[str, ...], first: int) -> NDArray[np.float32]:
        subject = InspectedModel(MODELS["resnet-small"].outline().eval(), seed)
        for layer in order:
            subject.layer_io(layer, picture("resnet-small", first))
        return subject.layer_io("block2.bn1", x).after

    one = made(0, layers, 1)
    assert np.array_equal(one, made(0, layers[::-1], 2))
    assert not np.array_equal(one, made(1, layers, 1))


def test_weights_given_back_come_again_the_same() -> None:
    """No memory is held meanwhile, and whoever looks again sees what he saw."""
    x, subject = picture("resnet-small"), InspectedModel(MODELS["resnet-small"].outline().eval())
    before = subject.layer_io("block2.bn1", x).after.copy()
    subject.forget()
    assert all(tensor.is_meta for tensor in (*subject.model.parameters(), *subject.model.buffers()))
    subject.layer_io("block1.add", picture("resnet-small", 1))
    assert np.array_equal(subject.layer_io("block2.bn1", x).after, before)


def test_asking_for_a_layer_before_any_picture_changes_nothing() -> None:
    """Batch norm asked for alone is not made up: it still takes what reaches it for usual."""
    x = picture("resnet-small")
    asked, not_asked = (InspectedModel(MODELS["resnet-small"].outline().eval()) for _ in range(2))
    assert asked.module("block2.bn1") is not None
    given = [subject.layer_io("block2.bn1", x).after for subject in (asked, not_asked)]
    assert np.array_equal(*given)


def test_signals_neither_fade_nor_grow() -> None:
    """After 30 layers with fresh weights the numbers are still such as people read."""
    after = InspectedModel(MODELS["resnet34"].outline().eval()).layer_io("layer4.2.add", picture("resnet34")).after
    assert 0.05 < after.std() < 50


def test_a_network_of_others_is_left_alone() -> None:
    """The same weights, not copied, and no hook on the other's modules; nor on one's own when it has run."""
    model = MODELS["lenet5"].build().eval()
    subject = InspectedModel.of(model)
    subject.layer_io("conv2", picture("lenet5"))
    theirs, own = model.get_submodule("conv2"), subject.model.get_submodule("conv2")
    assert own is not theirs
    assert own.weight is theirs.weight
    for module in (*model.modules(), *subject.model.modules()):
        assert not module._forward_hooks
        assert not module._forward_pre_hooks


def test_eight_visitors_at_once() -> None:
    """One network, eight threads, several layers: everybody gets what they would have got alone."""
    name, layers = "resnet-small", ("conv1", "block1.add", "block2.conv1", "fc")
    alone = InspectedModel(MODELS[name].outline().eval())
    expected = {layer: alone.layer_io(layer, picture(name)).after for layer in layers}
    shared = InspectedModel(MODELS[name].outline().eval())
    wanted = [layers[i % len(layers)] for i in range(32)]
    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda layer: shared.layer_io(layer, picture(name)).after, wanted))
    assert all(np.array_equal(after, expected[layer]) for layer, after in zip(wanted, got, strict=True))
