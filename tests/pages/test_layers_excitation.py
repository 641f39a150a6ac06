"""The view "What excites it": its pictures, numbers and rates are those of the network and the test pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest
from torch import nn

from cnnviz.base import paths
from cnnviz.engine.card import Card
from cnnviz.engine.checkpoint import load
from cnnviz.inspection.maximize import Ascent, maximize
from cnnviz.ui.layers import excitation_film, excitation_pictures, excitation_sheet
from cnnviz.ui.shared import jobs
from tests.inspection.test_maximize import digits
from tests.pages.test_layers import SHIPPED, component, page, sprite
from tests.polling import PATIENCE

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def finished_at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A page waits for its jobs to end, on one thread as on a server."""
    monkeypatch.setattr(jobs, "_JOBS", jobs.Jobs())
    monkeypatch.setattr(jobs, "_AT_FIRST", PATIENCE)
    excitation_pictures._kept.clear()
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def view(**query: str) -> AppTest:
    app = page(layers_view="excitation", **query)
    assert not app.exception
    return app


def film(app: AppTest) -> dict:
    return component(app, "layers_ascent_film")


def texts(app: AppTest) -> str:
    return " ".join(each.proto.body for each in app.get("html"))


def test_the_film_is_that_of_the_ascent() -> None:
    """Its last frame, number and curve are those that `maximize` gives for the map chosen; the link says what is on."""
    app = view(layers_layer="conv2", layers_map="4", layers_excite_blur="false")
    assert app.query_params["layers_excite_blur"] in ("false", ["false"])
    shown = film(app)
    model, card = load(paths.shipped_checkpoints() / SHIPPED)
    *_, step = maximize(model, "conv2", 3, card, "mean", Ascent(blur=0))
    np.testing.assert_array_equal(sprite(shown)[-1], excitation_film.rgb(excitation_film.pixels(step.picture, card)))
    assert shown["curve"][-1] == pytest.approx(step.activation, rel=1e-5)
    assert (shown["steps"][0], shown["steps"][-1], shown["is_live"]) == (0, 96, False)
    assert shown["strings"]["measure"] == "mean of map 4"


def test_best_test_picture_and_rates_are_the_digits_own() -> None:
    """Where MNIST is not here, of the small digits that stand in: best mean, nine pictures, rates by class."""
    app = view(layers_layer="relu2", layers_map="3")
    model, card = load(paths.shipped_checkpoints() / SHIPPED)
    assert isinstance(model, nn.Sequential)
    value = excitation_pictures.Preprocessing.of(card)(torch.from_numpy(digits().images))
    with torch.no_grad():
        for name, module in model.named_children():
            value = module(value)
            if name == "relu2":
                break
    own = value[:, 2]
    app.run()  # the responses are known by now
    assert film(app)["best"] == pytest.approx(float(own.mean(dim=(1, 2)).max()), rel=1e-4)
    html = texts(app)
    best = own.flatten(1).amax(dim=1).topk(9).indices.tolist()
    assert [f"test picture {index + 1}, class {digits().labels[index]}:" in html for index in best] == [True] * 9
    for digit in range(10):
        share = float((own[digits().labels == digit] > 0).float().mean())
        assert f"{share * 100:.1f}%" in html


def test_a_class_is_shown_with_its_probability() -> None:
    """The target "A class": its picture is answered with 99% and more, whatever layer is chosen."""
    app = view(
        layers_layer="conv1", layers_excite_target="class", layers_excite_class="7", layers_excite_answer="probability"
    )
    shown = film(app)
    assert shown["strings"]["measure"] == "probability of 7"
    assert shown["curve"][-1] >= 0.99
    assert shown["texts"][-1].endswith("%")


def test_without_a_regulariser_the_picture_before_stays_beside_it() -> None:
    """Switching one off makes another picture from the same seed; the one before is shown with its number."""
    app = view(layers_layer="conv2", layers_map="2")
    first = film(app)
    assert first["before"] is None
    app.button_group(key="layers_excite_regularizers").set_value(["jitter", "blur", "weight_decay"]).run()
    second = film(app)
    assert second["id"] != first["id"]
    assert second["before"]["text"] == f"before, with Total variation: {first['texts'][-1]}"
    assert app.query_params["layers_excite_total_variation"] in ("false", ["false"])
    assert second["texts"][0] == first["texts"][0]


def test_all_filters_on_one_sheet() -> None:
    """Sixteen tiles with their numbers, the one chosen marked; a fully connected layer has units, 64 a sheet."""
    app = view(layers_layer="conv2", layers_map="5", layers_excite_target="all")
    sheet = component(app, "layers_ascent_sheet_tiles")
    assert len(sheet["titles"]) == 16
    assert sheet["chosen"] == 4
    assert sheet["titles"][0].startswith("What excites filter 1 of conv2 most: ")
    app = view(layers_layer="fc1", layers_map="70", layers_excite_target="all")
    assert [caption.split(":")[0] for caption in component(app, "layers_ascent_sheet_tiles")["captions"]][:2] == [
        "65",
        "66",
    ]
    assert any("65 to 120 of 120" in each.value for each in app.caption)


def test_dead_filters_are_named() -> None:
    """In a sentence, by their numbers from 1."""
    found = excitation_pictures.Responses
    empty = np.zeros((3, 9))
    fired = np.array([[1, 0], [0, 0], [0, 2]])
    result = found(5, 5, empty, empty, empty, empty[:, 0], empty[:, 0], empty[:, 0], fired, np.array([3, 2]))
    assert "filters 2." in excitation_pictures.dead_sentence(result, are_units=False)
    assert "units 2." in excitation_pictures.dead_sentence(result, are_units=True)


def test_large_pictures_are_sent_sparingly(tmp_path: Path) -> None:
    """Of 224 pixels: while it runs one frame at a time, at the end a short film, with loss; tiles of half the side."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(3, 4, 7, stride=4), nn.ReLU())
    card = Card("own", "digits", ("a",), (3, 224, 224), (0.5,) * 3, (0.25,) * 3)
    goal = excitation_film.Goal(tmp_path, 0, "0", (1,), "mean", Ascent(steps=24))
    *_, made = excitation_film._film(model, card, goal)
    said = excitation_film.Said("mean of map 2", "What excites it", None, {})
    live, done = (excitation_film._data(goal, made, said, is_live) for is_live in (True, False))
    assert (live["steps"], live["width"], live["pixelated"]) == ([24], 224, False)
    assert len(done["steps"]) == 13  # type: ignore[arg-type]
    assert str(done["sprite"]).startswith("data:image/jpeg")
    assert len(str(live["sprite"])) < len(str(done["sprite"])) < 2_000_000
    *_, sheet = excitation_sheet._sheet(model, card, replace(goal, units=(0, 3), options=Ascent(steps=2)))
    assert sheet.pictures.shape == (2, 3, 112, 112)


def test_in_chinese() -> None:
    """The view's own words."""
    app = view(layers_layer="conv2", lang="zh")
    assert film(app)["strings"]["measure"] == "特征图 1 的平均值"
    assert "它有多常激活" in texts(app)
