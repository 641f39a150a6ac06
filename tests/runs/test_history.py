"""The events of a run as its charts need them."""

from __future__ import annotations

from cnnviz.engine.events import EpochEnd, Event, LrScaleChanged, Progress, RunEnd, RunStarted
from cnnviz.runs.history import MOST_PROGRESS, History, extend


def started(first_epoch: int) -> RunStarted:
    return RunStarted("cpu", "CPU, 2 cores", 61_706, 1437, 360, 4, 3, first_epoch)


def report(epoch: int, step: int) -> Progress:
    return Progress(epoch, step, 4, 1.0, 0.005, 900.0, 1.0, 1.0)


def ended(epoch: int, loss: float = 0.5) -> EpochEnd:
    return EpochEnd(epoch, loss, 0.9, loss, 0.9, ((1,),), 1.0, 900.0)


def numbered(*events: Event, start: int = 1) -> list[tuple[int, Event]]:
    return list(enumerate(events, start))


def test_piece_by_piece_is_the_same_as_at_once() -> None:
    """A history read in pieces equals one read at once."""
    events = numbered(started(1), report(1, 2), ended(1), report(2, 4), ended(2), RunEnd("finished", 2, 1.0))
    pieces = History()
    for event in events:
        pieces = extend(pieces, [event])
    assert pieces == extend(History(), events)
    assert (pieces.seq, len(pieces.progress), len(pieces.epochs)) == (6, 2, 2)


def test_a_repeated_segment_is_there_once() -> None:
    """After a resume from epoch 1, what was seen of epoch 2 before is forgotten."""
    before = numbered(started(1), report(1, 4), ended(1), report(2, 1), report(2, 3))
    after = numbered(started(2), report(2, 2), start=6)
    history = extend(extend(History(), before), after)
    assert [(each.epoch, each.step) for each in history.progress] == [(1, 4), (2, 2)]
    assert [each.epoch for each in history.epochs] == [1]
    assert history.position == 1.5


def test_position_counts_epochs_and_their_parts() -> None:
    """0 before the first report, 1.25 a quarter into the second epoch."""
    assert History().position == 0.0
    assert extend(History(), numbered(started(1), report(1, 1))).position == 0.25
    assert extend(History(), numbered(report(1, 4), ended(1), report(2, 1))).position == 1.25


def test_epoch_gives_the_latest_up_to_a_number() -> None:
    """Asked for an epoch that is not done, the last one that is."""
    history = extend(History(), numbered(ended(1, 0.5), ended(2, 0.3)))
    assert history.epoch(1) == ended(1, 0.5)
    assert history.epoch(9) == ended(2, 0.3)
    assert history.epoch(0) is None


def test_turns_are_kept_once_and_dropped_with_their_epoch() -> None:
    """A change is where the scale changed: what a resumed run repeats is none, what came after is forgotten."""
    before = numbered(started(1), LrScaleChanged(1, 2, 0.1), report(1, 4), ended(1), LrScaleChanged(3, 1, 10.0))
    after = numbered(started(2), LrScaleChanged(2, 0, 0.1), report(2, 2), start=9)
    history = extend(extend(History(), before), after)
    assert history.lr_changes == (LrScaleChanged(1, 2, 0.1),)
    assert extend(history, numbered(LrScaleChanged(2, 3, 1.0), start=12)).lr_changes[-1] == LrScaleChanged(2, 3, 1.0)


def test_a_run_of_hours_stays_light_and_current() -> None:
    """However many reports there were, so many are remembered, the newest among them."""
    history = History()
    for start in range(0, 3 * MOST_PROGRESS, 500):
        history = extend(history, [(number, report(number, 1)) for number in range(start + 1, start + 501)])
    assert len(history.progress) <= MOST_PROGRESS
    assert history.progress[-1].epoch == history.seq
    epochs = [each.epoch for each in history.progress]
    assert epochs == sorted(epochs)
