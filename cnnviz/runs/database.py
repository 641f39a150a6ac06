"""Database: one SQLite file that many processes and threads write at once. Knows nothing of what runs mean.

Where it is locked, it says who holds it.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sized
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from cnnviz.base.errors import BusyStoreError, RunError
from cnnviz.base.locale import N_

VERSION = 5  # of the file's format: raised where an older program would misread it, which a column more is not
_BUSY_SECONDS = 5.0  # that a statement waits for another process: a page that asked is held up for no longer
_PAUSE = 0.2  # seconds before the next try: SQLite does not always wait, where two would wait for each other

_T = TypeVar("_T")
Due = Callable[[sqlite3.Connection], list[str]]  # the statements that make a file what this version needs


def marks(values: Sized) -> str:
    """ "?, ?, ?": a gap for each value."""
    return ", ".join("?" * len(values))


class Database:
    """A connection for a whole process: 0.02 ms to reuse, 0.2 ms to open. Its threads take turns.

    Raises RunError where the folder cannot be written, the disk is full, or the file is not ours, and BusyStoreError
    while another program holds the file (a backup, say). A patient one waits instead.
    """

    def __init__(self, path: Path, due: Due) -> None:
        self.path = path.absolute()
        self._due = due
        self._patience = 0.0
        self._on_wait: Callable[[float, str], None] = _say_nothing
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None  # device and inode: notices a home that was wiped under us

    def close(self) -> None:
        """Let go of the file. It is opened again when it is next used."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = None

    def be_patient(self, seconds: float, on_wait: Callable[[float, str], None]) -> None:
        """Wait up to `seconds` for whoever holds the file from now on; `on_wait` gets for how long, and for whom."""
        self._patience, self._on_wait = seconds, on_wait

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One immediate transaction: no other process writes between what is read and what is written."""
        with self.reading() as connection:
            self._patiently(lambda: connection.execute("BEGIN IMMEDIATE"))
            try:
                _check_version(connection, self.path)  # a newer server may have brought it up to date just now
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:  # SQLite itself rolls back on a full disk
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection, outside of a transaction: each statement sees what was committed before it."""
        with self._lock:
            try:
                connection = self._patiently(self._open)
                self._patiently(lambda: _check_version(connection, self.path))
                yield connection
            except (sqlite3.Error, OSError) as error:
                if _is_busy(error):
                    raise self._busy() from error
                raise RunError(
                    N_(
                        "The runs in {path} cannot be read or written ({reason}). "
                        "Make room there, or set CNNVIZ_HOME to a folder of your own."
                    ),
                    path=self.path,
                    reason=error,
                ) from error

    def _patiently(self, step: Callable[[], _T]) -> _T:
        """What `step` returns, tried again while another program holds the file, as far as the patience goes."""
        begun = time.monotonic()
        while True:
            try:
                return step()
            except sqlite3.Error as error:
                waited = time.monotonic() - begun
                if not _is_busy(error) or waited >= self._patience:
                    raise
                self._on_wait(waited, lock_holder(self.path))
                time.sleep(_PAUSE)

    def _busy(self) -> BusyStoreError:
        holder = lock_holder(self.path)
        if holder:
            return BusyStoreError(
                N_("{path} is held by another program: {holder}. Try again when it has let go; nothing is lost."),
                path=self.path,
                holder=holder,
            )
        return BusyStoreError(
            N_("{path} is held by another program, a backup perhaps. Try again when it is done; nothing is lost."),
            path=self.path,
        )

    def _open(self) -> sqlite3.Connection:
        if self._connection is not None and _file_of(self.path) != self._file:
            self.close()
        if self._connection is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(
                self.path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            try:
                self._prepare(connection)
            except BaseException:
                connection.close()
                raise
            self._connection, self._file = connection, _file_of(self.path)
        return self._connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        _check_version(connection, self.path)
        if self._due(connection):
            self._complete(connection)

    def _complete(self, connection: sqlite3.Connection) -> None:
        """All that is due in one transaction: a kill leaves the file as it was, or complete."""
        connection.execute("BEGIN IMMEDIATE")
        try:
            _check_version(connection, self.path)
            for statement in self._due(connection):  # another process may have been first
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {VERSION}")
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise


def _check_version(connection: sqlite3.Connection, path: Path) -> None:
    """Raises RunError if a newer version has the file, or one from before the first release: what we know of its tables
    is not true of them. 4 µs."""
    version = _version(connection)
    if version > VERSION:
        raise RunError(
            N_("{path} was written by a newer version of the explorer. Update, or set CNNVIZ_HOME to another folder."),
            path=path,
        )
    if 0 < version < VERSION:
        raise RunError(
            N_(
                "{path} was written before the first release of the explorer, in another form. Set CNNVIZ_HOME to "
                "another folder, or move this one away."
            ),
            path=path,
        )


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def _is_busy(error: Exception) -> bool:
    """Whether another connection holds what was asked for (Python 3.10 gives the words alone, no code)."""
    return isinstance(error, sqlite3.OperationalError) and "locked" in str(error)


def _say_nothing(_waited: float, _holder: str) -> None:
    """Nobody wants to hear of waiting."""


def _file_of(path: Path) -> tuple[int, int] | None:
    try:
        status = os.stat(path)  # noqa: PTH116 - asked for at every statement: 1 µs, Path.stat 3
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


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
