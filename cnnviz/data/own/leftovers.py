"""Leftovers of own sets: hidden folders of imports that were killed, removed when the server starts and at each import.

No NumPy: the server looks for them before anything else is imported.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import time
from pathlib import Path

from cnnviz.base import paths

STAGED = ".cnnviz-import"  # the end of a hidden folder's name
_MAKER = "maker.json"  # in a folder being made: whose process it is
_ABANDONED = 24 * 3600.0  # seconds: no import takes so long


def place() -> Path:
    """The folder that all sets lie in."""
    return paths.home() / "data"


def sign(folder: Path) -> None:
    """Say in a folder that this process makes it."""
    maker = {"host": socket.gethostname(), "process": os.getpid()}
    (folder / _MAKER).write_text(json.dumps(maker), encoding="utf-8")


def unsign(folder: Path) -> None:
    """It is made."""
    (folder / _MAKER).unlink()


def sweep() -> None:
    """Remove what imports left whose process is gone."""
    if place().is_dir():
        for folder in place().glob(f".*{STAGED}"):
            if _is_abandoned(folder):
                shutil.rmtree(folder, ignore_errors=True)


def _is_abandoned(folder: Path) -> bool:
    """Whether the process that made it is gone; where nobody can tell, whether it has been silent for long."""
    try:
        if time.time() - folder.stat().st_mtime > _ABANDONED:
            return True
        maker = json.loads((folder / _MAKER).read_text(encoding="utf-8"))
        return maker["host"] == socket.gethostname() and not _is_alive(int(maker["process"]))
    except FileNotFoundError:  # being made or removed at this moment
        return False
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _is_alive(process: int) -> bool:
    if os.name == "nt":  # there a signal 0 would end it
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
