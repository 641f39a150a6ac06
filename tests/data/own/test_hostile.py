"""Hostile and odd files: each gives one clear sentence or the right pixels, and nothing is left where it may not be."""

from __future__ import annotations

import io
import os
import re
import struct
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnviz.base.errors import CnnvizError, DataError
from cnnviz.data import decoding
from cnnviz.data.dataset_spec import DatasetSpec
from cnnviz.data.decoding import decode_picture
from cnnviz.data.mnist_style import prepared
from cnnviz.data.own import store
from cnnviz.data.own.importing import ImportSettings, import_set, look
from cnnviz.data.own.sources import FolderSource, IdxSource, ZipSource
from tests.data.made import idx_bytes
from tests.data.own.zips import (
    UNIX,
    Part,
    archive,
    deflated,
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


def with_one(name: str | bytes, content: bytes = b"x", **how: object) -> list[Part]:
    """Pets and one file more."""
    return [*pets(), Part(name, content, **how)]  # type: ignore[arg-type]


ZEROS = bytes(64 << 20)
BOMB = deflated(ZEROS)  # 64 kB

REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "slip": (lambda: archive(with_one("../../evil.png")), "called ../../evil.png, which would lie outside"),
    "slip within": (lambda: archive(with_one("cat/../../evil.png")), "would lie outside of it"),
    "slip with backslashes": (lambda: archive(with_one("cat\\..\\..\\evil.png")), "would lie outside of it"),
    "absolute": (lambda: archive(with_one("/etc/cron.d/evil")), "called /etc/cron.d/evil, which would lie outside"),
    "absolute on Windows": (lambda: archive(with_one("C:\\Windows\\evil.png")), "would lie outside of it"),
    "share of a network": (lambda: archive(with_one("\\\\server\\share\\evil.png")), "would lie outside of it"),
    "locked": (lambda: archive([*pets(), Part("cat/secret.png", b"x" * 40, flags=1)]), "secret.png needs a password"),
    "a million names declared": (lambda: large_archive(pets(), 1_000_000), "has 1,000,000 files; at most 500"),
    "a directory of gigabytes": (lambda: large_archive(pets(), 8, 3 << 30), "files; at most 500 are read"),
    "names without end": (lambda: archive(many_names(501), count=5), "has 501 files; at most 500"),
    "folders without end": (lambda: archive(many_folders(201)), "over 200 folders"),
    "deep": (lambda: archive(with_one("a/" * 5000 + "b.png")), "folders within folders, 5001 deep; at most 32"),
    "bomb of zeros": (lambda: archive(bombs(6)), r"unpack to 0\.4 GB from 0\.4 MB"),
    "bomb of one file": (lambda: archive(bombs(400), overlap=True), r"unpack to 25\.0 GB"),
    "cut": (lambda: archive(pets())[:-60], "is not whole: its directory, at its end, is missing"),
    "cut in the middle": (lambda: archive(pets())[:500], "is not whole"),
    "directory cut": (lambda: broken_directory(), "its directory breaks off"),
    "empty file": (lambda: b"", "This is no zip file"),
    "empty archive": (lambda: archive([]), "needs a sub-folder of pictures for each class"),
    "text": (lambda: b"cat,dog\n1,2\n", "This is no zip file"),
    "rar": (lambda: b"Rar!\x1a\7\1\0" + bytes(90), "This is a RAR file"),
    "7z": (lambda: b"7z\xbc\xaf\x27\x1c" + bytes(90), "This is a 7z file"),
    "gzip": (lambda: b"\x1f\x8b\x08\0" + bytes(90), "This is a gzip file"),
    "archives only": (lambda: archive([Part("cat.zip", archive(pets())), Part("dog.zip", b"PK")]), "archives only"),
    "one class": (lambda: archive(pets()[:4]), "2 to 1000 of them. It has 1."),
    "loose pictures": (lambda: archive([Part("a.png", packed(picture(1)))]), "2 to 1000 of them. It has 0."),
    "no pictures": (lambda: archive([Part("cat/a.txt"), Part("dog/b.txt")]), "has 0 pictures, and at least 2"),
    "two halves of one name": (
        lambda: archive([*pets(top="train/"), *pets(top="Training/")]),
        "are one half of the data set by their names",
    ),
}

