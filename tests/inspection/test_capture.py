"""A network run as far as its layers: torch's own numbers, weights only where a picture gets to, and no trace left."""

from __future__ import annotations

import gc
import resource
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import nn

from cnnviz.base import paths
from cnnviz.base.errors import ConfigurationError
from cnnviz.engine.checkpoint import load
from cnnviz.engine.evaluate import LOCK
from cnnviz.inspection.capture import InspectedModel, biases, capture, filters, has_filters
from cnnviz.inspection.survey import look, survey
from cnnviz.models.empty_weights import materializing
from cnnviz.models.registry import MODELS
from cnnviz.models.summary import summarize
from cnnviz.models.zoo import MODEL_NAMES, TRAINABLE_NAMES
from tests.inspection.outputs import layer_outputs

LENET = MODELS["lenet5"].build()


def picture(name: str, seed: int = 0) -> NDArray[np.float32]:
    return np.random.default_rng(seed).normal(size=MODELS[name].input_size).astype(np.float32)


@pytest.mark.parametrize("name", [name for name in TRAINABLE_NAMES if name != "resnet-small"])
def test_outputs_are_torchs_own(name: str) -> None:
    """Each layer's output equals running the network up to that layer."""
    torch.manual_seed(0)
    model = MODELS[name].build().eval()
    x = torch.randn(1, *MODELS[name].input_size)
    outputs = layer_outputs(model, x)
    assert list(outputs) == [layer for layer, _ in model.named_children()]
    for depth, output in enumerate(outputs.values(), start=1):
        with torch.no_grad():
            np.testing.assert_array_equal(output, model[:depth](x)[0].numpy())


def test_first_maps_by_hand() -> None:
    """conv1 of a network with weights 1 and bias 0.5 adds up 25 pixels: counted by hand."""
    model = nn.Sequential(OrderedDict(conv1=nn.Conv2d(1, 2, 5))).eval()
    with torch.no_grad():
        model[0].weight.fill_(1.0)
        model[0].bias.fill_(0.5)
    x = torch.arange(36.0).reshape(1, 1, 6, 6)
    maps = layer_outputs(model, x)["conv1"]
    # rows 0..4 and columns 0..4 of 6 * row + column: 25 * (6 * 2 + 2) = 350; one further on: 25 more, 150 more
    assert maps.shape == (2, 2, 2)
    assert maps[1].tolist() == [[350.5, 375.5], [500.5, 525.5]]


def test_in_place_relu_overwrites_nothing() -> None:
    """The maps before an in-place ReLU keep their negative values."""
    torch.manual_seed(1)
    model = nn.Sequential(OrderedDict(conv1=nn.Conv2d(1, 3, 3), relu1=nn.ReLU(inplace=True))).eval()
    outputs = layer_outputs(model, torch.randn(1, 1, 8, 8))
    assert (outputs["conv1"] < 0).any()
    np.testing.assert_array_equal(outputs["relu1"], np.maximum(outputs["conv1"], 0))


class _InPlace(nn.Module):
    """A residual block as torchvision writes it, which works in place from its first layer on."""

    def __init__(self) -> None:
        super().__init__()
        self.relu = nn.ReLU(inplace=True)
        self.conv = nn.Conv2d(1, 1, 3, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.relu(x)
        y = self.conv(x)
        y += x
        return nn.functional.relu(y, inplace=True)


@pytest.mark.parametrize("layer", ["relu", "add", "relu_1"])
def test_a_layer_in_place_has_read_what_was_before_it(layer: str) -> None:
    """A ReLU, a sum and a function in place: before and after differ, and the picture is as it was."""
    torch.manual_seed(3)
    model = _InPlace().eval()
    with torch.no_grad():
        model.conv.bias.fill_(-2)  # so that the last ReLU too has something to do
    x = np.random.default_rng(0).normal(size=(1, 6, 6)).astype(np.float32)
    kept = x.copy()
    names = list(layer_outputs(model, torch.from_numpy(kept)[None]))
    own = InspectedModel(model).layer_io(names[{"relu": 0, "add": 2, "relu_1": 3}[layer]], kept)
    np.testing.assert_array_equal(kept, x)
    first = np.maximum(x, 0)
    with torch.no_grad():
        second = model.conv(torch.from_numpy(first)[None])[0].numpy()
    before, after = {
        "relu": (x, first),
        "add": (second, second + first),
        "relu_1": (second + first, np.maximum(second + first, 0)),
    }[layer]
    np.testing.assert_array_equal(own.before, before)
    np.testing.assert_array_equal(own.after, after)


def test_looking_leaves_no_trace() -> None:
    """No hook stays on the network, its weights and its mode are as before, and the arrays are the caller's own."""
    model = MODELS["lenet5"].build().eval()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    x = torch.randn(1, 1, 28, 28)
    outputs = layer_outputs(model, x)
    outputs["conv1"][:] = 0
    assert layer_outputs(model, x)["conv1"].any()
    assert not model.training
    assert all(not layer._forward_hooks for layer in model.modules())
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())


