"""A store of the first version becomes one of this version, with everything in it."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import EpochEnd, Progress, to_dict
from cnnviz.models.editor.blueprint import Blueprint
from cnnviz.models.editor.formats import to_json
from cnnviz.models.editor.layers import Row
from cnnviz.runs import schema
from cnnviz.runs.store import Store
from tests.conftest import REPOSITORY
from tests.polling import PATIENCE

# As the first version wrote it: never change this text.
VERSION_1 = """
CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    owner TEXT NOT NULL,
    config TEXT NOT NULL,
    status TEXT NOT NULL,
    command TEXT,
    place INTEGER NOT NULL DEFAULT 0,     -- in the queue: the smallest goes first
    claim TEXT,                           -- token of the worker that may write
    pid INTEGER,
    process TEXT NOT NULL DEFAULT '',     -- tells the process from a later one with the same pid
    heartbeat REAL NOT NULL DEFAULT 0,
    created REAL NOT NULL,
    started REAL,
    ended REAL,
    error TEXT,
    epochs_done INTEGER NOT NULL DEFAULT 0,
    test_accuracy REAL,
    seconds REAL NOT NULL DEFAULT 0,
    seq INTEGER NOT NULL DEFAULT 0,
    progress_seen INTEGER NOT NULL DEFAULT 0,
    progress_stride INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX runs_by_status ON runs (status, place);
CREATE TABLE events (
    run INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    progress INTEGER,                     -- 0, 1, 2 ... for Progress events, to thin them evenly
    body TEXT NOT NULL,
    PRIMARY KEY (run, seq)
) WITHOUT ROWID;
PRAGMA user_version = 1;
"""


def epoch(number: int, accuracy: float) -> EpochEnd:
    return EpochEnd(number, 0.5, 0.9, 0.4, accuracy, ((9, 1), (1, 9)), 1.5, 900.0)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A file of version 1: two finished runs, one that waits, one of a configuration nobody knows."""
    path = tmp_path / "runs.sqlite3"
    connection = sqlite3.connect(path)
    connection.executescript(VERSION_1)
    rows = [
        ("first", "Lin", TrainConfig(epochs=2).to_json(), "finished", 0.90),
        ("second", "", TrainConfig(model="lenet5-valid", optimizer="sgd").to_json(), "finished", 0.97),
        ("third", "", TrainConfig().to_json(), "queued", None),
        ("broken", "", "not json", "finished", None),
    ]
    for place, (name, owner, config, status, accuracy) in enumerate(rows, 1):
        connection.execute(
            "INSERT INTO runs (name, owner, config, status, place, created, test_accuracy, seq) "
            "VALUES (?, ?, ?, ?, ?, 1.0, ?, 2)",
            (name, owner, config, status, place, accuracy),
        )
    events = [
        (1, 1, 0, Progress(1, 1, 2, float("inf"), 0.1, 9.0, 0.1, 1.0)),
        (1, 2, None, epoch(1, 0.95)),
        (1, 3, None, epoch(2, 0.90)),
    ]
    for run, seq, progress, event in events:
        connection.execute("INSERT INTO events VALUES (?, ?, ?, ?)", (run, seq, progress, json.dumps(to_dict(event))))
    connection.commit()
    connection.close()
    return path


def version(path: Path) -> int:
    connection = sqlite3.connect(path)
    (number,) = connection.execute("PRAGMA user_version").fetchone()
    connection.close()
    return int(number)


def test_an_old_store_keeps_every_run(old: Path) -> None:
    """Runs, events and the queue are as they were; what is new is worked out from what was there."""
    store = Store(old)
    first, second, third = store.record(1), store.record(2), store.record(3)
    assert [(each.name, each.status) for each in (first, second, third)] == [
        ("first", "finished"),
        ("second", "finished"),
        ("third", "queued"),
    ]
    assert (first.owner, first.config.epochs, first.test_accuracy) == ("Lin", 2, 0.90)
    assert first.best_accuracy == 0.95, "the best of its epochs, not the last"
    assert second.best_accuracy == 0.97, "no events: what the run said last"
    assert (third.best_accuracy, third.notes, third.tags, third.parent, third.sweep) == (None, "", (), None, None)
    assert [type(event).__name__ for _, event in store.events(1)] == ["Progress", "EpochEnd", "EpochEnd"]
    with store.reading() as connection:
        rows = connection.execute("SELECT network, data FROM runs ORDER BY id").fetchall()
    assert [tuple(row) for row in rows] == [
        ("lenet5", "digits"),
        ("lenet5-valid", "digits"),
        ("lenet5", "digits"),
        ("", ""),
    ]
    start = store.claim_next(1, lambda holder: False)
    assert start is not None
    assert start.run_id == 3
    store.close()
    assert version(old) == schema.VERSION


def test_new_runs_go_on_counting(old: Path) -> None:
    """A run's number is never used twice: its folder may still be there."""
    store = Store(old)
    assert store.add(TrainConfig()) == 5
    store.close()


def test_an_own_network_keeps_its_name(old: Path) -> None:
    """A run of somebody's own network is listed under the name he gave it."""
    network = Blueprint("Lin's net", (1, 8, 8), 10, (Row.of("flatten"), Row.of("linear", out_features=10)))
    config = TrainConfig(model="own", blueprint=to_json(network))
    connection = sqlite3.connect(old)
    connection.execute(
        "INSERT INTO runs (name, owner, config, status, created) VALUES ('own', '', ?, 'stopped', 0)",
        (config.to_json(),),
    )
    connection.commit()
    connection.close()
    store = Store(old)
    with store.reading() as opened:
        (name,) = opened.execute("SELECT network FROM runs WHERE id = 5").fetchone()
    assert name == config.network_name == "Lin's net"
    store.close()


@pytest.mark.slow
def test_eight_processes_migrate_it_once(old: Path) -> None:
    """A server and its workers may open an old file at the same moment."""
    program = f"from pathlib import Path; from cnnviz.runs.store import Store; Store(Path({str(old)!r})).record(1)"
    processes = [
        subprocess.Popen([sys.executable, "-c", program], cwd=REPOSITORY, stderr=subprocess.PIPE) for _ in range(8)
    ]
    for each in processes:
        _, complaint = each.communicate(timeout=PATIENCE)
        assert (each.returncode, complaint) == (0, b"")
    assert version(old) == schema.VERSION


def test_a_step_that_fails_leaves_the_old_file(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of a migration or nothing of it."""
    steps = (schema.STEPS[0], schema.STEPS[1] + "CREATE TABLE runs (id);\n")
    monkeypatch.setattr("cnnviz.runs.database.STEPS", steps)
    store = Store(old)
    with pytest.raises(Exception, match="already exists"):
        store.record(1)
    store.close()
    assert version(old) == 1
    monkeypatch.undo()
    assert store.record(1).name == "first"
    store.close()


def test_a_new_store_and_a_migrated_one_are_alike(old: Path, tmp_path: Path) -> None:
    """Both have the same tables, columns and indices."""
    Store(old).records()
    fresh = Store(tmp_path / "new" / "runs.sqlite3")
    fresh.records()
    schemas = []
    for path in (old, fresh.path):
        connection = sqlite3.connect(path)
        schemas.append(connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name").fetchall())
        connection.close()
    names = [[row[:2] for row in each] for each in schemas]
    assert names[0] == names[1]
