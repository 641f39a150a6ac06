"""What a browser sends as a drawing is a drawing, or nothing."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from cnnviz.ui.pad import decode


def test_a_drawing_arrives_as_it_was() -> None:
    """28 x 28 grey levels in base64 come out as the same picture."""
    drawing = np.random.default_rng(0).integers(0, 256, (28, 28)).astype(np.uint8)
    decoded = decode(base64.b64encode(drawing.tobytes()).decode())
    assert decoded is not None
    np.testing.assert_array_equal(decoded, drawing)


@pytest.mark.parametrize(
    "sent", [None, 7, "", "!!!", "ä" * 100, base64.b64encode(b"x" * 783).decode(), "A" * 10_000, ["AAAA"]]
)
def test_anything_else_is_nothing(sent: object) -> None:
    """Wrong kinds, lengths and alphabets are not a drawing, and not an error."""
    assert decode(sent) is None
