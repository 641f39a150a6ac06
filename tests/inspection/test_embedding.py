"""Embedding: a layer's features are torch's, the axes are scikit-learn's, and the network is left as it was."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA
from torch import nn

from cnnviz.base import paths
from cnnviz.base.errors import AnswerError
from cnnviz.data.mnist_style import for_drawing
from cnnviz.data.registry import dataset
from cnnviz.engine.checkpoint import load
from cnnviz.engine.evaluate import prepare
from cnnviz.engine.loader import Preprocessing
from cnnviz.inspection.embedding import (
    Axes,
    before_the_answer,
    drawn,
    embed,
    has_umap,
    is_averaged,
    principal_axes,
    umap,
)
from cnnviz.models.summary import LayerInfo, summarize

MODEL, CARD = load(paths.shipped_checkpoints() / "lenet5-mnist")
LAYERS = {info.name: info for info in summarize(MODEL, CARD.input_size)}


def digits(count: int) -> np.ndarray:
    small = dataset("digits").load("test").images[:count]
    return np.stack([for_drawing(each[0], dataset("mnist")) for each in small])


def whole(name: str, images: np.ndarray) -> tuple[np.ndarray, np.ndarray, int]:
    """(features, predictions, steps) of all pictures."""
    steps = list(embed(MODEL, LAYERS[name], Preprocessing.of(CARD), images))
    return steps[-1].features, steps[-1].predictions, len(steps)


@pytest.mark.parametrize(("size", "values"), [((300, 84), 84), ((40, 200), 200)])
def test_axes_are_scikit_learns(size: tuple[int, int], values: int) -> None:
    """With more pictures than values and the other way about: points, shares, and the sign's own rule."""
    mixed = np.random.default_rng(3).normal(size=(6, values)) * np.array([9, 5, 2, 1, 1, 0.5])[:, None]
    features = (np.random.default_rng(4).normal(size=(size[0], 6)) @ mixed + 7).astype(np.float32)
    axes, known = principal_axes(features), PCA(2, svd_solver="full").fit(features.astype(np.float64))
    np.testing.assert_allclose(axes.shares, known.explained_variance_ratio_, atol=1e-5)
    signs = np.sign(np.sum(axes.directions * known.components_, axis=1))
    expected = known.transform(features.astype(np.float64)) * signs
    np.testing.assert_allclose(axes.project(features), expected, atol=2e-3)
    strongest = axes.directions[[0, 1], np.abs(axes.directions).argmax(axis=1)]
    assert (strongest > 0).all()


def test_few_pictures_and_equal_ones_have_axes_too() -> None:
    """One picture, or all alike: every point in the middle, no variance, nothing that is no number."""
    for features in (np.ones((1, 5), np.float32), np.full((7, 5), 2.5, np.float32), np.ones((4, 1), np.float32)):
        axes = principal_axes(features)
        assert isinstance(axes, Axes)
        np.testing.assert_array_equal(axes.project(features), np.zeros((len(features), 2)))
        assert sum(axes.shares) == 0


def test_features_are_torchs_own() -> None:
    """In batches or at once: what a plain hook sees, for a layer of values and for maps laid in a row."""
    images = digits(150)
    seen = {}
    handles = [
        module.register_forward_hook(lambda _m, _x, out, name=name: seen.__setitem__(name, out.clone()))
        for name, module in MODEL.named_children()
    ]
    with torch.no_grad():
        logits = MODEL(prepare(CARD, images))
    for handle in handles:
        handle.remove()
    for name in ("relu4", "pool1"):
        features, predictions, steps = whole(name, images)
        assert steps > 1
        np.testing.assert_allclose(features, seen[name].flatten(1).numpy(), atol=1e-5)
        np.testing.assert_array_equal(predictions, logits.argmax(dim=1).numpy())
    assert not any(module._forward_hooks for module in MODEL.modules())
    assert not MODEL.training


def test_large_maps_are_their_means() -> None:
    """6 x 28 x 28 are more values than are laid in a row: the mean of each of the six maps."""
    info = LAYERS["conv1"]
    assert is_averaged(info)
    features, _predictions, _steps = whole("conv1", digits(3))
    with torch.no_grad():
        maps = MODEL.conv1(prepare(CARD, digits(3)))
    np.testing.assert_allclose(features, maps.mean(dim=(2, 3)).numpy(), atol=1e-5)


def test_the_layer_before_the_answer() -> None:
    """What fc3 reads; a network of one layer has that one alone."""
    assert before_the_answer(list(LAYERS.values())).name == "relu4"
    one = summarize(nn.Sequential(nn.Flatten(), nn.Linear(64, 10)), (1, 8, 8))
    assert before_the_answer(list(one)).kind == "Flatten"
    assert before_the_answer([one[0]]) is one[0]
    assert isinstance(one[0], LayerInfo)


def test_a_sample_is_the_seeds() -> None:
    """Each number once, in order, the same with the same seed; of few all."""
    numbers = drawn(10_000, 700, 5)
    assert len(set(numbers.tolist())) == 700
    assert (np.diff(numbers) > 0).all()
    np.testing.assert_array_equal(numbers, drawn(10_000, 700, 5))
    assert (numbers != drawn(10_000, 700, 6)).any()
    np.testing.assert_array_equal(drawn(9, 700, 5), np.arange(9))


@pytest.mark.skipif(not has_umap(), reason="umap-learn is not installed")
def test_umap_keeps_groups_apart() -> None:
    """Three groups far from each other stay so; others are laid into the same plane; a seed makes it the same again."""
    chance = np.random.default_rng(0)
    groups = [chance.normal(loc=9 * k, size=(40, 12)).astype(np.float32) for k in range(3)]
    newest = np.concatenate(groups)
    points, others = umap(newest, [newest + 0.01], 3)
    middles = points.reshape(3, 40, 2).mean(axis=1)
    nearest = np.linalg.norm(points[:, None] - middles, axis=2).argmin(axis=1)
    np.testing.assert_array_equal(nearest, np.repeat(np.arange(3), 40))
    assert np.linalg.norm(others - points, axis=1).mean() < np.linalg.norm(middles[0] - middles[1]) / 4
    np.testing.assert_array_equal(points, umap(newest, [], 3)[0])


def test_answers_that_are_no_numbers_are_refused() -> None:
    """A diverged network has no points."""
    model, card = load(paths.shipped_checkpoints() / "lenet5-mnist")
    with torch.no_grad():
        model.fc3.bias.fill_(float("nan"))
    with pytest.raises(AnswerError):
        list(embed(model, LAYERS["relu4"], Preprocessing.of(card), digits(3)))
    assert not any(module._forward_hooks for module in model.modules())
