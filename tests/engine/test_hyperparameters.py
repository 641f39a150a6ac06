"""Hyperparameters are complete: every field of a configuration, its own defaults, a sentence for every choice."""

from __future__ import annotations

from dataclasses import fields

import pytest

from cnnviz.base.errors import ConfigurationError
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.hyperparameter import GROUPS
from cnnviz.engine.hyperparameters import HYPERPARAMETERS
from cnnviz.engine.presets import PRESETS, settings
from cnnviz.models.registry import MODELS
from cnnviz.models.zoo import ACTIVATION, BATCH_NORM, DROPOUT, POOLING

NAMED_OTHERWISE = {"model", "data", "device", "blueprint", "model_options"}  # lists and texts, not hyperparameters


def test_every_field_is_a_hyperparameter() -> None:
    """Nothing can be set that is not explained, and nothing is explained that cannot be set."""
    assert {row.name for row in HYPERPARAMETERS.values() if not row.is_option} | NAMED_OTHERWISE == {
        field.name for field in fields(TrainConfig)
    }
    options = {option.name for spec in MODELS.values() for option in spec.options}
    assert {row.name for row in HYPERPARAMETERS.values() if row.is_option} == options - {"pretrained"}


def test_defaults_agree() -> None:
    """The table's defaults are the configuration's; None is filled in with what suits the rest."""
    for field in fields(TrainConfig):
        if field.name in HYPERPARAMETERS:
            assert field.default == HYPERPARAMETERS[field.name].default
            assert getattr(TrainConfig(), field.name) is not None


@pytest.mark.parametrize("option", [ACTIVATION, BATCH_NORM, DROPOUT, POOLING], ids=lambda option: option.name)
def test_options_agree(option: object) -> None:
    """What the table says of a model's option is what its builder takes."""
    row = HYPERPARAMETERS[option.name]  # type: ignore[attr-defined]
    assert tuple(row.choices) == option.choices  # type: ignore[attr-defined]
    assert (row.low, row.high) == (option.low, option.high)  # type: ignore[attr-defined]


@pytest.mark.parametrize("row", HYPERPARAMETERS.values(), ids=lambda row: row.name)
def test_every_hyperparameter_is_explained(row: object) -> None:
    """Title, group, one line each of what it is and does; a range or at least two choices, each with a line."""
    assert row.title  # type: ignore[attr-defined]
    assert row.what  # type: ignore[attr-defined]
    assert row.effect  # type: ignore[attr-defined]
    assert row.group in GROUPS  # type: ignore[attr-defined]
    if row.kind == "choice":  # type: ignore[attr-defined]
        assert len(row.choices) > 1  # type: ignore[attr-defined]
        assert all(row.choices.values())  # type: ignore[attr-defined]
    elif row.kind != "switch":  # type: ignore[attr-defined]
        assert row.low < row.high  # type: ignore[attr-defined]


@pytest.mark.parametrize("row", [k for k in HYPERPARAMETERS.values() if not k.is_option], ids=lambda row: row.name)
def test_out_of_range_is_refused(row: object) -> None:
    """Beyond either end, and of another kind, the configuration refuses, naming the hyperparameter."""
    name, kind = row.name, row.kind  # type: ignore[attr-defined]
    wrong: list[object] = ["nonsense", []] if kind in ("choice", "switch") else ["nonsense", float("nan"), True]
    if kind == "text":
        wrong = ["a\nb", 3, "x" * (int(row.high) + 1)]  # type: ignore[attr-defined]
    if kind in ("whole", "number"):
        wrong += [row.low - 1, row.high * 2 + 1]  # type: ignore[attr-defined]
    for value in wrong:
        if isinstance(value, list):
            continue
        with pytest.raises(ConfigurationError, match=name):
            TrainConfig(**{name: value})  # type: ignore[arg-type]


def test_hyperparameters_that_apply() -> None:
    """A hyperparameter that does nothing with the others' values says so."""
    assert HYPERPARAMETERS["momentum"].applies({"optimizer": "nesterov"})
    assert not HYPERPARAMETERS["momentum"].applies({"optimizer": "sgd"})
    assert not HYPERPARAMETERS["gamma"].applies({"schedule": "cosine"})
    assert not HYPERPARAMETERS["label_smoothing"].applies({"loss": "hinge"})
    assert HYPERPARAMETERS["epochs"].applies({})


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_are_configurations(preset: str) -> None:
    """Every preset makes one, for a network and data of its own or those given."""
    config = TrainConfig(**settings(preset, "keras-cnn", "mnist"))
    assert config.data in ("mnist", "fashion-mnist", "cifar10", "digits")
    assert (config.model == "keras-cnn") == (preset in ("best", "fast", "lesson-keras"))


def test_lessons_settings() -> None:
    """What the lessons say, to the letter."""
    lenet, keras = (TrainConfig(**settings(f"lesson-{name}", "", "")) for name in ("lenet", "keras"))
    assert (lenet.model, lenet.batch_size, lenet.optimizer, lenet.learning_rate, lenet.epochs) == (
        "lenet5-valid",
        100,
        "adam",
        0.001,
        20,
    )
    assert (keras.batch_size, keras.epochs, keras.held_out, keras.initialization) == (128, 15, 0.1, "xavier")
