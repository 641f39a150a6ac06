"""Staging: an own data set while it is made, in a hidden folder that becomes the set's at the end or goes."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cnnviz.data.own.leftovers import STAGED, place, sign, sweep, unsign
from cnnviz.data.own.store import taken


@contextmanager
def staged(name: str) -> Iterator[Path]:
    """A hidden folder to put a set into, renamed to `name` at the end; gone after an error or when cancelled.

    What killed imports left is swept first. Raises ConfigurationError where the name was taken meanwhile.
    """
    sweep()
    folder = place() / f".{secrets.token_hex(6)}{STAGED}"
    folder.mkdir(parents=True)
    try:
        sign(folder)
        yield folder
        unsign(folder)
        try:
            folder.rename(place() / name)
        except OSError as error:
            raise taken(name) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
