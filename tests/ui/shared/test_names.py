"""Everything that has a code has a readable name, and where people choose or read they see no code."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.data.registry import DATASETS
from cnnviz.engine.config import OWN, TrainConfig
from cnnviz.engine.hyperparameters import HYPERPARAMETERS
from cnnviz.engine.names import DATA, MODELS, NAMES
from cnnviz.models.editor.blueprint import Blueprint
from cnnviz.models.editor.formats import to_line
from cnnviz.models.editor.row import Row
from cnnviz.models.zoo import MODEL_NAMES, ZOO
from cnnviz.ui.shared.names import class_name, codes_called, name_of, network_name
from tests.conftest import REPOSITORY
from tests.polling import PATIENCE

SAID_ANYHOW = {"blocks"}  # its choices are numbers


def test_every_code_has_a_name() -> None:
    """Networks, data sets, and every choice of every hyperparameter and option."""
    assert set(MODELS) == {*MODEL_NAMES, OWN}
    assert set(DATASETS) <= set(DATA)
    for name, row in HYPERPARAMETERS.items():
        if row.kind == "choice" and name not in SAID_ANYHOW:
            assert set(row.choices) <= set(NAMES[name]), name
    for options in (network.options for network in ZOO.values()):
        for option in options:
            if option.name not in SAID_ANYHOW:
                assert set(option.choices) <= set(NAMES.get(option.name, {})), option.name


def test_names_tell_codes_apart() -> None:
    """No two codes of a field are called the same; networks and data sets sort as their codes do."""
    for names in NAMES.values():
        assert len(set(names.values())) == len(names)
    for table in (DATA, {code: name for code, name in MODELS.items() if code != OWN}):
        assert [name.casefold() for _code, name in sorted(table.items())] == sorted(map(str.casefold, table.values()))


@pytest.mark.parametrize(
    ("field", "value", "name"),
    [
        ("augmentation", "crop-flip", "crop + flip"),
        ("model", "lenet5-valid", "LeNet-5 (no padding)"),
        ("data", "folder:mine", "folder mine"),
        ("data", "gone-since", "gone-since"),
        ("batch_norm", True, "on"),
        ("learning_rate", 0.005, "0.005"),
        ("loss", "", "–"),
    ],
)
def test_names(field: str, value: object, name: str) -> None:
    """What has no name is written as it is."""
    assert name_of(field, value) == name


def test_a_network_of_ones_own_has_its_own_name() -> None:
    """Whatever it is called, the name is its owner's, a code or not."""
    rows = (Row.of("flatten"), Row.of("linear"))
    named, nameless = (
        TrainConfig(model=OWN, blueprint=to_line(Blueprint(name, (1, 8, 8), 10, rows))) for name in ("mine", "")
    )
    assert network_name(named) == "mine"
    assert network_name(nameless) == "a network of one's own"


def test_classes_of_a_folder_are_called_as_somebody_called_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of traffic signs may have a class "Stop": a button's word is no translation of it."""
    monkeypatch.setenv("CNNVIZ_LANG", "zh")
    assert class_name("Sandal") == "凉鞋"
    assert class_name("Stop") == "Stop"


def test_a_very_long_class_keeps_its_beginning_and_its_end() -> None:
    """255 characters would be the height of the matrix's head; numbers at the end tell classes apart."""
    shown = class_name("b" * 240 + " number 12")
    assert shown == "b" * 15 + "…" + "bb number 12"


def test_lists_are_searched_by_names() -> None:
    """What people call a network or a data set finds its code."""
    assert codes_called("keras") == ("keras-cnn",)
    assert codes_called("MNIST") == ("mnist", "fashion-mnist", "kmnist", "emnist-letters")
    assert codes_called("nothing") == ()


def page(name: str, **query: str) -> AppTest:
    app = AppTest.from_file(REPOSITORY / "pages" / f"{name}.py", default_timeout=PATIENCE)
    app.query_params.update(query)
    return app.run()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", ["training", "networks", "layers", "evaluation", "data"])
def test_no_box_offers_a_code(name: str, language: str) -> None:
    """Every option of every select box: none is the code of something that has another name."""
    app = page(name, lang=language)
    codes = {code for names in NAMES.values() for code, shown in names.items() if shown != code}
    codes |= {f"{model}-{data}" for model in MODELS for data in DATA}
    offered = {option for box in app.selectbox for option in box.options}
    assert not app.exception
    assert offered & codes == set()


def test_the_link_keeps_the_code_in_every_language() -> None:
    """Chosen in Chinese, opened in English: the link says what the command line does."""
    app = page("training", lang="zh")
    app.selectbox(key="training_optimizer").select("momentum").run()
    app.selectbox(key="training_augmentation").select("crop-flip").run()
    query = {name: app.query_params[name] for name in ("training_optimizer", "training_augmentation")}
    assert {name: value if isinstance(value, str) else value[0] for name, value in query.items()} == {
        "training_optimizer": "momentum",
        "training_augmentation": "crop-flip",
    }
    other = page("training", lang="en", training_optimizer="momentum", training_augmentation="crop-flip")
    assert other.selectbox(key="training_augmentation").value == "crop-flip"
    assert "crop + flip" in other.selectbox(key="training_augmentation").options


def test_a_lagging_link_does_not_turn_a_box_back() -> None:
    """The address of a moment ago comes with a click that was quicker: what was chosen since stays."""
    app = page("training", training_optimizer="sgd")
    app.selectbox(key="training_optimizer").select("adam").run()
    app.query_params["training_optimizer"] = "sgd"
    app.run()
    assert app.selectbox(key="training_optimizer").value == "adam"


def test_another_link_in_the_same_visit_is_taken() -> None:
    """An address that the box has never written or read is news."""
    app = page("training", training_optimizer="sgd")
    app.query_params["training_optimizer"] = "rmsprop"
    app.run()
    assert app.selectbox(key="training_optimizer").value == "rmsprop"
