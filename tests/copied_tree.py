"""A copy of the app in which a test adds something, as its author would; and programs that run in it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.conftest import REPOSITORY


def copied_tree(folder: Path) -> Path:
    """`folder` with the package and the pages in it."""
    for name in ("cnnviz", "pages"):
        shutil.copytree(REPOSITORY / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def insert(file: Path, before: str, text: str) -> None:
    """`text` in front of the one place where `before` is in `file`."""
    source = file.read_text(encoding="utf-8")
    assert source.count(before) == 1, (file, before)
    file.write_text(source.replace(before, text + before), encoding="utf-8")


def runs(program: str, folder: Path) -> None:
    """`program` ends well in `folder`, whose package it imports."""
    done = subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-4000:]
