"""An optimizer is a row of a table, a choice and a name; so is a loss. Proved by adding one of each."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.recipes import Recipe

pytestmark = pytest.mark.slow

TABLE, CHOICES, NAMES = "cnnviz/engine/optim.py", "cnnviz/engine/hyperparameters.py", "cnnviz/engine/names.py"
ADAGRAD = """    "adagrad": lambda weights, rate, _momentum, decay, _fused: torch.optim.Adagrad(
        weights, rate, weight_decay=decay
    ),
"""
FOCAL = '''def focal(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy, less of it where the network is sure."""
    costs = F.cross_entropy(logits, labels, reduction="none")
    return (costs * (1 - torch.exp(-costs)) ** 2).mean()


'''
OPTIMIZER = """
from dataclasses import replace
import tempfile
from pathlib import Path
import torch
from streamlit.testing.v1 import AppTest
from cnnviz.engine.checkpoint import load
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.train import train

config = TrainConfig(optimizer="adagrad", epochs=2)
assert config.learning_rate == 0.01 and "--optimizer adagrad" in config.command(), config.command()
folders = [Path(tempfile.mkdtemp()) for _ in range(2)]
list(train(config, directory=folders[0]))
for event in train(config, directory=folders[1]):
    if type(event).__name__ == "EpochEnd":
        break  # killed after the first of two epochs
list(train(config, directory=folders[1], resume=True))
straight, resumed = (load(folder / "epoch-0002")[0].state_dict() for folder in folders)
assert all(torch.equal(straight[name], resumed[name]) for name in straight)
page = AppTest.from_file("pages/training.py", default_timeout=PATIENCE)
page.query_params["training_optimizer"] = "adagrad"
page.run()
assert not page.exception and not page.warning
assert page.selectbox(key="training_optimizer").value == "adagrad"
"""
LOSS = """
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import EpochEnd
from cnnviz.engine.train import train

ends = [event for event in train(TrainConfig(loss="focal", epochs=1)) if isinstance(event, EpochEnd)]
assert ends[0].test_accuracy > 0.5
"""


def test_three_files_make_an_optimizer(tmp_path: Path) -> None:
    """Chosen in the form, in link and command, trained with, resumed to the same weights."""
    recipe = Recipe("An optimizer", tmp_path)
    recipe.insert(TABLE, '    "adamw": partial(', ADAGRAD)
    recipe.insert(
        CHOICES, '            "adamw": N_(', '            "adagrad": "a smaller step for what was moved a lot",\n'
    )
    for first in ('"adamw": 0.005', '"adamw": 0.9', '"adamw": 0.05, "adam"'):
        recipe.insert(CHOICES, first, '"adagrad": 0.01, ')
    recipe.insert(NAMES, '        "adamw": "AdamW"', '        "adagrad": "Adagrad",\n')
    recipe.prove(OPTIMIZER)


def test_three_files_make_a_loss(tmp_path: Path) -> None:
    """A network learns with it."""
    recipe = Recipe("A loss", tmp_path)
    recipe.insert(TABLE, "def _one_hot(", FOCAL)
    recipe.insert(TABLE, '    "nll": nll', '    "focal": focal,\n')
    recipe.insert(CHOICES, '            "nll": N_(', '            "focal": "less where it is sure",\n')
    recipe.insert(NAMES, '        "nll": N_(', '        "focal": "focal",\n')
    recipe.prove(LOSS)
