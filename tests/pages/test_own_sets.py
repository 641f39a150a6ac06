"""Own data sets on every page: offered, named, trained on, tested, looked into; gone, each says so in a sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.commands import main
from cnnviz.data.own import store
from cnnviz.data.own.importing import ImportSettings, import_set
from cnnviz.data.own.sources import CollectedSource, SetSource
from cnnviz.data.registry import dataset
from cnnviz.ui.data import excerpts
from cnnviz.ui.shared import cache
from tests.conftest import REPOSITORY
from tests.polling import PATIENCE
from tests.runs.conftest import close_store  # noqa: F401 - fixture

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("close_store")]

NAME = "own:three-eight"


def page(name: str, **query: str) -> AppTest:
    """A page, run once, with a link's parameters."""
    app = AppTest.from_file(REPOSITORY / "pages" / f"{name}.py", default_timeout=PATIENCE)
    app.query_params.update(query)
    return app.run()


def words(app: AppTest) -> str:
    """Whatever it says in Markdown, HTML and messages."""
    blocks = [block.proto.body for block in app.get("html")]
    return "\n".join([*blocks, *(each.value for each in (*app.markdown, *app.caption, *app.error, *app.info))])


@pytest.fixture
def trained(own_home: Path) -> str:
    """Of a set of two digits, fifty each, one epoch."""
    import_set(SetSource("digits"), ImportSettings("three-eight", classes=("3", "8"), each=50))
    assert main(["train", "--data", NAME, "--epochs", "1", "--batch-size", "25"]) == 0
    return "run-1"


def test_offered_for_training(own_home: Path) -> None:
    """Behind the app's sets, with what was done to it; not a word of another one."""
    import_set(SetSource("digits"), ImportSettings("three-eight", classes=("3", "8"), each=50))
    app = page("training", training_data=NAME)
    assert not app.exception
    assert app.selectbox(key="training_data").value == NAME
    assert "three-eight (own)" in app.selectbox(key="training_data").options
    assert "Of each class at most 50 training pictures were taken" in words(app)
    assert "Of each class" not in words(page("training", training_data="digits"))


def test_another_set_under_the_same_name(own_home: Path) -> None:
    """What is shown, and what networks are tested on, is the set that is there now, labels included."""
    pictures = dataset("digits").load("test").images[:40, 0]
    for first, second in (("a", "b"), ("b", "a")):
        import_set(CollectedSource({first: pictures[:20], second: pictures[20:]}, True), ImportSettings("pair"))
        spec = dataset("own:pair")
        shown, tested = excerpts.samples(spec, "test", 1), cache.test_pictures(spec.name)
        half = spec.load("test")
        assert np.array_equal(tested.labels, half.labels)
        assert np.array_equal(tested.images, half.images)
        for row in shown.rows:
            assert np.array_equal(row.pictures, half.images[list(row.places)])
        store.delete("pair")


def test_tested_and_looked_into(trained: str) -> None:
    """Its own test pictures stand on Evaluation and on Layers; gone, a sentence does."""
    for name in ("evaluation", "layers"):
        app = page(name, **{f"{name}_checkpoint": trained})
        assert not app.exception
        assert not app.error
        assert "three-eight (own)" in words(app) or name == "layers"
    store.delete("three-eight")
    for name in ("evaluation", "layers", "runs", "training"):
        app = page(name, **({f"{name}_checkpoint": trained} if name in ("evaluation", "layers") else {}))
        assert not app.exception
    assert "own:three-eight" in words(page("evaluation", evaluation_checkpoint=trained)).replace("\\", "").replace(
        "\N{WORD JOINER}", ""
    )
