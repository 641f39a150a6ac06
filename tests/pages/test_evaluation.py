"""The page Evaluation: matrix, scores and pictures are those of the network, and agree with its card."""

from __future__ import annotations

import json
import re
import shutil
from html import escape, unescape
from pathlib import Path
from urllib.parse import parse_qsl, urlparse

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.base import paths
from cnnviz.base.text import percent
from cnnviz.data.registry import dataset
from cnnviz.engine.card import load_card
from cnnviz.engine.evaluate import evaluate_checkpoint
from cnnviz.ui.evaluation.page import CELL
from cnnviz.ui.shared.confusion_matrix import _picked
from tests.conftest import REPOSITORY
from tests.polling import PATIENCE

SHIPPED = "lenet5-mnist"
FASHION = "lenet5-fashion-mnist"
MATRIX = {SHIPPED: f"evaluation_matrix {SHIPPED} mnist", FASHION: f"evaluation_matrix {FASHION} fashion-mnist"}
FEW = 12  # pictures in each of the two galleries that are always there


def page(**query: str) -> AppTest:
    """The page, run once, with a link's parameters."""
    app = AppTest.from_file(REPOSITORY / "pages" / "evaluation.py", default_timeout=PATIENCE)
    app.query_params.update(query)
    return app.run()


def matrix(app: AppTest) -> dict:
    """What the confusion matrix was sent."""
    (found,) = [block for block in app.get("bidi_component") if "evaluation_matrix" in block.proto.id]
    return json.loads(found.proto.json)[0]


def html(app: AppTest) -> str:
    """All of the page's own HTML."""
    return "".join(block.proto.body for block in app.get("html"))


def pictures(app: AppTest) -> list[int]:
    """Indices in the test set of the pictures shown, in order; their links count from 1."""
    return [int(number) - 1 for number in re.findall(r'layers_picture=(\d+)[^"]*" title=', html(app))]


def questions(app: AppTest) -> list[dict[str, str]]:
    """What the link "why?" beside each picture says, in order."""
    links = re.findall(r'class="ev-why" href="([^"]*)"', html(app))
    return [dict(parse_qsl(urlparse(unescape(link)).query)) for link in links]


def test_matrix_is_the_cards() -> None:
    """Also without the data set: counts, names and the score come from the card, the sentence says what is missing."""
    app = page(evaluation_checkpoint=SHIPPED)
    card = load_card(paths.shipped_checkpoints() / SHIPPED)
    assert not app.exception
    assert matrix(app)["counts"] == [list(row) for row in card.confusion]
    assert matrix(app)["classes"] == list("0123456789")
    assert f"{card.correct:,} of {card.total:,}" in html(app)
    assert not app.error  # nothing went wrong: the data set was never fetched
    assert "are those of MNIST, which is not on this machine yet. Fetch it on the page Data" in app.info[0].value
    assert "Class by class" in [heading.value for heading in app.subheader]


def test_report_in_the_lessons_words() -> None:
    """Eleven lines, "Test Accuracy of 0: ..." to "Test Accuracy (Overall): ...", cut per cents and counts."""
    card = load_card(paths.shipped_checkpoints() / SHIPPED)
    lines = page(evaluation_checkpoint=SHIPPED).code[0].value.splitlines()
    correct, total = card.per_class[0]
    assert len(lines) == 11
    assert lines[0] == f"Test Accuracy of 0: {100 * correct // total}% ({correct}/{total})"
    assert lines[-1] == f"Test Accuracy (Overall): {100 * card.correct // card.total}% ({card.correct}/{card.total})"


def test_evaluation_agrees_with_the_card(complete_data: Path) -> None:
    """Asking the network about all 10,000 pictures again gives exactly the counts on the card."""
    path = paths.shipped_checkpoints() / f"{SHIPPED}.safetensors"
    card = load_card(path)
    judged = evaluate_checkpoint(path)
    assert judged.confusion.tolist() == [list(row) for row in card.confusion]
    assert judged.total == 10_000


def test_surest_mistakes_are_shown_first(complete_data: Path) -> None:
    """While no cell is picked: twelve mistakes, the surest first, then right ones; each with its caption."""
    app = page(evaluation_checkpoint=SHIPPED)
    assert not app.error
    shown = pictures(app)
    judged = evaluate_checkpoint(paths.shipped_checkpoints() / SHIPPED)
    wrong = judged.predictions != judged.labels
    certainty = np.where(wrong, judged.probabilities.max(axis=1), 0)
    assert shown[:12] == np.argsort(-certainty, kind="stable")[:12].tolist()
    assert not wrong[shown[12:]].any()
    first = shown[0]
    caption = f"{judged.labels[first]} taken for {judged.predictions[first]}"
    assert caption in html(app)
    assert f"{escape(percent(certainty[first]))} sure" in html(app)


