"""A column of a run is one line, and the place that fills it: everything else follows. Proved by adding one."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnnviz.engine.config import TrainConfig
from cnnviz.runs.store import Store
from tests.recipes import Recipe

COLUMN = """    power: Annotated[float, Column("REAL NOT NULL DEFAULT 0")] = 0.0  # watts
"""
FILLED = """        connection.execute("UPDATE runs SET power = ? WHERE id = ?", (150.0, run_id))
"""
PROGRAM = """
from pathlib import Path
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import EpochEnd
from cnnviz.runs.search import Filter, listing
from cnnviz.runs.store import Store

for path in map(Path, {paths!r}):
    store = Store(path)
    run_id, token = store.add_here(TrainConfig())
    store.append(run_id, token, EpochEnd(1, 0.5, 0.9, 0.4, 0.92, ((9, 1), (1, 9)), 1.5, 900.0))
    assert store.record(run_id).power == 150.0  # one run
    shown = [record.power for record in listing(store, Filter()).records]
    assert shown == [150.0, *[0.0] * (run_id - 1)], shown  # the list, with the runs of before
    store.close()
"""


@pytest.mark.slow
def test_one_line_and_the_place_that_fills_it_are_enough(tmp_path: Path) -> None:
    """Table, record and list of a new store know it, and of one that was made before, which opens as ever after."""
    before = Store(tmp_path / "before" / "runs.sqlite3")
    before.add(TrainConfig(epochs=3))
    before.close()
    recipe = Recipe("A column of a run", tmp_path)
    recipe.insert("cnnviz/runs/run.py", "    notes: Annotated[", COLUMN)
    end_of_epoch = "UPDATE runs SET epochs_done = ?, test_accuracy = ?, seconds = seconds"
    recipe.insert("cnnviz/runs/event_log.py", f'        connection.execute(\n            "{end_of_epoch}', FILLED)
    recipe.prove(PROGRAM.format(paths=[str(before.path), str(tmp_path / "new" / "runs.sqlite3")]))
    assert [record.epochs_done for record in before.records()] == [1, 0], "a program without the column reads on"
    before.close()