@pytest.mark.parametrize("name", ["resnet-small", "basic-block", "inception-a"])
def test_branches_are_seen(name: str) -> None:
    """In a network with branches every operation of its summary answers, each with what its own inputs make of it."""
    torch.manual_seed(0)
    model = MODELS[name].build().eval()
    x = torch.randn(1, *MODELS[name].input_size)
    outputs = layer_outputs(model, x)
    layers = summarize(model, MODELS[name].input_size)
    assert list(outputs) == [info.name for info in layers]
    with torch.inference_mode():
        np.testing.assert_array_equal(list(outputs.values())[-1], model(x)[0].numpy())
    for info in layers:
        assert outputs[info.name].shape == info.output_shape
        read = [outputs[source] if source else x[0].numpy() for source in info.inputs]
        if info.kind == "Add":
            np.testing.assert_array_equal(outputs[info.name], read[0] + read[1])
        if info.kind == "Concat":
            np.testing.assert_array_equal(outputs[info.name], np.concatenate(read))


def test_no_hook_stays_after_an_error() -> None:
    """A picture that does not fit leaves the network as it was."""
    model = MODELS["resnet-small"].build().eval()
    with pytest.raises(RuntimeError):
        layer_outputs(model, torch.randn(1, 1, 32, 32))
    assert all(not layer._forward_hooks and not layer._forward_pre_hooks for layer in model.modules())


def test_nothing_runs_behind_what_is_wanted() -> None:
    """The pass ends with the last layer asked for, whatever the order; of the others nothing is kept."""
    ran = []
    model = MODELS["lenet5"].build().eval()
    model.fc1.register_forward_hook(lambda *_given: ran.append("fc1"))
    with torch.no_grad():
        captured = capture(model, torch.randn(1, 1, 28, 28), ("conv2", "conv1"))
    assert list(captured) == ["conv1", "conv2"]
    assert torch.equal(captured["conv2"].output, model.conv2(captured["conv2"].inputs[0]))
    assert ran == []


@pytest.mark.parametrize("name", ["lenet5", "resnet-small", "inception-a"])
def test_every_layer_as_in_a_whole_pass(name: str) -> None:
    """What each layer gives and reads, additions and concatenations among them."""
    model = MODELS[name].build().eval()
    x, inspected = picture(name), InspectedModel.of(model)
    outputs = layer_outputs(model, torch.from_numpy(x)[None])
    for layer in summarize(model, MODELS[name].input_size):
        layer_io = inspected.layer_io(layer.name, x)
        assert np.allclose(layer_io.after, outputs[layer.name], atol=1e-6), layer.name
        read = outputs[layer.inputs[0]] if layer.inputs and layer.inputs[0] else x
        assert np.allclose(layer_io.before, read, atol=1e-6), layer.name


def test_a_layer_there_is_not() -> None:
    """One sentence."""
    with pytest.raises(ConfigurationError, match="no layer conv9"):
        InspectedModel.of(MODELS["lenet5"].build().eval()).layer_io("conv9", picture("lenet5"))


