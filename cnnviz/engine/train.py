"""A training as a generator of events. Knows nothing of processes, stores or pages.

    for event in train(TrainConfig(data="digits")):
        print(event)

Pause: do not ask for the next event. Stop: close the generator. Whatever happens, the files of the last complete epoch
are on disk, and `resume=True` goes on from there to the very weights an undisturbed run ends with.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator
from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path

import torch
import torch.nn.functional as F

from cnnviz.data.registry import DatasetSpec, dataset
from cnnviz.engine import resumption
from cnnviz.engine.batches import Batch, Pictures, epoch_seed
from cnnviz.engine.card import Card, epoch_path
from cnnviz.engine.checkpoint import save
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.device import choose_device, device_name, limit_threads, make_repeatable, versions
from cnnviz.engine.evaluate import Evaluation, evaluate
from cnnviz.engine.events import EpochEnd, Event, Progress, RunEnd, RunStarted
from cnnviz.engine.ledger import Ledger
from cnnviz.engine.network import build_network, card_options, check_batches, network_spec
from cnnviz.engine.optimizer import learning_rate, make_optimizer, set_learning_rate
from cnnviz.engine.preparation import Preparation
from cnnviz.engine.stopwatch import Stopwatch
from cnnviz.models.blueprint import Blueprint
from cnnviz.models.registry import ModelSpec

REPORT_SECONDS = 0.2  # a report reads the loss back from the device, which waits for it: not at every step


def train(config: TrainConfig, *, directory: Path | None = None, resume: bool = False) -> Generator[Event, None, None]:
    """Train as `config` says; after each epoch its checkpoint is `directory`/epoch-0007 (epoch-0000: before training).

    With `resume` the run goes on after the last complete epoch in `directory`, if there is one.
    Raises ConfigurationError, MissingDataError, CorruptDataError, or CheckpointError (`resume` and a broken file).
    """
    return _Stretch(config, directory).run(resume)


def preparation(spec: ModelSpec | Blueprint, data: DatasetSpec) -> Preparation:
    """How the pictures of `data` become the input of `spec`'s network."""
    return Preparation((data.image_size[0], *spec.input_size[1:]), data.mean, data.std, data.margin)


