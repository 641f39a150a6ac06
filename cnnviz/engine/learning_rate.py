"""Learning rate: the schedule's at every step, the scales a running training was told, and what to try if it diverged.

The schedule is a pure function of the configuration, so that a resumed run needs no memory of it; the scales are kept
with the step they came at, so that it scales again where it was scaled, and ends with the weights of an undisturbed
one. No torch: a page may draw the curve before anything runs.
"""

from __future__ import annotations

import json
import math
from bisect import bisect_right
from pathlib import Path

from cnnviz.base.errors import CheckpointError, ConfigurationError, RunError
from cnnviz.base.files import write_atomically
from cnnviz.base.locale import N_
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import RunEnd, SetLrScale
from cnnviz.engine.hyperparameters import HYPERPARAMETERS

_START = 1 / 25  # of the peak; as torch's OneCycleLR
_END = 1 / 25e4
_FILE = "lr_scales.json"
_IN_A_STEP = N_("The loss stopped being a number in step {step} of epoch {epoch}. {advice}")
_IN_THE_TEST = N_("The loss stopped being a number in the test after epoch {epoch}. {advice}")
_SMALLER = N_("Try a learning rate of {try_rate} instead of {learning_rate}.")
_SMALLER_OR_WARMER = N_("Try a learning rate of {try_rate} instead of {learning_rate}, or a longer warm-up.")


def learning_rate(config: TrainConfig, step: int, steps: int) -> float:
    """The rate of `step` (from 0) of `steps` in all.

    "one-cycle" is L. Smith's policy as torch's OneCycleLR has it: cosines from peak / 25 up, then down to nearly 0.
    The others rise along a line in their warm-up, if they have one.
    """
    assert config.learning_rate is not None
    assert config.warm_up is not None
    peak = config.learning_rate
    if config.schedule == "one-cycle":
        return _one_cycle(peak, config.warm_up * steps - 1, step, steps)
    warm = config.warm_up * steps
    if step < warm:
        return peak * min(1.0, (step + 1) / warm)
    if config.schedule == "cosine":
        return _cosine(peak, 0.0, (step - warm) / (steps - warm))
    if config.schedule == "step":
        epoch = step * config.epochs // steps
        return peak * config.gamma ** (epoch // config.step_size)
    return peak


def _one_cycle(peak: float, top: float, step: int, steps: int) -> float:
    if 0 < top >= step:
        return _cosine(peak * _START, peak, step / top)
    return _cosine(peak, peak * _END, (step - top) / (steps - 1 - top)) if steps > 1 else peak


def _cosine(start: float, end: float, share: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * share)) / 2


class LrScaleLog:
    """(steps taken in the whole run, lr_scale of the schedule's learning rate from there on), in order."""

    def __init__(self, directory: Path | None) -> None:
        self._file = None if directory is None else directory / _FILE
        self._changes: list[tuple[int, float]] = []

    def read(self) -> None:
        """Those that are on disk. Raises CheckpointError if the file is broken."""
        if self._file is None or not self._file.is_file():
            return
        try:
            changes = json.loads(self._file.read_text(encoding="utf-8"))
            self._changes = [(int(step), SetLrScale(lr_scale).lr_scale) for step, lr_scale in changes]
        except (OSError, ValueError, TypeError, ConfigurationError) as error:
            raise CheckpointError(
                N_("{file} is broken, and the run cannot be continued exactly. Start a new run."), file=_FILE
            ) from error

    def clear(self) -> None:
        """A run begins anew."""
        self._changes = []
        if self._file is not None:
            self._file.unlink(missing_ok=True)

    def record(self, step: int, order: SetLrScale) -> None:
        """From `step` on another scale; what was to come later is forgotten: somebody decides anew."""
        self._changes = [*(change for change in self._changes if change[0] < step), (step, order.lr_scale)]
        if self._file is not None:
            write_atomically(self._file, json.dumps(self._changes).encode())

    def at(self, step: int) -> float:
        """The lr_scale of the step that comes after `step` steps."""
        index = bisect_right(self._changes, step, key=lambda change: change[0])
        return self._changes[index - 1][1] if index else 1.0

    def until(self, step: int) -> tuple[tuple[float, float], ...]:
        """Those that happened before the step after `step` steps, for a card."""
        return tuple((float(at), lr_scale) for at, lr_scale in self._changes if at < step)


def diverged(config: TrainConfig, end: RunEnd) -> RunError:
    """Where it happened, and the changes that fix it most often."""
    return RunError(_IN_A_STEP if end.step else _IN_THE_TEST, step=end.step, epoch=end.epoch, advice=advice(config))


def advice(config: TrainConfig) -> RunError:
    """A smaller learning rate; a longer warm-up where there is one."""
    return RunError(
        _SMALLER_OR_WARMER if config.warm_up else _SMALLER,
        learning_rate=f"{config.learning_rate:g}",
        try_rate=f"{rate_to_try(config):g}",
    )


def rate_to_try(config: TrainConfig) -> float:
    """What is recommended for the optimizer if that is smaller, else a tenth."""
    assert config.learning_rate is not None
    recommended = HYPERPARAMETERS["learning_rate"].recommended[config.optimizer]
    return recommended if config.learning_rate > recommended else float(f"{config.learning_rate / 10:.3g}")
