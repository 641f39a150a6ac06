"""Filters are the network's weights, as arrays of the caller's own."""

from __future__ import annotations

import numpy as np
import pytest

from cnnviz.base.errors import ConfigurationError
from cnnviz.inspection.inspected import biases, filters, has_filters
from cnnviz.models.registry import MODELS

MODEL = MODELS["lenet5"].build()


def test_shapes() -> None:
    """Convolutions give (out, in, kh, kw), fully connected layers (out, in)."""
    assert filters(MODEL, "conv1").shape == (6, 1, 5, 5)
    assert filters(MODEL, "conv2").shape == (16, 6, 5, 5)
    assert filters(MODEL, "fc1").shape == (120, 400)
    assert biases(MODEL, "fc3").shape == (10,)


def test_values_are_a_copy() -> None:
    """The numbers are torch's, and changing them leaves the network alone."""
    own = filters(MODEL, "conv1")
    np.testing.assert_array_equal(own, MODEL.conv1.weight.detach().numpy())
    own[:] = 0
    assert filters(MODEL, "conv1").any()


def test_layers_without_filters() -> None:
    """Asking a pooling layer for filters names the layers that have some."""
    assert not has_filters(MODEL, "pool1")
    with pytest.raises(ConfigurationError, match=r"pool1 has no filters.*conv1, conv2, fc1, fc2, fc3"):
        filters(MODEL, "pool1")


def test_unknown_layer() -> None:
    """A layer there is not is refused with the names there are."""
    with pytest.raises(ConfigurationError, match=r"layer must be one of conv1, relu1.*Got conv9"):
        filters(MODEL, "conv9")
