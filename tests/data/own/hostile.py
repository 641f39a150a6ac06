"""Hostile and odd files: archives, pictures in them, files of MNIST, each with what must become of it."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image

from tests.data.made import idx_bytes
from tests.data.own.zips import UNIX, Part, archive, deflated, large_archive, packed, pets, picture


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
    "wrong suffix": (lambda: packed(picture(7), "BMP"), picture(7)),
}


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
