"""What a sweep may be told: parameters with lists or ranges, a budget; all else is refused in a sentence."""

from __future__ import annotations

from dataclasses import fields

import pytest

from cnnviz.base.errors import ConfigurationError
from cnnviz.engine.config import TrainConfig
from cnnviz.runs.sweeps.plan import SweepParameter, SweepPlan, kind_of, parsed, split, sweepable

BASE = TrainConfig(epochs=2)
RATE = SweepParameter("learning_rate", (0.001, 0.01))
RANGE = SweepParameter("learning_rate", low=0.0001, high=0.1, log=True)


def test_a_plan_comes_back_as_it_was_written() -> None:
    """Through JSON, as the store keeps it: types and all."""
    plan = SweepPlan(
        BASE,
        (RATE, SweepParameter("optimizer", ("sgd", "adam")), SweepParameter("batch_size", (32, 64))),
        "random",
        7,
        2.5,
    )
    assert SweepPlan.from_json(plan.to_json()) == plan
    searched = SweepPlan(BASE, (RANGE,), "search", 7)
    assert SweepPlan.from_json(searched.to_json()) == searched


def test_every_parameter_but_a_few_can_be_swept() -> None:
    """A new field of TrainConfig can be swept without a line here."""
    left_out = {field.name for field in fields(TrainConfig)} - set(sweepable())
    texts = {"start_from", "trainable", "corrected_labels"}
    assert left_out == {"device", "blueprint", "model_options", *texts}
    assert {"activation", "pooling", "dropout", "batch_norm"} <= set(sweepable())
    assert [kind_of(name) for name in ("model", "epochs", "learning_rate", "batch_norm")] == [
        "choice",
        "whole",
        "number",
        "switch",
    ]


def test_an_option_of_the_model_can_be_swept() -> None:
    """It joins the base's other options; a model that has not got it is refused in a sentence; and it is read back."""
    base = TrainConfig(model_options='{"pooling": "average"}')
    plan = SweepPlan(base, (SweepParameter("dropout", (0.0, 0.5)), SweepParameter("batch_norm", (False, True))))
    config = plan.config({"dropout": 0.5, "batch_norm": True})
    assert config.options() == {"pooling": "average", "dropout": 0.5, "batch_norm": True}
    assert plan.values_of(config) == {"dropout": 0.5, "batch_norm": True}
    assert plan.values_of(TrainConfig(model="vgg-small")) == {"dropout": 0.0, "batch_norm": True}
    with pytest.raises(ConfigurationError, match="resnet-small has no option dropout"):
        SweepPlan(TrainConfig(model="resnet-small"), (SweepParameter("dropout", (0.5,)),))


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: SweepParameter("depth", (1,)), "hyperparameter must be one of .* Got depth instead"),
        (lambda: SweepParameter("epochs"), "epochs needs 1 to 50 different values to choose from. Got 0"),
        (lambda: SweepParameter("epochs", tuple(range(51))), "Got 51"),
        (
            lambda: SweepParameter("learning_rate", low=0.1, high=0.01),
            "from a smaller to a larger number. Got 0.1 to 0.01",
        ),
        (lambda: SweepParameter("learning_rate", low=0.0, high=float("inf")), "from a smaller to a larger"),
        (
            lambda: SweepParameter("weight_decay", low=0.0, high=0.1, log=True),
            "must start above 0. Got 0.0; try 0.0001",
        ),
        (lambda: SweepPlan(BASE, ()), "hyperparameters must be a whole number from 1 to 6. Got 0"),
        (lambda: SweepPlan(BASE, (RATE, RATE)), "Each hyperparameter may be there once"),
        (lambda: SweepPlan(BASE, (RANGE,), "grid"), "A grid needs a list of values for learning_rate"),
        (lambda: SweepPlan(BASE, (RATE,), "clever"), "method must be one of grid, random, search"),
        (lambda: SweepPlan(BASE, (RATE,), runs=0), "runs must be a whole number from 1 to 500. Got 0; try 1"),
        (lambda: SweepPlan(BASE, (RATE,), minutes=0.0), "minutes must be a number greater than 0"),
        (lambda: SweepPlan(BASE, (RATE,), minutes=float("nan")), "minutes must be a number greater than 0"),
        (lambda: SweepPlan(BASE, (SweepParameter("optimizer", ("sgd", "magic")),)), "optimizer must be one of"),
        (lambda: SweepPlan(BASE, (SweepParameter("batch_size", (64, 2.5)),)), "batch_size must be a whole number"),
        (
            lambda: SweepPlan(BASE, (SweepParameter("learning_rate", low=1.0, high=100.0),), "random"),
            "learning_rate must be",
        ),
        (lambda: parsed("epochs", ["many"]), "epochs takes numbers. Got many; try 10"),
        (lambda: parsed("learning_rate", ["nan"]), "learning_rate takes numbers"),
    ],
)
def test_what_cannot_be_is_one_sentence(make, sentence: str) -> None:
    """Parameter, rule, the value got and the next step."""
    with pytest.raises(ConfigurationError, match=sentence):
        make()


