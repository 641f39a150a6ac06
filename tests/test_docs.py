"""What the documents say is so: every file and name they mention is there, figures are the cards', commands exist."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests import tree

README = Path("README.md").read_text(encoding="utf-8")
TOUR = Path("docs/architecture.md").read_text(encoding="utf-8")
DOCUMENTS = [Path("README.md"), Path("CONTRIBUTING.md"), Path("CHANGELOG.md"), *sorted(Path("docs").glob("*.md"))]
CARDS = sorted(Path("checkpoints").glob("*.json"))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_everything_named_is_there(document: Path) -> None:
    """Files, folders, `file.py:name`, `module.name` and `Class.method` of all documents."""
    text = document.read_text(encoding="utf-8")
    missing = [span for span in tree.spans(text) if not tree.is_there(span)]
    assert not missing, "\n".join(missing)
    links = re.findall(r"\]\((?!https?:)([^)#]+)", text)
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_what_is_not_there_is_seen() -> None:
    """The test above can fail."""
    wrong = (
        "`engine/trains.py` `engine/train.py:trains` `scheduler.submits` `Store.claim` `ui/sessons/` `ui/PAGE/pag.py`"
    )
    assert [span for span in tree.spans(wrong) if tree.is_there(span)] == []
    right = "`engine/train.py` `engine/train.py:train` `scheduler.submit` `Store.record` `ui/runs/` `ui/PAGE/page.py`"
    assert [span for span in tree.spans(right) if not tree.is_there(span)] == []


def test_the_tree_has_every_room() -> None:
    """The drawing of the tour is the tree: every package is in it, and nothing else."""
    drawn = next(block for block in tree.blocks(TOUR) if block.startswith("cnnviz/\n"))
    packages = {path.parent.as_posix() for path in Path("cnnviz").rglob("__init__.py")}
    assert tree.folders(drawn) == packages


def test_the_reading_path_is_an_evening() -> None:
    """About 2,500 lines, and each file about as long as the tour says."""
    rows = re.findall(r"^\| `([\w./]+)` \| (\d+) \|", TOUR, re.MULTILINE)
    lengths = {name: len((Path("cnnviz") / name).read_text(encoding="utf-8").splitlines()) for name, _said in rows}
    assert {name: said for name, said in rows if abs(int(said) - lengths[name]) > max(20, lengths[name] // 5)} == {}
    assert 2000 < sum(lengths.values()) < 3000


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


@pytest.mark.slow
@pytest.mark.parametrize("command", sorted(set(re.findall(r"python -m cnnviz (\w+)", README))))
def test_commands_exist(command: str) -> None:
    """Every command named answers --help."""
    asked = subprocess.run([sys.executable, "-m", "cnnviz", command, "--help"], capture_output=True, text=True)
    assert (asked.returncode, asked.stderr) == (0, "")
    assert command in asked.stdout


def test_make_targets_exist() -> None:
    """Whatever the documents have somebody make is a target of the Makefile."""
    targets = re.findall(r"^(\w+):", Path("Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    text = "".join(path.read_text(encoding="utf-8") for path in DOCUMENTS)
    named = re.findall(r"^make (\w+)|`make (\w+)`", text, re.MULTILINE)
    assert {first or second for first, second in named} <= set(targets)
