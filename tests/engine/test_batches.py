"""An epoch shows every picture once, in an order that depends on seed and epoch alone."""

from __future__ import annotations

import numpy as np
import torch

from cnnviz.data.split import Split
from cnnviz.engine.batches import Pictures, epoch_seed
from cnnviz.engine.preparation import Preparation


def numbered(n: int = 10) -> Pictures:
    """n pictures of 2 x 2; the value of picture i is i, its label i too."""
    images = np.broadcast_to(np.arange(n, dtype=np.uint8)[:, None, None, None], (n, 1, 2, 2))
    return Pictures.of(Split(images, np.arange(n)), Preparation((1, 2, 2), (0.0,), (1.0,)), n, torch.device("cpu"))


def order(pictures: Pictures, seed: int, epoch: int) -> list[int]:
    return [int(label) for _, labels in pictures.shuffled(4, "none", seed, epoch) for label in labels]


def test_an_epoch_is_every_picture_once() -> None:
    """Batches of 4, 4 and the rest; pictures stay with their labels."""
    pictures = numbered()
    batches = list(pictures.shuffled(4, "none", seed=0, epoch=1))
    assert [len(labels) for _, labels in batches] == [4, 4, 2]
    assert len(batches) == pictures.steps(4)
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
