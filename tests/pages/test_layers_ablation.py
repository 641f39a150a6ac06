"""The page Layers, Switch off: what is off is off for the answer and the counts, and is kept only when asked."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.base import paths
from cnnviz.base.errors import CheckpointError
from cnnviz.data.registry import DATASETS
from cnnviz.engine.checkpoint import load
from cnnviz.engine.evaluate import evaluate
from cnnviz.engine.loader import DeviceDataset, Preprocessing
from cnnviz.inspection.ablation import Change, edited, scaled
from cnnviz.ui.layers import switched
from cnnviz.ui.shared import checkpoints
from tests.conftest import REPOSITORY
from tests.polling import PATIENCE, until

pytestmark = pytest.mark.slow


def page(**query: str) -> AppTest:
    """The view, with the small digits for a test set: there is no other data here."""
    app = AppTest.from_file(REPOSITORY / "pages" / "layers.py", default_timeout=PATIENCE)
    app.query_params.update({"layers_view": "ablation", **query})
    return app.run()


def switches(app: AppTest) -> dict:
    (found,) = [block for block in app.get("bidi_component") if block.proto.id.endswith(switched.COMPONENT)]
    return json.loads(found.proto.json)[0]


def said(app: AppTest) -> str:
    """All HTML of the page as text."""
    return re.sub(r"<[^>]+>", " ", " ".join(each.value for each in app.get("html")))


def settled(app: AppTest, words: str = "test pictures of") -> AppTest:
    """Run until the counts are there: they are made in the background."""
    until(lambda: words in said(app.run()))
    return app


def right(change: Change) -> tuple[int, int]:
    """(right before, right after) of the small digits, by the network whole."""
    model, card = load(paths.shipped_checkpoints() / "lenet5-mnist")
    spec = DATASETS["digits"]
    prepare = Preprocessing(card.input_size, card.mean, card.std, spec.margin)
    data = DeviceDataset.of(spec.load("test"), prepare, 10, next(model.parameters()).device)
    own = edited(model, change.layer, change.weights)
    with scaled(own, change.layer, change.channels, change.factor):
        after = evaluate(own, data).correct
    return evaluate(model, data).correct, after


def test_a_link_switches_filters_off() -> None:
    """Tiles, factor and counts are those of the link; the difference is the network's own."""
    app = settled(page(layers_layer="conv2", layers_off="3,5,9", layers_off_factor="0.25"))
    assert not app.exception
    data = switches(app)
    assert (data["off"], data["factor"], len(data["titles"])) == ([2, 4, 8], 0.25, 16)
    before, after = right(Change("conv2", (2, 4, 8), 0.25))
    wanted = f"{before - after} more wrong" if before > after else f"{after - before} fewer wrong"
    assert (wanted if before != after else "as many right as before") in said(app)


def test_before_anything_is_off_a_sentence_says_what_to_do() -> None:
    """No empty table; the map of the page's box is named to the tiles."""
    app = settled(page(layers_layer="conv2", layers_map="3"))
    assert "Switch something off: here stands which answers change." in said(app)
    assert not any("<table" in each.value for each in app.get("html"))
    assert switches(app)["chosen"] == 2


def test_a_weight_of_the_link_counts() -> None:
    """Filter 2, channel 1, row 3, column 3 of conv1, from 1."""
    app = settled(page(layers_layer="conv1", layers_off_weights="2.1.3.3:-9"))
    before, after = right(Change("conv1", weights=(((1, 0, 2, 2), -9.0),)))
    assert before > after
    assert f"{before - after} more wrong" in said(app)


@pytest.mark.parametrize(
    "weights",
    ["x", "1.1.1.1", "0.1.1.1:2", "1.1.1.1:nan", "1.1.1.1:1e99", "9" * 50 + ":1", "1.1:2", "1.1.1.1.1:2", "7.1.1.1:2"],
)
def test_a_link_that_makes_no_sense_changes_nothing(weights: str) -> None:
    """No traceback, no number that is none, no weight that the layer does not have."""
    app = page(layers_layer="conv1", layers_off="900,2", layers_off_weights=weights)
    assert not app.exception
    assert not app.error
    assert switches(app)["off"] == [1]
    assert "layers_off_weights" not in app.query_params


