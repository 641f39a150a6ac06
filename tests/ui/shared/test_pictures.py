"""Pictures: what a browser sends as a drawing is one or nothing, and stepping through the test set goes round."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import pytest

from cnnviz.ui.shared import pictures
from cnnviz.ui.shared.pictures import DRAWING, decode, keep, neighbour


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


@pytest.mark.parametrize(
    "sent", ["", "?", base64.b64encode(bytes(784)).decode(), base64.b64encode(bytes(785)).decode(), 5]
)
def test_what_is_no_drawing_empties_the_place(sent: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """A blank pad, or what is no drawing at all, is not kept, and neither is the drawing before it."""
    session: dict[str, Any] = {DRAWING: np.ones((28, 28), dtype=np.uint8)}
    monkeypatch.setattr(pictures.st, "session_state", session)
    keep(sent)
    assert session == {}


def test_a_drawing_is_kept_for_all_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """784 bytes become a picture in the session, which every pad begins with."""
    session: dict[str, Any] = {}
    monkeypatch.setattr(pictures.st, "session_state", session)
    picture = np.arange(784, dtype=np.uint32).astype(np.uint8).reshape(28, 28)
    keep(base64.b64encode(picture.tobytes()).decode())
    np.testing.assert_array_equal(session["drawing"], picture)
    np.testing.assert_array_equal(pictures.carried_over(), picture)


def test_stepping_through_a_class_goes_round() -> None:
    """Forwards and backwards, also from a picture of another class; a class without pictures stays."""
    labels = np.array([3, 1, 3, 1])
    assert [neighbour(labels, 0, 1, 1), neighbour(labels, 3, 1, 1), neighbour(labels, 0, 3, -1)] == [1, 1, 2]
    assert [neighbour(labels, 3, -1, 1), neighbour(labels, 0, 7, 1)] == [0, 0]
