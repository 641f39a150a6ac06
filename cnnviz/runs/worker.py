"""Worker: one training as a process of its own, `python -m cnnviz.runs.worker [RUN CLAIM]`. Knows nothing of Streamlit.

It drives the engine's generator and writes each event into the store. Between two events it looks for an order:
to pause is to not ask for the next event, to stop is to close the generator, to scale the learning rate is to send it.
"""

from __future__ import annotations

import errno
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from functools import partial

from cnnviz.base.errors import CnnvizError, RunError
from cnnviz.base.files import remove_leftovers
from cnnviz.base.locale import N_
from cnnviz.engine import retention
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import ComputeMode, EpochEnd, Event, LrScaleChanged, Progress, RunEnd, RunStarted, SetLrScale
from cnnviz.runs import process, scheduler, warm_worker
from cnnviz.runs.process import PARK_SECONDS, STOP_SECONDS
from cnnviz.runs.run import Order, RunRecord, Status
from cnnviz.runs.speed import is_alike
from cnnviz.runs.store import Store
from cnnviz.runs.sweeps.scheduler import verdict

Training = Generator[Event, SetLrScale | None, None]
Train = Callable[..., Training]

POLL_SECONDS = 0.1  # how often a paused worker looks whether it may go on
STORE_PATIENCE = 3600.0  # seconds that a training waits for another program to let go of the store
_BEAT_SECONDS = 5.0
_WATCH_SECONDS = 0.5


class _Released(Exception):  # noqa: N818 - an order, not an error
    """The run is stopped, parked, or was given to another worker: leave quietly."""


def run(
    run_id: int,
    token: str,
    *,
    on_event: Callable[[Event], None] | None = None,
    train: Train | None = None,
    leave: Callable[[], object] | None = None,
) -> RunRecord:
    """Train the run to its end, here, and return what became of it.

    A step goes on for as long as it takes; where the run is to be stopped meanwhile, `leave` ends this process after
    STOP_SECONDS. What was kept stays.

    `token` comes from `scheduler.submit_here`, or on the command line. Errors end up in the record, not as exceptions.
    """
    store = scheduler.store()
    store.be_patient(STORE_PATIENCE, _say_what_holds_us_up)
    if not store.register(run_id, token, os.getpid(), process.identity(os.getpid())):
        return store.record(run_id)  # started twice: the other one has it
    with _heartbeat(store, run_id, token), _stopped_in_time(store, run_id, token, leave):
        status, error = _outcome(store, run_id, token, on_event, train)
    with suppress(CnnvizError):  # on a full disk nothing more can be written: the next look finds us gone
        if status is not None:
            store.end(run_id, token, status, error, process.KEYBOARD if status == "interrupted" else "")
        scheduler.dispatch()
    return store.record(run_id)


def _outcome(
    store: Store, run_id: int, token: str, on_event: Callable[[Event], None] | None, train: Train | None
) -> tuple[Status | None, CnnvizError | None]:
    """(how it ended, why); (None, None) if the run is no longer ours to end."""
    record = store.record(run_id)
    try:
        return _drive(store, record, token, on_event, train or _engine(_compute_mode_of_parent(store, record))), None
    except _Released:
        return None, None
    except KeyboardInterrupt:  # on the command line
        return "interrupted", None
    except CnnvizError as error:
        return "failed", error
    except Exception as error:
        traceback.print_exc()
        return "failed", _as_sentence(error, record)


def _drive(
    store: Store, record: RunRecord, token: str, on_event: Callable[[Event], None] | None, train: Train
) -> Status:
    record.directory.mkdir(parents=True, exist_ok=True)
    remove_leftovers(record.directory)
    status: Status = "stopped"
    resume = record.started is not None  # also in its first epoch: where its rate was scaled, it is again
    events = train(record.config, directory=record.directory, resume=resume, from_epoch=_from_epoch(store, record))
    try:
        for event in _with_commands(events, store, record.id, token):
            if not store.append(record.id, token, event):
                raise _Released
            if on_event is not None:
                on_event(event)
            if isinstance(event, RunEnd):
                return "diverged" if event.reason == "diverged" else "finished"
            if isinstance(event, EpochEnd) and (early := _early_end(store, record, event)) is not None:
                return early
    except _Stop:
        status = "stopped"
    finally:
        events.close()
    return status


def _from_epoch(store: Store, record: RunRecord) -> int | None:
    """What somebody asked for; None: the last complete epoch.

    A worker that dies after an epoch's files were written and before they were in the store (a full disk does that)
    leaves an epoch that is on no chart: it is trained again, to the same weights.
    """
    asked = store.from_epoch(record.id)
    if asked is not None or record.started is None:
        return asked
    epochs = retention.resumable_epochs(record.directory)
    return None if epochs[-1] <= record.epochs_done else max(each for each in epochs if each <= record.epochs_done)


def _with_commands(events: Training, store: Store, run_id: int, token: str) -> Iterator[Event]:
    """The events of a training that is told between two of them what people want, and does it."""
    lr_scale = _apply_commands(store, run_id, token)  # an order given while torch was loading
    event = next(events, None)
    while event is not None:
        yield event
        if not isinstance(event, LrScaleChanged):  # its order is in force
            lr_scale = _apply_commands(store, run_id, token)
        try:
            event = next(events) if lr_scale is None else events.send(SetLrScale(lr_scale))
        except StopIteration:
            return
        lr_scale = None


