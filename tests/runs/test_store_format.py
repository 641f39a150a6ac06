"""The file of the store: one of today's format opens tomorrow too, one that lacks a column is given it."""

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
from cnnviz.models.editor.row import Row
from cnnviz.runs import database, run, store
from cnnviz.runs.run import Origin
from cnnviz.runs.store import Store
from tests.conftest import REPOSITORY
from tests.polling import PATIENCE

# As version 5 wrote it: never change this text.
VERSION_5 = """
CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, owner TEXT NOT NULL, config TEXT NOT NULL,
    status TEXT NOT NULL, command TEXT, place INTEGER NOT NULL DEFAULT 0, claim TEXT, pid INTEGER,
    process TEXT NOT NULL DEFAULT '', heartbeat REAL NOT NULL DEFAULT 0, created REAL NOT NULL, started REAL,
    ended REAL, error TEXT, epochs_done INTEGER NOT NULL DEFAULT 0, test_accuracy REAL,
    seconds REAL NOT NULL DEFAULT 0, seq INTEGER NOT NULL DEFAULT 0, progress_seen INTEGER NOT NULL DEFAULT 0,
    progress_stride INTEGER NOT NULL DEFAULT 1, notes TEXT NOT NULL DEFAULT '', deleted REAL, parent INTEGER,
    sweep INTEGER, trial INTEGER, turn INTEGER NOT NULL DEFAULT 0, starts INTEGER NOT NULL DEFAULT 0,
    network TEXT NOT NULL DEFAULT '', data TEXT NOT NULL DEFAULT '', best_accuracy REAL,
    lr_scale REAL NOT NULL DEFAULT 1, asked_lr_scale REAL, lr_changes INTEGER NOT NULL DEFAULT 0, from_epoch INTEGER,
    paused_at REAL, reason TEXT NOT NULL DEFAULT '', best_epoch INTEGER, resumed_after INTEGER
);
CREATE INDEX runs_by_status ON runs (status, place);
CREATE TABLE events (run INTEGER NOT NULL, seq INTEGER NOT NULL, progress INTEGER, body TEXT NOT NULL,
    PRIMARY KEY (run, seq)) WITHOUT ROWID;
CREATE INDEX runs_by_owner ON runs (owner, turn);
CREATE INDEX runs_by_data ON runs (data, owner, best_accuracy);
CREATE INDEX runs_deleted ON runs (deleted) WHERE deleted IS NOT NULL;
CREATE UNIQUE INDEX runs_by_trial ON runs (sweep, trial) WHERE sweep IS NOT NULL;
CREATE TABLE tags (run INTEGER NOT NULL, tag TEXT NOT NULL, PRIMARY KEY (run, tag)) WITHOUT ROWID;
CREATE INDEX tags_by_tag ON tags (tag);
CREATE TABLE visitors (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL DEFAULT '');
CREATE TABLE sweeps (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, owner TEXT NOT NULL,
    plan TEXT NOT NULL, status TEXT NOT NULL, created REAL NOT NULL, ended REAL, error TEXT,
    asked INTEGER NOT NULL DEFAULT 0);
PRAGMA user_version = 5;
"""
ADDED_SINCE = {("together", "INTEGER", 0, None)}  # name, type, whether it must be there, default


@pytest.fixture
def yesterdays(tmp_path: Path) -> Path:
    """A file of version 5: a finished run with its events, one that waits, one of a configuration nobody knows."""
    path = tmp_path / "runs.sqlite3"
    connection = sqlite3.connect(path)
    connection.executescript(VERSION_5)
    rows = [
        ("first", "Lin", TrainConfig(epochs=2).to_json(), "finished", 0.95, 2),
        ("second", "", TrainConfig().to_json(), "queued", None, None),
        ("broken", "", "not json", "finished", None, None),
    ]
    for place, row in enumerate(rows, 1):
        connection.execute(
            "INSERT INTO runs (name, owner, config, status, best_accuracy, best_epoch, place, created, seq) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, 1.0, 2)",
            (*row, place),
        )
    events = [
        Progress(1, 1, 2, float("inf"), 0.1, 9.0, 0.1, 1.0),
        EpochEnd(1, 0.5, 0.9, 0.4, 0.95, ((9, 1), (1, 9)), 1.5, 900.0),
    ]
    for seq, event in enumerate(events, 1):
        connection.execute("INSERT INTO events VALUES (1, ?, NULL, ?)", (seq, json.dumps(to_dict(event))))
    connection.execute("INSERT INTO visitors (id, name) VALUES ('Lin', 'Lin the second')")
    connection.execute("INSERT INTO tags VALUES (1, 'b'), (1, 'a')")
    connection.commit()
    connection.close()
    return path


