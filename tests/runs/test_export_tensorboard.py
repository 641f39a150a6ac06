"""TensorBoard's files, read back by the format's own rules."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import EpochEnd, Progress, RunStarted
from cnnviz.runs.export import as_zip, crc32c, event_file
from cnnviz.runs.history import History, extend
from cnnviz.runs.run import RunRecord

EVENTS = [
    RunStarted("cpu", "CPU", 1, 10, 10, 4, 2, 1),
    Progress(1, 2, 4, 2.5, 0.005, 900.0, 0.5, 1.0),
    Progress(1, 4, 4, float("inf"), 0.005, 900.0, 1.0, 1.0),
    EpochEnd(1, 0.5, 0.875, 0.25, 0.75, ((9, 1), (1, 9)), 1.5, 900.0),
    Progress(2, 4, 4, 1e39, 0.0, 900.0, 0.25, 1.0),
    EpochEnd(2, 0.5, 0.875, 0.125, 0.9375, ((9, 1), (1, 9)), 1.5, 900.0, 0.75, 0.5),
]
HISTORY = extend(History(), list(enumerate(EVENTS, 1)))
RECORD = RunRecord(
    7, "first/try 三", TrainConfig(), "finished", "", 900.0, 1000.0, None, None, None, 2, None, 0.9375, 3.0, 6, Path()
)


def records(raw: bytes) -> Iterator[bytes]:
    """The data of each TFRecord; its checksums must hold."""
    while raw:
        (length,) = struct.unpack("<Q", raw[:8])
        data = raw[12 : 12 + length]
        for part, at in ((raw[:8], 8), (data, 12 + length)):
            crc = crc32c(part)
            masked = ((crc >> 15 | crc << 17) + 0xA282EAD8) % 2**32
            assert struct.unpack("<I", raw[at : at + 4]) == (masked,)
        yield data
        raw = raw[16 + length :]


def fields(data: bytes) -> list[tuple[int, object]]:
    """(number, value) of a protocol buffer's fields."""
    found: list[tuple[int, object]] = []
    while data:
        key, data = varint(data)
        if key & 7 == 0:
            value, data = varint(data)
            found.append((key >> 3, value))
        elif key & 7 == 1:
            found.append((key >> 3, struct.unpack("<d", data[:8])[0]))
            data = data[8:]
        elif key & 7 == 5:
            found.append((key >> 3, struct.unpack("<f", data[:4])[0]))
            data = data[4:]
        else:
            length, data = varint(data)
            found.append((key >> 3, data[:length]))
            data = data[length:]
    return found


def varint(data: bytes) -> tuple[int, bytes]:
    value, shift = 0, 0
    for index, byte in enumerate(data):
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, data[index + 1 :]
    raise AssertionError("cut")


def scalars() -> list[tuple[str, int, float, float]]:
    """(tag, step, wall time, value), in the file's order."""
    head, *events = records(event_file(RECORD, HISTORY))
    assert dict(fields(head))[3] == b"brain.Event:2"
    found = []
    for event in events:
        entry = dict(fields(event))
        for number, value in fields(entry[5]):  # type: ignore[arg-type]
            assert number == 1
            scalar = dict(fields(value))  # type: ignore[arg-type]
            found.append((scalar[1].decode(), entry[2], entry[1], scalar[2]))  # type: ignore[attr-defined]
    return found  # type: ignore[return-value]


def test_every_scalar_is_there_once_at_its_step() -> None:
    """Losses by batch, accuracies by epoch, steps from the run's first batch."""
    by_tag: dict[str, list[tuple[int, float]]] = {}
    for tag, step, _, value in scalars():
        by_tag.setdefault(tag, []).append((step, value))
    assert by_tag["loss/train"] == [(2, 2.5), (4, float("inf")), (8, float("inf"))]
    assert by_tag["epoch/test_accuracy"] == [(4, 0.75), (8, 0.9375)]
    assert by_tag["epoch/test_loss"] == [(4, 0.25), (8, 0.125)]
    assert [step for step, _ in by_tag["learning_rate"]] == [2, 4, 8]
    assert by_tag["epoch/held_out_loss"] == [(8, 0.75)], "in the first epoch there were no such pictures"
    assert set(by_tag) == {
        *("loss/train", "learning_rate", "images_per_second"),
        *("epoch/train_loss", "epoch/test_loss", "epoch/train_accuracy", "epoch/test_accuracy"),
        *("epoch/held_out_loss", "epoch/held_out_accuracy"),
    }


def test_wall_time_never_goes_back() -> None:
    """Also after a resume, where the training's clock starts again."""
    times = [when for _, _, when, _ in scalars()]
    assert times == sorted(times)
    assert (times[0], times[-1]) == (1000.5, 1003.0)


def test_an_archive_has_a_folder_for_each_run() -> None:
    """Named so that every file system takes it, and TensorBoard finds it."""
    with zipfile.ZipFile(io.BytesIO(as_zip([(RECORD, HISTORY)]))) as archive:
        [name] = archive.namelist()
        assert name == "007-first-try/events.out.tfevents.1000.cnnviz"
        assert archive.read(name) == event_file(RECORD, HISTORY)


def test_tensorboard_reads_it(tmp_path: Path) -> None:
    """Its own reader finds the same numbers, where it is installed."""
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    zipfile.ZipFile(io.BytesIO(as_zip([(RECORD, HISTORY)]))).extractall(tmp_path)
    read = accumulator.EventAccumulator(str(tmp_path / "007-first-try"))
    read.Reload()
    assert [(event.step, event.value) for event in read.Scalars("epoch/test_accuracy")] == [(4, 0.75), (8, 0.9375)]


@pytest.mark.parametrize(("data", "crc"), [(b"123456789", 0xE3069283), (b"", 0), (b"\0" * 32, 0x8A9136AA)])
def test_the_checksum_is_castagnolis(data: bytes, crc: int) -> None:
    """The examples of RFC 3720 and of the polynomial's catalogue."""
    assert crc32c(data) == crc
