"""Files that are either the old one or the new one, never half of each. Knows nothing of what is in them."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

_LEFTOVERS = ".*.writing"


def write_atomically(path: Path, data: bytes) -> None:
    """Write under a temporary name beside `path`, flush to the disk, then rename. Makes the folder if needed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.writing")
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def remove_leftovers(folder: Path) -> int:
    """Remove what killed writers left in `folder`; returns how many. Call it only while nobody writes there."""
    leftovers = list(folder.glob(_LEFTOVERS))
    for path in leftovers:
        path.unlink(missing_ok=True)
    return len(leftovers)
