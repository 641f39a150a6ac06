"""CIFAR-10's published files are read as torchvision reads them; nothing else is ever unpickled."""

from __future__ import annotations

import hashlib
import io
import pickle
import tarfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest

from cnnviz.base.errors import CorruptDataError, DownloadError, MissingDataError
from cnnviz.data import cifar
from cnnviz.data.cifar import ARCHIVE, FOLDER, CifarFiles
from cnnviz.data.registry import DATASETS
from tests.data import made
from tests.data.test_idx_fetch import no_proxy  # noqa: F401 - fixture

NAMES = ("data_batch_1", "data_batch_2", "test_batch")
SIZE, CLASSES = (3, 32, 32), 10


def batch(seed: int, **changes: object) -> bytes:
    """A batch of 20 pictures as CIFAR-10's authors pickled theirs."""
    data = np.random.default_rng(seed).integers(0, 256, (20, 3072), dtype=np.uint8)
    content = {"data": data, "labels": (np.arange(20) % 10).tolist(), "batch_label": f"batch {seed}", **changes}
    return pickle.dumps(content, protocol=4)


def written(root: Path, contents: dict[str, bytes]) -> CifarFiles:
    """The files on disk, and what the registry would say of them."""
    (root / FOLDER).mkdir(parents=True, exist_ok=True)
    for name, raw in contents.items():
        (root / FOLDER / name).write_bytes(raw)
    return CifarFiles(md5={name: hashlib.md5(raw).hexdigest() for name, raw in contents.items()})


@pytest.fixture
def contents() -> dict[str, bytes]:
    return {name: batch(seed) for seed, name in enumerate(NAMES)}


def test_read(tmp_path: Path, contents: dict[str, bytes]) -> None:
    """The training half is all batches in order; pictures are channels, rows, columns."""
    files = written(tmp_path, contents)
    assert files.are_present(tmp_path)
    train, test = (files.load(split, tmp_path, SIZE, CLASSES) for split in ("train", "test"))
    assert (train.images.shape, test.images.shape) == ((40, *SIZE), (20, *SIZE))
    first = np.random.default_rng(0).integers(0, 256, (20, 3072), dtype=np.uint8)
    assert np.array_equal(train.images[:20].reshape(20, -1), first)
    assert test.labels.tolist() == [*range(10)] * 2
    assert files.check(tmp_path) == [(name, "ok") for name in NAMES]


def test_md5s_are_torchvisions() -> None:
    """Ours are the published ones; so are folder and archive."""
    from torchvision.datasets import CIFAR10

    files = DATASETS["cifar10"].files
    assert isinstance(files, CifarFiles)
    assert dict(files.md5) == dict([*CIFAR10.train_list, *CIFAR10.test_list])
    assert (CIFAR10.base_folder, CIFAR10.filename) == (FOLDER, ARCHIVE)


def test_anything_else_is_not_unpickled(tmp_path: Path, contents: dict[str, bytes]) -> None:
    """A file that is not the published one is refused by its md5, before a byte of it is interpreted."""
    files = written(tmp_path, contents)
    mark = tmp_path / "exploded"
    (tmp_path / FOLDER / "test_batch").write_bytes(pickle.dumps(_Bomb(mark)))
    with pytest.raises(CorruptDataError, match="was cut or changed"):
        files.load("test", tmp_path, SIZE, CLASSES)
    assert not mark.exists()


@pytest.mark.parametrize("part", ["data", "labels"])
def test_a_program_inside_is_refused_too(part: str, tmp_path: Path, contents: dict[str, bytes]) -> None:
    """Even with a right md5 nothing but arrays, lists and texts is made."""
    mark = tmp_path / "exploded"
    files = written(tmp_path, contents | {"test_batch": batch(9, **{part: _Bomb(mark)})})
    with pytest.raises(CorruptDataError):
        files.load("test", tmp_path, SIZE, CLASSES)
    assert not mark.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"data": np.zeros((20, 3000), np.uint8)},
        {"data": np.zeros((20, 3072), np.float32)},
        {"labels": [0] * 19},
        {"labels": [10] * 20},
        {"data": None},
    ],
)
def test_wrong_contents(changes: dict[str, object], tmp_path: Path, contents: dict[str, bytes]) -> None:
    """Other shapes, types or labels than CIFAR-10's are one sentence."""
    files = written(tmp_path, contents | {"test_batch": batch(9, **changes)})
    with pytest.raises(CorruptDataError):
        files.load("test", tmp_path, SIZE, CLASSES)


