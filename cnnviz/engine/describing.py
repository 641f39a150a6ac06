"""The card of a training run: where a network comes from, and how well it does."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime, timezone

import torch

from cnnviz.data.dataset_spec import DatasetSpec
from cnnviz.engine.card import Card
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.device import device_name, versions
from cnnviz.engine.evaluate import Evaluation
from cnnviz.engine.network import card_options
from cnnviz.engine.number_format import Arithmetic
from cnnviz.engine.preprocessing import Preprocessing


def describe(
    config: TrainConfig, data: DatasetSpec, prepare: Preprocessing, device: torch.device, arithmetic: Arithmetic
) -> Card:
    """What a run's checkpoints have in common."""
    return Card(
        model=config.model,
        data=config.data,
        classes=data.classes,
        input_size=prepare.input_size,
        mean=prepare.mean,
        std=prepare.std,
        margin=prepare.margin,
        options=card_options(config),
        config=asdict(config),
        command=replace(config, precision=arithmetic.precision).command(),
        seed=config.seed,
        epochs=config.epochs,
        device_name=device_name(device),
        versions=versions(),
        arithmetic=asdict(arithmetic),
    )


def judged(card: Card, epoch: int, test: Evaluation, seconds: float, steering: tuple[tuple[float, float], ...]) -> Card:
    """The card of one epoch, `seconds` of training after the beginning."""
    return replace(
        card,
        epoch=epoch,
        test_loss=round(test.loss, 4),
        test_accuracy=test.accuracy,
        correct=test.correct,
        total=test.total,
        per_class=test.per_class(),
        confusion=test.rows(),
        seconds=round(seconds, 2),
        date=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        steering=steering,
    )
