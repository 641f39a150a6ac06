"""The film of the page Training: what is sent is the run's own, once, and whatever happens to its files is said."""

from __future__ import annotations

import base64
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.engine import live_weights
from cnnviz.engine.card import epoch_path, load_card, weights_path
from cnnviz.engine.checkpoint import load
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.train import train
from cnnviz.inspection.timemachine import Seen
from cnnviz.runs import scheduler
from cnnviz.runs.run import RunRecord
from cnnviz.ui.training.timemachine.stops import MOST_PLAYED, Stop, played
from tests.conftest import REPOSITORY
from tests.engine.conftest import threads_put_back  # noqa: F401 - a fixture
from tests.polling import PATIENCE
from tests.runs.conftest import close_store  # noqa: F401 - a fixture

pytestmark = pytest.mark.usefixtures("close_store", "threads_put_back")
CONFIG = TrainConfig(data="digits", epochs=2, batch_size=256, device="cpu")


@pytest.fixture(scope="module")
def epochs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list]:
    """The folder and the events of a run of CONFIG. Do not write there."""
    folder = tmp_path_factory.mktemp("film")
    return folder, list(train(CONFIG, directory=folder))


@pytest.fixture
def run(epochs: tuple[Path, list]) -> RunRecord:
    """The same as a finished run of the store, with files of its own."""
    store = scheduler.store()
    number, token = store.add_here(CONFIG)
    shutil.copytree(epochs[0], store.record(number).directory, dirs_exist_ok=True)
    for event in epochs[1]:
        store.append(number, token, event)
    store.end(number, token, "finished")
    return store.record(number)


def page(**query: str) -> AppTest:
    app = AppTest.from_file(REPOSITORY / "pages" / "training.py", default_timeout=PATIENCE)
    app.query_params.update(query)
    return app.run()


def film(app: AppTest) -> dict:
    """What was handed to the component."""
    [found] = [each.proto for each in app.get("bidi_component") if each.proto.component_name.endswith("timemachine")]
    return json.loads(found.json)[0]


def parts(app: AppTest, kind: str) -> dict[str, dict]:
    return {part["id"]: part for part in film(app)["parts"] if part["id"].startswith(kind)}


def complete(app: AppTest) -> AppTest:
    """All pieces in one answer, as often as it takes."""
    have: list[str] = []
    while film(app)["left"]:
        have += [part["id"] for part in film(app)["parts"]]
        app.session_state["training_film"] = {"have": have}
        app.run()
    return app


