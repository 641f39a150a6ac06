"""Lock holder: which other program has an SQLite file locked, for the sentence that says what one waits for."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc")


def lock_holder(path: Path) -> str:
    """ "sqlite3 (process 1234)", several with commas; "" where nobody is found (other systems have no /proc/locks).

    In WAL mode writers lock the `-shm` file beside `path`, whoever has it all to himself `path` itself.
    """
    inodes = {inode for each in (path, Path(f"{path}-shm")) if (inode := _inode(each)) is not None}
    with suppress(OSError):
        locks = (_PROC / "locks").read_text().splitlines()
        pids = {pid for line in locks if (pid := _writer(line, inodes)) is not None}
        return ", ".join(f"{_name(pid)} ({pid})" for pid in sorted(pids - {os.getpid()}))
    return ""


def _writer(line: str, inodes: set[int]) -> int | None:
    """The process of a line `1: POSIX  ADVISORY  WRITE 1234 08:01:5678 120 120`, if it locks one of `inodes`."""
    fields = line.split()
    if len(fields) != 8 or fields[3] != "WRITE" or not fields[4].isdecimal():
        return None
    return int(fields[4]) if int(fields[5].rsplit(":", 1)[1]) in inodes else None


def _inode(path: Path) -> int | None:
    try:
        return path.stat().st_ino
    except OSError:
        return None


def _name(pid: int) -> str:
    with suppress(OSError):
        return (_PROC / str(pid) / "comm").read_text().strip()
    return "?"
