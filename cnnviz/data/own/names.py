"""Names of own data sets: one validator. A name becomes a folder's, on any system, and stands in links and commands."""

from __future__ import annotations

import re
import unicodedata

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.params import excerpt
from cnnviz.data.own.limits import LONGEST_NAME

_DEVICES = frozenset(("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in "0123456789¹²³")))


def checked_name(text: str) -> str:
    """`text` as the name of a set: spaces made hyphens, letters in one Unicode form.

    Raises ConfigurationError.

    >>> checked_name(" My cats 2 "), checked_name("猫和狗")
    ('My-cats-2', '猫和狗')
    """
    name = re.sub(r"\s+", "-", unicodedata.normalize("NFC", text).strip())
    if not 1 <= len(name) <= LONGEST_NAME or not all(map(_may_stand, name)) or name[0] in "-_":
        raise ConfigurationError(
            N_(
                "{parameter} must be 1 to {most} letters, digits, hyphens or underscores, a letter or digit first. "
                "Got {value}; try my-pictures."
            ),
            parameter="name",
            most=LONGEST_NAME,
            value=excerpt(text),
        )
    if name.casefold() in _DEVICES:
        raise ConfigurationError(
            N_("{parameter} must not be {value}: Windows keeps it for a device. Try {value}-pictures."),
            parameter="name",
            value=name,
        )
    return name


def is_name(text: str) -> bool:
    """Whether `text` is the name of a set as it stands."""
    try:
        return checked_name(text) == text
    except ConfigurationError:
        return False


def folded(name: str) -> str:
    """What two names share that some file system takes for the same."""
    return unicodedata.normalize("NFC", name.casefold())


def _may_stand(character: str) -> bool:
    """Letters and digits of any script, with their marks."""
    return character in "-_" or unicodedata.category(character)[0] in "LNM"