def _early_end(store: Store, record: RunRecord, event: EpochEnd) -> Status | None:
    """How its sweep wants this run to end now; None: not at all. The last epoch is followed by the end anyway."""
    if record.sweep is None or event.epoch >= record.config.epochs:
        return None
    return verdict(store, record.id, record.sweep, event.epoch)


class _Stop(Exception):  # noqa: N818 - an order, not an error
    """The run was asked to stop."""


def _apply_commands(store: Store, run_id: int, token: str) -> float | None:
    """Return when the run may go on; with the lr_scale, if one was asked for.

    Raises _Stop or _Released if it may not go on.
    """
    order = store.order(run_id, token)
    if order is not None and (order.status, order.command) == ("running", "pause") and store.set_paused(run_id, token):
        with suppress(CnnvizError):
            scheduler.dispatch()
        order = _wait(store, run_id, token)
    if order is None:
        raise _Released
    if order.command == "stop" or order.status == "stopped":
        raise _Stop
    return order.lr_scale


def _wait(store: Store, run_id: int, token: str) -> Order | None:
    """Sit out a pause; the order that ended it."""
    patience = time.monotonic() + PARK_SECONDS
    while True:
        order = store.order(run_id, token)
        if order is None or order.status not in ("paused", "queued"):
            return order
        if time.monotonic() > patience and store.release_paused(run_id, token):
            return None
        time.sleep(POLL_SECONDS)


@contextmanager
def _heartbeat(store: Store, run_id: int, token: str) -> Iterator[None]:
    """Write now and then that this process lives, also while torch loads or a paused run waits."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(_BEAT_SECONDS):
            with suppress(CnnvizError):
                store.heartbeat(run_id, token)

    thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@contextmanager
def _stopped_in_time(store: Store, run_id: int, token: str, leave: Callable[[], object] | None) -> Iterator[None]:
    """End the run and this process if a stop is not obeyed in time: VGG-16 takes 46 s for a step of 512 pictures."""
    if leave is None:
        yield
        return
    over = threading.Event()

    def end() -> None:
        if store.end(run_id, token, "stopped"):
            try:
                scheduler.dispatch()
            finally:
                leave()

    def watch() -> None:
        since = None
        while not over.wait(_WATCH_SECONDS):
            with suppress(CnnvizError):
                order = store.order(run_id, token)
                since = (since or time.monotonic()) if order is not None and order.command == "stop" else None
                if since is not None and time.monotonic() - since >= STOP_SECONDS and not over.is_set():
                    end()

    threading.Thread(target=watch, name="stopped-in-time", daemon=True).start()
    try:
        yield
    finally:
        over.set()


def _say_what_holds_us_up(seconds: float, holder: str) -> None:
    who = holder or "another program"
    said = f"{time.strftime('%H:%M:%S')} waiting for {who} to let go of the store: {seconds:.0f} s"
    print(said, file=sys.stderr, flush=True)  # a worker's log; in a terminal beside the output, which may be JSON


def _engine(like: ComputeMode | None = None) -> Train:
    from cnnviz.engine.train import train  # heavy: seconds, after the run has said that it lives

    return partial(train, threads=process.threads_each(), like=like)


def _compute_mode_of_parent(store: Store, record: RunRecord) -> ComputeMode | None:
    """What is measured is measured once: a run made from another that takes the same time is computed as that was."""
    if record.parent is None:
        return None
    with suppress(CnnvizError):  # deleted meanwhile
        parent = store.record(record.parent)
        return retention.compute_mode(parent.directory) if is_alike(parent.config, record.config) else None
    return None


def _as_sentence(error: Exception, record: RunRecord) -> CnnvizError:
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return RunError(
            N_("The memory was not enough for batches of {batch_size}. Try a batch size of {smaller}."),
            batch_size=record.config.batch_size,
            smaller=max(1, record.config.batch_size // 4),
        )
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return RunError(
            N_("The disk is full: {path} cannot be written. Make room, then resume."), path=record.directory
        )
    return RunError(N_("The training broke off unexpectedly. What happened is in {path}."), path=record.log)


def _settle_in(event: Event) -> None:
    """At the first step: give way to the web server."""
    if isinstance(event, RunStarted):
        process.step_back()


def _warm_up() -> None:
    """The first steps of some training: all that is slow the first time in a process. Its card stays untouched."""
    process.step_back()
    with suppress(CnnvizError):  # the run will say it
        events = _engine()(TrainConfig(epochs=1, device="cpu"))
        next(event for event in events if isinstance(event, (Progress, EpochEnd)))
        events.close()


def main(arguments: list[str]) -> int:
    """The worker process: run number and token. It loads at full priority, for somebody waits for the first batch.

    Without arguments it makes ready, and waits for them: see `runs.warm_worker`.
    """
    if not arguments:
        _warm_up()
    mine = tuple(arguments) or warm_worker.wait_for_job()
    if mine is not None:
        run_id, token = mine
        run(int(run_id), token, on_event=_settle_in, leave=lambda: os._exit(0))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
