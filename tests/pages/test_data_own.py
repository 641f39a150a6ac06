"""The view Own pictures of the page Data: looked at, imported, trained on, deleted; what is wrong is one sentence."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from cnnviz.data.mnist_style import for_drawing
from cnnviz.data.own import store
from cnnviz.data.own.importing import ImportSettings, import_set
from cnnviz.data.own.sources import CollectedSource
from cnnviz.data.registry import dataset
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.first_run import first_run
from cnnviz.ui.data import collect, import_source, own_sets
from cnnviz.ui.data.next_steps import source_for
from cnnviz.ui.shared import drawing
from tests.conftest import REPOSITORY
from tests.polling import PATIENCE, until

pytestmark = pytest.mark.slow

COLORS = {"red": (220, 30, 30), "green": (30, 180, 60)}


def page(**query: str) -> AppTest:
    """The view, run once."""
    app = AppTest.from_file(REPOSITORY / "pages" / "data.py", default_timeout=PATIENCE)
    app.query_params.update({"data_view": "own", **query})
    return app.run()


def jpeg(color: tuple[int, int, int], side: int = 40) -> bytes:
    """A photo of one colour, and of something in it."""
    pixels = np.full((side, side, 3), color, np.uint8)
    pixels[side // 4 : side // 2, side // 4 : side // 2] = 255
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG")
    return file.getvalue()


def archive(each: int = 10, **more: bytes) -> bytes:
    """A zip with a folder for each class."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for name, color in COLORS.items():
            for number in range(each):
                packed.writestr(f"{name}/{number}.jpg", jpeg(color))
        for name, content in more.items():
            packed.writestr(name.replace("__", "/") + ".jpg", content)
    return file.getvalue()


def upload(app: AppTest, content: bytes, name: str = "colours.zip") -> AppTest:
    """Choose a file; the page afterwards."""
    app.file_uploader[0].set_value([(name, content, "application/zip")]).run()
    return until_over(app)


def labels(app: AppTest) -> list[str]:
    """Of all buttons."""
    return [button.label for button in app.button]


def press(app: AppTest, label: str) -> AppTest:
    """Click the button that begins so; the page once what it began is over."""
    next(button for button in app.button if button.label.startswith(label)).click()
    return until_over(app.run())


def until_over(app: AppTest) -> AppTest:
    """The page once nothing is looked at or imported any more."""
    until(lambda: not any(button.label == "Stop" for button in app.run().button))
    assert not app.exception
    return app


def shapes(name: str = "shapes", owner: str = "") -> None:
    """A set of drawings."""
    rng = np.random.default_rng(0)
    drawn = {each: [rng.integers(20, 255, (28, 28), np.uint8) for _ in range(5)] for each in ("circle", "★")}
    import_set(CollectedSource(drawn, are_drawings=True), ImportSettings(name, side=28, color=False, owner=owner))


def test_a_zip_is_looked_at_and_then_imported() -> None:
    """Counts and name from the file, the set as it was asked for, chosen on the page; the upload is let go."""
    app = upload(page(data_own_way="zip"), archive())
    assert app.text_input(key="data_own_name").value == "colours"
    assert "Import 20 pictures" in labels(app)
    app.number_input(key="data_own_each").set_value(3).run()
    assert "Import 10 pictures" in labels(app)  # 2 of each class to test, which are all kept, and 3 to train on
    app.number_input(key="data_own_each").set_value(8).run()
    kept = app.session_state[import_source._UPLOAD].chosen.source.file
    app.text_input(key="data_own_name").set_value("two colours")
    app.selectbox(key="data_own_side").set_value(16)
    press(app, "Import")
    spec = store.of_own("two-colours")
    assert (spec.classes, spec.image_size, spec.train_images, spec.test_images) == (
        ("green", "red"),
        (3, 16, 16),
        16,
        4,
    )
    assert app.selectbox(key="data_name").value == "own:two-colours"
    assert any("16 pictures to train on, 4 to test with" in each.value for each in app.markdown)
    assert kept.closed
    assert import_source._UPLOAD not in app.session_state