def test_every_kept_epoch_is_a_stop(run: RunRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    """Epoch 0 among them; filters, maps, answers and matrices are the checkpoints' own."""
    monkeypatch.setattr("cnnviz.ui.training.timemachine.chunks.SECONDS", 60.0)
    app = page(training_pin="4")
    assert not app.exception
    shown = film(app)
    assert [stop["at"] for stop in shown["stops"]] == [0, 1, 2]
    assert shown["layers"] == ["conv1", "conv2"]
    assert (shown["pin"]["number"], shown["pin"]["key"], shown["left"]) == (4, "t3", 0)
    assert [len(parts(app, kind)) for kind in ("w-", "m-", "c-")] == [3, 6, 3]
    last = shown["stops"][2]
    weights = parts(app, "w-")[f"w-{last['v']}"]
    sent = np.frombuffer(base64.b64decode(weights["tiles"]), np.int8).reshape(weights["shape"])
    wanted = load(epoch_path(run.directory, 2))[0].get_submodule("conv1").weight.detach().numpy()
    np.testing.assert_allclose(sent * weights["span"] / 127, wanted, atol=weights["span"] / 250)
    before = parts(app, "c-")[f"c-{shown['stops'][0]['c']}"]
    counts = np.frombuffer(base64.b64decode(before["counts"]), "<u4").reshape(10, 10)
    assert counts.tolist() == [list(row) for row in load_card(epoch_path(run.directory, 0)).confusion]


def test_what_is_almost_sure_is_not_sent_as_sure(run: RunRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    """The largest share below 1 that a network can answer stays below 1: the browser writes >99.9%, not 100.0%."""
    shares = np.zeros(10, np.float32)
    shares[3] = np.nextafter(np.float32(1), np.float32(0))
    monkeypatch.setattr("cnnviz.ui.training.timemachine.chunks.SECONDS", 60.0)
    monkeypatch.setattr("cnnviz.ui.training.timemachine.chunks._seen", lambda *_given: Seen(shares, {}))
    answers = [part["answer"] for part in parts(page(training_pin="4"), "m-").values()]
    assert answers
    assert all(0.9999999 <= answer[3] < 1 for answer in answers)


def test_what_the_browser_has_is_not_sent_again(run: RunRecord) -> None:
    """Once it has told what it has nothing comes; a new picture brings its own maps only."""
    app = complete(page())
    have = [f"{kind}-{stop[key]}" for stop in film(app)["stops"] for kind, key in (("w", "v"), ("c", "c"))]
    maps = [f"m-{stop['v']}-t0-{layer}" for stop in film(app)["stops"] for layer in ("conv1", "conv2")]
    app.session_state["training_film"] = {"have": [*have, *maps]}
    assert film(app.run())["parts"] == []
    app.button(key="training_film_next").click().run()
    assert film(app)["pin"]["key"] == "t1"
    assert {part["id"].split("-")[2] for part in film(app)["parts"]} == {"t1"}


@pytest.mark.parametrize(
    "told", [{"have": "w-1"}, {"have": [1, None, {}]}, {"wanted": [1]}, {"wanted": "nothing"}, "x"]
)
def test_what_a_browser_invents_is_nothing(run: RunRecord, told: object) -> None:
    """Whatever the state of the component is, the film is there."""
    app = page()
    app.session_state["training_film"] = told
    assert not app.run().exception
    assert len(film(app)["parts"]) > 0


def test_an_epoch_trained_anew_is_another_picture(run: RunRecord) -> None:
    """After a resume the files of the later epochs are others: their old pieces are not asked for any more."""
    app = page()
    before = [stop["v"] for stop in film(app)["stops"]]
    for suffix in (".safetensors", ".json"):
        file = epoch_path(run.directory, 2).with_suffix(suffix)
        content = file.read_bytes()
        file.unlink()
        file.write_bytes(content + b" " * (suffix == ".json"))
    after = [stop["v"] for stop in film(app.run())["stops"]]
    assert after[:2] == before[:2]
    assert after[2] != before[2]


def test_a_broken_file_breaks_its_own_epoch_only(run: RunRecord) -> None:
    """It is said there; the others stay."""
    file = weights_path(epoch_path(run.directory, 1))
    file.write_bytes(file.read_bytes()[:1000])
    app = complete(page())
    assert not app.exception
    broken = [stop["at"] for stop in film(app)["stops"] if parts(app, "w-").get(f"w-{stop['v']}", {}).get("broken")]
    assert broken in ([1], [])  # [] if it went with an earlier answer
    assert "cannot be read" in film(app)["strings"]["broken"]


def test_without_files_the_matrices_remain(run: RunRecord) -> None:
    """The folder of the run was deleted under it."""
    shutil.rmtree(run.directory)
    app = page()
    assert not app.exception
    assert film(app)["gone"] is True
    assert [stop["at"] for stop in film(app)["stops"]] == [1, 2]
    assert len(parts(app, "c-")) == 2
    assert not parts(app, "w-")


@pytest.mark.parametrize("wanted", ["99999", "0", "-3", "abc", "1.5"])
def test_a_link_to_no_picture_shows_the_first(run: RunRecord, wanted: str) -> None:
    """A stale or broken link is no error."""
    app = page(training_pin=wanted)
    assert not app.exception
    assert film(app)["pin"]["number"] == 1


def test_the_picture_most_often_wrong_is_pinned(run: RunRecord) -> None:
    """The button finds one, says how often it was wrong, and the link has it."""
    app = page()
    app.button(key="training_film_wrong").click().run()
    number = film(app)["pin"]["number"]
    assert app.query_params["training_pin"] in (str(number), [str(number)])
    assert any("of 2 epochs that were evaluated" in str(each.value) for each in app.caption)


def test_the_present_moment_is_the_newest_stop(run: RunRecord, epochs: tuple[Path, list]) -> None:
    """While an epoch runs its weights are a stop of their own; of a run that is over they are not."""
    store = scheduler.store()
    number, token = store.add_here(CONFIG)
    directory = store.record(number).directory
    shutil.copytree(epochs[0], directory, dirs_exist_ok=True)
    for event in epochs[1][:-1]:
        store.append(number, token, event)
    model, _card = load(epoch_path(directory, 2))
    live_weights._write(directory / live_weights.FILE, model, live_weights.LiveStep(3, 3, 6))
    app = page(training_run=str(number))
    assert film(app)["stops"][-1]["at"] == 2.5
    assert film(app)["stops"][-1]["now"] == [3, 3, 6]
    store.end(number, token, "stopped")
    assert film(app.run())["stops"][-1]["at"] == 2


@pytest.mark.parametrize(("count", "shown"), [(1, 1), (60, 60), (61, 31), (200, 51), (1001, 33)])
def test_long_films_are_played_in_even_steps(count: int, shown: int) -> None:
    """At most 60 epochs, the first and the newest among them."""
    found = [Stop(epoch, None, str(epoch)) for epoch in range(count)]
    indices = played(found)
    assert len(indices) == shown <= MOST_PLAYED + 1
    assert (indices[0], indices[-1]) == (0, count - 1)


def test_the_film_speaks_chinese(run: RunRecord) -> None:
    """Its words, and those of its controls."""
    app = page(lang="zh")
    assert film(app)["strings"]["play"] == "播放"
    assert any(header.value == "时光机" for header in app.subheader)
