"""Command `evaluate CHECKPOINT`: the report of the lesson this project grew out of."""

from __future__ import annotations

import argparse
from pathlib import Path

from cnnviz.base.errors import CheckpointError
from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed
from cnnviz.base.paths import shipped_checkpoints
from cnnviz.commands.output import Output
from cnnviz.data.registry import dataset
from cnnviz.engine import checkpoint_names
from cnnviz.engine.card import catalogue, load_card, weights_path
from cnnviz.engine.checkpoint_names import OWN_PREFIX, run_name
from cnnviz.engine.scores import class_scores


def add_arguments(parser: argparse.ArgumentParser, out: Output) -> None:
    """What can be said after the command."""
    parser.add_argument(
        "checkpoint",
        metavar="CHECKPOINT",
        help=out.translated(
            N_("a file, with or without .safetensors, or a name: run-12, run-12@7, own-NAME, {names}"), names=_names()
        ),
    )
    parser.add_argument("--data", metavar="NAME", help=out.translated(N_("other test images than its own")))
    parser.add_argument("--device", metavar="NAME", default="cpu", help="cpu, auto, cuda, mps [cpu]")


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Do it; returns the exit code."""
    from cnnviz.engine.evaluate import evaluate_checkpoint  # heavy

    path = find(arguments.checkpoint)
    result = evaluate_checkpoint(path, arguments.data, arguments.device)
    data = arguments.data or load_card(path).data
    out.remarks(dataset(data))
    classes, scored = dataset(data).classes, class_scores(result.confusion)
    out.line(f"Test Loss: {result.loss:.4f}")
    for line in result.lesson_lines(classes):
        out.line(line)
    out.record(
        checkpoint=str(path),
        data=data,
        test_loss=round(result.loss, 4),
        test_accuracy=result.accuracy,
        correct=result.correct,
        total=result.total,
        classes=list(classes),
        per_class=[list(counts) for counts in result.per_class()],
        **{
            name: [None if value is None else round(value, 6) for value in values]  # null: of 0 pictures
            for name, values in (
                ("precision", [each.precision for each in scored]),
                ("recall", [each.recall for each in scored]),
                ("f1", [each.f1 for each in scored]),
            )
        },
        confusion=result.confusion.tolist(),
    )
    return 0


def find(name: str) -> Path:
    """The checkpoint at this path, or of this name: shipped, kept by hand, a run's. Raises CheckpointError."""
    for path in (Path(name), shipped_checkpoints() / name):
        if weights_path(path).is_file():
            return path
    if name.startswith((run_name(""), OWN_PREFIX)):
        return checkpoint_names.find(name)
    if Path(name).is_file():
        raise CheckpointError(
            N_("{file} is there, but no checkpoint: only .safetensors files are read, each with its card (.json)."),
            file=name,
        )
    raise CheckpointError(N_("There is no checkpoint {name}. Shipped ones: {names}."), name=name, names=_names())


def _names() -> Listed:
    return Listed(path.stem for path, _ in catalogue(shipped_checkpoints()))
