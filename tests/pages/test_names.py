"""Whatever a folder, class, network, run, tag, sweep or visitor is called, it is text: no page makes links of it."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path

import pytest

from cnnviz.engine.card import card_path, epoch_path
from cnnviz.engine.checkpoint import copy
from cnnviz.engine.config import TrainConfig
from cnnviz.runs import annotations, scheduler
from cnnviz.runs.sweeps import store as sweep_store
from cnnviz.runs.sweeps.plan import SweepParameter, SweepPlan
from tests.conftest import REPOSITORY
from tests.pages.runs import recorded
from tests.pages.test_links import foreign, markdown
from tests.pages.test_links import run as shown
from tests.runs.conftest import close_store, fake_workers  # noqa: F401 - fixtures
from tests.ui.hostile import FOREIGN, MARKDOWN

pytestmark = pytest.mark.usefixtures("fake_workers", "close_store")

OWNER = "2" * 32
LINK = f"[a](http://{FOREIGN}/l) www.{FOREIGN}"
CLASSES = [*MARKDOWN, *(f"{text} " for text in MARKDOWN)][:10]


@pytest.fixture
def named() -> int:
    """A run of which everything that can be named is named so, with a network whose card is too."""
    store = scheduler.store()
    annotations.call_visitor(store, OWNER, LINK)
    confusion = tuple(tuple(40 if row == column else 1 for column in range(10)) for row in range(10))
    run = recorded(owner=OWNER, name=MARKDOWN[1], data=f"folder:/{LINK}", confusion=confusion)
    other = recorded(owner=OWNER, name=MARKDOWN[2], data=f"folder:/{MARKDOWN[3]}", confusion=confusion)
    annotations.set_tags(store, run, [LINK[:20]])
    annotations.write_notes(store, run, LINK)
    sweep_store.start(store, SweepPlan(TrainConfig(), (SweepParameter("epochs", (1, 2)),)), OWNER, LINK)
    for each in (run, other):
        _network(store.directory(each))
    return run


def _network(directory: Path) -> None:
    """A shipped network under names of its own."""
    file = epoch_path(directory, 2)
    directory.mkdir(parents=True, exist_ok=True)
    copy(REPOSITORY / "checkpoints" / "lenet5-mnist", file)
    card = card_path(file)
    card.write_text(json.dumps({**json.loads(card.read_text()), "classes": CLASSES, "data": f"folder:/{LINK}"}))


@pytest.mark.parametrize(
    "query",
    [
        {"page": "runs", "runs": "1,2"},
        {"page": "runs", "runs_view": "sweeps"},
        {"page": "runs", "runs_view": "board"},
        {"page": "training", "training_run": "1"},
        {"page": "training", "training_parent": "1"},
        {"page": "evaluation", "evaluation_checkpoint": "run-1"},
        {"page": "layers", "layers_checkpoint": "run-1", "layers_layer": "fc3"},
        {"page": "networks", "networks_weights": "run-1"},
        {"page": "networks", "networks_view": "own"},
    ],
    ids=lambda query: " ".join(query.values()),
)
def test_names_are_text_on_every_page(named: int, query: dict[str, str]) -> None:
    """In Markdown with its signs escaped, in HTML with its brackets."""
    page = query["page"]
    app = shown(page, {name: value for name, value in query.items() if name != "page"})
    assert not app.exception
    pieces = [block.proto.body for block in app.get("html")]
    assert foreign([text for text in markdown(app) if text not in pieces]) == []
    assert not [piece for piece in pieces if f"<script src=//{FOREIGN}" in piece or "onerror=alert(1)>" in piece]


def test_the_walk_sees_the_names(named: int) -> None:
    """What it looks for is there, as text."""
    app = shown("training", {"training_run": "1"})
    assert any(f"{FOREIGN}/l" in text for text in markdown(app))
    board = shown("runs", {"runs_view": "board"})
    assert any(escape(LINK)[:20] in block.proto.body for block in board.get("html"))
