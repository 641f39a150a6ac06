"""CIFAR-100: read as CIFAR-10, by its fine labels, as torchvision reads it."""

from __future__ import annotations

import hashlib
import pickle
from pathlib import Path

import numpy as np
import pytest

from cnnviz.data import cifar, cifar100
from cnnviz.data.registry import DATASETS
from tests.data import made
from tests.data.test_cifar import archive
from tests.data.test_idx_fetch import no_proxy  # noqa: F401 - fixture


def half(seed: int) -> bytes:
    """200 pictures as its authors pickled theirs."""
    data = np.random.default_rng(seed).integers(0, 256, (200, 3072), dtype=np.uint8)
    fine = np.arange(200) % 100
    return pickle.dumps({"data": data, "fine_labels": fine.tolist(), "coarse_labels": (fine // 5).tolist()}, protocol=4)


def test_fetched_files_are_torchvisions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Out of the archive into its own class's folder; pictures and fine labels are what that class reads."""
    from torchvision.datasets import CIFAR100

    contents = {"train": half(0), "test": half(1)}
    files = cifar100.files({name: hashlib.md5(raw).hexdigest() for name, raw in contents.items()})
    packed = archive(contents, cifar100.FOLDER)
    with made.served({cifar100.ARCHIVE: packed, "cifar-100-python.tar": packed}) as server:
        source = f"{server.address}{cifar100.ARCHIVE}", hashlib.md5(packed).hexdigest()
        monkeypatch.setattr(cifar, "torchvision_archive", lambda name: source if name == "CIFAR100" else None)
        files.fetch(tmp_path)
    meta = pickle.dumps({"fine_label_names": list(cifar100.CLASSES)})
    (tmp_path / cifar100.FOLDER / "meta").write_bytes(meta)
    monkeypatch.setattr(CIFAR100, "meta", CIFAR100.meta | {"md5": hashlib.md5(meta).hexdigest()})
    for split in ("train", "test"):
        monkeypatch.setattr(CIFAR100, f"{split}_list", [[split, files.md5[split]]])
    for split in ("train", "test"):
        ours = files.load(split, tmp_path, (3, 32, 32), 100)
        monkeypatch.setattr(CIFAR100, "_check_integrity", lambda self: True)
        theirs = CIFAR100(tmp_path, train=split == "train")
        assert np.array_equal(ours.images.transpose(0, 2, 3, 1), theirs.data)
        assert ours.labels.tolist() == theirs.targets
    files.remove(tmp_path)
    assert [path.name for path in (tmp_path / cifar100.FOLDER).iterdir()] == ["meta"], "not ours"


def test_sums_folder_and_archive_are_torchvisions() -> None:
    """Ours are the published ones; a hundred classes in the alphabet's order, none twice."""
    from torchvision.datasets import CIFAR100

    files = DATASETS["cifar100"].files
    assert isinstance(files, cifar.CifarFiles)
    assert dict(files.md5) == dict([*CIFAR100.train_list, *CIFAR100.test_list])
    assert (files.folder, files.archive) == (CIFAR100.base_folder, CIFAR100.filename)
    assert cifar.torchvision_archive(files.torchvision) == (CIFAR100.url, CIFAR100.tgz_md5)
    assert len(cifar100.CLASSES) == 100
    assert list(cifar100.CLASSES) == sorted(set(cifar100.CLASSES), key=lambda name: name.replace(" ", "_"))
