"""EMNIST's letters: out of the published zip file, as torchvision reads them, upright and numbered from 0."""

from __future__ import annotations

import gzip
import hashlib
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from cnnviz.base.errors import CorruptDataError, DownloadError, MissingDataError
from cnnviz.data import emnist
from cnnviz.data.emnist import ARCHIVE, FILES, FOLDER, EmnistFiles
from cnnviz.data.registry import DATASETS
from tests.data import made
from tests.data.test_idx_fetch import no_proxy  # noqa: F401 - fixture

SIZE, CLASSES = (1, 28, 28), 26


def contents() -> dict[str, bytes]:
    """The four files: 52 and 26 pictures, as published: rows and columns exchanged, a is 1."""
    random = np.random.default_rng(1)
    found = {}
    for split, count in (("train", 52), ("test", 26)):
        pictures = random.integers(0, 256, (count, 28, 28), dtype=np.uint8)
        found[f"emnist-letters-{split}-images-idx3-ubyte"] = made.idx_bytes(pictures)
        found[f"emnist-letters-{split}-labels-idx1-ubyte"] = made.idx_bytes(
            (np.arange(count) % 26 + 1).astype(np.uint8)
        )
    return found


def zipped(files: dict[str, bytes]) -> bytes:
    """As gzip.zip has them: gzip files in a folder, among those of EMNIST's other parts."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"gzip/{name}.gz", gzip.compress(content, mtime=0))
        archive.writestr("gzip/emnist-digits-train-images-idx3-ubyte.gz", b"another part")
        archive.writestr("../evil", b"!")
    return packed.getvalue()


def offer(monkeypatch: pytest.MonkeyPatch, address: str, packed: bytes) -> None:
    """Let fetching find `packed` where it would ask torchvision."""
    source = f"{address}gzip.zip", hashlib.md5(packed).hexdigest()
    monkeypatch.setattr(emnist, "torchvision_archive", lambda: source)


def fetched(root: Path, monkeypatch: pytest.MonkeyPatch, packed: bytes) -> list[tuple[int, int]]:
    """Fetched from a server that has `packed`; what was heard of its progress."""
    heard: list[tuple[int, int]] = []
    with made.served({"gzip.zip": packed}) as server:
        offer(monkeypatch, server.address, packed)
        EmnistFiles().fetch(root, lambda done, total: heard.append((done, total)))
    return heard


def test_fetched_letters_are_torchvisions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own class reads the same files; its pictures are ours on their sides, its labels ours and one."""
    from torchvision.datasets import EMNIST

    heard = fetched(tmp_path, monkeypatch, zipped(contents()))
    files = EmnistFiles()
    assert sorted(path.name for path in (tmp_path / FOLDER / "raw").iterdir()) == sorted([*FILES, "sha256.json"])
    assert not list(tmp_path.rglob("evil"))
    assert heard[-1] == (files.download_bytes, files.download_bytes)
    assert files.check(tmp_path) == [(name, "ok") for name in FILES]
    for split in ("train", "test"):
        ours, theirs = files.load(split, tmp_path, SIZE, CLASSES), EMNIST(tmp_path, "letters", train=split == "train")
        assert np.array_equal(ours.images[:, 0].swapaxes(1, 2), theirs.data.numpy())
        assert np.array_equal(ours.labels + 1, theirs.targets.numpy())
        assert ours.images.flags.c_contiguous


def test_the_registry_says_what_torchvision_does() -> None:
    """Address, sum, classes."""
    from torchvision.datasets import EMNIST

    assert emnist.torchvision_archive() == (EMNIST.url, EMNIST.md5)
    assert ["N/A", *DATASETS["emnist-letters"].classes] == EMNIST.classes_split_dict["letters"]
    assert EMNIST.url.endswith(ARCHIVE)


def test_only_what_is_missing_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sound file is left alone; with all sound nothing is asked for; removed, all are gone."""
    packed = zipped(contents())
    fetched(tmp_path, monkeypatch, packed)
    raw = tmp_path / FOLDER / "raw"
    stamp = (raw / FILES[0]).stat().st_mtime_ns
    (raw / FILES[1]).unlink()
    fetched(tmp_path, monkeypatch, packed)
    assert (raw / FILES[0]).stat().st_mtime_ns == stamp
    assert (raw / FILES[1]).read_bytes() == contents()[FILES[1]]
    monkeypatch.setattr(emnist, "torchvision_archive", None)
    EmnistFiles().fetch(tmp_path)
    EmnistFiles().remove(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("packed", [b"a login page", zipped({}), zipped({FILES[0]: b"no picture"})])
def test_another_archive_is_one_sentence(packed: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With torchvision's md5, but without the letters: nothing is left of it."""
    with pytest.raises(DownloadError, match="Update torchvision"):
        fetched(tmp_path, monkeypatch, packed)
    assert list((tmp_path / FOLDER / "raw").iterdir()) == []


def test_missing_and_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence names the file and the command that fetches it."""
    with pytest.raises(MissingDataError, match="python -m cnnviz data fetch emnist-letters"):
        EmnistFiles().load("train", tmp_path, SIZE, CLASSES)
    fetched(tmp_path, monkeypatch, zipped(contents()))
    labels = tmp_path / FOLDER / "raw" / FILES[1]
    labels.write_bytes(made.idx_bytes(np.zeros(52, np.uint8)))
    with pytest.raises(CorruptDataError, match="was cut or changed"):
        EmnistFiles().load("train", tmp_path, SIZE, CLASSES)