ODD: dict[str, Callable[[], bytes]] = {  # the pictures of `pets()` and nothing else come of them
    "plain": lambda: archive(pets()),
    "in a folder": lambda: archive(pets(top="my pets/")),
    "in folders": lambda: archive(pets(top="a/b/c/")),
    "dots in names": lambda: archive(pets(top="./a/./")),
    "backslashes": lambda: archive([Part(part.name.replace("/", "\\"), part.content) for part in pets()]),
    "stored": lambda: archive([Part(part.name, part.content, method=0) for part in pets()]),
    "unpacks itself": lambda: archive(pets(), in_front=b"MZ" + bytes(5000)),
    "with a comment": lambda: archive(pets(), comment=b"PK\5\6 made by nobody" * 20),
    "end for large numbers": lambda: large_archive(pets(), 8),
    "numbers in the extra field": lambda: archive(map(with_large_numbers, pets()), overlap=False),
    "Mac's own files": lambda: archive(
        [*pets(), Part("__MACOSX/cat/._00.png", b"\0\5\x16\7"), Part(".DS_Store", b"x")]
    ),
    "hidden folder": lambda: archive(with_one("cat/.ipynb_checkpoints/00.png", packed(picture(9)))),
    "Windows' own files": lambda: archive([*pets(), Part("cat/Thumbs.db", b"x"), Part("desktop.ini", b"x")]),
    "link to a file": lambda: archive(with_one("cat/link.png", b"/etc/passwd", made_by=UNIX, mode=0o120777)),
    "link to a folder": lambda: archive(with_one("fox", b"../../../..", made_by=UNIX, mode=0o120777)),
    "pipe": lambda: archive(with_one("cat/pipe.png", made_by=UNIX, mode=0o010644)),
    "device": lambda: archive(with_one("cat/disk.png", made_by=UNIX, mode=0o060644)),
    "nested archive": lambda: archive(with_one("cat/more.zip", archive(pets()))),
    "programs": lambda: archive(with_one("cat/setup.exe", b"MZ")),
    "loose picture": lambda: archive(with_one("cover.png", packed(picture(9)))),
    "twice, the last counts": lambda: archive([Part("cat/00.png", packed(picture(9))), *pets()]),
    "a file called as a folder": lambda: archive([Part("cat", b"x"), *pets()]),
    "folders have entries": lambda: archive([Part("cat/"), Part("dog/", made_by=UNIX, mode=0o040755), *pets()]),
    "a bomb that is no picture": lambda: archive([*pets(), *bombs(6, "cat/video.mp4")]),
    "locked, and no picture": lambda: archive(with_one("cat/secret.txt", flags=1)),
    "a name that ends early": lambda: archive(with_one(b"cat/evil.txt\0.png")),
}


def many_names(count: int) -> Iterator[Part]:
    yield from (Part(f"a/{index}.png", method=0) for index in range(count))


def many_folders(count: int) -> Iterator[Part]:
    yield from (Part(f"{index}/a.png", method=0) for index in range(count))


def bombs(count: int, name: str = "cat/bomb.png") -> list[Part]:
    """Each unpacks to 64 MB of zeros, as it says."""
    crc = 0  # never compared: it is refused before
    numbered = (name.replace(".", f"{index}.") for index in range(count))
    return [*pets(), *(Part(each, packed=BOMB, unpacked=len(ZEROS), crc=crc) for each in numbered)]


def broken_directory() -> bytes:
    """A directory whose last entry promises a name longer than what is left."""
    content = bytearray(archive(pets()))
    at = content.rfind(b"PK\1\2")
    content[at + 28 : at + 30] = struct.pack("<H", 9999)
    return bytes(content)


def with_large_numbers(part: Part) -> Part:
    """The unpacked length as 0xFFFFFFFF, the true one in the extra field 1."""
    return Part(part.name, part.content, unpacked=0xFFFFFFFF, extra=struct.pack("<2HQ", 1, 8, len(part.content)))


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


NAMES: dict[str, tuple[str, bytes]] = {  # how a class is called, and the bytes of its folder's name in the archive
    "GBK, as Chinese Windows writes it": ("猫咪", "猫咪".encode("gbk")),
    "GBK with a backslash in it": ("宝珻", "宝珻".encode("gbk")),
    "UTF-8 that does not say so": ("猫咪", "猫咪".encode()),
    "of an IBM PC": ("caté", "caté".encode("cp437")),
    "two Unicode forms": ("café", b"cafe\xcc\x81"),
    "emoji": ("🐈", "🐈".encode()),
    "Arabic": ("قط", "قط".encode()),
    "300 characters": ("猫" * 300, ("猫" * 300).encode()),
    "markup": ("<b>*cat*</b>", b"<b>*cat*<\xe2\x88\x95b>"),
}


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


