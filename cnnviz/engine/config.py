"""Train configuration: everything that determines a run, checked. Plain data, no torch. Ranges: hyperparameters.py."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from typing import Any

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.params import one_of
from cnnviz.engine.hyperparameters import HYPERPARAMETERS
from cnnviz.models.editor.blueprint import Blueprint
from cnnviz.models.editor.formats import from_json, to_line

OWN = "own"  # the model of a configuration that brings its network along, as a blueprint
_LONGEST_OPTIONS = 2000  # characters

_FOREIGN_BLUEPRINT = N_("A blueprint is for the model {own}. Leave it out, or choose {own} instead of {model}.")
_NOT_OPTIONS = N_('model_options must be a JSON object like {{"dropout": 0.5}}. Got {value} instead.')
_NO_MOMENTUM = N_("sgd has no momentum, and {value} is not 0. Choose momentum or nesterov, or leave momentum out.")
_NO_SMOOTHING = N_("Label smoothing goes with cross-entropy, not with {loss}. Set it to 0, or choose cross-entropy.")
_PRETRAINED = N_(
    "Pretrained weights would be overwritten by the initialization {value}. Choose default, or leave pretrained out."
)
_NOT_BOTH = N_(
    "start_from {start_from} brings its own weights, which the option pretrained would replace. Leave one of them out."
)
_INITIALIZED = N_(
    "The weights of start_from {start_from} would be overwritten by the initialization {value}. Choose default, or "
    "start from random weights."
)
_NOT_NORMALIZED = N_(
    "start_from {start_from} brings the normalisation that its filters expect. Leave normalize at true, or start from "
    "random weights."
)
_NOTHING_TO_THAW = N_("Where everything learns there is nothing to thaw. Set trainable to last, or thaw to 0.")
RANDOM, IMAGENET = "random", "imagenet"  # what start_from may be beside a checkpoint's name
ALL, LAST = "all", "last"  # what trainable may be beside a layer's name


@dataclass(frozen=True)
class TrainConfig:
    """What determines a run: the same configuration on the same device gives the same weights. With the precision
    "fastest" the number format that was measured belongs to it: it is kept with the run, see `engine.fastest`.

    Raises ConfigurationError, which names the parameter, its rule, the value got and the next step.
    """

    model: str = "lenet5"  # a name in cnnviz.models.registry.MODELS, or "own"
    data: str = "digits"  # a name in cnnviz.data.registry.DATASETS, "own:NAME", or "folder:PATH"
    epochs: int = 10
    batch_size: int = 64
    learning_rate: float | None = None  # the schedule's peak; None: what is recommended for the optimizer
    optimizer: str = "adamw"
    schedule: str = "one-cycle"
    weight_decay: float | None = None  # None: what is recommended for the optimizer
    augmentation: str = "none"  # a recipe's name, or a pipeline: engine/augmentation/pipeline.py
    seed: int = 0
    device: str = "auto"  # "auto", or torch's name: "cpu", "cuda", "cuda:1", "mps"
    blueprint: str = ""  # with "own": the network's rows, as cnnviz.models.editor.blueprint writes them
    model_options: str = ""  # of the model, as one JSON object: {"dropout": 0.5}
    loss: str = "cross-entropy"
    label_smoothing: float = 0.0  # share of the target spread over all classes
    momentum: float | None = None  # share of the last step kept; None: what is recommended for the optimizer
    warm_up: float | None = None  # share of the steps until the peak; None: what is recommended for the schedule
    step_size: int = 10  # schedule "step": epochs between two drops
    gamma: float = 0.1  # schedule "step": factor of a drop
    shuffle: bool = True
    drop_last: bool = False
    center_crop: float = 1.0  # share of each side of every picture that is kept, from the middle
    normalize: bool = True  # to mean 0 and deviation 1 of the training pictures; else pixels from 0 to 1
    initialization: str = "default"
    held_out: float = 0.0  # share of the training pictures, drawn by the seed, that is only asked
    patience: int = 0  # epochs without a smaller loss on held-out (else test) pictures until the run ends; 0: never
    precision: str = "float32"
    start_from: str = "random"  # weights: drawn by the seed, a checkpoint's (its name; "run-12@7"), or "imagenet"
    trainable: str = "all"  # "all", "last", or the name of the first layer that learns
    thaw: int = 0  # after every so many epochs the next stage, from the back, learns too; 0: never
    train_images: int = 0  # drawn by the seed, evenly over the classes; 0: all
    imbalance: float = 1.0  # pictures of the first class for each one of the last; 1: as in the files
    label_noise: float = 0.0  # share of the training labels replaced by another class
    leakage: float = 0.0  # share of the test pictures that is trained on too
    sort_by_class: bool = False
    sampler: str = "each-once"  # or "balanced": classes drawn evenly, with replacement
    class_weights: bool = False  # one over the class's count, mean 1, in the training loss
    corrected_labels: str = ""  # "12:3,40:7": place in the files' training half : class; applied last

    def __post_init__(self) -> None:
        rows = [row for row in HYPERPARAMETERS.values() if not row.is_option]
        for row in sorted(rows, key=lambda row: bool(row.follows)):  # those that others follow are known first
            if row.follows and getattr(self, row.name) is None:
                object.__setattr__(self, row.name, row.recommended[getattr(self, row.follows)])
            value = row.checked(getattr(self, row.name))
            if row.accepts is not None:
                object.__setattr__(self, row.name, value)
        self._check_together()
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
        defaults = TrainConfig(optimizer=self.optimizer, schedule=self.schedule)
        chosen = {name: HYPERPARAMETERS[name].default for name in ("optimizer", "schedule")}
        words = [
            "python -m cnnviz train",
            f"--model {self.model}",
            f"--data {shlex.quote(self.data)}",
            f"--epochs {self.epochs}",
        ]
        for field in fields(self)[3:]:
            value = getattr(self, field.name)
            if value != chosen.get(field.name, getattr(defaults, field.name)):
                words.append(f"--{field.name.replace('_', '-')} {shlex.quote(_word(value))}")
        return " ".join(words)

    @classmethod
    def from_json(cls, text: str) -> TrainConfig:
        """The inverse of `to_json`. Fields left out take their defaults; unknown ones are refused."""
        return cls.from_fields(json.loads(text))

    @classmethod
    def from_fields(cls, values: Mapping[str, Any]) -> TrainConfig:
        """A configuration as a card or the store keeps it. Raises ConfigurationError for a field that there is not."""
        known = sorted(field.name for field in fields(cls))
        for name in values:
            one_of("configuration field", name, known)
        return cls(**values)

    def _check_together(self) -> None:
        """Values that are each in range and yet do not go together."""
        if self.optimizer == "sgd" and self.momentum:
            raise ConfigurationError(_NO_MOMENTUM, value=self.momentum)
        if self.label_smoothing and self.loss not in HYPERPARAMETERS["label_smoothing"].only_with["loss"]:
            raise ConfigurationError(_NO_SMOOTHING, loss=self.loss)
        if self.initialization != "default" and self.options().get("pretrained"):
            raise ConfigurationError(_PRETRAINED, value=self.initialization)
        if self.thaw and self.trainable == ALL:
            raise ConfigurationError(_NOTHING_TO_THAW)
        if self.start_from != RANDOM:
            self._check_start()

    def _check_start(self) -> None:
        """What would change the weights that are brought along, or what they are shown."""
        if self.options().get("pretrained"):
            raise ConfigurationError(_NOT_BOTH, start_from=self.start_from)
        if self.initialization != "default":
            raise ConfigurationError(_INITIALIZED, start_from=self.start_from, value=self.initialization)
        if not self.normalize:
            raise ConfigurationError(_NOT_NORMALIZED, start_from=self.start_from)

    def _check_network(self) -> None:
        """A blueprint that could be trained, or none; both texts are put into one form, so that equal is equal."""
        if self.model == OWN:
            blueprint = parse_blueprint(self.blueprint)
            problem = blueprint.problem()
            if problem is not None:
                raise problem
            object.__setattr__(self, "blueprint", to_line(blueprint))
        elif self.blueprint:
            raise ConfigurationError(_FOREIGN_BLUEPRINT, own=OWN, model=self.model)
        options = self.options()
        object.__setattr__(self, "model_options", json.dumps(options, sort_keys=True) if options else "")


def parse_blueprint(text: object) -> Blueprint:
    """The network that `text` holds. Raises ConfigurationError."""
    return _parsed(text if isinstance(text, str) else "")


@lru_cache(maxsize=64)
def _parsed(text: str) -> Blueprint:
    return from_json(text)


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


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
