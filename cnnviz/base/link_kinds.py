"""Kinds of link parameters: each reads one text of an address, or says that it is no such value. No Streamlit.

Nothing here raises, whatever the text: it comes from anybody.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed
from cnnviz.base.text import is_line, line

T = TypeVar("T")

NOTHING = N_("The link has {parameter} = {value}, which is not found here. It is left out.")
_ONE_OF = N_("The link has {parameter} = {value}, which must be one of {allowed}. It is left out.")
_WHOLE = N_("The link has {parameter} = {value}, which must be a whole number from {low} to {high}. It is left out.")
_NUMBER = N_("The link has {parameter} = {value}, which must be a number from {low} to {high}. It is left out.")
_WHOLE_FORM = re.compile(r"-?[0-9]{1,18}")  # int() takes ٣ and 1_000 too, and raises beyond 4,300 digits
_NUMBER_FORM = re.compile(r"-?([0-9]{1,20}(\.[0-9]{0,20})?|\.[0-9]{1,20})([eE][+-]?[0-9]{1,3})?")


@dataclass(frozen=True)
class Kind(Generic[T]):
    """What a parameter may be. `parse` gives None for a text that is no such value, `write` is its inverse."""

    parse: Callable[[str], T | None]
    write: Callable[[T], str] = str
    rule: str = NOTHING  # a message about {parameter} and {value}
    gaps: Mapping[str, object] = field(default_factory=dict)  # the other gaps of `rule`


def whole(low: int, high: int) -> Kind[int]:
    """A whole number from `low` to `high`, in the digits 0 to 9."""

    def parse(text: str) -> int | None:
        value = int(text) if _WHOLE_FORM.fullmatch(text) else None
        return value if value is not None and low <= value <= high else None

    return Kind(parse, rule=_WHOLE, gaps={"low": f"{low:,}", "high": f"{high:,}"})


def number(low: float, high: float) -> Kind[float]:
    """A finite number from `low` to `high`, whole ones written without a point."""

    def parse(text: str) -> float | None:
        value = float(text) if _NUMBER_FORM.fullmatch(text) else math.nan
        return value if low <= value <= high else None

    return Kind(parse, lambda value: f"{value:.12g}", _NUMBER, {"low": f"{low:g}", "high": f"{high:g}"})


def one_of(values: Sequence[str]) -> Kind[str]:
    """One of `values`."""
    allowed = frozenset(values)
    return Kind(lambda text: text if text in allowed else None, rule=_ONE_OF, gaps={"allowed": Listed(values)})


def switch() -> Kind[bool]:
    """ "true" or "false", as Streamlit writes them; of any case."""
    words = {"true": True, "false": False}
    return Kind(
        lambda text: words.get(text.lower()) if len(text) <= 5 else None,
        lambda value: str(value).lower(),
        _ONE_OF,
        {"allowed": Listed(words)},
    )


def text(longest: int) -> Kind[str]:
    """A line of at most `longest` characters: a name, words to search for. What it names need not exist."""
    return Kind(lambda said: said if 0 < len(said) <= longest and is_line(said) else None)


def numbers(high: int, most: int) -> Kind[tuple[int, ...]]:
    """ "7,3": whole numbers from 1 to `high`, the first `most` of them; what is none of them is passed over."""
    one = whole(1, high)

    def parse(said: str) -> tuple[int, ...] | None:
        found = (one.parse(part.strip()) for part in said[: 20 * most].split(","))
        return tuple(dict.fromkeys(each for each in found if each is not None))[:most]

    return Kind(parse, lambda value: ",".join(map(str, value)))


def shortened(said: str, longest: int = 40) -> str:
    """`said` to be repeated in a sentence: one line of at most so many characters."""
    return line(said) if len(said) <= longest else f"{line(said[:longest])}…"
