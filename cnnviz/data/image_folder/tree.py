"""Tree of folders: what a scan asks of where files lie, on the disk here, in a zip file in `own/archive_tree.py`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Literal, Protocol

Kind = Literal["folder", "file", "other"]  # other: links that lead nowhere, back or out; pipes, devices


@dataclass(frozen=True)
class Entry:
    """One name in a folder."""

    name: str
    kind: Kind
    is_link: bool = False


class Tree(Protocol):
    """Folders with files in them. A path is one that was made of names that the tree gave."""

    def entries(self, folder: PurePath) -> list[Entry]:
        """What lies in a folder, in any order. Raises OSError."""
        ...

    def changed(self, folder: PurePath) -> int:
        """When something came into a folder or went last, in ns. Raises OSError."""
        ...

    def is_link(self, folder: PurePath) -> bool:
        """Whether a folder lies elsewhere in truth."""
        ...

    def real(self, folder: PurePath) -> PurePath:
        """Where it lies."""
        ...


@dataclass(frozen=True)
class Disk:
    """The folders of this machine. `within`: links that lead out of there are no files or folders."""

    within: Path | None = None

    def entries(self, folder: PurePath) -> list[Entry]:
        with os.scandir(folder) as found:
            return [Entry(entry.name, self._kind(entry), entry.is_symlink()) for entry in found]

    def changed(self, folder: PurePath) -> int:
        return os.stat(folder).st_mtime_ns  # noqa: PTH116  a path of this machine, whose type says less

    def is_link(self, folder: PurePath) -> bool:
        return Path(folder).is_symlink()

    def real(self, folder: PurePath) -> PurePath:
        return Path(folder).resolve()

    def _kind(self, entry: os.DirEntry[str]) -> Kind:
        try:
            if self.within is not None and entry.is_symlink() and self.within not in Path(entry.path).resolve().parents:
                return "other"
            return "folder" if entry.is_dir() else "file" if entry.is_file() else "other"
        except (OSError, RuntimeError):  # a link that leads round in a circle
            return "other"
