"""A data set is one row of the registry: everything else follows. Proved by adding one, from a server of our own."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import REPOSITORY

PROGRAM = """
import contextlib, io
from dataclasses import replace
from pathlib import Path
from cnnviz.data import registry
from cnnviz.data.dataset_spec import DatasetSpec, Framing
from tests.data import made

CONTENTS = made.contents()
with made.mirror(CONTENTS) as server:
    registry.DATASETS["blobs"] = DatasetSpec(
        name="blobs", label="Blobs", title="Blobs, made by chance", about="Noise.", source="This test",
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
        app = AppTest.from_file(Path("pages", f"{name}.py").absolute(), default_timeout=300)
        app.query_params.update(query)
        return app.run()

    def row():
        return next(line for line in said("data", "list").splitlines() if line.startswith("blobs "))

    assert "not here" in row() and row().endswith("Blobs, made by chance")  # the command line
    assert "is not on this machine yet" in page("data", data_name="blobs").info[0].value
    assert said("data", "fetch", "blobs") == "blobs: here\\n"
    assert "not here" not in row()
    app = page("data", data_name="blobs")  # the page Data
    assert app.selectbox(key="data_name").options[-1] == "Blobs"
    assert "Blobs, made by chance" in [each.value for each in app.subheader]
    assert not app.exception and not app.error and not app.info
    app = page("training", training_data="blobs")  # the form
    box = app.selectbox(key="training_data")
    assert "Blobs" in box.options and box.value == "blobs", (box.options, box.value)
    assert not app.exception and not app.error
    events = list(train(TrainConfig(data="blobs", epochs=1, batch_size=10, device="cpu")))
    (end,) = [event for event in events if isinstance(event, EpochEnd)]
    assert sum(map(sum, end.confusion)) == 20  # it trains, and is tested on its test half
"""


@pytest.mark.slow
def test_one_row_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Command line, fetching, page, form, link and training know a new row by themselves."""
    monkeypatch.setenv("no_proxy", "*")
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, cwd=REPOSITORY)
    assert done.returncode == 0, done.stderr
