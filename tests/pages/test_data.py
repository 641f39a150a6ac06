"""The page Data: what it shows are the data set's own pictures and counts; what is missing can be fetched."""

from __future__ import annotations

import base64
import io
import json
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from cnnviz.data import idx as fetching
from cnnviz.data import statistics
from cnnviz.data.dataset_spec import Split
from cnnviz.data.idx import Sources
from cnnviz.data.registry import DATASETS
from cnnviz.data.statistics import Statistics
from cnnviz.engine.config import TrainConfig
from cnnviz.runs import scheduler
from cnnviz.ui.shared import visitor
from cnnviz.ui.shared.names import data_name
from tests.conftest import REPOSITORY
from tests.data import made
from tests.polling import PATIENCE, until

CONTENTS = made.contents()
TRAINED = [142, 146, 141, 147, 144, 146, 145, 143, 139, 144]  # digits of each class


def page(**query: str) -> AppTest:
    """The page, run once, with a link's parameters."""
    app = AppTest.from_file(REPOSITORY / "pages" / "data.py", default_timeout=PATIENCE)
    app.query_params.update(query)
    return app.run()


def html(app: AppTest) -> str:
    """All of the page's own HTML."""
    return "".join(block.proto.body for block in app.get("html"))


def gallery(app: AppTest) -> dict[str, Any]:
    """What the gallery's component was sent."""
    (found,) = [each.proto for each in app.get("bidi_component") if "data_gallery" in each.proto.id]
    return json.loads(found.json)[0]


def tile(sent: dict[str, Any], place: int) -> np.ndarray:
    """One picture of the sprite, (h, w, 3), in its own size."""
    packed = base64.b64decode(sent["sprite"].partition(",")[2])
    row, column = divmod(place, sent["across"])
    height, width = sent["height"], sent["width"]
    return np.asarray(Image.open(io.BytesIO(packed)))[
        row * height : (row + 1) * height, column * width : (column + 1) * width
    ]


def is_shown(app: AppTest) -> bool:
    """Whether there are pictures of ten classes."""
    return (
        any("data_gallery" in each.proto.id for each in app.get("bidi_component")) and len(gallery(app)["rows"]) == 10
    )


def buttons(app: AppTest) -> list[str]:
    """The buttons' labels."""
    return [button.label for button in app.button]


def use(monkeypatch: pytest.MonkeyPatch, sources: Sources) -> None:
    """Let fetching find `sources` where it would ask torchvision."""
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(fetching, "torchvision_sources", lambda folder: sources)


def test_gallery_shows_real_pictures_of_every_class() -> None:
    """Nine of each class, none twice; each is that training picture, to the last pixel, and named by its number."""
    app = page()
    assert app.selectbox(key="data_name").value == "digits"
    assert app.selectbox(key="data_name").options == [data_name(code) for code in DATASETS]
    data, sent = DATASETS["digits"].load("train"), gallery(app)
    assert [row["name"] for row in sent["rows"]] == list("0123456789")
    assert [int(row["count"]) for row in sent["rows"]] == TRAINED
    numbers = [number for row in sent["rows"] for _place, _title, number in row["tiles"]]
    assert len(numbers) == len(set(numbers)) == 90
    for index, row in enumerate(sent["rows"]):
        for place, title, number in row["tiles"]:
            assert data.labels[number - 1] == index
            assert np.array_equal(tile(sent, place)[:, :, 0], data.images[number - 1, 0])
            assert title == f"Picture {number:,}, class {index}"


def test_mean_picture_and_deviation_of_each_class() -> None:
    """Before each row; twice the deviation is drawn, which is at most full."""
    sent, data = gallery(page()), DATASETS["digits"].load("train")
    for index, row in enumerate(sent["rows"]):
        of_class = data.images[data.labels == index, 0].astype(float)
        (mean, _mean_title), (deviation, title) = row["sums"]
        assert np.abs(tile(sent, mean)[:, :, 0] - of_class.mean(axis=0)).max() <= 0.5
        assert np.abs(tile(sent, deviation)[:, :, 0] - 2 * of_class.std(axis=0)).max() <= 0.51
        assert title == f"Deviation of class {index}"


