"""Training: a generator of events. Knows nothing of processes, stores or pages.

    for event in train(TrainConfig(data="digits")):
        print(event)

Pause: do not ask for the next event. Stop: close the generator. Scale the learning rate: `send` a SetLrScale, which is
answered by LrScaleChanged. Whatever happens, the files of the last complete epoch are on disk (of a large network those
of one of the last: `retention.SavePace`), and `resume=True` goes on from there, or from any other epoch that was kept,
to the very weights an undisturbed run ends with.
"""

from __future__ import annotations

import math
import os
from collections.abc import Generator
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import datetime, timezone
from pathlib import Path

import torch
from torch import Tensor

from cnnviz.base.errors import AnswerError
from cnnviz.data.dataset_spec import FOLDER
from cnnviz.data.dataset_spec import OWN as OWN_SET
from cnnviz.data.registry import dataset
from cnnviz.engine import retention
from cnnviz.engine.card import Card, epoch_path
from cnnviz.engine.checkpoint import Restored, clear, load_state, save, save_state
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.device import (
    choose_device,
    device_name,
    keep_memory,
    limit_threads,
    make_repeatable,
    memory_bytes,
    versions,
)
from cnnviz.engine.evaluate import Evaluation, evaluate
from cnnviz.engine.events import (
    FASTEST,
    ComputeMode,
    EpochEnd,
    Event,
    LrScaleChanged,
    Progress,
    RunEnd,
    RunStarted,
    SetLrScale,
)
from cnnviz.engine.fastest import allow_tf32, autocast, fastest, untouched
from cnnviz.engine.learning_rate import LrScaleLog, learning_rate
from cnnviz.engine.live_weights import LiveStep, LiveWeights
from cnnviz.engine.loader import Batch, DeviceDataset, LoaderConfig, Preprocessing, epoch_seed
from cnnviz.engine.metrics import EarlyStopping, EpochMetrics, Stopwatch
from cnnviz.engine.network import build_network, card_options, network_spec
from cnnviz.engine.optim import Criterion, criterion, set_learning_rate
from cnnviz.engine.starting_weights import options_for_card, start_of
from cnnviz.engine.thawing import Thawing
from cnnviz.engine.training_set import class_weights, training_set

REPORT_SECONDS = 0.2  # a report reads the loss back from the device, which waits for it: not at every step

Training = Generator[Event, SetLrScale | None, None]


def train(
    config: TrainConfig,
    *,
    directory: Path | None = None,
    resume: bool = False,
    from_epoch: int | None = None,
    threads: int | None = None,
    like: ComputeMode | None = None,
) -> Training:
    """Train as `config` says; after each epoch its checkpoint is `directory`/epoch-0007 (epoch-0000: before training).

    With `resume` the run goes on after the last complete epoch in `directory`, if there is one; with `from_epoch` as
    well, after that one (of `retention.resumable_epochs`), and what came after it is removed. All epochs are kept
    within `retention.budget`, beyond it evenly spaced ones. `threads`: the share of the cores where several train at
    once; None: the engine's choice. With the precision "fastest" the compute mode is measured before the first step
    and kept with the run, or taken over from `like`, that of a run to be repeated.
    Raises ConfigurationError, MissingDataError, CorruptDataError; at the first `next` with `resume`, CheckpointError
    (a broken file) or RunError (an epoch that was not kept).
    """
    return _TrainingSegment(config, directory, threads, like, resume).run(from_epoch)


