"""Why a worker's process ended: its signal, and memory if that ran out meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnnviz.runs import process

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("code", "kills", "cause"),
    [(0, 3, ""), (1, 3, ""), (-9, 3, "signal 9"), (-9, 4, "memory"), (-11, 4, "signal 11"), (-9, None, "signal 9")],
)
def test_cause(monkeypatch: pytest.MonkeyPatch, code: int, kills: int | None, cause: str) -> None:
    """Three processes had been ended for want of memory before; an end of its own is no death."""
    monkeypatch.setattr(process, "memory_kills", lambda: kills)
    assert process.death_cause(code, 3) == cause


def test_memory_kills_are_counted_where_the_system_says_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The line `oom_kill` of /proc/vmstat; None without."""
    file = tmp_path / "vmstat"
    monkeypatch.setattr(process, "_PROC", tmp_path)
    assert process.memory_kills() is None
    file.write_text("pgfault 12\noom_kill 7\noom_kill_x 9\n")
    assert process.memory_kills() == 7
    file.write_text("pgfault 12\n")
    assert process.memory_kills() is None
