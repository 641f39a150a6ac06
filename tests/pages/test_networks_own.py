"""The view "Your own network" and what is taken away: nothing typed is lost, nothing said is code, and it trains."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
import torch
from streamlit.testing.v1 import AppTest

from cnnviz.base import paths
from cnnviz.base.errors import ConfigurationError
from cnnviz.engine.card import epoch_path, load_card
from cnnviz.engine.checkpoint import load
from cnnviz.engine.config import TrainConfig
from cnnviz.models.editor.blueprint import Blueprint, RowError
from cnnviz.models.editor.build import blueprint_of
from cnnviz.models.editor.fixes import first_error, fixes
from cnnviz.models.editor.formats import from_json, from_link, to_json, to_line, to_link
from cnnviz.models.editor.layers import LAYER_KINDS
from cnnviz.models.editor.row import Row
from cnnviz.models.export import onnx
from cnnviz.runs import scheduler, worker
from cnnviz.ui.networks import export
from cnnviz.ui.networks.editor.state import changed_place
from cnnviz.ui.networks.editor.view import file_stem
from cnnviz.ui.shared import selected_run
from tests.conftest import REPOSITORY
from tests.pages.test_networks import component, html
from tests.polling import PATIENCE

HOSTILE = "<img src=x onerror=alert(1)> ![x](http://evil/x.png) :red[$a$] ../a"
SMALL = Blueprint(
    HOSTILE,
    (1, 8, 8),
    10,
    (Row.of("conv", out_channels=4, kernel_size=3), Row.of("activation"), Row.of("flatten"), Row.of("linear")),
)


def page(**query: str) -> AppTest:
    """The view, run once, with a link's parameters."""
    app = AppTest.from_file(REPOSITORY / "pages" / "networks.py", default_timeout=PATIENCE)
    app.query_params.update({"networks_view": "own", **query})
    return app.run()


def sent(app: AppTest) -> dict[str, Any]:
    """What the table was sent."""
    return component(app, "networks_rows")


def kinds(app: AppTest) -> list[str]:
    return [row["kind"] for row in sent(app)["blueprint"]["rows"]]


def say(app: AppTest, change: Callable[[dict[str, Any]], object], **more: Any) -> AppTest:
    """The table says that its network has changed."""
    now = sent(app)
    change(now["blueprint"])
    said = {"version": now["version"], "serial": now["serial"] + 1, "text": json.dumps(now["blueprint"])}
    app.session_state["networks_rows"] = {"said": {**said, **more}}
    return app.run()


def say_value(app: AppTest, row: int, option: str, value: str) -> AppTest:
    return say(app, lambda network: network["rows"][row].update({option: value}))


def errors(app: AppTest) -> list[str]:
    """The sentences as they are read: what they quote is escaped for Markdown."""
    return [error.value.replace("\\", "") for error in app.error]


def buttons(app: AppTest) -> list[str | None]:
    return [button.key for button in app.button]


def downloads(app: AppTest) -> dict[str, str]:
    """Label -> file name of what can be downloaded is not in a test; the label is."""
    return {block.proto.label: block.proto.id for block in app.get("download_button")}


def test_starts_as_lenet() -> None:
    """The table has LeNet-5's rows with their shapes and weights; every kind and option says what it means."""
    found = sent(page())
    assert [row["kind"] for row in found["blueprint"]["rows"]][:3] == ["conv", "activation", "max_pool"]
    assert found["found"][0] == {"name": "conv1", "out": "6×28×28", "weights": "156 weights"}
    assert found["address"]["link"] == ""
    for kind in found["kinds"]:
        assert len(kind["says"]) > 20
        assert all(len(field["says"]) > 20 for field in kind["fields"])


def test_every_kind_and_option_has_its_line() -> None:
    """None is missing; an option of one name says the same in every kind, or has limits of its own."""
    for kind in LAYER_KINDS.values():
        assert kind.text
        assert kind.title
        assert all(option.text for option in kind.options)


def test_error_stands_at_its_row_with_its_mend() -> None:
    """A kernel too large: its field, why, and what would fix it; nothing can be trained meanwhile."""
    app = say_value(page(), 3, "kernel_size", "15")
    found = sent(app)
    assert [index for index, row in enumerate(found["found"]) if "problem" in row] == [3]
    assert found["found"][3]["parameter"] == "kernel_size"
    assert found["found"][4]["out"] == "–"
    assert found["fixes"][0]["says"] == "Set padding to 1"
    assert "networks_own_train" not in buttons(app)
    say(app, lambda network: network.update(rows=found["fixes"][0]["rows"]))
    assert not [row for row in sent(app)["found"] if "problem" in row]
    assert "networks_own_train" in buttons(app)


