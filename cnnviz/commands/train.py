"""Command `train`: a run in this terminal. It is recorded where the app keeps its runs, which can watch and stop it."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Any

from cnnviz.base.errors import ConfigurationError, RunError
from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed, one_after_the_other
from cnnviz.commands.output import Output, error_line, in_words
from cnnviz.data.dataset_spec import OWN as OWN_SET
from cnnviz.data.registry import DATASETS, FOLDER, dataset
from cnnviz.engine.card import epoch_path
from cnnviz.engine.checkpoint_names import pinned
from cnnviz.engine.config import ALL, IMAGENET, OWN, RANDOM, TrainConfig
from cnnviz.engine.events import EpochEnd, Event, FeaturesMade, Progress, RunEnd, RunStarted, Thawed, to_dict
from cnnviz.engine.hyperparameter import Hyperparameter
from cnnviz.engine.hyperparameters import HYPERPARAMETERS
from cnnviz.engine.learning_rate import diverged
from cnnviz.engine.presets import PRESETS, settings
from cnnviz.models.zoo import ZOO
from cnnviz.runs import scheduler, worker

_NAMED = 4  # layers of a line
_SWITCHES = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def add_arguments(parser: argparse.ArgumentParser, out: Output) -> None:
    """One option for each field of TrainConfig, a preset to start from, and where to put the result."""
    rules = {
        "model": ", ".join((*ZOO, OWN)),
        "data": ", ".join((*DATASETS, f"{OWN_SET}NAME", f"{FOLDER}PATH")),
        "device": "auto, cpu, cuda, cuda:0, mps",
        "blueprint": out.translated(N_("a network of your own, the model is then own: its file, or its text")),
        "model_options": out.translated(N_("options of the model, as a JSON object")),
    }
    defaults = TrainConfig()
    parser.add_argument(
        "--preset",
        choices=list(PRESETS),
        metavar="NAME",
        help=out.translated(N_("begin with these settings: {names}"), names=Listed(PRESETS)),
    )
    for field in fields(TrainConfig):
        row = HYPERPARAMETERS.get(field.name)
        shown = getattr(defaults, field.name) if row is None else row.default
        text = out.translated(N_("what suits the others")) if shown is None else str(shown).replace("%", "%%")
        parser.add_argument(
            f"--{field.name.replace('_', '-')}",
            type=partial(_value, row),
            default=None,
            metavar="X" if row is not None and row.kind in ("whole", "number") else "NAME",
            help=f"{rules.get(field.name) or _rule(row, out)} [{text}]",
        )
    parser.add_argument(
        "--output",
        type=Path,
        metavar="PATH",
        help=out.translated(N_("also put the last checkpoint there: PATH.safetensors and PATH.json")),
    )


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Train here; raises RunError if the run did not come to its end."""
    from cnnviz.engine.checkpoint import copy  # heavy

    config = _config(arguments)
    _check(config, out)
    if arguments.output is not None:
        _check_output(arguments.output)
    run_id, token = scheduler.submit_here(config)
    ends: list[RunEnd] = []
    record = worker.run(
        run_id, token, on_event=lambda event: _show(event, out, ends), leave=lambda: _leave(_stopped(run_id))
    )
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
    if record.status == "diverged" and ends:
        raise diverged(config, ends[-1])
    if record.status != "finished":
        raise _stopped(run_id)
    checkpoint = epoch_path(record.directory, record.epochs_done)
    if arguments.output is not None:
        copy(checkpoint, arguments.output)
        checkpoint = arguments.output
    out.say(N_("Run {run} is finished. Checkpoint: {path}"), run=run_id, path=checkpoint)
    out.record(event="Checkpoint", run=run_id, path=str(checkpoint))
    return 0


def _stopped(run_id: int) -> RunError:
    return RunError(N_("Run {run} was stopped in the app."), run=run_id)


def _leave(error: RunError) -> None:
    """In the middle of a step that takes too long: end as `main` would after it."""
    print(error_line(error), file=sys.stderr, flush=True)
    os._exit(2)


def _config(arguments: argparse.Namespace) -> TrainConfig:
    """The preset's settings, or the defaults, with what was said on top. Raises ConfigurationError."""
    said = {field.name: getattr(arguments, field.name) for field in fields(TrainConfig)}
    said = {name: value for name, value in said.items() if value is not None}
    if "blueprint" in said:
        said = {"model": OWN, **said, "blueprint": _text(said["blueprint"])}
    followed = _followed(said)
    model, data = ({**followed, **said}.get(name, getattr(TrainConfig, name)) for name in ("model", "data"))
    chosen = settings(arguments.preset, model, data) if arguments.preset else {}
    return TrainConfig(**{**chosen, **followed, **said})


