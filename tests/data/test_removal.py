"""Removal: a data set's own files go, all others stay, and what may not be removed says why."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnnviz.base.errors import DataError
from cnnviz.data import removal
from cnnviz.data.registry import DATASETS
from cnnviz.data.removal import remove_files
from tests.data import made

CONTENTS = made.contents()


def test_only_its_own_files_go(tmp_path: Path) -> None:
    """The four, torchvision's packed ones and the record of hashes; another set and somebody's notes stay."""
    files = made.made_files(CONTENTS)
    folder = made.write(tmp_path, CONTENTS)
    other = made.write(tmp_path, CONTENTS, "MNIST")
    files.load("train", tmp_path, (1, 28, 28), 10)
    (folder / "t10k-images-idx3-ubyte.gz").write_bytes(b"packed")
    (folder / "notes.txt").write_text("mine")
    assert (folder / "sha256.json").exists()
    files.remove(tmp_path)
    assert [path.name for path in folder.iterdir()] == ["notes.txt"]
    assert len(list(other.iterdir())) == 4
    assert not files.are_present(tmp_path)


def test_empty_folders_go_up_to_the_root(tmp_path: Path) -> None:
    """And a second time nothing happens."""
    made.write(tmp_path, CONTENTS)
    for _again in range(2):
        made.made_files(CONTENTS).remove(tmp_path)
        assert list(tmp_path.iterdir()) == []


def test_what_others_laid_read_only_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence, and every file is there."""
    folder = made.write(tmp_path, CONTENTS)
    monkeypatch.setattr(removal, "may_write", lambda folder: False)
    with pytest.raises(DataError, match="which this server may not write: whoever laid it there can remove it"):
        made.made_files(CONTENTS).remove(tmp_path)
    assert len(list(folder.iterdir())) == 4


def test_nothing_outside_the_root(tmp_path: Path) -> None:
    """Not even where a folder below it is a link to somewhere else."""
    outside = made.write(tmp_path / "outside", CONTENTS).parent
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "FashionMNIST").symlink_to(outside)
    with pytest.raises(DataError, match="may not write"):
        made.made_files(CONTENTS).remove(tmp_path / "root")
    with pytest.raises(DataError):
        remove_files(
            "x",
            tmp_path / "root",
            [tmp_path / "root" / ".." / "outside" / "FashionMNIST" / "raw" / name for name in CONTENTS],
        )
    assert len(list((outside / "raw").iterdir())) == 4


def test_the_embedded_digits_stay(tmp_path: Path) -> None:
    """They come with the app."""
    with pytest.raises(DataError, match="digits comes with the app and cannot be removed"):
        DATASETS["digits"].files.remove(tmp_path)
