"""Label search: which labels of a training set may be wrong, by networks that never saw them (k-fold cross-validation).

Each picture is asked of a network that was trained on the other folds: a label it was not trained on cannot have been
learned by heart, so a wrong one stands out by its loss. Knows nothing of processes or pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn

from cnnviz.data.registry import dataset
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.device import choose_device, limit_threads, make_repeatable
from cnnviz.engine.learning_rate import learning_rate
from cnnviz.engine.loader import DeviceDataset, LoaderConfig, Preprocessing, epoch_seed
from cnnviz.engine.network import build_network, network_spec
from cnnviz.engine.optim import criterion, make_optimizer, set_learning_rate
from cnnviz.engine.training_set import LEAKED, training_set

FOLDS = 4
_FOLDS_DRAWN = 2**31 + 64  # where an epoch stands in the seed's numbers
_BATCH = 1000  # pictures asked at once


@dataclass(frozen=True, eq=False)
class Answers:
    """What networks that never saw them say of n pictures: float32 (n, k), rows that sum to 1, in the set's order."""

    probabilities: np.ndarray


def search(config: TrainConfig, folds: int = FOLDS) -> Iterator[float | Answers]:
    """How much is done, 0 to 1, after every epoch of every fold; at the end the answers.

    The network is trained on all folds but one, for each in turn: on pictures and by steps as `config` says, but always
    from random weights, all layers, unweighted. Raises ConfigurationError, MissingDataError or CorruptDataError.
    """
    data, device = dataset(config.data), choose_device(config.device)
    limit_threads()
    make_repeatable(device)
    prepare = Preprocessing.between(data, network_spec(config), config.normalize, config.center_crop)
    half = training_set(replace(config, leakage=0.0), data)
    assert LEAKED not in half.places
    whole = DeviceDataset.of(half.split, prepare, len(data.classes), device)
    folds = min(folds, len(whole))
    fold_of = folds_of(len(whole), folds, config.seed).to(device)
    probabilities = torch.zeros(len(whole), len(data.classes))
    for fold in range(folds):
        is_asked = fold_of == fold
        model = build_network(config, data).to(device).to(memory_format=torch.channels_last)
        for epoch in _epochs(model, _part(whole, ~is_asked), config):
            yield (fold + epoch / config.epochs) / folds
        probabilities[is_asked.cpu()] = _asked(model, _part(whole, is_asked))
    yield Answers(probabilities.numpy())


def folds_of(count: int, folds: int, seed: int) -> Tensor:
    """(count,) the fold of each picture, drawn by the seed; as many in each, to one."""
    generator = torch.Generator().manual_seed(epoch_seed(seed, _FOLDS_DRAWN))
    fold = torch.empty(count, dtype=torch.int64)
    fold[torch.randperm(count, generator=generator)] = torch.arange(count) % folds
    return fold


def _part(whole: DeviceDataset, which: Tensor) -> DeviceDataset:
    return replace(whole, images=whole.images[which], labels=whole.labels[which])


def _epochs(model: nn.Module, data: DeviceDataset, config: TrainConfig) -> Iterator[int]:
    """Train; the number of each epoch as it is done."""
    loader, loss, optimizer = LoaderConfig.of(config), criterion(config), make_optimizer(model, config)
    steps, taken = data.steps(loader), 0
    model.train()
    for epoch in range(1, config.epochs + 1):
        torch.manual_seed(epoch_seed(config.seed, epoch))
        for x, labels in data.batches(loader, epoch):
            set_learning_rate(optimizer, learning_rate(config, taken, config.epochs * steps))
            optimizer.zero_grad(set_to_none=True)
            loss(model(x), labels).backward()
            optimizer.step()
            taken += 1
        yield epoch


def _asked(model: nn.Module, data: DeviceDataset) -> Tensor:
    model.eval()
    with torch.inference_mode():
        return torch.cat([model(x).float().softmax(dim=1).cpu() for x, _labels in data.in_order(_BATCH)])
