"""The rooms of the house: who may import whom, and that no two files need each other."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
PACKAGE = REPOSITORY / "cnnviz"
FILES = sorted(PACKAGE.rglob("*.py"))
BASE = {"base", "__version__"}  # whatever stands on nothing else
# room -> the rooms it may import besides itself and BASE:
# base <- arithmetic <- models <- data <- engine <- runs, inspection <- ui; the command line may see all
MAY_IMPORT = {
    "base": set(),
    "arithmetic": set(),
    "charts": {"arithmetic"},
    "models": {"arithmetic"},
    "data": {"arithmetic", "models"},
    "engine": {"arithmetic", "models", "data"},
    "runs": {"arithmetic", "models", "data", "engine"},
    "inspection": {"arithmetic", "models", "data", "engine"},
    "ui": {"arithmetic", "models", "data", "engine", "runs", "inspection", "charts"},
}
WITHOUT_TORCH = {"base", "arithmetic", "charts"}
TORCH = {"torch", "torchvision"}
READ_THE_LINK = {PACKAGE / "ui" / "shared" / name for name in ("state.py", "i18n.py")}


@cache
def imports(path: Path) -> frozenset[str]:
    """Every module a file imports, also inside functions, as dotted names."""
    return frozenset(_imports(path))


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def tops(path: Path) -> set[str]:
    """The packages that a file imports from."""
    return {name.split(".")[0] for name in imports(path)}


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def test_imports_go_one_way() -> None:
    """A room imports only the rooms below it."""
    wrong = {}
    for path in FILES:
        if room(path) in MAY_IMPORT:
            used = {name.split(".")[1] for name in imports(path) if name.startswith("cnnviz.")}
            wrong[str(path)] = used - MAY_IMPORT[room(path)] - BASE - {room(path)}
    assert {path: rooms for path, rooms in wrong.items() if rooms} == {}


def test_libraries_stay_in_their_rooms() -> None:
    """Only `ui` knows Streamlit, and nobody below the networks torch; the link is read in one place."""
    for path in FILES:
        assert room(path) == "ui" or "streamlit" not in tops(path), path
        assert room(path) not in WITHOUT_TORCH or not tops(path) & TORCH, path
        if room(path) == "ui" and path not in READ_THE_LINK:
            assert "st.query_params" not in path.read_text(encoding="utf-8"), path


def test_streamlits_entry_points_are_three_lines() -> None:
    """What a page does is in its folder."""
    for path in (REPOSITORY / "pages").glob("*.py"):
        statements = ast.parse(path.read_text(encoding="utf-8")).body
        assert len(statements) == 3, path  # what it is, the import, the call
        assert imports(path) == {f"cnnviz.ui.{path.stem}.page", f"cnnviz.ui.{path.stem}.page.page"}
