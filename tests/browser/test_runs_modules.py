"""The modules behind the page Runs, loaded as they lie there: numbers by hand and against Python."""

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


@pytest.mark.parametrize(
    ("column", "sort", "after"),
    [
        ("accuracy", "-number", "-accuracy"),
        ("accuracy", "-accuracy", "accuracy"),
        ("accuracy", "accuracy", "-accuracy"),
        ("name", "-number", "name"),
        ("name", "name", "-name"),
        ("when", "name", "-number"),
        ("when", "-number", "number"),
    ],
)
def test_a_head_sorts_and_turns_round(modules: Page, column: str, sort: str, after: str) -> None:
    """The first click sorts as one mostly wants it, the next the other way round; "when" goes by number."""
    assert call(modules, "runs/component/ledger/table.js", "return m.nextSort(...given)", [column, sort]) == after


@pytest.mark.parametrize(
    ("axis", "value", "place"),
    [
        ({"options": ["sgd", "adam", "adamw"]}, "adam", 0.5),
        ({"options": ["sgd"]}, "sgd", 0.5),
        ({"options": ["True", "False"]}, "True", 0),
        ({"options": ["sgd"]}, "other", None),
        ({"low": 0, "high": 10, "log": False}, 2.5, 0.25),
        ({"low": 0.001, "high": 0.1, "log": True}, 0.01, 0.5),
        ({"low": 3, "high": 3, "log": False}, 3, 0.5),
        ({"low": 0, "high": 1, "log": False}, None, None),
    ],
)
def test_places_on_axes(modules: Page, axis: dict, value: object, place: float | None) -> None:
    """Options evenly, numbers by their scale, what is not known nowhere."""
    found = call(modules, "runs/component/parallel/places.js", "return m.placeOf(...given)", [axis, value])
    assert found == (None if place is None else pytest.approx(place))


def test_brushes_keep_what_lies_within_all_of_them(modules: Page) -> None:
    """Ends count in; a run without a value on a brushed axis is out; no brush keeps all."""
    body = "return given.map(([places, brushes]) => m.isInside(places, brushes))"
    cases = [
        [[0.5, 0.1], [None, None]],
        [[0.5, 0.1], [[0.5, 0.6], None]],
        [[0.5, 0.1], [[0.5, 0.6], [0.2, 1]]],
        [[0.5, None], [None, [0, 1]]],
    ]
    assert call(modules, "runs/component/parallel/places.js", body, cases) == [True, True, False, False]


def test_brushes_are_drawn_and_moved(modules: Page) -> None:
    """Upwards or downwards is the same; a click is none; ends do not pass each other; the whole axis is none."""
    brush = [
        call(modules, "runs/component/parallel/places.js", "return m.brushOf(...given)", each)
        for each in ([0.8, 0.2], [0.5, 0.505], [-1, 2])
    ]
    assert brush == [[0.2, 0.8], None, [0, 1]]
    body = "return given.map((each) => m.moved(...each))"
    moves = [[None, 0, 0.05], [[0.2, 0.3], 0, 0.5], [[0.05, 1], 0, -0.05], [[0.2, 0.8], 1, 0.5]]
    assert call(modules, "runs/component/parallel/places.js", body, moves) == [
        [0.05, 1],
        [pytest.approx(0.3), 0.3],
        None,
        [0.2, 1],
    ]


def test_a_browser_keeps_its_number(modules: Page) -> None:
    """The first is kept; later ones are answered with it; where nothing can be kept, the given one is all there is."""
    body = """
      const box = new Map();
      const storage = { getItem: (key) => box.get(key) ?? null, setItem: (key, value) => box.set(key, value) };
      const closed = { getItem() { throw new Error("not allowed"); } };
      const [one, two] = ["1".repeat(32), "2".repeat(32)];
      const answers = [[storage, one], [storage, two], [closed, two], [null, two]].map((each) => m.remembered(...each));
      box.set("cnnviz-visitor", "<script>");
      return [...answers, m.remembered(storage, two)].map((each) => each[0]);
    """
    assert call(modules, "shared/component/visitor/index.js", body) == ["1", "1", "2", "2", "2"]
