"""What the README says is so: its figures are the cards', its commands exist, its files are there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

README = Path("README.md").read_text(encoding="utf-8")
CARDS = sorted(Path("checkpoints").glob("*.json"))


def test_checkpoint_table_is_the_cards() -> None:
    """Every shipped checkpoint has its row, with the figures of its card; no row is left over."""
    table = README.split("<!-- checkpoints:")[1].split("<!-- /checkpoints -->")[0]
    rows = {
        cells[0].strip("`"): cells
        for line in table.splitlines()
        if (cells := [cell.strip() for cell in line.strip("|").split("|")]) and cells[0].startswith("`")
    }
    assert sorted(rows) == [path.stem for path in CARDS] != []
    for path in CARDS:
        card = json.loads(path.read_text(encoding="utf-8"))
        share = f"{card['correct'] / card['total']:.2%}"
        assert f"{card['correct']:,} ({share})" in rows[path.stem]
        assert f"{card['total']:,}" in rows[path.stem]
        assert str(card["seed"]) in rows[path.stem]


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([\w./-]+)\)", README))))
def test_linked_files_are_there(target: str) -> None:
    """Links and pictures of the README point at files of the project."""
    assert Path(target).exists()


@pytest.mark.parametrize("command", sorted(set(re.findall(r"python -m cnnviz (\w+)", README))))
def test_commands_exist(command: str) -> None:
    """Every command named answers --help."""
    asked = subprocess.run([sys.executable, "-m", "cnnviz", command, "--help"], capture_output=True, text=True)
    assert (asked.returncode, asked.stderr) == (0, "")
    assert command in asked.stdout


def test_make_targets_exist() -> None:
    """`make run` and `make test` are targets of the Makefile."""
    targets = re.findall(r"^(\w+):", Path("Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert {"run", "test", "checkpoints"} <= set(targets)
