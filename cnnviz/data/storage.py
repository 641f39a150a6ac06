"""What the registry asks of whatever holds a data set's pictures: files of a published format, or a folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from cnnviz.data.split import Split

Progress = Callable[[int, int], None]  # done, in all


class Storage(Protocol):
    """The pictures of one data set, under `root` or wherever they lie."""

    @property
    def download_bytes(self) -> int:
        """What fetching weighs in all; 0 if there is nothing to fetch."""
        ...

    def are_present(self, root: Path) -> bool:
        """Whether all is on this machine. Cheap: does not look into the files."""
        ...

    def load(self, split: str, root: Path, image_size: tuple[int, int, int], classes: int) -> Split:
        """One half, checked. Raises MissingDataError or CorruptDataError."""
        ...

    def fetch(self, root: Path, progress: Progress | None = None) -> None:
        """Download what is missing or broken. Raises DownloadError."""
        ...

    def check(self, root: Path) -> list[tuple[str, str]]:
        """For each file "ok" or the sentence that says what is wrong with it."""
        ...
