"""What a training reports, in order: RunStarted, then Progress and EpochEnd, last RunEnd. Plain data, no torch."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class RunStarted:
    """The training is about to take its first step (of this stretch: a resumed run starts again)."""

    device: str  # torch's name: "cpu", "cuda:0", "mps"
    device_name: str  # for people: "NVIDIA H200", "CPU, 2 cores"
    parameters: int
    train_images: int
    test_images: int
    steps_per_epoch: int
    epochs: int
    first_epoch: int  # 1, or the epoch after the one resumed from


@dataclass(frozen=True)
class Progress:
    """About five times a second: where the training is."""

    epoch: int  # from 1
    step: int  # steps taken in this epoch
    steps_per_epoch: int
    loss: float  # mean over the steps since the last report
    learning_rate: float
    images_per_second: float  # since the last report
    seconds: float  # of training since RunStarted, pauses left out
    seconds_left: float  # to the end of the last epoch, at the pace so far


@dataclass(frozen=True)
class EpochEnd:
    """An epoch is done and the test set was asked; the checkpoint of this epoch is on disk."""

    epoch: int
    train_loss: float
    train_accuracy: float  # 0..1, on the batches as they were trained on
    test_loss: float
    test_accuracy: float  # 0..1
    confusion: tuple[tuple[int, ...], ...]  # true x predicted, counts over the test set
    seconds: float  # of this epoch, evaluation included
    images_per_second: float  # training images over training time, evaluation left out


@dataclass(frozen=True)
class RunEnd:
    """The last event."""

    reason: Literal["finished", "diverged"]  # diverged: the loss became infinite or not a number
    epochs: int  # completed, earlier stretches included
    seconds: float


Event = RunStarted | Progress | EpochEnd | RunEnd
_KINDS: dict[str, type[Any]] = {kind.__name__: kind for kind in (RunStarted, Progress, EpochEnd, RunEnd)}


def to_dict(event: Event) -> dict[str, Any]:
    """`event` as JSON-ready fields plus "event": the name of its class."""
    return {"event": type(event).__name__, **asdict(event)}


def from_dict(fields: dict[str, Any]) -> Event:
    """The inverse of `to_dict`, also after a round through JSON."""
    kind = _KINDS[fields["event"]]
    values = {name: value for name, value in fields.items() if name != "event"}
    if "confusion" in values:
        values["confusion"] = tuple(tuple(row) for row in values["confusion"])
    event: Event = kind(**values)
    return event
