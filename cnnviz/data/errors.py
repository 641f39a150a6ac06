"""What may be wrong with the files of a data set, in one sentence each."""

from __future__ import annotations

from pathlib import Path

from cnnviz.base.errors import CorruptDataError, MissingDataError
from cnnviz.base.locale import N_


def missing(name: str, path: Path) -> MissingDataError:
    """The error for a file of the data set `name` that is not there."""
    return MissingDataError(
        N_(
            "The data set {name} is not on this machine: `{path}` is missing. "
            "Fetch it on the page Data or with `python -m cnnviz data fetch {name}`, "
            "or use digits, which needs no network."
        ),
        name=name,
        path=path,
    )


def changed(name: str, path: Path) -> CorruptDataError:
    """The error for a file of the data set `name` that is not what was fetched."""
    return CorruptDataError(
        N_(
            "`{path}` was cut or changed since it was fetched. Fetch it again on the page Data "
            "or with `python -m cnnviz data fetch {name}`, or use digits, which needs no network."
        ),
        path=path,
        name=name,
    )
