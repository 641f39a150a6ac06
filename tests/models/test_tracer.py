"""Whatever computes is counted or named: functions, attention, recurrent layers, weights that hang anywhere."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.utils import parametrizations
from torch.utils.flop_counter import FlopCounterMode
from torchvision import models

from cnnviz.base.errors import ConfigurationError
from cnnviz.inspection.capture import capture
from cnnviz.models.registry import MODELS
from cnnviz.models.summary import Summary, summarize, trace

SIZE = (3, 16, 16)


def counted(model: nn.Module, size: tuple[int, int, int]) -> int:
    """Multiply-accumulates by torch's own counter, which does not look into layers fused for speed."""
    torch.backends.mha.set_fastpath_enabled(False)
    x = torch.empty(1, *size, device=next(iter(model.parameters())).device)
    try:
        with torch.inference_mode(), sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
            model.eval()(x)
    finally:
        torch.backends.mha.set_fastpath_enabled(True)
    return counter.get_total_flops() // 2


def weights(model: nn.Module) -> int:
    return sum(weight.numel() for weight in model.parameters())


@pytest.mark.slow
@pytest.mark.parametrize("name", ["vit_b_16", "swin_t", "swin_v2_t", "maxvit_t", "convnext_tiny", "shufflenet_v2_x1_0"])
def test_torchvisions_other_networks(name: str) -> None:
    """Attention, relative positions, class tokens, layer scales: all weights and multiplications have a row."""
    with torch.device("meta"):
        model = models.get_model(name, weights=None).eval()
    summary = summarize(model, (3, 224, 224))
    assert summary.macs == counted(model, (3, 224, 224))
    assert summary.params == weights(model) == sum(layer.params for layer in summary)
    assert summary.uncounted == ()


def test_what_a_transformer_consists_of() -> None:
    """Attention has its weights and its work, the embeddings the addition or concatenation that reads them."""
    with torch.device("meta"):
        model = models.vit_b_16(weights=None).eval()
    layers = {layer.name: layer for layer in summarize(model, (3, 224, 224))}
    attention = layers["encoder.layers.encoder_layer_0.self_attention.multi_head_attention_forward"]
    assert attention.params == weights(model.encoder.layers[0].self_attention)
    assert attention.macs == 197 * 4 * 768**2 + 2 * 197**2 * 768  # queries, keys, values, out; scores and their means
    assert attention.receptive_field == 224
    assert layers["encoder.add"].params == 197 * 768
    assert layers["concat"].params == 768
    assert layers["conv_proj"].receptive_field == 16


def test_auxiliary_heads_are_shown_as_unread() -> None:
    """Weights no layer reads count in the total, and are listed by name."""
    with torch.device("meta"):
        model = models.googlenet(weights=None, init_weights=False).eval()
    summary = summarize(model, (3, 224, 224))
    assert summary.params == weights(model)
    assert {name.split(".")[0] for name, _ in summary.unread} == {"aux1", "aux2"}
    assert sum(count for _, count in summary.unread) == weights(model.aux1) + weights(model.aux2)
    ((message, values),) = summary.remarks
    assert "6,379,984 of the weights are read by no layer" in message.format(**values)


@pytest.mark.parametrize("name", MODELS)
def test_nothing_of_the_zoo_is_left_out(name: str) -> None:
    """No weight unread, no operation uncounted, no place lost."""
    summary = summarize(MODELS[name].outline(), MODELS[name].input_size)
    assert (summary.unread, summary.uncounted, summary.unplaced) == ((), (), ())


class _Calls(nn.Module):
    """A network that is one function of the picture and one weight."""

    def __init__(self, call: Callable[[Tensor, Tensor], Tensor], *shape: int) -> None:
        super().__init__()
        self.inner = nn.Identity()  # a child: the weight hangs on a module that is no leaf
        self.weight = nn.Parameter(torch.rand(shape))
        self.call = call

    def forward(self, x: Tensor) -> Tensor:
        return self.call(self.inner(x), self.weight)


class _Doubled(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor) -> Tensor:
        return F.linear(x, weight) * 2