def test_only_what_a_picture_reaches_has_weights() -> None:
    """VGG-19's first convolution needs none of the other 574 MB."""
    inspected = InspectedModel(MODELS["vgg19"].outline().eval())
    inspected.layer_io("features.0", picture("vgg19"))
    grown = [name for name, weight in inspected.model.named_parameters() if not weight.is_meta]
    assert grown == ["features.0.weight", "features.0.bias"]


def test_fresh_weights_depend_on_the_seed_alone() -> None:
    """Neither on the layers asked for before nor on whose picture was first; another seed has others."""
    layers, x = ("conv1", "block1.add", "block2.bn1"), picture("resnet-small")

    def made(seed: int, order: tuple[str, ...], first: int) -> NDArray[np.float32]:
        inspected = InspectedModel(MODELS["resnet-small"].outline().eval(), seed)
        for layer in order:
            inspected.layer_io(layer, picture("resnet-small", first))
        return inspected.layer_io("block2.bn1", x).after

    one = made(0, layers, 1)
    assert np.array_equal(one, made(0, layers[::-1], 2))
    assert not np.array_equal(one, made(1, layers, 1))


def test_weights_given_back_come_again_the_same() -> None:
    """No memory is held meanwhile, and whoever looks again sees what he saw."""
    x, inspected = picture("resnet-small"), InspectedModel(MODELS["resnet-small"].outline().eval())
    before = inspected.layer_io("block2.bn1", x).after.copy()
    inspected.forget()
    assert all(tensor.is_meta for tensor in (*inspected.model.parameters(), *inspected.model.buffers()))
    inspected.layer_io("block1.add", picture("resnet-small", 1))
    assert np.array_equal(inspected.layer_io("block2.bn1", x).after, before)


def test_asking_for_a_layer_before_any_picture_changes_nothing() -> None:
    """Batch norm asked for alone is not made up: it still takes what reaches it for usual."""
    x = picture("resnet-small")
    asked, not_asked = (InspectedModel(MODELS["resnet-small"].outline().eval()) for _ in range(2))
    assert asked.module("block2.bn1") is not None
    given = [inspected.layer_io("block2.bn1", x).after for inspected in (asked, not_asked)]
    assert np.array_equal(*given)


def test_signals_neither_fade_nor_grow() -> None:
    """After 30 layers with fresh weights the numbers are still such as people read."""
    after = InspectedModel(MODELS["resnet34"].outline().eval()).layer_io("layer4.2.add", picture("resnet34")).after
    assert 0.05 < after.std() < 50


def test_a_network_of_others_is_left_alone() -> None:
    """The same weights, not copied, and no hook on the other's modules; nor on one's own when it has run."""
    model = MODELS["lenet5"].build().eval()
    inspected = InspectedModel.of(model)
    inspected.layer_io("conv2", picture("lenet5"))
    theirs, own = model.get_submodule("conv2"), inspected.model.get_submodule("conv2")
    assert own is not theirs
    assert own.weight is theirs.weight
    for module in (*model.modules(), *inspected.model.modules()):
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


def test_shapes() -> None:
    """Convolutions give (out, in, kh, kw), fully connected layers (out, in)."""
    assert filters(LENET, "conv1").shape == (6, 1, 5, 5)
    assert filters(LENET, "conv2").shape == (16, 6, 5, 5)
    assert filters(LENET, "fc1").shape == (120, 400)
    assert biases(LENET, "fc3").shape == (10,)


def test_values_are_a_copy() -> None:
    """The numbers are torch's, and changing them leaves the network alone."""
    own = filters(LENET, "conv1")
    np.testing.assert_array_equal(own, LENET.conv1.weight.detach().numpy())
    own[:] = 0
    assert filters(LENET, "conv1").any()


def test_layers_without_filters() -> None:
    """Asking a pooling layer for filters names the layers that have some."""
    assert not has_filters(LENET, "pool1")
    with pytest.raises(ConfigurationError, match=r"pool1 has no filters.*conv1, conv2, fc1, fc2, fc3"):
        filters(LENET, "pool1")


def test_unknown_layer() -> None:
    """A layer there is not is refused with the names there are."""
    with pytest.raises(ConfigurationError, match=r"layer must be one of conv1, relu1.*Got conv9"):
        filters(LENET, "conv9")


