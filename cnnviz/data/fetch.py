"""Downloading the files of a data set: mirrors in turn, md5, unpacked to a temporary name, renamed at the end.

A kill at any moment leaves either the whole file or leftovers that count for nothing and are swept later.
Knows nothing of Streamlit; mirrors and md5s are torchvision's, which is imported only here.
"""

from __future__ import annotations

import errno
import gzip
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
from dataclasses import dataclass
from pathlib import Path

from cnnviz.data import idx
from cnnviz.data.files import IdxFiles, may_write, record
from cnnviz.errors import DataError, DownloadError
from cnnviz.files import remove_leftovers, temporary, to_disk
from cnnviz.locale import N_

_SILENCE = 20.0  # seconds without a byte before a mirror is given up
_PIECE = 1 << 16  # bytes read at a time
ABANDONED = 15 * 60.0  # seconds since a temporary file was last written: no download is that silent
_LARGEST = 4  # times the published size: a server that sends more is not the one we want


@dataclass(frozen=True)
class Sources:
    """Where torchvision gets a data set: base addresses, and file -> md5 of its .gz."""

    mirrors: Sequence[str]
    md5: dict[str, str]


def torchvision_sources(folder: str) -> Sources:
    """The mirrors and md5s in torchvision's data set class of that name."""
    from torchvision import datasets

    source = getattr(datasets, folder)
    return Sources(tuple(source.mirrors), {name.removesuffix(".gz"): md5 for name, md5 in source.resources})


def fetch(files: IdxFiles, root: Path, progress: Callable[[int, int], None] | None = None) -> None:
    """Fetch every file that is missing or broken. `progress` hears (bytes done, bytes in all).

    Two visitors of one server who ask at once share one download; two processes each do their own, and the
    renaming at the end makes either one's file whole. Raises DownloadError.
    """
    directory = files.directory(root)
    with _one_at_a_time(directory), _disk_errors_as_sentences(directory):
        wanted = [file for file in files.archive_bytes if not _is_sound(files, file, root)]
        if not wanted:
            return
        if not may_write(directory):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        directory.mkdir(parents=True, exist_ok=True)
        remove_leftovers(directory, silent_for=ABANDONED)
        sources = torchvision_sources(files.folder)
        count = _Counter(sum(files.archive_bytes[file] for file in wanted), progress)
        for file in wanted:
            _fetch_file(files, file, sources, directory / file, count)


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


class _Counter:
    """Adds up what has come over all files; a file begun again on another mirror takes its bytes back."""

    def __init__(self, total: int, report: Callable[[int, int], None] | None) -> None:
        self._total, self._report, self._done, self._of_file = total, report, 0, 0

    def begin_again(self) -> None:
        self._of_file = 0

    def add(self, count: int) -> None:
        self._of_file += count
        self._tell()

    def file_done(self, published: int) -> None:
        self._done, self._of_file = self._done + published, 0
        self._tell()

    def _tell(self) -> None:
        if self._report:
            self._report(min(self._done + self._of_file, self._total), self._total)


def _is_sound(files: IdxFiles, file: str, root: Path) -> bool:
    try:
        files.read(file, root)
    except DataError:
        return False
    return True


def _fetch_file(files: IdxFiles, file: str, sources: Sources, target: Path, count: _Counter) -> None:
    """One file from the first mirror that has it whole."""
    published = files.archive_bytes[file]
    failures: list[DownloadError] = []
    with temporary(target) as archive:
        for mirror in sources.mirrors:
            count.begin_again()
            try:
                _download(f"{mirror}{file}.gz", archive, sources.md5[file], _LARGEST * max(published, _PIECE), count)
            except _MIRROR_FAILURES as error:
                failures.append(_failure(files.name, file, urllib.parse.urlsplit(mirror).netloc, error))
            else:
                break
        else:
            raise _most_telling(failures)
        digest = _unpack(archive, target)
    record(target, digest)
    count.file_done(published)


def _download(url: str, target: Path, md5: str, largest: int, count: _Counter) -> None:
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


def _unpack(archive: Path, target: Path) -> str:
    """Gunzip to a temporary name, flush to the disk, rename to `target`. Returns the SHA-256 of the file."""
    digest = hashlib.sha256()
    with temporary(target) as part:
        with gzip.open(archive) as packed, part.open("wb") as file:
            while piece := packed.read(1 << 20):
                digest.update(piece)
                file.write(piece)
            to_disk(file)
        with part.open("rb") as file:
            if idx.file_length(file.read(idx.HEADER_BYTES)) != part.stat().st_size:
                raise DownloadError(
                    N_("`{file}` was fetched but is not an IDX file. Update torchvision: its address has changed."),
                    file=target.name,
                )
        part.replace(target)
    return digest.hexdigest()


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
def _disk_errors_as_sentences(directory: Path) -> Iterator[None]:
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


_locks: dict[Path, threading.Lock] = {}
_locks_guard = threading.Lock()


@contextmanager
def _one_at_a_time(directory: Path) -> Iterator[None]:
    with _locks_guard:
        lock = _locks.setdefault(directory.absolute(), threading.Lock())
    with lock:
        yield
