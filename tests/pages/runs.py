"""The page Runs as its tests drive it: runs in the store, the page, and what it sent."""

from __future__ import annotations

import json
from typing import Any

from streamlit.testing.v1 import AppTest

from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import EpochEnd, Event, Progress, RunEnd, RunStarted
from cnnviz.runs import scheduler
from cnnviz.runs.run import Origin, Status
from tests.conftest import REPOSITORY
from tests.polling import PATIENCE

LIN = "1" * 32
STARTED = RunStarted("cpu", "CPU, 2 cores", 61_706, 1437, 360, 12, 5, 1)
GOOD, BAD = ((36, 0), (1, 35)), ((30, 6), (4, 32))


def told(accuracy: float, epochs: int = 2, confusion: tuple[tuple[int, ...], ...] = GOOD) -> list[Event]:
    """Each epoch one report and its end; the accuracy rises to `accuracy`."""
    events: list[Event] = [STARTED]
    for epoch in range(1, epochs + 1):
        reached = accuracy - 0.1 * (epochs - epoch)
        events += [Progress(epoch, 12, 12, 2.3 / (epoch + 1), 0.005, 1234.0, epoch * 1.0, 9.5)]
        events += [EpochEnd(epoch, 0.4 / epoch, 0.9, 0.5 / epoch, reached, confusion, 1.5, 1234.0)]
    return [*events, RunEnd("finished", epochs, 3.0)]


def recorded(
    accuracy: float = 0.9,
    status: Status = "finished",
    owner: str = "",
    name: str = "",
    confusion: tuple[tuple[int, ...], ...] = GOOD,
    **config: object,
) -> int:
    """A run in the store that has come this far, and that no process has."""
    store = scheduler.store()
    run, token = store.add_here(TrainConfig(**{"epochs": 2, **config}), Origin(owner, name))  # type: ignore[arg-type]
    for event in told(accuracy, confusion=confusion):
        store.append(run, token, event)
    store.end(run, token, status)
    return run


def page(**query: str) -> AppTest:
    """The page, run once, with a link's parameters."""
    app = AppTest.from_file(REPOSITORY / "pages" / "runs.py", default_timeout=PATIENCE)
    app.query_params.update(query)
    return app.run()


def data(app: AppTest, key: str) -> dict:
    """The data handed to the component with this key."""
    [found] = [each.proto for each in app.get("bidi_component") if key in each.proto.id]
    return json.loads(found.json)[0]


def overlay(app: AppTest) -> Any:
    """The chart of the chosen runs, as it is sent."""
    [found] = [each.proto for each in app.get("plotly_chart") if "runs_overlay" in each.proto.id]
    return found


def chart(app: AppTest) -> list[dict]:
    """The lines of the chart, one for each run."""
    return [line for line in json.loads(overlay(app).spec)["data"] if "meta" in line]


def drawn(app: AppTest) -> list[int]:
    return [line["meta"] for line in chart(app)]


def texts(app: AppTest) -> str:
    """Everything the page says, its own HTML included."""
    blocks = [*app.markdown, *app.caption, *app.error, *app.warning, *app.info]
    return "\n".join([*(str(block.value) for block in blocks), *(block.proto.body for block in app.get("html"))])


def rows(app: AppTest) -> list[int]:
    return [row["id"] for row in data(app, "runs_table")["rows"]]