def test_a_refusal_ends_when_what_was_refused_is_typed_back() -> None:
    """A name with a character that cannot be seen is refused; the name as it was is the same network again."""
    app = page()
    assert any("conv1" in error for error in errors(say_value(app, 0, "name", "conv1\u200b")))
    assert not errors(say_value(app, 0, "name", "conv1"))


def test_the_answer_names_its_edit() -> None:
    """An answer carries the number of the edit it answers, so that the table can drop an older one's."""
    app = page()
    say(app, lambda network: network["rows"].pop(), serial=41)
    assert sent(app)["serial"] == 41
    app.run()
    assert (sent(app)["serial"], len(kinds(app))) == (41, 11)


def test_start_from_another_and_back() -> None:
    """Every network of the list becomes rows; the former ones are one click away, and so is every edit before."""
    app = page(networks_model="resnet-small")
    assert app.button(key="networks_own_undo").disabled
    say_value(app, 0, "out_channels", "1")
    say_value(app, 0, "out_channels", "12")
    app.button(key="networks_own_start").click().run()
    assert "basic_block" in kinds(app)
    app.button(key="networks_own_undo").click().run()
    assert sent(app)["blueprint"]["rows"][0]["out_channels"] == "12"
    app.button(key="networks_own_undo").click().run()  # both letters at once
    assert sent(app)["blueprint"]["rows"][0]["out_channels"] == "6"
    assert app.button(key="networks_own_undo").disabled


def test_what_comes_too_late_changes_nothing() -> None:
    """Rows typed before a start was pressed, which arrive after it, do not replace it."""
    app = page(networks_model="resnet-small")
    before = sent(app)
    app.button(key="networks_own_start").click().run()
    app.session_state["networks_rows"] = {
        "said": {"version": before["version"], "serial": 9, "text": json.dumps(before["blueprint"])}
    }
    app.run()
    assert "basic_block" in kinds(app)
    assert sent(app)["serial"] == 0


def test_what_was_typed_last_can_be_come_back_to() -> None:
    """An edit that arrives together with the press of a button is kept before the button does its work."""
    app = page(networks_model="resnet-small")
    now = sent(app)
    now["blueprint"]["name"] = "typed last"
    app.session_state["networks_rows"] = {
        "said": {"version": now["version"], "serial": 1, "text": json.dumps(now["blueprint"])}
    }
    app.button(key="networks_own_start").click().run()
    assert sent(app)["blueprint"]["name"] == "resnet-small"
    app.button(key="networks_own_undo").click().run()
    assert sent(app)["blueprint"]["name"] == "typed last"


def test_letters_in_one_field_are_one_edit() -> None:
    """What counts as the same place, for Undo."""
    lenet = blueprint_of("lenet5")
    other = from_link(str(to_link(lenet)))
    assert changed_place(lenet, other) is None

    def changed(index: int, **options: Any) -> Blueprint:
        rows = list(lenet.rows)
        rows[index] = Row.of(rows[index].kind, rows[index].name, **{**rows[index].options, **options})
        return Blueprint(lenet.name, lenet.input_size, lenet.num_classes, tuple(rows))

    assert changed_place(lenet, changed(0, out_channels=9)) == (0, "out_channels")
    assert changed_place(lenet, changed(3, stride=2)) == (3, "stride")
    assert changed_place(lenet, changed(0, out_channels=9, stride=2)) is None
    assert changed_place(lenet, lenet.fitted(3, 10)) == ("input_size",)
    assert changed_place(lenet, Blueprint("", lenet.input_size, 10, lenet.rows[1:])) is None


def test_the_network_is_in_the_link() -> None:
    """What is typed is in the link; a visitor who opens it has that network, and nothing to undo."""
    link = sent(say_value(page(), 0, "out_channels", "12"))["address"]["link"]
    assert from_link(link).rows[0].options["out_channels"] == 12
    app = page(networks_own=link)
    assert sent(app)["blueprint"]["rows"][0]["out_channels"] == "12"
    assert app.button(key="networks_own_undo").disabled
    assert not app.error


def test_a_link_of_ones_own_is_no_news() -> None:
    """The address holds an older link for a moment: the newer rows stay. Another's link is taken, and can be undone."""
    app = say_value(page(), 0, "out_channels", "12")
    older = sent(app)["address"]["link"]
    say_value(app, 0, "out_channels", "13")
    app.query_params["networks_own"] = older
    app.run()
    assert sent(app)["blueprint"]["rows"][0]["out_channels"] == "13"
    app.query_params["networks_own"] = str(to_link(blueprint_of("resnet-small")))
    app.run()
    assert "basic_block" in kinds(app)
    app.button(key="networks_own_undo").click().run()
    assert sent(app)["blueprint"]["rows"][0]["out_channels"] == "13"