def test_broken_pictures_are_named_and_left_out_if_one_says_so() -> None:
    """Nothing is imported before; afterwards all others are."""
    app = upload(page(data_own_way="zip"), archive(each=5, red__broken=b"\xff\xd8 no picture"))
    assert any("red/broken" in each.value and "cannot be read" in each.value for each in app.warning)
    assert not any(label.startswith("Import ") for label in labels(app))
    press(app, "Leave those out")
    assert store.of_own("colours").train_images + store.of_own("colours").test_images == 10
    assert not app.error


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"just text", r"This is no zip file"),
        (archive(each=0), r"needs a sub-folder of pictures for each class"),
        (archive()[:-200], r"zip"),
    ],
    ids=["text", "no pictures", "cut"],
)
def test_what_is_no_archive_of_pictures_is_one_sentence(content: bytes, sentence: str) -> None:
    """And another file can be chosen."""
    app = upload(page(data_own_way="zip"), content)
    assert len(app.error) == 1
    assert sentence in app.error[0].value
    assert not any(label.startswith("Import ") for label in labels(app))
    app.button(key="data_own_another").click().run()
    assert not app.error
    assert len(app.file_uploader) == 1


def test_a_start_knows_as_few_of_the_classes_as_can_be() -> None:
    """Nobody learns about transfer from a network that was trained on the very classes."""

    def of(channels: int, *classes: str) -> str | None:
        return source_for(replace(dataset("cifar10"), classes=classes, image_size=(channels, 32, 32)))

    assert of(3, "cat", "dog") == "resnet-small-cifar8"
    assert of(3, "mug", "spoon") == "resnet-small-cifar10"
    assert of(3, "bird", "ship") is None
    assert of(1, "3", "8") == "lenet5-fashion-mnist"


def test_a_set_that_a_run_waits_for_is_not_deleted_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The question says which run needs it."""
    app = page(data_own_way="sets")
    shapes("circles", app.session_state["visitor_id"])
    waiting = SimpleNamespace(id=7, config=TrainConfig(data="own:circles"))
    monkeypatch.setattr(own_sets.scheduler, "store", lambda: SimpleNamespace(records=lambda _most, _among: [waiting]))
    app.run().button(key="data_own_delete_circles").click().run()
    assert any("Run 7 waits for this set" in each.value for each in app.markdown)
    assert store.names() == ("circles",)


@pytest.mark.parametrize("name", ["", "../up", "a" * 41, "😀", "<b>x</b>", "colours"])
def test_a_name_that_cannot_be_is_said_and_nothing_else_is_lost(name: str) -> None:
    """What was set stays set, and the same file is imported under another name."""
    shapes("colours")
    app = upload(page(data_own_way="zip"), archive(each=3))
    app.selectbox(key="data_own_side").set_value(16)
    app.text_input(key="data_own_name").set_value(name)
    app.run()
    assert any("Name must" in each.value for each in app.caption)
    assert app.button(key="data_own_import").disabled
    assert store.names() == ("colours",)
    assert app.selectbox(key="data_own_side").value == 16
    app.text_input(key="data_own_name").set_value("another").run()
    press(app, "Import")
    assert store.of_own("another").image_size == (3, 16, 16)


def test_two_classes_of_a_set_that_is_here_so_many_each() -> None:
    """Cat against dog, 50 each: the classes chosen, at most so many to train on, the test pictures kept apart."""
    app = page(data_own_way="part", data_name="digits")
    app.multiselect(key="data_own_classes").set_value(["3", "8"])
    app.number_input(key="data_own_each").set_value(7)
    app.text_input(key="data_own_name").set_value("three-or-eight")
    press(app.run(), "Import")
    spec = store.of_own("three-or-eight")
    assert (spec.classes, spec.train_images) == (("3", "8"), 14)
    assert spec.test_images > 50


def test_only_what_the_operator_offers_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a root there is no such way; with one its folders and zip files."""
    assert "folder" not in str(page().get("button_group"))
    (tmp_path / "colours.zip").write_bytes(archive(each=2))
    monkeypatch.setenv("CNNVIZ_PICTURES", str(tmp_path))
    app = page(data_own_way="folder")
    assert app.selectbox(key="data_own_folder").options == ["colours.zip"]
    app.selectbox(key="data_own_folder").set_value("colours.zip").run()
    assert "Import 4 pictures" in labels(app)