# sides of a picture on which the large networks are quick, and which every layer of theirs still takes
SMALL = {"alexnet": 64, "zfnet": 224, "googlenet": 64, "inception-v3": 96, "inception-a": 9, "basic-block": 14}


@pytest.mark.slow
@pytest.mark.parametrize("name", MODEL_NAMES)
def test_maps_are_those_of_plain_hooks(name: str) -> None:
    """Bit for bit, for every module of every network of the zoo; nothing in them works in place."""
    channels, side, _ = MODELS[name].input_size
    side = min(side, SMALL.get(name, 64 if name.startswith("resnet") else 32))
    model = MODELS[name].outline().eval()
    x = torch.randn(1, channels, side, side, generator=torch.Generator().manual_seed(0))
    assert not any(getattr(module, "inplace", False) for module in model.modules())
    with materializing(model), torch.no_grad():
        model(x)
    plain: dict[str, torch.Tensor] = {}
    leaves = [(layer, module) for layer, module in model.named_modules() if not any(True for _ in module.children())]
    handles = [
        module.register_forward_hook(lambda _module, _given, output, layer=layer: plain.update({layer: output.clone()}))
        for layer, module in leaves
    ]
    with torch.inference_mode():
        model(x)
    for handle in handles:
        handle.remove()
    outputs = layer_outputs(model, x)
    assert plain
    for layer, output in plain.items():
        np.testing.assert_array_equal(outputs[layer], output[0].numpy(), err_msg=layer)


def resident() -> float:
    """MB of this process in memory."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read as Linux says it")
def test_memory_stays_flat() -> None:
    """200 pictures through ResNet-18, every layer at a glance and one in full: within 50 MB of the 20th."""
    model = MODELS["resnet18"].build().eval()
    chance = torch.Generator().manual_seed(0)
    for number in range(200):
        survey(model, torch.randn(1, 3, 64, 64, generator=chance), ("layer1.0.add",))
        if number == 20:
            before = resident()
    assert resident() - before < 50


@pytest.mark.slow
def test_eight_threads_on_one_checkpoint() -> None:
    """Each gets the pictures it would have got alone, whole passes and single layers mixed; no hook is left."""
    model, _card = load(paths.shipped_checkpoints() / "resnet-small-cifar10")
    pictures = torch.randn(8, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    layers = [info.name for info in summarize(model, (3, 32, 32))]
    asked = [(number % 8, layers[7 * number % len(layers)], number % 2) for number in range(96)]

    def answer(number: int, layer: str, kind: int) -> NDArray[np.float32]:
        x = pictures[number : number + 1]
        if kind == 0:
            return survey(model, x, (layer,))[1][layer].output
        return look(model, x, layer).output

    with torch.no_grad():
        logits = model(pictures)
    alone = [answer(*each) for each in asked]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda each: answer(*each), asked))
    assert all(np.array_equal(one, other) for one, other in zip(alone, together, strict=True))
    with torch.no_grad():
        torch.testing.assert_close(model(pictures), logits, rtol=0, atol=0)
    assert not any(module._forward_hooks or module._forward_pre_hooks or module.training for module in model.modules())


@pytest.mark.parametrize("fails", [False, True], ids=["success", "exception"])
def test_hooks_are_gone_and_the_mode_is_as_it_was(fails: bool) -> None:
    """Of whole passes, single layers and a layer alone; the lock is free again for other threads."""
    model = MODELS["resnet-small"].build().eval()
    model.block1.train()  # somebody's: no look at a layer may change it
    x = torch.randn(1, 1 if fails else 3, 32, 32)
    modes = [module.training for module in model.modules()]
    for look_at in (
        lambda: layer_outputs(model, x),
        lambda: survey(model, x, ("block1.add",)),
        lambda: look(model, x, "block1.add"),
    ):
        with pytest.raises(RuntimeError) if fails else nullcontext():
            look_at()
        assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())
        assert [module.training for module in model.modules()] == modes
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(lambda: LOCK.acquire(blocking=False)).result()
            pool.submit(LOCK.release).result()
