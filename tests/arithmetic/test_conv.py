"""Sizes, windows and readers are torch's, over a generated table and by hand."""

# ruff: noqa: B023
# Lambdas here close over loop variables and are called at once, before the loop goes on.

import itertools
import random
from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from cnnviz.arithmetic.conv import ConvSpec
from cnnviz.base.errors import ConfigurationError
from tests.arithmetic.table import cases, joined


def ours(make):
    """What `make` returns, or None where it raises ConfigurationError."""
    try:
        return make()
    except ConfigurationError:
        return None


def torchs(make):
    """The last axis of what torch makes, or None where it refuses."""
    try:
        return make().shape[-1]
    except RuntimeError:
        return None


def ones(n):
    return torch.ones(1, 1, n)


def taps_by_torch(case):
    """(n, n_out): which tap, counted from 1, of which output meets a one at each input; None where torch refuses.

    In double precision: in single, oneDNN gives an empty tensor where torch itself refuses an output of size 0.
    """
    taps = torch.arange(1.0, case.k + 1, dtype=torch.double).view(1, 1, -1)
    source = torch.eye(case.n, dtype=torch.double).unsqueeze(1)
    try:
        if case.kind == "transposed":
            return F.conv_transpose1d(source, taps, None, case.s, case.p, case.o, 1, case.d)[:, 0].numpy()
        return F.conv1d(source, taps, None, case.s, case.p, case.d)[:, 0].numpy()
    except RuntimeError:
        return None


@pytest.mark.slow
def test_ten_thousand_convolutions_are_torchs():
    """Floor and refuse as torch does; every window's taps, every pixel's readers and the unread pixels are its too."""
    wrong = [case for case in cases("conv") if not conv_agrees(case)]
    assert wrong == []
    assert sum(case.answer is None for case in cases("conv")) > 1_500


def conv_agrees(case):
    met, answer = taps_by_torch(case), case.answer
    if met is None or answer is None:
        return met is None and answer is None
    of_padded = taps_by_torch(replace(case, n=case.n + 2 * case.p, p=0))  # padding is read as well
    read = of_padded.T.nonzero()[1].reshape(answer.size, case.k)
    return bool(
        answer.size == met.shape[1]
        and answer.windows == [tuple(row) for row in read.tolist()]
        and joined(answer.readers) == np.argwhere(met).tolist()
        and answer.unused == tuple(np.flatnonzero(~met.any(axis=1)).tolist())
    )


@pytest.mark.slow
def test_eight_thousand_transposed_convolutions_are_torchs():
    """So for them, output padding and empty outputs included; their windows are the inputs that reach an output."""
    wrong = [case for case in cases("transposed") if not transposed_agrees(case)]
    assert wrong == []
    assert sum(case.answer is None for case in cases("transposed")) > 1_000


def transposed_agrees(case):
    met, answer = taps_by_torch(case), case.answer
    if met is None or answer is None:
        return met is None and answer is None
    return bool(
        answer.size == met.shape[1]
        and joined(answer.windows) == np.argwhere(met.T).tolist()
        and joined(answer.readers) == np.argwhere(met).tolist()
        and answer.unused == tuple(np.flatnonzero(~met.any(axis=1)).tolist())
    )


@pytest.mark.parametrize("padding", ["same", "valid"])
def test_named_padding_is_torchs(padding):
    """Sizes and the values themselves agree: the odd pixel of "same" is at the end."""
    for n, k, s, d in itertools.product((1, 4, 7), range(1, 7), (1, 2), (1, 2, 3)):
        weights = torch.arange(1.0, k + 1).view(1, 1, k)
        source = torch.arange(1.0, n + 1).view(1, 1, n)
        expected = torchs(lambda: F.conv1d(source, weights, None, s, padding, d))
        got = ours(lambda: ConvSpec(k, s, padding, d).output_size(n))
        assert got == expected, (n, k, s, d)
        if got:
            spec = ConvSpec(k, s, padding, d)
            padded = np.pad(source.flatten().numpy(), spec.padding_on(0))
            sums = [sum(padded[i] * (tap + 1) for tap, i in enumerate(window)) for window in spec.windows(n)]
            assert sums == F.conv1d(source, weights, None, s, padding, d).flatten().tolist()


def test_windows_give_torchs_values():
    """Summing kernel times padded input over our windows is what torch computes."""
    generator = random.Random(2)
    for case in generator.sample([case for case in cases("conv") if case.answer], 300):
        source, weights = torch.randint(-5, 6, (1, 1, case.n)).double(), torch.randint(-3, 4, (1, 1, case.k)).double()
        padded = np.pad(source.flatten().numpy(), case.p)
        sums = [float(np.dot(padded[list(window)], weights.flatten().numpy())) for window in case.answer.windows]
        assert sums == F.conv1d(source, weights, None, case.s, case.p, case.d).flatten().tolist()