def test_a_large_set_is_added_up_while_one_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The samples are there at once, with how far it is and a button that ends it; then come the means."""
    added, may_go_on = statistics.adding_up, threading.Event()

    def slow(split: Split, classes: int) -> Iterator[Statistics]:
        (found,) = added(split, classes)
        yield replace(found, seen=100)
        assert may_go_on.wait(PATIENCE)
        yield found

    monkeypatch.setattr(statistics, "adding_up", slow)
    app = page()
    assert gallery(app)["rows"][0]["sums"] == []
    assert len(gallery(app)["rows"][0]["tiles"]) == 9
    assert "data_statistics_train_stop" in [button.key for button in app.button]
    may_go_on.set()
    until(lambda: not [button for button in app.run().button if button.key == "data_statistics_train_stop"])
    assert len(gallery(app)["rows"][0]["sums"]) == 2


def test_the_test_half() -> None:
    """Its own pictures, counts and means."""
    sent, data = gallery(page(data_half="test")), DATASETS["digits"].load("test")
    assert sum(int(row["count"]) for row in sent["rows"]) == len(data)
    place, _title, number = sent["rows"][4]["tiles"][0]
    assert np.array_equal(tile(sent, place)[:, :, 0], data.images[number - 1, 0])


def test_all_pictures_of_a_class_page_by_page() -> None:
    """Two pages hold all 139 eights, in the files' order; buttons turn them, and the link says the page."""
    app = page(data_class="8")
    data = DATASETS["digits"].load("train")
    first = [number for _place, _title, number in gallery(app)["rows"][0]["tiles"]]
    assert app.button(key="data_earlier").disabled
    app.button(key="data_later").click().run()
    assert app.query_params["data_page"] == "2"
    assert app.button(key="data_later").disabled
    second = [number for _place, _title, number in gallery(app)["rows"][0]["tiles"]]
    assert [number - 1 for number in first + second] == np.flatnonzero(data.labels == 8).tolist()
    assert "139 pictures of class 8 · page 2 of 2" in [each.value for each in app.caption]
    assert gallery(page(data_class="8", data_page="999"))["rows"][0]["tiles"] == gallery(app)["rows"][0]["tiles"]


def test_every_row_has_its_text_alternative() -> None:
    """Who cannot see the pictures hears how many there are, and of which class."""
    assert gallery(page())["rows"][3]["label"] == "9 pictures of class 3"


def test_one_picture_with_its_values() -> None:
    """The values drawn are the picture's; a test picture of a set with a network leads to Layers."""
    app = page(data_half="test", data_picture="9")
    [chart] = app.get("plotly_chart")
    image, written = json.loads(chart.proto.spec)["data"]
    picture = DATASETS["digits"].load("test").images[8, 0]
    assert [[pixel[0] for pixel in row] for row in image["z"]] == picture.tolist()
    assert written["text"] == [str(value) for value in picture.ravel()]
    assert chart.proto.alt.startswith("Picture 9, class ")
    app.button(key="data_close").click().run()
    assert "data_picture" not in app.query_params
    assert app.get("plotly_chart")[0].proto.alt.startswith("Share of each class in its half")


def test_a_picture_is_not_kept_for_another_data_set() -> None:
    """Number 300 of the test half is gone with the half."""
    app = page(data_half="test", data_picture="300")
    app.button_group(key="data_half").set_value("train").run()
    assert "data_picture" not in app.query_params
    assert "data_close" not in [button.key for button in page(data_half="test", data_picture="361").button]


def test_facts_are_the_registry_s() -> None:
    """Counts, size, source; and that no test picture is trained on."""
    app = page(data_panel="about")
    for fact in ("1,437 pictures", "360 pictures", "8 × 8 pixels, grey", "E. Alpaydin", "Small handwritten digits"):
        assert fact in html(app)
    assert app.success[0].value == "No test picture is also among the training pictures."
    assert "data_remove" not in [button.key for button in app.button], "the digits come with the app"


def test_normalize_is_worked_out() -> None:
    """From the sums of all training pixels, whichever half is looked at, to the line that one copies."""
    app = page(data_panel="normalize", data_half="test")
    images = DATASETS["digits"].load("train").images.astype(np.int64)
    for said in (f"{images.size:,}", f"{images.sum():,} / 255n", f"{(images**2).sum():,} / 255²n", "0.3058", "0.3761"):
        assert said in html(app)
    assert app.code[0].value == "transforms.Normalize((0.3058,), (0.3761,))"
    [chart] = app.get("plotly_chart")
    before, after = json.loads(chart.proto.spec)["data"]
    assert np.allclose((np.array(before["x"]) - 0.3058) / 0.3761, after["x"])
    assert before["y"] == after["y"]


def test_pixel_histogram_counts_every_pixel() -> None:
    """Shares that add up to all, the same as a table, on a linear or a logarithmic scale."""
    app = page(data_panel="pixels")
    [chart] = app.get("plotly_chart")
    figure = json.loads(chart.proto.spec)
    assert sum(share or 0 for share in figure["data"][0]["y"]) == pytest.approx(1)
    assert figure["layout"]["yaxis"].get("type") is None
    black = int((DATASETS["digits"].load("train").images == 0).sum())
    assert f'<th scope="row">0</th><td>{black:,}</td>' in html(app)
    app.toggle(key="data_log").set_value(True).run()
    assert json.loads(app.get("plotly_chart")[0].proto.spec)["layout"]["yaxis"]["type"] == "log"