@dataclass(frozen=True)
class Broken:
    make: Callable[[], bytes]
    reason: str


def gradient(height: int = 16, width: int = 16) -> np.ndarray:
    """Colours that compression keeps."""
    ys, xs = np.mgrid[0:height, 0:width]
    return np.stack([ys * 8, xs * 8, 255 - ys * 8], axis=2).astype(np.uint8)


EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(%pipe%touch evil) (w) file\n"
BAD_PICTURES: dict[str, Broken] = {
    "EPS in disguise": Broken(lambda: EPS, "not a picture we can read"),
    "text": Broken(lambda: b"I am a cat", "not a picture we can read"),
    "SVG": Broken(lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture we can read"),
    "PDF": Broken(lambda: b"%PDF-1.7\n", "not a picture we can read"),
    "nothing": Broken(lambda: b"", "not a picture we can read"),
    "1 x 1": Broken(lambda: packed(Image.new("RGB", (1, 1))), "1 × 1 pixels: too small"),
    "a line": Broken(lambda: packed(Image.new("RGB", (500, 2))), "500 × 2 pixels: too small"),
    "cut": Broken(lambda: packed(picture(1, 60, 60))[:900], "damaged: its file ends too early"),
    "cut JPEG": Broken(lambda: packed(picture(1, 60, 60), "JPEG")[:700], "damaged: its file ends too early"),
    "pixel bomb": Broken(lambda: png_head(30_000, 30_000), "million pixels|30000 × 30000"),
    "pixel bomb, smaller": Broken(lambda: png_head(9000, 9000), "9000 × 9000 pixels, more than the 51 million"),
    "no pixels": Broken(lambda: png_head(0, 0), "damaged|not a picture|too small"),
}


def png_head(width: int, height: int) -> bytes:
    """A PNG that promises so many pixels."""
    head = struct.pack(">2L5B", width, height, 8, 2, 0, 0, 0)
    chunks = (b"IHDR" + head, b"IDAT" + zlib.compress(bytes(999)))
    written = (struct.pack(">L", len(each) - 4) + each + struct.pack(">L", zlib.crc32(each)) for each in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(written)


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


BAD_MEMBERS: dict[str, tuple[Callable[[], Part], str]] = {
    "another sum": (lambda: Part("cat/bad.png", packed(picture(9)), crc=1), "The archive is damaged here"),
    "longer than it says": (
        lambda: Part("cat/bad.png", packed(picture(9)), unpacked=50),
        "The archive is damaged here",
    ),
    "shorter than it says": (lambda: Part("cat/bad.png", b"abc", unpacked=5000), "The archive is damaged here"),
    "a bomb that lies": (lambda: Part("cat/bad.png", packed=BOMB, unpacked=900, crc=0), "The archive is damaged here"),
    "no deflate": (lambda: Part("cat/bad.png", packed=b"\xff" * 90, unpacked=900), "The archive is damaged here"),
    "BZip2": (lambda: Part("cat/bad.png", b"x" * 90, method=12), "packed by the method BZip2"),
    "LZMA": (lambda: Part("cat/bad.png", b"x" * 90, method=14), "packed by the method LZMA"),
    "Deflate64": (lambda: Part("cat/bad.png", b"x" * 90, method=9), "packed by the method Deflate64"),
    "unknown method": (lambda: Part("cat/bad.png", b"x" * 90, method=77), "packed by the method 77"),
    "too heavy": (lambda: Part("cat/bad.png", packed=b"x", unpacked=80 << 20), "This file has 80 MB; at most 64"),
}


@pytest.mark.parametrize(("make", "reason"), BAD_MEMBERS.values(), ids=BAD_MEMBERS)
def test_broken_members(make: Callable[[], Part], reason: str) -> None:
    """What an archive says falsely of one file is that file's fault alone."""
    content = archive([*pets(), make()])
    with pytest.raises(CnnvizError, match=reason):
        imported(content)
    assert pixels(imported(content, skip_broken=True)) == {as_in_set(picture(seed)) for seed in SEEDS}


def test_a_place_beyond_the_archive() -> None:
    """An offset that no file has."""
    content = bytearray(archive(with_one("cat/bad.png", packed(picture(9)))))
    at = content.rfind(b"PK\1\2")
    content[at + 42 : at + 46] = struct.pack("<L", 0xFFFFFFF0)
    with pytest.raises(CnnvizError, match="The archive is damaged here"):
        imported(bytes(content))


def of_grey(levels: np.ndarray) -> np.ndarray:
    return np.repeat(levels[:, :, None], 3, axis=2)


def animated() -> bytes:
    frames = [Image.fromarray(np.full((12, 12, 3), level, np.uint8)) for level in (200, 10)]
    return packed(frames[0], "GIF", save_all=True, append_images=frames[1:])


def lying() -> bytes:
    """Taken with the phone on its side: EXIF says how to turn it."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return packed(Image.fromarray(picture(7)).transpose(Image.Transpose.ROTATE_90), exif=exif)


GREY = np.arange(144, dtype=np.uint8).reshape(12, 12)
GOOD_PICTURES: dict[str, tuple[Callable[[], bytes], np.ndarray]] = {
    "16 bits": (lambda: packed(GREY.astype(np.uint16) * 257), of_grey(GREY)),
    "16 bits, TIFF": (lambda: packed(GREY.astype(np.uint16) * 257, "TIFF"), of_grey(GREY)),
    "fractions": (lambda: packed((GREY / 255).astype(np.float32), "TIFF"), of_grey(GREY)),
    "1 bit": (lambda: packed(Image.fromarray(GREY > 70)), of_grey(np.where(GREY > 70, 255, 0).astype(np.uint8))),
    "TIFF": (lambda: packed(picture(7), "TIFF"), picture(7)),
    "TIFF, packed": (lambda: packed(picture(7), "TIFF", compression="tiff_lzw"), picture(7)),
    "CMYK": (
        lambda: packed(Image.fromarray(picture(7)).convert("CMYK"), "TIFF"),
        np.asarray(Image.fromarray(picture(7)).convert("CMYK").convert("RGB")),
    ),
    "animated": (animated, np.full((12, 12, 3), 200, np.uint8)),
    "palette": (
        lambda: packed(Image.fromarray(picture(7)).quantize(16)),
        np.asarray(Image.fromarray(picture(7)).quantize(16).convert("RGB")),
    ),
    "lying": (lying, picture(7)),
    "transparent": (
        lambda: packed(np.dstack([picture(7), np.zeros((12, 12), np.uint8)])),
        np.full((12, 12, 3), 255, np.uint8),
    ),
    "BMP": (lambda: packed(picture(7), "BMP"), picture(7)),
    "PPM": (lambda: packed(picture(7), "PPM"), picture(7)),
    "WebP": (lambda: packed(picture(7), "WEBP", lossless=True), picture(7)),
    "wrong suffix": (
        lambda: packed(picture(7), "GIF"),
        np.asarray(Image.open(io.BytesIO(packed(picture(7), "GIF"))).convert("RGB")),
    ),
}


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


PAIRS = {
    "train-images-idx3-ubyte": np.zeros((4, 8, 8), np.uint8),
    "train-labels-idx1-ubyte": np.array([0, 1, 0, 1], np.uint8),
}


def idx(**changes: bytes) -> dict[str, bytes]:
    made = {name: idx_bytes(values) for name, values in PAIRS.items()}
    return {name: changes.get(name.split("-")[1], content) for name, content in made.items()}


BAD_IDX: dict[str, tuple[Callable[[], dict[str, bytes]], str]] = {
    "cut": (lambda: idx(images=idx_bytes(PAIRS["train-images-idx3-ubyte"])[:-1]), "is cut or damaged"),
    "too long": (lambda: idx(images=idx_bytes(PAIRS["train-images-idx3-ubyte"]) + b"x"), "is cut or damaged"),
    "gigabytes promised": (lambda: idx(images=b"\0\0\x08\3" + struct.pack(">3L", 2**31, 28, 28)), "GB of pictures"),
    "no head": (lambda: idx(images=b"hello"), "no file of pictures or labels"),
    "one label too few": (lambda: idx(labels=idx_bytes(np.array([0, 1, 1], np.uint8))), "4 pictures and .* 3 labels"),
    "one class": (lambda: idx(labels=idx_bytes(np.zeros(4, np.uint8))), "of 2 to 1000 classes are needed"),
    "alone": (lambda: {"train-images-idx3-ubyte": idx()["train-images-idx3-ubyte"]}, "has no partner"),
    "gzip cut": (lambda: idx(images=b"\x1f\x8b\x08\0zz"), "is cut or damaged|cannot be unpacked|no file of pictures"),
    "gzip bomb": (lambda: idx(images=gzipped(idx_bytes(np.zeros((4, 8, 8), np.uint8)) + ZEROS)), "is cut or damaged"),
}


def gzipped(content: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return packer.compress(content) + packer.flush()


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
