"""Download: one file off the internet by pooch, or an error of its own for each way it fails.

A file is as large as it may be and has the published hash. Knows nothing of what it is for, and has no sentences.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from cnnviz.base.files import to_disk

SILENCE = 20.0  # seconds without a byte before a download is given up
ABANDONED = 15 * 60.0  # seconds since a temporary file was last written: no download is that silent
_PIECE = 1 << 16  # bytes read at a time
# compressed on its way it would be unpacked before its hash is taken
_HEADERS = {"User-Agent": "cnnviz", "Accept-Encoding": "identity"}

OnProgress = Callable[[int, int], None]  # bytes received, bytes in all (0: the server does not say)


class NoConnectionError(Exception):
    """Nobody answered."""


class BrokenOffError(Exception):
    """The connection ended before the file did."""


class NotPublishedError(Exception):
    """What came is not the file that was published."""


class RefusedError(Exception):
    """The server answered, but not with the file."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


FAILURES = (NoConnectionError, BrokenOffError, NotPublishedError, RefusedError)


def download(url: str, target: Path, published: str, largest: int, on_progress: OnProgress | None = None) -> None:
    """The bytes at `url` into `target`. `published`: "sha256:..." or "md5:...", of which the beginning suffices.

    `on_progress` is called at every piece; what it raises ends the download. Raises one of FAILURES, or OSError.
    """
    import pooch  # heavy: 0.2 s
    import requests  # heavy

    with target.open("wb") as file:
        sink = _Sink(file, largest, on_progress)
        fetch = pooch.HTTPDownloader(progressbar=sink, chunk_size=_PIECE, timeout=SILENCE, headers=_HEADERS)
        try:
            fetch(url, sink, None)
        except requests.HTTPError as error:
            raise RefusedError(0 if error.response is None else error.response.status_code) from error
        except requests.RequestException as error:
            raise (NoConnectionError if sink.total is None else BrokenOffError) from error
        to_disk(file)
    kind, _, digest = published.partition(":")
    if not pooch.file_hash(str(target), alg=kind).startswith(digest):
        raise NotPublishedError


class _Sink:
    """What pooch writes to, and its progress bar: it counts bytes, where pooch counts pieces, and has a limit."""

    def __init__(self, file: BinaryIO, largest: int, on_progress: OnProgress | None) -> None:
        self._file, self._largest, self._on_progress = file, largest, on_progress
        self._received = 0
        self.total: int | None = None  # pooch sets it when the server has answered

    def write(self, piece: bytes) -> None:
        self._received += len(piece)
        if self._received > self._largest:
            raise NotPublishedError
        self._file.write(piece)
        if self._on_progress is not None:
            self._on_progress(self._received, self.total or 0)

    def flush(self) -> None:
        """At the end, once."""

    def update(self, pieces: int) -> None:
        """Pooch's own count."""

    def reset(self) -> None:
        """Of pooch's own count."""

    def close(self) -> None:
        """Of the bar; the file is the caller's."""
