"""The tree as documents name it: whether a file, a folder, a name in a file is there. Reads sources, imports none."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
_ROOMS = ("cnnviz", "tests", "pages", "docs", "benchmarks", "checkpoints", ".streamlit")
_FENCED = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")
_FILE = re.compile(r"([\w*./-]+\.(?:py|js|mjs|css|html|po|md|toml|json|txt))(?::([\w.]+))?")
_FOLDER = re.compile(r"[\w./-]+/")
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
_PLACEHOLDER = re.compile(r"(?<![A-Za-z_])[A-Z]{3,}(?![A-Za-z_])")  # PAGE, NAME: any name
_OTHERS = {"torch", "st", "os", "loss", "www", "go", "nn", "np"}  # whose dotted names are not ours


def spans(text: str) -> list[str]:
    """What stands in backticks, blocks of code left out."""
    return _SPAN.findall(_FENCED.sub("", text))


def blocks(text: str) -> list[str]:
    """The blocks of code."""
    return _FENCED.findall(text)


def folders(drawn: str) -> set[str]:
    """The folders of a tree drawn by indentation, two spaces a level: "cnnviz/ui/shared"."""
    found, way = set(), []  # type: set[str], list[str]
    for line in drawn.splitlines():
        if row := re.match(r"( *)(\w+)/", line):
            way = [*way[: len(row[1]) // 2], row[2]]
            found.add("/".join(way))
    return found


def is_there(span: str) -> bool:
    """Whether what is in backticks is in the tree; also true of what names no part of it, such as a command."""
    if file := _FILE.fullmatch(span):
        return any(file[2] is None or file[2] in names(path) for path in files(file[1]))
    if _FOLDER.fullmatch(span):
        return any(True for _ in files(span.rstrip("/")))
    if _DOTTED.fullmatch(span) and span.split(".")[0] not in _OTHERS:
        return _is_name(span)
    return True


def files(name: str) -> Iterator[str]:
    """The paths that end in `name`, which may have `*` and placeholders."""
    if (REPOSITORY / name).exists():
        yield name
    pattern = _PLACEHOLDER.sub("[^/]+", re.escape(name)).replace(r"\*", "[^/]*")
    end = re.compile(rf"(?:^|/){pattern}$")
    yield from (path for path in _paths() if end.search(path))


@cache
def _paths() -> tuple[str, ...]:
    every = (path for room in _ROOMS for path in (REPOSITORY / room).rglob("*"))
    return tuple(path.relative_to(REPOSITORY).as_posix() for path in every if "__pycache__" not in path.parts)


@cache
def names(path: str) -> frozenset[str]:
    """Everything that has a name in a file: functions, classes, constants, methods and fields as `Class.name`."""
    text = (REPOSITORY / path).read_text(encoding="utf-8")
    return frozenset(_python(ast.parse(text)) if path.endswith(".py") else _javascript(text))


def _python(module: ast.Module) -> Iterator[str]:
    for node in module.body:
        yield from _defined(node)
        if isinstance(node, ast.ClassDef):
            within = [node, *(each for each in ast.walk(node) if isinstance(each, ast.FunctionDef))]
            for part in within:
                yield from (f"{node.name}.{name}" for each in part.body for name in _defined(each))


def _defined(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, (ast.Assign, ast.AnnAssign)):
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            if isinstance(target, (ast.Name, ast.Attribute)):
                yield target.id if isinstance(target, ast.Name) else target.attr


def _javascript(text: str) -> Iterator[str]:
    owner = ""
    for line in text.splitlines():
        if top := re.match(r"(?:export )?(?:default )?(?:async )?(class|function\*?|const) (\w+)", line):
            owner = top[2] if top[1] == "class" else ""
            yield top[2]
        elif owner and (member := re.match(r"  (?:static |async |get |set )*(\w+)\(", line)):
            yield f"{owner}.{member[1]}"


def _is_name(dotted: str) -> bool:
    """`module.name`, `module.Class.name`, `Class.name`, or a module."""
    parts = dotted.split(".")
    if any(True for _ in _modules(parts)):
        return True
    for cut in range(1, len(parts)):
        if any(".".join(parts[cut:]) in names(path) for path in _modules(parts[:cut])):
            return True
    return any(dotted in names(path) for path in _paths() if path.endswith((".py", ".js")))


def _modules(parts: list[str]) -> Iterator[str]:
    yield from files("/".join(parts) + ".py")
    yield from files("/".join([*parts, "__init__.py"]))
