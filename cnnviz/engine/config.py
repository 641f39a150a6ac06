"""Every hyperparameter of a run with its range. Plain data, no torch."""

from __future__ import annotations

import json
import math
import shlex
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from typing import Any

from cnnviz.errors import ConfigurationError
from cnnviz.locale import N_
from cnnviz.models.blueprint import Blueprint

OWN = "own"  # the model of a configuration that brings its network along, as a blueprint
OPTIMIZERS = ("adamw", "adam", "sgd")
SCHEDULES = ("one-cycle", "cosine", "constant")
AUGMENTATIONS = ("none", "shift", "affine")
# Peak learning rates that train every LeNet here, and decays that suit them. lenet5-valid, MNIST, 20 epochs, batch 128,
# seed 0: adam without decay 99.04%, adamw with 0.05 99.24%. With the defaults, seeds 0, 1, 2: 99.34, 99.27, 99.35%.
RECOMMENDED_LEARNING_RATE = {"adamw": 0.005, "adam": 0.005, "sgd": 0.05}
RECOMMENDED_WEIGHT_DECAY = {"adamw": 0.05, "adam": 0.0, "sgd": 0.0005}

EPOCHS = (1, 1000)
BATCH_SIZE = (1, 8192)
LEARNING_RATE = (0.0, 10.0)  # open at 0
WEIGHT_DECAY = (0.0, 1.0)
SEED = (0, 2**32 - 1)
_LONGEST_OPTIONS = 2000  # characters

_FOREIGN_BLUEPRINT = N_("A blueprint is for the model {own}. Leave it out, or choose {own} instead of {model}.")
_NOT_OPTIONS = N_('model_options must be a JSON object like {{"dropout": 0.5}}. Got {value} instead.')


@dataclass(frozen=True)
class TrainConfig:
    """What determines a run: the same configuration on the same device gives the same weights.

    Raises ConfigurationError, which names the parameter, its rule, the value got and the next step.
    """

    model: str = "lenet5"  # a name in cnnviz.models.registry.MODELS, or "own"
    data: str = "digits"  # a name in cnnviz.data.registry.DATASETS
    epochs: int = 10
    batch_size: int = 64
    learning_rate: float | None = None  # the schedule's peak; None: what is recommended for the optimizer
    optimizer: str = "adamw"
    schedule: str = "one-cycle"
    weight_decay: float | None = None  # None: what is recommended for the optimizer
    augmentation: str = "none"
    seed: int = 0
    device: str = "auto"  # "auto", or torch's name: "cpu", "cuda", "cuda:1", "mps"
    blueprint: str = ""  # with "own": the network's rows, as cnnviz.models.blueprint writes them
    model_options: str = ""  # of the model, as one JSON object: {"dropout": 0.5}

    def __post_init__(self) -> None:
        _one_of("optimizer", self.optimizer, OPTIMIZERS)
        _one_of("schedule", self.schedule, SCHEDULES)
        _one_of("augmentation", self.augmentation, AUGMENTATIONS)
        if self.learning_rate is None:
            object.__setattr__(self, "learning_rate", RECOMMENDED_LEARNING_RATE[self.optimizer])
        if self.weight_decay is None:
            object.__setattr__(self, "weight_decay", RECOMMENDED_WEIGHT_DECAY[self.optimizer])
        _integer("epochs", self.epochs, *EPOCHS)
        _integer("batch_size", self.batch_size, *BATCH_SIZE)
        _integer("seed", self.seed, *SEED)
        _number("learning_rate", self.learning_rate, *LEARNING_RATE, open_below=True)
        _number("weight_decay", self.weight_decay, *WEIGHT_DECAY)
        self._check_network()

    @property
    def network_name(self) -> str:
        """What people call the network: the model, or the name its owner gave it."""
        return self.model if self.model != OWN else parse_blueprint(self.blueprint).name or OWN

    def options(self) -> dict[str, Any]:
        """The options of the model, parsed."""
        return parse_options(self.model_options)

    def to_json(self) -> str:
        """All fields as one JSON object."""
        return json.dumps(asdict(self), sort_keys=True)

    def command(self) -> str:
        """The command line that trains this again; what has its default value is left out."""
        defaults = TrainConfig(optimizer=self.optimizer)
        words = ["python -m cnnviz train", f"--model {self.model}", f"--data {self.data}", f"--epochs {self.epochs}"]
        for field in fields(self)[3:]:
            value = getattr(self, field.name)
            if value != getattr(defaults, field.name) or (field.name == "optimizer" and value != OPTIMIZERS[0]):
                words.append(f"--{field.name.replace('_', '-')} {shlex.quote(str(value))}")
        return " ".join(words)

    @classmethod
    def from_json(cls, text: str) -> TrainConfig:
        """The inverse of `to_json`. Fields left out take their defaults; unknown ones are refused."""
        values: Any = json.loads(text)
        known = {field.name for field in fields(cls)}
        for name in values:
            _one_of("configuration field", name, known)
        return cls(**values)

    def _check_network(self) -> None:
        """A blueprint that could be trained, or none; both texts are put into one form, so that equal is equal."""
        if self.model == OWN:
            blueprint = parse_blueprint(self.blueprint)
            problem = blueprint.problem()
            if problem is not None:
                raise problem
            object.__setattr__(self, "blueprint", blueprint.to_line())
        elif self.blueprint:
            raise ConfigurationError(_FOREIGN_BLUEPRINT, own=OWN, model=self.model)
        options = self.options()
        object.__setattr__(self, "model_options", json.dumps(options, sort_keys=True) if options else "")


