"""Archive as a tree of folders: a zip file's names, so that a scan lists it as it lists a folder on the disk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePath, PurePosixPath

from cnnviz.base.errors import DataError
from cnnviz.base.locale import N_
from cnnviz.data.archive import Member, Named
from cnnviz.data.image_folder.tree import Entry, Kind

MOST_FOLDERS = 20_000  # each takes 500 bytes of memory: names can hold a folder for every two of their characters


@dataclass(eq=False)
class ArchiveTree:
    """The files of an archive below `root`, a path that is a name and nothing else. Of two of one name the last counts,
    as it does where an archive is unpacked."""

    root: PurePosixPath
    members: dict[str, Member] = field(default_factory=dict)  # path as text -> the file
    folders: dict[str, dict[str, Kind]] = field(default_factory=dict)
    doubles: list[str] = field(default_factory=list)  # names that stand there twice
    locked: set[str] = field(default_factory=set)  # files that need a password

    @classmethod
    def of(cls, name: str, names: Iterable[Named]) -> ArchiveTree:
        """Raises DataError for too many folders."""
        tree = cls(PurePosixPath(name.replace("/", "_").strip(".") or "archive"))
        tree.folders[str(tree.root)] = {}
        for named in names:
            tree._put(named)
        return tree

    def entries(self, folder: PurePath) -> list[Entry]:
        return [Entry(name, kind) for name, kind in self.folders.get(str(folder), {}).items()]

    def changed(self, folder: PurePath) -> int:
        return 0

    def is_link(self, folder: PurePath) -> bool:
        return False

    def real(self, folder: PurePath) -> PurePath:
        return folder

    def _put(self, named: Named) -> None:
        folder = str(self.root)
        for part in named.parts[:-1]:
            folder = self._folder(folder, part)
        last = named.parts[-1]
        if named.kind == "folder":
            self._folder(folder, last)
            return
        path, known = f"{folder}/{last}", self.folders[folder].get(last)
        if known == "folder":
            self.doubles.append(path)
            return
        if known is not None:
            self.doubles.append(path)
            self.locked.discard(path)
        self.folders[folder][last] = "file" if named.kind == "file" else "other"
        self.members[path] = named.member
        if named.is_encrypted:
            self.locked.add(path)

    def _folder(self, above: str, name: str) -> str:
        path = f"{above}/{name}"
        if self.folders[above].get(name) != "folder":
            if name in self.folders[above]:
                self.doubles.append(path)
            self.folders[above][name] = "folder"
            if len(self.folders) >= MOST_FOLDERS:
                raise DataError(
                    N_("This archive has over {most} folders. Pack a folder with a sub-folder for each class."),
                    most=f"{MOST_FOLDERS:,}",
                )
            self.folders[path] = {}
        return path
