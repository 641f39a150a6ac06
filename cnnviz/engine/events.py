"""Events of a training, and the command that it takes meanwhile, SetLrScale. Plain data, no torch.

In order: RunStarted, then FeaturesMade, Progress, LrScaleChanged, Thawed and EpochEnd, last RunEnd.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import reduce
from typing import Any, Literal

from cnnviz.base.locale import N_
from cnnviz.base.params import Param
from cnnviz.engine.hyperparameters import HYPERPARAMETERS

FASTEST = "fastest"  # the precision of a configuration whose run finds out by itself: fastest.py
FORMATS = tuple(name for name in HYPERPARAMETERS["precision"].choices if name != FASTEST)
_MOST_THREADS = 4096


@dataclass(frozen=True)
class Trial:
    """One way to compute, by the clock."""

    precision: str
    threads: int
    # forward and backward pass of a hundred pictures; None: the network cannot be computed so
    milliseconds: float | None


@dataclass(frozen=True)
class ComputeMode:
    """How the steps of a run are computed. Its `trials`, the chosen one first, are empty where nothing was measured.

    fastest.py decides it; here it can be read, and said, without torch.
    """

    precision: str = "float32"
    threads: int = 0  # of torch on the CPU; 0: not known
    trials: tuple[Trial, ...] = ()

    @classmethod
    def from_fields(cls, values: Mapping[str, Any]) -> ComputeMode:
        """The inverse of `dataclasses.asdict`, also through JSON. Raises ValueError, TypeError or KeyError."""
        precision, threads = values["precision"], values["threads"]
        if precision not in (*FORMATS, FASTEST) or type(threads) is not int or not 0 <= threads <= _MOST_THREADS:
            raise ValueError(values)
        return cls(precision, threads, tuple(_trial(**each) for each in values["trials"]))

    def sentence(self, translated: Callable[..., str]) -> str:
        """What was measured, in the language of `translated`; "" if nothing was."""
        if not self.trials:
            return ""
        said = (_words(trial, translated) for trial in self.trials)
        ways = reduce(lambda first, second: translated(N_("{first}; {second}"), first=first, second=second), said)
        return translated(N_("Chosen by timing a hundred pictures forwards and backwards: {ways}"), ways=ways)


def _trial(precision: str, threads: int, milliseconds: float | None) -> Trial:
    return Trial(str(precision), int(threads), None if milliseconds is None else float(milliseconds))


def _words(trial: Trial, translated: Callable[..., str]) -> str:
    """ "bfloat16, 1 thread: 5.4 ms" """
    way = translated(
        N_("{precision}, 1 thread") if trial.threads == 1 else N_("{precision}, {threads} threads"),
        precision=trial.precision,
        threads=trial.threads,
    )
    if trial.milliseconds is None:
        return translated(N_("{way}: not possible for this network"), way=way)
    return translated(N_("{way}: {milliseconds} ms"), way=way, milliseconds=f"{trial.milliseconds:.3g}")


LR_SCALE = Param("lr_scale", "number", 1.0, 0.001, 1000.0, example=1.0)


# finished: every epoch; early: patience ran out; diverged: the loss became infinite or not a number
Reason = Literal["finished", "early", "diverged"]


@dataclass(frozen=True)
class RunStarted:
    """The training is about to take its first step (of this segment: a resumed run starts again)."""

    device: str  # torch's name: "cpu", "cuda:0", "mps"
    device_name: str  # for people: "NVIDIA H200", "CPU, 2 cores"
    parameters: int
    train_images: int
    test_images: int
    steps_per_epoch: int
    epochs: int
    first_epoch: int  # 1, or the epoch after the one resumed from
    held_out_images: int = 0  # not among the train_images
    compute_mode: ComputeMode = field(default_factory=ComputeMode)  # of the steps, and what was measured to choose it
    trainable: int | None = None  # of the parameters, those that learn from first_epoch on; None: all


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
    seconds_left: float  # to the end of the last epoch, at the speed so far
    memory_bytes: int = 0  # of the process, on CUDA of the card; 0: unknown


@dataclass(frozen=True)
class FeaturesMade:
    """Before `epoch`: of so many pictures what the frozen layers make of them is computed, once for the epochs to come.

    About once a second, and when all are done.
    """

    epoch: int
    images: int
    of: int
    seconds: float  # it has taken


@dataclass(frozen=True)
class Thawed:
    """From the next step on these layers learn too: the first of `epoch`."""

    epoch: int
    layers: tuple[str, ...]  # with weights, in the order they run
    trainable: int  # parameters that learn now, in all

    @property
    def title(self) -> str:
        """What the layers' names begin with in common; the first and the last where that is nothing.

        >>> Thawed(3, ("block3.conv1", "block3.bn1"), 9).title, Thawed(3, ("conv1", "norm1"), 9).title
        ('block3', 'conv1 … norm1')
        """
        paths = [name.split(".") for name in self.layers]
        shared = [parts[0] for parts in zip(*paths, strict=False) if len(set(parts)) == 1]
        return ".".join(shared) or f"{self.layers[0]} … {self.layers[-1]}"


@dataclass(frozen=True)
class LrScaleChanged:
    """From the next step on the learning rate is the schedule's times `lr_scale`: told just now, or replayed."""

    epoch: int  # of the next step
    step: int  # steps already taken in that epoch
    lr_scale: float


