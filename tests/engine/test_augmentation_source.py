"""The pasted transforms run, and do to a picture what training does: exactly where nothing is drawn, else as often."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from cnnviz.engine.augmentation.pipeline import RECIPES, draws
from cnnviz.engine.augmentation.source import Preparation, torchvision_source
from cnnviz.engine.augmentation.steps import STEPS
from cnnviz.engine.augmentation.tensors import augment
from cnnviz.engine.loader import Preprocessing

MEAN, STD = (0.5, 0.4, 0.3), (0.25, 0.2, 0.3)
SIDE = 16
AXES = torch.diag(torch.tensor([0.3, 0.2, 0.1]))


def run(text: str, **more: Any) -> dict[str, Any]:
    """What the source defines."""
    known = {"picture": (SIDE, SIDE), "network": (SIDE, SIDE), **more}
    names: dict[str, Any] = {}
    exec(torchvision_source(text, Preparation(**known), AXES.tolist()), names)
    return names


def picture(height: int = SIDE, width: int = SIDE) -> np.ndarray:
    """(h, w, 3), as a data set's files give it."""
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


@pytest.mark.parametrize(
    ("size", "network", "margin", "center_crop"),
    [
        ((16, 16), (16, 16), 0.0, 1.0),
        ((8, 8), (28, 28), 4 / 28, 1.0),
        ((25, 32), (20, 24), 0.0, 0.7),
        ((9, 9), (9, 9), 0.0, 0.5),
    ],
)
def test_testing_is_our_preparation(
    size: tuple[int, int], network: tuple[int, int], margin: float, center_crop: float
) -> None:
    """Sizes that grow and shrink, margins, a centre crop, normalised."""
    shown = picture(*size)
    test = run("none", picture=size, network=network, mean=MEAN, std=STD, margin=margin, center_crop=center_crop)[
        "test"
    ]
    prepare = Preprocessing((3, *network), MEAN, STD, margin, center_crop)
    ours = prepare(torch.from_numpy(shown.transpose(2, 0, 1)[None].copy()))[0]
    assert torch.allclose(test(shown), ours, atol=1e-5)


@pytest.mark.parametrize("text", ["none", *RECIPES, *STEPS])
def test_every_step_runs(text: str) -> None:
    """On one picture as it comes from a file: the right shape, and another picture every time where there is chance."""
    train = run(text, mean=MEAN, std=STD)["train"]
    torch.manual_seed(0)
    drawn = [train(picture()) for _ in range(8)]
    assert all(each.shape == (3, SIDE, SIDE) and each.dtype == torch.float32 for each in drawn)
    assert (len({each.contiguous().numpy().tobytes() for each in drawn}) > 1) is (text != "none")


ALIKE = (
    *("random-crop=3", "shift=2", "flip=0.3", "rotation=40", "scale=0.3", "shear=20"),
    *("noise=0.1", "rgb-jitter=0.1", "blur=1.5", "color-jitter=0.3:0:0:0"),
)


@pytest.mark.slow
@pytest.mark.parametrize("text", ALIKE)
def test_training_is_alike_in_distribution(text: str) -> None:
    """Mean and deviation of every pixel over 1,500 draws of theirs and of ours.

    But for the edge: where torchvision fills, it darkens pixels that are half outside a second time.
    """
    train, count = run(text)["train"], 1500
    shown = picture()
    torch.manual_seed(0)
    theirs = torch.stack([train(shown) for _ in range(count)])
    noise = torch.rand(count, draws(text)) * 2 - 1
    whole = torch.from_numpy(shown.transpose(2, 0, 1)[None].copy()).float().div(255).expand(count, -1, -1, -1)
    ours = augment(whole, text, noise, AXES)
    theirs, ours = theirs[..., 4:-4, 4:-4], ours[..., 4:-4, 4:-4]
    assert float((theirs.mean(dim=0) - ours.mean(dim=0)).abs().max()) < 0.06
    assert float((theirs.mean(dim=0) - ours.mean(dim=0)).abs().mean()) < 0.012
    assert float((theirs.std(dim=0) - ours.std(dim=0)).abs().mean()) < 0.012


def test_where_ours_differs_a_line_says_so() -> None:
    """One draw for a batch there; what erasing fills with; steps that are joined; the recipe that has no twin."""
    plain = torchvision_source("flip", Preparation((8, 8), (8, 8)))
    assert "applied to a batch, each draws one value for all" in plain
    assert "InterpolationMode" not in plain
    assert "the picture's mean" in torchvision_source("erasing", Preparation((8, 8), (8, 8)))
    assert "samples once" in torchvision_source("rotation,scale", Preparation((8, 8), (8, 8)))
    assert "Near to the app's recipe" in torchvision_source("affine", Preparation((8, 8), (8, 8)))