@pytest.mark.parametrize("link", ["", "1", "x" * 50, "1<script>", "1ePmaY9y9w5s", "1" + "A" * 3000])
def test_a_broken_link_is_one_sentence_and_the_default(link: str) -> None:
    """Said until the network changes; LeNet-5 is there to go on with."""
    app = page(networks_own=link)
    assert not app.exception
    assert [error.split(":")[0] for error in errors(app)] == ["The network in this link cannot be read"] * bool(link)
    assert len(kinds(app)) == 12
    say_value(app, 0, "out_channels", "7")
    assert not app.error


def test_a_network_too_long_for_a_link_says_so() -> None:
    """300 different rows: not in the address, a sentence instead, and the file is offered."""
    app = page()
    rows = [
        {"kind": "conv", "name": f"a{seed * 7919 % 10007}x{seed}", "out_channels": 1 + seed * 31 % 97, "kernel_size": 1}
        for seed in range(298)
    ]
    say(app, lambda network: network.update(rows=[*rows, {"kind": "flatten"}, {"kind": "linear"}]))
    assert sent(app)["address"]["link"] == ""
    assert app.caption[0].value.startswith("This network is too long for a link of 2,000 characters")
    assert "Save as a file" in downloads(app)


def test_share_holds_the_link_and_the_json() -> None:
    """Both to copy, and the command that trains the file."""
    app = page(networks_own=str(to_link(blueprint_of("keras-cnn"))))
    texts = [code.value for code in app.code]
    (address,) = (text for text in texts if "networks_own=" in text)
    assert from_link(address.split("networks_own=")[1]) == blueprint_of("keras-cnn")
    assert to_json(blueprint_of("keras-cnn")).strip() in [text.strip() for text in texts]
    assert "python -m cnnviz train --blueprint keras-cnn.json" in texts


def test_a_file_and_pasted_json_open() -> None:
    """Whatever was saved comes back, and what was there before is one click away."""
    app, raw = page(), to_json(blueprint_of("vgg-small"))
    app.file_uploader(key="networks_own_file_0").set_value(("n.json", raw.encode(), "application/json")).run()
    assert len(kinds(app)) == 23
    app.text_area(key="networks_own_json_1").set_value(to_json(blueprint_of("resnet-small"))).run()
    app.button(key="networks_own_paste").click().run()
    assert "basic_block" in kinds(app)
    app.button(key="networks_own_undo").click().run()
    assert len(kinds(app)) == 23
    assert not app.error


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "nothing to read"),
        (b'{"rows": "import os"}', "not the file of a network"),
        (b"\xff\xfe\x00 {", "not the file of a network"),
        (b"PK\x03\x04" * 1000, "not the file of a network"),
        (b'"' + b"a" * 900_000, "may have 100,000 characters"),
        (b'{"name": "a", "name": "b"}', "stands there twice"),
    ],
)
def test_what_is_no_network_is_refused_in_a_sentence(raw: bytes, sentence: str) -> None:
    """A wrong file changes nothing and is said, until the network changes."""
    app = say_value(page(), 0, "out_channels", "9")
    app.file_uploader(key="networks_own_file_0").set_value(("x.json", raw, "application/json")).run()
    assert not app.exception
    assert sentence in errors(app)[0]
    assert sent(app)["blueprint"]["rows"][0]["out_channels"] == "9"
    say_value(app, 0, "out_channels", "10")
    assert not app.error


ODD: list[Any] = [
    None, 1, "x", [], {}, {"version": 0}, {"version": True, "text": "{}"}, {"version": 0, "serial": [], "text": 7},
    {"version": 0, "serial": "1", "text": "[" * 90_000}, {"version": 0, "serial": 1e400, "text": "null"},
    {"version": 0, "serial": 1, "text": '{"input_size": [1, 2], "num_classes": {}, "rows": [{"kind": "flatten"}]}'},
    {"version": 0, "serial": 1, "text": "x" * 10_000_000}, {"version": [0], "text": None}, {"version": 0, "text": b"x"},
]  # fmt: skip


