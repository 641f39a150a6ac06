"""The summary is checked against torch: its flop counter, its shapes, and what gradients say a value depends on."""

from __future__ import annotations

import sys
import threading
import time
from collections import OrderedDict
from itertools import pairwise
from subprocess import run

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.flop_counter import FlopCounterMode
from torchvision import models

from cnnviz.base.errors import ConfigurationError
from cnnviz.models.registry import MODELS
from cnnviz.models.summary import Summary, summarize

SECONDS = 1.0  # for any network
LENET_SECONDS = 0.05


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_multiply_accumulates_are_half_the_flops(name: str) -> None:
    """torch's own counter counts a multiplication and an addition for each of ours."""
    spec = MODELS[name]
    model = spec.outline().eval()
    with FlopCounterMode(display=False) as counter:
        model(torch.empty(1, *spec.input_size, device="meta"))
    assert summarize(model, spec.input_size).macs == counter.get_total_flops() // 2


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_shapes_and_weights_are_the_models_own(name: str) -> None:
    """Every layer has the shapes torch gives it, in the order torch runs them, and its own weights."""
    spec = MODELS[name]
    model = spec.outline().eval()
    ran = []
    for path, layer in model.named_modules():
        if not list(layer.children()):
            layer.register_forward_hook(
                lambda layer, x, y, path=path: ran.append(
                    (path, type(layer).__name__, tuple(x[0].shape[1:]), tuple(y.shape[1:]), y.numel() * 4)
                )
            )
    model(torch.empty(1, *spec.input_size, device="meta"))
    summary = summarize(model, spec.input_size)
    assert ran == [
        (info.name, info.kind, info.input_shape, info.output_shape, info.activation_bytes)
        for info in summary
        if info.module
    ]
    assert summary.params == sum(weight.numel() for weight in model.parameters())
    for info in summary:
        if info.module:
            assert info.params == sum(weight.numel() for weight in model.get_submodule(info.name).parameters())


@pytest.mark.parametrize("name", MODELS)
def test_every_layer_says_what_it_reads(name: str) -> None:
    """Names are unique; each layer reads earlier ones; all but the last are read; merges read several."""
    spec = MODELS[name]
    summary = summarize(spec.outline(), spec.input_size)
    names = [info.name for info in summary]
    assert len(set(names)) == len(names)
    read = set()
    for index, info in enumerate(summary):
        assert set(info.inputs) <= {"", *names[:index]}
        assert (len(info.inputs) > 1) == (info.kind in ("Add", "Concat"))
        read.update(info.inputs)
    assert set(names) - read == {names[-1]}


@pytest.mark.slow
def test_merges_of_the_zoo() -> None:
    """One concatenation for each Inception block, one addition for each residual block."""
    kinds = {name: [info.kind for info in _summary(name)] for name in ("googlenet", "inception-v3", "resnet152")}
    assert kinds["googlenet"].count("Concat") == 9
    assert kinds["inception-v3"].count("Concat") == 11 + 2 * 2  # the last two blocks fork once more, twice
    assert kinds["resnet152"].count("Add") == 50


def test_branches_of_inception_a() -> None:
    """Four branches read the maps before, and the concatenation reads the four."""
    layers = {info.name: info for info in _summary("inception-a")}
    assert [name for name, info in layers.items() if info.inputs == ()] == [
        "branch1x1.conv",
        "branch5x5_1.conv",
        "branch3x3dbl_1.conv",
        "avg_pool2d",
    ]
    assert layers["concat"].inputs == ("branch1x1.relu", "branch5x5_2.relu", "branch3x3dbl_3.relu", "branch_pool.relu")
    assert (layers["concat"].output_shape, layers["concat"].receptive_field, layers["concat"].start) == (
        (256, 35, 35),
        5,
        -2,
    )


