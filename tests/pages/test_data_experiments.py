"""The view Experiments: each question trains ways that differ in one thing, and concludes with their own numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.data.registry import DATASETS
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import EpochEnd, RunEnd, RunStarted
from cnnviz.runs import scheduler
from cnnviz.ui.data.questions import QUESTIONS
from cnnviz.ui.shared.link_parameters import EXPERIMENTS
from tests.conftest import REPOSITORY
from tests.polling import PATIENCE

# what the ways of each question differ in
DIFFERS = {
    "size": {"train_images", "batch_size"},
    "stopping": {"patience"},
    "leakage": {"train_images", "leakage"},
    "imbalance": {"class_weights", "sampler"},
    "wrong": {"label_noise"},
}


def page(code: str, **query: str) -> AppTest:
    app = AppTest.from_file(REPOSITORY / "pages" / "data.py", default_timeout=PATIENCE)
    app.query_params.update({"data_view": "experiments", "data_experiment": code, **query})
    return app.run()


def texts(app: AppTest) -> str:
    blocks = [*app.markdown, *app.caption, *app.error, *app.info]
    return "\n".join([*(str(block.value) for block in blocks), *(block.proto.body for block in app.get("html"))])


def submitted(app: AppTest, code: str) -> list[TrainConfig]:
    app.button(key=f"data_experiment_{code}_train").click().run()
    assert not app.exception
    return [record.config for record in scheduler.store().records(20)][::-1]


def end(runs: Sequence[int], accuracies: Sequence[float]) -> None:
    """Each has one epoch with that test accuracy, of the last class the same."""
    store = scheduler.store()
    for run, accuracy in zip(runs, accuracies, strict=True):
        while store.claim_next(50, lambda holder: True, None) is not None:
            pass
        with store.reading() as connection:
            (token,) = connection.execute("SELECT claim FROM runs WHERE id = ?", (run,)).fetchone()
        right = round(100 * accuracy)
        confusion = ((100, 0), (100 - right, right))
        store.append(run, token, RunStarted("cpu", "CPU, 2 cores", 61_706, 1437, 360, 12, 1, 1))
        store.append(run, token, EpochEnd(1, 0.5, 0.95, 0.5, accuracy, confusion, 1.5, 1000.0, 0.5, 0.875))
        store.append(run, token, RunEnd("finished", 1, 3.0))
        store.end(run, token, "finished")


@pytest.mark.parametrize("code", QUESTIONS)
def test_ways_differ_in_what_is_asked_about(code: str) -> None:
    """And in nothing else; all of the same seeds."""
    app = page(code)
    assert not app.exception
    configs = submitted(app, code)
    assert len(configs) <= 9
    fields = [asdict(config) for config in configs]
    differing = {name for name in fields[0] if len({str(each[name]) for each in fields}) > 1}
    assert differing - {"seed"} == DIFFERS[code]
    assert {config.data for config in configs} == {"digits"}


@pytest.mark.parametrize(("code", "choice"), [(code, choice) for code, all_ in EXPERIMENTS.items() for choice in all_])
def test_every_choice_of_every_question_can_be_trained(code: str, choice: str) -> None:
    """On the set that comes with the app and on large ones, whose runs stay short."""
    for name in ("digits", "mnist", "cifar10"):
        spec = DATASETS[name]
        for variant in QUESTIONS[code].variants(spec, choice):
            config = variant.config
            assert variant.label
            most = config.train_images or spec.train_images
            leaked = config.leakage * spec.test_images
            assert (most + leaked) * config.epochs <= 200_000, "more than about a minute"


def test_the_switch_is_in_the_link() -> None:
    """Who follows it trains the same; another choice trains another."""
    assert [
        config.imbalance for config in submitted(page("imbalance", data_experiment_imbalance="20"), "imbalance")
    ] == [20.0] * 3


def test_three_seeds() -> None:
    """Each way with each seed."""
    configs = submitted(page("imbalance", data_experiment_imbalance_seeds="3"), "imbalance")
    assert [config.seed for config in configs] == [0, 1, 2] * 3


CONCLUDED: dict[str, Any] = {
    "size": ((0.7, 0.8, 0.9), "right on 95.0% of these, but only on 70.0% of new ones: a gap of 25.0 points."),
    "stopping": ((0.8, 0.9), "90.0% of the test pictures right. Trained to the end it is 80.0%."),
    "leakage": ((0.85, 0.85, 0.85, 0.95, 0.95, 0.95), "it flatters by 7.5 points"),
    "imbalance": ((0.1, 0.6, 0.7), "10.0% of the rarest class are found"),
    "wrong": ((0.9, 0.8, 0.7), "at least 83% of the wrong labels were learned by heart"),
}


@pytest.mark.parametrize("code", CONCLUDED)
def test_what_was_to_be_seen_is_said_with_the_runs_own_numbers(code: str) -> None:
    """And the guess beside it."""
    accuracies, sentence = CONCLUDED[code]
    app = page(code, **{f"data_experiment_{code}_guess": "40"})
    submitted(app, code)
    end([record.id for record in scheduler.store().records(20)][::-1], accuracies)
    app.run()
    assert not app.exception
    assert sentence in texts(app)
    assert "You guessed 40%; it is " in texts(app)


def test_leakage_of_the_set_itself_is_looked_for() -> None:
    """Digits have no picture in both halves, and the page says so."""
    assert "no picture lies in both halves" in texts(page("leakage"))
