"""Two ways are timed in turn, so that a machine's changing load is shared."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from cnnviz.commands import bench


def test_slices_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each way works until it has done as much as asked; its seconds are scaled to exactly that much."""
    now = [0.0]
    monkeypatch.setattr(time, "perf_counter", lambda: now[0])
    turns: list[str] = []

    def way(name: str, pieces: int, seconds: float) -> Iterator[int]:
        while True:
            turns.append(name)
            now[0] += seconds
            yield pieces

    row = bench.compare_slices("x", way("ours", 4, 1.0), way("plain", 3, 3.0), of=10)
    assert "".join(name[0] for name in turns) == "opopopp"
    assert (row.ours, row.plain) == (pytest.approx(10 / 4), pytest.approx(10.0))
    assert row.ratio == pytest.approx(0.25)
