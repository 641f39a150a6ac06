"""A hyperparameter is one row, and a field for its effect to read: everything else follows. Proved by adding one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.recipes import Recipe

pytestmark = pytest.mark.slow

ROW = """    Hyperparameter(
        name="noise", title="Noise", group="data", kind="number", default=0.0, high=0.5, what="What.", effect="Does.",
    ),
"""
PROGRAM = """
import argparse, sys
from dataclasses import asdict
from cnnviz.base.errors import ConfigurationError
from cnnviz.commands import train
from cnnviz.engine.config import TrainConfig
from cnnviz.commands.output import Output
from cnnviz.engine.form import NAMES, config_of, key, untouched_values, values_of
from cnnviz.runs.sweeps.plan import SweepParameter, sweepable
from cnnviz.runs.sweeps.plan import SweepPlan
from cnnviz.ui.runs.differences import differing
from cnnviz.ui.shared.link_parameters import kinds
from cnnviz.ui.shared.run_text import field_label, settings_of
from cnnviz.ui.training.form.view import group_members

noisy = TrainConfig(noise=0.25)
try:
    TrainConfig(noise=0.6)
except ConfigurationError as error:
    assert str(error) == "noise must be a number from 0.0 to 0.5. Got 0.6; try 0.5."
else:
    sys.exit("not checked")
assert "noise" in group_members("data")  # the form
assert config_of({**untouched_values(), "noise": 0.25}).noise == values_of(noisy)["noise"] == 0.25
assert key("noise") in kinds() and "noise" in NAMES  # the link
assert noisy.command().endswith("--noise 0.25")  # the command line
parser = argparse.ArgumentParser()
train.add_arguments(parser, Output())
assert parser.parse_args(["--noise", "0.25"]).noise == 0.25
assert "noise" in sweepable()  # a sweep
assert SweepPlan(TrainConfig(), (SweepParameter("noise", (0.0, 0.25)),)).config({"noise": 0.25}) == noisy
assert settings_of(noisy)["noise"] == 0.25 and field_label("noise") == "Noise"  # the table of differences
assert asdict(noisy)["noise"] == 0.25 and TrainConfig.from_json(noisy.to_json()) == noisy  # card and store
"""


def test_one_row_and_a_field_are_enough(tmp_path: Path) -> None:
    """Check, form, link, command line, sweep, table of differences, card and store know a new row by themselves."""
    recipe = Recipe("A hyperparameter", tmp_path)
    recipe.insert("cnnviz/engine/hyperparameters.py", "    *NETWORK_OPTIONS,\n", ROW)
    recipe.insert("cnnviz/engine/config.py", "\n    def __post_init__(self)", "    noise: float = 0.0\n")
    recipe.prove(PROGRAM)
