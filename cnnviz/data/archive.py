"""Zip archive, read safely: its directory of names, and one file at a time into memory. Nothing is unpacked to disk.

Names are text here, never paths. Python's `zipfile` reads a directory of any length before it says how long it is,
takes a name's bytes for those of an IBM PC, and inflates for as long as there is input; here each has its bound.
The format: PKWARE's APPNOTE.TXT 6.3.10, sections 4.3.7 (local header), 4.3.12 (directory), 4.3.14 to 16 (its end).
Knows nothing of pictures.
"""

from __future__ import annotations

import re
import struct
import threading
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from cnnviz.base.errors import DataError, PictureError
from cnnviz.base.locale import N_
from cnnviz.base.params import excerpt

MOST_MEMBERS = 200_000  # files: CIFAR-10 has 60,000
MOST_DIRECTORY = 64 << 20  # bytes of the directory, which is read in one piece: 200,000 names of 255 characters
MOST_DEPTH = 32  # folders within folders
MOST_ARCHIVE = 4 << 30  # bytes of an archive: 1,000 phone photos; more is brought as a folder on the server

LOCK = threading.Lock()  # an upload is one open file: a look at it and an import of it may read at one time

_END = struct.Struct("<4s4H2LH")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR_64 = 20  # bytes between the end of the large form and that of the small one
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_LONGEST_END = _END.size + 0xFFFF  # with a comment behind it
_LARGE = 0xFFFFFFFF  # stands for a number that is in the extra field
_STORED, _DEFLATED = 0, 8
_METHODS = {1: "Shrink", 6: "Implode", 9: "Deflate64", 12: "BZip2", 14: "LZMA", 93: "Zstandard", 95: "XZ", 98: "PPMd"}
_OTHERS = {b"Rar!": "RAR", b"7z\xbc\xaf": "7z", b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zX": "xz"}
_UNIX = 3  # systems whose file types stand in the upper half of the attributes
_KINDS = {0o120000: "link", 0o040000: "folder", 0o100000: "file", 0: "file"}


class Member(NamedTuple):
    """One file of an archive: where it is, how long, and how packed."""

    offset: int  # of its local header
    packed: int
    unpacked: int  # as declared: nothing more is ever inflated
    method: int
    crc: int


@dataclass(frozen=True)
class Named:
    """What the directory says of one name."""

    parts: tuple[str, ...]  # folders and the file's own name; at least one
    kind: str  # "file", "folder", "link" or "other"
    member: Member
    is_encrypted: bool


def read_directory(file: BinaryIO) -> list[Named]:
    """All names, in the archive's order; without those that are none ("./").

    Raises DataError for what is no whole zip file, is too large, or has a name that leads out of it.
    """
    with LOCK:
        raw = _directory(file)
    decode = _encoding(entry.name for entry in raw if not entry.is_utf8)
    named = (_named(entry, entry.name.decode("utf-8", "replace") if entry.is_utf8 else decode(entry)) for entry in raw)
    return [each for each in named if each.parts]


def _directory(file: BinaryIO) -> list[_Raw]:
    """Its entries. Raises DataError."""
    size = file.seek(0, 2)
    if size > MOST_ARCHIVE:
        raise DataError(
            N_("This archive has {gigabytes} GB; at most {limit} are read. Bring the pictures as a folder instead."),
            gigabytes=f"{size / 2**30:.1f}",
            limit=MOST_ARCHIVE >> 30,
        )
    start, length, shift = _place_of_directory(file, size)
    file.seek(start)
    return list(_entries(file.read(length), shift))


def read_member(file: BinaryIO, member: Member, most: int | None = None) -> bytes:
    """A file of the archive, or its first `most` bytes. Takes as much memory as it has packed and declares unpacked.

    Raises PictureError if it is damaged or packed in a way we do not know.
    """
    if member.method not in (_STORED, _DEFLATED):
        raise PictureError(
            N_("It is packed by the method {method}, which we cannot unpack. Pack the archive again as a plain zip."),
            method=_METHODS.get(member.method, member.method),
        )
    wanted = member.unpacked if most is None else min(most, member.unpacked)
    with LOCK:
        packed = _packed(file, member, wanted)
    content = packed if member.method == _STORED else _inflated(packed, wanted)
    if len(content) != wanted or (most is None and zlib.crc32(content) != member.crc):
        raise _damaged()
    return content


def _packed(file: BinaryIO, member: Member, wanted: int) -> bytes:
    """As it lies there; of one that is not packed as many bytes as are wanted. Raises PictureError."""
    try:
        file.seek(member.offset)
    except (OSError, OverflowError, ValueError) as error:
        raise _damaged() from error
    head = file.read(_LOCAL.size)
    if len(head) < _LOCAL.size or head[:4] != b"PK\3\4":
        raise _damaged()
    name_length, extra_length = _LOCAL.unpack(head)[-2:]
    file.seek(name_length + extra_length, 1)
    return file.read(wanted if member.method == _STORED else member.packed)


def _inflated(packed: bytes, length: int) -> bytes:
    """At most one byte more than `length`: then it was declared falsely."""
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, length + 1)[: length + 1] if length else b""
    except zlib.error as error:
        raise _damaged() from error


