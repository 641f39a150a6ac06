"""Imports go one way, and rooms know only what design says they know."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "cnnviz"
BASE = {"errors", "files", "locale", "machine", "paths", "__version__"}  # whatever stands on nothing else
# room -> the rooms it may import besides itself and BASE:
# arithmetic <- models <- data <- engine <- runs, inspection <- ui
MAY_IMPORT = {
    "arithmetic": set(),
    "figures": {"arithmetic"},
    "components": set(),
    "models": {"arithmetic"},
    "data": {"arithmetic", "models"},
    "engine": {"arithmetic", "models", "data"},
    "runs": {"arithmetic", "models", "data", "engine"},
    "inspection": {"arithmetic", "models", "data", "engine"},
    "ui": {"arithmetic", "models", "data", "engine", "runs", "inspection", "figures", "components"},
}
FILES = sorted(path for path in PACKAGE.rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """Every module a file imports, also inside functions, as dotted names."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_one_way(path: Path) -> None:
    """A room imports only the rooms below it."""
    allowed = MAY_IMPORT.get(room(path))
    if allowed is None:  # the command line and the base may see what they need
        return
    used = {name.split(".")[1] for name in imports(path) if name.startswith("cnnviz.")}
    assert used <= allowed | BASE | {room(path)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_streamlit_is_imported_in_ui_alone(path: Path) -> None:
    """Only `cnnviz.ui` knows Streamlit (the doctor asks for its version through importlib.metadata)."""
    if room(path) != "ui":
        assert not {name for name in imports(path) if name.split(".")[0] == "streamlit"}


@pytest.mark.parametrize("path", [path for path in FILES if room(path) == "ui"], ids=lambda path: path.name)
def test_the_link_is_read_in_one_place(path: Path) -> None:
    """Whatever a link says passes the one reader that knows kinds and ranges; the language is read before it."""
    if path.name not in ("link.py", "i18n.py") or path.parent.name != "shared":
        assert "st.query_params" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name", ["arithmetic", "figures", "components", "locale", "errors", "files", "machine", "paths"]
)
def test_rooms_without_torch(name: str) -> None:
    """Arithmetic and figures never import torch."""
    for path in FILES:
        if room(path) == name:
            assert not {module for module in imports(path) if module.split(".")[0] in {"torch", "torchvision"}}


@pytest.mark.parametrize("path", sorted((PACKAGE.parent / "pages").glob("*.py")), ids=lambda path: path.name)
def test_pages_are_declarative(path: Path) -> None:
    """A page is at most 120 lines and has no torch and no Plotly in it."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 120
    assert not {name for name in imports(path) if name.split(".")[0] in {"torch", "plotly", "torchvision"}}
