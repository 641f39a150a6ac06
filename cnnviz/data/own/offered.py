"""Folders and archives on the server that a page may import from: those below CNNVIZ_PICTURES, set by the operator.

Whoever may type any path may look at any folder of the server: a page names one of `offered_folders` alone.
"""

from __future__ import annotations

import os
from pathlib import Path

from cnnviz.base.errors import DataError
from cnnviz.base.locale import N_
from cnnviz.base.params import excerpt

_MOST = 500  # names: a select box of more is none
_ARCHIVE = ".zip"


def pictures_root() -> Path | None:
    """`CNNVIZ_PICTURES`; None where the operator set none: then no folder is offered."""
    value = os.environ.get("CNNVIZ_PICTURES")
    return Path(value).expanduser() if value else None


def offered_folders() -> tuple[str, ...]:
    """Names of the folders and zip files that lie in CNNVIZ_PICTURES, links that lead out of it left out."""
    root = pictures_root()
    if root is None:
        return ()
    try:
        names = sorted(entry.name for entry in root.iterdir() if not entry.name.startswith("."))
    except OSError:
        return ()
    return tuple(name for name in names if _resolved(root, name) is not None)[:_MOST]


def resolve_offered(name: str) -> Path:
    """The real path of one of `offered_folders`. Raises DataError for all else, whatever it is."""
    root = pictures_root()
    path = None if root is None or name.startswith(".") else _resolved(root, name)
    if path is None:
        raise DataError(
            N_("{name} is none of the folders and zip files that this server offers. Choose one of the list."),
            name=excerpt(name),
        )
    return path


def _resolved(root: Path, name: str) -> Path | None:
    """The real path of a direct child, if it stays below the root and is a folder or an archive."""
    if not name or name != Path(name).name or "\0" in name:
        return None
    try:
        path, top = (root / name).resolve(strict=True), root.resolve(strict=True)
        is_known = path.is_dir() or (path.is_file() and path.suffix.lower() == _ARCHIVE)
    except (OSError, RuntimeError):  # not there, or links in a circle
        return None
    return path if is_known and top in path.parents else None
