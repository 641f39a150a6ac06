"""One file from the net: mirrors in turn, its md5 compared, each failure one sentence. Knows nothing of data sets."""

from __future__ import annotations

import errno
import hashlib
import http.client
import os
import ssl
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cnnviz.base.errors import DownloadError
from cnnviz.base.files import may_write, remove_leftovers
from cnnviz.base.locale import N_

_SILENCE = 20.0  # seconds without a byte before a mirror is given up
_PIECE = 1 << 16  # bytes read at a time
ABANDONED = 15 * 60.0  # seconds since a temporary file was last written: no download is that silent
_LARGEST = 4  # times the published size: a server that sends more is not the one we want


class Counter:
    """Adds up what has come over all files; a file begun again on another mirror takes its bytes back."""

    def __init__(self, total: int, report: Callable[[int, int], None] | None) -> None:
        self._total, self._report, self._done, self._of_file = total, report, 0, 0
        self.of_this_file = 0  # bytes it has as published

    def begin(self, published: int) -> None:
        self.of_this_file = published

    def begin_again(self) -> None:
        self._of_file = 0

    def add(self, count: int) -> None:
        self._of_file += count
        self._tell()

    def file_done(self) -> None:
        self._done, self._of_file = self._done + self.of_this_file, 0
        self._tell()

    def _tell(self) -> None:
        if self._report:
            self._report(min(self._done + self._of_file, self._total), self._total)


def from_first_mirror(name: str, file: str, urls: Sequence[str], md5: str, target: Path, count: Counter) -> None:
    """`file` of the data set `name` into `target`, from the first of `urls` that has it whole. Raises DownloadError."""
    failures: list[DownloadError] = []
    for url in urls:
        count.begin_again()
        try:
            _download(url, target, md5, _LARGEST * max(count.of_this_file, _PIECE), count)
        except _MIRROR_FAILURES as error:
            failures.append(_failure(name, file, urllib.parse.urlsplit(url).netloc, error))
        else:
            return
    raise _most_telling(failures)


class _BrokenOffError(Exception):
    """The connection ended before the file did."""


class _NotPublishedError(Exception):
    """What came is not the file that was published."""


_MIRROR_FAILURES = (
    urllib.error.URLError,
    http.client.HTTPException,
    ssl.SSLError,
    ConnectionError,
    TimeoutError,
    _BrokenOffError,
    _NotPublishedError,
)


def _download(url: str, target: Path, md5: str, largest: int, count: Counter) -> None:
    """The bytes at `url` into `target`, if their md5 is right."""
    digest = hashlib.md5(usedforsecurity=False)
    request = urllib.request.Request(url, headers={"User-Agent": "cnnviz"})
    received = 0
    with urllib.request.urlopen(request, timeout=_SILENCE) as response, target.open("wb") as file:
        while piece := response.read(_PIECE):
            received += len(piece)
            if received > largest:
                raise _NotPublishedError
            digest.update(piece)
            file.write(piece)
            count.add(len(piece))
        length = response.headers.get("Content-Length")
    if length is not None and received < int(length):
        raise _BrokenOffError
    if digest.hexdigest() != md5:
        raise _NotPublishedError


def _failure(name: str, file: str, host: str, error: Exception) -> DownloadError:
    """The sentence for what one mirror did."""
    if isinstance(error, urllib.error.HTTPError):
        error.close()
        return DownloadError(
            N_(
                "{name} could not be fetched: {host} answered {status} for `{file}`. "
                "Try again later, or use digits, which needs no network."
            ),
            name=name,
            host=host,
            status=error.code,
            file=file,
        )
    if isinstance(error, _NotPublishedError):
        return DownloadError(
            N_(
                "{name} could not be fetched: what {host} sent as `{file}` is not the published file "
                "(a login page, perhaps). Try again on another network, or use digits, which needs none."
            ),
            name=name,
            host=host,
            file=file,
        )
    if not isinstance(error, urllib.error.URLError):
        return DownloadError(
            N_(
                "{name} could not be fetched: the connection to {host} broke off in `{file}`. "
                "Try again, or use digits, which needs no network."
            ),
            name=name,
            host=host,
            file=file,
        )
    return DownloadError(_NO_CONNECTION, name=name, host=host)


_NO_CONNECTION = N_(
    "{name} could not be fetched: no connection to {host}. "
    "Connect to the internet and try again, or use digits, which needs no network."
)


def _most_telling(failures: Sequence[DownloadError]) -> DownloadError:
    """An answer tells more than silence, and the last mirror's more than the first's."""
    answers = [failure for failure in failures if failure.template != _NO_CONNECTION]
    return (answers or failures)[-1]


@contextmanager
def disk_errors_as_sentences(directory: Path) -> Iterator[None]:
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


def make_ready(directory: Path) -> None:
    """Make the folder and clear away what downloads that were killed have left. Raises OSError."""
    if not may_write(directory):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    directory.mkdir(parents=True, exist_ok=True)
    remove_leftovers(directory, silent_for=ABANDONED)


_locks: dict[Path, threading.Lock] = {}
_locks_guard = threading.Lock()


@contextmanager
def one_at_a_time(directory: Path) -> Iterator[None]:
    with _locks_guard:
        lock = _locks.setdefault(directory.absolute(), threading.Lock())
    with lock:
        yield
