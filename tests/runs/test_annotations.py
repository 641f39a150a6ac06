"""What people write about runs, and deleting with undo."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cnnviz.base.errors import RunError
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import EpochEnd
from cnnviz.runs import annotations as run_notes
from cnnviz.runs import scheduler
from cnnviz.runs.search import Filter, leaderboard, listing
from cnnviz.runs.store import Store
from tests.conftest import REPOSITORY

EPOCH = EpochEnd(1, 0.5, 0.9, 0.4, 0.92, ((9, 1), (1, 9)), 1.5, 900.0)


@pytest.fixture
def store(tmp_path: Path):
    opened = Store(tmp_path / "runs.sqlite3")
    yield opened
    opened.close()


def finished(store: Store) -> int:
    run, token = store.add_here(TrainConfig())
    store.append(run, token, EPOCH)
    store.end(run, token, "finished")
    store.directory(run).mkdir(parents=True)
    (store.directory(run) / "epoch-0001.json").write_text("{}")
    return run


def test_names_notes_and_tags_are_kept(store: Store) -> None:
    """What was written comes back, cleaned: one line, no doubles, no empty ones."""
    run = finished(store)
    run_notes.rename(store, run, "  the\tgood \n one ")
    run_notes.write_notes(store, run, "learning rate too high?\nTry 0.001.")
    run_notes.set_tags(store, run, ["class 3", " ", "class 3", "best"])
    record = store.record(run)
    assert (record.name, record.tags) == ("the good one", ("best", "class 3"))
    assert record.notes == "learning rate too high?\nTry 0.001."
    run_notes.set_tags(store, run, [])
    assert store.record(run).tags == ()


def test_an_empty_name_is_the_networks_again(store: Store) -> None:
    """A run always has a name."""
    run = finished(store)
    run_notes.rename(store, run, "mine")
    run_notes.rename(store, run, "  ")
    assert store.record(run).name == "lenet5-digits"


def test_what_is_too_long_is_cut(store: Store) -> None:
    """A book in the name box does not fill the table."""
    run = finished(store)
    run_notes.rename(store, run, "x" * 10_000)
    run_notes.write_notes(store, run, "y" * 100_000)
    run_notes.set_tags(store, run, [f"tag {number} {'z' * 100}" for number in range(100)])
    record = store.record(run)
    assert (len(record.name), len(record.notes), len(record.tags)) == (80, 4000, 12)
    assert max(map(len, record.tags)) == 30


def test_the_commonest_tag_is_first(store: Store) -> None:
    """Tags of deleted runs are not offered."""
    runs = [finished(store) for _ in range(3)]
    for run, tags in zip(runs, (["b"], ["b", "a"], ["a", "gone", "b"]), strict=True):
        run_notes.set_tags(store, run, tags)
    run_notes.delete(store, runs[2:])
    assert run_notes.all_tags(store) == ["b", "a"]


def test_deleted_runs_are_hidden_and_come_back(store: Store) -> None:
    """Gone from the list, the leaderboard and their own link; undo brings back everything."""
    kept, gone = finished(store), finished(store)
    run_notes.delete(store, [gone])
    assert [record.id for record in store.records()] == [kept]
    assert listing(store, Filter()).total == 1
    assert [best.run for best in leaderboard(store)] == [kept]
    with pytest.raises(RunError, match=f"Run {gone} was deleted. For a quarter of an hour it can be brought back"):
        store.record(gone)
    assert run_notes.deleted(store) == {gone}
    store.ask_resume(gone)
    assert store.claim_next(1, lambda holder: True) is None
    assert run_notes.restore(store, [gone]) == [gone]
    assert store.record(gone).test_accuracy == 0.92
    assert len(store.events(gone)) == 1


def test_a_run_under_way_must_be_stopped_first(store: Store) -> None:
    """Nothing is deleted if one of the chosen still trains, and the sentence names it."""
    done, (running, _) = finished(store), store.add_here(TrainConfig())
    with pytest.raises(RunError, match=f"Run {running} is still under way: stop it first"):
        run_notes.delete(store, [done, running])
    assert {record.id for record in store.records()} == {done, running}


def test_after_a_quarter_of_an_hour_files_and_rows_go(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows, events, tags and the folder are swept; not a minute earlier, and never those of others."""
    kept, gone = finished(store), finished(store)
    run_notes.set_tags(store, gone, ["x"])
    run_notes.delete(store, [gone])
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 14 * 60)
    assert run_notes.prune_deleted(store) == []
    monkeypatch.setattr(time, "time", lambda: now + 16 * 60)
    assert run_notes.prune_deleted(store) == [gone]
    assert run_notes.restore(store, [gone]) == []
    assert not store.directory(gone).exists()
    assert store.directory(kept).exists()
    with store.reading() as connection:
        counts = [
            connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] for table in ("runs", "events", "tags")
        ]
    assert counts == [1, 1, 0]


def test_a_sweep_that_was_killed_goes_on(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed between files and rows: the run cannot be brought back half, and the next sweep ends the work."""
    run = finished(store)
    run_notes.delete(store, [run])
    with monkeypatch.context() as patch:
        patch.setattr(run_notes.shutil, "rmtree", lambda *args, **kwargs: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            run_notes.prune_deleted(store, older_than=0.0)
    assert run_notes.restore(store, [run]) == []
    assert run_notes.prune_deleted(store) == [run]
    assert not store.directory(run).exists()


def test_a_server_that_starts_sweeps_nothing(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Age alone decides: a second server over the same home takes nothing away that the first one's users may undo."""
    store = scheduler.store()
    early, late = finished(store), finished(store)
    now = time.time()
    with monkeypatch.context() as patch:
        patch.setattr(time, "time", lambda: now - run_notes.UNDO_SECONDS - 1)
        run_notes.delete(store, [early])
    run_notes.delete(store, [late])
    own = {"CNNVIZ_HOME": str(own_home)}
    script = "from cnnviz.runs import scheduler; scheduler.dispatch()"
    subprocess.run([sys.executable, "-c", script], env={**os.environ, **own}, check=True, cwd=REPOSITORY)
    assert run_notes.restore(store, [early, late]) == [late]


def test_deletions_are_known_to_all(store: Store) -> None:
    """Each with its runs, the newest first, as long as they can be brought back."""
    runs = [finished(store) for _ in range(3)]
    run_notes.delete(store, runs[:2])
    run_notes.delete(store, runs[2:])
    assert [[record.id for record in each.records] for each in run_notes.deletions(store)] == [[3], [1, 2]]
    run_notes.restore(store, [2])
    assert [[record.id for record in each.records] for each in run_notes.deletions(store)] == [[3], [1]]
    assert run_notes.deletions(store, now=time.time() + run_notes.UNDO_SECONDS) == []


def test_runs_without_an_end_cannot_hide(store: Store) -> None:
    """A paused and a waiting run are under way too."""
    waiting = store.add(TrainConfig())
    paused = store.add(TrainConfig())
    store.ask_pause(paused)
    for run in (waiting, paused):
        with pytest.raises(RunError, match="stop it first"):
            run_notes.delete(store, [run])
