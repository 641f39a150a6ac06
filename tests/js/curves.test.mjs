"""The modules behind the page Training, loaded as they lie there: how strips are cut and turns are labelled."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.modules import call, with_modules


@pytest.fixture(scope="module")
def modules(browser: Browser) -> Iterator[Page]:
    """An empty page that can import the modules of the components."""
    context = browser.new_context()
    yield with_modules(context.new_page())
    context.close()


def test_labels_of_near_turns_stand_below_each_other(modules: Page) -> None:
    """Each turn has its rule; two labels that would touch are on two levels, one at the edge is on the inside."""
    body = """
      const scales = { x: (value) => value, right: 600, bottom: 100 };
      const drawn = m.turnTexts(given, scales, 10);
      const texts = drawn.map((each) => ["y", "text-anchor"].map((name) => each.getAttribute(name)));
      return { texts, rules: m.turnRules(given, scales, 10).length };
    """
    turns = [{"x": x, "text": "÷10"} for x in (100, 110, 400, 590)]
    found = call(modules, "training/component/curves/turns.js", body, turns)
    assert found["rules"] == 4
    levels = [float(y) for y, _anchor in found["texts"]]
    assert levels[0] < levels[1]
    assert levels[2] == levels[0]
    assert [anchor for _y, anchor in found["texts"]] == ["start", "start", "start", "end"]


def test_no_label_of_a_turn_covers_another(modules: Page) -> None:
    """However close turns come, and however long what they say is: no two labels share a level where they touch."""
    body = """
      const scales = { x: (value) => value, right: 600, bottom: 300 };
      const names = ["x", "y", "text-anchor"];
      return m.turnTexts(given, scales, 10).map((each) => names.map((name) => each.getAttribute(name)));
    """
    turns = [
        {"x": x, "text": text} for x, text in ((100, "×10"), (101, "×4"), (115, "×0.333"), (136, "÷10"), (160, "×1"))
    ]
    turns += [{"x": x, "text": "×100"} for x in (560, 575, 590)]
    boxes = []
    for (x, y, anchor), turn in zip(
        call(modules, "training/component/curves/turns.js", body, turns), turns, strict=True
    ):
        wide = 8 * len(turn["text"])
        left = float(x) - (wide if anchor == "end" else 0)
        boxes.append((float(y), left, left + wide))
    for at, (y, left, right) in enumerate(boxes):
        assert not [other for other in boxes[:at] if other[0] == y and left < other[2] and other[1] < right]