def test_a_picked_cell_shows_its_pictures(complete_data: Path) -> None:
    """Cell (4, 9): exactly the fours that were taken for nines."""
    app = page(evaluation_checkpoint=SHIPPED)
    app.session_state[MATRIX[SHIPPED]] = {"picked": [4, 9]}
    app.run()
    assert app.subheader[0].value == "4 taken for 9"
    judged = evaluate_checkpoint(paths.shipped_checkpoints() / SHIPPED)
    expected = np.flatnonzero((judged.labels == 4) & (judged.predictions == 9))
    shown = pictures(app)[: -2 * FEW]
    assert sorted(shown) == expected.tolist()
    assert len(expected) == matrix(app)["counts"][4][9]
    assert (dataset("mnist").load("test").labels[shown] == 4).all()


def test_each_picture_can_be_asked_why(complete_data: Path) -> None:
    """Its network, its number, what it was taken for; of a mistake also what it is. The link is told apart by ear."""
    app = page(evaluation_checkpoint=FASHION)
    app.session_state[MATRIX[FASHION]] = {"picked": [5, 7]}
    app.run()
    asked, shown = questions(app), pictures(app)
    assert [int(each["layers_picture"]) - 1 for each in asked] == shown
    assert asked[0] | {"layers_picture": ""} == {
        "layers_checkpoint": FASHION,
        "layers_picture": "",
        "layers_view": "attribution",
        "layers_why_class": "Sneaker",
        "layers_why_against": "Sandal",
        "lang": "en",
    }
    assert "layers_why_against" not in asked[-1]
    assert f'aria-label="Test picture {shown[0] + 1}: why Sneaker and not Sandal?"' in html(app)


def test_a_large_cell_shows_its_surest(complete_data: Path) -> None:
    """A cell of the diagonal has hundreds of pictures: 24 are shown, and how many there are is said."""
    app = page(evaluation_checkpoint=SHIPPED)
    app.session_state[MATRIX[SHIPPED]] = {"picked": [3, 3]}
    app.run()
    assert app.subheader[0].value == "3 recognised"
    assert len(pictures(app)) == 24 + 2 * FEW
    assert any(f"out of {matrix(app)['counts'][3][3]}" in text.value for text in app.markdown)


def test_an_empty_cell_is_said(complete_data: Path) -> None:
    """A mistake it never made has no pictures, but a sentence; the galleries stay."""
    app = page(evaluation_checkpoint=SHIPPED)
    counts = np.array(matrix(app)["counts"])
    true, predicted = (int(index) for index in np.argwhere(counts == 0)[0])
    app.session_state[MATRIX[SHIPPED]] = {"picked": [true, predicted]}
    app.run()
    assert len(pictures(app)) == 2 * FEW
    assert any("never made this mistake" in text.value for text in app.markdown)


def test_another_network_lets_the_cell_go(complete_data: Path) -> None:
    """Sandal taken for dress is nothing that a network for digits could do: matrix, link and pictures begin anew."""
    app = page(evaluation_checkpoint=FASHION)
    app.session_state[MATRIX[FASHION]] = {"picked": [5, 3]}
    app.run()
    assert app.subheader[0].value == "Sandal taken for Dress"
    assert link(app) == ("Sandal", "Dress")
    app.selectbox(key="evaluation_checkpoint").set_value(SHIPPED).run()
    assert matrix(app)["picked"] is None
    assert link(app) == (None, None)
    assert app.subheader[0].value == "The surest mistakes"
    assert len(pictures(app)) == 2 * FEW
    app.selectbox(key="evaluation_checkpoint").set_value(FASHION).run()
    assert matrix(app)["picked"] is None


def link(app: AppTest) -> tuple[str | None, ...]:
    """The classes of the cell in the address."""
    found = (app.query_params.get(parameter.name) for parameter in CELL)
    return tuple(value[-1] if isinstance(value, list) else value for value in found)


def test_the_link_brings_its_cell() -> None:
    """By the names of its classes, in any language; a cell that is let go is gone from the link, too."""
    app = page(evaluation_checkpoint=FASHION, evaluation_true="T-shirt/top", evaluation_predicted="Shirt", lang="zh")
    assert matrix(app)["picked"] == [0, 6]
    assert link(app) == ("T-shirt/top", "Shirt")
    app.session_state[MATRIX[FASHION]] = {"picked": [6, 0]}
    assert link(app.run()) == ("Shirt", "T-shirt/top")
    app.session_state[MATRIX[FASHION]] = {"picked": None}
    assert matrix(app.run())["picked"] is None
    assert link(app) == (None, None)


