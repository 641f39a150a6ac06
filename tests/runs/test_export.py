"""Runs as a table that a spreadsheet reads, and only reads."""

from __future__ import annotations

import csv
import dataclasses
import io

import pytest

from cnnviz.runs.export import as_csv
from tests.runs.test_export_tensorboard import HISTORY, RECORD


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "＝1", "＋1", "－1", "＠SUM"])
def test_a_name_is_no_formula(name: str) -> None:
    """What a visitor calls a run is not worked out on the teacher's machine."""
    rows = list(csv.DictReader(io.StringIO(as_csv([(dataclasses.replace(RECORD, name=name), HISTORY)]))))
    assert {row["name"] for row in rows} == {f"'{name}"}


def test_a_row_for_each_report_and_epoch() -> None:
    """Steps from the run's first batch; what an event does not have is empty; names survive commas and quotes."""
    record = dataclasses.replace(RECORD, name='a, "b"')
    rows = list(csv.DictReader(io.StringIO(as_csv([(record, HISTORY)]))))
    assert [(row["kind"], row["epoch"], row["step"]) for row in rows] == [
        ("step", "1", "2"), ("step", "1", "4"), ("epoch", "1", "4"), ("step", "2", "8"), ("epoch", "2", "8"),
    ]  # fmt: skip
    assert [row["held_out_loss"] for row in rows] == ["", "", "", "", "0.75"]
    assert {row["name"] for row in rows} == {'a, "b"'}