def test_addition_in_resnet18() -> None:
    """The sum reads the block's last batch norm and its input, or the shortcut's convolution; named after its block."""
    layers = {info.name: info for info in _summary("resnet18")}
    assert layers["layer1.0.add"].inputs == ("layer1.0.bn2", "maxpool")
    assert layers["layer2.0.add"].inputs == ("layer2.0.bn2", "layer2.0.downsample.1")
    assert not layers["layer1.0.add"].module
    assert layers["layer1.0.add"].params == layers["layer1.0.add"].macs == 0


def test_lenet5_by_hand() -> None:
    """LeNet-5 traced by hand: conv1 6 x 28 x 28 values of 25 products each, and so on."""
    rows = {
        layer.name: (layer.output_shape, layer.params, layer.macs, layer.receptive_field, layer.jump, layer.start)
        for layer in _summary("lenet5")
    }
    assert rows["conv1"] == ((6, 28, 28), 156, 6 * 28 * 28 * 25, 5, 1, -2)
    assert rows["pool1"] == ((6, 14, 14), 0, 0, 6, 2, -2)
    assert rows["conv2"] == ((16, 10, 10), 2416, 16 * 10 * 10 * 150, 14, 2, -2)
    assert rows["pool2"] == ((16, 5, 5), 0, 0, 16, 4, -2)
    assert rows["flatten"] == ((400,), 0, 0, 28, None, 0)
    assert rows["fc1"] == ((120,), 48_120, 48_000, 28, None, 0)
    assert rows["fc3"] == ((10,), 850, 840, 28, None, 0)


def test_keras_shapes() -> None:
    """The shapes of the lesson's table."""
    shapes = [info.output_shape for info in _summary("keras-cnn") if info.kind not in ("ReLU", "Dropout")]
    assert shapes == [(32, 26, 26), (32, 13, 13), (64, 11, 11), (64, 5, 5), (1600,), (10,)]


@pytest.mark.parametrize(("name", "layer", "field"), [("alexnet", "features.12", 195), ("vgg16", "features.30", 212)])
def test_published_receptive_fields(name: str, layer: str, field: int) -> None:
    """The last pooling of AlexNet sees 195 pixels, that of VGG-16 sees 212."""
    assert next(info for info in _summary(name) if info.name == layer).receptive_field == field


def _halving_before(name: str, in_last_block: bool) -> nn.Module:
    """A ResNet of bottlenecks that halves before the first 3 x 3 convolution of a stage, not in it."""
    with torch.device("meta"):
        model = getattr(models, name)(weights=None)
    stages = [model.layer1, model.layer2, model.layer3, model.layer4]
    for before, stage in pairwise(stages):
        stage[0].conv2.stride = (1, 1)
        if not in_last_block:  # as He et al. have it: in the 1 x 1 convolution
            stage[0].conv1.stride = (2, 2)
            continue
        stage[0].downsample[0].stride = (1, 1)  # as TF-slim has it: in the last block of the stage before
        before[-1].conv2.stride = (2, 2)
        before[-1].downsample = nn.MaxPool2d(1, 2)
    return model


@pytest.mark.slow
@pytest.mark.parametrize("in_last_block", [False, True], ids=["He et al.", "TF-slim"])
@pytest.mark.parametrize(
    ("name", "ours", "published"), [("resnet50", 427, 483), ("resnet101", 971, 1027), ("resnet152", 1451, 1507)]
)
def test_receptive_fields_of_other_resnets(name: str, ours: int, published: int, in_last_block: bool) -> None:
    """The figures of Araujo et al., "Computing Receptive Fields", 2019, come with the place where a stage halves."""
    with torch.device("meta"):
        model = getattr(models, name)(weights=None)
    for each, field in ((model, ours), (_halving_before(name, in_last_block), published)):
        maps = [layer for layer in summarize(each, (3, 224, 224)) if layer.output_shape[1:] == (7, 7)]
        assert maps[-1].receptive_field == field