FUNCTIONS: dict[str, tuple[Callable[[Tensor, Tensor], Tensor], tuple[int, ...]]] = {
    "linear": (lambda x, w: F.linear(x, w), (5, 16)),
    "conv2d": (lambda x, w: F.conv2d(x, w, stride=2, padding=1), (6, 3, 3, 3)),
    "conv2d grouped": (lambda x, w: F.conv2d(x, w, groups=3), (6, 1, 3, 3)),
    "conv_transpose2d": (lambda x, w: F.conv_transpose2d(x, w, stride=2), (3, 4, 3, 3)),
    "conv1d": (lambda x, w: F.conv1d(x.flatten(2), w), (4, 3, 5)),
    "matmul": (torch.matmul, (16, 7)),
    "@": (lambda x, w: x @ w, (16, 7)),
    "weight @ x": (lambda x, w: w @ x, (7, 16)),
    "mm": (lambda x, w: torch.mm(x.flatten(0, 2), w), (16, 7)),
    "bmm": (lambda x, w: torch.bmm(x[0], w), (3, 16, 7)),
    "baddbmm": (lambda x, w: torch.baddbmm(w, x[0], w), (3, 16, 16)),
    "addmm": (lambda x, w: torch.addmm(w, x[0, 0], w), (16, 16)),
    "einsum": (lambda x, w: torch.einsum("nchw,kc->nkhw", x, w), (8, 3)),
    "tensordot": (lambda x, w: torch.tensordot(x, w, dims=([1], [0])), (3, 8)),
    "attention": (lambda x, w: F.scaled_dot_product_attention(x, x + w, x), (16, 16)),
    "outer product": (lambda x, w: x[0, 0] @ x[0, 0].T * w, (16, 16)),
    "custom function": (_Doubled.apply, (5, 16)),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_between_layers_are_counted(name: str) -> None:
    """With the weight they read, wherever it hangs, as many multiplications as torch counts; they can be looked at."""
    call, shape = FUNCTIONS[name]
    model = _Calls(call, *shape).eval()
    summary = summarize(model, SIZE)
    assert summary.macs == counted(model, SIZE) > 0
    assert summary.params == weights(model)
    assert (summary.unread, summary.uncounted) == ((), ())
    x = torch.rand(1, *SIZE)
    last = summary[-1]
    given = capture(model, x)
    assert list(given) == [layer.name for layer in summary]
    assert tuple(given[last.name].output.shape[1:]) == last.output_shape
    assert torch.equal(capture(model, x, (last.name,))[last.name].output, given[last.name].output)


class _Sequence(nn.Module):
    """A picture's rows, one after the other."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, x: Tensor) -> Any:
        rows = x[:, 0]
        return self.layer(rows, rows, rows)[0] if isinstance(self.layer, nn.MultiheadAttention) else self.layer(rows)


@pytest.mark.parametrize(
    "layer",
    [
        nn.LSTM(16, 5, num_layers=2, bidirectional=True),
        nn.GRU(16, 5, batch_first=True),
        nn.RNN(16, 5),
        nn.MultiheadAttention(16, 4),
        nn.MultiheadAttention(16, 4, batch_first=True),
        nn.TransformerEncoderLayer(16, 4, 32, batch_first=True),
        nn.TransformerEncoder(nn.TransformerEncoderLayer(16, 4, 32, batch_first=True), 2, enable_nested_tensor=False),
        nn.Conv1d(16, 4, 3),
        nn.Linear(16, 4),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_layers_that_read_sequences(layer: nn.Module) -> None:
    """Recurrent layers and attention: as torch counts them, all weights in a row."""
    model = _Sequence(layer)
    summary = summarize(model, SIZE)
    assert summary.macs == counted(model.to("meta"), SIZE) > 0
    assert summary.params == weights(model) == sum(each.params for each in summary)
    assert summary.uncounted == ()


@pytest.mark.parametrize("layer", [nn.Linear(16, 4), nn.Conv2d(3, 4, 3)], ids=lambda layer: type(layer).__name__)
def test_weights_under_a_parametrisation(layer: nn.Module) -> None:
    """Made of others as the layer runs: those count, once, with the layer's own work."""
    plain = summarize(nn.Sequential(layer), SIZE)
    model = nn.Sequential(parametrizations.weight_norm(layer))
    summary = summarize(model, SIZE)
    assert (summary.macs, summary.params) == (plain.macs, weights(model))
    assert summary[-1].params == weights(model) > plain.params


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda x, w: torch.fft.fft2(x).real * w, "fft_fft2: _fft_c2c"),
        (lambda x, w: torch.cdist(x, w), "cdist: _cdist_forward"),
        (lambda x, w: torch.linalg.inv(x @ w), "linalg_inv: linalg_inv_ex"),
    ],
)
def test_what_nobody_counts_is_named(call: Callable[[Tensor, Tensor], Tensor], named: str) -> None:
    """A Fourier transform multiplies, but neither torch nor we say how often."""
    summary = summarize(_Calls(call, 16, 16), SIZE)
    assert summary.uncounted == (named,)
    message, values = summary.remarks[0]
    assert message.format(**values) == f"Not counted, as there is no figure for their multiplications: {named}."


