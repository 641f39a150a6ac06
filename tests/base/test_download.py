"""One file off the internet: whole and the published one, or an error of its own for each way it fails."""

from __future__ import annotations

import gc
import hashlib
from pathlib import Path

import pytest

from cnnviz.base import download as module
from cnnviz.base.download import BrokenOffError, NoConnectionError, NotPublishedError, RefusedError, download
from tests.data import made
from tests.data.test_idx_fetch import no_proxy  # noqa: F401 - fixture

CONTENT = bytes(range(256)) * 1024  # 256 KiB: four pieces
PUBLISHED = f"sha256:{hashlib.sha256(CONTENT).hexdigest()}"


def fetched(target: Path, answer: made.Answer, published: str = PUBLISHED, largest: int = len(CONTENT)) -> bytes:
    """What `download` wrote, from a server that answers so."""
    with made.served({"file": CONTENT}, answer) as server:
        download(f"{server.address}file.gz", target, published, largest)
    return target.read_bytes()


@pytest.mark.parametrize("published", [PUBLISHED, PUBLISHED[:15], f"md5:{hashlib.md5(CONTENT).hexdigest()}"])
def test_the_file_is_the_published_one(tmp_path: Path, published: str) -> None:
    """By the whole hash, or its beginning, as torchvision's file names have it."""
    assert fetched(tmp_path / "file", made.whole, published) == CONTENT


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (made.cut, BrokenOffError),
        (made.changed, NotPublishedError),
        (made.login_page, NotPublishedError),
        (made.not_found, RefusedError),
    ],
)
def test_every_failure_has_its_error(tmp_path: Path, answer: made.Answer, error: type[Exception]) -> None:
    """A connection that ends early, other bytes, a hotel's page, a 404."""
    with pytest.raises(error) as raised:
        fetched(tmp_path / "file", answer)
    assert getattr(raised.value, "status", 404) == 404


def test_nobody_answers(tmp_path: Path) -> None:
    """No server at all."""
    with made.served({}) as server:
        address = server.address
    with pytest.raises(NoConnectionError):
        download(f"{address}file.gz", tmp_path / "file", PUBLISHED, len(CONTENT))


# pooch leaves the closing of a connection that broke off to the garbage collector
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_silence_ends_a_download(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that stops in the middle and keeps the connection is given up."""
    monkeypatch.setattr(module, "SILENCE", 0.1)
    with pytest.raises(BrokenOffError):
        fetched(tmp_path / "file", made.slow)
    gc.collect()


def test_a_file_that_is_too_large_is_not_read_to_its_end(tmp_path: Path) -> None:
    """What is larger than the published file is another one, and could fill the disk."""
    with pytest.raises(NotPublishedError):
        fetched(tmp_path / "file", made.whole, largest=len(CONTENT) // 2)
    assert (tmp_path / "file").stat().st_size <= len(CONTENT) // 2


def test_every_piece_is_reported(tmp_path: Path) -> None:
    """Bytes received and bytes in all; whoever is told can end it."""
    heard: list[tuple[int, int]] = []
    with made.served({"file": CONTENT}) as server:
        download(f"{server.address}file.gz", tmp_path / "file", PUBLISHED, len(CONTENT), lambda *now: heard.append(now))
    assert heard[-1] == (len(CONTENT), len(CONTENT))
    assert [done for done, _ in heard] == sorted({done for done, _ in heard})
    assert len(heard) > 1

    class EnoughError(Exception):
        pass

    def enough(_done: int, _all: int) -> None:
        raise EnoughError

    with made.served({"file": CONTENT}) as server, pytest.raises(EnoughError):
        download(f"{server.address}file.gz", tmp_path / "file", PUBLISHED, len(CONTENT), enough)
