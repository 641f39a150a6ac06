"""Command `summary MODEL`: what each layer costs and sees."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.commands.output import Output
from cnnviz.models.zoo import ZOO

if TYPE_CHECKING:
    from cnnviz.models.summary import Summary


def add_arguments(parser: argparse.ArgumentParser, out: Output) -> None:
    """What can be said after the command."""
    parser.add_argument("model", metavar="MODEL", help=", ".join(ZOO))
    parser.add_argument("--input", metavar="CxHxW", help=out.translated(N_("size of the pictures, such as 1x28x28")))


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Do it; returns the exit code."""
    from cnnviz.models.registry import model_spec  # heavy
    from cnnviz.models.summary import summarize  # heavy

    spec = model_spec(arguments.model)
    size = _size(arguments.input) if arguments.input else spec.input_size
    summary = summarize(spec.outline(in_channels=size[0]), size)
    out.say(spec.title)
    _table(summary, out)
    out.say(
        N_("{params} weights, {macs} multiply-accumulates and {bytes} bytes of activations for one picture"),
        params=f"{summary.params:,}",
        macs=f"{summary.macs:,}",
        bytes=f"{summary.activation_bytes:,}",
    )
    for message, values in summary.remarks:
        out.say(message, **values)
    for layer in summary:
        out.record(**asdict(layer))
    out.record(
        model=spec.name,
        params=summary.params,
        macs=summary.macs,
        activation_bytes=summary.activation_bytes,
        unread=dict(summary.unread),
        uncounted=summary.uncounted,
        unplaced=summary.unplaced,
    )
    return 0


def _table(summary: Summary, out: Output) -> None:
    head = [N_("layer"), N_("kind"), N_("output"), N_("weights"), N_("MACs"), N_("bytes"), N_("sees"), N_("jump")]
    rows = [
        (
            layer.name,
            layer.kind,
            "x".join(map(str, layer.output_shape)),
            f"{layer.params:,}",
            f"{layer.macs:,}",
            f"{layer.activation_bytes:,}",
            layer.receptive_field,
            layer.jump or "",
        )
        for layer in summary
    ]
    out.table("<<>>>>>>", [out.translated(word) for word in head], rows)


def _size(text: str) -> tuple[int, int, int]:
    """ "1x28x28" as numbers. Raises ConfigurationError."""
    parts = text.lower().replace("×", "x").split("x")
    if len(parts) != 3 or not all(part.isdecimal() and len(part) <= 4 and 0 < int(part) <= 4096 for part in parts):
        raise ConfigurationError(
            N_("{parameter} must be channels x height x width, such as 1x28x28. Got {value} instead."),
            parameter="input",
            value=text,
        )
    channels, height, width = map(int, parts)
    return channels, height, width