def test_without_test_pictures_the_answer_is_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The photo's, before and after; nothing is counted or ranked, and the page says why."""
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path))
    app = page(layers_checkpoint="resnet-small-cifar10", layers_layer="conv1", layers_off="1,2,3")
    assert not app.exception
    assert any("CIFAR-10 are not on this machine" in each.value for each in app.caption)
    assert "This picture: before, after" in said(app)
    assert "test pictures of" not in said(app)
    assert app.button(key="layers_off_rank_button").disabled


def test_another_layer_begins_untouched() -> None:
    """What was off in conv2 is not off in conv1, nor in the link."""
    app = page(layers_layer="conv2", layers_off="3")
    app.selectbox(key="layers_layer").set_value("conv1").run()
    assert switches(app)["off"] == []
    assert "layers_off" not in app.query_params


def test_ranking_lists_every_filter() -> None:
    """Sixteen rows, the one that costs most first."""
    app = page(layers_layer="conv2")
    app.button(key="layers_off_rank_button").click().run()
    until(lambda: len(switches(app.run())["ranking"] or []) == 16)
    rows = switches(app)["ranking"]
    losses = {}
    for row in (rows[0], rows[-1]):
        before, after = right(Change("conv2", (row["index"],)))
        losses[row["index"]] = before - after
    assert losses[rows[0]["index"]] == max(losses.values())
    assert sorted(row["index"] for row in rows) == list(range(16))


def test_kept_only_when_asked_and_then_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is written by switching; kept, it is a checkpoint that answers without the filter, by its name."""
    monkeypatch.setenv("CNNVIZ_HOME", str(tmp_path))
    app = settled(page(layers_layer="conv2", layers_off="3"))
    assert not (tmp_path / "own").exists()
    app.text_input(key="layers_off_name").set_value("no 3 冬").run()
    app.button(key="layers_off_keep").click().run()
    assert not app.exception
    assert sorted(each.name for each in (tmp_path / "own").iterdir()) == ["no-3-冬.json", "no-3-冬.safetensors"]
    model, card = load(tmp_path / "own" / "no-3-冬")
    assert not model.get_submodule("conv2").weight[2].any()
    assert card.total == len(DATASETS["digits"].load("test"))
    assert card.correct == right(Change("conv2", (2,)))[1]
    assert "own-no-3-冬" in [choice.name for choice in checkpoints.choices()]
    assert "no-3-冬 · LeNet-5 · MNIST" in app.selectbox(key="layers_checkpoint").options
    assert [each.value for each in app.success] == ["Kept. The box Checkpoint offers it as no-3-冬."]
    app.button(key="layers_off_keep").click().run()
    assert [each.value for each in app.error] == ["There is a checkpoint no-3-冬 already. Choose another name."]


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence with the next step; the page stays."""
    monkeypatch.setenv("CNNVIZ_HOME", str(tmp_path))
    (tmp_path / "own").touch()  # a file where the folder would be
    app = settled(page(layers_layer="conv2", layers_off="3"))
    app.text_input(key="layers_off_name").set_value("mine").run()
    app.button(key="layers_off_keep").click().run()
    assert not app.exception
    assert any("cannot be written" in each.value and "CNNVIZ_HOME" in each.value for each in app.error)


@pytest.mark.parametrize("name", ["../x", "a/b", "..", ".hidden", "a\\b", "x" * 41, "a\x00b"])
def test_a_name_cannot_leave_its_folder(name: str) -> None:
    """A sentence instead."""
    with pytest.raises(CheckpointError, match="letters, digits"):
        checkpoints.own_file(name)


def test_chinese_has_no_english_left() -> None:
    """The view in Chinese."""
    app = settled(page(lang="zh", layers_layer="conv2", layers_off="3"), "张测试图片")
    text = said(app)
    assert "答案还是" in text or "答案从" in text
    assert switches(app)["strings"]["on"] == "全部打开"
