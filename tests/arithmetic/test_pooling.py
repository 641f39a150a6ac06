"""Pooling is torch's, `ceil_mode` included."""

import random
from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from cnnviz.arithmetic.pooling import PoolSpec
from cnnviz.base.errors import ConfigurationError
from tests.arithmetic.table import cases, joined


def ones_by_torch(case):
    """(n, n_out): what each output makes of a single one at each input, 0 elsewhere; None where torch refuses.

    Two-dimensional, as networks use it, with one row. torch's average pooling has no dilation.
    """
    source = torch.eye(case.n, dtype=torch.double)[:, None, None]
    try:
        if case.kind == "max":
            made = F.max_pool2d(source, (1, case.k), (1, case.s), (0, case.p), (1, case.d), case.ceil)
        else:
            assert case.d == 1
            made = F.avg_pool2d(source, (1, case.k), (1, case.s), (0, case.p), case.ceil)
    except RuntimeError:
        return None
    return made[:, 0, 0].numpy()


def test_six_thousand_max_poolings_are_torchs():
    """Sizes, refusals and readers: a one is the maximum of just the windows that we say read it."""
    wrong = [case for case in cases("max") if not max_agrees(case)]
    assert wrong == []
    assert sum(case.answer is None for case in cases("max")) > 1_500


def max_agrees(case):
    made, answer = ones_by_torch(case), case.answer
    if made is None or answer is None:
        return made is None and answer is None
    return answer.size == made.shape[1] and reads(case, made == 1)


def reads(case, met):
    """Whether windows, readers and unread pixels are those of `met` (n, n_out); padding is in windows only."""
    answer = case.answer
    inside = [[index - case.p for index in window if 0 <= index - case.p < case.n] for window in answer.windows]
    return bool(
        joined(inside) == np.argwhere(met.T).tolist()
        and joined(answer.readers) == np.argwhere(met).tolist()
        and answer.unused == tuple(np.flatnonzero(~met.any(axis=1)).tolist())
    )


def test_four_thousand_average_poolings_are_torchs():
    """So for average pooling; a window's length, padding counted, is what torch divides by."""
    wrong = [case for case in cases("average") if case.d == 1 and not average_agrees(case)]
    assert wrong == []
    assert sum(case.answer is None for case in cases("average")) > 500


def average_agrees(case):
    made, answer = ones_by_torch(case), case.answer
    if made is None or answer is None:
        return made is None and answer is None
    divisors = np.array([len(window) for window in answer.windows])
    return bool(
        answer.size == made.shape[1] and reads(case, made > 0) and np.allclose(made * divisors, made > 0, atol=1e-12)
    )


def test_dilated_average_pooling_is_refused():
    """torch has none, so neither have we."""
    dilated = [case for case in cases("average") if case.d > 1]
    assert len(dilated) > 100
    assert [case for case in dilated if case.answer] == []


def test_windows_are_apart_by_the_stride_and_end_with_the_padding():
    """Their taps, padding included, lie where a convolution's do; only what hangs over the end is left out."""
    for case in cases("max"):
        for index, window in enumerate(case.answer.windows if case.answer else ()):
            taps = [index * case.s + tap * case.d for tap in range(case.k)]
            assert window == tuple(tap for tap in taps if tap < case.n + 2 * case.p), case


def test_pairs_are_torchs():
    """Random pairs give torch's shapes, and torch's refusals."""
    generator = random.Random(3)
    for _ in range(1000):
        n, k, s, d = (tuple(generator.randint(1, high) for _ in range(2)) for high in (9, 5, 3, 3))
        p, ceil = (generator.randint(0, 2), generator.randint(0, 2)), generator.random() < 0.5
        try:
            expected = tuple(F.max_pool2d(torch.ones(1, 1, *n), k, s, p, d, ceil).shape[2:])
        except RuntimeError:
            expected = None
        try:
            size = PoolSpec(k, s, p, d, ceil).output_size(n)
        except ConfigurationError:
            size = None
        assert size == expected


@pytest.mark.parametrize("kind", ["min", "softmax"])
def test_other_kinds_slide_as_max_does(kind):
    """torch has no such layers; their windows are those of max pooling, refusals included."""
    for case in cases("max")[:1000]:
        assert replace(case, kind=kind).answer == case.answer


def test_the_lessons_pooling():
    """MaxPool2d((2, 3), stride=(2, 3), padding=(0, 1)); windows usually do not overlap."""
    assert PoolSpec((2, 3), stride=(2, 3), padding=(0, 1)).output_size((8, 8)) == (4, 3)
    assert PoolSpec(2).windows(5) == [(0, 1), (2, 3)]
    assert PoolSpec(2).unused(5) == (4,)


def test_ceil_mode_lets_the_last_window_hang_over():
    """5 pixels in twos: 3 windows, the last with one pixel."""
    spec = PoolSpec(2, ceil_mode=True)
    assert spec.windows(5) == [(0, 1), (2, 3), (4,)]
    assert spec.unused(5) == ()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"kernel_size": 3, "padding": 2}, "padding of pooling must be at most half.*Got padding=2.*works is 1"),
        ({"kernel_size": 2, "kind": "median"}, "kind must be 'max', 'average', 'min' or 'softmax'. Got 'median'"),
        ({"kernel_size": 2, "kind": "average", "dilation": 2}, "dilation must be 1 for average pooling"),
        ({"kernel_size": 2, "stride": 0}, "stride must be a whole number"),
    ],
)
def test_wrong_parameters_are_named(arguments, sentence):
    """Each refusal names the parameter, its rule and the value."""
    with pytest.raises(ConfigurationError, match=sentence):
        PoolSpec(**arguments)


def test_too_large_windows_name_the_smallest_input():
    """A window of 5 needs 5 pixels."""
    with pytest.raises(ConfigurationError, match=r"kernel_size=5.*at least 5 fixes it"):
        PoolSpec(5).output_size(3)
