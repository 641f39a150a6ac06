"""Sanity check: the map of a network, then that of random weights, for each method, and how alike they are."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.stats import spearmanr

from cnnviz.inspection import attribution
from cnnviz.inspection.sanity_check import (
    METHODS,
    Question,
    SanityCheck,
    rank_correlation,
    resized,
    sanity_check,
)
from cnnviz.models.registry import MODELS
from cnnviz.ui.shared.link_parameters import ATTRIBUTION_METHODS

X = torch.randn(1, 3, 32, 32, generator=torch.Generator().manual_seed(0))


def question(method: str) -> Question:
    return Question(method, 3, 5, layer="block1.add", window=8, stride=8)


def direct(method: str, model: torch.nn.Module) -> torch.Tensor:
    """The method called by hand."""
    more = {"grad_cam": {"layer": "block1.add"}, "occlusion": {"window": 8, "stride": 8}}.get(method, {})
    found: torch.Tensor = getattr(attribution, method)(model, X, 3, against=5, **more)
    return found


@pytest.mark.parametrize("method", METHODS)
def test_own_map_first_then_that_of_the_twin(method: str) -> None:
    """Each of its own network; the twin is asked for when the first is done; the share only grows, to 1."""
    torch.manual_seed(1)
    model, twin = (MODELS["resnet-small"].build().eval() for _ in range(2))
    seen = list(sanity_check(model, lambda: twin, X, question(method)))
    shares = [each.share for each in seen]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert seen[0].random is None
    assert [each.is_whole for each in seen] == [False] * (len(seen) - 1) + [True]
    last = seen[-1]
    assert last.random is not None
    for found, of in ((last.own, model), (last.random, twin)):
        expected = direct(method, of)[0]
        expected = expected[0] if method == "occlusion" else expected.sum(dim=0)
        np.testing.assert_allclose(found, expected.numpy(), rtol=1e-4, atol=1e-6)
    assert not np.allclose(last.own, last.random)


def test_every_method_has_its_place_in_the_link() -> None:
    """The link's list cannot import torch, so it is a copy."""
    assert METHODS == ATTRIBUTION_METHODS


def test_likeness_ignores_the_sign() -> None:
    """What counts is where a method looks."""
    values = np.arange(-3, 6, dtype=np.float32).reshape(3, 3)
    assert SanityCheck(1, values, -values).likeness == 1
    assert abs(SanityCheck(1, values, np.random.default_rng(0).normal(size=(3, 3)).astype(np.float32)).likeness) < 1


def test_rank_correlation_is_spearmans() -> None:
    """SciPy's, with equal values too; 0 where one of both is the same everywhere."""
    random = np.random.default_rng(0)
    one, other = random.normal(size=(9, 9)).round(1), random.normal(size=(9, 9)).round(1)
    other[:4] = one[:4]
    assert rank_correlation(one, other) == pytest.approx(spearmanr(one.ravel(), other.ravel()).statistic)
    assert rank_correlation(one, -one) == -1
    assert rank_correlation(one, np.ones_like(one)) == 0


def test_few_values_are_laid_over_the_picture() -> None:
    """Bilinear in between, no value beyond those there are; a map of the picture's size is left alone."""
    values = np.array([[0, 1], [2, 5]], np.float32)
    larger = resized(values, 8, 8)
    assert (larger.min(), larger.max()) == (0, 5)
    assert (np.diff(larger, axis=1) >= 0).all()
    assert resized(values, 2, 2) is values
