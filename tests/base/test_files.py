"""A file is the old one or the new one, whatever happens in between."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from cnnviz.base.files import remove_leftovers, temporary, write_atomically


def test_write_and_overwrite(tmp_path: Path) -> None:
    """Folders are made; the new content replaces the old; nothing else is left."""
    path = tmp_path / "deep" / "file.json"
    write_atomically(path, b"old")
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(path.parent.iterdir()) == [path]


def test_failure_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the rename fails, the old content stands and no leftover is there."""
    path = tmp_path / "file.json"
    write_atomically(path, b"old")

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_disk_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The new content whole, or the old one: also when the disk fails in between."""
    path = tmp_path / "file"
    write_atomically(path, b"old")
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def killed_writer(path: Path) -> Path:
    """The half-written file that a writer of `path` leaves when it is killed."""
    with temporary(path) as name:
        pass
    name.write_bytes(b"half")
    return name


def test_leftovers_of_a_killed_writer_are_swept(tmp_path: Path) -> None:
    """What a killed process was writing goes; what is complete stays."""
    write_atomically(tmp_path / "kept.safetensors", b"kept")
    leftover = killed_writer(tmp_path / "kept.safetensors")
    assert remove_leftovers(tmp_path) == [leftover]
    assert [path.name for path in tmp_path.iterdir()] == ["kept.safetensors"]


def test_what_was_written_lately_is_spared(tmp_path: Path) -> None:
    """Where another process may be writing, only what has long been silent goes."""
    leftover = killed_writer(tmp_path / "file")
    assert remove_leftovers(tmp_path, silent_for=60.0) == []
    assert remove_leftovers(tmp_path, silent_for=60.0, now=time.time() + 120) == [leftover]
