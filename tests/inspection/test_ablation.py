"""Ablation: channels answer 0 in whatever follows, weights stay, hooks are gone, and what is kept does the same."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from cnnviz.base import paths
from cnnviz.base.errors import ConfigurationError
from cnnviz.data.registry import DATASETS
from cnnviz.engine import evaluate
from cnnviz.engine.checkpoint import load
from cnnviz.engine.loader import DeviceDataset, Preprocessing
from cnnviz.inspection.ablation import Change, edited, probabilities, scaled, without, written
from cnnviz.inspection.capture import capture
from cnnviz.inspection.effect import TestBench
from cnnviz.models.registry import model_spec
from cnnviz.models.summary import summarize


def lenet() -> nn.Module:
    return load(paths.shipped_checkpoints() / "lenet5-mnist")[0]


def resnet() -> nn.Module:
    torch.manual_seed(0)
    return model_spec("resnet-small").build(3, 10).eval()


def picture(channels: int = 1, side: int = 28, count: int = 2) -> Tensor:
    return torch.randn((count, channels, side, side), generator=torch.Generator().manual_seed(1))


def hooks(model: nn.Module) -> int:
    return sum(len(each._forward_hooks) + len(each._forward_pre_hooks) for each in model.modules())


def lenet_by_hand(model: nn.Module, x: Tensor, layer: str, change: Callable[[Tensor], Tensor]) -> Tensor:
    for name, module in model.named_children():
        x = module(x)
        if name == layer:
            x = change(x)
    return x


@pytest.mark.parametrize("layer", ["conv1", "relu1", "pool1", "conv2", "fc1", "relu3", "fc3"])
def test_channels_off_are_zero_for_all_that_follows(layer: str) -> None:
    """The same as the network walked by hand with those channels overwritten; the rest is as it was."""
    model, x = lenet(), picture()

    def off(maps: Tensor) -> Tensor:
        maps = maps.clone()
        maps[:, [0, 3]] = 0
        return maps

    with torch.no_grad():
        with without(model, layer, [3, 0]):
            found = model(x)
            again = model(x)
        torch.testing.assert_close(found, lenet_by_hand(model, x, layer, off), rtol=0, atol=0)
        assert torch.equal(found, again)
        assert torch.equal(model(x), lenet_by_hand(model, x, layer, lambda maps: maps))


def test_scaled_channels_are_multiplied() -> None:
    """Twice as strong, half as strong: the factor meets those channels alone."""
    model, x = lenet(), picture()
    with torch.no_grad(), scaled(model, "conv2", [5], 0.5):
        found = model(x)
    one = torch.ones(16)
    one[5] = 0.5
    with torch.no_grad():
        wanted = lenet_by_hand(model, x, "conv2", lambda maps: maps * one[:, None, None])
    torch.testing.assert_close(found, wanted)


def test_an_addition_is_a_layer_too() -> None:
    """A sum between modules, by the name the summary has; in every pass, and nothing is left behind."""
    model, x = resnet(), picture(3, 32)
    name = next(info.name for info in summarize(model, (3, 32, 32)) if info.kind == "Add")
    following = next(info.name for info in summarize(model, (3, 32, 32)) if name in info.inputs)
    seen: list[Tensor] = []
    handle = model.get_submodule(following).register_forward_hook(lambda _m, read, _out: seen.append(read[0].clone()))
    with torch.no_grad():
        untouched = capture(model, x, {name})[name].output
        seen.clear()
        with without(model, name, [2]):
            model(x), model(x)
    handle.remove()
    assert len(seen) == 2
    for maps in seen:
        assert untouched[:, 2].abs().sum() > 0
        assert not maps[:, 2].any()
        assert torch.equal(maps[:, 3:], untouched[:, 3:])
    assert hooks(model) == 0


class _Twice(nn.Module):
    """One ReLU behind both convolutions."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(2)
        self.first, self.relu, self.second = nn.Conv2d(1, 3, 3), nn.ReLU(), nn.Conv2d(3, 3, 3)

    def forward(self, x: Tensor) -> Tensor:
        maps: Tensor = self.relu(self.second(self.relu(self.first(x))))
        return maps


@pytest.mark.parametrize("layer", ["relu", "relu_1"])
def test_a_module_that_runs_twice_is_two_layers(layer: str) -> None:
    """By the names of the summary the first time is one layer and the second another: each is off alone."""
    model, x, factor = _Twice().eval(), picture(side=9), torch.tensor([0.0, 1.0, 1.0])[:, None, None]
    first, second = (factor, 1) if layer == "relu" else (1, factor)
    with torch.no_grad():
        with without(model, layer, [0]):
            found = model(x), model(x)
        wanted = model.second(model.first(x).relu() * first).relu() * second
    assert all(torch.equal(each, wanted) for each in found)
    assert hooks(model) == 0


def test_nothing_is_left_after_an_exception() -> None:
    """Hooks gone, mode, weights and gradients as they were, for modules and for functions between them."""
    model = resnet()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    add = next(info.name for info in summarize(model, (3, 32, 32)) if info.kind == "Add")
    for layer in ("conv1", add):
        with pytest.raises(RuntimeError), without(model, layer, [0]):
            model(torch.zeros(1, 5, 32, 32))  # five channels are not what it takes
        assert hooks(model) == 0
    assert not model.training
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())
    assert all(weight.grad is None and weight.requires_grad for weight in model.parameters())
    with torch.no_grad():
        assert model(picture(3, 32)).shape == (2, 10)


