"""What to try when the loss stopped being a number. No torch."""

from __future__ import annotations

from cnnviz.base.errors import RunError
from cnnviz.base.locale import N_
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import RunEnd
from cnnviz.engine.hyperparameters import HYPERPARAMETERS

_IN_A_STEP = N_("The loss stopped being a number in step {step} of epoch {epoch}. {advice}")
_IN_AN_EPOCH = N_("The loss stopped being a number in epoch {epoch}. {advice}")
_IN_THE_TEST = N_("The loss stopped being a number in the test after epoch {epoch}. {advice}")
_SMALLER = N_("Try a learning rate of {try_rate} instead of {learning_rate}.")
_SMALLER_OR_WARMER = N_("Try a learning rate of {try_rate} instead of {learning_rate}, or a longer warm-up.")


def sentence(config: TrainConfig, end: RunEnd) -> RunError:
    """Where it happened, and the changes that mend it most often."""
    return RunError(_IN_A_STEP if end.step else _IN_THE_TEST, step=end.step, epoch=end.epoch, advice=advice(config))


def sentence_of_epoch(config: TrainConfig, epoch: int) -> RunError:
    """The same for runs of which only the epoch is known."""
    return RunError(_IN_AN_EPOCH, epoch=epoch, advice=advice(config))


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
