"""Corrected labels: "12:3,40:7", the class that a picture of a data set's training half is to have, place by place.

The text form stands in links, cards and commands. No torch.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.params import excerpt

MOST = 2000  # entries
LONGEST = 24_000  # characters
_ENTRY = re.compile(r"([0-9]{1,8}):([0-9]{1,5})")

_FORM = N_("corrected_labels must be places with their classes, like 12:3,40:7, at most {most}. Got {value}.")
_TWICE = N_("corrected_labels has two classes for place {place}. Leave one of them.")


def parse(text: str) -> dict[int, int]:
    """Place -> class. Raises ConfigurationError for what has another form, too many entries or a place twice."""
    found: dict[int, int] = {}
    for part in text.split(",") if text else ():
        entry = _ENTRY.fullmatch(part.strip())
        if entry is None or len(found) == MOST:
            raise ConfigurationError(_FORM, most=MOST, value=excerpt(part if entry is None else text))
        place, label = int(entry[1]), int(entry[2])
        if found.setdefault(place, label) != label:
            raise ConfigurationError(_TWICE, place=place)
    return found


def write(corrections: Mapping[int, int]) -> str:
    """The inverse of `parse`, places in order.

    >>> write({40: 7, 12: 3})
    '12:3,40:7'
    """
    return ",".join(f"{place}:{label}" for place, label in sorted(corrections.items()))


def canonical(text: str) -> str:
    """The one form of what says the same: equal is equal. Raises ConfigurationError."""
    return write(parse(text))
