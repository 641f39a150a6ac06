"""Archive as an opened source: a zip file's pictures, listed by their names, read straight out of it when asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path, PurePath
from typing import BinaryIO

from cnnviz.base.errors import DataError
from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed
from cnnviz.data.archive import Member, read_directory, read_member
from cnnviz.data.dataset_spec import Remark
from cnnviz.data.decoding_many import Members
from cnnviz.data.image_folder.listing import readable
from cnnviz.data.image_folder.scan import HEIC, SUFFIXES, Scan, of_the_system
from cnnviz.data.own.archive_tree import ArchiveTree
from cnnviz.data.own.arrays import idx_pictures
from cnnviz.data.own.idx_pictures import Reader
from cnnviz.data.own.limits import HARMLESS, MOST_BYTES, MOST_RATIO, MOST_UNPACKED
from cnnviz.data.own.opened import Contents, FilePictures, Opened, listed
from cnnviz.data.own.sources import ZipSource, is_idx_name

_DOUBLES = N_("Of files with one name the last was taken: {names}.")
_ARCHIVES = (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz")
_NAMED = 3


def open_archive(source: ZipSource, file: BinaryIO) -> Opened:
    """`file` is the source's, open. Raises DataError."""
    name = source.name or (source.file.name if isinstance(source.file, Path) else str(getattr(file, "name", "")))
    title = readable(PurePath(name).name)
    tree = ArchiveTree.of(title, read_directory(file))
    idx = {path: member for path, member in tree.members.items() if _is_idx(tree, path)}
    if idx:
        return _idx(title, file, tree, idx)
    _refuse_nested(tree)
    listing = listed(tree.root, Scan(tree, (*SUFFIXES, *HEIC)))
    paths, contents = Contents.of_listing(title, listing)
    _refuse_locked(tree, map(str, paths))
    members = [tree.members[str(path)] for path in paths]
    _refuse_bombs(members, MOST_UNPACKED)
    if tree.doubles:
        said = Remark(_DOUBLES, {"names": Listed.first(map(readable, tree.doubles), _NAMED)})
        contents = replace(contents, remarks=(*contents.remarks, said))
    place: Path | BinaryIO = source.file
    if not isinstance(place, Path):
        contents = replace(contents, bytes_to_copy=file.seek(0, 2))
    return FilePictures(
        contents,
        [readable(path.relative_to(listing.root)) for path in paths],
        Members(place, members),
        lambda rows: Members(place, [members[row] for row in rows]),
    )


def _is_idx(tree: ArchiveTree, path: str) -> bool:
    folders = PurePath(path).relative_to(tree.root).parts
    return is_idx_name(path) and not any(map(of_the_system, folders))


def _idx(title: str, file: BinaryIO, tree: ArchiveTree, members: dict[str, Member]) -> Opened:
    """Raises DataError."""
    _refuse_locked(tree, members)
    _refuse_bombs(list(members.values()), MOST_BYTES)

    def reader(member: Member) -> Reader:
        return lambda: read_member(file, member)

    return idx_pictures(title, {PurePath(path).name: reader(member) for path, member in members.items()})


def _refuse_locked(tree: ArchiveTree, wanted: Iterable[str]) -> None:
    """Raises DataError."""
    locked = next((path for path in wanted if path in tree.locked), None)
    if locked is not None:
        raise DataError(N_("{name} needs a password. Pack the pictures again without one."), name=readable(locked))


def _refuse_nested(tree: ArchiveTree) -> None:
    """An archive of archives has nothing to look at; a single one beside pictures is left out like any other file."""
    files = list(tree.members)
    if files and all(path.lower().endswith(_ARCHIVES) for path in files):
        raise DataError(
            N_("This archive holds archives only: {names}. Unpack them, and pack the folders as one zip file."),
            names=Listed.first(map(readable, files), _NAMED),
        )


def _refuse_bombs(members: list[Member], most: int) -> None:
    """What unpacks to far more than it weighs is no set of pictures, which are packed already. Raises DataError."""
    packed, unpacked = sum(each.packed for each in members), sum(each.unpacked for each in members)
    if unpacked > most or (unpacked > HARMLESS and unpacked > MOST_RATIO * max(packed, 1)):
        raise DataError(
            N_(
                "The pictures of this archive unpack to {gigabytes} GB from {megabytes} MB; at most {most} GB are "
                "read, and at most {ratio} times what is packed. Bring fewer, or pack them anew."
            ),
            gigabytes=f"{unpacked / 2**30:.1f}",
            megabytes=f"{packed / 2**20:.1f}",
            most=most >> 30,
            ratio=MOST_RATIO,
        )