def test_a_cell_stays_when_another_page_was_looked_at() -> None:
    """A page switch empties the component and the address, not the session."""
    app = page(evaluation_checkpoint=SHIPPED)
    app.session_state[MATRIX[SHIPPED]] = {"picked": [4, 9]}
    app.run()
    del app.session_state[MATRIX[SHIPPED]]
    for parameter in CELL:
        del app.query_params[parameter.name]
    assert matrix(app.run())["picked"] == [4, 9]
    assert link(app) == ("4", "9")


@pytest.mark.slow
@pytest.mark.parametrize(
    "said", [{}, {"true": "4"}, {"predicted": "9"}, {"true": "4", "predicted": ""}, {"true": "-1", "predicted": "9"}]
)
@pytest.mark.parametrize("text", ["10", "４", "1e999", "[x](https://example.org)", "\0", "9" * 5000])
def test_a_cell_that_is_none_counts_as_none(said: dict[str, str], text: str) -> None:
    """Half a cell, or names that are no classes: no cell is chosen; what is wrong is said as plain text."""
    app = page(**{f"evaluation_{name}": value for name, value in {"true": text, **said}.items()})
    assert not app.exception
    assert matrix(app)["picked"] is None
    for warning in app.warning:
        assert "does not know" in warning.value or "It is left out" in warning.value
        assert "[x](" not in warning.value
        assert len(warning.value) < 200


def test_share_is_kept_in_the_link() -> None:
    """The toggle switches the numbers in the cells and travels with the link."""
    assert matrix(page(evaluation_checkpoint=SHIPPED))["share"] is False
    app = page(evaluation_checkpoint=SHIPPED, evaluation_share="true")
    assert app.toggle(key="evaluation_share").value is True
    assert matrix(app)["share"] is True


def test_class_table_has_recall_and_precision() -> None:
    """The row of a class: recall, precision and F1 from the matrix, and how many it missed."""
    app = page(evaluation_checkpoint=SHIPPED)
    counts = np.array(matrix(app)["counts"])
    (row,) = re.findall(r"<tr><td>5</td>(.*?)</tr>", html(app))
    recall, precision, f1 = (float(number) for number in re.findall(r"([\d.]+)%</td>", row))
    assert recall == pytest.approx(100 * counts[5, 5] / counts[5].sum(), abs=0.06)
    assert precision == pytest.approx(100 * counts[5, 5] / counts[:, 5].sum(), abs=0.06)
    assert f1 == pytest.approx(200 * counts[5, 5] / (counts[5].sum() + counts[:, 5].sum()), abs=0.06)
    assert f"{counts[5].sum() - counts[5, 5]} of {counts[5].sum():,}" in row


def test_broken_checkpoint_is_one_sentence(own_home: Path) -> None:
    """Weights that are cut: the card's matrix stays, one sentence says what is wrong."""
    run = own_home / "runs" / "4"
    run.mkdir(parents=True)
    shutil.copy(paths.shipped_checkpoints() / f"{SHIPPED}.json", run / "epoch-0002.json")
    (run / "epoch-0002.safetensors").write_bytes(b"{}")
    app = page(evaluation_checkpoint="run-4")
    assert not app.exception
    assert len(app.error) == 1
    assert "is not a checkpoint" in app.error[0].value


def test_no_checkpoint_at_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With nothing to choose from, the page says what to do."""
    monkeypatch.setattr(paths, "shipped_checkpoints", lambda: tmp_path)
    app = page()
    assert not app.exception
    assert "train one on the page Training" in app.info[0].value


@pytest.mark.parametrize("sent", [[4, 10], [4], "49", [True, 2], None, [-1, 0], {"a": 1}])
def test_only_cells_can_be_picked(sent: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a browser sends that is no cell of this matrix counts as nothing picked."""
    monkeypatch.setattr("cnnviz.ui.shared.mount.st.session_state", {"m": {"picked": sent}})
    assert _picked("m", 10) is None


def test_a_cell_is_a_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the browser sends as a list arrives as (true, predicted)."""
    monkeypatch.setattr("cnnviz.ui.shared.mount.st.session_state", {"m": {"picked": [4, 9]}})
    assert _picked("m", 10) == (4, 9)


def test_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    """In Chinese the matrix and the score speak Chinese; the lesson's program output stays as it is."""
    monkeypatch.setenv("CNNVIZ_LANG", "zh")
    app = page(evaluation_checkpoint=SHIPPED)
    assert matrix(app)["strings"]["taken"] == "{true} 被认成 {predicted}：{total} 张中有 {count} 张"
    assert app.code[0].value.startswith("Test Accuracy of 0")