def test_balance_counts_every_class() -> None:
    """The chart and its table give each class's own numbers, and they add up."""
    app = page()
    [chart] = app.get("plotly_chart")
    train, test, _numbers = json.loads(chart.proto.spec)["data"]
    assert [int(cells[1]) for cells in train["customdata"]] == TRAINED
    assert sum(int(cells[1]) for cells in test["customdata"]) == 360
    assert sum(train["x"]) == pytest.approx(1)
    assert chart.proto.alt == (
        "Share of each class in its half; of the training pictures from 9.7% (8, 139) to 10.2% (3, 147)"
    )
    found = re.findall(r'<th scope="row">(\d)</th><td>(\d+)</td><td>(\d+)</td>', html(app))
    assert [int(count) for _name, count, _tested in found] == TRAINED
    assert sum(TRAINED) == 1437


def test_another_sample_is_another_and_the_link_keeps_it() -> None:
    """The button changes the pictures; the number is in the link, and the same number shows the same pictures."""
    app = page()
    first = gallery(app)["rows"]
    app.button(key="data_another").click().run()
    second = gallery(app)["rows"]
    assert second != first
    assert app.query_params["data_sample"] == "2"
    assert gallery(page(data_sample="2"))["rows"] == second
    assert gallery(page(data_sample="x"))["rows"] == first


def test_link_chooses_the_data_set() -> None:
    """`?data_name=kmnist` opens that data set; what is not here is said, and the digits are shown."""
    app = page(data_name="kmnist")
    assert app.selectbox(key="data_name").value == "kmnist"
    assert app.info[0].value.startswith("KMNIST is not on this machine yet.")
    app = page(data_name="own:gone")
    assert "own:gone" in app.warning[0].value.replace("\\", "").replace("\N{WORD JOINER}", "")
    assert is_shown(app)


def test_missing_data_offers_to_fetch_and_the_embedded() -> None:
    """Without the files: one sentence with the size, a button to fetch, and one that shows digits at once."""
    app = page(data_name="fashion-mnist")
    assert app.info[0].value == (
        "Fashion-MNIST is not on this machine yet. Fetching it once loads 31 MB from the internet."
    )
    assert buttons(app) == ["Fetch", "Show digits instead"]
    assert not is_shown(app)
    app.button(key="data_embedded").click().run()
    assert app.selectbox(key="data_name").value == "digits"
    assert is_shown(app)


def test_fetching_brings_the_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fetch downloads and then shows the gallery: here of 30 made pictures."""
    with made.mirror(CONTENTS) as server:
        use(monkeypatch, made.sources(CONTENTS, server.address))
        app = page(data_name="fashion-mnist")
        app.button(key="data_fetch").click().run()
    assert not app.error
    assert not app.info
    assert is_shown(app)
    boots = gallery(app)["rows"][9]
    assert (boots["name"], boots["label"]) == ("Ankle boot", "3 pictures of class Ankle boot")
    data = DATASETS["fashion-mnist"].load("train")
    for place, _title, number in boots["tiles"]:
        assert np.array_equal(tile(gallery(app), place)[:, :, 0], data.images[number - 1, 0])


@pytest.fixture
def at_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """The visitor is whoever runs the server."""
    monkeypatch.setattr(visitor, "is_at_the_server", lambda: True)


@pytest.mark.usefixtures("at_the_server")
def test_removing_asks_first(own_home: Path) -> None:
    """The button says what it does for everybody; then the files are gone, and can be fetched."""
    folder = made.write(own_home / "data", CONTENTS)
    app = page(data_name="fashion-mnist", data_panel="about")
    assert "is taken off this machine, for everybody. Fetching it again loads 31 MB." in " ".join(
        each.value for each in app.markdown
    )
    app.button(key="data_really_remove").click().run()
    assert not folder.exists()
    assert app.info[0].value.startswith("Fashion-MNIST is not on this machine yet.")


@pytest.mark.usefixtures("at_the_server")
def test_removing_waits_for_runs(own_home: Path) -> None:
    """What is queued on it is said and would fail: the button waits."""
    folder = made.write(own_home / "data", CONTENTS)
    run = scheduler.store().add(TrainConfig(data="fashion-mnist"))
    app = page(data_name="fashion-mnist", data_panel="about")
    assert "1 runs that train on it are queued or under way" in app.warning[-1].value
    assert app.button(key="data_really_remove").disabled
    scheduler.store().ask_stop(run)
    assert not app.run().button(key="data_really_remove").disabled
    assert folder.exists()


def test_only_who_runs_the_server_removes(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be gone for everybody: another browser is told the command."""
    made.write(own_home / "data", CONTENTS)
    monkeypatch.setattr(visitor, "is_at_the_server", lambda: False)
    app = page(data_name="fashion-mnist", data_panel="about")
    assert "data_really_remove" not in [button.key for button in app.button]
    assert any("python -m cnnviz data remove fashion-mnist" in each.value for each in app.caption)


