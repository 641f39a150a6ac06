"""Drawings: what a browser sends, or a link carries, is one or nothing."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import pytest

from cnnviz.ui.shared import drawing as drawings
from cnnviz.ui.shared.drawing import DRAWING, carried_over, decode, keep, pack, unpack
from tests.js.node import call

LINK = """const query = m.writeLink("", { drawing: Uint8Array.from(given) });
return [query, [...m.readLink(query, 8).drawing]];"""


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
    monkeypatch.setattr(drawings.st, "session_state", session)
    keep(sent)
    assert session == {}


def test_a_drawing_is_kept_for_all_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """784 bytes become a picture in the session, which every pad begins with."""
    session: dict[str, Any] = {}
    monkeypatch.setattr(drawings.st, "session_state", session)
    picture = np.arange(784, dtype=np.uint32).astype(np.uint8).reshape(28, 28)
    keep(base64.b64encode(picture.tobytes()).decode())
    np.testing.assert_array_equal(session["drawing"], picture)
    np.testing.assert_array_equal(carried_over(), picture)


@pytest.mark.parametrize("share", [0.02, 0.3, 1.0])
def test_a_drawing_survives_the_link(share: float) -> None:
    """Packed as the first page packs it in the browser, letter for letter, and read back."""
    chance = np.random.default_rng(1)
    picture = (chance.integers(1, 256, (28, 28)) * (chance.random((28, 28)) < share)).astype(np.uint8)
    packed = pack(picture)
    query, read = call("home/component/link.js", LINK, picture.ravel().tolist())
    assert query == f"home_drawing={packed}"
    assert read == picture.ravel().tolist()
    found = unpack(packed)
    assert found is not None
    np.testing.assert_array_equal(found, picture)


@pytest.mark.parametrize(
    "text", ["", "A", "AAAA", "!!", "AP8", "ä" * 40, "A" * 1568, pack(np.ones((28, 28), np.uint8))[:-4]]
)
def test_a_link_that_was_cut_is_no_drawing(text: str) -> None:
    """Too short, too long, blank, of another alphabet: None, and no error."""
    assert unpack(text) is None