def _followed(said: dict[str, Any]) -> dict[str, Any]:
    """The network of the checkpoint that the training starts from, as far as nothing else was said; its epoch pinned.

    Raises CheckpointError.
    """
    start = said.get("start_from", RANDOM)
    if start in (RANDOM, IMAGENET):
        return {}
    from cnnviz.engine.transfer import network_of_start  # heavy

    said["start_from"] = pinned(start)
    network = network_of_start(start)
    return network if said.get("model", network["model"]) == network["model"] else {}


def _value(row: Hyperparameter | None, text: str) -> int | float | str | bool:
    """What the row takes if it is that; TrainConfig says what is wrong with anything else, in the user's language."""
    if row is not None and row.kind == "switch":
        return _SWITCHES.get(text.lower(), text)
    if row is None or row.kind in ("choice", "text"):
        return text
    try:
        return int(text) if row.kind == "whole" else float(text)
    except ValueError:
        return text


def _rule(row: Hyperparameter | None, out: Output) -> str:
    """The range or the choices of a hyperparameter, then what it is."""
    assert row is not None
    if row.kind == "choice":
        rule = ", ".join((*row.choices, *([str(row.example)] if row.accepts is not None else [])))
    elif row.kind == "switch":
        rule = "true, false"
    elif row.kind == "text":
        return out.translated(row.what).replace("%", "%%")
    else:
        rule = f"{row.low:g}..{row.high:g}" if row.kind == "number" else f"{row.low}..{row.high}"
    return one_after_the_other(out.translated(row.what), rule).replace("%", "%%")


def _text(file_or_text: str) -> str:
    """A blueprint is given as it is, or as the file that holds it."""
    if not file_or_text.endswith(".json"):
        return file_or_text
    try:
        return Path(file_or_text).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise ConfigurationError(N_("{path} cannot be read. Choose another file."), path=file_or_text) from error


def _check(config: TrainConfig, out: Output) -> None:
    """What can be known to be wrong before a run is recorded. Raises ConfigurationError or MissingDataError."""
    from cnnviz.engine.device import choose_device  # heavy
    from cnnviz.engine.network import network_spec  # heavy
    from cnnviz.engine.starting_weights import start_of  # heavy
    from cnnviz.engine.transfer import parts  # heavy

    network_spec(config)
    choose_device(config.device)
    data = dataset(config.data)
    out.remarks(data)
    if not data.is_present() or not data.train_images:
        data.load("train")  # says what is wrong
    if config.start_from != RANDOM:
        start_of(config, data)
    if config.trainable != ALL:
        parts(config, data)


def _check_output(path: Path) -> None:
    """Before hours of training, not after. Raises ConfigurationError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path.parent):
            return
    except OSError as error:
        raise ConfigurationError(N_("{path} cannot be written. Choose another --output."), path=path) from error


def _show(event: Event, out: Output, ends: list[RunEnd]) -> None:
    out.record(**to_dict(event))
    if isinstance(event, RunEnd):
        ends.append(event)
    if isinstance(event, RunStarted):
        out.say(
            N_("{weights} weights, {train} images to train on, {test} to test, on {device}"),
            weights=f"{event.parameters:,}",
            train=f"{event.train_images:,}",
            test=f"{event.test_images:,}",
            device=in_words(event.device_name),
        )
        if measured := event.compute_mode.sentence(out.translated):
            out.line(measured)
        if event.trainable is not None:
            out.say(N_("{weights} of the weights learn, the others are frozen"), weights=f"{event.trainable:,}")
    elif isinstance(event, FeaturesMade):
        out.progress(
            out.translated(
                N_("features of the frozen layers: {share} of {images} pictures"),
                share=f"{event.images / event.of:4.0%}",
                images=f"{event.of:,}",
            )
        )
    elif isinstance(event, Thawed):
        out.say(
            N_("thawed for epoch {epoch}: {layers}; {weights} of the weights learn now"),
            epoch=event.epoch,
            layers=Listed.first(event.layers, _NAMED),
            weights=f"{event.trainable:,}",
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
