"""An epoch shows every picture once, in an order that depends on seed and epoch alone."""

from __future__ import annotations

import numpy as np
import torch

from cnnviz.data.split import Split
from cnnviz.engine.loader import DeviceDataset, LoaderConfig, epoch_seed
from cnnviz.engine.preprocessing import Preprocessing


def numbered(n: int = 10) -> DeviceDataset:
    """n pictures of 2 x 2; the value of picture i is i, its label i too."""
    images = np.broadcast_to(np.arange(n, dtype=np.uint8)[:, None, None, None], (n, 1, 2, 2))
    return DeviceDataset.of(
        Split(images, np.arange(n)), Preprocessing((1, 2, 2), (0.0,), (1.0,)), n, torch.device("cpu")
    )


def order(pictures: DeviceDataset, seed: int, epoch: int) -> list[int]:
    return [int(label) for _, labels in pictures.batches(LoaderConfig(4, seed=seed), epoch) for label in labels]


def test_an_epoch_is_every_picture_once() -> None:
    """Batches of 4, 4 and the rest; pictures stay with their labels."""
    pictures = numbered()
    batches = list(pictures.batches(LoaderConfig(4), epoch=1))
    assert [len(labels) for _, labels in batches] == [4, 4, 2]
    assert len(batches) == pictures.steps(LoaderConfig(4))
    assert sorted(order(pictures, 0, 1)) == list(range(10))
    for x, labels in batches:
        assert torch.allclose(x[:, 0, 0, 0] * 255, labels.float(), atol=1e-4)


def test_order_depends_on_seed_and_epoch_alone() -> None:
    """The same pair gives the same order, whatever was drawn before; another pair another."""
    pictures = numbered()
    first = order(pictures, 0, 1)
    torch.rand(100)
    assert order(pictures, 0, 1) == first
    assert order(pictures, 0, 2) != first
    assert order(pictures, 1, 1) != first


def test_seed_and_epoch_do_not_add_up() -> None:
    """Epoch 2 of seed 0 is not epoch 1 of seed 1: 10,000 pairs, 10,000 seeds."""
    assert len({epoch_seed(seed, epoch) for seed in range(100) for epoch in range(100)}) == 10_000


def test_in_order() -> None:
    """Tests go through the pictures as they lie."""
    assert [labels.tolist() for _, labels in numbered(5).in_order(2)] == [[0, 1], [2, 3], [4]]


def test_pictures_stay_bytes() -> None:
    """On the device lie bytes, a quarter of floats: MNIST takes 47 MB."""
    assert numbered().images.dtype == torch.uint8


def test_last_batch_dropped() -> None:
    """Batches of 4 and 4: the two pictures that are left out are others in the next epoch."""
    pictures, loading = numbered(), LoaderConfig(4, drop_last=True)
    epochs = [[labels for _, labels in pictures.batches(loading, epoch)] for epoch in (1, 2)]
    assert [[len(labels) for labels in epoch] for epoch in epochs] == [[4, 4], [4, 4]]
    assert pictures.steps(loading) == 2
    assert torch.cat(epochs[0]).sort().values.tolist() != torch.cat(epochs[1]).sort().values.tolist()


def test_not_shuffled() -> None:
    """The order of the files, in every epoch; augmentation still differs from epoch to epoch."""
    pictures = numbered(16)
    plain, changed = LoaderConfig(8, shuffle=False), LoaderConfig(8, "affine", shuffle=False)
    assert torch.cat([labels for _, labels in pictures.batches(plain, 3)]).tolist() == list(range(16))
    images = [torch.cat([x for x, _ in pictures.batches(changed, epoch)]) for epoch in (1, 2)]
    assert not torch.equal(*images)


def test_held_out_pictures() -> None:
    """Every picture is in one half or the other; the draw depends on the seed alone, and is not the first epoch's."""
    halves = [numbered(100).split_off(0.2, seed) for seed in (0, 0, 1)]
    train, held = halves[0]
    assert (len(train), len(held)) == (80, 20)
    assert sorted([*train.labels.tolist(), *held.labels.tolist()]) == list(range(100))
    assert halves[1][1].labels.tolist() == held.labels.tolist() != halves[2][1].labels.tolist()
    assert bool((held.images[:, 0, 0, 0] == held.labels).all())


def test_something_is_always_held_out() -> None:
    """However small the share: a half without pictures could not be asked."""
    assert len(numbered(10).split_off(0.001, 0)[1]) == 1
