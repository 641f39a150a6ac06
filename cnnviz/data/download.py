"""Download of a data set's file: mirrors in turn, progress over all its files, each failure one sentence.

How one file comes, base/download.py knows.
"""

from __future__ import annotations

import errno
import os
import threading
import urllib.parse
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cnnviz.base.download import (
    ABANDONED,
    FAILURES,
    BrokenOffError,
    NoConnectionError,
    NotPublishedError,
    RefusedError,
    download,
)
from cnnviz.base.errors import DownloadError
from cnnviz.base.files import may_write, remove_leftovers, temporary
from cnnviz.base.locale import N_

_LARGEST = 4  # times the published size: a server that sends more is not the one we want
_SMALL = 1 << 16  # bytes; a smaller file may be taken for so large


class Counter:
    """Adds up what has come over all files; a file begun again on another mirror takes its bytes back."""

    def __init__(self, total: int, report: Callable[[int, int], None] | None) -> None:
        self._total, self._report, self._done = total, report, 0
        self.of_this_file = 0  # bytes it has as published

    def begin(self, published: int) -> None:
        self.of_this_file = published

    def received(self, count: int, _total: int) -> None:
        """So many bytes of this file are here."""
        if self._report:
            self._report(min(self._done + count, self._total), self._total)

    def file_done(self) -> None:
        self._done += self.of_this_file
        self.received(0, 0)


def mirrored(path: str, urls: Sequence[str]) -> list[str]:
    """`urls`, and before them the operator's own mirror, `CNNVIZ_MIRROR`, which has the same file under `path`: what it
    sends is held against the same published hash."""
    mirror = os.environ.get("CNNVIZ_MIRROR", "").strip().rstrip("/")
    return [*([f"{mirror}/{path}"] if mirror else []), *urls]


def from_first_mirror(name: str, file: str, urls: Sequence[str], md5: str, target: Path, count: Counter) -> None:
    """`file` of the data set `name` into `target`, from the first of `urls` that has it whole. Raises DownloadError."""
    failures: list[DownloadError] = []
    for url in urls:
        try:
            download(url, target, f"md5:{md5}", _LARGEST * max(count.of_this_file, _SMALL), count.received)
        except FAILURES as error:
            failures.append(_failure(error, name=name, file=file, host=urllib.parse.urlsplit(url).netloc))
        else:
            return
    raise _most_telling(failures)


_NO_CONNECTION = N_(
    "{name} could not be fetched: no connection to {host}. "
    "Connect to the internet and try again, or use digits, which needs no network."
)
_SENTENCES: dict[type[Exception], str] = {
    RefusedError: N_(
        "{name} could not be fetched: {host} answered {status} for `{file}`. "
        "Try again later, or use digits, which needs no network."
    ),
    NotPublishedError: N_(
        "{name} could not be fetched: what {host} sent as `{file}` is not the published file "
        "(a login page, perhaps). Try again on another network, or use digits, which needs none."
    ),
    BrokenOffError: N_(
        "{name} could not be fetched: the connection to {host} broke off in `{file}`. "
        "Try again, or use digits, which needs no network."
    ),
    NoConnectionError: _NO_CONNECTION,
}


def _failure(error: Exception, **values: object) -> DownloadError:
    """The sentence for what one mirror did."""
    if isinstance(error, RefusedError):
        values["status"] = error.status
    return DownloadError(_SENTENCES[type(error)], **values)


def _most_telling(failures: Sequence[DownloadError]) -> DownloadError:
    """An answer tells more than silence, and the last mirror's more than the first's."""
    answers = [failure for failure in failures if failure.template != _NO_CONNECTION]
    return (answers or failures)[-1]


@dataclass(frozen=True)
class Archive:
    """One file that holds several of a data set, as it is published."""

    mirrored_as: str  # its path below a mirror; ends with its name
    byte_count: int
    source: Callable[[], tuple[str, str]]  # (address, MD5); asked when it is fetched


def fetch_archive(
    name: str,
    archive: Archive,
    directory: Path,
    wanted: Callable[[], Sequence[str]],
    unpack: Callable[[Path, str], None],
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Fetch the archive if files of it are `wanted`, and give it and each of their names to `unpack`.

    `progress` is called with (bytes done, bytes in all). Raises DownloadError.
    """
    with one_at_a_time(directory), disk_errors_as_sentences(directory):
        files = wanted()
        if not files:
            return
        prepare_folder(directory)
        url, md5 = archive.source()
        count = Counter(archive.byte_count, progress)
        count.begin(archive.byte_count)
        file = archive.mirrored_as.rpartition("/")[2]
        with temporary(directory / file) as part:
            from_first_mirror(name, file, mirrored(archive.mirrored_as, [url]), md5, part, count)
            for each in files:
                unpack(part, each)
        count.file_done()


@contextmanager
def disk_errors_as_sentences(directory: Path) -> Iterator[None]:
    """An OSError inside becomes a DownloadError that says what to do."""
    try:
        yield
    except OSError as error:
        raise DownloadError(
            N_(
                "`{folder}` cannot be written ({reason}). "
                "Make room or set CNNVIZ_DATA to a folder of yours, or use digits, which needs no file."
            ),
            folder=directory,
            reason=error.strerror or error,
        ) from error


def prepare_folder(directory: Path) -> None:
    """Make the folder and clear away what downloads that were killed have left. Raises OSError."""
    if not may_write(directory):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    directory.mkdir(parents=True, exist_ok=True)
    remove_leftovers(directory, silent_for=ABANDONED)


_locks: dict[Path, threading.Lock] = {}
_locks_guard = threading.Lock()


@contextmanager
def one_at_a_time(directory: Path) -> Iterator[None]:
    """Whoever comes second waits: what fetched the same files a moment ago has them."""
    with _locks_guard:
        lock = _locks.setdefault(directory.absolute(), threading.Lock())
    with lock:
        yield
