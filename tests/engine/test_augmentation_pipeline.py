"""Pipelines: one text form, read and written without loss; what is wrong is said in one sentence with a way on."""

from __future__ import annotations

import argparse

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale.typesetting import Listed
from cnnviz.commands import train
from cnnviz.commands.output import Output
from cnnviz.engine.augmentation.pipeline import (
    LONGEST,
    PRESETS,
    RECIPES,
    Pipeline,
    Step,
    canonical,
    consists_of,
    draws,
    parse,
)
from cnnviz.engine.augmentation.steps import STEPS
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.form import config_of, link_of, open_choices, problem, untouched_values, values_in, values_of
from cnnviz.engine.hyperparameters import HYPERPARAMETERS
from cnnviz.runs.sweeps.plan import SweepParameter, SweepPlan


@st.composite
def pipelines(draw: st.DrawFn) -> Pipeline:
    names = draw(st.lists(st.sampled_from(list(STEPS)), unique=True))
    return Pipeline(
        tuple(
            Step(
                name,
                tuple(
                    float(draw(st.integers(int(knob.low), int(knob.high))))
                    if knob.kind == "whole"
                    else draw(st.floats(knob.low, knob.high))
                    for knob in STEPS[name].knobs
                ),
            )
            for name in names
        )
    )


@given(pipelines())
def test_reading_is_the_inverse_of_writing(pipeline: Pipeline) -> None:
    """Of any pipeline, whatever its numbers; and its text is its own one form."""
    assert parse(pipeline.write()) == pipeline
    assert canonical(pipeline.write()) == pipeline.write()


@pytest.mark.parametrize(
    ("said", "form"),
    [
        ("none", "none"),
        ("flip", "flip=0.5"),
        (" random-crop = 4 , flip=.50 ", "random-crop=4,flip=0.5"),
        ("color-jitter=0.1", "color-jitter=0.1"),
        ("color-jitter=0.1:0.2:0.2:0.05", "color-jitter=0.1:0.2:0.2:0.05"),
        ("erasing=0.2:1", "erasing=0.2"),
        ("shift", "shift"),
        ("affine", "affine"),
    ],
)
def test_one_form(said: str, form: str) -> None:
    """What means the same is one text; recipes keep their names."""
    assert canonical(said) == form


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("flop", "augmentation has no step flop. Its steps are random-crop, flip,"),
        ("", "augmentation has no step ''."),
        ("flip,,shift", "augmentation has no step ''."),
        ("affine,flip", "augmentation has no step affine."),
        ("flip=2", "flip probability must be a number from 0.0 to 1.0. Got 2; try 1.0."),
        ("flip=nan", "flip probability takes numbers. Got nan; try 0.5."),
        ("flip=x", "flip probability takes numbers. Got x; try 0.5."),
        ("rotation=-1", "rotation degrees must be a number from 0.0 to 180.0. Got -1; try 0.0."),
        ("random-crop=2.5", "random-crop padding must be a whole number from 1 to 112. Got 2.5; try 2."),
        ("random-crop=0", "random-crop padding must be a whole number from 1 to 112. Got 0; try 1."),
        ("flip=0.5:1", "flip takes at most 1 numbers, with colons between. Got 0.5:1; try flip=0.5."),
        ("flip,shift,flip=1", "augmentation names flip twice. Leave one of them out."),
        ("flip," * LONGEST, "augmentation has no step flip,flip"),
    ],
)
def test_what_is_wrong_is_one_sentence(said: str, sentence: str) -> None:
    """With step, number, rule, the value got, and what to try; also as a configuration, and in the form's link."""
    with pytest.raises(ConfigurationError) as caught:
        TrainConfig(augmentation=said)
    assert str(caught.value).startswith(sentence)
    refused = problem("augmentation", said, {})
    assert refused is not None
    assert str(refused) == str(caught.value)


def test_a_step_made_by_hand_is_checked_too() -> None:
    """Not a number, too many numbers, no such step."""
    for name, values in (("flip", (float("nan"),)), ("flip", (0.5, 0.5)), ("flap", ())):
        with pytest.raises(ConfigurationError):
            Step(name, values)


def test_a_configuration_takes_a_pipeline() -> None:
    """In its one form, through JSON, command, link and form and back; a recipe's name and none stay."""
    config = TrainConfig(augmentation="flip, rotation=10", center_crop=0.75)
    assert config.augmentation == "flip=0.5,rotation=10"
    assert TrainConfig.from_json(config.to_json()) == config
    assert config.command().endswith("--augmentation flip=0.5,rotation=10 --center-crop 0.75")
    link = link_of(config)
    assert link["training_augmentation"] == config.augmentation
    lists = {"model": ("lenet5",), "data": ("digits",)}
    assert config_of({**untouched_values(), **values_in(link, lists)}) == config
    assert values_of(config)["augmentation"] == config.augmentation
    assert [TrainConfig(augmentation=name).augmentation for name in ("none", *RECIPES)] == ["none", *RECIPES]


def test_a_sweep_tries_pipelines() -> None:
    """Beside recipes, each once, in one form."""
    plan = SweepPlan(TrainConfig(), (SweepParameter("augmentation", ("none", "affine", "flip")),))
    assert [plan.config({"augmentation": text}).augmentation for text in ("none", "affine", "flip")] == [
        "none",
        "affine",
        "flip=0.5",
    ]


def test_the_command_line_takes_and_tells_of_them() -> None:
    """`--augmentation flip,rotation=5`, and in the help what such a text looks like."""
    parser = argparse.ArgumentParser()
    train.add_arguments(parser, Output())
    assert parser.parse_args(["--augmentation", "flip,rotation=5"]).augmentation == "flip,rotation=5"
    assert "crop-flip-cutout,random-crop=4,flip=0.5" in "".join(parser.format_help().split())


def test_an_old_configuration_has_no_centre_crop() -> None:
    """Cards and stores of before do not name it."""
    assert TrainConfig.from_fields({"model": "lenet5", "augmentation": "affine"}).center_crop == 1.0


def test_a_choice_box_offers_what_is_accepted() -> None:
    """The recipes, then each pipeline once; what is none is not offered."""
    usual = tuple(HYPERPARAMETERS["augmentation"].choices)
    assert open_choices("augmentation", "flip", None, "flip", "affine", "flop", 3) == (*usual, "flip")


def test_a_pipeline_draws_what_its_steps_need() -> None:
    """At least six numbers, so that one step draws as it did in a recipe."""
    assert (draws("none"), draws("affine"), draws("flip")) == (6, 6, 6)
    assert draws("random-crop,color-jitter,rgb-jitter,flip") == 10


@pytest.mark.parametrize("side", [8, 28, 32, 224])
def test_presets_are_pipelines_of_any_size(side: int) -> None:
    """And the lesson's own numbers at its own size."""
    assert all(canonical(preset.pipeline(side)) == preset.pipeline(side) for preset in PRESETS.values())
    assert all(consists_of(name, side).steps for name in RECIPES)
    assert PRESETS["vgg"].pipeline(32) == "random-crop=4,flip=0.5"
    assert PRESETS["alexnet"].pipeline(224) == "random-crop=16,flip=0.5,rgb-jitter=0.1"


def test_errors_list_their_values() -> None:
    """For a page, which sets lists in the visitor's language."""
    with pytest.raises(ConfigurationError) as caught:
        parse("flop")
    assert isinstance(caught.value.values["allowed"], Listed)
    assert np.isfinite(len(str(caught.value)))