class _TrainingSegment:
    """The part of a run between two stops: from its start, or from where it was resumed, to its end or interruption."""

    def __init__(
        self,
        config: TrainConfig,
        directory: Path | None = None,
        threads: int | None = None,
        like: ComputeMode | None = None,
        resume: bool = False,
    ) -> None:
        self.config, self.directory, self.resume = config, directory, resume
        self.may_choose_threads = threads is None and "CNNVIZ_THREADS" not in os.environ
        self.compute_mode, self.like = ComputeMode(config.precision, limit_threads(threads)), like
        self.data, spec = dataset(config.data), network_spec(config)
        self.device = choose_device(config.device)
        keep_memory()
        make_repeatable(self.device)
        allow_tf32(config.precision)
        self.start = start_of(config, self.data, directory if resume else None)
        prepare = Preprocessing.between(self.data, spec, config.normalize, config.center_crop)
        prepare = self.start.prepared(prepare, self.data) if self.start is not None else prepare
        half = training_set(config, self.data)
        self.train_set = DeviceDataset.of(half.split, prepare, len(self.data.classes), self.device)
        self.test_set = DeviceDataset.load(self.data, "test", prepare, self.device)
        self.pictures = ""  # all others are checked against what was published whenever they are loaded
        if config.data.startswith((FOLDER, OWN_SET)):
            self.pictures = f"{self.train_set.checksum()} {self.test_set.checksum()}"
        self.held_out: DeviceDataset | None = None
        if config.held_out:
            self.train_set, self.held_out = self.train_set.split_off(config.held_out, config.seed)
        self.loader = LoaderConfig.of(config)
        self.model = build_network(config, self.data)
        if self.start is not None:
            self.start.load_into(self.model, config, self.data)
        self.model.to(self.device)
        halves = {"train": self.train_set, "test": self.test_set, "held_out": self.held_out}
        self.thawing = Thawing(self.model, config, self.data, halves)
        self.criterion = criterion(config)  # of tests
        self.training_loss = self._training_loss()
        self.most_bytes = retention.budget()
        self.save_pace = retention.SavePace(sum(tensor.nbytes for tensor in self.model.state_dict().values()))
        self.steps = self.train_set.steps(self.loader)  # of an epoch
        self.taken = 0  # steps of the whole run
        self.lr_scale_log = LrScaleLog(directory)
        self.live_weights = LiveWeights(directory, self.model)
        self.lr_scale = 1.0  # of the schedule's learning rate
        self.early_stopping = EarlyStopping(config.patience)
        self.restored = Restored()
        self.watch = Stopwatch()

    def run(self, from_epoch: int | None) -> Training:
        """All events, and the answer to what is sent. The stopwatch stands still while one is out."""
        self.watch = Stopwatch()  # from the first event asked for
        try:
            for event in self._run(from_epoch):
                order = yield from self._out(event)
                while order is not None:
                    order = yield from self._out(self._set_lr_scale(order))
        finally:
            self.live_weights.remove()

    def _out(self, event: Event) -> Generator[Event, SetLrScale | None, SetLrScale | None]:
        with self.watch.paused():
            return (yield event)

    def _run(self, from_epoch: int | None) -> Generator[Event, None, None]:
        self.live_weights.remove()  # of a process that was killed
        self._begin(from_epoch)
        self._settle_compute_mode()
        done = self.restored.epoch
        yield self._started(done)
        if done == 0 and self.directory is not None:
            yield from self.thawing.before(1, self.compute_mode.precision, self.watch.seconds)
            with suppress(AnswerError):  # weights that begin so large: the first step says so
                card = self._card(0, evaluate(*self.thawing.of("test")))
                with self.save_pace.saving(self.watch.seconds):
                    save(epoch_path(self.directory, 0), self.model, card)
        for epoch in range(done + 1, self.config.epochs + 1):
            best_epoch = self.early_stopping.best_epoch
            if self.early_stopping.is_over(epoch - 1):
                yield RunEnd("early", epoch - 1, self.watch.seconds(), best_epoch=best_epoch)
                return
            yield from self.thawing.before(epoch, self.compute_mode.precision, self.watch.seconds)
            bad_step = yield from self._epoch(epoch)
            if bad_step is not None:
                yield RunEnd("diverged", epoch - 1, self.watch.seconds(), epoch, bad_step, best_epoch)
                return
        yield RunEnd("finished", self.config.epochs, self.watch.seconds(), best_epoch=self.early_stopping.best_epoch)

    def _begin(self, from_epoch: int | None) -> None:
        if not self.resume or self.directory is None:
            self.lr_scale_log.clear()
            if self.directory is not None:
                clear(self.directory)
            return
        self.restored = load_state(
            self.directory, self.model, self.thawing.optimizer, self.early_stopping, self.pictures, self.config,
            from_epoch, self.thawing.reach,
        )  # fmt: skip
        self.lr_scale_log.read()
        self.taken = self.restored.epoch * self.steps

    def _settle_compute_mode(self) -> None:
        """Where the configuration asks for the fastest: what the run had, else what is to be repeated, else measure."""
        if self.config.precision != FASTEST:
            return
        before = None
        if self.resume and self.directory is not None:
            before = retention.compute_mode(self.directory, self.restored.epoch)
        self.compute_mode = before or self.like or self._fastest()
        torch.set_num_threads(self.compute_mode.threads)

    def _fastest(self) -> ComputeMode:
        threads = self.compute_mode.threads
        if self.device.type != "cpu":
            return ComputeMode("float32", threads)
        steps = self.steps * self.config.epochs - self.taken
        batch_size = min(self.config.batch_size, len(self.train_set))
        with untouched(self.model):
            return fastest(self._pass, batch_size, steps, threads, self.may_choose_threads)

    def _pass(self, precision: str, images: int) -> float:
        """The loss of the first so many pictures, forward and back."""
        loss, _logits = self._loss(next(self.train_set.in_order(images)), precision)
        loss.backward()
        return loss.item()

    def _loss(self, batch: Batch, precision: str) -> tuple[Tensor, Tensor]:
        """(loss, logits) of a batch, both float32."""
        x, labels = batch
        with autocast(precision, self.device):
            logits = self.thawing.forward(x)
        logits = logits.float()
        return self.training_loss(logits, labels), logits

    def _training_loss(self) -> Criterion:
        if not self.config.class_weights:
            return self.criterion
        weights = class_weights(self.train_set.labels.cpu().numpy(), self.train_set.num_classes)
        return criterion(self.config, torch.from_numpy(weights).to(self.device))

    def _epoch(self, epoch: int) -> Generator[Event, None, int | None]:
        """Train, test, save. Returns the step in which the loss stopped being a number: 0 for the test, None for never.

        Then nothing is saved.
        """
        start = self.watch.seconds()
        metrics = EpochMetrics(self.device)
        yield from self._train(epoch, metrics)
        trained = self.watch.seconds() - start
        if metrics.bad_step is not None:
            return metrics.bad_step
        try:
            test = evaluate(*self.thawing.of("test"), self.criterion)
            held_out = evaluate(*self.thawing.of("held_out"), self.criterion) if self.held_out is not None else None
        except AnswerError:
            return 0
        if not all(math.isfinite(each.objective) for each in (test, held_out) if each is not None):
            return 0  # finite answers, whose square for one is none any more
        self.early_stopping.update(epoch, (held_out or test).objective)
        if self.directory is not None and self._is_due(epoch):
            with self.save_pace.saving(self.watch.seconds):
                save_state(self.directory, self.thawing.optimizer, self.early_stopping, self.pictures, epoch)
                save(epoch_path(self.directory, epoch), self.model, self._card(epoch, test))
                retention.prune_checkpoints(self.directory, self.most_bytes, always={self.early_stopping.best_epoch})
        yield EpochEnd(
            epoch=epoch,
            train_loss=metrics.loss(),
            train_accuracy=metrics.accuracy(),
            test_loss=test.objective,
            test_accuracy=test.accuracy,
            confusion=test.rows(),
            seconds=self.watch.seconds() - start,
            images_per_second=metrics.images / trained,
            held_out_loss=held_out.objective if held_out is not None else None,
            held_out_accuracy=held_out.accuracy if held_out is not None else None,
        )
        return None

    def _is_due(self, epoch: int) -> bool:
        """Whether an epoch is saved: the last and the best of a run always, of a large network not all others."""
        is_last = epoch == self.config.epochs or self.early_stopping.is_over(epoch)
        is_best = bool(self.config.patience) and self.early_stopping.best_epoch == epoch
        return is_last or is_best or self.save_pace.is_due(self.watch.seconds())

    def _train(self, epoch: int, metrics: EpochMetrics) -> Generator[Event, None, None]:
        """The steps of one epoch; ends early if the loss stops being a number."""
        self.thawing.train_mode()
        torch.manual_seed(epoch_seed(self.config.seed, epoch))  # dropout draws from the global generator
        reported = self.watch.seconds()
        for step, batch in enumerate(self.thawing.of("train")[1].batches(self.loader, epoch), start=1):
            if (lr_scale := self.lr_scale_log.at(self.taken)) != self.lr_scale:
                self.lr_scale = lr_scale
                yield self._lr_scale_changed()
            rate = self._step(batch, metrics)
            if metrics.bad_step is not None:
                return
            if self.watch.seconds() - reported < REPORT_SECONDS and step < self.steps:
                continue
            loss, images = metrics.read()
            if metrics.bad_step is not None:
                return
            now = self.watch.seconds()  # reading waited for the device
            self.live_weights.write_if_due(LiveStep(epoch, step, self.steps))
            yield Progress(
                epoch=epoch,
                step=step,
                steps_per_epoch=self.steps,
                loss=loss,
                learning_rate=rate,
                images_per_second=images / (now - reported),
                seconds=now,
                seconds_left=self._seconds_left(now),
                memory_bytes=memory_bytes(self.device),
            )
            reported = self.watch.seconds()

    def _step(self, batch: Batch, metrics: EpochMetrics) -> float:
        """One step of the optimizer; returns the learning rate it took."""
        rate = self.lr_scale * learning_rate(self.config, self.taken, self.config.epochs * self.steps)
        set_learning_rate(self.thawing.optimizer, rate)
        loss, logits = self._loss(batch, self.compute_mode.precision)
        self.thawing.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.thawing.optimizer.step()
        self.taken += 1
        metrics.add(loss, logits, batch[1])
        return rate

    def _seconds_left(self, now: float) -> float:
        """To the end of the last epoch, at the speed so far."""
        taken = self.taken - self.restored.epoch * self.steps
        return now * (self.config.epochs * self.steps - self.taken) / taken

    def _set_lr_scale(self, order: SetLrScale) -> LrScaleChanged:
        """From the next step on."""
        self.lr_scale_log.record(self.taken, order)
        self.lr_scale = order.lr_scale
        return self._lr_scale_changed()

    def _lr_scale_changed(self) -> LrScaleChanged:
        return LrScaleChanged(self.taken // self.steps + 1, self.taken % self.steps, self.lr_scale)

    def _started(self, done: int) -> RunStarted:
        return RunStarted(
            device=str(self.device),
            device_name=device_name(self.device),
            parameters=sum(weight.numel() for weight in self.model.parameters()),
            train_images=len(self.train_set),
            test_images=len(self.test_set),
            steps_per_epoch=self.steps,
            epochs=self.config.epochs,
            first_epoch=done + 1,
            held_out_images=0 if self.held_out is None else len(self.held_out),
            compute_mode=self.compute_mode,
            trainable=self.thawing.trainable_in(done + 1),
        )

    def _card(self, epoch: int, test: Evaluation) -> Card:
        """Where the weights of an epoch come from, and how well they do."""
        config, prepare = self.config, self.test_set.prepare
        return Card(
            model=config.model,
            data=config.data,
            classes=self.data.classes,
            input_size=prepare.input_size,
            mean=prepare.mean,
            std=prepare.std,
            margin=prepare.margin,
            center_crop=prepare.center_crop,
            options=options_for_card(card_options(config), self.start),
            config=asdict(config),
            command=replace(config, precision=self.compute_mode.precision).command(),
            seed=config.seed,
            epochs=config.epochs,
            device_name=device_name(self.device),
            versions=versions(),
            compute_mode=asdict(self.compute_mode),
            epoch=epoch,
            test_loss=round(test.loss, 4),
            test_accuracy=test.accuracy,
            correct=test.correct,
            total=test.total,
            per_class=test.per_class(),
            confusion=test.rows(),
            seconds=round(self.restored.seconds + self.watch.seconds(), 2),
            date=datetime.now(timezone.utc).isoformat(timespec="seconds"),
            lr_scales=self.lr_scale_log.until(self.taken),
        )
