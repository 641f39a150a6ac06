"""Hostile and odd files: each gives one clear sentence or the right pixels, and nothing is left where it may not be."""

from __future__ import annotations

import io
import os
import re
import struct
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from cnnviz.base.errors import CnnvizError, DataError
from cnnviz.data import decoding
from cnnviz.data.dataset_spec import DatasetSpec
from cnnviz.data.decoding import decode_picture
from cnnviz.data.mnist_style import prepared
from cnnviz.data.own import store
from cnnviz.data.own.importing import ImportSettings, import_set, look
from cnnviz.data.own.sources import FolderSource, IdxSource, ZipSource
from tests.data.own.hostile import (
    BAD_IDX,
    BAD_MEMBERS,
    BAD_PICTURES,
    GOOD_PICTURES,
    NAMES,
    ODD,
    REFUSED,
    Broken,
    with_one,
)
from tests.data.own.zips import (
    UNIX,
    Part,
    archive,
    files_below,
    large_archive,
    packed,
    pets,
    picture,
)

MOST_MEMORY = 64 << 20  # bytes that Python may hold at once for any of these small files
SEEDS = [*range(4), *range(100, 104)]  # of the pictures in `pets()`


@pytest.fixture(autouse=True)
def nothing_outside(own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever comes of an import: only whole sets in the store, nothing in the working folder or above."""
    work = tmp_path / "deep" / "work"
    work.mkdir(parents=True)
    monkeypatch.chdir(work)
    monkeypatch.setattr("cnnviz.data.archive.MOST_MEMBERS", 500)  # so that the test need not write a million
    monkeypatch.setattr("cnnviz.data.own.archive_tree.MOST_FOLDERS", 200)
    yield
    assert files_below(tmp_path) == ["deep", "deep/work"]
    assert not [path.name for path in own_home.iterdir() if path.name != "data"]
    left = [path.name for path in store.place().iterdir()] if store.place().is_dir() else []
    assert sorted(left) == list(store.names())


def imported(content: bytes, **settings: object) -> DatasetSpec:
    """As an upload, in bounded memory."""
    tracemalloc.start()
    try:
        return import_set(ZipSource(io.BytesIO(content), "pets.zip"), ImportSettings("set", **settings))  # type: ignore[arg-type]
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < MOST_MEMORY + len(content)


def pixels(spec: DatasetSpec) -> set[bytes]:
    """All pictures of a set, however it was split."""
    return {image.tobytes() for split in ("train", "test") for image in spec.load(split).images}


def as_in_set(pixels: np.ndarray) -> bytes:
    return np.ascontiguousarray(pixels.transpose(2, 0, 1)).tobytes()


@pytest.mark.parametrize(("make", "sentence"), REFUSED.values(), ids=REFUSED)
def test_refused(make: Callable[[], bytes], sentence: str) -> None:
    """By the look already, in one sentence; the import says the same."""
    content = make()
    with pytest.raises(DataError, match=sentence) as looked:
        look(ZipSource(io.BytesIO(content), "pets.zip"))
    with pytest.raises(DataError) as caught:
        imported(content)
    assert str(caught.value) == str(looked.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400
    assert store.names() == ()


@pytest.mark.parametrize("make", ODD.values(), ids=ODD)
def test_odd(make: Callable[[], bytes]) -> None:
    """Every picture that is there, pixel for pixel, and none else."""
    content = make()
    spec = imported(content)
    assert (spec.classes, spec.image_size) == (("cat", "dog"), (3, 12, 12))
    assert spec.train_images + spec.test_images == 8
    assert pixels(spec) == {as_in_set(picture(seed)) for seed in SEEDS}


def test_what_is_left_out_is_said() -> None:
    """Links, archives, loose files and doubles by name."""
    parts = [
        Part("cat/00.png", packed(picture(9))),
        *pets(),
        Part("cat/more.zip", b"PK"),
        Part("cover.png", b"x"),
        Part("dog/link.png", b"/etc/passwd", made_by=UNIX, mode=0o120777),
    ]
    spec = imported(archive(parts))
    said = " ".join(remark.template.format(**remark.values) for remark in spec.remarks)
    for word in (".zip (1)", "cover.png", "dog/link.png", "pets.zip/cat/00.png"):
        assert word in said


@pytest.mark.parametrize(("name", "raw"), NAMES.values(), ids=NAMES)
def test_names(name: str, raw: bytes) -> None:
    """Read as their owner wrote them, and never a path."""
    parts = [Part(raw + b"/" + f"{index}.png".encode(), packed(picture(index))) for index in range(4)]
    spec = imported(archive([*parts, *pets()[4:]]))
    assert name.replace("</b>", "<∕b>") in spec.classes
    assert pixels(spec) == {as_in_set(picture(seed)) for seed in SEEDS}


def test_a_name_in_utf_8_beside_another() -> None:
    """Info-ZIP puts it into an extra field, with the sum of the name it belongs to."""
    raw = "猫".encode("gbk")
    parts = []
    for index in range(2):
        name = raw + f"/{index}.png".encode()
        better = f"猫/{index}.png".encode()
        field = struct.pack("<BL", 1, zlib.crc32(name)) + better
        extra = struct.pack("<2H", 0x7075, len(field)) + field
        parts.append(Part(name, packed(picture(index)), extra=extra))
    latin = [Part("é".encode("latin-1") + f"/{index}.png".encode(), packed(picture(5 + index))) for index in range(2)]
    assert "猫" in imported(archive([*parts, *latin])).classes


@pytest.mark.parametrize("broken", BAD_PICTURES.values(), ids=BAD_PICTURES)
def test_broken_pictures(broken: Broken) -> None:
    """Named with what is wrong; left out if one says so; else nothing is imported."""
    content = archive(with_one("cat/bad.png", broken.make()))
    with pytest.raises(CnnvizError, match=r"1 of 9 pictures cannot be read: cat/bad\.png\.") as caught:
        imported(content)
    assert [name for name, _ in caught.value.broken] == ["cat/bad.png"]  # type: ignore[attr-defined]
    assert re.search(broken.reason, str(caught.value))
    assert store.names() == ()
    spec = imported(content, skip_broken=True)
    assert pixels(spec) == {as_in_set(picture(seed)) for seed in SEEDS}
    assert any("cat/bad.png" in str(remark.values.get("names")) for remark in spec.remarks)


@pytest.mark.parametrize(("make", "reason"), BAD_MEMBERS.values(), ids=BAD_MEMBERS)
def test_broken_members(make: Callable[[], Part], reason: str) -> None:
    """What an archive says falsely of one file is that file's fault alone."""
    content = archive([*pets(), make()])
    with pytest.raises(CnnvizError, match=reason):
        imported(content)
    assert pixels(imported(content, skip_broken=True)) == {as_in_set(picture(seed)) for seed in SEEDS}


def test_nothing_but_broken_pictures() -> None:
    """Of a class, or of all: there is nothing to train on."""
    for good in ([], pets()[:4]):
        bad = [Part(f"{name}/bad{index}.png", b"x") for name in ("cat", "dog") for index in range(3)]
        with pytest.raises(DataError, match="a class has no picture to train on"):
            imported(archive([*good, *bad]), skip_broken=True)


def test_a_place_beyond_the_archive() -> None:
    """An offset that no file has."""
    content = bytearray(archive(with_one("cat/bad.png", packed(picture(9)))))
    at = content.rfind(b"PK\1\2")
    content[at + 42 : at + 46] = struct.pack("<L", 0xFFFFFFF0)
    with pytest.raises(CnnvizError, match="The archive is damaged here"):
        imported(bytes(content))


@pytest.mark.parametrize(("make", "expected"), GOOD_PICTURES.values(), ids=GOOD_PICTURES)
def test_pictures_of_every_kind(make: Callable[[], bytes], expected: np.ndarray) -> None:
    """A correct picture in the set, and the same when it is asked about."""
    spec = imported(archive(with_one("cat/odd.png", make())))
    assert pixels(spec) == {as_in_set(each) for each in (*(picture(seed) for seed in SEEDS), expected)}
    asked = prepared(decode_picture(make()), spec.image_size, spec.framing)
    assert asked.tobytes() == as_in_set(expected)


def test_heic_without_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence that names it."""
    monkeypatch.setattr(decoding, "heic_is_read", lambda: False)
    heic = b"\0\0\0\x18ftypheic" + bytes(80)
    with pytest.raises(CnnvizError, match=r"HEIC photo.*pip install pillow-heif"):
        imported(archive(with_one("cat/photo.heic", heic)))


@pytest.mark.parametrize(("make", "sentence"), BAD_IDX.values(), ids=BAD_IDX)
def test_bad_idx_files(make: Callable[[], dict[str, bytes]], sentence: str) -> None:
    """Uploaded one by one or in an archive: the same sentence."""
    files = make()
    for source in (
        IdxSource(files),
        ZipSource(io.BytesIO(archive([Part(name, content) for name, content in files.items()])), "mnist.zip"),
    ):
        with pytest.raises(DataError, match=sentence):
            import_set(source, ImportSettings("set"))
    assert store.names() == ()


def test_mutations() -> None:
    """Bytes changed, cut out and put in, mostly where an archive speaks of itself: a set or a sentence."""
    random = np.random.default_rng(4)
    for whole in (archive(pets(2)), large_archive(pets(2), 4)):
        for _round in range(60):
            content = bytearray(whole)
            for _change in range(random.integers(1, 5)):
                place = int(random.integers(len(content) - 500, len(content)))
                content[place : place + int(random.integers(0, 5))] = random.bytes(int(random.integers(0, 5)))
            with suppress(CnnvizError):
                import_set(ZipSource(io.BytesIO(content), "pets.zip"), ImportSettings("set", skip_broken=True))
                store.delete("set")


def test_links_that_lead_out_of_an_offered_folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whoever can put a link into a folder of the server sees nothing of the rest through it."""
    root, other = tmp_path_factory.mktemp("root"), tmp_path_factory.mktemp("other")
    for index, name in enumerate(("cat", "dog")):
        (root / "pets" / name).mkdir(parents=True)
        for seed in range(4):
            (root / "pets" / name / f"{seed}.png").write_bytes(packed(picture(100 * index + seed)))
    (other / "private.png").write_bytes(packed(picture(9)))
    (root / "pets" / "cat" / "link.png").symlink_to(other / "private.png")
    (root / "pets" / "fox").symlink_to(other)
    os.mkfifo(root / "pets" / "dog" / "pipe.png")
    spec = import_set(FolderSource(root / "pets", within=root), ImportSettings("set"))
    assert pixels(spec) == {as_in_set(picture(seed)) for seed in SEEDS}
    assert "cat/link.png" in str([remark.values for remark in spec.remarks])


def test_there_are_sixty_of_them() -> None:
    """Kinds of files that this module tries."""
    tables = (REFUSED, ODD, NAMES, BAD_PICTURES, BAD_MEMBERS, GOOD_PICTURES, BAD_IDX)
    assert sum(map(len, tables)) >= 60
