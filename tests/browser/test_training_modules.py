"""The modules behind the page Training, loaded as they lie there: how strips are cut and turns are labelled."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from cnnviz.base.text import loss_text
from tests.browser.modules import call, with_modules


@pytest.fixture(scope="module")
def modules(browser: Browser) -> Iterator[Page]:
    """An empty page that can import the modules of cnnviz/components."""
    context = browser.new_context()
    yield with_modules(context.new_page())
    context.close()


@pytest.mark.parametrize(
    ("count", "width", "size"), [(1, 600, 1), (3, 300, 1), (120, 600, 1), (600, 600, 5), (60_000, 600, 500), (7, 1, 10)]
)
def test_cells_can_be_told_apart(modules: Page, count: int, width: int, size: int) -> None:
    """As few batches in a cell as leave it five pixels, in round numbers; the edges end before the strip does."""
    assert call(modules, "training/component/place/cells.js", "return m.groupSize(...given)", [count, width]) == size
    edges = call(modules, "training/component/place/cells.js", "return m.cellEdges(...given)", [count, size])
    assert edges == list(range(size, count, size))


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


@pytest.mark.parametrize("value", [0.25, 3.2e-4, 1.333e15, 9999.0, 1e4])
def test_the_legend_says_a_loss_as_the_figures_do(modules: Page, value: float) -> None:
    """One number is written in one way, whoever writes it."""
    assert call(modules, "shared/component/ticks.js", 'return m.numberText(given, "number", 3)', value) == loss_text(
        value
    )


def test_an_axis_has_plain_powers_of_ten(modules: Page) -> None:
    """As few digits as a round number takes."""
    texts = call(
        modules,
        "shared/component/ticks.js",
        'return given.map((each) => m.numberText(each, "number", null))',
        [1e6, 5e-4],
    )
    assert texts == ["10⁶", "5×10⁻⁴"]


def test_a_film_of_a_run_that_exploded_can_be_read(modules: Page) -> None:
    """No number of it has a row of noughts."""
    assert call(modules, "training/component/film/saying.js", "return given.map(m.signed)", [-2.8e10, 0.123]) == [
        "−2.8×10¹⁰",
        "+0.12",
    ]


@pytest.mark.parametrize(("rate", "text"), [(0.005, "0.005"), (0.00021234, "0.000212"), (2.61e-6, "2.61e-6"), (0, "0")])
def test_a_learning_rate_has_three_digits(modules: Page, rate: float, text: str) -> None:
    """However small it gets, what one needs of it can be read."""
    assert call(modules, "shared/component/ticks.js", 'return m.numberText(given, "rate", 3)', rate) == text


@pytest.mark.parametrize(
    ("low", "high", "most"), [(0, 0.0039, 2), (0, 2.3, 4), (0.96, 0.97, 2), (0, 1, 4), (0, 7e-9, 2)]
)
def test_an_axis_has_two_numbers_at_the_least(modules: Page, low: float, high: float, most: int) -> None:
    """One alone would say where it begins and not how far it goes."""
    ticks = call(modules, "shared/component/ticks.js", "return m.roundTicks(...given)", [low, high, most])
    assert len(ticks) >= 2
    assert low <= min(ticks)
    assert max(ticks) <= high * (1 + 1e-9)
