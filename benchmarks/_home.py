"""A home for a benchmark: CNNVIZ_HOME while it runs, as it was before afterwards."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path


@contextmanager
def given_home(folder: Path | None = None) -> Iterator[Path]:
    """`folder` as CNNVIZ_HOME; None: one that is gone afterwards."""
    before = os.environ.get("CNNVIZ_HOME")
    with tempfile.TemporaryDirectory() if folder is None else nullcontext(folder) as home:
        os.environ["CNNVIZ_HOME"] = str(home)
        try:
            yield Path(home)
        finally:
            del os.environ["CNNVIZ_HOME"]
            if before is not None:
                os.environ["CNNVIZ_HOME"] = before