class _Stretch:
    """A run from its start, or from where it was resumed, to its end or interruption."""

    def __init__(self, config: TrainConfig, directory: Path | None) -> None:
        self.config, self.directory = config, directory
        self.data, spec = dataset(config.data), network_spec(config)
        self.device = choose_device(config.device)
        limit_threads()
        make_repeatable(self.device)
        prepare = preparation(spec, self.data)
        self.train_set = Pictures.load(self.data, "train", prepare, self.device)
        self.test_set = Pictures.load(self.data, "test", prepare, self.device)
        self.model = build_network(config, self.data).to(self.device)
        check_batches(self.model, len(self.train_set), config.batch_size)
        self.model.to(memory_format=torch.channels_last)
        self.optimizer = make_optimizer(self.model, config)
        self.steps = self.train_set.steps(config.batch_size)  # of an epoch
        self.earlier_seconds = 0.0  # of the stretches before this one
        self.watch = Stopwatch()

    def run(self, resume: bool) -> Generator[Event, None, None]:
        """All events. The stopwatch stands still while one is out."""
        self.watch = Stopwatch()  # from the first event asked for
        for event in self._run(resume):
            with self.watch.paused():
                yield event

    def _run(self, resume: bool) -> Generator[Event, None, None]:
        done = 0
        if resume and self.directory is not None:
            done, self.earlier_seconds = resumption.restore(self.directory, self.model, self.optimizer, self.config)
        yield self._started(done)
        if done == 0 and self.directory is not None:
            self._save(self.directory, 0, evaluate(self.model, self.test_set))
        for epoch in range(done + 1, self.config.epochs + 1):
            if not (yield from self._epoch(epoch, done)):
                yield RunEnd("diverged", epoch - 1, self.watch.seconds())
                return
        yield RunEnd("finished", self.config.epochs, self.watch.seconds())

    def _epoch(self, epoch: int, done: int) -> Generator[Event, None, bool]:
        """Train, test, save. Returns False, with nothing saved, if the loss stopped being a number."""
        start = self.watch.seconds()
        ledger = Ledger(self.device)
        yield from self._train(epoch, done, ledger)
        trained = self.watch.seconds() - start
        if not ledger.is_finite():
            return False
        result = evaluate(self.model, self.test_set)
        if not math.isfinite(result.loss):
            return False
        if self.directory is not None:
            self._save(self.directory, epoch, result)
            resumption.keep(self.directory, self.optimizer, epoch)
        yield EpochEnd(
            epoch=epoch,
            train_loss=ledger.loss(),
            train_accuracy=ledger.accuracy(),
            test_loss=result.loss,
            test_accuracy=result.accuracy,
            confusion=_rows(result),
            seconds=self.watch.seconds() - start,
            images_per_second=ledger.images / trained,
        )
        return True

    def _train(self, epoch: int, done: int, ledger: Ledger) -> Iterator[Progress]:
        """The steps of one epoch; ends early if the loss stops being a number."""
        self.model.train()
        torch.manual_seed(epoch_seed(self.config.seed, epoch))  # dropout draws from the global generator
        batches = self.train_set.shuffled(self.config.batch_size, self.config.augmentation, self.config.seed, epoch)
        reported = self.watch.seconds()
        for step, batch in enumerate(batches, start=1):
            rate = self._step(batch, (epoch - 1) * self.steps + step - 1, ledger)
            now = self.watch.seconds()
            if now - reported < REPORT_SECONDS and step < self.steps:
                continue
            loss, images = ledger.read()
            if not ledger.is_finite():
                return
            now = self.watch.seconds()  # reading waited for the device
            taken = (epoch - done - 1) * self.steps + step
            left = (self.config.epochs - epoch + 1) * self.steps - step
            yield Progress(
                epoch=epoch,
                step=step,
                steps_per_epoch=self.steps,
                loss=loss,
                learning_rate=rate,
                images_per_second=images / (now - reported),
                seconds=now,
                seconds_left=now * left / taken,
            )
            reported = self.watch.seconds()

    def _step(self, batch: Batch, step: int, ledger: Ledger) -> float:
        """One step of the optimizer; returns the learning rate it took."""
        x, labels = batch
        rate = learning_rate(self.config, step, self.config.epochs * self.steps)
        set_learning_rate(self.optimizer, rate)
        logits = self.model(x)
        loss = F.cross_entropy(logits, labels)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        ledger.add(loss, logits, labels)
        return rate

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
        )

    def _save(self, directory: Path, epoch: int, result: Evaluation) -> None:
        save(epoch_path(directory, epoch), self.model, self._card(epoch, result))

    def _card(self, epoch: int, result: Evaluation) -> Card:
        prepare = self.test_set.prepare
        return Card(
            model=self.config.model,
            data=self.config.data,
            classes=self.data.classes,
            input_size=prepare.input_size,
            mean=prepare.mean,
            std=prepare.std,
            margin=prepare.margin,
            options=card_options(self.config),
            config=asdict(self.config),
            command=self.config.command(),
            seed=self.config.seed,
            epoch=epoch,
            epochs=self.config.epochs,
            test_loss=round(result.loss, 4),
            test_accuracy=result.accuracy,
            correct=result.correct,
            total=result.total,
            per_class=result.per_class(),
            confusion=_rows(result),
            seconds=round(self.earlier_seconds + self.watch.seconds(), 2),
            device_name=device_name(self.device),
            date=datetime.now(timezone.utc).isoformat(timespec="seconds"),
            versions=versions(),
        )


def _rows(result: Evaluation) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(row) for row in result.confusion.tolist())
