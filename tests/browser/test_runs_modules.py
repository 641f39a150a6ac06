"""The modules behind the page Runs, loaded as they lie there: numbers by hand and against Python."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from cnnviz.charts.training import smoothed
from tests.browser.modules import call, with_modules

RUN = {
    "id": 7,
    "label": "#7",
    "line": 0,
    "steps": 10,
    "at": [0.5, 1.0, 1.5, 2.0],
    "seconds": [1, 2, 3, 4],
    "loss": [2.0, 1.0, None, 0.5],
    "epochs": [1, 2],
    "epoch_seconds": [2.5, 5],
    "test_loss": [1.0, 0.5],
    "train_accuracy": [0.8, 0.9],
    "test_accuracy": [0.75, 0.95],
}
VIEW = {"metric": "loss", "x": "epoch", "log": False, "smooth": 0}


@pytest.fixture(scope="module")
def modules(browser: Browser) -> Iterator[Page]:
    """An empty page that can import the modules of the components."""
    context = browser.new_context()
    yield with_modules(context.new_page())
    context.close()


@pytest.mark.parametrize("reach", [0.05, 0.3, 2.0])
def test_smoothing_is_pythons(modules: Page, reach: float) -> None:
    """The same average as in the chart of a single run, gaps passed over."""
    chance = np.random.default_rng(1)
    at = np.cumsum(chance.uniform(0.01, 0.1, 200))
    values = chance.normal(1, 0.2, 200)
    values[[3, 50, 51]] = np.nan
    given = [at.tolist(), [None if np.isnan(value) else value for value in values], reach]
    ours = call(modules, "runs/component/overlay/series.js", "return m.smoothed(...given)", given)
    np.testing.assert_allclose(np.array(ours, float), smoothed(at, values, reach), rtol=1e-9)


def test_no_smoothing_changes_nothing(modules: Page) -> None:
    """At the slider's left end there is one line, the values themselves."""
    [drawn] = call(modules, "runs/component/overlay/series.js", "return m.linesOf([given[0]], given[1])", [RUN, VIEW])
    assert drawn["raw"] is None
    assert drawn["line"]["y"] == RUN["loss"]


@pytest.mark.parametrize(
    ("metric", "axis", "x"),
    [
        ("loss", "epoch", [0.5, 1.0, 1.5, 2.0]),
        ("loss", "step", [5, 10, 15, 20]),
        ("loss", "seconds", [1, 2, 3, 4]),
        ("test_accuracy", "epoch", [1, 2]),
        ("test_accuracy", "step", [10, 20]),
        ("test_accuracy", "seconds", [2.5, 5]),
    ],
)
def test_three_axes(modules: Page, metric: str, axis: str, x: list[float]) -> None:
    """By epoch, by step and by seconds, for reports and for epochs."""
    view = {**VIEW, "metric": metric, "x": axis}
    line = call(modules, "runs/component/overlay/series.js", "return m.lineOf(...given)", [RUN, view])
    assert (line["x"], line["y"]) == (x, RUN[metric])


def test_shares_on_a_logarithmic_axis_are_errors(modules: Page) -> None:
    """98% and 99% right are 2% and 1% wrong: there they can be told apart."""
    view = {**VIEW, "metric": "test_accuracy", "log": True}
    line = call(modules, "runs/component/overlay/series.js", "return m.lineOf(...given)", [RUN, view])
    assert line["y"] == pytest.approx([0.25, 0.05])
    domain = call(
        modules,
        "runs/component/overlay/series.js",
        "return m.domainOf(m.linesOf([given[0]], given[1]), given[1])",
        [RUN, view],
    )
    assert domain["log"] is True
    assert domain["y"][0] < 0.05 < 0.25 < domain["y"][1]


@pytest.mark.parametrize(
    ("accuracies", "low"), [([0.1, 0.5], 0), ([0.75, 0.95], 0.7), ([0.98, 0.99], 0.97), ([0.999, 0.9995], 0.99)]
)
def test_the_axis_of_shares_starts_where_it_is_of_use(modules: Page, accuracies: list[float], low: float) -> None:
    """At 0 while a net still guesses, higher once all are good; the top is 100%."""
    run, view = {**RUN, "test_accuracy": accuracies}, {**VIEW, "metric": "test_accuracy"}
    domain = call(
        modules,
        "runs/component/overlay/series.js",
        "return m.domainOf(m.linesOf([given[0]], given[1]), given[1])",
        [run, view],
    )
    assert domain["y"] == pytest.approx([low, 1])


def test_nothing_to_draw_is_no_error(modules: Page) -> None:
    """No run, or none with a value: no axes."""
    empty = {**RUN, **{name: [] for name in ("at", "seconds", "loss", "epochs", "epoch_seconds", "test_loss")}}
    for runs in ([], [empty]):
        assert (
            call(
                modules,
                "runs/component/overlay/series.js",
                "return m.domainOf(m.linesOf(given[0], given[1]), given[1])",
                [runs, VIEW],
            )
            is None
        )


def test_the_value_at_a_place_is_the_last_known(modules: Page) -> None:
    """Between reports the one before; nothing before the first and after the end."""
    line = {"x": [1, 2, 3], "y": [5, None, 7]}
    values = [
        call(modules, "runs/component/overlay/series.js", "return m.valueAt(...given)", [line, x])
        for x in (0.5, 1, 2.5, 3, 9, None)
    ]
    assert values == [None, 5, 5, 7, None, 7]


def test_numbers_at_the_ends_do_not_touch(modules: Page) -> None:
    """Heights are moved apart by as little as needed, in their order, within the picture."""
    places = call(
        modules, "runs/component/overlay/chart.js", "return m.apart(...given)", [[50, 52, 10, 51], 15, 0, 100]
    )
    assert places == [50, 80, 10, 65]
    tight = call(modules, "runs/component/overlay/chart.js", "return m.apart(...given)", [[98, 99, 100], 15, 0, 100])
    assert tight == [70, 85, 100]


def test_a_path_has_gaps(modules: Page) -> None:
    """Where nothing is known, or a logarithm has nothing to show, the line breaks off and begins anew."""
    body = """
      const scales = m.scalesOf({ x: [0, 4], y: [0.1, 10], log: true }, 600, 300);
      return m.pathOf({ x: [1, 2, 3, 4], y: [1, null, 0, 10] }, scales);
    """
    path = call(modules, "runs/component/overlay/chart.js", body)
    assert re.fullmatch(r"M[\d. ]+M[\d. ]+", path)


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