def test_an_evaluation_inside_counts_without_them() -> None:
    """Also where an evaluation would rearrange the network, as it does a plain stack on the CPU."""
    model, card = load(paths.shipped_checkpoints() / "lenet5-mnist")
    spec = DATASETS["digits"]
    prepare = Preprocessing(card.input_size, card.mean, card.std, spec.margin)
    data = DeviceDataset.load(spec, "test", prepare, torch.device("cpu"))
    untouched = evaluate.evaluate(model, data).confusion
    with without(model, "conv2", range(12)):
        found = evaluate.evaluate(model, data).confusion
    assert found.trace() < untouched.trace()
    assert (found == TestBench(model, "conv2", data).score(Change("conv2", tuple(range(12)))).confusion).all()
    assert (evaluate.evaluate(model, data).confusion == untouched).all()


def test_no_tensor_outlives_the_pass() -> None:
    """Not even until Python looks for circles: a server's visitors would fill its memory meanwhile."""
    model, x = resnet(), picture(3, 32)
    add = next(info.name for info in summarize(model, (3, 32, 32)) if info.kind == "Add")
    gc.collect()
    gc.disable()
    try:
        with torch.no_grad(), without(model, add, [0]):
            answer = weakref.ref(model(x))
        assert answer() is None
    finally:
        gc.enable()


def test_gradients_flow_around_what_is_off() -> None:
    """The weights of a filter that is off get no gradient, the others do."""
    model = lenet()
    weight = model.get_submodule("conv1").weight
    weight.requires_grad_()
    with without(model, "conv1", [1]):
        (slope,) = torch.autograd.grad(model(picture()).sum(), weight)
    assert not slope[1].any()
    assert slope[0].any()


@pytest.mark.parametrize(
    ("layer", "channels", "says"),
    [
        ("conv1", [6], "Layer conv1 has no channel 7: its channels are 1 to 6."),
        ("conv9", [0], "The network has no layer conv9."),
    ],
)
def test_what_is_not_there_is_said(layer: str, channels: list[int], says: str) -> None:
    """A sentence, not a traceback of torch's."""
    model = lenet()
    with pytest.raises(ConfigurationError) as error, torch.no_grad(), without(model, layer, channels):
        model(picture())
    assert str(error.value) == says
    assert hooks(model) == 0


@pytest.mark.parametrize("factor", [-0.1, 2.1, float("nan")])
def test_a_factor_has_a_range(factor: float) -> None:
    """0, off, to 2."""
    with pytest.raises(ConfigurationError, match="from 0 to 2"):
        Change("conv1", (0,), factor)


def test_a_weight_by_hand_is_in_a_copy_of_its_layer_alone() -> None:
    """One number differs; every other tensor is the shared network's own, which has not changed."""
    model = lenet()
    own = edited(model, "conv2", [((4, 2, 1, 3), 0.75)])
    theirs = dict(model.named_parameters())
    assert own is not model
    for name, tensor in own.named_parameters():
        if name == "conv2.weight":
            different = (tensor != theirs[name]).nonzero().tolist()
            assert different == [[4, 2, 1, 3]]
            assert tensor[4, 2, 1, 3] == 0.75
        else:
            assert tensor is theirs[name]
    with pytest.raises(ConfigurationError, match="has no weight 17, 1, 1, 1: it has 16 × 6 × 5 × 5"):
        edited(model, "conv2", [((16, 0, 0, 0), 1.0)])


@pytest.mark.parametrize(
    ("layer", "factor"), [("conv1", 0.0), ("pool1", 1.5), ("relu2", 0.0), ("fc2", 0.3), ("relu4", 0.0)]
)
def test_what_is_kept_answers_as_what_was_tried(layer: str, factor: float) -> None:
    """Weights that do what the hooks did, also where the layer that was switched only follows the one with weights."""
    model, x = lenet(), picture()
    weights = (((2, 0, 1, 1), -0.5),) if layer == "conv1" else ()
    change = Change(layer, (0, 2), factor, weights)
    kept = written(model, summarize(model, (1, 28, 28)), change)
    with torch.no_grad():
        torch.testing.assert_close(kept(x).softmax(1), probabilities(model, x, change), rtol=1e-5, atol=1e-6)
        assert not torch.allclose(kept(x), model(x))


def test_what_weights_cannot_do_is_said() -> None:
    """An addition has none."""
    model = resnet()
    layers = summarize(model, (3, 32, 32))
    add = next(info.name for info in layers if info.kind == "Add")
    with pytest.raises(ConfigurationError, match="cannot be kept as weights"):
        written(model, layers, Change(add, (0,)))


def test_visitors_at_once_get_their_own_answers() -> None:
    """Eight threads, each with another filter off, while others look at layers of the same network."""
    model, x = lenet(), picture(count=1)
    wanted = [probabilities(model, x, Change("conv2", (k,))) for k in range(8)]
    wrong: list[int] = []

    def visit(k: int) -> None:
        for _ in range(10):
            if not torch.equal(probabilities(model, x, Change("conv2", (k,))), wanted[k]):
                wrong.append(k)
            with evaluate.LOCK, torch.inference_mode():
                capture(model, x)

    threads = [threading.Thread(target=visit, args=(k,)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert hooks(model) == 0