class _Odd(nn.Module):
    """What the zoo has not: dilation, "same" padding, in-place sums, a layer that is used twice."""

    def __init__(self) -> None:
        super().__init__()
        self.wide = nn.Conv2d(2, 2, 3, padding="same", dilation=2)
        self.flat = nn.Conv2d(2, 2, (1, 5), padding=(0, 2), stride=(1, 1))
        self.act = nn.Identity()
        self.down = nn.Conv2d(2, 4, 3, stride=2, padding=1, groups=2)
        self.tall = nn.AvgPool2d((3, 1), stride=(2, 2), padding=(1, 0))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.wide(x)
        y += self.flat(x)
        z = self.act(y) * 2.0 + 1.0
        z = torch.sigmoid(torch.cat([z, x], dim=1)[:, :2]) + x
        return self.down(z) + F.avg_pool2d(torch.cat((x, self.tall(self.act(x)).repeat_interleave(2, 2).repeat_interleave(2, 3)), 1), 3, 2, 1)  # fmt: skip  # noqa: E501


def test_a_network_unlike_the_zoo() -> None:
    """Operations are seen in place, through scalars and slices, and by a module that runs twice."""
    summary = summarize(_Odd(), (2, 16, 16))
    layers = {info.name: info for info in summary}
    assert list(layers) == ["wide", "flat", "add", "act", "concat", "sigmoid", "add_1", "down", "act_1", "tall", "concat_1", "avg_pool2d", "add_2"]  # fmt: skip  # noqa: E501
    assert (layers["wide"].receptive_field, layers["wide"].start) == (5, -2)
    assert [axis.size for axis in layers["flat"].axes] == [1, 5]
    assert layers["add"].inputs == ("wide", "flat")
    assert layers["act"].inputs == ("add",)
    assert layers["concat"].inputs == ("act", "")
    assert layers["add_1"].inputs == ("sigmoid", "")
    assert layers["act_1"].inputs == ()
    assert layers["down"].macs == 4 * 8 * 8 * 9
    assert summary.params == sum(weight.numel() for weight in _Odd().parameters())


class _EnoughError(Exception):
    """The layer asked for has answered; those behind it may not suit the picture."""


def _positive(name: str) -> nn.Module:
    """The network with positive weights and averages for maxima, so that no gradient is lost on the way."""
    model = MODELS[name].outline().to_empty(device="cpu").eval()
    for key, value in model.state_dict().items():
        fan_in = value[0].numel() if value.dim() > 1 else 1
        value.copy_(torch.zeros_like(value) if "running_mean" in key else (torch.rand(value.shape) + 0.5) / fan_in)
    for module in model.modules():
        if isinstance(module, nn.MaxPool2d):  # a maximum hides all but one
            module.forward = lambda x, m=module: F.avg_pool2d(x, m.kernel_size, m.stride, m.padding, m.ceil_mode)
    return model


