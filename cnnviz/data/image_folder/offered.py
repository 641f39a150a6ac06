"""Offered folders: data sets out of image folders, "folder:PATH", and the folders that are offered by name.

A relative path is one below CNNVIZ_DATA. A page that strangers reach offers `offered` alone: whoever may type any path
may look at any folder of the server.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath
from threading import Lock

from cnnviz.base import paths
from cnnviz.base.errors import DataError
from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed
from cnnviz.data.dataset_spec import FOLDER, DatasetSpec, Remark
from cnnviz.data.image_folder.dataset import Facts, FolderFiles
from cnnviz.data.image_folder.listing import Listing, list_folder, readable

_ABOUT = N_("Pictures of your own, a sub-folder for each class.")
_SOURCE = N_("a folder on this machine")
_DRAWN = N_("The folder has no test half: every fifth picture of each class was put aside for it.")
_TEST_ONLY = N_("The folder has a test half only: networks can be tested on it, not trained.")
RESIZED = N_(
    "{resized} of {count} pictures had another size: their middle was cut out and resized to {height} × {width}."
)
TWINS = N_("{twins} of {count} test pictures are also among those to train on: the test flatters the network.")
_FORMATS = N_("Left out, for their formats are not read: {formats}.")
_NO_FILES = N_("Left out, for they are no files or lead nowhere or to pictures listed already: {names}.")
_LOOSE = N_("Left out, for they lie in no class: {names}.")
_BESIDE = N_("Left out, for they lie beside the halves that are used: {names}.")
_NAMED = 3  # files that a remark names

_MOST_KNOWN = 16  # folders remembered
_Directories = Mapping[PurePath, int]  # and when each was changed last
_Key = tuple[str, Path, Path]  # name, root, home
_Known = tuple[_Directories, DatasetSpec]  # what it was then
_known: dict[_Key, _Known] = {}
_lock = Lock()


def of_folder(name: str) -> DatasetSpec:
    """The data set "folder:PATH", made once while no directory in it changes.

    A picture written over in place is seen after a restart. Raises DataError or MissingDataError, one sentence.
    """
    key = (name, _root(name), paths.home())
    try:
        known = _known.get(key)  # other visitors' threads may put it out of there at any time
        if known is None or _is_changed(known[0]):
            known = _look(name, key[1])
            _remember(key, known)
        return known[1]
    except OSError as error:
        raise _unreadable(error, key[1]) from error


def offered(to_train: bool = False) -> tuple[str, ...]:
    """ "folder:NAME" of every folder below CNNVIZ_DATA that holds pictures by class; `to_train`: also such to train."""
    root = paths.data_root()
    if not root.is_dir():
        return ()
    children = (child for child in sorted(root.iterdir()) if child.is_dir())
    return tuple(f"{FOLDER}{child.name}" for child in children if _is_offered(child, to_train))


def remarks_on(name: str) -> tuple[Remark, ...]:
    """What the names in a folder say of it, without decoding a picture; nothing if it is no folder of pictures."""
    try:
        return _of_listing(list_folder(_root(name)))
    except (DataError, OSError):
        return ()


def classes_of(name: str) -> tuple[str, ...]:
    """The classes of a folder, without decoding a picture; () if it is no folder of pictures."""
    try:
        return list_folder(_root(name)).classes
    except (DataError, OSError):
        return ()


def _is_offered(root: Path, to_train: bool) -> bool:
    try:
        return bool(list_folder(root).train) or not to_train
    except (DataError, OSError):
        return False


def _root(name: str) -> Path:
    root = Path(name.removeprefix(FOLDER)).expanduser()
    return root if root.is_absolute() else paths.data_root() / root


def _is_changed(directories: _Directories) -> bool:
    try:
        return any(Path(directory).stat().st_mtime_ns != changed for directory, changed in directories.items())
    except FileNotFoundError:
        return True


def _look(name: str, root: Path) -> _Known:
    """Raises DataError or OSError."""
    listing = list_folder(root)
    return dict(listing.scan.directories), _spec(name, root, listing)


def _remember(key: _Key, known: _Known) -> None:
    with _lock:
        while len(_known) >= _MOST_KNOWN:
            _known.pop(next(iter(_known)))
        _known[key] = known


def _spec(name: str, root: Path, listing: Listing) -> DatasetSpec:
    files = FolderFiles(listing, listing.fingerprint())
    facts = files.facts()
    return DatasetSpec(
        name=name,
        label=readable(root.name),
        title=readable(root.name),
        about=_ABOUT,
        source=_SOURCE,
        classes=listing.classes,
        image_size=facts.image_size,
        train_images=facts.counts[0],
        test_images=facts.counts[1],
        mean=facts.mean,
        std=facts.std,
        light_paper=facts.light_paper,
        files=files,
        version=files.fingerprint,
        remarks=(*_of_listing(listing), *_of_facts(facts)),
    )


def _of_listing(listing: Listing) -> tuple[Remark, ...]:
    remarks = []
    if listing.is_drawn:
        remarks.append(Remark(_DRAWN))
    if not listing.train:
        remarks.append(Remark(_TEST_ONLY))
    return (*remarks, *left_out(listing))


def left_out(listing: Listing) -> tuple[Remark, ...]:
    """What lies in a folder and is none of its pictures."""
    scan, remarks = listing.scan, []
    for template, files in ((_BESIDE, scan.beside), (_LOOSE, scan.loose), (_NO_FILES, [*scan.no_files])):
        if files:
            remarks.append(Remark(template, {"names": _names(files, listing.root)}))
    if scan.formats:
        formats = (f"{suffix or '?'} ({count})" for suffix, count in sorted(scan.formats.items()))
        remarks.append(Remark(_FORMATS, {"formats": Listed(map(readable, formats))}))
    return tuple(remarks)


def _of_facts(facts: Facts) -> tuple[Remark, ...]:
    remarks = []
    if facts.resized:
        height, width = facts.image_size[1:]
        values = {"resized": facts.resized, "count": sum(facts.counts), "height": height, "width": width}
        remarks.append(Remark(RESIZED, values))
    if facts.twins:
        remarks.append(Remark(TWINS, {"twins": facts.twins, "count": facts.counts[1]}))
    return tuple(remarks)


def _names(files: Sequence[PurePath], root: PurePath) -> str:
    """The first few, and how many there are in all."""
    named = ", ".join(readable(file.relative_to(root)) for file in files[:_NAMED])
    return named if len(files) <= _NAMED else f"{named} … ({len(files)})"


def _unreadable(error: OSError, root: Path) -> DataError:
    """What the system would not do, with what is to be done about it."""
    path, reason = readable(error.filename or root), error.strerror or str(error)
    if isinstance(error, PermissionError):
        return DataError(
            N_("`{path}` cannot be read ({reason}). Check the rights of this file."), path=path, reason=reason
        )
    if paths.home() in Path(error.filename or root).parents:
        return DataError(
            N_("`{path}` cannot be written ({reason}). Make room or set CNNVIZ_HOME to a folder of yours."),
            path=path,
            reason=reason,
        )
    return DataError(
        N_("`{path}` cannot be read ({reason}). Move or fix it, then try again."), path=path, reason=reason
    )
