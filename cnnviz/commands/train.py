"""`train`: a run in this terminal. It is recorded where the app keeps its runs, which can watch and stop it."""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import fields
from functools import partial
from pathlib import Path

from cnnviz.commands.output import Output
from cnnviz.engine.config import (
    AUGMENTATIONS,
    BATCH_SIZE,
    EPOCHS,
    LEARNING_RATE,
    OPTIMIZERS,
    OWN,
    SCHEDULES,
    SEED,
    WEIGHT_DECAY,
    TrainConfig,
)
from cnnviz.engine.events import EpochEnd, Event, Progress, RunStarted, to_dict
from cnnviz.errors import ConfigurationError, RunError
from cnnviz.locale import N_

_BY_OPTIMIZER = ("learning_rate", "weight_decay")  # left out, TrainConfig fills them in


def add_arguments(parser: argparse.ArgumentParser, out: Output) -> None:
    """One option for each field of TrainConfig, and where to put the result."""
    from cnnviz.data.registry import DATASETS
    from cnnviz.models.registry import MODELS

    defaults = TrainConfig()
    rules = {
        "model": ", ".join((*MODELS, OWN)),
        "data": ", ".join(DATASETS),
        "epochs": _span(EPOCHS),
        "batch_size": _span(BATCH_SIZE),
        "learning_rate": out.translated(
            N_("peak of the schedule, above {low}, at most {high}"), low=0, high=LEARNING_RATE[1]
        ),
        "optimizer": ", ".join(OPTIMIZERS),
        "schedule": ", ".join(SCHEDULES),
        "weight_decay": _span(WEIGHT_DECAY),
        "augmentation": ", ".join(AUGMENTATIONS),
        "seed": _span(SEED),
        "device": "auto, cpu, cuda, cuda:0, mps",
        "blueprint": out.translated(N_("a network of your own, the model is then own: its file, or its text")),
        "model_options": out.translated(N_("options of the model, as a JSON object")),
    }
    numbers = {"epochs": int, "batch_size": int, "seed": int, "learning_rate": float, "weight_decay": float}
    for field in fields(TrainConfig):
        default = None if field.name in _BY_OPTIMIZER else getattr(defaults, field.name)
        shown = out.translated(N_("what suits the optimizer")) if default is None else default
        parser.add_argument(
            f"--{field.name.replace('_', '-')}",
            type=partial(_number, numbers[field.name]) if field.name in numbers else str,
            default=None if field.name == "model" else default,  # left out, a blueprint says it
            metavar="X" if field.name in numbers else "NAME",
            help=f"{rules[field.name]} [{shown}]",
        )
    parser.add_argument(
        "--output",
        type=Path,
        metavar="PATH",
        help=out.translated(N_("also put the last checkpoint there: PATH.safetensors and PATH.json")),
    )


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Train here; raises RunError if the run did not come to its end."""
    from cnnviz.engine.card import epoch_path
    from cnnviz.engine.checkpoint import copy
    from cnnviz.runs import scheduler, worker

    arguments.blueprint = _text(arguments.blueprint)
    arguments.model = arguments.model or (OWN if arguments.blueprint else TrainConfig().model)
    config = TrainConfig(**{field.name: getattr(arguments, field.name) for field in fields(TrainConfig)})
    _check(config)
    if arguments.output is not None:
        _check_output(arguments.output)
    run_id, claim = scheduler.submit_here(config)
    record = worker.run(run_id, claim, on_event=lambda event: _show(event, out))
    out.end_progress()
    if record.status == "interrupted":
        out.say(
            N_(
                "Interrupted after {done} of {epochs} epochs. Run {run} is kept: the app's page Training can resume it."
            ),
            done=record.epochs_done,
            epochs=config.epochs,
            run=run_id,
        )
        raise KeyboardInterrupt
    if record.error is not None:
        raise record.error
    if record.status == "diverged":
        raise RunError(
            N_("The loss stopped being a number in epoch {epoch}. Try a lower learning rate than {learning_rate}."),
            epoch=record.epochs_done + 1,
            learning_rate=config.learning_rate,
        )
    if record.status != "finished":
        raise RunError(N_("Run {run} was stopped in the app."), run=run_id)
    checkpoint = epoch_path(record.directory, record.epochs_done)
    if arguments.output is not None:
        copy(checkpoint, arguments.output)
        checkpoint = arguments.output
    out.say(N_("Run {run} is finished. Checkpoint: {path}"), run=run_id, path=checkpoint)
    out.record(event="Checkpoint", run=run_id, path=str(checkpoint))
    return 0


def _number(kind: type[int] | type[float], text: str) -> int | float | str:
    """A number if it is one; TrainConfig says what is wrong with anything else, in the user's language."""
    try:
        return kind(text)
    except ValueError:
        return text


def _text(file_or_text: str) -> str:
    """A blueprint is given as it is, or as the file that holds it."""
    if not file_or_text.endswith(".json"):
        return file_or_text
    try:
        return Path(file_or_text).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise ConfigurationError(N_("{path} cannot be read. Choose another file."), path=file_or_text) from error


def _check(config: TrainConfig) -> None:
    """What can be known to be wrong before a run is recorded. Raises ConfigurationError or MissingDataError."""
    from cnnviz.data.registry import dataset
    from cnnviz.engine.device import choose_device
    from cnnviz.engine.network import network_spec

    network_spec(config)
    choose_device(config.device)
    data = dataset(config.data)
    if not data.is_present():
        data.load("train")


def _check_output(path: Path) -> None:
    """Before hours of training, not after. Raises ConfigurationError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path.parent):
            return
    except OSError as error:
        raise ConfigurationError(N_("{path} cannot be written. Choose another --output."), path=path) from error


def _show(event: Event, out: Output) -> None:
    out.record(**to_dict(event))
    if isinstance(event, RunStarted):
        out.say(
            N_("{weights} weights, {train} images to train on, {test} to test, on {device}"),
            weights=f"{event.parameters:,}",
            train=f"{event.train_images:,}",
            test=f"{event.test_images:,}",
            device=event.device_name,
        )
    elif isinstance(event, Progress):
        out.progress(
            out.translated(
                N_("epoch {epoch}: {share} · loss {loss} · {speed} images/s · {left} left"),
                epoch=event.epoch,
                share=f"{event.step / event.steps_per_epoch:4.0%}",
                loss=f"{event.loss:.4f}",
                speed=f"{event.images_per_second:,.0f}",
                left=_clock(event.seconds_left),
            )
        )
    elif isinstance(event, EpochEnd):
        out.say(
            N_("epoch {epoch}: training loss {loss}, test loss {test_loss}, test accuracy {accuracy}, {seconds} s"),
            epoch=event.epoch,
            loss=f"{event.train_loss:.4f}",
            test_loss=f"{event.test_loss:.4f}",
            accuracy=f"{event.test_accuracy:.2%}",
            seconds=f"{event.seconds:.1f}",
        )


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"


def _span(limits: tuple[float, float]) -> str:
    return f"{limits[0]:g}..{limits[1]:g}" if isinstance(limits[0], float) else f"{limits[0]}..{limits[1]}"
