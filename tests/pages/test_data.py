"""The page Data: what it shows are the data set's own pictures and counts; what is missing can be fetched."""

from __future__ import annotations

import base64
import io
import json
import re
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from cnnviz.data import idx as fetching
from cnnviz.data.idx import Sources
from cnnviz.data.registry import DATASETS
from cnnviz.ui.shared.names import data_name
from tests.conftest import REPOSITORY
from tests.data import made
from tests.polling import PATIENCE

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


def rows(app: AppTest) -> list[np.ndarray]:
    """The gallery's lines of pictures, decoded."""
    found = re.findall(r'src="data:image/png;base64,([^"]+)"', html(app))
    return [np.asarray(Image.open(io.BytesIO(base64.b64decode(packed)))) for packed in found]


def tile(line: np.ndarray, index: int, side: int, factor: int) -> np.ndarray:
    """One picture of a line in its own size."""
    start = index * (side * factor + 1)
    return line[::factor, start : start + side * factor : factor, 0]


def buttons(app: AppTest) -> list[str]:
    """The buttons' labels."""
    return [button.label for button in app.button]


def use(monkeypatch: pytest.MonkeyPatch, sources: Sources) -> None:
    """Let fetching find `sources` where it would ask torchvision."""
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(fetching, "torchvision_sources", lambda folder: sources)


def test_gallery_shows_real_pictures_of_every_class() -> None:
    """Ten classes in two lines of seven; each picture is one of that class's training pictures, to the last pixel."""
    app = page()
    assert app.selectbox(key="data_name").value == "digits"
    assert app.selectbox(key="data_name").options == [data_name(code) for code in DATASETS]
    data = DATASETS["digits"].load("train")
    lines = rows(app)
    assert len(lines) == 20
    shown = [tile(line, each, 8, 4).tobytes() for line in lines for each in range(7)]
    assert len(set(shown)) == 140, "no picture twice"
    for index, line in enumerate(lines):
        of_class = {picture.tobytes() for picture in data.images[data.labels == index // 2]}
        assert all(tile(line, each, 8, 4).tobytes() in of_class for each in range(7))


def test_every_row_has_its_text_alternative() -> None:
    """Who cannot see the pictures hears how many there are, and of which class."""
    assert 'role="img" aria-label="14 pictures of class 3"' in html(page())


def test_facts_are_the_registry_s() -> None:
    """Counts, size, mean and deviation, source."""
    text = html(page())
    for fact in ("1,437 pictures", "360 pictures", "8 × 8 pixels, grey", "0.3058, 0.3761", "E. Alpaydin"):
        assert fact in text


def test_balance_counts_every_class() -> None:
    """The chart and its table give each class's own numbers, and they add up."""
    app = page()
    [chart] = app.get("plotly_chart")
    train, test, _numbers = json.loads(chart.proto.spec)["data"]
    assert [int(cells[1]) for cells in train["customdata"]] == TRAINED
    assert sum(int(cells[1]) for cells in test["customdata"]) == 360
    assert sum(train["x"]) == pytest.approx(1)
    assert chart.proto.alt == "Training pictures of each class: from 139 (8) to 147 (3)"
    found = re.findall(r'<th scope="row">(\d)</th><td>(\d+)</td><td>(\d+)</td>', html(app))
    assert [int(count) for _name, count, _tested in found] == TRAINED
    assert sum(TRAINED) == 1437


def test_another_sample_is_another_and_the_link_keeps_it() -> None:
    """The button changes the pictures; the number is in the link, and the same number shows the same pictures."""
    app = page()
    first = [line.tobytes() for line in rows(app)]
    app.button(key="data_another").click().run()
    second = [line.tobytes() for line in rows(app)]
    assert second != first
    assert app.query_params["data_sample"] == "2"
    assert [line.tobytes() for line in rows(page(data_sample="2"))] == second
    assert [line.tobytes() for line in rows(page(data_sample="x"))] == first


def test_link_chooses_the_data_set() -> None:
    """`?data_name=kmnist` opens that data set."""
    app = page(data_name="kmnist")
    assert app.selectbox(key="data_name").value == "kmnist"
    assert app.subheader[0].value == "Kuzushiji-MNIST, old Japanese letters"


def test_missing_data_offers_to_fetch_and_the_embedded() -> None:
    """Without the files: one sentence with the size, a button to fetch, and one that shows digits at once."""
    app = page(data_name="fashion-mnist")
    assert app.info[0].value == (
        "Fashion-MNIST is not on this machine yet. Fetching it once loads 31 MB from the internet."
    )
    assert buttons(app) == ["Fetch", "Show digits instead"]
    assert rows(app) == []
    app.button(key="data_embedded").click().run()
    assert app.selectbox(key="data_name").value == "digits"
    assert len(rows(app)) == 20


def test_fetching_brings_the_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fetch downloads and then shows the gallery: here of 30 made pictures."""
    with made.mirror(CONTENTS) as server:
        use(monkeypatch, made.sources(CONTENTS, server.address))
        app = page(data_name="fashion-mnist")
        app.button(key="data_fetch").click().run()
    assert not app.error
    assert not app.info
    assert len(rows(app)) == 20
    assert "14 pictures of class Ankle boot" in html(app)
    data = DATASETS["fashion-mnist"].load("train")
    boots = {picture.tobytes() for picture in data.images[data.labels == 9]}
    assert tile(rows(app)[18], 0, 28, 1).tobytes() in boots


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
    assert buttons(app) == ["Fetch", "Show digits instead"]
    assert not app.exception


def test_chinese() -> None:
    """Labels, class names and sentences are Chinese."""
    app = page(lang="zh", data_name="fashion-mnist")
    assert app.title[0].value == "数据"
    assert app.selectbox(key="data_name").label == "数据集"
    assert app.info[0].value == "本机还没有 Fashion-MNIST。只需下载一次，约 31 MB。"
    assert buttons(app) == ["下载", "先看 8×8 手写数字"]
    app.button(key="data_embedded").click().run()
    assert "类别“3”的 14 张图片" in html(app)


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