@dataclass(frozen=True)
class EpochEnd:
    """An epoch is done and the network was evaluated on the test set; the checkpoint of this epoch is on disk, of a
    large network perhaps an earlier one.

    The losses are those the configuration trains with, label smoothing included, so that they can be compared; with
    class weights only the training loss has them.
    """

    epoch: int
    train_loss: float
    train_accuracy: float  # 0..1, on the batches as they were trained on
    test_loss: float
    test_accuracy: float  # 0..1
    confusion: tuple[tuple[int, ...], ...]  # true x predicted, counts over the test set
    seconds: float  # of this epoch, evaluation included
    images_per_second: float  # training images over training time, evaluation left out
    held_out_loss: float | None = None  # None: nothing is held out
    held_out_accuracy: float | None = None  # 0..1


@dataclass(frozen=True)
class RunEnd:
    """The last event."""

    reason: Reason
    epochs: int  # completed, earlier segments included
    seconds: float
    epoch: int = 0  # diverged: where the loss stopped being a number; step 0: in the test after the epoch
    step: int = 0
    best_epoch: int = 0  # with patience: the epoch of the smallest loss on held-out, else test pictures; 0: none


@dataclass(frozen=True)
class SetLrScale:
    """What a running training may be told through the generator's `send`. Raises ConfigurationError."""

    lr_scale: float  # times the schedule's own rate; 1 is the schedule itself

    def __post_init__(self) -> None:
        LR_SCALE.checked(self.lr_scale)


Event = RunStarted | FeaturesMade | Progress | LrScaleChanged | Thawed | EpochEnd | RunEnd
_KINDS: dict[str, type[Any]] = {
    kind.__name__: kind for kind in (RunStarted, FeaturesMade, Progress, LrScaleChanged, Thawed, EpochEnd, RunEnd)
}


def to_dict(event: Event) -> dict[str, Any]:
    """`event` as JSON-ready fields plus "event": its kind."""
    return {"event": type(event).__name__, **asdict(event)}


def from_dict(fields: dict[str, Any]) -> Event:
    """The inverse of `to_dict`, also after a round through JSON."""
    kind = _KINDS[fields["event"]]
    values = {name: value for name, value in fields.items() if name != "event"}
    if "confusion" in values:
        values["confusion"] = tuple(tuple(row) for row in values["confusion"])
    if "layers" in values:
        values["layers"] = tuple(values["layers"])
    if "compute_mode" in values:
        values["compute_mode"] = ComputeMode.from_fields(values["compute_mode"])
    event: Event = kind(**values)
    return event
