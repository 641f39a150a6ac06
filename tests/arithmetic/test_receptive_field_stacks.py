"""Stacked convolutions and the one that does the same."""

import numpy as np
import pytest

from cnnviz.arithmetic.conv import ConvSpec
from cnnviz.arithmetic.receptive_field import compose, factors, stack_weights, stacked_size, threes
from cnnviz.base.errors import ConfigurationError
from tests.arithmetic.reference import convolve, output

RANDOM = np.random.default_rng(7)
SOBEL = np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]])


def correlated(image, kernel, bias=0):
    """The slow reference's output map; stride 1, no padding."""
    return output(convolve(image, kernel, ConvSpec(kernel.shape), bias))


@pytest.mark.parametrize("shapes", [((3, 3), (3, 3)), ((1, 3), (3, 1)), ((2, 4), (3, 2)), ((1, 1), (5, 5))])
def test_two_convolutions_are_one(shapes):
    """First a, then b, gives exactly what their composition gives at once (whole numbers: no rounding)."""
    a, b = (RANDOM.integers(-3, 4, shape).astype(float) for shape in shapes)
    image = RANDOM.integers(-5, 6, (9, 10)).astype(float)
    composed = compose(a, b)
    assert composed.shape == tuple(np.add(*shapes) - 1)
    assert (correlated(correlated(image, a), b) == correlated(image, composed)).all()


def test_the_biases_become_one():
    """bias_1 times the sum of the second kernel, plus bias_2."""
    a, b = RANDOM.integers(-3, 4, (2, 3, 3)).astype(float)
    image = RANDOM.integers(-5, 6, (8, 8)).astype(float)
    both = correlated(correlated(image, a, 2), b, -1)
    assert (both == correlated(image, compose(a, b), 2 * b.sum() - 1)).all()


def test_with_an_activation_between_no_one_kernel_does_it():
    """ReLU between: what two images give does not add up any more, as it would with one convolution."""
    a, b = RANDOM.normal(size=(2, 3, 3))
    images = RANDOM.normal(size=(2, 7, 7))

    def both(image):
        return correlated(np.maximum(correlated(image, a), 0), b)

    assert not np.allclose(both(images[0]) + both(images[1]), both(images.sum(axis=0)))


def test_composing_traced_by_hand():
    """[1 2] then [3 4]: z = 3 (x0 + 2 x1) + 4 (x1 + 2 x2) = 3 x0 + 10 x1 + 8 x2."""
    assert compose([[1, 2]], [[3, 4]]).tolist() == [[3, 10, 8]]


def test_sizes_add_up():
    """3 and 3 see 5, three of them 7; 1 adds nothing; nothing sees one pixel."""
    assert [stacked_size(sizes) for sizes in ([3, 3], [3, 3, 3], [1, 4], [])] == [5, 7, 4, 1]


def test_the_lessons_weights():
    """5 x 5: 26; two 3 x 3: 20; 1 x 5 and 5 x 1: 12; with 64 channels 18/25 of the taps."""
    assert [stack_weights(sizes) for sizes in ([5], threes(5), [(1, 5), (5, 1)])] == [26, 20, 12]
    assert stack_weights([3, 3], 64) - 128 == (stack_weights([5], 64) - 64) * 18 // 25


def test_threes_see_what_one_kernel_sees():
    """Odd kernels from 3 on; no stack of threes sees an even number."""
    assert all(stacked_size(threes(k)) == k for k in (3, 5, 7, 9, 11))
    assert [threes(k) for k in (1, 2, 4)] == [None, None, None]


def test_sobel_is_a_column_times_a_row():
    """6 numbers for 9, and composing them gives the kernel back."""
    column, row = factors(SOBEL)
    assert (column.shape, row.shape) == ((3, 1), (1, 3))
    assert (compose(row, column) == SOBEL).all()


@pytest.mark.parametrize("kernel", [np.eye(3), [[0, 1, 0], [1, -4, 1], [0, 1, 0]]])
def test_most_kernels_do_not_factor(kernel):
    """The diagonal and the Laplacian have no column times row."""
    assert factors(kernel) is None


def test_nothing_factors_into_nothing():
    """All zeros: no division by the largest weight."""
    column, row = factors(np.zeros((2, 3)))
    assert (column @ row).tolist() == [[0, 0, 0], [0, 0, 0]]


def test_only_matrices():
    """A row without its outer brackets is no kernel."""
    with pytest.raises(ConfigurationError, match=r"kernels must be matrices.*\(3,\)"):
        compose([1, 2, 3], [[1]])
    with pytest.raises(ConfigurationError, match="kernels must be matrices"):
        factors([1, 2, 3])
