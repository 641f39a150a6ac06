"""A file is the old one or the new one, whatever happens in between."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnnviz.engine.files import remove_leftovers, write_atomically


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


def test_leftovers_of_a_killed_writer_are_swept(tmp_path: Path) -> None:
    """What a killed process was writing goes; what is complete stays."""
    write_atomically(tmp_path / "kept.safetensors", b"kept")
    (tmp_path / ".kept.safetensors.123-abcd.writing").write_bytes(b"half")
    assert remove_leftovers(tmp_path) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["kept.safetensors"]
