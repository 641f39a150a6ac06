"""Predicted paces: a training cut short, scaled to an epoch; for ImageNet on random pictures."""

from __future__ import annotations

import pytest

from cnnviz.base.errors import ConfigurationError
from cnnviz.data.registry import DATASETS
from cnnviz.engine import speed_measurement, timing
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import EpochEnd, Progress, RunStarted
from cnnviz.engine.speed import IMAGENET, IMAGENET_IMAGES, TimePerEpoch
from cnnviz.engine.speed_measurement import measure, paces
from cnnviz.models.editor.blueprint import blueprint_of

DIGITS = DATASETS["digits"].train_images


def test_training_and_test_are_told_apart() -> None:
    """Pictures a second times seconds of training are the pictures of an epoch; the test comes on top."""
    found = measure(TrainConfig(model="lenet5", data="digits", batch_size=512), seconds=0.1)
    assert found.images == DIGITS
    assert found.images_per_second * found.train_seconds == pytest.approx(DIGITS)
    assert found.test_seconds > 0
    assert found.seconds_per_epoch == found.train_seconds + found.test_seconds


def test_a_part_of_a_long_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the first report to the last: 30 steps in 3 seconds are 10 a second, so 100 steps take 10 seconds."""
    monkeypatch.setattr(timing, "test_seconds", lambda _config, _images: 0.001)
    started = RunStarted("cpu", "CPU, 2 cores", 1, 6400, 1000, 100, 1, 1)
    reports = [
        Progress(1, step, 100, 1.0, 0.1, 64.0, second, 0.0) for step, second in ((5, 9.0), (20, 10.0), (35, 12.0))
    ]
    found = speed_measurement._from_reports(reports, started, TrainConfig(batch_size=64), 4.0)
    assert (found.train_seconds, found.test_seconds, found.steps) == (pytest.approx(10.0), pytest.approx(1.0), 30)


def test_the_first_epoch_is_left_out() -> None:
    """It warms up: of epochs of 9, 2 and 3 seconds the last two count."""
    started = RunStarted("cpu", "CPU, 2 cores", 1, 100, 10, 4, 3, 1)
    ends = [EpochEnd(i, 1.0, 0.5, 1.0, 0.5, (), seconds, 100.0) for i, seconds in ((1, 9.0), (2, 2.0), (3, 3.0))]
    found = speed_measurement._from_epochs(ends, started, TrainConfig())
    assert (found.train_seconds, found.test_seconds, found.steps) == (1.0, 1.5, 8)


@pytest.mark.parametrize("config", [TrainConfig(model="resnet-small", data=IMAGENET), None], ids=["zoo", "own"])
def test_imagenet_by_random_pictures(config: TrainConfig | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any network is trained, first in batches of two, then in as many as fit into the time, whatever was asked for."""
    real = timing._Steps.seconds
    monkeypatch.setattr(timing._Steps, "seconds", lambda steps, size: real(steps, size) * 0 + 0.01)
    own = TrainConfig(model="own", blueprint=blueprint_of("lenet5-valid").to_json(), data=IMAGENET)
    first, last = paces(config or own, seconds=0.05)
    assert (first.batch_size, first.steps) == (2, 1)
    assert (last.batch_size, last.steps) == (8, 5)  # ten would fit; a power of two is taken
    assert last.train_seconds == pytest.approx(IMAGENET_IMAGES * 0.01 / 8)
    assert not last.test_seconds


def test_batches_shrink_until_they_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the memory is not enough after all, half as many pictures are tried; the small batch is the last resort."""
    real, tried = timing._Steps.seconds, []

    def seconds(steps: timing._Steps, batch_size: int) -> float:
        tried.append(batch_size)
        if batch_size > 4:
            raise MemoryError
        return real(steps, batch_size)

    monkeypatch.setattr(timing._Steps, "seconds", seconds)
    monkeypatch.setattr(timing._Steps, "batch_size", lambda *_arguments: 16)
    found = list(paces(TrainConfig(model="lenet5", data=IMAGENET), seconds=0.01))
    assert tried[:5] == [2, 2, 16, 8, 4]
    assert found[-1].batch_size == 4


def test_what_cannot_be_trained_is_refused() -> None:
    """In the training's own sentence."""
    with pytest.raises(ConfigurationError, match="no option"):
        list(paces(TrainConfig(model="lenet5", data=IMAGENET, model_options='{"depth": 3}'), seconds=0.01))


def test_pace_is_a_whole() -> None:
    """Pictures a second are those trained on."""
    assert TimePerEpoch(10.0, 2.0, 500, 64, 3, "CPU").images_per_second == 50.0
