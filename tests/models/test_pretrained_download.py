"""Weights in the background: one download for all, progress, given up when nobody waits, every end a sentence."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cnnviz.base.errors import DownloadError
from cnnviz.base.locale import N_
from cnnviz.models import pretrained
from cnnviz.models.pretrained import Download
from tests.polling import PATIENCE, until

Progress = Callable[[int, int], None]


class _Source:
    """Stands in for `pretrained.fetch`: reports piece by piece, each when it is let."""

    def __init__(self) -> None:
        self.asked, self.waited, self.pieces = 0, 0, threading.Semaphore(0)
        self.total = 400

    def fetch(self, name: str, progress: Progress) -> Path:
        self.asked += 1
        for piece in range(1, 5):
            self.waited = piece
            assert self.pieces.acquire(timeout=PATIENCE)
            progress(piece * 100, self.total)
        return Path(name)


@pytest.fixture
def source(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Source]:
    made = _Source()
    monkeypatch.setattr(pretrained, "fetch", made.fetch)
    yield made
    made.pieces.release(99)
    for download in list(pretrained._downloads.values()):
        download.wait(PATIENCE)
    pretrained._downloads.clear()


def test_one_download_for_two_visitors(source: _Source) -> None:
    """The second who presses follows the first one's; when it has ended, pressing begins anew."""
    first = pretrained.begin("alexnet")
    assert pretrained.begin("alexnet") is first is pretrained.underway("alexnet")
    source.pieces.release(4)
    first.wait(PATIENCE)
    assert pretrained.underway("alexnet") is None
    assert source.asked == 1
    assert pretrained.begin("alexnet") is not first


def test_progress(source: _Source) -> None:
    """At first the total is four bytes a weight; then what the server says, and never more than all of it."""
    download = pretrained.begin("alexnet")
    assert (download.done, download.total) == (0, 61_100_840 * 4)
    source.pieces.release(4)
    download.wait(PATIENCE)
    assert (download.done, download.total, download.share, download.error) == (400, 400, 1.0, None)


def test_a_server_that_does_not_say(source: _Source) -> None:
    """Then the total stays what the weights suggest."""
    source.total = 0
    download = pretrained.begin("resnet18")
    source.pieces.release(4)
    download.wait(PATIENCE)
    assert download.total == pretrained.expected_bytes("resnet18")


def test_given_up_when_nobody_waits(source: _Source, monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence for longer than a hidden tab keeps ends it at the next piece; a word in time does not."""
    now = [0.0]
    monkeypatch.setattr(pretrained.time, "monotonic", lambda: now[0])
    download = pretrained.begin("alexnet")
    now[0] = pretrained.PATIENCE - 1
    download.want()
    now[0] += pretrained.PATIENCE - 1
    source.pieces.release()
    until(lambda: source.waited == 2)  # the first piece was reported
    assert download.is_running
    now[0] += 2
    source.pieces.release(3)
    download.wait(PATIENCE)
    assert not download.is_running
    assert download.done < download.total
    assert download.error is None


@pytest.mark.parametrize(
    ("raised", "says"),
    [(DownloadError(N_("no connection")), "no connection"), (MemoryError(), r"AlexNet could not be fetched \(Mem")],
)
def test_every_end_is_a_sentence(monkeypatch: pytest.MonkeyPatch, raised: Exception, says: str) -> None:
    """Whatever happens in the thread is kept for the page."""

    def fail(*_arguments: Any) -> Path:
        raise raised

    monkeypatch.setattr(pretrained, "fetch", fail)
    download = Download("alexnet")
    download._thread.start()
    download.wait(PATIENCE)
    with pytest.raises(DownloadError, match=says):
        raise download.error or AssertionError