def _damaged() -> PictureError:
    return PictureError(N_("The archive is damaged here: what it holds is not what it says. Pack it again."))


def _place_of_directory(file: BinaryIO, size: int) -> tuple[int, int, int]:
    """Where it begins, its length, and by how much all places are shifted, as in an archive that unpacks itself.

    How many names it has is known from here, before one of them is read. Raises DataError.
    """
    file.seek(0)
    head = file.read(4)
    tail_start = max(0, size - _LONGEST_END - _LOCATOR_64 - _END_64.size)
    file.seek(tail_start)
    tail = file.read()
    at = _end(tail)
    if at < 0:
        raise _no_archive(head)
    _, disk, first_disk, _, count, length, start, _ = _END.unpack_from(tail, at)
    end = at
    if 0xFFFF in (disk, count) or _LARGE in (length, start):
        large = at - _LOCATOR_64 - _END_64.size
        if large >= 0 and tail[large : large + 4] == b"PK\6\6":
            _, _, _, _, disk, first_disk, _, count, length, start = _END_64.unpack_from(tail, large)
            end = large
    if count > MOST_MEMBERS or length > MOST_DIRECTORY:
        raise too_many(max(count, length // _ENTRY.size))
    shift = tail_start + end - length - start
    if disk != first_disk or shift < 0:
        raise _no_archive(b"PK\3\4")
    return start + shift, length, shift


def _end(tail: bytes) -> int:
    """Where the end of the archive begins: the last place whose comment is as long as it says; -1 if there is none."""
    at = len(tail) - _END.size
    while at >= 0 and (at := tail.rfind(b"PK\5\6", 0, at + 4)) >= 0:
        if at + _END.size + _END.unpack_from(tail, at)[-1] == len(tail):
            return at
        at -= 1
    return -1


def _no_archive(head: bytes) -> DataError:
    other = next((name for magic, name in _OTHERS.items() if head.startswith(magic)), None)
    if other is not None:
        return DataError(N_("This is a {kind} file. Unpack it and pack the folder as a zip file."), kind=other)
    if head.startswith(b"PK"):
        return DataError(N_("This zip file is not whole: its directory, at its end, is missing. Copy it once more."))
    return DataError(N_("This is no zip file. Pack a folder with a sub-folder of pictures for each class as one."))


def too_many(count: int) -> DataError:
    """The error for an archive of more files than are read."""
    return DataError(
        N_("This archive has {count} files; at most {most} are read. Pack fewer of them."),
        count=f"{count:,}",
        most=f"{MOST_MEMBERS:,}",
    )


@dataclass(frozen=True)
class _Raw:
    name: bytes
    is_utf8: bool
    kind: str
    member: Member
    is_encrypted: bool


def _entries(directory: bytes, shift: int) -> Iterator[_Raw]:
    """The directory, name by name. Raises DataError where it is not one, or too long."""
    at = number = 0
    while at + _ENTRY.size <= len(directory) and directory[at : at + 4] == b"PK\1\2":
        number += 1
        if number > MOST_MEMBERS:
            raise too_many(number)
        fields = _ENTRY.unpack_from(directory, at)
        _, made_by, _, flags, method, _, _, crc, packed, unpacked, name_length, extra_length = fields[:12]
        comment_length, _, _, attributes, offset = fields[12:]
        at += _ENTRY.size
        name = directory[at : at + name_length]
        extra = directory[at + name_length : at + name_length + extra_length]
        at += name_length + extra_length + comment_length
        if at > len(directory):
            break
        unpacked, packed, offset = _large_numbers(extra, [unpacked, packed, offset])
        better = _unicode_name(extra, name)
        kind = _KINDS.get((attributes >> 16) & 0o170000, "other") if made_by >> 8 == _UNIX else "file"
        yield _Raw(
            better or name,
            bool(flags & 1 << 11) or better is not None,
            kind,
            Member(offset + shift, packed, unpacked, method, crc),
            bool(flags & (1 | 1 << 13)),
        )
    if at != len(directory):
        raise DataError(N_("This zip file is damaged: its directory breaks off. Copy or pack it once more."))


def _extra_fields(extra: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        yield kind, extra[at + 4 : at + 4 + length]
        at += 4 + length


def _large_numbers(extra: bytes, numbers: list[int]) -> list[int]:
    """Those that did not fit into four bytes, in the order they have in the extra field 1."""
    large = next((content for kind, content in _extra_fields(extra) if kind == 1), b"")
    found = []
    for number in numbers:
        if number == _LARGE and len(large) >= 8:
            number, large = struct.unpack_from("<Q", large)[0], large[8:]
        found.append(number)
    return found


def _unicode_name(extra: bytes, name: bytes) -> bytes | None:
    """The name in UTF-8 that Info-ZIP puts beside one in another encoding."""
    for kind, content in _extra_fields(extra):
        if kind == 0x7075 and len(content) > 5 and struct.unpack_from("<L", content, 1)[0] == zlib.crc32(name):
            return content[5:]
    return None


class _Decode:
    def __init__(self, encoding: str) -> None:
        self.encoding = encoding

    def __call__(self, entry: _Raw) -> str:
        return entry.name.decode(self.encoding, "replace")


def _encoding(names: Iterator[bytes]) -> _Decode:
    """How the names of an archive are to be read that do not say so: of all alike, since one program wrote them.

    UTF-8 as a Mac writes them, else as Chinese Windows does, else as the format's authors' PC.
    """
    joined = b"\n".join(names)
    for encoding in ("utf-8", "gb18030"):
        try:
            joined.decode(encoding)
        except UnicodeDecodeError:
            continue
        return _Decode(encoding)
    return _Decode("cp437")


def _named(entry: _Raw, text: str) -> Named:
    """Raises DataError for a name that leads out of the archive."""
    name = text.partition("\0")[0].replace("\\", "/")
    parts = tuple(part for part in name.split("/") if part not in ("", "."))
    if name.startswith("/") or re.match("[A-Za-z]:", name) or ".." in parts:
        raise DataError(
            N_(
                "This archive has a file called {name}, which would lie outside of it. "
                "Pack a folder with a sub-folder of pictures for each class."
            ),
            name=excerpt(name),
        )
    if len(parts) > MOST_DEPTH:
        raise DataError(
            N_("This archive has folders within folders, {depth} deep; at most {most} are read. Pack it flatter."),
            depth=len(parts),
            most=MOST_DEPTH,
        )
    kind = "folder" if name.endswith("/") and entry.kind != "link" else entry.kind
    return Named(parts, kind, entry.member, entry.is_encrypted)
