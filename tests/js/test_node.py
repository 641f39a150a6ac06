"""The modules' own tests, `*.test.mjs`, by `node --test`."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.js.node import HERE, run
from tests.js.twins import table

TWINS = "twins.test.mjs"


@pytest.mark.parametrize("name", sorted({path.name for path in HERE.glob("*.test.mjs")} - {TWINS}))
def test_node(name: str) -> None:
    """Every test of the file passes."""
    done = run("--test", str(HERE / name))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_twins(tmp_path: Path) -> None:
    """The file that compares with Python's table, of thousands of cases."""
    path = tmp_path / "twins.json"
    path.write_text(json.dumps(table()), encoding="utf-8")
    done = run("--test", str(HERE / TWINS), env={**os.environ, "CNNVIZ_TWINS": str(path)})
    assert done.returncode == 0, done.stdout + done.stderr
