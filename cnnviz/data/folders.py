"""Data sets out of image folders: "folder:PATH", and the folders that are offered by name.

A relative path is one below CNNVIZ_DATA. A page that strangers reach offers `offered` alone: whoever may type any path
may look at any folder of the server.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from cnnviz import paths
from cnnviz.data.folder import Facts, FolderFiles
from cnnviz.data.listing import Listing, directories, list_folder
from cnnviz.data.registry import FOLDER, DatasetSpec, Framing, Remark
from cnnviz.errors import DataError
from cnnviz.locale import N_

_ABOUT = N_("Pictures of your own, a sub-folder for each class.")
_SOURCE = N_("a folder on this machine")
_DRAWN = N_("The folder has no test half: every fifth picture of each class was put aside for it.")
_RESIZED = N_(
    "{resized} of {count} pictures had another size: their middle was cut out and resized to {height} × {width}."
)


def of_folder(name: str) -> DatasetSpec:
    """The data set "folder:PATH". Raises DataError or MissingDataError, one sentence."""
    root = Path(name.removeprefix(FOLDER)).expanduser()
    root = root if root.is_absolute() else paths.data_root() / root
    try:
        changed = tuple(directory.stat().st_mtime_ns for directory in directories(root)) if root.is_dir() else ()
        return _of_folder(name, root, changed, str(paths.home()))
    except OSError as error:
        raise DataError(
            N_("`{path}` cannot be read ({reason}). Check the rights of this file."),
            path=error.filename or root,
            reason=error.strerror or error,
        ) from error


def offered() -> tuple[str, ...]:
    """ "folder:NAME" of every folder below CNNVIZ_DATA that holds pictures by class."""
    root = paths.data_root()
    if not root.is_dir():
        return ()
    return tuple(f"{FOLDER}{child.name}" for child in sorted(root.iterdir()) if child.is_dir() and _is_offered(child))


def _is_offered(root: Path) -> bool:
    try:
        list_folder(root)
    except (DataError, OSError):
        return False
    return True


@lru_cache(maxsize=16)
def _of_folder(name: str, root: Path, changed: tuple[int, ...], home: str) -> DatasetSpec:
    """Made once while no folder below `root` changes. A picture written over in place is seen after a restart."""
    listing = list_folder(root)
    files = FolderFiles(listing, listing.fingerprint())
    facts = files.facts()
    height, width = facts.image_size[1:]
    return DatasetSpec(
        name=name,
        title=root.name,
        about=_ABOUT,
        source=_SOURCE,
        classes=listing.classes,
        image_size=facts.image_size,
        train_images=facts.counts[0],
        test_images=facts.counts[1],
        mean=facts.mean,
        std=facts.std,
        framing=Framing(max(height, width), "box"),
        files=files,
        remarks=_remarks(listing, facts),
    )


def _remarks(listing: Listing, facts: Facts) -> tuple[Remark, ...]:
    remarks = []
    if listing.is_drawn:
        remarks.append(Remark(_DRAWN))
    if facts.resized:
        height, width = facts.image_size[1:]
        values = {"resized": facts.resized, "count": sum(facts.counts), "height": height, "width": width}
        remarks.append(Remark(_RESIZED, values))
    return tuple(remarks)
