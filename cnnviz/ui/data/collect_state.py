"""Collected pictures: what the browser's collector sends, checked by kind and range. Knows nothing of Streamlit."""

from __future__ import annotations

import base64
import binascii
import io
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cnnviz.base.errors import DataError
from cnnviz.base.locale import N_
from cnnviz.base.text import is_line
from cnnviz.data.own.limits import LONGEST_NAME

Picture = NDArray[np.uint8]  # (28, 28) of a drawing, (h, w, 3) of a photo

DRAWING_SIDE = 28  # pixels: as the sketch pad of every page makes a drawing, cnnviz/ui/shared/component/digit.js
_LARGEST_PHOTO = 256  # pixels of a side: the browser sends 128
_PURPOSES = ("train", "keep")

_NOT_UNDERSTOOD = N_(
    "What the browser sent is no collection of pictures. Reload the page and try again: the pictures are kept there."
)
_NAMES = N_(
    "Each class needs a name of its own, of 1 to {longest} characters. Got {names}; give each class another name."
)
_TOO_FEW = N_("{name} has {count} pictures, and each class needs {fewest} or more. Take more, or remove the class.")


@dataclass(frozen=True)
class Limits:
    """Of a collection; the browser keeps to them, and the server holds it to them."""

    fewest_classes: int = 2
    most_classes: int = 10
    fewest: int = 2  # pictures of a class: one to learn from, one to test with
    most: int = 200
    all: int = 1000
    longest: int = LONGEST_NAME  # characters of a class's name
    longest_data: int = 60_000  # characters of a picture: a JPEG of 128 x 128 pixels has 8,000
    goal: int = 20  # pictures of a class that are enough to begin with


LIMITS = Limits()


@dataclass(frozen=True, eq=False)
class Collected:
    """What was collected, and what is to be done with it."""

    name: str  # of the data set, as it was typed
    is_to_train: bool
    number: int  # of the message
    classes: Mapping[str, list[Picture]]
    are_drawings: bool  # all of them: grey, white ink on black, framed like MNIST's digits

    @property
    def last_drawing(self) -> Picture | None:
        """What was drawn last; None if nothing was."""
        drawn = [one for pictures in self.classes.values() for one in pictures if one.ndim == 2]
        return drawn[-1] if drawn else None


def for_browser() -> dict[str, int]:
    """The limits, as the collector takes them: `Limits` in component/collect/collection.js."""
    return {
        "fewestClasses": LIMITS.fewest_classes,
        "mostClasses": LIMITS.most_classes,
        "fewest": LIMITS.fewest,
        "most": LIMITS.most,
        "all": LIMITS.all,
        "longest": LIMITS.longest,
        "longestData": LIMITS.longest_data,
        "goal": LIMITS.goal,
    }


def number_of(sent: object) -> int:
    """Of a message, to be answered whatever else is in it; 0 if it has none."""
    number = sent.get("number") if isinstance(sent, Mapping) else None
    return number if type(number) is int and 0 < number < 2**53 else 0


def collected(sent: object) -> Collected:
    """What a message of the collector says. Raises DataError, one sentence, for anything else."""
    if not isinstance(sent, Mapping) or not isinstance(sent.get("classes"), list):
        raise DataError(_NOT_UNDERSTOOD)
    name, purpose = sent.get("name"), sent.get("purpose")
    if not isinstance(name, str) or len(name) > LIMITS.longest or purpose not in _PURPOSES or not number_of(sent):
        raise DataError(_NOT_UNDERSTOOD)
    classes = _classes(sent["classes"])
    are_drawings = all(one.ndim == 2 for pictures in classes.values() for one in pictures)
    return Collected(name, purpose == "train", number_of(sent), classes, are_drawings)


def _classes(sent: list[object]) -> dict[str, list[Picture]]:
    pairs = [(each.get("name"), each.get("pictures")) for each in sent if isinstance(each, Mapping)]
    if len(pairs) != len(sent) or not LIMITS.fewest_classes <= len(sent) <= LIMITS.most_classes:
        raise DataError(_NOT_UNDERSTOOD)
    names = _checked_names([name for name, _pictures in pairs])
    lists = [pictures for _name, pictures in pairs if isinstance(pictures, list)]
    if len(lists) != len(pairs) or sum(map(len, lists)) > LIMITS.all or max(map(len, lists)) > LIMITS.most:
        raise DataError(_NOT_UNDERSTOOD)
    for name, pictures in zip(names, lists, strict=True):
        if len(pictures) < LIMITS.fewest:
            raise DataError(_TOO_FEW, name=name, count=len(pictures), fewest=LIMITS.fewest)
    return {name: [_picture(one) for one in pictures] for name, pictures in zip(names, lists, strict=True)}


def _checked_names(sent: list[object]) -> list[str]:
    if not all(isinstance(name, str) and len(name) <= 4 * LIMITS.longest for name in sent):
        raise DataError(_NOT_UNDERSTOOD)
    names = [unicodedata.normalize("NFC", str(name)).strip() for name in sent]
    are_lines = all(name and is_line(name) and len(name) <= LIMITS.longest for name in names)
    if not are_lines or len({name.casefold() for name in names}) < len(names):
        raise DataError(_NAMES, longest=LIMITS.longest, names=", ".join(names))
    return names


def _picture(sent: object) -> Picture:
    if not isinstance(sent, list) or len(sent) != 2 or not isinstance(sent[1], str):
        raise DataError(_NOT_UNDERSTOOD)
    kind, text = sent
    if len(text) > LIMITS.longest_data or kind not in ("drawing", "photo"):
        raise DataError(_NOT_UNDERSTOOD)
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise DataError(_NOT_UNDERSTOOD) from error
    return _drawing(raw) if kind == "drawing" else _photo(raw)


def _drawing(raw: bytes) -> Picture:
    if len(raw) != DRAWING_SIDE**2 or not any(raw):
        raise DataError(_NOT_UNDERSTOOD)
    return np.frombuffer(raw, np.uint8).reshape(DRAWING_SIDE, DRAWING_SIDE)


def _photo(raw: bytes) -> Picture:
    """A JPEG, whose size is looked at before it is decoded."""
    try:
        with Image.open(io.BytesIO(raw), formats=("JPEG",)) as image:
            if max(image.size) > _LARGEST_PHOTO:
                raise DataError(_NOT_UNDERSTOOD)
            return np.asarray(image.convert("RGB"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise DataError(_NOT_UNDERSTOOD) from error
