"""Staging: an own data set while it is made, in a hidden folder that becomes the set's at the end or goes."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cnnviz.data.own.store import STAGED, place, taken

_MAKER = "maker.json"  # in a folder being made: whose process it is
_ABANDONED = 24 * 3600.0  # seconds: no import takes so long


@contextmanager
def staged(name: str) -> Iterator[Path]:
    """A hidden folder to put a set into, renamed to `name` at the end; gone after an error or when cancelled.

    What killed imports left is swept first. Raises ConfigurationError where the name was taken meanwhile.
    """
    sweep()
    folder = place() / f".{secrets.token_hex(6)}{STAGED}"
    folder.mkdir(parents=True)
    try:
        maker = {"host": socket.gethostname(), "process": os.getpid()}
        (folder / _MAKER).write_text(json.dumps(maker), encoding="utf-8")
        yield folder
        (folder / _MAKER).unlink()
        try:
            folder.rename(place() / name)
        except OSError as error:
            raise taken(name) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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