def _gradient_box(model: nn.Module, x: torch.Tensor, layer: str, row: int, column: int) -> tuple[int, ...]:
    """First row, rows, first column, columns of the pixels that the values of `layer` at one place depend on."""
    kept: list[torch.Tensor] = []

    def keep(module: nn.Module, inputs: object, output: torch.Tensor) -> None:
        kept.append(output)
        raise _EnoughError

    x = x.clone().requires_grad_(True)
    with model.get_submodule(layer).register_forward_hook(keep), pytest.raises(_EnoughError):
        model(x)
    (gradient,) = torch.autograd.grad(kept[0][0, :, row, column].sum(), x)
    rows, columns = (gradient[0].abs().sum(0).sum(axis).nonzero().flatten() for axis in (1, 0))
    return int(rows[0]), len(rows), int(columns[0]), len(columns)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "side", "layer"),
    [
        ("lenet5", 28, "pool2"),
        ("vgg-small", 40, "pool3"),
        ("alexnet", 231, "features.12"),
        ("googlenet", 72, "inception3b.branch3.1.conv"),
        ("googlenet", 100, "maxpool3"),
        ("resnet-small", 40, "block3.relu2"),
        ("resnet-small", 40, "block2.downsample.0"),
        ("resnet18", 112, "layer2.1.relu2"),
        ("basic-block", 12, "relu2"),
        ("inception-a", 10, "branch3x3dbl_3.relu"),
        ("inception-a", 10, "branch_pool.relu"),
        ("inception-v3", 264, "Mixed_6b.branch7x7_2.conv"),
    ],
)
def test_receptive_field_is_what_gradients_reach(name: str, side: int, layer: str) -> None:
    """With positive weights, the pixels whose gradient is not zero are those from start + jump x index on."""
    spec = MODELS[name]
    info = next(one for one in summarize(spec.outline(), spec.input_size) if one.name == layer)
    places = []
    for axis in info.axes:
        assert axis.jump is not None
        index = -(axis.start // axis.jump)  # the first that sees no padding
        assert axis.start + index * axis.jump + axis.size <= side, "the picture is too small for this test"
        places.append((index, axis.start + index * axis.jump, axis.size))
    x = torch.rand(1, spec.input_size[0], side, side)
    (row, top, height), (column, left, width) = places
    assert _gradient_box(_positive(name), x, layer, row, column) == (top, height, left, width)


def test_dilation_and_stride_count() -> None:
    """A dilated kernel spreads its taps by dilation x jump; of a rectangular one the longer side counts."""
    model = nn.Sequential(nn.Conv2d(1, 2, 3, stride=2), nn.Conv2d(2, 2, 3, dilation=2), nn.MaxPool2d((2, 3)))
    summary = summarize(model, (1, 32, 32))
    assert [(layer.receptive_field, layer.jump) for layer in summary] == [(3, 2), (11, 2), (15, 6)]
    assert [(axis.size, axis.jump) for axis in summary[2].axes] == [(13, 4), (15, 6)]


@pytest.mark.parametrize(
    "layer",
    [
        nn.MaxPool2d(3, 2, ceil_mode=True),
        nn.MaxPool2d(3, 2, 1, dilation=2),
        nn.AvgPool2d((2, 3), (2, 1), (1, 0), ceil_mode=True),
        nn.Conv2d(4, 6, (3, 2), (2, 3), (1, 0), (2, 1), groups=2),
        nn.Conv2d(4, 4, (3, 5), padding="same", dilation=(1, 2)),
        nn.ConvTranspose2d(4, 6, 3, stride=2, output_padding=1),
        nn.AdaptiveAvgPool2d((None, 5)),
        nn.AdaptiveMaxPool2d(3),
        nn.PixelShuffle(2),
        nn.Upsample(scale_factor=2),
        nn.GroupNorm(2, 4),
        nn.Flatten(2),
        nn.Linear(13, 5),
        nn.Dropout2d(),
        nn.ReLU(inplace=True),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_shapes_of_any_layer_are_torchs(layer: nn.Module) -> None:
    """By our arithmetic or by torch itself, the shape is torch's; so is the count of multiply-accumulates."""
    with FlopCounterMode(display=False) as counter:
        expected = layer.eval()(torch.rand(1, 4, 17, 13)).shape[1:]
    [info] = summarize(layer, (4, 17, 13))
    assert info.output_shape == tuple(expected)
    assert info.macs == counter.get_total_flops() // 2


def test_model_is_left_alone() -> None:
    """Asking for a summary moves, copies and changes nothing of the network, and leaves no hook."""
    model = MODELS["resnet-small"].build()
    before = {name: (weight.data_ptr(), weight.clone()) for name, weight in model.named_parameters()}
    summarize(model, (3, 32, 32))
    assert model.training
    assert all(not layer._forward_hooks and not layer._forward_pre_hooks for layer in model.modules())
    for name, weight in model.named_parameters():
        assert weight.data_ptr() == before[name][0]
        assert torch.equal(weight, before[name][1])


def test_hooks_of_others_stay_theirs() -> None:
    """A network that somebody is watching is taken apart without running their hooks."""
    model, heard = MODELS["lenet5"].build(), []
    model.conv1.register_forward_hook(lambda *_: heard.append(1))
    assert summarize(model, (1, 28, 28)) == _summary("lenet5")
    assert not heard
    assert len(model.conv1._forward_hooks) == 1


def test_a_huge_network_costs_no_memory() -> None:
    """Shapes only: 40 GB of weights are summed up without being made."""
    with torch.device("meta"):
        model = nn.Sequential(nn.Flatten(), nn.Linear(100_000, 100_000))
    assert summarize(model, (1, 100, 1000)).params == 10_000_100_000


@pytest.mark.parametrize(
    ("model", "size", "says"),
    [
        (MODELS["lenet5"].outline(), (1, 32, 32), "fc1 cannot take what reaches it, 576"),
        (MODELS["lenet5"].outline(), (3, 28, 28), "conv1 cannot take what reaches it, 3x28x28"),
        (MODELS["vgg16"].outline(), (3, 16, 16), "features.30 cannot take what reaches it, 512x1x1"),
        (MODELS["inception-v3"].outline(), (3, 64, 64), "cannot take what reaches it"),
        (nn.Sequential(OrderedDict(norm=nn.BatchNorm2d(4))), (3, 8, 8), "norm cannot take what reaches it, 3x8x8"),
    ],
    ids=["linear", "convolution", "pooling", "inside a block", "batch norm"],
)
def test_what_does_not_fit_is_said(model: nn.Module, size: tuple[int, int, int], says: str) -> None:
    """By layer and shape."""
    with pytest.raises(ConfigurationError, match=says):
        summarize(model, size)


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_a_summary_is_quick(name: str) -> None:
    """Under 1 s of the processor for any network, LeNet under 50 ms: the best of three, whoever shares the machine."""
    spec = MODELS[name]
    model, limit = spec.outline(), LENET_SECONDS if name.startswith("lenet") else SECONDS

    def seconds() -> float:
        start = time.thread_time()
        summarize(model, spec.input_size)
        return time.thread_time() - start

    assert any(seconds() < limit for _ in range(3))


@pytest.mark.slow
def test_the_first_summary_imports_nothing_large() -> None:
    """torch's meta device would import 900 modules at its first operation, seconds of waiting."""
    code = (
        "import sys; from cnnviz.models.registry import MODELS; from cnnviz.models.summary import summarize; "
        "summarize(MODELS['lenet5'].outline(), (1, 28, 28)); print('torch._dynamo' in sys.modules)"
    )
    assert run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


@pytest.mark.slow
def test_eight_threads_at_once() -> None:
    """Four visitors take networks apart while four others run them: every summary and every answer is right."""
    names = ["lenet5", "resnet-small", "inception-a", "googlenet"]
    torch.manual_seed(0)
    models = {name: MODELS[name].build().eval() for name in names}
    sizes = {name: (*MODELS[name].input_size[:1], *(min(side, 64) for side in MODELS[name].input_size[1:])) for name in names}  # fmt: skip  # noqa: E501
    pictures = {name: torch.rand(1, *sizes[name]) for name in names}
    with torch.inference_mode():
        answers = {name: models[name](pictures[name]) for name in names}
    summaries = {name: summarize(models[name], sizes[name]) for name in names}
    wrong: list[str] = []
    start = threading.Barrier(8)

    def summary_of(name: str) -> None:
        start.wait()
        for _ in range(15):
            if summarize(models[name], sizes[name]) != summaries[name]:
                wrong.append(f"summary of {name}")

    def answer(name: str) -> None:
        start.wait()
        for _ in range(15):
            with torch.inference_mode():
                if not torch.equal(models[name](pictures[name]), answers[name]):
                    wrong.append(f"answer of {name}")

    def guarded(work: object, name: str) -> None:
        try:
            work(name)
        except Exception as error:
            wrong.append(f"{name}: {error!r}")

    threads = [threading.Thread(target=guarded, args=(work, name)) for work in (summary_of, answer) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def _summary(name: str) -> Summary:
    return summarize(MODELS[name].outline(), MODELS[name].input_size)