def version(path: Path) -> int:
    connection = sqlite3.connect(path)
    (number,) = connection.execute("PRAGMA user_version").fetchone()
    connection.close()
    return int(number)


def columns(path: Path) -> set[tuple[str, str, int, str | None]]:
    """(name, type, whether it must be there, default) of each column of `runs`."""
    connection = sqlite3.connect(path)
    rows = connection.execute("PRAGMA table_info(runs)").fetchall()
    connection.close()
    return {row[1:5] for row in rows}


def test_a_store_of_this_format_opens_with_every_run(yesterdays: Path) -> None:
    """Runs, events, tags, names and the queue are as they were, and counting goes on: a number is never used twice."""
    opened = Store(yesterdays)
    first, second = opened.record(1), opened.record(2)
    assert [(each.name, each.status) for each in (first, second)] == [("first", "finished"), ("second", "queued")]
    assert (first.owner, first.config.epochs, first.best_accuracy, first.best_epoch) == ("Lin", 2, 0.95, 2)
    assert (first.tags, first.visitor, first.visitor_name) == (("a", "b"), 1, "Lin the second")
    assert (second.best_accuracy, second.best_epoch, second.notes, second.tags) == (None, 0, "", ())
    assert (second.visitor, second.visitor_name, second.error, second.lr_scale) == (None, "", None, 1.0)
    assert [type(event).__name__ for _, event in opened.events(1)] == ["Progress", "EpochEnd"]
    start = opened.claim_next(1, lambda holder: False)
    assert start is not None
    assert start.run_id == 2
    assert opened.add(TrainConfig()) == 4
    opened.close()
    assert version(yesterdays) == database.VERSION == 5


def test_a_new_store_is_like_it(yesterdays: Path, tmp_path: Path) -> None:
    """The columns declared in `runs.run` make the very table, and the other tables and indices are there."""
    fresh = Store(tmp_path / "new" / "runs.sqlite3")
    fresh.records()
    fresh.close()
    assert columns(fresh.path) - ADDED_SINCE == columns(yesterdays)
    names = []
    for path in (fresh.path, yesterdays):
        connection = sqlite3.connect(path)
        names.append(connection.execute("SELECT type, name FROM sqlite_master ORDER BY name").fetchall())
        connection.close()
    assert names[0] == names[1]


@pytest.mark.slow
def test_eight_processes_make_it_once(tmp_path: Path) -> None:
    """A server and its workers may open a new file, or one that lacks a column, at the same moment."""
    path = tmp_path / "runs.sqlite3"
    program = f"from pathlib import Path; from cnnviz.runs.store import Store; Store(Path({str(path)!r})).records()"
    processes = [
        subprocess.Popen([sys.executable, "-c", program], cwd=REPOSITORY, stderr=subprocess.PIPE) for _ in range(8)
    ]
    for each in processes:
        _, complaint = each.communicate(timeout=PATIENCE)
        assert (each.returncode, complaint) == (0, b"")
    assert version(path) == database.VERSION


def test_a_statement_that_fails_leaves_the_file(yesterdays: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that is due or nothing of it."""
    before = columns(yesterdays)
    monkeypatch.setattr(
        store, "statements_due", lambda present: ["ALTER TABLE runs ADD COLUMN x", "CREATE TABLE runs (id)"]
    )
    opened = Store(yesterdays)
    with pytest.raises(Exception, match="already exists"):
        opened.record(1)
    opened.close()
    assert columns(yesterdays) == before
    monkeypatch.undo()
    assert opened.record(1).name == "first"
    opened.close()


def test_a_column_that_is_missing_is_added(yesterdays: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what it is for runs of before: its default."""
    monkeypatch.setitem(run.BOOKKEEPING, "power", "REAL NOT NULL DEFAULT 1.5")
    opened = Store(yesterdays)
    with opened.reading() as connection:
        assert [row["power"] for row in connection.execute("SELECT power FROM runs")] == [1.5] * 3
    opened.close()
    assert version(yesterdays) == database.VERSION


def test_an_own_network_is_listed_by_its_name(tmp_path: Path) -> None:
    """A run of somebody's own network is found and sorted under the name he gave it."""
    network = Blueprint("Lin's net", (1, 8, 8), 10, (Row.of("flatten"), Row.of("linear", out_features=10)))
    config = TrainConfig(model="own", blueprint=to_json(network))
    opened = Store(tmp_path / "runs.sqlite3")
    opened.add(config, Origin("Lin"))
    with opened.reading() as connection:
        assert tuple(connection.execute("SELECT network, data FROM runs").fetchone()) == ("Lin's net", "digits")
    opened.close()
