"""The modules' own tests, `*.test.mjs`, by `node --test`."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.js.node import HERE, run
from tests.js.twins import table


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Python's table as a file."""
    path = tmp_path_factory.mktemp("twins") / "twins.json"
    path.write_text(json.dumps(table()), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", sorted(path.name for path in HERE.glob("*.test.mjs")))
def test_node(name: str, twins: Path) -> None:
    """Every test of the file passes."""
    done = run("--test", str(HERE / name), env={**os.environ, "CNNVIZ_TWINS": str(twins)})
    assert done.returncode == 0, done.stdout + done.stderr
