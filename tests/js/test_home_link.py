"""The first page's link: what the browser writes it reads again, and what it cannot mean is as if it were not there."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.js.node import call

READ = """const { drawing, ...rest } = m.readLink(given, 8);
return drawing ? { drawing: Array.from(drawing) } : rest;"""
WRITE = """const { drawing, ...rest } = given;
return m.writeLink("?lang=zh&home_digit=1", drawing ? { drawing: Uint8Array.from(drawing) } : rest);"""
PIXELS = 28 * 28
HOSTILE = (
    "", "x", "-1", "10", "1.0", "1e0", "٣", "3 ", "9" * 400, "NaN", "Infinity", "null", "constructor", "AA", "A",
    "AAAA", "=", "%00", "<img src=x>", "________", "-" * 1569, "AP8", "AP8A_wD_ABM", "AP8A_wD_ABP", "\n3", "🙂",
    "AAE" * 784,
)  # fmt: skip


def ask(body: str, given: Any) -> Any:
    return call("home/component/link.js", body, given)


@pytest.mark.parametrize("ink", [1, 50, 300, PIXELS])
def test_a_picture_comes_back_bit_by_bit(ink: int) -> None:
    """Few inked pixels or none left out, with every grey level; what others keep in the link stays."""
    chance = random.Random(ink)
    picture = [0] * PIXELS
    for place in chance.sample(range(PIXELS), ink):
        picture[place] = chance.randint(1, 255)
    link = ask(WRITE, {"drawing": picture})
    assert link.startswith("lang=zh&home_drawing=")
    assert "home_digit" not in link
    assert ask(READ, link) == {"drawing": picture}


@pytest.mark.parametrize("place", [{"digit": 0, "set": 0}, {"digit": 9, "set": 7}])
def test_a_digit_comes_back(place: dict[str, int]) -> None:
    """Sets are counted from 1 in the link; left out it is the first."""
    assert ask(READ, ask(WRITE, place)) == place
    assert ask(READ, f"home_digit={place['digit']}") == {"digit": place["digit"], "set": 0}


@pytest.mark.parametrize("name", ["home_digit", "home_set", "home_drawing"])
def test_what_makes_no_sense_is_not_there(name: str) -> None:
    """No such digit, no such set, no such picture, or an empty one."""
    for text in HOSTILE:
        query = f"{name}={text}" + ("&home_digit=3" if name == "home_set" else "")
        assert ask(READ, query) == {}, text
