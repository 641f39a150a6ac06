"""In training mode dropout and batch norm do what torch has them do, and the network is left as it was."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np
import pytest
import torch
from torch import nn

from cnnviz.base.errors import ConfigurationError
from cnnviz.inspection.training_mode import differs_in_training, in_training
from cnnviz.inspection.value_trace import value_trace
from cnnviz.models.registry import MODELS
from cnnviz.models.summary import summarize

BATCH = torch.randn(6, 1, 28, 28, generator=torch.Generator().manual_seed(1))


def network() -> nn.Module:
    torch.manual_seed(0)
    model = MODELS["lenet5"].build(batch_norm=True, dropout=0.4).eval()
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.running_mean)
            nn.init.uniform_(module.weight)
    return model


def layer_of(model: nn.Module, kind: str) -> str:
    return next(info.name for info in summarize(model, (1, 28, 28)) if info.kind == kind)


def test_nothing_of_the_network_moves() -> None:
    """Weights, running statistics, counters, mode and hooks are as before, and so is torch's own chance."""
    model = network()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    state = torch.random.get_rng_state()
    in_training(model, BATCH, layer_of(model, "Dropout"))
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())
    assert torch.equal(torch.random.get_rng_state(), state)
    assert not any(module.training or module._forward_hooks for module in model.modules())


def test_batch_norm_takes_the_batchs_mean_and_variance() -> None:
    """Each value is (x - mean) / sqrt(variance + epsilon) * gamma + beta, those of the batch; the trace says so."""
    model = network()
    name = layer_of(model, "BatchNorm2d")
    norm = model.get_submodule(name)
    read = model.conv1(BATCH).detach()
    own = in_training(model, BATCH, name)
    with torch.no_grad():
        expected = nn.functional.batch_norm(read, None, None, norm.weight, norm.bias, training=True, eps=norm.eps)
    np.testing.assert_allclose(own.seen.output, expected[0].numpy(), atol=1e-5)
    info = next(info for info in summarize(model, (1, 28, 28)) if info.name == name)
    trace = value_trace(model, info, 3, own.seen, statistics=own.statistics(3))
    assert trace.norm is not None
    assert trace.norm.mean == pytest.approx(read[:, 3].mean().item(), abs=1e-5)
    assert trace.norm.variance == pytest.approx(read[:, 3].var(correction=0).item(), rel=1e-4)


def test_dropout_drops_by_the_seed_alone() -> None:
    """About four of ten values are gone, the others 1 / 0.6 times as large; another seed drops others."""
    model = nn.Sequential(OrderedDict(flat=nn.Flatten(), dropped=nn.Dropout(0.4), fc=nn.Linear(784, 10))).eval()
    one, again, other = (in_training(model, BATCH, "dropped", seed).seen for seed in (3, 3, 4))
    np.testing.assert_array_equal(one.output, again.output)
    assert (one.output != other.output).any()
    kept = one.output != 0
    assert 0.5 < kept.mean() < 0.7
    np.testing.assert_allclose(one.output[kept], one.read[0][kept] / 0.6, rtol=1e-5)


def test_which_networks_differ() -> None:
    """Those with batch norm or dropout; dropout of nothing changes nothing."""
    assert differs_in_training(MODELS["resnet-small"].outline())
    assert differs_in_training(MODELS["keras-cnn"].outline())
    assert not differs_in_training(MODELS["lenet5"].outline())
    assert not differs_in_training(nn.Sequential(nn.Dropout(0.0)))


def test_a_layer_there_is_not() -> None:
    """One sentence."""
    with pytest.raises(ConfigurationError, match="no layer conv9"):
        in_training(network(), BATCH, "conv9")


def test_hooks_are_gone_after_an_error() -> None:
    """A batch that does not fit leaves the network as it was."""
    model = network()
    with pytest.raises(RuntimeError):
        in_training(model, torch.zeros(2, 3, 5, 5), "conv1")
    assert not any(module.training or module._forward_hooks for module in model.modules())
