"""Scheduler of the queue: visitors in turn, a limited number of runs at once, over every process of this machine.

No thread watches it. It moves when a run is submitted, when a page looks, and when a worker pauses or ends.
Knows nothing of torch or Streamlit.
"""

from __future__ import annotations

import atexit
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from cnnviz.base import paths
from cnnviz.base.errors import BusyStoreError, CnnvizError, RunError
from cnnviz.base.files import remove_leftovers
from cnnviz.base.locale import N_
from cnnviz.engine import retention
from cnnviz.engine.config import TrainConfig
from cnnviz.runs import process, warm_worker
from cnnviz.runs.annotations import LONGEST_NAME, line, prune_deleted
from cnnviz.runs.process import runs_at_once, share
from cnnviz.runs.run import Holder, Origin, Start
from cnnviz.runs.store import Store
from cnnviz.runs.sweeps import store as sweep_rows
from cnnviz.runs.sweeps.plan import SweepPlan
from cnnviz.runs.sweeps.scheduler import advance

MOST_TOGETHER = 12  # a stuck key must not fill the queue
_TOO_MANY = N_("At most {most} runs can be started together. Got {count}; take fewer seeds or variants.")
_VOUCH_SECONDS = 5.0  # between two looks at a worker that has not written itself down yet

_stores: dict[Path, Store] = {}
_stores_lock = threading.Lock()
_tidied: set[Path] = set()


def store() -> Store:
    """The store of `CNNVIZ_HOME`, opened once in a process."""
    home = paths.home()
    with _stores_lock:
        if home not in _stores:
            _stores[home] = Store(home / "runs.sqlite3")
        return _stores[home]


def submit(config: TrainConfig, owner: str = "", name: str = "", parent: int | None = None) -> int:
    """Put a run into the queue and start it if it is its turn. Returns its number.

    Raises RunError if the owner has as many under way as one may; runs without an owner have no such limit.
    """
    run_id = store().add(config, Origin(owner, name, parent), share())
    dispatch()
    return run_id


def submit_together(named: Sequence[tuple[str, TrainConfig]], owner: str = "") -> tuple[int, ...]:
    """Runs to be compared, (name, configuration) each; their numbers. To the owner's share they count as one.

    Raises RunError as `submit` does, and for more than `MOST_TOGETHER`.
    """
    if len(named) > MOST_TOGETHER:
        raise RunError(_TOO_MANY, most=MOST_TOGETHER, count=len(named))
    runs = store().add_together([(line(name, LONGEST_NAME), config) for name, config in named], owner, share())
    dispatch()
    return runs


def submit_here(config: TrainConfig, owner: str = "", name: str = "") -> tuple[int, str]:
    """A run that the caller trains itself at once: give both values to `worker.run`. It does not wait in the queue."""
    return store().add_here(config, Origin(owner, name))


def clone(run_id: int, owner: str = "") -> int:
    """A new run with the settings of an old one."""
    old = store().record(run_id)
    return submit(old.config, owner, old.name, parent=run_id)


def start_sweep(plan: SweepPlan, owner: str = "", name: str = "") -> int:
    """Begin a sweep; returns its number. Its runs are the owner's, in his turn."""
    sweep_id = sweep_rows.start(store(), plan, owner, name)
    dispatch()
    return sweep_id


def stop_sweep(sweep_id: int) -> None:
    """End it, and its runs under way, which keep their complete epochs."""
    for run_id in sweep_rows.stop(store(), sweep_id):
        store().ask_stop(run_id)
    dispatch()


def resume_sweep(sweep_id: int) -> None:
    """A stopped sweep goes on where it stood, its stopped runs first, as far as its budget goes."""
    sweep_rows.resume(store(), sweep_id)
    dispatch()


def pause(run_id: int) -> None:
    """Ask a run to pause. It keeps its place in the middle of an epoch and gives its turn to the next in the queue."""
    store().ask_pause(run_id)
    dispatch()


