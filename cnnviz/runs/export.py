"""Export of runs: their events as a table, and as TensorBoard's event files. No Streamlit.

The table has one row for each report and each epoch. The files are written here: nothing needs to be installed.

An event file is a sequence of records, each a protocol buffer `Event` with scalars in it. The record format is TFRecord
(length, its checksum, data, its checksum; CRC-32C, masked); of the protocol only the few fields are written that
scalars need (tensorboard/compat/proto/event.proto and summary.proto).
"""

from __future__ import annotations

import csv
import io
import re
import struct
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import fields
from functools import cache

from cnnviz.base.text import no_formula
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
            "name": no_formula(record.name),
            "kind": "epoch" if isinstance(event, EpochEnd) else "step",
            "step": steps_done(event, steps),
        }
        yield values | head


_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5  # wire types
_WALL_TIME, _STEP, _FILE_VERSION, _SUMMARY = 1, 2, 3, 5  # fields of Event
_VALUE, _TAG, _SIMPLE_VALUE = 1, 1, 2  # of Summary, and of Summary.Value
_TAGS = {  # field of an event -> TensorBoard's name for the chart
    "loss": "loss/train",
    "learning_rate": "learning_rate",
    "images_per_second": "images_per_second",
    "train_loss": "epoch/train_loss",
    "test_loss": "epoch/test_loss",
    "train_accuracy": "epoch/train_accuracy",
    "test_accuracy": "epoch/test_accuracy",
    "held_out_loss": "epoch/held_out_loss",
    "held_out_accuracy": "epoch/held_out_accuracy",
}


def as_zip(runs: Sequence[tuple[RunRecord, History]]) -> bytes:
    """An archive with a folder for each run: unpack it and start `tensorboard --logdir .` there."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for record, history in runs:
            begun = record.started or record.created
            archive.writestr(f"{_folder(record)}/events.out.tfevents.{int(begun)}.cnnviz", event_file(record, history))
    return packed.getvalue()


def event_file(record: RunRecord, history: History) -> bytes:
    """One run's scalars, in the order they were told."""
    begun = record.started or record.created
    head = _field(_WALL_TIME, _FIXED64, begun) + _field(_FILE_VERSION, _BYTES, b"brain.Event:2")
    return b"".join(map(_record, [head, *_events(record, history, begun)]))


def _events(record: RunRecord, history: History, begun: float) -> Iterator[bytes]:
    steps = history.started.steps_per_epoch if history.started else 0
    until, latest = 0.0, begun  # seconds of the complete epochs; wall time never goes back
    for event in in_order(history):
        if isinstance(event, EpochEnd):
            until += event.seconds
        latest = max(latest, begun + (event.seconds if isinstance(event, Progress) else until))
        values = [(tag, getattr(event, name, None)) for name, tag in _TAGS.items()]
        values = [(tag, value) for tag, value in values if not (isinstance(event, EpochEnd) and "/" not in tag)]
        summary = b"".join(_field(_VALUE, _BYTES, _value(tag, value)) for tag, value in values if value is not None)
        yield (
            _field(_WALL_TIME, _FIXED64, latest)
            + _field(_STEP, _VARINT, steps_done(event, steps))
            + _field(_SUMMARY, _BYTES, summary)
        )


def _value(tag: str, value: float) -> bytes:
    return _field(_TAG, _BYTES, tag.encode()) + _field(_SIMPLE_VALUE, _FIXED32, value)


def _field(number: int, kind: int, value: float | bytes) -> bytes:
    key = _varint(number << 3 | kind)
    if isinstance(value, bytes):
        return key + _varint(len(value)) + value
    if kind == _VARINT:
        return key + _varint(int(value))
    return key + struct.pack("<d" if kind == _FIXED64 else "<f", _as_float32(value) if kind == _FIXED32 else value)


def _as_float32(value: float) -> float:
    """What float32 cannot hold is infinite."""
    return value if not abs(value) > 3.4e38 else float("inf") if value > 0 else float("-inf")


def _varint(value: int) -> bytes:
    parts = bytearray()
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    parts.append(value)
    return bytes(parts)


def _record(data: bytes) -> bytes:
    length = struct.pack("<Q", len(data))
    return length + struct.pack("<I", _masked(length)) + data + struct.pack("<I", _masked(data))


def _masked(data: bytes) -> int:
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def crc32c(data: bytes) -> int:
    """Castagnoli's checksum (RFC 3720, appendix B.4): not zlib's.

    >>> hex(crc32c(b"123456789"))
    '0xe3069283'
    """
    table, crc = _table(), 0xFFFFFFFF
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


@cache
def _table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return tuple(table)


def _folder(record: RunRecord) -> str:
    """ "007-first-try": what every file system takes."""
    return f"{record.id:03d}-{re.sub(r'[^A-Za-z0-9._-]+', '-', record.name).strip('-.')[:60] or 'run'}"
