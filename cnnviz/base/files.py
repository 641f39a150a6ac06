"""Atomic files: they are either the old one or the new one, never half of each. Knows nothing of what is in them."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

_SUFFIX = ".cnnviz-part"


def write_atomically(path: Path, content: bytes) -> None:
    """Write under a temporary name, flush to the disk, rename: a kill leaves the old file or the new one.

    Makes the folder if needed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with temporary(path) as part:
        with part.open("xb") as file:
            file.write(content)
            to_disk(file)
        part.replace(path)


@contextmanager
def temporary(path: Path) -> Iterator[Path]:
    """A name beside `path` that no other process uses; its file is gone at the end unless it was renamed."""
    part = path.with_name(f".{path.name}-{secrets.token_hex(6)}{_SUFFIX}")
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)


def to_disk(file: BinaryIO) -> None:
    """Flush an open file as far as the disk."""
    file.flush()
    os.fsync(file.fileno())


def remove_leftovers(folder: Path, silent_for: float = 0.0, now: float | None = None) -> list[Path]:
    """Remove what killed writers left in `folder`; returns what went.

    Where somebody may be writing, `silent_for` spares files written to in the last so many seconds.
    """
    leftovers = list(folder.glob(f".*{_SUFFIX}"))
    if silent_for:
        limit = (time.time() if now is None else now) - silent_for
        leftovers = [path for path in leftovers if path.stat().st_mtime < limit]
    for path in leftovers:
        path.unlink(missing_ok=True)
    return leftovers


def may_write(folder: Path) -> bool:
    """Whether a folder, or the nearest one above it that exists, is ours to write to.

    A folder marked read-only is left alone even by root, whom the system would let write: it is somebody's share.
    """
    existing = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    return os.access(existing, os.W_OK) and bool(existing.stat().st_mode & 0o222)
