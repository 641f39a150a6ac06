"""A run that asks for the fastest compute mode finds it by the clock, keeps it, and is not changed by the finding."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import nn

from cnnviz.base.errors import CheckpointError
from cnnviz.base.locale import translations
from cnnviz.engine import fastest as timing
from cnnviz.engine import retention
from cnnviz.engine import train as module
from cnnviz.engine.card import card_path, load_arrays, load_card
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import FASTEST, ComputeMode, Event, Progress, RunStarted, Trial, from_dict, to_dict
from cnnviz.engine.fastest import SECONDS, fastest, untouched
from cnnviz.engine.hyperparameters import HYPERPARAMETERS
from cnnviz.engine.train import train
from cnnviz.models.zoo import TRAINABLE_NAMES

pytestmark = pytest.mark.slow

CONFIG = TrainConfig(
    epochs=3,
    batch_size=128,
    augmentation="affine",
    model_options='{"dropout": 0.2, "batch_norm": true}',
    precision=FASTEST,
    device="cpu",
)
BFLOAT16 = ComputeMode("bfloat16", 1, (Trial("bfloat16", 1, 5.4), Trial("float32", 1, 9.0)))
FLOAT32 = ComputeMode("float32", 1, (Trial("float32", 1, 5.4), Trial("bfloat16", 1, 45.0)))


class Processor:
    """One whose passes take as long as was said, on a clock of its own."""

    def __init__(self, seconds: Callable[[str, int], float], monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.passes, self._seconds = 0.0, 0, seconds
        for clock in ("perf_counter", "process_time"):
            monkeypatch.setattr(timing.time, clock, lambda: self.now)

    def one_pass(self, precision: str, images: int) -> float:
        self.passes += 1
        self.now += images * self._seconds(precision, torch.get_num_threads())
        return 2.3


def choice(
    monkeypatch: pytest.MonkeyPatch,
    seconds: Callable[[str, int], float],
    steps: int = 600,
    threads: int = 1,
    may_choose_threads: bool = False,
) -> tuple[ComputeMode, Processor]:
    """What is chosen for batches of 100 where a picture takes so many `seconds`."""
    processor = Processor(seconds, monkeypatch)
    return fastest(processor.one_pass, 100, steps, threads, may_choose_threads), processor


@pytest.mark.parametrize(("bfloat16", "chosen"), [(54e-6, "bfloat16"), (89e-6, "float32"), (720e-6, "float32")])
def test_the_clock_decides(bfloat16: float, chosen: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """bfloat16 only where it is clearly faster; what both took is told, the chosen one first."""
    found, _ = choice(monkeypatch, lambda precision, _: bfloat16 if precision == "bfloat16" else 90e-6)
    assert (found.precision, found.threads) == (chosen, 1)
    taken = {trial.precision: trial.milliseconds for trial in found.trials}
    assert taken == {"float32": pytest.approx(9.0), "bfloat16": pytest.approx(1e5 * bfloat16)}
    assert found.trials[0].precision == chosen


@pytest.mark.parametrize(("floor", "chosen"), [(8, 8), (4, 4), (1, 1)])
def test_fewer_threads_where_they_are_faster(floor: int, chosen: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small network on many cores: halved as long as that helps, and only where nobody shares the cores."""
    before = torch.get_num_threads()

    def seconds(_: str, threads: int) -> float:
        return 90e-6 * (1 + max(0, threads - floor) + max(0, floor - threads))

    try:
        assert choice(monkeypatch, seconds, threads=8, may_choose_threads=True)[0].threads == chosen
        assert torch.get_num_threads() == chosen
        assert choice(monkeypatch, seconds, threads=8)[0].threads == 8
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize("steps", [1, 12, 60, 600, 60_000])
def test_it_costs_little(steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Never much more than a twentieth of the run nor a third of a second; a run too short to gain is not measured."""
    found, processor = choice(monkeypatch, lambda precision, _: 45e-6 if precision == "bfloat16" else 60e-6, steps)
    run = steps * 100 * 60e-6
    assert processor.now <= min(SECONDS + 0.1, max(0.12 * run, 0.03))
    assert bool(found.trials) == (steps >= 600)
    assert found.precision == ("bfloat16" if steps >= 600 else "float32")


def test_a_large_network_is_passed_few_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two seconds a picture: two pictures, and each way once, not a burst of whole batches."""
    found, processor = choice(monkeypatch, lambda precision, _: 1.0 if precision == "bfloat16" else 2.0)
    assert found.precision == "bfloat16"
    assert processor.passes == 3


@pytest.mark.parametrize("problem", ["raises", "no number"])
def test_a_network_that_cannot(problem: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where an operation lacks bfloat16, or it comes to no number, the run is float32's and says so."""
    processor = Processor(lambda *_: 90e-6, monkeypatch)

    def one_pass(precision: str, images: int) -> float:
        loss = processor.one_pass(precision, images)
        if precision == "bfloat16" and problem == "raises":
            raise RuntimeError("not implemented for 'BFloat16'")
        return float("nan") if precision == "bfloat16" else loss

    found = fastest(one_pass, 100, 600, 1, False)
    assert (found.precision, found.trials[1]) == ("float32", Trial("bfloat16", 1, None))
    assert "bfloat16, 1 thread: not possible for this network" in found.sentence(str.format)


def test_batches_larger_than_the_data(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a pass is divided by is what there is: else a hundred would seem to take a fraction of their time."""
    asked: list[int] = []

    def found(one_pass: object, batch_size: int, *_: object) -> ComputeMode:
        asked.append(batch_size)
        return FLOAT32

    monkeypatch.setattr(module, "fastest", found)
    next(train(dataclasses.replace(CONFIG, batch_size=4096)))
    next(train(CONFIG))
    assert asked == [1437, 128]


def test_measuring_leaves_no_trace() -> None:
    """Weights, batch norm's averages, gradients, mode and random numbers are as before, also after an error."""
    model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.Dropout()).eval()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    state = torch.get_rng_state()

    def interrupted() -> None:
        with untouched(model):
            model(torch.rand(2, 1, 8, 8)).sum().backward()
            assert model.training
            raise RuntimeError

    with pytest.raises(RuntimeError):
        interrupted()
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())
    assert all(weight.grad is None for weight in model.parameters())
    assert not model.training
    assert torch.equal(state, torch.get_rng_state())


def chosen_by_force(monkeypatch: pytest.MonkeyPatch, mode: ComputeMode) -> None:
    """Passes are made as if measured, then the figures are these."""

    def measured(one_pass: timing.Pass, *_: object) -> ComputeMode:
        for precision in ("float32", "bfloat16"):
            one_pass(precision, 8)
        return mode

    monkeypatch.setattr(module, "fastest", measured)


def same(first: Path, second: Path, epochs: int = CONFIG.epochs) -> bool:
    pairs = [[load_arrays(folder / f"epoch-{n:04d}") for folder in (first, second)] for n in range(epochs + 1)]
    return all(a[name].tobytes() == b[name].tobytes() for a, b in pairs for name in a)


@pytest.mark.parametrize("mode", [BFLOAT16, FLOAT32])
def test_measured_is_as_if_it_had_been_said(mode: ComputeMode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The weights are those of a run told to take this format, bit for bit; the card's command tells it."""
    chosen_by_force(monkeypatch, mode)
    started, *_ = train(CONFIG, directory=tmp_path / "measured", threads=1)
    assert isinstance(started, RunStarted)
    assert started.compute_mode == mode
    list(train(dataclasses.replace(CONFIG, precision=mode.precision), directory=tmp_path / "told", threads=1))
    assert same(tmp_path / "measured", tmp_path / "told")
    card = load_card(tmp_path / "measured" / "epoch-0003")
    assert ("--precision bfloat16" in card.command) == (mode is BFLOAT16)
    assert card.config["precision"] == FASTEST
    assert retention.compute_mode(tmp_path / "measured", 3) == mode


@pytest.mark.parametrize("from_epoch", [None, 0, 1])
def test_resumed_with_what_was_chosen(from_epoch: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a measurement would say by then: the run ends with the weights of one that was not interrupted."""
    monkeypatch.setattr(module, "REPORT_SECONDS", 0.0)
    chosen_by_force(monkeypatch, BFLOAT16)
    list(train(CONFIG, directory=tmp_path / "whole", threads=1))
    run = train(CONFIG, directory=tmp_path / "broken", threads=1)
    for event in run:
        if isinstance(event, Progress) and (event.epoch, event.step) == (3, 5):
            run.close()
    chosen_by_force(monkeypatch, FLOAT32)
    started, *_ = train(CONFIG, directory=tmp_path / "broken", resume=True, from_epoch=from_epoch, threads=2)
    assert isinstance(started, RunStarted)
    assert started.compute_mode == BFLOAT16
    assert same(tmp_path / "whole", tmp_path / "broken")


def test_another_run_repeats_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run made from another is computed as that one was; a new run in a used folder is measured anew."""
    chosen_by_force(monkeypatch, FLOAT32)
    assert next(train(CONFIG, directory=tmp_path, like=BFLOAT16)).compute_mode == BFLOAT16  # type: ignore[union-attr]
    assert next(train(CONFIG, directory=tmp_path)).compute_mode == FLOAT32  # type: ignore[union-attr]


def test_a_broken_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A compute mode that is none is a sentence; a card without one says nothing."""
    chosen_by_force(monkeypatch, BFLOAT16)
    list(train(dataclasses.replace(CONFIG, epochs=1), directory=tmp_path))
    card = card_path(tmp_path / "epoch-0000")
    fields = json.loads(card.read_text())
    trial = {"precision": "bfloat16", "threads": 1, "milliseconds": "some"}
    for wrong in (
        *({"precision": "float8"}, {"threads": 10**9}, {"threads": "1"}),
        *({"trials": [1]}, {"trials": None}, {"trials": [trial]}, {"trials": [{}]}),
    ):
        card.write_text(json.dumps({**fields, "compute_mode": {**fields["compute_mode"], **wrong}}))
        with pytest.raises(CheckpointError, match=r"epoch-0000.json is not a checkpoint's card"):
            retention.compute_mode(tmp_path)
    del fields["compute_mode"]
    card.write_text(json.dumps(fields))
    assert retention.compute_mode(tmp_path) is None


@pytest.mark.parametrize("model", TRAINABLE_NAMES)
def test_every_network_in_bfloat16(model: str) -> None:
    """A pass comes to about the loss of float32's, and every weight gets a finite gradient in float32."""
    run = module._TrainingSegment(TrainConfig(model=model, device="cpu"))
    losses = [run._pass("float32", 4), run._pass("bfloat16", 4)]
    assert losses[1] == pytest.approx(losses[0], rel=0.5)
    gradients = [weight.grad for weight in run.model.parameters() if weight.requires_grad]
    assert all(grad is not None and grad.dtype == torch.float32 and bool(grad.isfinite().all()) for grad in gradients)


@pytest.mark.parametrize("loss", HYPERPARAMETERS["loss"].choices)
def test_every_loss_in_bfloat16(loss: str) -> None:
    """The loss is worked out in float32, from what the network said in bfloat16."""
    run = module._TrainingSegment(TrainConfig(loss=loss, device="cpu"))
    batch = next(run.train_set.in_order(8))
    values = [run._loss(batch, precision) for precision in ("float32", "bfloat16")]
    assert [part.dtype for value in values for part in value] == [torch.float32] * 4
    assert values[1][0].item() == pytest.approx(values[0][0].item(), rel=0.05)


def test_event_through_json() -> None:
    """What was measured goes into the store and comes back."""
    event: Event = RunStarted("cpu", "CPU, 2 cores", 1, 1, 1, 1, 1, 1, compute_mode=BFLOAT16)
    assert from_dict(json.loads(json.dumps(to_dict(event)))) == event
    old = to_dict(event)
    del old["compute_mode"]
    assert from_dict(old).compute_mode == ComputeMode()  # type: ignore[union-attr]


def test_sentence_in_both_languages() -> None:
    """Chosen first, then what it was compared with; nothing where nothing was measured."""
    assert BFLOAT16.sentence(str.format) == (
        "Chosen by timing a hundred pictures forwards and backwards: "
        "bfloat16, 1 thread: 5.4 ms; float32, 1 thread: 9 ms"
    )
    chinese = BFLOAT16.sentence(lambda text, **values: translations("zh").gettext(text).format(**values))
    assert chinese == (
        "按一百张图片前向加反向一次的实测用时选定：bfloat16（1 个线程）：5.4 毫秒；float32（1 个线程）：9 毫秒"
    )
    assert ComputeMode("float32", 1).sentence(str.format) == ""
