"""A column of a run is one line, and the one place that fills it: everything else follows. Proved by adding one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cnnviz.engine.config import TrainConfig
from cnnviz.runs.store import Store

PROGRAM = """
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from cnnviz.runs import run

@dataclass(frozen=True)
class RunRecord(run.RunRecord):
    power: Annotated[float, run.Column("REAL NOT NULL DEFAULT 0")] = 0.0  # watts

run.RunRecord = RunRecord  # before anybody imports it
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import EpochEnd
from cnnviz.runs import event_log
from cnnviz.runs.search import Filter, listing
from cnnviz.runs.store import Store

summarize = event_log._summarize

def with_power(connection, run_id, seq, event):  # the place that fills it
    summarize(connection, run_id, seq, event)
    if isinstance(event, EpochEnd):
        connection.execute("UPDATE runs SET power = ? WHERE id = ?", (150.0, run_id))

event_log._summarize = with_power
for path in map(Path, sys.argv[1:]):
    store = Store(path)
    run_id, claim = store.add_here(TrainConfig())
    store.append(run_id, claim, EpochEnd(1, 0.5, 0.9, 0.4, 0.92, ((9, 1), (1, 9)), 1.5, 900.0))
    assert store.record(run_id).power == 150.0  # one run
    shown = [record.power for record in listing(store, Filter()).records]
    assert shown == [150.0, *[0.0] * (run_id - 1)], shown  # the list, with the runs of before
    store.close()
"""


@pytest.mark.slow
def test_one_line_is_enough(tmp_path: Path) -> None:
    """Table, record and list of a new store know it, and of one that was made before, which opens as ever after."""
    before = Store(tmp_path / "before" / "runs.sqlite3")
    before.add(TrainConfig(epochs=3))
    before.close()
    paths = [str(before.path), str(tmp_path / "new" / "runs.sqlite3")]
    done = subprocess.run([sys.executable, "-c", PROGRAM, *paths], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert [record.epochs_done for record in before.records()] == [1, 0], "a program without the column reads on"
    before.close()