@pytest.mark.parametrize(
    "call",
    [
        lambda x, w: F.grid_sample(x, w.expand(1, 9, 9, 2), align_corners=False),
        lambda x, w: F.interpolate(x + w.sum(), scale_factor=2, mode="bilinear"),
        lambda x, w: F.unfold(x + w.sum(), 3),
        lambda x, w: F.embedding_bag((x[:, 0] > 0).long().flatten(0, 1), w.expand(4, 2)),
        lambda x, w: x.cumsum(2).softmax(1).topk(3, dim=3).values.roll(1, 2) + w.sum(),
        lambda x, w: F.gelu(F.group_norm(x, 3)).mean((2, 3)) * w.sum(),
    ],
    ids=["grid_sample", "interpolate", "unfold", "embedding_bag", "sums and moves", "norm"],
)
def test_what_multiplies_nothing_is_not_named(call: Callable[[Tensor, Tensor], Tensor]) -> None:
    """By custom resizing, sums, sorting and normalisation count nothing."""
    summary = summarize(_Calls(call, 2), SIZE)
    assert (summary.macs, summary.uncounted) == (0, ())
    assert summary.params == 2
    assert summary.unread == ()


def test_what_torch_cannot_tell_without_computing() -> None:
    """An operation without shapes of its own is refused with the reason, not with another size of pictures."""
    with pytest.raises(ConfigurationError, match="PyTorch cannot tell the shapes without computing"):
        summarize(_Calls(lambda x, w: x[:, :, torch.nonzero(w)[:, 0]] * 1, 16), SIZE)


# ---------------------------------------------------------------- receptive fields, against what gradients reach

HEIGHT = 120
MARGIN = 36  # rows at either end of the picture that padding and cropping on the way may reach


class _Shortcut(nn.Module):
    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: Tensor) -> Tensor:
        return x + self.inner(x)


