"""Removal of a data set's files: those it names and nothing else, only where this server may write.

A folder that others laid read-only stays as it is; a folder that has nothing left in it goes too.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from cnnviz.base.errors import DataError
from cnnviz.base.files import may_write
from cnnviz.base.locale import N_
from cnnviz.data.download import one_at_a_time


def remove_files(name: str, root: Path, files: Iterable[Path]) -> None:
    """Remove `files` of the data set `name`, all below `root`. Raises DataError; what is gone already is no error."""
    present = [file for file in files if file.is_file() or file.is_symlink()]
    for folder in {file.parent for file in present}:
        if not folder.resolve().is_relative_to(root.resolve()) or not may_write(folder):
            raise DataError(
                N_("{name} lies in `{folder}`, which this server may not write: whoever laid it there can remove it."),
                name=name,
                folder=folder,
            )
    try:
        for file in present:
            with one_at_a_time(file.parent):
                file.unlink(missing_ok=True)
        for folder in {file.parent for file in present}:
            _remove_empty(folder, root)
    except OSError as error:
        raise DataError(
            N_("{name} could not be removed ({reason}). Check the rights of its files."),
            name=name,
            reason=error.strerror or error,
        ) from error


def embedded(name: str) -> DataError:
    """The error for a data set that has no files of its own."""
    return DataError(N_("{name} comes with the app and cannot be removed."), name=name)


def _remove_empty(folder: Path, root: Path) -> None:
    """The folder and those around it, as far as nothing is in them, up to `root`."""
    while folder != root and folder.resolve().is_relative_to(root.resolve()) and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
