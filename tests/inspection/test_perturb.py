"""Perturbation: each change by itself, on pictures small enough to say what must come out; and the smallest flip."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from cnnviz.base import paths
from cnnviz.base.errors import ConfigurationError
from cnnviz.data.registry import DATASETS
from cnnviz.engine.checkpoint import load
from cnnviz.engine.evaluate import predict
from cnnviz.inspection.bend import RANGES, SWEPT, Bend, reach, sweep
from cnnviz.inspection.flip import flips, smallest_flip
from cnnviz.inspection.perturb import answers, bent, bent_each


def arrow() -> np.ndarray:
    """(1, 28, 28): an L on black, different under every turn."""
    picture = np.zeros((1, 28, 28), np.uint8)
    picture[0, 6:20, 9:12] = 200
    picture[0, 17:20, 9:19] = 255
    return picture


def digit(index: int = 0) -> np.ndarray:
    """A small digit as LeNet's pictures are: white on black, 28 x 28."""
    small = DATASETS["digits"].load("test").images[index]
    large = small.repeat(3, axis=1).repeat(3, axis=2)
    return np.pad(large, ((0, 0), (2, 2), (2, 2)))


def test_nothing_done_is_the_same_picture() -> None:
    """Bit for bit, of either kind of number."""
    assert np.array_equal(bent(arrow(), Bend()), arrow())
    floats = arrow().astype(np.float32) / 255
    assert np.array_equal(bent(floats, Bend()), floats)
    assert bent(floats, Bend(blur=1)).dtype == np.float32


def test_a_whole_shift_moves_pixels() -> None:
    """Right and down; background comes in."""
    found = bent(arrow(), Bend(shift_x=3, shift_y=-2))
    assert np.array_equal(found, np.roll(arrow(), (-2, 3), axis=(1, 2)))


def test_half_a_pixel_is_the_mean_of_two() -> None:
    """Bilinear."""
    found = bent(arrow(), Bend(shift_x=0.5)).astype(float)
    wanted = (arrow().astype(float) + np.roll(arrow(), 1, axis=2)) / 2
    assert np.abs(found - wanted).max() <= 1


def test_a_right_angle_is_a_turn_of_the_array() -> None:
    """Clockwise as seen; before the shift, which is along the page."""
    turned = np.rot90(arrow(), -1, axes=(1, 2))
    assert np.abs(bent(arrow(), Bend(rotation=90)).astype(int) - turned).max() <= 1
    both = bent(arrow(), Bend(rotation=90, shift_x=4))
    assert np.abs(both.astype(int) - np.roll(turned, 4, axis=2)).max() <= 1


def test_twice_as_large_around_the_middle() -> None:
    """The middle 14 x 14 fill the picture: the same ink four times."""
    found = bent(arrow(), Bend(scale=2)).astype(float)
    inner = arrow()[0, 7:21, 7:21].astype(float)
    assert found.sum() == pytest.approx(4 * inner.sum(), rel=0.03)
    assert found[0].reshape(14, 2, 14, 2).mean(axis=(1, 3)) == pytest.approx(inner, abs=70)


def test_what_comes_in_is_the_background() -> None:
    """Also where it is bright, and by colour."""
    picture = np.empty((3, 28, 28), np.uint8)
    picture[:] = np.array([200, 100, 30])[:, None, None]
    picture[:, 10:18, 10:18] = 255
    found = bent(picture, Bend(shift_x=9, hole=4, hole_x=0.5, hole_y=0.5, rotation=30))
    assert (found[:, :, :3] == np.array([200, 100, 30])[:, None, None]).all()
    assert (found[:, 12:16, 12:16] == np.array([200, 100, 30])[:, None, None]).all()


def test_blur_keeps_the_ink_and_lowers_the_peak() -> None:
    """A Gaussian sums to one."""
    found = bent(arrow(), Bend(blur=1.5)).astype(float)
    assert found.sum() == pytest.approx(arrow().sum(), rel=0.02)
    assert found.max() < 230


