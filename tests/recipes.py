"""Recipes of CONTRIBUTING.md, carried out in a copy of the app: a file that a recipe does not name is not touched."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests import tree
from tests.polling import PATIENCE

_COPIED = ("cnnviz", "pages", "checkpoints", "streamlit_app.py")


class Recipe:
    """The recipe under the heading "### `title`", and a copy of the app in `folder` to carry it out in."""

    def __init__(self, title: str, folder: Path) -> None:
        text = (tree.REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
        section = text.split(f"\n### {title}\n")[1].split("\n##")[0]
        self.named = [re.compile(_pattern(span)) for span in tree.spans(section)]
        self.folder = folder
        for name in _COPIED:
            source = tree.REPOSITORY / name
            copy = shutil.copytree if source.is_dir() else shutil.copy2
            copy(source, folder / name)

    def add(self, path: str, text: str) -> None:
        """A new file."""
        target = self._target(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        assert not target.exists()
        target.write_text(text, encoding="utf-8")

    def insert(self, path: str, before: str, text: str) -> None:
        """`text` in front of the only place that says `before`."""
        target = self._target(path)
        old = target.read_text(encoding="utf-8")
        assert old.count(before) == 1, f"{before!r} is {old.count(before)} times in {path}"
        target.write_text(old.replace(before, text + before), encoding="utf-8")

    def prove(self, program: str) -> None:
        """Run it in the copy, where it knows `PATIENCE`; whatever goes wrong fails the test."""
        command = [sys.executable, "-W", "ignore", "-c", f"PATIENCE = {PATIENCE}\n{program}"]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    def _target(self, path: str) -> Path:
        assert any(pattern.fullmatch(path) for pattern in self.named), f"the recipe does not name {path}"
        return self.folder / path


def _pattern(span: str) -> str:
    return re.sub("NAME", r"\\w+", re.escape(span.split(":")[0]))
