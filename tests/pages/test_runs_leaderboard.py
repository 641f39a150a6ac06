"""The leaderboard ranks visitors, numbers them, and invites where there are none."""

from __future__ import annotations

import re

import pytest

from cnnviz.runs import annotations, scheduler
from tests.pages.runs import LIN, page, recorded, texts
from tests.runs.conftest import close_store, fake_workers  # noqa: F401 - fixtures

pytestmark = pytest.mark.usefixtures("fake_workers", "close_store")


def test_the_leaderboard_ranks_visitors() -> None:
    """Best first, equals share a place, one's own row is marked, names can be given."""
    store = scheduler.store()
    annotations.call_visitor(store, LIN, "Lin")
    recorded(0.9, owner=LIN)
    recorded(0.95, owner=LIN)
    app = page(runs_view="board")
    mine = app.session_state["visitor_id"]
    recorded(0.95, owner=mine)
    [box] = [box for box in app.text_input if box.label == "Your name on the board"]
    box.set_value("Wang <b>").run()
    assert annotations.visitor(store, mine).name == "Wang <b>"
    said = texts(app)
    assert "Wang &lt;b&gt; (you)" in said
    cells = re.findall(r'<tr class="(.*?)"><td class="rn-number">(\d+)</td><td class=""><b>(.*?)</b>', said)
    assert cells == [("", "1", "Lin"), ("rn-tr-mine", "1", "Wang &lt;b&gt; (you)")]
    assert "95.00%" in said


@pytest.mark.slow
def test_visitors_are_numbered_by_their_first_run() -> None:
    """Without gaps: neither a second run nor a look at the board takes a number."""
    page(runs_view="board")
    owners = ["2" * 32, "2" * 32, "3" * 32, "2" * 32, "4" * 32]
    runs = [recorded(owner=owner) for owner in owners]
    assert [scheduler.store().record(run).visitor for run in runs] == [1, 1, 2, 1, 3]
    app = page(runs_view="board")
    [box] = [box for box in app.text_input if box.label == "Your name on the board"]
    assert box.placeholder == ""
    box.set_value("Wang").run()
    assert annotations.visitor(scheduler.store(), app.session_state["visitor_id"]) == annotations.Visitor(4, "Wang")


def test_the_board_without_runs_invites() -> None:
    """Nobody has finished an epoch: a sentence, no table."""
    assert "Be the first." in texts(page(runs_view="board"))