def parse_blueprint(text: object) -> Blueprint:
    """The network that `text` holds. Raises ConfigurationError."""
    return _parsed(text if isinstance(text, str) else "")


@lru_cache(maxsize=64)
def _parsed(text: str) -> Blueprint:
    return Blueprint.from_json(text)


def parse_options(text: str) -> dict[str, Any]:
    """A model's options from JSON; whether the model has them is for its builder. Raises ConfigurationError."""
    if text == "":
        return {}
    try:
        if not isinstance(text, str) or len(text) > _LONGEST_OPTIONS:
            raise ValueError
        options = json.loads(text)
        if not isinstance(options, dict) or any(isinstance(value, (dict, list)) for value in options.values()):
            raise ValueError
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(_NOT_OPTIONS, value=str(text)[:60]) from error
    return options


def _one_of(parameter: str, value: object, allowed: Iterable[str]) -> None:
    if value not in set(allowed):
        raise ConfigurationError(
            N_("{parameter} must be one of {allowed}. Got {value} instead."),
            parameter=parameter,
            allowed=", ".join(sorted(allowed)),
            value=value,
        )


def _integer(parameter: str, value: object, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ConfigurationError(
            N_("{parameter} must be a whole number from {low} to {high}. Got {value}; try {nearest}."),
            parameter=parameter,
            low=low,
            high=high,
            value=value,
            nearest=_nearest(value, low, high),
        )


def _number(parameter: str, value: object, low: float, high: float, open_below: bool = False) -> None:
    is_in_range = (  # NaN and infinity are not
        isinstance(value, (int, float))
        and not isinstance(value, bool)
        and low <= value <= high
        and not (open_below and value == low)
    )
    if not is_in_range:
        rule = (
            N_("{parameter} must be a number greater than {low} and at most {high}. Got {value}; try {nearest}.")
            if open_below
            else N_("{parameter} must be a number from {low} to {high}. Got {value}; try {nearest}.")
        )
        suggestion = RECOMMENDED_LEARNING_RATE["adam"] if open_below else low
        raise ConfigurationError(rule, parameter=parameter, low=low, high=high, value=value, nearest=suggestion)


def _nearest(value: object, low: int, high: int) -> int:
    if isinstance(value, (int, float)) and math.isfinite(value):
        return int(min(max(value, low), high))
    return low
