"""Files on disk: trusted by their hash, refused when cut or changed, never written where we may not."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from cnnviz.base.errors import CorruptDataError, MissingDataError
from cnnviz.data.idx import FILES, IdxFiles, may_write, recorded
from cnnviz.data.registry import DATASETS
from tests.data import made

CONTENTS = made.contents()
SIZE = (1, 28, 28)


@pytest.fixture
def files() -> IdxFiles:
    """The made data set under Fashion-MNIST's name."""
    return made.made_files(CONTENTS)


def touch(path: Path, content: bytes) -> None:
    """Change a file so that its modification time is another one, however coarse the clock."""
    path.write_bytes(content)
    os.utime(path, ns=(1, path.stat().st_mtime_ns + 1_000_000_000))


def test_first_use_records_the_hash(files: IdxFiles, tmp_path: Path) -> None:
    """A file with the length its header says is taken on trust once, and recorded beside itself."""
    folder = made.write(tmp_path, CONTENTS)
    assert recorded(folder / FILES[0]) is None
    files.load("train", tmp_path, SIZE, 10)
    assert sorted(json.loads((folder / "sha256.json").read_text())) == sorted(FILES[:2])


def test_a_changed_file_is_refused(files: IdxFiles, tmp_path: Path) -> None:
    """One byte changed, length as before: the file is named, with the command that fixes it."""
    folder = made.write(tmp_path, CONTENTS)
    files.load("train", tmp_path, SIZE, 10)
    content = bytearray(CONTENTS[FILES[0]])
    content[100] ^= 1
    touch(folder / FILES[0], bytes(content))
    with pytest.raises(CorruptDataError, match="train-images-idx3-ubyte` was cut or changed") as caught:
        files.load("train", tmp_path, SIZE, 10)
    assert "python -m cnnviz data fetch fashion-mnist" in str(caught.value)
    assert [problem == "ok" for _, problem in files.check(tmp_path)] == [False, True, True, True]


@pytest.mark.parametrize("length", [0, 3, 15, 1000, -1])
def test_a_cut_file_is_refused_at_first_sight(length: int, files: IdxFiles, tmp_path: Path) -> None:
    """A file shorter than its header says is never trusted, recorded or not."""
    folder = made.write(tmp_path, CONTENTS)
    touch(folder / FILES[0], CONTENTS[FILES[0]][:length])
    assert files.are_present(tmp_path)
    with pytest.raises(CorruptDataError, match="was cut or changed"):
        files.load("train", tmp_path, SIZE, 10)
    assert recorded(folder / FILES[0]) is None


def test_a_longer_file_is_refused(files: IdxFiles, tmp_path: Path) -> None:
    """Bytes after the end are a change too."""
    folder = made.write(tmp_path, CONTENTS)
    touch(folder / FILES[0], CONTENTS[FILES[0]] + b"\0")
    with pytest.raises(CorruptDataError):
        files.read(FILES[0], tmp_path)


def test_a_missing_file_is_named(files: IdxFiles, tmp_path: Path) -> None:
    """Three of four files are not a data set."""
    folder = made.write(tmp_path, CONTENTS)
    (folder / FILES[3]).unlink()
    assert not files.are_present(tmp_path)
    with pytest.raises(MissingDataError, match="t10k-labels-idx1-ubyte` is missing"):
        files.load("test", tmp_path, SIZE, 10)


def test_files_of_another_data_set_are_refused(files: IdxFiles, tmp_path: Path) -> None:
    """Pictures of another size, labels of another number or beyond the classes do not pass."""
    made.write(tmp_path, CONTENTS)
    with pytest.raises(CorruptDataError, match="images"):
        files.load("train", tmp_path, (1, 32, 32), 10)
    with pytest.raises(CorruptDataError, match="labels"):
        files.load("train", tmp_path, SIZE, 9)
    folder = made.write(tmp_path / "mixed", CONTENTS | {FILES[1]: CONTENTS[FILES[3]]})
    assert folder.is_dir()
    with pytest.raises(CorruptDataError, match="labels"):
        files.load("train", tmp_path / "mixed", SIZE, 10)


def test_published_hashes_are_built_in_for_mnist(tmp_path: Path) -> None:
    """A well-formed file under MNIST's name that is not MNIST is refused at first sight."""
    made.write(tmp_path, CONTENTS, "MNIST")
    with pytest.raises(CorruptDataError):
        DATASETS["mnist"].load("train", tmp_path)


def test_a_read_only_root_is_recorded_at_home(files: IdxFiles, tmp_path: Path, own_home: Path) -> None:
    """On a teacher's read-only share nothing is written; the hashes are kept in CNNVIZ_HOME and still hold."""
    folder = made.write(tmp_path, CONTENTS)
    folder.chmod(0o555)
    try:
        files.load("test", tmp_path, SIZE, 10)
        assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)
        assert set(json.loads((own_home / "known-files.json").read_text())) == {
            str(folder / name) for name in FILES[2:]
        }
        content = bytearray(CONTENTS[FILES[2]])
        content[-1] ^= 1
        touch(folder / FILES[2], bytes(content))
        with pytest.raises(CorruptDataError):
            files.load("test", tmp_path, SIZE, 10)
    finally:
        folder.chmod(0o755)


def test_a_broken_record_is_no_record(files: IdxFiles, tmp_path: Path) -> None:
    """A manifest that is not JSON is written anew."""
    folder = made.write(tmp_path, CONTENTS)
    (folder / "sha256.json").write_text("{")
    files.load("train", tmp_path, SIZE, 10)
    assert sorted(json.loads((folder / "sha256.json").read_text())) == sorted(FILES[:2])


def test_who_may_write(tmp_path: Path) -> None:
    """A folder yet to be made is judged by the nearest one above; a folder marked read-only is left alone."""
    assert may_write(tmp_path / "a" / "b")
    tmp_path.chmod(0o555)
    try:
        assert not may_write(tmp_path / "a" / "b")
    finally:
        tmp_path.chmod(0o755)
