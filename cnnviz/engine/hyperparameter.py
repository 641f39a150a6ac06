"""Hyperparameter: a settable value of a training, its group, its sentences, what depends on it. No torch.

Options of networks are rows of the same kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from cnnviz.base.locale import N_
from cnnviz.base.params import Param, Value
from cnnviz.models import zoo

Group = Literal["run", "data", "loss", "optimizer", "schedule", "generalising", "network", "transfer", "experiment"]

GROUPS: dict[Group, str] = {
    "run": N_("Whole run"),
    "data": N_("Data loader"),
    "loss": N_("Loss"),
    "optimizer": N_("Optimizer"),
    "schedule": N_("Schedule"),
    "generalising": N_("Against overfitting"),
    "network": N_("Network"),
    "transfer": N_("Transfer learning"),
    "experiment": N_("Data bent for an experiment"),
}


@dataclass(frozen=True, kw_only=True)
class Hyperparameter(Param):
    """A field of `TrainConfig` of the same name and default, or an option of models."""

    group: Group
    what: str  # what it is, one line
    effect: str  # what it usually does
    only_with: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # another -> its values that use this one
    not_with: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # another -> its values beside which it rests
    follows: str = ""  # another, whose value says what is recommended
    recommended: Mapping[str, float] = field(default_factory=dict)  # value of that one -> what suits it
    is_option: bool = False  # of the model, in TrainConfig.model_options; whether a model has it, its spec says
    costs_time: bool = False  # an epoch takes longer or shorter
    sets_weights: bool = False  # the weights before the first step are others
    by_factors: bool = False  # worth trying at 1, 10, 100 rather than at 1, 2, 3
    step: float = 0.05  # of a number's control
    accepts: Callable[[str], str] | None = None  # of a choice: any other text -> its one form; raises for what is none

    def checked(self, value: object) -> Value:
        """As of any parameter; a choice may accept more than its choices. Raises ConfigurationError."""
        if self.accepts is not None and isinstance(value, str) and value not in self.choices:
            return self.accepts(value)
        return super().checked(value)

    def applies(self, values: Mapping[str, object]) -> bool:
        """Whether it does anything beside the others' `values`."""
        is_wanted = all(values.get(other, allowed[0]) in allowed for other, allowed in self.only_with.items())
        return is_wanted and not any(values.get(other, rest[0]) in rest for other, rest in self.not_with.items())

    def suiting(self, values: Mapping[str, object]) -> Value:
        """What None stands for beside the others' `values`."""
        return self.recommended.get(str(values.get(self.follows))) if self.follows else None


# The options in models/zoo.py that a network is built with: titles, defaults and ranges are theirs, the sentences are
# for whoever trains. Which network has which option its spec says.
NETWORK_OPTIONS = (
    Hyperparameter(
        name="activation",
        title=zoo.ACTIVATION.title,
        group="network",
        kind="choice",
        default=zoo.ACTIVATION.default,
        is_option=True,
        what=N_("The bend behind every layer: without it, a stack of layers is one layer."),
        effect=N_("ReLU learns fastest; sigmoid and tanh flatten out, and gradients die on their way back."),
        choices={
            "relu": N_("0 below 0, else unchanged"),
            "sigmoid": N_("an S from 0 to 1: the 1990s"),
            "tanh": N_("an S from -1 to 1"),
            "leaky_relu": N_("a hundredth below 0, else unchanged: no unit dies"),
        },
    ),
    Hyperparameter(
        name="pooling",
        title=zoo.POOLING.title,
        group="network",
        kind="choice",
        default=zoo.POOLING.default,
        is_option=True,
        what=N_("How a window of the feature map becomes one number."),
        effect=N_("Max keeps the strongest answer and is the habit; average keeps a blurred picture."),
        choices={"max": N_("the largest"), "average": N_("the mean")},
    ),
    Hyperparameter(
        name="dropout",
        title=zoo.DROPOUT.title,
        group="generalising",
        kind="number",
        default=zoo.DROPOUT.default,
        low=zoo.DROPOUT.low,
        high=zoo.DROPOUT.high,
        is_option=True,
        step=0.1,
        what=N_("Share of the units that is switched off at random at each training step."),
        effect=N_("No unit can rely on another: less overfitting, slower learning; 0.5 is the habit for wide layers."),
    ),
    Hyperparameter(
        name="batch_norm",
        title=zoo.BATCH_NORM.title,
        group="network",
        kind="switch",
        default=zoo.BATCH_NORM.default,
        is_option=True,
        what=N_("Each map is brought to mean 0 and deviation 1 over the batch, then scaled as learned."),
        effect=N_("Deep networks train faster and bear larger learning rates; small batches make it noisy."),
    ),
    Hyperparameter(
        name="blocks",
        title=zoo.BLOCKS.title,
        group="network",
        kind="choice",
        default=zoo.BLOCKS.default,
        is_option=True,
        what=N_("How many residual blocks work on maps of one size before the next, smaller maps."),
        effect=N_("A deeper network gets more pictures right, and takes two or three times as long."),
        choices={"1": N_("8 layers"), "2": N_("14 layers"), "3": N_("20 layers, as in the paper")},
    ),
)
