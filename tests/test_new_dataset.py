"""A data set is one row, and a reader where its format is new: everything else follows. Proved by adding one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.recipes import Recipe

pytestmark = pytest.mark.slow

READER = '''"""Stripes: pictures of lines that lie or stand, made when they are read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cnnviz.data.dataset_spec import Progress, Split


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

    def remove(self, root: Path) -> None:
        """Nothing to do."""
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
page = AppTest.from_file("pages/data.py", default_timeout=PATIENCE)
page.query_params["data_name"] = "stripes"
page.run()
assert not page.exception and not page.error
assert page.selectbox(key="data_name").value == "stripes"
page = AppTest.from_file("pages/training.py", default_timeout=PATIENCE)
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


FETCHED = """
import contextlib, io
from dataclasses import replace
from pathlib import Path
from cnnviz.data import registry
from cnnviz.data.dataset_spec import DatasetSpec, Framing
from tests.data import made
from tests.polling import PATIENCE

CONTENTS = made.contents()
with made.mirror(CONTENTS) as server:
    registry.DATASETS["blobs"] = DatasetSpec(
        name="blobs", label="Blobs", title="Blobs, made at random", about="Noise.", source="This test",
        classes=tuple("abcdefghij"), image_size=(1, 28, 28), train_images=30, test_images=20, mean=(0.5,), std=(0.29,),
        framing=Framing(20, "mass"),
        files=replace(
            made.made_files(CONTENTS, folder="Blobs", name="blobs"), sources=made.sources(CONTENTS, server.address)
        ),
    )
    from streamlit.testing.v1 import AppTest
    from cnnviz.commands import main
    from cnnviz.engine.config import TrainConfig
    from cnnviz.engine.events import EpochEnd
    from cnnviz.engine.train import train

    def said(*arguments):
        with contextlib.redirect_stdout(io.StringIO()) as text:
            assert main(list(arguments)) == 0
        return text.getvalue()

    def page(name, **query):
        app = AppTest.from_file(Path("pages", f"{name}.py").absolute(), default_timeout=PATIENCE)
        app.query_params.update(query)
        return app.run()

    def row():
        return next(line for line in said("data", "list").splitlines() if line.startswith("blobs "))

    assert "not here" in row() and row().endswith("Blobs, made at random")  # the command line
    assert "is not on this machine yet" in page("data", data_name="blobs").info[0].value
    assert said("data", "fetch", "blobs") == "blobs: here\\n"
    assert "not here" not in row()
    app = page("data", data_name="blobs", data_panel="about")  # the page Data
    assert app.selectbox(key="data_name").options[-1] == "Blobs"
    assert any("Blobs, made at random" in each.proto.body for each in app.get("html"))
    assert not app.exception and not app.error and not app.info
    app = page("training", training_data="blobs")  # the form
    box = app.selectbox(key="training_data")
    assert "Blobs" in box.options and box.value == "blobs", (box.options, box.value)
    assert not app.exception and not app.error
    events = list(train(TrainConfig(data="blobs", epochs=1, batch_size=10, device="cpu")))
    (end,) = [event for event in events if isinstance(event, EpochEnd)]
    assert sum(map(sum, end.confusion)) == 20  # it trains, and is tested on its test half
"""


def test_one_row_is_enough_for_files_of_a_known_format(monkeypatch: pytest.MonkeyPatch) -> None:
    """From a server of its own: command line, fetching, page, form, link and training know it by themselves."""
    monkeypatch.setenv("no_proxy", "*")
    done = subprocess.run([sys.executable, "-c", FETCHED], capture_output=True, text=True, cwd=REPOSITORY)
    assert done.returncode == 0, done.stderr