def test_a_picture_in_both_halves_is_said(own_home: Path) -> None:
    """With its numbers in both."""
    pictures = {
        split: CONTENTS[f"{split}-images-idx3-ubyte"][16:] for split in ("train", "t10k")
    }  # without their headers
    twin = pictures["train"][5 * 784 : 6 * 784]
    test = CONTENTS["t10k-images-idx3-ubyte"][:16] + twin + pictures["t10k"][784:]
    made.write(own_home / "data", CONTENTS | {"t10k-images-idx3-ubyte": test})
    app = page(data_name="fashion-mnist", data_panel="about")
    assert app.warning[0].value.startswith(
        "1 test pictures are among the training pictures too, to the last pixel: test picture 1 is training picture 6."
    )


def test_offline_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """No connection: a sentence that offers digits; the buttons stay."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}/"
    use(monkeypatch, made.sources(CONTENTS, nobody))
    app = page(data_name="kmnist")
    app.button(key="data_fetch").click().run()
    assert len(app.error) == 1
    assert "no connection to 127.0.0.1" in app.error[0].value
    assert "use digits, which needs no network" in app.error[0].value
    assert buttons(app) == ["Fetch", "Show digits instead"]


def test_a_cut_file_is_one_sentence(own_home: Path) -> None:
    """A broken file is named, and can be fetched again."""
    folder = made.write(own_home / "data", CONTENTS)
    (folder / "train-images-idx3-ubyte").write_bytes(CONTENTS["train-images-idx3-ubyte"][:-1])
    app = page(data_name="fashion-mnist")
    assert len(app.error) == 1
    assert "train-images-idx3-ubyte` was cut or changed" in app.error[0].value
    assert buttons(app)[-2:] == ["Fetch", "Show digits instead"]
    assert not app.exception


def test_chinese() -> None:
    """Labels, class names and sentences are Chinese."""
    app = page(lang="zh", data_name="fashion-mnist")
    assert app.title[0].value == "数据"
    assert app.selectbox(key="data_name").label == "数据集"
    assert app.info[0].value == "本机还没有 Fashion-MNIST。只需下载一次，约 31 MB。"
    assert buttons(app) == ["下载", "先看 8×8 手写数字"]
    app.button(key="data_embedded").click().run()
    assert gallery(app)["rows"][3]["label"] == "类别“3”的 9 张图片"


def test_mnist_counts(complete_data: Path) -> None:
    """The complete MNIST: 5,923 zeros to train on, 980 to test with."""
    text = html(page(data_name="mnist"))
    assert "<td>5,923</td><td>980</td>" in text


def test_page_needs_no_torch() -> None:
    """The page with its gallery comes without torch, torchvision or scikit-learn."""
    code = (
        "import sys; from streamlit.testing.v1 import AppTest; from tests.polling import PATIENCE;"
        "import pytest; app = AppTest.from_file(sys.argv[1], default_timeout=PATIENCE).run();"
        "assert not app.exception;"
        "print([name for name in ('torch', 'torchvision', 'sklearn') if name in sys.modules])"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code, str(REPOSITORY / "pages" / "data.py")], text=True, capture_output=True, check=True
    ).stdout
    assert printed.strip() == "[]"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("data_class", "😀", "data\\_class = 😀, which is not found here"),
        ("data_picture", "9999999", "a whole number from 1 to 1,437"),
        ("data_step", "9999999", "a whole number from 1 to 45"),
        ("data_labels_corrected", "5:77;a:b,1:1", "must be places with their classes"),
        ("data_labels_corrected", "1:77", "names class 77 for place 1"),
    ],
)
def test_what_the_data_set_does_not_have_is_one_sentence(name: str, value: str, said: str) -> None:
    """Said, left out of the link, and the page is there."""
    app = page(**{name: value})
    assert not app.exception
    [warning] = app.warning
    assert said in warning.value.replace("corrected\\_labels", "corrected_labels")
    assert name not in app.query_params