@pytest.mark.slow
def test_every_repair_works_and_is_the_smallest():
    """Each change offered fixes the size by itself, and one step less does not."""
    step_back = {"kernel_size": 1, "padding": -1, "dilation": 1, "n": -1}
    for case in (case for case in cases("conv") if case.answer is None):
        repairs = case.spec.repairs(case.n)
        assert {"kernel_size", "padding", "n"} <= {repair.parameter for repair in repairs}
        for repair in repairs:
            assert size_with(case, repair.parameter, repair.value) is not None
            assert size_with(case, repair.parameter, repair.value + step_back[repair.parameter]) is None


@pytest.mark.slow
def test_every_repair_of_a_transposed_convolution_works():
    """So for transposed convolutions without an output, which most changes of a size can fix."""
    mended = 0
    for case in (case for case in cases("transposed") if case.answer is None and ours(lambda: case.spec)):
        step_back = {"kernel_size": -1, "padding": 1, "dilation": -1, "stride": -1, "n": -1}
        for repair in case.spec.repairs(case.n):
            mended += 1
            assert size_with(case, repair.parameter, repair.value) >= 1
            assert size_with(case, repair.parameter, repair.value + step_back[repair.parameter]) is None
    assert mended > 1_000


LETTERS = {"kernel_size": "k", "padding": "p", "stride": "s", "dilation": "d", "n": "n"}


def size_with(case, parameter, value):
    changed = replace(case, **{LETTERS[parameter]: value}).answer
    return changed and changed.size


def test_the_lessons_case():
    """6 pixels under 3 give 4."""
    spec = ConvSpec(3)
    assert spec.output_size(6) == 4
    assert spec.windows(6) == [(0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5)]
    assert spec.readers(6) == [(0,), (0, 1), (0, 1, 2), (1, 2, 3), (2, 3), (3,)]
    assert spec.unused(6) == ()


def test_floor_leaves_the_last_column_unread():
    """6 pixels under 3 with stride 2: torch floors to 2, and pixel 5 is never read."""
    spec = ConvSpec(3, stride=2)
    assert spec.output_size(6) == 2
    assert spec.unused(6) == (5,)


def test_stride_larger_than_the_kernel_skips_pixels():
    """1 pixel in 3 is read."""
    assert ConvSpec(1, stride=3).unused(7) == (1, 2, 4, 5)


def test_padding_shifts_the_windows():
    """Padded index 0 is the first padding pixel; readers count without padding."""
    spec = ConvSpec(3, stride=2, padding=1)
    assert spec.windows(4) == [(0, 1, 2), (2, 3, 4)]
    assert spec.readers(4) == [(0,), (0, 1), (1,), (1,)]


def test_dilation_leaves_gaps():
    """A kernel of 2 with dilation 3 reads pixels 3 apart."""
    assert ConvSpec(2, dilation=3).windows(5) == [(0, 3), (1, 4)]


@pytest.mark.parametrize(
    ("n", "k", "p", "s", "size"),
    [(28, 5, 2, 1, 28), (7, 3, 1, 1, 7), (28, 3, 1, 2, 14), (32, 5, 0, 1, 28), (9, 3, 0, 3, 3)],
)
def test_sizes_of_the_lessons(n, k, p, s, size):
    """The same size, a half, a third, LeNet-5's first layer."""
    assert ConvSpec(k, s, p).output_size(n) == size


def test_transposed_by_hand():
    """2 pixels under 3 with stride 2 give 5; output 2 sums both."""
    spec = ConvSpec(3, stride=2, transposed=True)
    assert spec.output_size(2) == 5
    assert spec.windows(2) == [(0,), (0,), (0, 1), (1,), (1,)]


def test_a_pair_is_height_and_width():
    """A pair anywhere, the input's size included, makes every answer a pair."""
    assert ConvSpec((3, 5), padding=(1, 2)).output_size(28) == (28, 28)
    assert ConvSpec(3, padding=(0, 1)).output_size((6, 6)) == (4, 6)
    assert ConvSpec(3).output_size((6, 7)) == (4, 5)
    assert ConvSpec((1, 3), stride=2).unused((4, 6)) == ((1, 3), (5,))
    assert ConvSpec((1, 2)).windows((1, 3)) == ([(0,)], [(0, 1), (1, 2)])


