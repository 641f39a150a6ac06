"""Sizes, windows and readers are torch's, over a generated grid and by hand."""

# ruff: noqa: B023
# Lambdas here close over loop variables and are called at once, before the loop goes on.

import itertools
import random

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from cnnviz.arithmetic.conv import ConvSpec
from cnnviz.errors import ConfigurationError

GRID = list(
    itertools.product((1, 2, 5, 6, 7, 13, 28, 33, 50, 64), range(1, 12), range(1, 9), (0, 1, 2, 3, 5, 10), (1, 2, 3, 4))
)  # n, k, s, p, d: 21,120 configurations
TRANSPOSED_GRID = list(
    itertools.product((1, 2, 3, 5, 8), (1, 2, 3, 5), (1, 2, 3, 4), (0, 1, 2, 5), (1, 2, 3), (0, 1, 2, 3))
)  # n, k, s, p, d, output padding: 3,840


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


def test_output_size_is_torchs_on_twenty_thousand_configurations():
    """Floor, and refuse, exactly as torch does."""
    wrong, refused = [], 0
    for n, k, s, p, d in GRID:
        expected = torchs(lambda: F.conv1d(ones(n), ones(k), None, s, p, d))
        got = ours(lambda: ConvSpec(k, s, p, d).output_size(n))
        refused += expected is None
        if got != expected:
            wrong.append((n, k, s, p, d, expected, got))
    assert wrong == []
    assert len(GRID) == 21_120
    assert refused > 4_000  # torch's refusals are part of the promise


def test_transposed_output_size_is_torchs():
    """So for the transposed convolution, output padding and empty outputs included."""
    wrong, refused = [], 0
    for n, k, s, p, d, extra in TRANSPOSED_GRID:
        expected = torchs(lambda: F.conv_transpose1d(ones(n), ones(k), None, s, p, extra, 1, d))
        got = ours(lambda: ConvSpec(k, s, p, d, True, extra).output_size(n))
        refused += expected is None
        if got != expected:
            wrong.append((n, k, s, p, d, extra, expected, got))
    assert wrong == []
    assert refused > 500


@pytest.mark.filterwarnings("ignore:Using padding='same'")
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


def readers_by_torch(n, run):
    """For every input index the outputs that answer to a one there."""
    answers = run(torch.eye(n).view(n, 1, n))[:, 0]  # (n, n_out)
    return [tuple(row.nonzero().flatten().tolist()) for row in answers]


def test_readers_and_unused_are_what_torch_reads():
    """A single one in the input is seen by just the outputs we name; where nobody sees it, it is unused."""
    sample = random.Random(0).sample([row for row in GRID if ours(lambda r=row: spec_of(r).output_size(r[0]))], 800)
    for n, k, s, p, d in sample:
        spec = ConvSpec(k, s, p, d)
        expected = readers_by_torch(n, lambda x: F.conv1d(x, ones(k), None, s, p, d))
        assert spec.readers(n) == expected, (n, k, s, p, d)
        assert spec.unused(n) == tuple(i for i, outputs in enumerate(expected) if not outputs)


def test_transposed_readers_are_what_torch_writes():
    """So for the transposed convolution."""
    valid = [r for r in TRANSPOSED_GRID if ours(lambda r=r: ConvSpec(*r[1:5], True, r[5]).output_size(r[0]))]
    for n, k, s, p, d, extra in random.Random(1).sample(valid, 400):
        expected = readers_by_torch(n, lambda x: F.conv_transpose1d(x, ones(k), None, s, p, extra, 1, d))
        assert ConvSpec(k, s, p, d, True, extra).readers(n) == expected, (n, k, s, p, d, extra)


def test_windows_give_torchs_values():
    """Summing kernel times padded input over our windows is what torch computes."""
    generator = random.Random(2)
    for n, k, s, p, d in generator.sample(GRID, 300):
        if ours(lambda: spec_of((n, k, s, p, d)).output_size(n)) is None:
            continue
        source, weights = torch.randint(-5, 6, (1, 1, n)).double(), torch.randint(-3, 4, (1, 1, k)).double()
        padded = np.pad(source.flatten().numpy(), p)
        windows = ConvSpec(k, s, p, d).windows(n)
        sums = [float(np.dot(padded[list(window)], weights.flatten().numpy())) for window in windows]
        assert sums == F.conv1d(source, weights, None, s, p, d).flatten().tolist()


def test_every_repair_works_and_is_the_smallest():
    """Each change offered mends the size by itself, and one step less does not."""
    step_back = {"kernel_size": 1, "padding": -1, "dilation": 1, "n": -1}
    refused = [row for row in GRID[::4] if ours(lambda r=row: spec_of(r).output_size(r[0])) is None]
    for row in refused:
        values = dict(zip(("n", "kernel_size", "stride", "padding", "dilation"), row, strict=True))
        repairs = spec_of(row).repairs(row[0])
        assert {"kernel_size", "padding", "n"} <= {repair.parameter for repair in repairs}
        for repair in repairs:
            parameter, value = repair.parameter, repair.value
            assert size_with(values, parameter, value) is not None
            assert size_with(values, parameter, value + step_back[parameter]) is None


def test_every_repair_of_a_transposed_convolution_works():
    """So for transposed convolutions without an output."""
    for n, k, s, p, d, extra in TRANSPOSED_GRID:
        if extra >= max(s, d):
            continue
        spec = ConvSpec(k, s, p, d, True, extra)
        for repair in spec.repairs(n):
            size = repair.value if repair.parameter == "n" else n
            changed = {} if repair.parameter == "n" else {repair.parameter: repair.value}
            fields = {"kernel_size": k, "stride": s, "padding": p, "dilation": d, "output_padding": extra} | changed
            assert ConvSpec(**fields, transposed=True).output_size(size) >= 1


def spec_of(row):
    _, k, s, p, d = row
    return ConvSpec(k, s, p, d)


def size_with(values, parameter, value):
    fields = dict(values) | {parameter: value}
    n = fields.pop("n")
    return ours(lambda: ConvSpec(**fields).output_size(n))


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
        "Got kernel_size=5. Any one of these smallest changes mends it: kernel_size=2, padding=2, n=5."
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
