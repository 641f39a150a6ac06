"""The events of runs as a table for other programs: one row for each report and each epoch. No Streamlit."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import fields

from cnnviz.engine.events import EpochEnd, Progress
from cnnviz.runs.history import History
from cnnviz.runs.run import RunRecord

_FIRST = ("run", "name", "kind", "epoch", "step")
_NOT_A_CELL = ("confusion",)  # a table in a table


def columns() -> tuple[str, ...]:
    """Those of every row; what an event does not have is empty. New fields of the events appear by themselves."""
    names = (field.name for kind in (Progress, EpochEnd) for field in fields(kind))
    return tuple(dict.fromkeys([*_FIRST, *(name for name in names if name not in _NOT_A_CELL)]))


def as_csv(runs: Sequence[tuple[RunRecord, History]]) -> str:
    """Text with a head line; `kind` is "step" or "epoch", `step` counts from the run's first batch."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns(), restval="", lineterminator="\n")
    writer.writeheader()
    for record, history in runs:
        writer.writerows(_rows(record, history))
    return text.getvalue()


def in_order(history: History) -> list[Progress | EpochEnd]:
    """As they were told: an epoch's end after its reports."""
    told: list[Progress | EpochEnd] = [*history.progress, *history.epochs]
    return sorted(told, key=lambda each: (each.epoch, isinstance(each, EpochEnd)))


def steps_done(event: Progress | EpochEnd, steps_per_epoch: int) -> int:
    """Batches since the run began."""
    return (
        (event.epoch - 1) * steps_per_epoch + event.step
        if isinstance(event, Progress)
        else event.epoch * steps_per_epoch
    )


def _rows(record: RunRecord, history: History) -> Iterator[dict[str, object]]:
    steps = history.started.steps_per_epoch if history.started else 0
    for event in in_order(history):
        values = {field.name: getattr(event, field.name) for field in fields(event) if field.name not in _NOT_A_CELL}
        head = {
            "run": record.id,
            "name": _harmless(record.name),
            "kind": "epoch" if isinstance(event, EpochEnd) else "step",
            "step": steps_done(event, steps),
        }
        yield values | head


def _harmless(text: str) -> str:
    """A name that begins like a formula is not one: spreadsheets would work it out, some also in full-width signs."""
    return f"'{text}" if text.startswith(tuple("=+-@＝＋－＠")) else text