def resume(run_id: int) -> None:
    """Ask a paused, interrupted or failed run to go on: at the end of the queue."""
    store().ask_resume(run_id, share())
    dispatch()


def resume_from(run_id: int, epoch: int, lr_scale: float | None = None) -> None:
    """Ask a run that is not under way to go on after `epoch`: what came later is replaced. See `Store.ask_resume_from`.

    Raises RunError, which lists the epochs that were kept, if this one was not.
    """
    retention.check_resumable(store().record(run_id).directory, epoch)
    store().ask_resume_from(run_id, epoch, lr_scale, share())
    dispatch()


def stop(run_id: int) -> None:
    """Ask a run to stop for good. The checkpoints of its complete epochs stay."""
    store().ask_stop(run_id)
    dispatch()


def dispatch() -> None:
    """Reap the dead, then start whatever waits while there is room. Any number of processes may do this at once.

    While another program holds the store nothing moves: the next look does it.
    """
    with suppress(BusyStoreError):
        _dispatch(store())


def prewarm() -> None:
    """Have a worker at hand for the next run, so that it starts at once; not while one trains, which has the cores."""
    if not store().holders():
        warm_worker.prepare(store().path.parent)


def _dispatch(home: Store) -> None:
    _reap(home)
    limit, one = runs_at_once(), share()
    while True:
        is_more = advance(home, one)
        while home.any_startable(limit, one.running):
            start = home.claim_next(limit, _is_alive, one.running)
            if start is None:
                break
            if start.token:
                _start(home, start)
        if not is_more:
            return


def _reap(home: Store) -> None:
    """Mark the runs of dead workers as interrupted; once in a process, remove the half-written files of all the dead.

    (A resumed run's worker removes those of its own run.)
    """
    for holder in home.holders():
        if not _is_alive(holder):
            home.interrupt(holder.run_id, holder.token)
    prune_deleted(home)
    if home.path not in _tidied:
        _tidied.add(home.path)
        busy = {str(holder.run_id) for holder in home.holders()}
        for directory in home.directory(0).parent.glob("*"):
            if directory.name not in busy:
                remove_leftovers(directory)


def _is_alive(holder: Holder) -> bool:
    return process.is_alive(holder.pid, holder.process, holder.heartbeat)


def _start(home: Store, start: Start) -> None:
    log = home.directory(start.run_id) / "worker.log"
    kills = process.memory_kills()
    try:
        place = home.path.parent, log, start.run_id, start.token
        child = warm_worker.hand_over(*place) or process.spawn(*place)
    except OSError as error:
        sentence = N_("No process could be started for the training ({reason}). Close something, then resume it.")
        home.end(start.run_id, start.token, "failed", RunError(sentence, reason=error))
        return
    threading.Thread(
        target=_wait_for, args=(home, child, start, kills), name=f"run-{start.run_id}", daemon=True
    ).start()


def _wait_for(home: Store, child: subprocess.Popen[bytes], start: Start, kills: int | None) -> None:
    """Take note at once when a worker that we started dies, and leave no zombie."""
    _answer_for(home, child, start)
    cause = process.death_cause(child.wait(), kills)
    with suppress(CnnvizError):  # the home may be gone by now
        if home.interrupt(start.run_id, start.token, cause):
            _dispatch(home)


def _answer_for(home: Store, child: subprocess.Popen[bytes], start: Start) -> None:
    """Until the worker has written itself down, it lives as long as its process does.

    On a busy machine the import of PyTorch alone has taken more than a minute: silent so long, it was taken for dead.
    """
    is_unheard = True
    while is_unheard and child.poll() is None:
        try:
            is_unheard = home.vouch(start.run_id, start.token)
        except BusyStoreError:  # the next look does it
            pass
        except CnnvizError:  # the home may be gone by now
            return
        with suppress(subprocess.TimeoutExpired):
            child.wait(_VOUCH_SECONDS)


@atexit.register
def _close_stores() -> None:
    for each in _stores.values():
        each.close()