class _Does(nn.Module):
    """A function as a layer with children, so that what it calls is traced."""

    def __init__(self, call: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.inner, self.call = nn.Identity(), call

    def forward(self, x: Tensor) -> Tensor:
        return self.call(self.inner(x))


def _conv(generator: random.Random) -> nn.Module:
    k, d = generator.randint(1, 4), generator.randint(1, 2)
    return nn.Conv2d(4, 4, k, generator.randint(1, 3), generator.randint(0, 2), d)


def _transposed(generator: random.Random) -> nn.Module:
    k, s, d = generator.randint(1, 4), generator.randint(1, 3), generator.randint(1, 2)
    return nn.ConvTranspose2d(4, 4, k, s, generator.randint(0, min(1, d * (k - 1))), dilation=d)


LAYERS: list[Callable[[random.Random], nn.Module]] = [
    _conv,
    _conv,
    _transposed,
    lambda g: nn.AvgPool2d(g.randint(2, 3), g.randint(1, 3), ceil_mode=g.random() < 0.5),
    lambda g: nn.ZeroPad2d((0, 0, g.randint(0, 2), g.randint(-1, 2))),
    lambda g: nn.ReflectionPad2d(g.randint(0, 2)),
    lambda g: nn.ReplicationPad2d((1, 0, 2, 1)),
    lambda g: nn.CircularPad2d(1),
    lambda g: nn.Upsample(scale_factor=g.choice([2, 3, 1.5]), mode="nearest"),
    lambda g: nn.Upsample(scale_factor=2, mode="bilinear", align_corners=g.random() < 0.5),
    lambda g: nn.UpsamplingNearest2d(size=(g.randint(5, 40), 4)),
    lambda g: nn.AdaptiveAvgPool2d((g.randint(3, 30), 4)),
    lambda g: nn.Sequential(nn.PixelShuffle(2), nn.Conv2d(1, 4, 1)),
    lambda g: nn.Sequential(nn.PixelUnshuffle(2), nn.Conv2d(16, 4, 1)),
    lambda g: _Shortcut(nn.Sequential(nn.ConvTranspose2d(4, 4, 3, 2, 1, 1), nn.Conv2d(4, 4, 3, 2, 1))),
    lambda g: _Shortcut(nn.Conv2d(4, 4, 5, 1, 2)),
    lambda g: _Does(lambda x: F.pad(x, (1, 1, 2, 0))),
    lambda g: _Does(lambda x: x[:, :, 1::2]),
    lambda g: _Does(lambda x: x[:, :, 2:-1] * 2),
    lambda g: _Does(lambda x: x.repeat_interleave(2, 2)),
    lambda g: _Does(lambda x: x.permute(0, 2, 3, 1).relu().permute(0, 3, 1, 2).contiguous()),
    lambda g: _Does(lambda x: x.unflatten(1, (2, 2)).transpose(1, 2).flatten(1, 2)),
    lambda g: _Does(lambda x: F.interpolate(x, scale_factor=2)),
]


def _stack(seed: int) -> nn.Module:
    generator = random.Random(seed)
    layers = [generator.choice(LAYERS)(generator) for _ in range(generator.randint(1, 3))]
    model = nn.Sequential(*layers, nn.Conv2d(4, 1, 1))
    with torch.no_grad():
        for weight in model.parameters():  # positive: no gradient is lost on the way
            weight.uniform_(0.5, 1)
    return model.double().eval()


def test_rows_see_what_gradients_reach() -> None:
    """Random stacks of padding, transposed, resizing, moving layers and shortcuts: the very rows, one by one."""
    compared, stacks = 0, 0
    for seed in range(120):
        model = _stack(seed)
        try:
            traced = trace(model, (4, HEIGHT, 8))
        except ConfigurationError:
            continue  # these layers do not fit each other
        assert traced.unplaced == ()
        x = torch.rand(1, 4, HEIGHT, 8, dtype=torch.float64, requires_grad=True)
        sums = model(x).sum((0, 1, 3))
        seen = [(index, traced[-1].views[0].at(index)) for index in range(len(sums))]
        inside = [(index, said) for index, said in seen if said and said[0] >= MARGIN and said[1] < HEIGHT - MARGIN]
        for index, said in inside[:8]:
            (gradient,) = torch.autograd.grad(sums[index], x, retain_graph=True)
            rows = gradient.abs().sum((0, 1, 3)).nonzero().flatten().tolist()
            assert said == (rows[0], rows[-1]), (index, seed, model)
        compared += len(inside[:8])
        stacks += bool(inside)
    assert stacks > 70
    assert compared > 400


def test_where_places_are_lost_it_is_said() -> None:
    """Windows cut out and rolled as in Swin: from there on the whole picture is taken, with a word."""
    model = _Does(lambda x: F.conv2d(x.roll(1, 2), torch.ones(1, 3, 3, 3, device=x.device)))
    summary = summarize(model, SIZE)
    assert summary.unplaced == ("roll",)
    assert summary[-1].receptive_field == 16


def test_what_is_written_into_a_part_is_read() -> None:
    """`y[:, 1:] = f(x)`: what reads y reads f too."""

    def call(x: Tensor) -> Tensor:
        y = x + x.relu()
        y[:, 1:] = F.avg_pool2d(x, 3, 1, 1)[:, 1:]
        return y.sigmoid()

    last = summarize(_Does(call), SIZE)[-1]
    assert last.inputs == ("add", "avg_pool2d")


def test_a_gate_of_the_whole_picture_shows_the_whole_picture() -> None:
    """Squeeze and excitation: what is multiplied by a mean over all sees all."""
    model = _Does(lambda x: x * x.mean((2, 3), keepdim=True))
    summary: Summary = summarize(model, SIZE)
    assert (summary[-1].receptive_field, summary.unplaced) == (16, ())


def test_a_decoder_by_hand() -> None:
    """Halved and doubled again: pairs of values see alike, the 3 x 3 after it sees one pair further on one side."""
    model = nn.Sequential(nn.MaxPool2d(2), nn.ConvTranspose2d(3, 3, 2, 2), nn.Conv2d(3, 3, 3, padding=1))
    pool, doubled, last = summarize(model, SIZE)
    assert [(each.receptive_field, each.jump) for each in (pool, doubled, last)] == [(2, 2), (2, None), (4, None)]
    assert list(itertools.islice(map(trace(model, SIZE)[-1].views[0].at, range(4)), 4)) == [
        (-2, 1), (0, 3), (0, 3), (2, 5)
    ]  # fmt: skip