@pytest.mark.parametrize("said", ODD, ids=range(len(ODD)))
def test_nothing_the_browser_says_breaks_the_page(said: Any) -> None:
    """A message of any form: at most a sentence, and the rows stay."""
    app = page()
    app.session_state["networks_rows"] = {"said": said, "linked": said}
    app.run()
    assert not app.exception
    assert len(kinds(app)) == 12
    assert all(re.search("not the file of a network|must be|may have", error) for error in errors(app))


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("../../etc/passwd", "etc-passwd"),
        ('a"; rm -rf /', "a-rm--rf"),
        ("我的 net", "我的-net"),
        ("", "network"),
        ("-_-", "network"),
        ("con\\aux:nul|<>", "con-aux-nul"),
        ("x" * 80, "x" * 40),
    ],
)
def test_file_names_are_words(name: str, stem: str) -> None:
    """No path, no quote, no option: letters, digits and hyphens."""
    assert file_stem(Blueprint(name, (1, 8, 8), 10, ())) == stem


def test_trains_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the button to the checkpoint: the table's rows, fitted to the data, under their name on every page."""
    monkeypatch.setattr(scheduler, "submit", trained_here)
    app = page(networks_own=str(to_link(SMALL)))
    app.number_input(key="networks_own_epochs").set_value(1).run()
    app.button(key="networks_own_train").click().run()
    assert not app.exception
    (record,) = scheduler.store().records()
    assert record.status == "finished"
    assert (record.config.model, record.config.data, record.config.epochs) == ("own", "digits", 1)
    assert record.name == f"{HOSTILE}-digits"
    assert from_json(record.config.blueprint) == SMALL
    card = load_card(epoch_path(record.directory, 1))
    assert from_json(card.options["blueprint"]) == SMALL
    for name in ("training", "layers", "evaluation"):
        shown = AppTest.from_file(REPOSITORY / "pages" / f"{name}.py", default_timeout=PATIENCE)
        shown.query_params[f"{name}_checkpoint" if name != "training" else "training_run"] = (
            "run-1" if name != "training" else "1"
        )
        shown.run()
        assert not shown.exception
        assert not shown.error
        markdown = " ".join(block.value for block in (*shown.markdown, *shown.caption))
        raw = " ".join(block.proto.body for block in shown.get("html"))
        assert HOSTILE not in markdown + raw  # neither as HTML nor as Markdown
        offered = " ".join(option for box in shown.selectbox for option in box.options)  # text, whatever it holds
        assert "evil" in markdown + raw + offered


def trained_here(config: TrainConfig, owner: str = "", name: str = "", parent: int | None = None) -> int:
    """As the queue does it, in this process."""
    run, token = scheduler.submit_here(config, owner, name)
    assert parent is None
    worker.run(run, token)
    return run


def test_pressed_twice_is_one_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """A double click trains once."""
    submitted: list[TrainConfig] = []
    run = trained_here(TrainConfig(epochs=1))
    monkeypatch.setattr(
        selected_run.scheduler, "submit", lambda config, *_more, **_origin: submitted.append(config) or run
    )
    app = page()
    app.button(key="networks_own_train").click().run()
    app.button(key="networks_own_train").click().run()
    assert len(submitted) == 1
    assert f"Run {run} has ended: finished." in [each.value for each in app.caption]


def test_a_data_set_of_other_shapes_is_said() -> None:
    """Colour and 20 classes, for grey digits of 10 classes: what it becomes; a last row that says 20 is an error."""
    app = page(networks_own=str(to_link(blueprint_of("lenet5").fitted(3, 20))))
    said = [caption.value for caption in app.caption]
    assert "Trained on Digits 8 × 8: input channels 1, outputs 10." in said
    assert "Its pictures of 8 × 8 pixels are brought to 28 × 28." in said
    say_value(app, 11, "out_features", "20")
    assert "Set out_features to 10" in errors(app)[0]
    assert "networks_own_train" not in buttons(app)


def test_a_name_is_escaped_wherever_it_stands() -> None:
    """HTML in the network's name is text in the page's own HTML, and never in a label's Markdown."""
    app = page(networks_own=str(to_link(SMALL)))
    assert "<img" not in html(app)
    assert not [block for block in app.get("html") if "<img" in block.proto.body]
    assert all(HOSTILE not in each.value for each in (*app.markdown, *app.caption))


def own(*rows: Row, size: tuple[int, int, int] = (1, 28, 28), classes: int = 10) -> Blueprint:
    return Blueprint("mine", size, classes, rows)


