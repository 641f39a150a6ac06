"""Hyperparameters are refused, in one sentence with a next step, as soon as they are out of range."""

from __future__ import annotations

import math
import shlex
from pathlib import Path

import pytest

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.paths import shipped_checkpoints
from cnnviz.commands import main
from cnnviz.engine.card import load_card
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.hyperparameters import HYPERPARAMETERS


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("epochs", 0, "epochs must be a whole number from 1 to 1000. Got 0; try 1."),
        ("epochs", 1001, "epochs must be a whole number from 1 to 1000. Got 1001; try 1000."),
        ("epochs", 2.5, "epochs must be a whole number from 1 to 1000. Got 2.5; try 2."),
        ("epochs", True, "epochs must be a whole number from 1 to 1000. Got True; try 1."),
        ("batch_size", 9000, "batch_size must be a whole number from 1 to 8192. Got 9000; try 8192."),
        ("batch_size", "x", "batch_size must be a whole number from 1 to 8192. Got x; try 1."),
        ("seed", -1, "seed must be a whole number from 0 to 4294967295. Got -1; try 0."),
        ("learning_rate", 0.0, "learning_rate must be a number greater than 0.0 and at most 10.0. Got 0.0; try 0.005."),
        ("learning_rate", math.nan, "greater than 0.0 and at most 10.0. Got nan"),
        ("weight_decay", -0.1, "weight_decay must be a number from 0.0 to 1.0. Got -0.1; try 0.0."),
        ("optimizer", "adamm", "optimizer must be one of adamw, adam, rmsprop, nesterov, momentum, sgd. Got adamm"),
        ("schedule", "steps", "schedule must be one of one-cycle, cosine, step, constant. Got steps"),
        ("shuffle", "maybe", "shuffle must be one of true, false. Got maybe"),
        ("held_out", 0.6, "held_out must be a number from 0.0 to 0.5. Got 0.6; try 0.5."),
        ("gamma", 0.0, "gamma must be a number greater than 0.0 and at most 1.0. Got 0.0; try 0.1."),
        ("augmentation", "flop", "augmentation has no step flop"),
    ],
)
def test_out_of_range(field: str, value: object, sentence: str) -> None:
    """The error names the parameter, the rule, the value and what to try."""
    with pytest.raises(ConfigurationError) as caught:
        TrainConfig(**{field: value})  # type: ignore[arg-type]
    assert sentence in str(caught.value)


@pytest.mark.parametrize("optimizer", HYPERPARAMETERS["optimizer"].choices)
def test_rates_follow_the_optimizer(optimizer: str) -> None:
    """Left out, learning rate and weight decay are what is recommended, and are kept with the run as numbers."""
    config = TrainConfig(optimizer=optimizer)
    assert config.learning_rate == HYPERPARAMETERS["learning_rate"].recommended[optimizer]
    assert config.weight_decay == HYPERPARAMETERS["weight_decay"].recommended[optimizer]
    config = TrainConfig(optimizer=optimizer, learning_rate=0.01, weight_decay=0.0)
    assert (config.learning_rate, config.weight_decay) == (0.01, 0.0)


def test_json_round_trip() -> None:
    """A configuration survives the store; fields added later take their defaults; unknown ones are refused."""
    config = TrainConfig(model="lenet5-valid", epochs=7, learning_rate=0.02, augmentation="affine", seed=5)
    assert TrainConfig.from_json(config.to_json()) == config
    assert TrainConfig.from_json('{"epochs": 3}') == TrainConfig(epochs=3)
    with pytest.raises(ConfigurationError, match="Got nesterov"):
        TrainConfig.from_json('{"nesterov": true}')


@pytest.mark.parametrize("path", sorted(shipped_checkpoints().glob("*.json")), ids=lambda path: path.stem)
def test_shipped_cards_hold_configurations(path: Path) -> None:
    """What made a shipped checkpoint is still a configuration, and its command line makes that one."""
    card = load_card(path)
    config = TrainConfig.from_fields(card.config)
    assert config.command() == card.command


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"optimizer": "sgd", "momentum": 0.5}, "sgd has no momentum, and 0.5 is not 0. Choose momentum or nesterov"),
        ({"loss": "hinge", "label_smoothing": 0.1}, "Label smoothing goes with cross-entropy, not with hinge."),
        (
            {"model": "vgg16", "model_options": '{"pretrained": true}', "initialization": "zeros"},
            "Pretrained weights would be overwritten by the initialization zeros.",
        ),
    ],
)
def test_what_does_not_go_together(fields: dict[str, object], sentence: str) -> None:
    """A value that would be ignored in silence is refused."""
    with pytest.raises(ConfigurationError) as caught:
        TrainConfig(**fields)  # type: ignore[arg-type]
    assert sentence in str(caught.value)


def test_command() -> None:
    """The command line of a configuration names what is not default."""
    assert TrainConfig().command() == "python -m cnnviz train --model lenet5 --data digits --epochs 10"
    assert (
        TrainConfig(epochs=3, optimizer="sgd", batch_size=128, seed=2)
        .command()
        .endswith("--epochs 3 --batch-size 128 --optimizer sgd --seed 2")
    )


@pytest.mark.parametrize(
    "config",
    [
        TrainConfig(epochs=1, seed=3),
        TrainConfig(model="lenet5-valid", epochs=1, optimizer="sgd", learning_rate=0.05),
        TrainConfig(
            epochs=1,
            loss="hinge",
            optimizer="rmsprop",
            momentum=0.3,
            schedule="step",
            step_size=2,
            gamma=0.5,
            warm_up=0.2,
            shuffle=False,
            drop_last=True,
            normalize=False,
            initialization="xavier",
            held_out=0.2,
            patience=3,
        ),
    ],
)
def test_command_makes_the_run_again(config: TrainConfig, capsys: pytest.CaptureFixture[str]) -> None:
    """The command of a configuration, run, trains with exactly that configuration."""
    from cnnviz.runs import scheduler

    assert main(shlex.split(config.command())[3:]) == 0
    assert scheduler.store().records()[0].config == config
