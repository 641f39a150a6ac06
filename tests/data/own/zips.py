"""Zip files made byte by byte, so that they may say of themselves what no program would write."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

UNIX, DOS = 3, 0
UTF8 = 1 << 11


@dataclass(frozen=True)
class Part:
    """A file of an archive. What is None is true to its content."""

    name: bytes | str
    content: bytes = b""
    flags: int = 0
    method: int = 8
    made_by: int = DOS
    mode: int = 0  # the file's type and rights on Unix
    unpacked: int | None = None
    crc: int | None = None
    packed: bytes | None = None
    extra: bytes = b""

    @property
    def raw_name(self) -> bytes:
        return self.name.encode() if isinstance(self.name, str) else self.name

    def said(self) -> tuple[bytes, int, int, int]:
        """The packed bytes; CRC, packed and unpacked length as they are declared."""
        packed = self.packed
        if packed is None:
            packed = deflated(self.content) if self.method == 8 else self.content
        crc = zlib.crc32(self.content) if self.crc is None else self.crc
        return packed, crc, len(packed), len(self.content) if self.unpacked is None else self.unpacked


def deflated(content: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()


def archive(
    parts: Iterable[Part], count: int | None = None, in_front: bytes = b"", overlap: bool = False, comment: bytes = b""
) -> bytes:
    """The parts as a zip file. `count`: what its end says instead; `overlap`: all directory entries are one file's."""
    file, directory, entries = io.BytesIO(), io.BytesIO(), 0
    file.write(in_front)
    first = None
    for part in parts:
        packed, crc, length, unpacked = part.said()
        flags = part.flags | (UTF8 if isinstance(part.name, str) else 0)
        offset = file.tell() - len(in_front)
        if not overlap or first is None:
            local = (b"PK\3\4", 20, flags, part.method, 0, 0, crc, length, unpacked, len(part.raw_name), 0)
            file.write(struct.pack("<4s5H3L2H", *local) + part.raw_name + packed)
            first = offset
        entries += 1
        named = (b"PK\1\2", part.made_by << 8 | 20, 20, flags, part.method, 0, 0, crc, length, unpacked)
        rest = (len(part.raw_name), len(part.extra), 0, 0, 0, part.mode << 16, first if overlap else offset)
        directory.write(struct.pack("<4s6H3L", *named) + struct.pack("<5H2L", *rest) + part.raw_name + part.extra)
    start, held = file.tell() - len(in_front), directory.getvalue()
    file.write(held)
    said = min(entries if count is None else count, 0xFFFF)
    file.write(struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, said, said, len(held), start, len(comment)) + comment)
    return file.getvalue()


def large_archive(parts: Sequence[Part], count: int, length: int | None = None) -> bytes:
    """The same with an end for large numbers, which says how many files there are."""
    small = archive(parts)
    end = len(small) - 22
    held, start = struct.unpack_from("<2L", small, end + 12)
    large = struct.pack(
        "<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, held if length is None else length, start
    )
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, end, 1)
    return small[:end] + large + locator + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, *[0xFFFF] * 2, *[0xFFFFFFFF] * 2, 0)


def picture(seed: int, height: int = 12, width: int = 12) -> np.ndarray:
    """Noise (h, w, 3), other for every seed."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def packed(pixels: np.ndarray | Image.Image, kind: str = "PNG", **how: object) -> bytes:
    """A picture as a file."""
    file = io.BytesIO()
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    image.save(file, kind, **how)  # type: ignore[arg-type]
    return file.getvalue()


def pets(count: int = 4, top: str = "") -> list[Part]:
    """Cats, seeds 0 to `count` - 1, and dogs, from 100 on."""
    return [
        Part(f"{top}{name}/{index:02}.png", packed(picture(100 * number + index)))
        for number, name in enumerate(("cat", "dog"))
        for index in range(count)
    ]


def files_below(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))