def test_pairs_are_torchs():
    """Random pairs give torch's shapes, and torch's refusals."""
    generator = random.Random(3)
    for _ in range(1500):
        n, k, s, d = (tuple(generator.randint(1, high) for _ in range(2)) for high in (9, 5, 3, 3))
        p = (generator.randint(0, 3), generator.randint(0, 3))
        try:
            expected = tuple(F.conv2d(torch.ones(1, 1, *n), torch.ones(1, 1, *k), None, s, p, d).shape[2:])
        except RuntimeError:
            expected = None
        spec = ConvSpec(k, s, p, d)
        assert ours(lambda: spec.output_size(n)) == expected
        for repair in spec.repairs(n):
            fields = {"kernel_size": k, "stride": s, "padding": p, "dilation": d}
            size = repair.value if repair.parameter == "n" else n
            changed = {} if repair.parameter == "n" else {repair.parameter: repair.value}
            assert min(ConvSpec(**(fields | changed)).output_size(size)) >= 1


def test_transposed_pairs_are_torchs():
    """So for transposed convolutions, output padding included."""
    generator = random.Random(4)
    for _ in range(1000):
        n, k, s, d = (tuple(generator.randint(1, high) for _ in range(2)) for high in (9, 5, 3, 3))
        p, extra = (tuple(generator.randint(0, high) for _ in range(2)) for high in (5, 2))
        source, weights = torch.ones(1, 1, *n, dtype=torch.double), torch.ones(1, 1, *k, dtype=torch.double)
        try:
            expected = tuple(F.conv_transpose2d(source, weights, None, s, p, extra, 1, d).shape[2:])
        except RuntimeError:
            expected = None
        assert ours(lambda: ConvSpec(k, s, p, d, True, extra).output_size(n)) == expected


def test_numpys_integers_are_whole_numbers():
    """Sizes often come from arrays."""
    assert ConvSpec(np.int64(3)).output_size(np.int32(6)) == 4
    assert ConvSpec([3, 3]) == ConvSpec((3, 3))


def test_too_large_kernel_names_everything():
    """Parameter, rule, value, and the smallest changes."""
    with pytest.raises(ConfigurationError) as caught:
        ConvSpec(5).output_size(2)
    assert str(caught.value) == (
        "kernel_size must fit in the padded input: dilation × (kernel_size − 1) + 1 = 5 may not be more than 2. "
        "Got kernel_size=5. Any one of these smallest changes fixes it: kernel_size=2, padding=2, n=5."
    )


def test_too_dilated_kernel_offers_less_dilation():
    """A kernel of 3 with dilation 4 spans 9; dilation 2 would fit in 6."""
    with pytest.raises(ConfigurationError, match=r"kernel_size=2, padding=2, dilation=2, n=9\.$"):
        ConvSpec(3, dilation=4).output_size(6)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"kernel_size": 0}, "kernel_size must be a whole number of at least 1.*Got 0"),
        ({"kernel_size": 2.5}, "kernel_size must .*Got 2.5"),
        ({"kernel_size": True}, "kernel_size must .*Got True"),
        ({"kernel_size": (3, 3, 3)}, r"kernel_size must .*Got \(3, 3, 3\)"),
        ({"kernel_size": 3, "stride": 0}, "stride must be a whole number of at least 1.*Got 0"),
        ({"kernel_size": 3, "padding": -1}, "padding must be a whole number of at least 0.*Got -1"),
        ({"kernel_size": 3, "padding": "full"}, "padding must be whole numbers, 'same' or 'valid'. Got 'full'"),
        ({"kernel_size": 3, "dilation": (1, 0)}, r"dilation must .*Got \(1, 0\)"),
        ({"kernel_size": 3, "stride": 2, "padding": "same"}, "stride must be 1 with padding='same'.*padding=1"),
        ({"kernel_size": 3, "transposed": True, "padding": "same"}, "padding of a transposed convolution"),
        ({"kernel_size": 3, "output_padding": 1}, "output_padding must be smaller"),
        ({"kernel_size": 3, "transposed": True, "stride": 2, "output_padding": 2}, "largest that works is 1"),
    ],
)
def test_wrong_parameters_are_named(arguments, sentence):
    """Each refusal names the parameter, its rule, the value and what works."""
    with pytest.raises(ConfigurationError, match=sentence):
        ConvSpec(**arguments)


@pytest.mark.parametrize("n", [0, -1, "6", None, 6.0])
def test_wrong_input_sizes_are_named(n):
    """So for the input's size."""
    with pytest.raises(ConfigurationError, match="n must be a whole number"):
        ConvSpec(3).output_size(n)


def test_transposed_without_output_says_so():
    """Padding cuts a transposed convolution's output away."""
    with pytest.raises(
        ConfigurationError, match=r"Got padding=3.*: padding=1, kernel_size=6, stride=4, dilation=3, n=5"
    ):
        ConvSpec(3, padding=3, transposed=True).output_size(2)