def test_missing(tmp_path: Path) -> None:
    """The sentence names the file and the command that fetches it."""
    assert not DATASETS["cifar10"].is_present(tmp_path)
    with pytest.raises(MissingDataError, match="python -m cnnviz data fetch cifar10"):
        DATASETS["cifar10"].load("train", tmp_path)


class _Bomb:
    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, ...]:
        return (self.mark.touch, ())


# ---- fetching: what a server may do wrong is tried with the other data sets


def archive(contents: dict[str, bytes], folder: str = FOLDER) -> bytes:
    """A .tar.gz with these files in its folder."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, raw in contents.items():
            member = tarfile.TarInfo(f"{folder}/{name}")
            member.size = len(raw)
            tar.addfile(member, io.BytesIO(raw))
    return packed.getvalue()


@pytest.fixture
def offer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[bytes], None]]:
    """Let fetching find these bytes where it would ask torchvision."""
    with ExitStack() as servers:

        def offered(packed: bytes) -> None:
            server = servers.enter_context(made.served({"cifar.tar": packed}))
            address = f"{server.address}cifar.tar.gz", hashlib.md5(packed).hexdigest()
            monkeypatch.setattr(cifar, "torchvision_archive", lambda name: address)

        yield offered


def test_fetch(tmp_path: Path, contents: dict[str, bytes], offer: Callable[[bytes], None]) -> None:
    """The six files we know come out of the archive, nothing else, and no leftovers; progress ends at the end."""
    files = written(tmp_path / "made", contents)
    offer(archive({**contents, "../../evil": b"!", "readme.html": b"hello"}))
    heard: list[tuple[int, int]] = []
    files.fetch(tmp_path / "root", lambda done, total: heard.append((done, total)))
    assert sorted(path.name for path in (tmp_path / "root" / FOLDER).iterdir()) == sorted(NAMES)
    assert files.check(tmp_path / "root") == [(name, "ok") for name in NAMES]
    assert heard[-1] == (files.download_bytes, files.download_bytes)
    assert not list(tmp_path.rglob("evil"))


def test_only_what_is_broken_is_replaced(
    tmp_path: Path, contents: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, offer: Callable[[bytes], None]
) -> None:
    """A sound file is left alone; with all sound nothing is fetched."""
    files = written(tmp_path, contents)
    monkeypatch.setattr(cifar, "torchvision_archive", None)
    files.fetch(tmp_path)
    (tmp_path / FOLDER / "test_batch").write_bytes(b"cut")
    stamp = (tmp_path / FOLDER / "data_batch_1").stat().st_mtime_ns
    offer(archive(contents))
    files.fetch(tmp_path)
    assert files.problem("test_batch", tmp_path) is None
    assert (tmp_path / FOLDER / "data_batch_1").stat().st_mtime_ns == stamp


@pytest.mark.parametrize(
    "packed",
    [b"a login page", archive({"readme": b"x"}), archive({"test_batch": b""}, "other")],
    ids=["a login page", "without pictures", "another folder"],  # an archive holds the second it was made in
)
def test_another_archive(
    packed: bytes, tmp_path: Path, contents: dict[str, bytes], offer: Callable[[bytes], None]
) -> None:
    """With the md5 torchvision says, but not CIFAR-10 inside: one sentence."""
    files = written(tmp_path / "made", contents)
    offer(packed)
    with pytest.raises(DownloadError, match="does not hold cifar10"):
        files.fetch(tmp_path / "root")
