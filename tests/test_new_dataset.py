"""A data set is one row, and a reader where its format is new: everything else follows. Proved by adding one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.recipes import Recipe

pytestmark = pytest.mark.slow

READER = '''"""Stripes: pictures of lines that lie or stand, made when they are read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cnnviz.data.storage import Progress, Split


@dataclass(frozen=True)
class StripeFiles:
    """There are none."""

    download_bytes: int = 0

    def are_present(self, root: Path) -> bool:
        return True

    def load(self, split: str, root: Path, image_size: tuple[int, int, int], classes: int) -> Split:
        count = {"train": 400, "test": 100}[split]
        labels = np.arange(count) % 2
        lying = np.zeros((count, *image_size), np.uint8)
        lying[:, :, ::2] = np.random.default_rng(count).integers(100, 255, (count, 1, 1, 1))
        return Split(np.where(labels[:, None, None, None] == 0, lying, lying.swapaxes(2, 3)), labels)

    def fetch(self, root: Path, progress: Progress | None = None) -> None:
        """Nothing to do."""

    def check(self, root: Path) -> list[tuple[str, str]]:
        return [("stripes", "ok")]
'''
ROW = """        DatasetSpec(
            name="stripes",
            label="Stripes",
            title="Stripes",
            about="Lines that lie or stand.",
            source="Made here.",
            classes=("lying", "standing"),
            image_size=(1, 28, 28),
            train_images=400,
            test_images=100,
            mean=(0.35,),
            std=(0.38,),
            files=StripeFiles(),
        ),
"""
PROGRAM = """
from streamlit.testing.v1 import AppTest
from cnnviz.commands import main
from cnnviz.data.registry import DATASETS, dataset
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import EpochEnd
from cnnviz.engine.names import NAMES
from cnnviz.engine.train import train
from cnnviz.ui.shared.link_parameters import kinds

assert dataset("stripes").load("test").images.shape == (100, 1, 28, 28)
assert NAMES["data"]["stripes"] == "Stripes"  # lists
assert kinds()["data_name"].parse("stripes") == "stripes"  # the link
assert main(["data", "check"]) == 0
ends = [event for event in train(TrainConfig(data="stripes", epochs=2)) if isinstance(event, EpochEnd)]
assert ends[-1].test_accuracy > 0.9, ends
page = AppTest.from_file("pages/data.py", default_timeout=120)
page.query_params["data_name"] = "stripes"
page.run()
assert not page.exception and not page.error
assert page.selectbox(key="data_name").value == "stripes"
page = AppTest.from_file("pages/training.py", default_timeout=120)
page.query_params["training_data"] = "stripes"
page.run()
assert not page.exception and not page.error and not page.warning
"""


def test_one_row_and_a_reader_are_enough(tmp_path: Path) -> None:
    """Read, listed, in links, checked on the command line, trained on, and shown on the pages Data and Training."""
    recipe = Recipe("A data set", tmp_path)
    recipe.add("cnnviz/data/stripes.py", READER)
    recipe.insert("cnnviz/data/registry.py", "\n\ndef dataset(", "from cnnviz.data.stripes import StripeFiles\n")
    recipe.insert("cnnviz/data/registry.py", "    )\n}\n", ROW)
    recipe.prove(PROGRAM)