def test_noise_is_the_seeds_own() -> None:
    """The same seed, the same grain, of the strength asked for; another seed, another."""
    grey = np.full((1, 64, 64), 128.0, np.float32)
    one, same, other = (bent(grey, Bend(noise=20, seed=seed)) for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
    assert (one - 128).std() == pytest.approx(20, rel=0.05)


def test_lengths_are_told_for_a_picture_28_wide() -> None:
    """Twice as wide a picture moves twice as many of its own pixels."""
    large = arrow().repeat(2, axis=1).repeat(2, axis=2)
    assert np.array_equal(bent(large, Bend(shift_x=3)), np.roll(large, 6, axis=2))


def test_many_at_once_are_one_by_one() -> None:
    """A batch of bends is each by itself."""
    bends = [Bend(), Bend(rotation=17, noise=5), Bend(shift_x=-2.5, scale=0.7), Bend(hole=8, blur=1)]
    together = bent_each(arrow(), bends)
    assert all(np.array_equal(together[i], bent(arrow(), each)) for i, each in enumerate(bends))


@pytest.mark.parametrize("name", list(RANGES))
def test_out_of_range_is_said(name: str) -> None:
    """Field, range and value."""
    with pytest.raises(ConfigurationError, match=f"{name} must be a number from"):
        Bend(**{name: RANGES[name][1] + 0.5})


@pytest.mark.parametrize("name", SWEPT)
def test_a_sweep_has_the_neutral_value(name: str) -> None:
    """From one end to the other, rising."""
    values = sweep(name)
    assert (values[0], values[-1]) == RANGES[name]
    assert values == sorted(values)
    assert getattr(Bend(), name) in values


def test_reach_stops_at_the_first_other_answer() -> None:
    """An island further out does not count."""
    values = [-3, -2, -1, 0, 1, 2, 3]
    assert reach(values, np.array([7, 1, 7, 7, 7, 7, 1]), 0, 7) == (-1, 2)
    assert reach(values, np.array([7, 7, 7, 1, 7, 7, 7]), 0, 7) == (0, 0)


def test_a_curve_is_the_network_asked_again_and_again() -> None:
    """The batched pass is each picture's own answer."""
    model, card = load(paths.shipped_checkpoints() / "lenet5-mnist")
    pictures = bent_each(digit(), [Bend(shift_x=value) for value in sweep("shift_x")])
    *_, found = answers(model, card, pictures)
    alone = np.stack([predict(model, card, each) for each in pictures])
    np.testing.assert_allclose(found, alone, atol=1e-5)


@pytest.mark.parametrize("shape", ["linf", "l2"])
def test_the_smallest_flip_flips_and_is_as_large_as_it_says(shape: str) -> None:
    """The changed picture, as bytes, is answered otherwise, and noise of that size is not; nothing is left behind."""
    model, card = load(paths.shipped_checkpoints() / "lenet5-mnist")
    picture = digit()
    asked = [weight.requires_grad for weight in model.parameters()]
    flip = smallest_flip(model, card, picture, shape)
    assert flip is not None
    assert flip.before == predict(model, card, picture).argmax()
    answer = predict(model, card, flip.changed)
    assert answer.argmax() == flip.after != flip.before
    assert answer.max() == pytest.approx(flip.certainty, abs=1e-4)
    difference = flip.changed.astype(int) - picture
    assert np.abs(difference).max() == flip.largest
    assert np.sqrt(np.mean(difference.astype(float) ** 2)) == pytest.approx(flip.length)
    noise = np.random.default_rng(0).choice([-1, 1], picture.shape) * flip.length
    noisy = np.clip(picture + noise, 0, 255).astype(np.uint8)
    assert predict(model, card, noisy).argmax() == flip.before
    assert [weight.requires_grad for weight in model.parameters()] == asked
    assert all(weight.grad is None for weight in model.parameters())
    assert not any(len(each._forward_hooks) for each in model.modules())


def test_steps_narrow_the_size_down() -> None:
    """The first size tried is the largest; what is found only gets smaller."""
    model, card = load(paths.shipped_checkpoints() / "lenet5-mnist")
    steps = list(flips(model, card, digit(3)))
    assert steps[0][0] == 128
    sizes = [flip.largest for _size, flip in steps if flip is not None]
    assert sizes == sorted(sizes, reverse=True)
    failed = [size for (size, flip), (_, before) in zip(steps[1:], steps, strict=False) if flip is before]
    assert all(size < sizes[-1] for size in failed)
    assert sizes[-1] - max(failed, default=0) <= 2  # grey levels are whole


def test_a_network_that_always_says_the_same_has_no_flip() -> None:
    """None, not an endless search."""
    _model, card = load(paths.shipped_checkpoints() / "lenet5-mnist")

    class Stubborn(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x.flatten(1)[:, :10] * 0 + torch.arange(10.0)

    assert smallest_flip(Stubborn(), card, digit()) is None
