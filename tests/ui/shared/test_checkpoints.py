"""Which networks can be chosen: shipped ones first, then runs, only what is complete."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cnnviz.base import paths
from cnnviz.engine.config import TrainConfig
from cnnviz.runs import run_notes, scheduler
from cnnviz.ui.shared.checkpoints import choices

SHIPPED = "lenet5-mnist"


def complete(run: Path, epoch: int) -> None:
    """An epoch's two files, of the shipped network."""
    run.mkdir(parents=True, exist_ok=True)
    for suffix in (".safetensors", ".json"):
        shutil.copy(paths.shipped_checkpoints() / f"{SHIPPED}{suffix}", run / f"epoch-{epoch:04d}{suffix}")


def test_shipped_before_runs_and_newest_run_first(own_home: Path) -> None:
    """The first page's network leads; runs are "run-<id>", sorted as numbers, the newest first."""
    for number in (2, 10):
        complete(own_home / "runs" / str(number), 1)
    names = [choice.name for choice in choices()]
    assert names[0] == SHIPPED
    assert names[-2:] == ["run-10", "run-2"]


def test_newest_complete_epoch_is_what_a_run_means(own_home: Path) -> None:
    """Epochs half written, the optimizer's file and other files are no checkpoints."""
    run = own_home / "runs" / "5"
    for epoch in (0, 9, 10):
        complete(run, epoch)
    (run / "epoch-0011.safetensors").write_bytes(b"half")  # its card comes last
    (run / "optimizer.safetensors").write_bytes(b"")
    (run / "run.log").write_text("")
    (choice,) = [choice for choice in choices() if choice.name == "run-5"]
    assert [epoch for epoch, _file in choice.epochs] == [0, 9, 10]
    assert choice.path.name == "epoch-0010.safetensors"


@pytest.mark.parametrize("folder", ["7x", "notes"])
def test_other_folders_are_no_runs(own_home: Path, folder: str) -> None:
    """Only folders named by a number are runs."""
    complete(own_home / "runs" / folder, 1)
    assert not [choice for choice in choices() if choice.name.startswith("run-")]


def test_a_deleted_run_is_not_offered_until_it_is_brought_back(own_home: Path) -> None:
    """Its files lie there for a quarter of an hour: what somebody threw away is no choice meanwhile."""
    store = scheduler.store()
    run = store.add(TrainConfig())
    store.ask_stop(run)
    complete(store.directory(run), 1)
    run_notes.delete(store, [run])
    assert f"run-{run}" not in [choice.name for choice in choices()]
    run_notes.restore(store, [run])
    assert f"run-{run}" in [choice.name for choice in choices()]
    store.close()
