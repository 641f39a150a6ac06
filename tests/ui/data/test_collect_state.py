"""What the collector sends is pictures by class, checked by kind and range; anything else is one sentence."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cnnviz.base.errors import DataError
from cnnviz.ui.data.collect_state import LIMITS, Picture, collected, number_of


def packed(raw: bytes) -> str:
    """As the browser sends bytes."""
    return base64.b64encode(raw).decode()


def drawing(level: int = 200) -> list[str]:
    """A drawing as the browser sends it."""
    return ["drawing", packed(bytes([level]) * 784)]


def photo(side: int = 128, form: str = "JPEG") -> list[str]:
    """A photo as the browser sends it."""
    file = io.BytesIO()
    Image.fromarray(np.full((side, side, 3), (200, 40, 40), np.uint8)).save(file, form)
    return ["photo", packed(file.getvalue())]


def message(**changes: Any) -> dict[str, Any]:
    """One of two classes, with changes."""
    classes = [{"name": "circle", "pictures": [drawing(), drawing(9)]}, {"name": "★", "pictures": [drawing()] * 2}]
    return {"name": "shapes", "purpose": "train", "number": 7, "classes": classes, **changes}


def of_classes(*pairs: tuple[object, object]) -> dict[str, Any]:
    """One of these classes."""
    return message(classes=[{"name": name, "pictures": pictures} for name, pictures in pairs])


def test_drawings_come_as_they_were_drawn() -> None:
    """Class by class, to the last grey level; the one drawn last is known."""
    found = collected(message())
    assert (found.name, found.is_to_train, found.number, found.are_drawings) == ("shapes", True, 7, True)
    assert list(found.classes) == ["circle", "★"]
    assert [one.mean() for one in found.classes["circle"]] == [200, 9]
    last: Picture | None = found.last_drawing
    assert last is not None
    assert last.shape == (28, 28)


def test_photos_come_in_colour_also_beside_drawings() -> None:
    """Then they are no set of drawings."""
    found = collected(of_classes(("red", [photo(), photo()]), ("drawn", [drawing(), drawing()])))
    assert not found.are_drawings
    red = found.classes["red"][0]
    assert red.shape == (128, 128, 3)
    assert np.abs(red.reshape(-1, 3).mean(axis=0) - (200, 40, 40)).max() < 4
    assert collected(of_classes(("a", [photo()] * 2), ("b", [photo()] * 2))).last_drawing is None


@pytest.mark.parametrize(
    "sent",
    [
        None,
        [],
        "text",
        {},
        message(classes=None),
        message(classes=[1, 2]),
        message(classes=[]),
        message(name=3),
        message(name="x" * 400),
        message(purpose="delete"),
        message(number=0),
        message(number=True),
        message(classes=message()["classes"][:1]),
        of_classes(*((str(number), [drawing()] * 2) for number in range(LIMITS.most_classes + 1))),
        of_classes(("a", [drawing()] * 2), ("b", "none")),
        of_classes(("a", [drawing()] * 2), ("b", [drawing()] * (LIMITS.most + 1))),
        of_classes(("a", [drawing()] * 2), ("b", [1, 2])),
        of_classes(("a", [drawing()] * 2), ("b", [["film", drawing()[1]]] * 2)),
        of_classes(("a", [drawing()] * 2), ("b", [["drawing", "!!!"]] * 2)),
        of_classes(("a", [drawing()] * 2), ("b", [["drawing", packed(b"short")]] * 2)),
        of_classes(("a", [drawing()] * 2), ("b", [drawing(0)] * 2)),
        of_classes(("a", [drawing()] * 2), ("b", [["photo", packed(b"no picture")]] * 2)),
        of_classes(("a", [drawing()] * 2), ("b", [photo(form="PNG")] * 2)),
        of_classes(("a", [drawing()] * 2), ("b", [photo(257)] * 2)),
        of_classes(("a", [drawing()] * 2), ("b", [["photo", "A" * (LIMITS.longest_data + 4)]] * 2)),
        of_classes((3, [drawing()] * 2), ("b", [drawing()] * 2)),
    ],
)
def test_anything_else_is_one_sentence(sent: object) -> None:
    """Kinds, ranges, bytes: nothing of it gets any further."""
    with pytest.raises(DataError, match=r"is no collection of pictures\. Reload"):
        collected(sent)


@pytest.mark.parametrize("names", [("a", "A"), ("a", " "), ("a", "x\ny"), ("a", "\u202eb"), ("a", "x" * 41)])
def test_each_class_has_a_name_of_its_own(names: tuple[str, str]) -> None:
    """As a reader takes them, and as a line of text that can be shown."""
    with pytest.raises(DataError, match=r"needs a name of its own, of 1 to 40 characters"):
        collected(of_classes(*((name, [drawing()] * 2) for name in names)))


def test_a_class_of_one_picture_is_too_few() -> None:
    """It has none to test with: which class, and what to do."""
    with pytest.raises(DataError, match=r"^b has 1 pictures, and each class needs 2 or more\. Take more, or remove"):
        collected(of_classes(("a", [drawing()] * 2), ("b", [drawing()])))


def test_every_message_can_be_answered() -> None:
    """By its number, whatever else it is."""
    assert [number_of(sent) for sent in (message(), {"number": 5}, {"number": "5"}, {"number": -1}, None)] == [
        7,
        5,
        0,
        0,
        0,
    ]
