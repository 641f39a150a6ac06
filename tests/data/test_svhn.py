"""SVHN's published files are read as torchvision reads them."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from cnnviz.base.errors import CorruptDataError, MissingDataError
from cnnviz.data import svhn
from cnnviz.data.registry import DATASETS
from cnnviz.data.svhn import SvhnFiles
from tests.data import made
from tests.data.test_idx_fetch import no_proxy  # noqa: F401 - fixture

SIZE, CLASSES = (3, 32, 32), 10


def mat(seed: int, count: int = 20, **changes: object) -> bytes:
    """As published: rows, columns, channels, pictures; labels 1 to 10, where 10 is the digit 0."""
    pictures = np.random.default_rng(seed).integers(0, 256, (32, 32, 3, count), dtype=np.uint8)
    labels = (np.arange(count) % 10 + 1).astype(np.uint8)[:, None]
    file = io.BytesIO()
    savemat(file, {"X": pictures, "y": labels, **changes}, do_compression=True)
    return file.getvalue()


def of(contents: dict[str, bytes]) -> SvhnFiles:
    """What the registry would say of them."""
    sums = {name: hashlib.md5(raw).hexdigest() for name, raw in contents.items()}
    return SvhnFiles(md5=sums, file_bytes={name: len(raw) for name, raw in contents.items()})


CONTENTS = {"train_32x32.mat": mat(0), "test_32x32.mat": mat(1)}


def test_fetched_files_are_torchvisions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They lie where its own class looks, and both read the same pictures and labels; 10 has become 0."""
    from torchvision import datasets

    files, heard = of(CONTENTS), list[tuple[int, int]]()
    with made.served(CONTENTS) as server:
        monkeypatch.setattr(svhn, "torchvision_address", lambda split: f"{server.address}{split}_32x32.mat")
        files.fetch(tmp_path, lambda done, total: heard.append((done, total)))
    assert heard[-1] == (files.download_bytes, files.download_bytes)
    assert files.check(tmp_path) == [(name, "ok") for name in CONTENTS]
    for split in ("train", "test"):
        listed = {split: ["", f"{split}_32x32.mat", files.md5[f"{split}_32x32.mat"]]}
        monkeypatch.setattr(datasets.SVHN, "split_list", listed)
        ours, theirs = files.load(split, tmp_path, SIZE, CLASSES), datasets.SVHN(tmp_path, split)
        assert np.array_equal(ours.images, theirs.data)
        assert np.array_equal(ours.labels, theirs.labels)
    assert ours.labels[:10].tolist() == [1, 2, 3, 4, 5, 6, 7, 8, 9, 0]
    ours.images[:] = 0
    assert files.load("test", tmp_path, SIZE, CLASSES).images.max() > 0, "what one caller writes, no other sees"


def test_only_what_is_broken_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One file; then none at all; removed, both are gone and other files stay."""
    for name, raw in CONTENTS.items():
        (tmp_path / name).write_bytes(raw)
    (tmp_path / "test_32x32.mat").write_bytes(b"cut")
    with made.served(CONTENTS) as server:
        monkeypatch.setattr(svhn, "torchvision_address", lambda split: f"{server.address}{split}_32x32.mat")
        of(CONTENTS).fetch(tmp_path)
        assert server.asked == ["test_32x32.mat"]
        of(CONTENTS).fetch(tmp_path)
        assert server.asked == ["test_32x32.mat"]
    (tmp_path / "extra_32x32.mat").write_bytes(b"somebody's")
    of(CONTENTS).remove(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["extra_32x32.mat"]


def test_sums_and_addresses_are_torchvisions() -> None:
    """Ours are the published ones."""
    from torchvision.datasets import SVHN

    files = DATASETS["svhn"].files
    assert isinstance(files, SvhnFiles)
    for split in ("train", "test"):
        address, name, md5 = SVHN.split_list[split]
        assert (svhn.torchvision_address(split), files.md5[name]) == (address, md5)


@pytest.mark.parametrize(
    "raw",
    [
        b"MATLAB 5.0 of another kind",
        mat(0, y=np.zeros((20, 1), np.uint8)),
        mat(0, y=np.ones((3, 1), np.uint8)),
        mat(0, X=3),
    ],
    ids=["no file of MATLAB", "a label of 0", "too few labels", "no pictures"],
)
def test_a_published_file_with_something_else_inside(raw: bytes, tmp_path: Path) -> None:
    """Its md5 is right, its content is not: one sentence."""
    (tmp_path / "train_32x32.mat").write_bytes(raw)
    with pytest.raises(CorruptDataError, match="was cut or changed"):
        of({"train_32x32.mat": raw}).load("train", tmp_path, SIZE, CLASSES)


def test_anything_else_is_not_read(tmp_path: Path) -> None:
    """Missing, and with another md5."""
    with pytest.raises(MissingDataError, match="python -m cnnviz data fetch svhn"):
        of(CONTENTS).load("test", tmp_path, SIZE, CLASSES)
    (tmp_path / "test_32x32.mat").write_bytes(mat(2))
    with pytest.raises(CorruptDataError):
        of(CONTENTS).load("test", tmp_path, SIZE, CLASSES)
