"""The slow loops agree with torch and show every product."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from cnnviz.arithmetic.conv import ConvSpec
from cnnviz.base.errors import ConfigurationError
from tests.arithmetic.reference import convolve, output


@pytest.mark.parametrize(
    "spec", [ConvSpec(3), ConvSpec(3, 2, 1), ConvSpec((2, 3), (1, 2), (0, 2), (2, 1)), ConvSpec(2, padding="same")]
)
def test_sums_are_torchs(spec):
    """Whole numbers, so exactly."""
    generator = np.random.default_rng(0)
    kernel_shape = spec.kernel_size if isinstance(spec.kernel_size, tuple) else (spec.kernel_size,) * 2
    image, kernel = generator.integers(-9, 10, (2, 6, 7)), generator.integers(-3, 4, (2, *kernel_shape))
    found = output(convolve(image, kernel, spec, bias=1))
    tensors = torch.tensor(image[None]).double(), torch.tensor(kernel[None]).double(), torch.ones(1).double()
    expected = F.conv2d(*tensors, spec.stride, spec.padding, spec.dilation)[0, 0]
    np.testing.assert_array_equal(found, expected.numpy())


def test_every_product_is_there():
    """An RGB filter of 3x3: 27 products, one sum."""
    step = convolve(np.ones((3, 3, 3)), np.full((3, 3, 3), 2), ConvSpec(3))[0]
    assert len(step.products) == 27
    assert step.sum == 54


def test_by_hand():
    """[[1, 2], [3, 4]] under [[1, 0], [0, -1]] with padding 1: the corner sees only the 1, at weight -1."""
    steps = convolve([[1, 2], [3, 4]], [[1, 0], [0, -1]], ConvSpec(2, padding=1))
    assert [p.value for p in steps[0].products] == [0, 0, 0, -1]
    assert output(steps).tolist() == [[-1, -2, 0], [-3, -3, 2], [0, 3, 4]]


@pytest.mark.parametrize(
    ("image", "kernel", "spec", "sentence"),
    [
        (np.ones((2, 4, 4)), np.ones((3, 3, 3)), ConvSpec(3), "as many channels"),
        (np.ones((4, 4)), np.ones((2, 2)), ConvSpec(3), "as large as spec's"),
        (np.ones(4), np.ones((2, 2)), ConvSpec(2), "image and kernel must both be"),
        (np.ones((2, 2)), np.ones((3, 3)), ConvSpec(3), "kernel_size must fit"),
        (np.ones((2, 2)), np.ones((3, 3)), ConvSpec(3, transposed=True), "must not be transposed"),
    ],
)
def test_wrong_shapes_are_named(image, kernel, spec, sentence):
    """Shapes that do not agree are refused in a sentence."""
    with pytest.raises(ConfigurationError, match=sentence):
        convolve(image, kernel, spec)
