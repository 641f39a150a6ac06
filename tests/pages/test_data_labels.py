"""The view Find wrong labels: suspects ranked, corrected by a click or all at once, trained again beside the others."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.data.registry import DATASETS
from cnnviz.engine import corrected_labels
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.training_set import TrainingSet, training_set
from cnnviz.runs import label_search, scheduler
from tests.conftest import REPOSITORY
from tests.polling import PATIENCE

DIGITS = DATASETS["digits"]
LABELS = DIGITS.load("train").labels


@pytest.fixture(autouse=True)
def search(monkeypatch: pytest.MonkeyPatch) -> None:
    """The networks see what is there, less surely with every picture; the picture of place 5 they see wrong."""
    monkeypatch.setattr(label_search, "_known", type(label_search._known)())

    def found(config: TrainConfig, version: str = "") -> Generator[float | np.ndarray, None, None]:
        yield 0.5
        half = training_set(config, DIGITS)
        share = np.linspace(0.999, 0.91, len(half.places))
        answers = LABELS[half.places].copy()
        answers[half.places == 5] = (answers[half.places == 5] + 1) % 10
        probabilities = np.tile(((1 - share) / 9)[:, None], (1, 10)).astype(np.float32)
        probabilities[np.arange(len(answers)), answers] = share
        label_search._known[config, version] = probabilities
        yield probabilities

    monkeypatch.setattr(label_search, "search", found)


def page(**query: str) -> AppTest:
    """After the search."""
    app = AppTest.from_file(REPOSITORY / "pages" / "data.py", default_timeout=PATIENCE)
    app.query_params.update({"data_view": "labels", **query})
    app.run()
    if any(button.key == "data_labels_start" for button in app.button):  # else it was searched before
        app.button(key="data_labels_start").click().run()
    for _ in range(20):
        if any(button.key == "data_labels_all" for button in app.button):
            break
        app.run()
    assert not app.exception
    return app


def half(noise: float) -> TrainingSet:
    return training_set(TrainConfig(data="digits", label_noise=noise), DIGITS)


def texts(app: AppTest) -> str:
    blocks = [*app.markdown, *app.caption, *app.error, *app.info]
    return "\n".join([*(str(block.value) for block in blocks), *(block.proto.body for block in app.get("html"))])


def tiles(app: AppTest) -> list[int]:
    """Places in the order they are shown."""
    return [int(button.key.rsplit("_", 1)[1]) for button in app.button if button.key.startswith("data_labels_yes_")]


def corrected(app: AppTest) -> dict[int, int]:
    said = app.query_params.get("data_labels_corrected", "")
    return corrected_labels.parse(said if isinstance(said, str) else said[0])


def test_ranked_and_scored() -> None:
    """All that were made wrong are suspected, and place 5; the surest first; precision and recall in words."""
    app = page(data_labels_noise="5%")
    found = half(0.05)
    wrong = [int(place) for place in found.places[found.is_wrong]]
    extra = 5 not in wrong
    assert tiles(app) == sorted({*wrong, 5})[:16]
    assert f"**{len(wrong) + extra}** of 1,437 labels are suspected." in texts(app)
    assert f"Of all {len(wrong)} that were, **100.0%** are suspected" in texts(app)
    if extra:
        assert f"precision **{len(wrong) / (len(wrong) + 1):.1%}**" in texts(app)
    app.button(key="data_labels_turn_1").click().run()
    assert tiles(app) == sorted({*wrong, 5})[16:32]


def test_labels_as_they_come() -> None:
    """Without any made wrong, the one that the networks see otherwise; what is not known is not said."""
    app = page(data_labels_noise="0%")
    assert tiles(app) == [5]
    assert f"{LABELS[5]} → {(LABELS[5] + 1) % 10}" in texts(app)
    assert "precision" not in texts(app)
    app.button(key="data_labels_yes_5").click().run()
    assert corrected(app) == {5: (LABELS[5] + 1) % 10}
    app.button(key="data_labels_train").click().run()
    configs = [record.config for record in scheduler.store().records(5)][::-1]
    assert [config.corrected_labels for config in configs] == ["", f"5:{(LABELS[5] + 1) % 10}"]


def test_one_click_corrects_another_undoes() -> None:
    """In the link, and from there again."""
    app = page(data_labels_noise="5%")
    place = next(each for each in tiles(app) if each != 5)
    app.button(key=f"data_labels_yes_{place}").click().run()
    assert corrected(app) == {place: LABELS[place]}
    follower = page(data_labels_noise="5%", data_labels_corrected=f"{place}:{LABELS[place]}")
    assert corrected(follower) == {place: LABELS[place]}
    app.button(key=f"data_labels_yes_{place}").click().run()
    assert corrected(app) == {}


def test_another_class_than_the_networks_say() -> None:
    """From the box beside; the given label takes the correction back."""
    app = page(data_labels_noise="5%")
    place = tiles(app)[0]
    given = int(half(0.05).split.labels[place])
    other = next(label for label in range(10) if label not in (given, LABELS[place]))
    app.selectbox(key=f"data_labels_class_{place}").select(other).run()
    assert corrected(app) == {place: other}
    app.selectbox(key=f"data_labels_class_{place}").select(given).run()
    assert corrected(app) == {}


def test_all_at_once_then_trained_beside_the_others() -> None:
    """As labelled, corrected, and as they were: nothing else differs."""
    app = page(data_labels_noise="5%")
    assert "Correct some labels" in texts(app)
    app.button(key="data_labels_all").click().run()
    found = half(0.05)
    wrong = {int(place): int(LABELS[place]) for place in found.places[found.is_wrong]}
    made = corrected(app)
    assert wrong.items() <= made.items() | {(5, int(LABELS[5]))}
    assert app.button(key="data_labels_all").disabled
    app.button(key="data_labels_train").click().run()
    noisy, mended, clean = [record.config for record in scheduler.store().records(5)][::-1]
    assert (noisy.label_noise, mended.label_noise, clean.label_noise) == (0.05, 0.05, 0.0)
    assert corrected_labels.parse(mended.corrected_labels) == made
    assert noisy.corrected_labels == clean.corrected_labels == ""
    app.button(key="data_labels_none").click().run()
    assert corrected(app) == {}


def test_corrections_are_of_one_set_of_labels() -> None:
    """Other labels made wrong: those corrections are gone."""
    app = page(data_labels_noise="5%")
    app.button(key="data_labels_all").click().run()
    app.button_group(key="data_labels_noise").set_value("10%").run()
    assert corrected(app) == {}


def test_nonsense_in_the_link_corrects_nothing() -> None:
    """And breaks nothing."""
    for text in ("x", "1:2,1:3", "99999999:1", "<b>"):
        assert not page(data_labels_corrected=text).exception
