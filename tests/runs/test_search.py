"""The list of runs: filtered, sorted and cut into pages by the database; and the leaderboard."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import EpochEnd
from cnnviz.runs import annotations, search
from cnnviz.runs.run import Origin
from cnnviz.runs.search import SORTS, Filter, chosen, listing
from cnnviz.runs.store import Store

LIN, WANG = "1" * 32, "2" * 32


@pytest.fixture
def store(tmp_path: Path):
    opened = Store(tmp_path / "runs.sqlite3")
    yield opened
    opened.close()


def finished(store: Store, *accuracies: float, owner: str = "", name: str = "", **config: object) -> int:
    run, token = store.add_here(TrainConfig(**config), Origin(owner, name))  # type: ignore[arg-type]
    for number, accuracy in enumerate(accuracies, 1):
        store.append(run, token, EpochEnd(number, 0.5, 0.9, 0.4, accuracy, ((9, 1), (1, 9)), 1.5, 900.0))
    store.end(run, token, "finished")
    return run


def ids(store: Store, sort: str = "number", **wanted: object) -> list[int]:
    return [record.id for record in listing(store, Filter(**wanted), sort).records]  # type: ignore[arg-type]


def test_every_word_must_be_somewhere(store: Store) -> None:
    """Name, notes, tags, network, data set, number and visitor are searched, without regard to case."""
    one = finished(store, 0.9, name="First try", owner=LIN)
    two = finished(store, 0.8, model="lenet5-valid")
    annotations.call_visitor(store, LIN, "Lin")
    annotations.write_notes(store, two, "too SLOW, 100% sure")
    annotations.set_tags(store, two, ["class 3"])
    assert ids(store, text="first TRY") == [one]
    assert ids(store, text="lin") == [one]
    assert ids(store, text="lenet5-valid slow class") == [two]
    assert ids(store, text=f"#{two}") == [two]
    assert ids(store, text="100%") == [two]
    assert ids(store, text="%") == [two], "no wildcard"
    assert ids(store, text="_") == []
    assert ids(store, text="' OR 1=1 --") == []


def test_statuses_tags_data_and_owner(store: Store) -> None:
    """Each condition narrows the list; tags must all be there."""
    one, two = finished(store, 0.9, owner=LIN), finished(store, 0.8, data="mnist")
    waiting = store.add(TrainConfig())
    annotations.set_tags(store, one, ["a", "b"])
    annotations.set_tags(store, two, ["a"])
    assert ids(store, statuses=("finished",)) == [one, two]
    assert ids(store, statuses=("queued", "paused")) == [waiting]
    assert ids(store, tags=("a",)) == [one, two]
    assert ids(store, tags=("a", "b")) == [one]
    assert ids(store, data="mnist") == [two]
    assert ids(store, owner=LIN) == [one]


@pytest.mark.parametrize("sort", [*SORTS, *(f"-{name}" for name in SORTS)])
def test_every_column_sorts_both_ways(store: Store, sort: str) -> None:
    """All runs are there whatever the order; unknown values come last."""
    runs = {finished(store, 0.9, owner=LIN), finished(store, 0.8, 0.7), store.add(TrainConfig(data="mnist"))}
    assert set(ids(store, sort)) == runs
    if sort in ("accuracy", "-accuracy"):
        assert ids(store, sort)[-1] == max(runs)


def test_order_is_the_values(store: Store) -> None:
    """By best accuracy, not the last; an unknown key is the newest first."""
    best, worst = finished(store, 0.95, 0.5), finished(store, 0.6)
    assert ids(store, "-accuracy") == [best, worst]
    assert ids(store, "accuracy") == [worst, best]
    assert ids(store, "1; DROP TABLE runs") == [worst, best]


def test_pages_follow_each_other(store: Store) -> None:
    """All pages together are the list; a page beyond the end is the last one."""
    runs = [store.add(TrainConfig()) for _ in range(7)]
    pages = [listing(store, Filter(), "number", page, size=3) for page in range(4)]
    assert [record.id for page in pages[:3] for record in page.records] == runs
    assert [(page.page, page.total) for page in pages] == [(0, 7), (1, 7), (2, 7), (2, 7)]
    assert listing(store, Filter(text="none"), page=5).page == 0


def test_chosen_runs_keep_their_order(store: Store) -> None:
    """The first chosen stays first; what is not there is left out."""
    one, two, three = (finished(store, 0.9) for _ in range(3))
    annotations.delete(store, [two])
    assert [record.id for record in chosen(store, (three, 99, two, one))] == [three, one]
    assert chosen(store, ()) == []


def test_the_leaderboard_has_everybodys_best(store: Store) -> None:
    """One row for each visitor and data set, the best first; who was first wins a tie."""
    best = finished(store, 0.91, 0.97, owner=LIN)
    finished(store, 0.93, owner=LIN)
    tie = finished(store, 0.97, owner=WANG)
    other = finished(store, 0.99, owner=WANG, data="mnist")
    finished(store, owner=WANG)
    annotations.call_visitor(store, WANG, "Wang")
    board = search.leaderboard(store)
    assert [(row.data, row.run, row.accuracy) for row in board] == [
        ("digits", best, 0.97),
        ("digits", tie, 0.97),
        ("mnist", other, 0.99),
    ]
    assert [(row.name, row.runs) for row in board] == [("", 2), ("Wang", 1), ("Wang", 1)]


def test_visitors_are_numbered_and_named(store: Store) -> None:
    """A browser has a number from its first run on and keeps it; a name is one line and can be taken back."""
    assert annotations.visitor(store, LIN).number is None
    for each in (LIN, LIN, WANG):
        store.add(TrainConfig(), Origin(each))
    assert [annotations.visitor(store, each).number for each in (LIN, WANG, LIN)] == [1, 2, 1]
    annotations.call_visitor(store, LIN, f"  Lin\n{'x' * 100}")
    assert annotations.visitor(store, LIN).name == f"Lin {'x' * 26}"
    annotations.call_visitor(store, LIN, "")
    assert annotations.visitor(store, LIN).name == ""
    run = finished(store, 0.9, owner=WANG)
    annotations.call_visitor(store, WANG, "Wang")
    assert (store.record(run).visitor, store.record(run).visitor_name) == (2, "Wang")


@pytest.mark.parametrize("text", ["", "x" * 32, "A" * 32, "1" * 31, "1" * 32 + "\n", None, 5, ["1" * 32]])
def test_what_is_no_id(text: object) -> None:
    """Only what our browsers draw is taken for one."""
    assert not annotations.is_id(text)
    assert annotations.is_id(LIN)