WRONG = [
    own(Row.of("conv", out_channels=8, kernel_size=3), Row.of("linear")),
    own(Row.of("flatten"), Row.of("linear", out_features=7)),
    own(Row.of("flatten"), Row.of("conv", out_channels=8, kernel_size=3)),
    own(Row.of("conv", out_channels=8, kernel_size=40)),
    own(Row.of("conv", out_channels=8, kernel_size=3, groups=5), Row.of("flatten"), Row.of("linear")),
    own(Row.of("conv", kernel_size=3), Row.of("flatten"), Row.of("linear")),
    own(Row.of("conv", out_channels=99999, kernel_size=3), Row.of("flatten"), Row.of("linear")),
    own(Row.of("dropout", p=2.0), Row.of("flatten"), Row.of("linear")),
    own(Row.of("max_pool", kernel_size=30), Row.of("flatten"), Row.of("linear")),
    own(Row.of("flatten", "a b"), Row.of("linear")),
    own(Row.of("activation", "a.1"), Row.of("dropout", "b"), Row.of("flatten", "a.2"), Row.of("linear")),
]


@pytest.mark.parametrize("blueprint", WRONG, ids=range(len(WRONG)))
def test_mends_mend(blueprint: Blueprint) -> None:
    """Accepting first fixes one after the other ends in a network without a wrong row."""
    for _attempt in range(6):
        error = first_error(blueprint.check())
        if error is None:
            break
        assert isinstance(error, RowError)
        offered = fixes(blueprint, error)
        assert offered, str(error)
        blueprint = Blueprint("mine", blueprint.input_size, blueprint.num_classes, offered[0].rows)
    assert first_error(blueprint.check()) is None


def test_source_to_take_away() -> None:
    """The code shown defines the network; one's own network offers its source too, but not while a row is wrong."""
    app = page(networks_view="export")
    assert "nn.Conv2d(1, 6, " in app.code[0].value
    app = page()
    assert "Download the PyTorch source" in downloads(app)
    assert "Download the PyTorch source" not in downloads(say_value(app, 0, "kernel_size", "99"))


def test_onnx_without_the_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence, and the page stays."""
    real = importlib.util.find_spec
    monkeypatch.setattr(onnx.importlib.util, "find_spec", lambda name: None if name == "onnx" else real(name))
    app = page(networks_view="export")
    app.button(key="networks_onnx").click().run()
    assert not app.exception
    assert "Install them: pip install onnx onnxscript" in errors(app)[0]


def test_onnx_file_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the weights that are chosen, under their name, and its size; a failure is a sentence."""
    packed: list[tuple[torch.nn.Module, tuple[int, int, int]]] = []
    monkeypatch.setattr(export, "onnx_bytes", lambda model, size: packed.append((model, size)) or b"x" * 2500)
    app = page(networks_view="export", networks_weights="lenet5-mnist")
    app.button(key="networks_onnx").click().run()
    assert "Download lenet5-lenet5-mnist.onnx (2.5 kB)" in downloads(app)
    shipped, _card = load(paths.shipped_checkpoints() / "lenet5-mnist")
    assert all(
        torch.equal(one, other) for one, other in zip(packed[0][0].parameters(), shipped.parameters(), strict=True)
    )
    assert packed[0][1] == (1, 28, 28)

    def fail(*_arguments: object) -> bytes:
        raise ConfigurationError("It cannot be.")

    monkeypatch.setattr(export, "onnx_bytes", fail)
    app.button(key="networks_onnx").click().run()
    assert errors(app) == ["It cannot be."]


def test_onnx_of_ones_own_has_its_trained_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    """Untrained ones before it was trained here; then those of its newest run, whatever it was called."""
    packed: list[torch.nn.Module] = []
    monkeypatch.setattr(export, "onnx_bytes", lambda model, size: packed.append(model) or b"x" * 2500)
    app = page(networks_own=str(to_link(SMALL)))
    app.button(key="networks_own_onnx").click().run()
    assert f"Download {file_stem(SMALL)}.onnx (2.5 kB)" in downloads(app)
    trained_here(TrainConfig(model="own", blueprint=to_line(SMALL), data="digits", epochs=1))
    say(app, lambda network: network.update(name="renamed"))
    app.button(key="networks_own_onnx").click().run()
    assert "Download renamed-run-1.onnx (2.5 kB)" in downloads(app)
    before, after = (next(model.parameters()) for model in packed)
    assert not torch.equal(before, after)


def test_chinese() -> None:
    """Explanations, buttons and errors speak Chinese."""
    app = say_value(page(lang="zh"), 0, "kernel_size", "99")
    found = sent(app)
    assert "滑动窗口" in found["kinds"][0]["says"]
    assert "99" in found["found"][0]["problem"]
    assert not re.search(r"[A-Za-z]{4,} [a-z]+ [a-z]+", found["found"][0]["problem"])
    assert app.button(key="networks_own_undo").label == "撤销"
