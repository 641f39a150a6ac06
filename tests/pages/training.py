"""The page Training as its tests drive it: runs in the store, the page, and what it says."""

from __future__ import annotations

import json

from streamlit.testing.v1 import AppTest

from cnnviz.base.errors import MissingDataError
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import (
    EpochEnd,
    Event,
    Progress,
    RunEnd,
    RunStarted,
)
from cnnviz.runs import scheduler
from cnnviz.runs.run import Status
from tests.conftest import REPOSITORY
from tests.polling import PATIENCE


def page(**query: str) -> AppTest:
    """The page, run once, with a link's parameters."""
    app = AppTest.from_file(REPOSITORY / "pages" / "training.py", default_timeout=PATIENCE)
    app.query_params.update(query)
    return app.run()


def train(app: AppTest) -> AppTest:
    return app.button(key="training_train").click().run()


def texts(app: AppTest) -> str:
    """Everything the page says, its own HTML included."""
    blocks = [*app.markdown, *app.caption, *app.error, *app.warning, *app.info]
    return "\n".join([*(str(block.value) for block in blocks), *(block.proto.body for block in app.get("html"))])


def buttons(app: AppTest) -> set[str]:
    others = ("training_open", "training_rate", "training_from", "training_preset", "training_transfer")
    return {button.key for button in app.button if button.key and not button.key.startswith(others)}


def chart(app: AppTest, key: str) -> dict:
    """The data handed to the component with this key."""
    [found] = [each.proto for each in app.get("bidi_component") if key in each.proto.id]
    return json.loads(found.json)[0]


STARTED = RunStarted("cpu", "CPU, 2 cores", 61_706, 1437, 360, 12, 5, 1)
CONFUSION = ((30, 6), (0, 36))
FIVE = TrainConfig(epochs=5)


def told(epochs: int = 2, end: RunEnd | None = None) -> list[Event]:
    """What a run of `epochs` epochs, and half of the next, has told."""
    events: list[Event] = [STARTED]
    for epoch in range(1, epochs + 1):
        events += [Progress(epoch, 12, 12, 2.3 / (epoch + 1), 0.005, 1234.0, epoch * 1.0, 9.5)]
        events += [EpochEnd(epoch, 0.4 / epoch, 0.9, 0.5 / epoch, 0.9 + 0.01 * epoch, CONFUSION, 61.0, 1234.0)]
    return [*events, end or Progress(epochs + 1, 6, 12, 0.25, 0.005, 1234.0, 3.0, 200.0)]


def recorded(
    status: Status,
    events: list[Event] | None = None,
    error: MissingDataError | None = None,
    config: TrainConfig = FIVE,
) -> int:
    """A run in the store that has come this far, and that no process has."""
    store = scheduler.store()
    run, token = store.add_here(config)
    for event in told() if events is None else events:
        store.append(run, token, event)
    if status == "interrupted":
        store.interrupt(run, token)
    elif status == "paused":
        store.ask_pause(run)
        store.set_paused(run, token)
        store.release_paused(run, token)
    else:
        store.end(run, token, status, error)
    return run