def test_sets_are_deleted_by_their_owner_alone() -> None:
    """Asked first; somebody else's has no such button."""
    app = page(data_own_way="sets")
    shapes("mine", app.session_state["visitor_id"])
    shapes("theirs", "f" * 32)
    app.run()
    assert [each.key for each in app.button if each.label == "Delete"] == ["data_own_delete_mine"]
    app.button(key="data_own_delete_mine").click().run()
    assert store.names() == ("mine", "theirs")
    app.button(key="data_own_really_mine").click().run()
    assert store.names() == ("theirs",)


def test_what_suits_a_small_set() -> None:
    """Drawings as handwriting is learned; and a drawing of the pad is what the network was trained on, to the pixel."""
    shapes()
    spec = store.of_own("shapes")
    config = first_run(spec)
    assert (config.model, config.data, config.augmentation, config.batch_size) == ("lenet5", "own:shapes", "affine", 4)
    assert 5 <= config.epochs <= 40
    photos: dict[str, list[Any]] = {name: [np.full((32, 32, 3), color, np.uint8)] * 4 for name, color in COLORS.items()}
    import_set(CollectedSource(photos), ImportSettings("photos", side=32, color=True))
    assert first_run(store.of_own("photos")).model == "cifar-cnn"


def test_what_the_browser_collected_is_made_a_set_and_trained_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """One message: the set is there, its run is queued with what suits it, and the page Training is next."""
    went: list[tuple[str, dict[str, str]]] = []
    monkeypatch.setattr(collect.st, "switch_page", lambda page, query_params: went.append((page, query_params)))
    submitted: list[Any] = []
    monkeypatch.setattr(collect.scheduler, "submit", lambda config, owner: submitted.append(config) or 1)
    ink = np.zeros((28, 28), np.uint8)
    ink[6:22, 12:15] = 255
    sent = {
        "name": "lines",
        "purpose": "train",
        "number": 5,
        "classes": [
            {"name": name, "pictures": [["drawing", base64.b64encode(picture.tobytes()).decode()]] * 5}
            for name, picture in (("upright", ink), ("lying", ink.T))
        ],
    }
    monkeypatch.setattr(collect, "component", lambda name: says_once(sent))
    app = until_over(page())
    spec = store.of_own("lines")
    assert (spec.classes, spec.train_images, spec.test_images) == (("upright", "lying"), 8, 2)
    assert all((for_drawing(picture[0], spec) == picture).all() for picture in spec.load("train").images)
    assert submitted == [first_run(spec)]
    [(where, query)] = went
    assert where == "pages/training.py"
    assert query["training_run"] == query["training_parent"] == "1"
    assert query["training_epochs"] == str(first_run(store.of_own(query["training_data"])).epochs)
    assert (app.session_state[drawing.DRAWING] == ink.T).all()


def test_a_message_that_is_none_is_said_and_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence; the collector hears that its message has come, and may send another."""
    data: list[dict[str, Any]] = []
    monkeypatch.setattr(collect, "component", lambda name: says_once({"number": 9, "classes": 3}, data))
    app = page()
    assert [error.value.split(".")[0] for error in app.error] == ["What the browser sent is no collection of pictures"]
    assert data[-1]["answered"] == 9
    assert store.names() == ()


def says_once(sent: object, data: list[dict[str, Any]] | None = None) -> Callable[..., None]:
    """A component whose browser sends a message, once."""

    def mount(*, key: str, data: dict[str, Any], on_made_change: Callable[[], None]) -> None:
        given.append(data)
        if not collect.st.session_state.get("test_said"):
            collect.st.session_state["test_said"] = True
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(collect.mount, "said", lambda key, name: sent)
                on_made_change()
            collect.st.rerun()

    given = [] if data is None else data
    return mount