def test_typed_values_become_the_fields_own() -> None:
    """Whole numbers stay whole, in whatever way they are written; names stay names."""
    assert parsed("batch_size", split("32, 64，1e2")) == (32, 64, 100)
    assert [type(value) for value in parsed("batch_size", ["32", "1e2"])] == [int, int]
    assert parsed("learning_rate", split("0.1 0.01;1e-3、")) == (0.1, 0.01, 0.001)
    assert parsed("optimizer", ["sgd"]) == ("sgd",)


def test_a_grid_has_every_combination() -> None:
    """2 x 3 = 6, or as many as the budget allows."""
    parameters = (RATE, SweepParameter("batch_size", (16, 32, 64)))
    assert (SweepPlan(BASE, parameters).size, SweepPlan(BASE, parameters).most_runs) == (6, 6)
    assert SweepPlan(BASE, parameters, runs=4).most_runs == 4
    assert SweepPlan(BASE, parameters, "random", runs=9).most_runs == 9


def test_recommended_values_follow_the_optimizer() -> None:
    """What was not given takes what is recommended for each optimizer; what was given stays."""
    plan = SweepPlan(BASE, (SweepParameter("optimizer", ("sgd", "adamw")),))
    assert plan.config({"optimizer": "sgd"}) == TrainConfig(epochs=2, optimizer="sgd")
    given = SweepPlan(TrainConfig(learning_rate=0.3), (SweepParameter("optimizer", ("sgd", "adamw")),))
    assert given.config({"optimizer": "sgd"}).learning_rate == 0.3
    both = SweepPlan(BASE, (SweepParameter("optimizer", ("sgd",)), RATE))
    assert both.config({"optimizer": "sgd", "learning_rate": 0.001}).learning_rate == 0.001


def test_a_share_of_a_range() -> None:
    """Halfway from 0.0001 to 0.1 is 0.00316 on a logarithmic scale, 0.05 on a linear one; whole fields stay whole."""
    assert [RANGE.at(share) for share in (0.0, 0.5, 1.0)] == [0.0001, 0.003162, 0.1]
    assert SweepParameter("learning_rate", low=0.0, high=0.1).at(0.5) == 0.05
    middle = SweepParameter("batch_size", low=16, high=256, log=True).at(0.5)
    assert (middle, type(middle)) == (64, int)
    assert [RATE.at(share) for share in (0.0, 0.49, 0.5, 1.0)] == [0.001, 0.001, 0.01, 0.01]


def test_values_given_twice_are_tried_once() -> None:
    """However they were typed: a grid has no twins."""
    rates = SweepParameter("learning_rate", parsed("learning_rate", split("0.001, 1e-3 0.0010,0.03")))
    assert rates.values == (0.001, 0.03)
    assert SweepPlan(TrainConfig(), (rates, SweepParameter("optimizer", ("sgd", "adam", "sgd")))).size == 4
