"""Store of own data sets: one folder a set under CNNVIZ_HOME/data, its `set.json` written last. NumPy only, no torch.

    CNNVIZ_HOME/data/NAME/   train.npy, test.npy (uint8: n, channels, height, width), train-labels.npy, test-labels.npy
                             (int64: n), set.json: what is known of them, with the SHA-256 of each file

A folder is made under a hidden name and renamed when all is in it (`staging.py`): there is a whole set or none.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cnnviz.base.errors import ConfigurationError, CorruptDataError, DataError, MissingDataError
from cnnviz.base.files import to_disk, write_atomically
from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed
from cnnviz.base.params import not_one_of
from cnnviz.data.dataset_spec import OWN, DatasetSpec, Framing, Progress, Remark, Split
from cnnviz.data.own.leftovers import STAGED
from cnnviz.data.own.leftovers import place as place  # of a set, and of what is left of one, alike
from cnnviz.data.own.names import folded, is_name

_FACTS = "set.json"
_ABOUT = N_("Pictures of your own.")


@dataclass(frozen=True)
class Facts:
    """What `set.json` says of a set. `remarks`: template and values of each."""

    classes: tuple[str, ...]
    image_size: tuple[int, int, int]  # channels, height, width
    counts: tuple[int, int]  # pictures to train on, to test
    mean: tuple[float, ...]
    std: tuple[float, ...]
    light_paper: bool
    source: str  # a file's, a folder's or a data set's name
    seed: int
    test_share: float
    framing: tuple[int, str, float] | None = None
    margin: float = 0.0
    remarks: tuple[tuple[str, dict[str, Any]], ...] = ()
    owner: str = ""  # who may delete it from a page; "": the command line alone
    made: float = 0.0  # when, in seconds since 1970


def names() -> tuple[str, ...]:
    """The sets there are, by name. Cheap: one look into one folder, and one for each set."""
    try:
        with os.scandir(place()) as entries:
            found = [entry.name for entry in entries if is_name(entry.name) and Path(entry.path, _FACTS).is_file()]
    except OSError:
        return ()
    return tuple(sorted(found))


def clashing(name: str) -> str | None:
    """The set, or whatever else lies there, that some file systems take for one called `name`."""
    with suppress(OSError):
        return next((each.name for each in place().iterdir() if folded(each.name) == folded(name)), None)
    return None


def of_own(name: str) -> DatasetSpec:
    """The data set "own:NAME". Raises MissingDataError, which lists those there are, or CorruptDataError."""
    folder = _folder(name)
    facts, version = _read(folder)
    framing = facts.framing
    return DatasetSpec(
        name=f"{OWN}{folder.name}",
        label=folder.name,
        title=folder.name,
        about=_ABOUT,
        source=facts.source,
        classes=facts.classes,
        image_size=facts.image_size,
        train_images=facts.counts[0],
        test_images=facts.counts[1],
        mean=facts.mean,
        std=facts.std,
        files=OwnFiles(folder),
        framing=None if framing is None else Framing(framing[0], "mass" if framing[1] == "mass" else "box", framing[2]),
        light_paper=facts.light_paper,
        margin=facts.margin,
        remarks=tuple(Remark(template, _listed(values)) for template, values in facts.remarks),
        version=version,
    )


def owner_of(name: str) -> str:
    """Who imported it, as the page knows him; "" where the command line did. Raises MissingDataError."""
    return _read(_folder(name))[0].owner


def made_at(name: str) -> float:
    """When it was imported, in seconds since 1970. Raises MissingDataError."""
    return _read(_folder(name))[0].made


def delete(name: str, owner: str | None = None) -> None:
    """Remove a set. `owner`: who asks, on a page; None: the command line, which may remove any.

    Raises MissingDataError, or DataError where it is somebody else's.
    """
    folder = _folder(name)
    if owner is not None and (not owner or owner != owner_of(name)):
        raise DataError(
            N_("{name} was imported by somebody else, who alone may delete it here."), name=f"{OWN}{folder.name}"
        )
    gone = folder.with_name(f".{secrets.token_hex(6)}{STAGED}")  # renamed first: half of a set is none
    try:
        folder.rename(gone)
        shutil.rmtree(gone)
    except OSError as error:
        raise DataError(
            N_("`{path}` cannot be removed ({reason}). Check the rights of this folder."),
            path=folder,
            reason=error.strerror or str(error),
        ) from error


def bytes_of_all() -> int:
    """What all sets take on the disk, unfinished ones too."""
    return sum(file.stat().st_size for file in place().rglob("*") if file.is_file()) if place().is_dir() else 0


def taken(name: str) -> ConfigurationError:
    """The error for a name that a set has."""
    return ConfigurationError(
        N_("{parameter} must be one that no set has yet. Got {name}; choose another name, or delete that set first."),
        parameter="name",
        name=name,
    )


def write_facts(folder: Path, facts: Facts) -> None:
    """The last file of a set: with the SHA-256 of all others."""
    sums = {file.name: _sha256(file) for file in sorted(folder.glob("*.npy"))}
    said = json.dumps({**asdict(facts), "sha256": sums}, ensure_ascii=False, indent=1)
    write_atomically(folder / _FACTS, said.encode())


def save(target: Path, array: np.ndarray[Any, Any]) -> None:
    """One array of a set, flushed to the disk."""
    with target.open("xb") as file:
        np.save(file, array, allow_pickle=False)
        to_disk(file)


@dataclass(frozen=True)
class OwnFiles:
    """The files of one set: a `dataset_spec.Storage`."""

    folder: Path
    download_bytes: int = 0  # nothing is fetched

    def are_present(self, root: Path) -> bool:
        return (self.folder / _FACTS).is_file()

    def load(self, split: str, root: Path, image_size: tuple[int, int, int], classes: int) -> Split:
        """One half. Raises MissingDataError or CorruptDataError."""
        if not self.are_present(root):
            raise _missing(self.folder.name)
        try:
            images = np.load(self.folder / f"{split}.npy", allow_pickle=False)
            labels = np.load(self.folder / f"{split}-labels.npy", allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise _changed(self.folder / f"{split}.npy") from error
        is_whole = images.shape == (len(labels), *image_size) and images.dtype == np.uint8
        if not is_whole or (len(labels) and not 0 <= labels.min() <= labels.max() < classes):
            raise _changed(self.folder / f"{split}.npy")
        return Split(images, labels)

    def fetch(self, root: Path, progress: Progress | None = None) -> None:
        """It is here, or gone for good. Raises MissingDataError."""
        if not self.are_present(root):
            raise _missing(self.folder.name)

    def check(self, root: Path) -> list[tuple[str, str]]:
        """Each file against the SHA-256 it was written with."""
        try:
            sums = json.loads((self.folder / _FACTS).read_text(encoding="utf-8"))["sha256"]
        except (OSError, ValueError, KeyError, TypeError):
            return [(_FACTS, str(_changed(self.folder / _FACTS)))]
        return [(name, self._state(name, digest)) for name, digest in sums.items()]

    def remove(self, root: Path) -> None:
        """Take it off this machine. Raises DataError."""
        delete(self.folder.name)

    def _state(self, name: str, digest: str) -> str:
        file = self.folder / name
        try:
            return "ok" if _sha256(file) == digest else str(_changed(file))
        except OSError:
            return str(_changed(file))


def _folder(name: str) -> Path:
    """Of a set that is here: a name that is none is never joined to a path. Raises MissingDataError."""
    called = name.removeprefix(OWN)
    if not is_name(called) or not (place() / called / _FACTS).is_file():
        raise _missing(called)
    return place() / called


def _read(folder: Path) -> tuple[Facts, str]:
    """What is known of a set, and a digest of that: with the sums of its files. Raises CorruptDataError."""
    try:
        raw = (folder / _FACTS).read_bytes()
        known = json.loads(raw)
        known.pop("sha256")
        lists = ("classes", "image_size", "counts", "mean", "std", "framing", "remarks")
        tuples = {key: tuple(known[key]) for key in lists if known[key] is not None}
        return Facts(**{**known, **tuples}), hashlib.sha256(raw).hexdigest()
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise _changed(folder / _FACTS) from error


def _listed(values: dict[str, Any]) -> dict[str, Any]:
    """Lists as sentences have them."""
    return {name: Listed(value) if isinstance(value, list) else value for name, value in values.items()}


def _missing(name: str) -> MissingDataError:
    known = names()
    if known:
        said = not_one_of("data", f"{OWN}{name}", [f"{OWN}{each}" for each in known])
        return MissingDataError(said.template, **said.values)
    return MissingDataError(
        N_("There is no set {name} here. Import pictures with `python -m cnnviz data import`, or on the page Data."),
        name=f"{OWN}{name}",
    )


def _changed(file: Path) -> CorruptDataError:
    return CorruptDataError(
        N_("`{path}` was cut or changed since it was imported. Delete the set and import its pictures again."),
        path=file,
    )


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as content:
        while piece := content.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()
