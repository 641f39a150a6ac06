"""Fetching the four files of an MNIST-like data set, unpacked to a temporary name, renamed at the end.

A kill at any moment leaves either the whole file or leftovers that count for nothing and are swept later.
Knows nothing of Streamlit; mirrors and md5s are torchvision's, which is imported only here.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cnnviz.base.errors import DataError, DownloadError
from cnnviz.base.files import temporary, to_disk
from cnnviz.base.locale import N_
from cnnviz.data import idx
from cnnviz.data.download import Counter, disk_errors_as_sentences, from_first_mirror, make_ready, one_at_a_time
from cnnviz.data.files import IdxFiles, record


@dataclass(frozen=True)
class Sources:
    """Where torchvision gets a data set: base addresses, and file -> md5 of its .gz."""

    mirrors: Sequence[str]
    md5: dict[str, str]


def torchvision_sources(folder: str) -> Sources:
    """The mirrors and md5s in torchvision's data set class of that name."""
    from torchvision import datasets

    source = getattr(datasets, folder)
    return Sources(tuple(source.mirrors), {name.removesuffix(".gz"): md5 for name, md5 in source.resources})


def fetch(files: IdxFiles, root: Path, progress: Callable[[int, int], None] | None = None) -> None:
    """Fetch every file that is missing or broken. `progress` hears (bytes done, bytes in all).

    Two visitors of one server who ask at once share one download; two processes each do their own, and the
    renaming at the end makes either one's file whole. Raises DownloadError.
    """
    directory = files.directory(root)
    with one_at_a_time(directory), disk_errors_as_sentences(directory):
        wanted = [file for file in files.archive_bytes if not _is_sound(files, file, root)]
        if not wanted:
            return
        make_ready(directory)
        sources = torchvision_sources(files.folder)
        count = Counter(sum(files.archive_bytes[file] for file in wanted), progress)
        for file in wanted:
            _fetch_file(files, file, sources, directory / file, count)


def _is_sound(files: IdxFiles, file: str, root: Path) -> bool:
    try:
        files.read(file, root)
    except DataError:
        return False
    return True


def _fetch_file(files: IdxFiles, file: str, sources: Sources, target: Path, count: Counter) -> None:
    """One file from the first mirror that has it whole."""
    count.begin(files.archive_bytes[file])
    with temporary(target) as archive:
        urls = [f"{mirror}{file}.gz" for mirror in sources.mirrors]
        from_first_mirror(files.name, file, urls, sources.md5[file], archive, count)
        digest = _unpack(archive, target)
    record(target, digest)
    count.file_done()


def _unpack(archive: Path, target: Path) -> str:
    """Gunzip to a temporary name, flush to the disk, rename to `target`. Returns the SHA-256 of the file."""
    digest = hashlib.sha256()
    with temporary(target) as part:
        with gzip.open(archive) as packed, part.open("wb") as file:
            while piece := packed.read(1 << 20):
                digest.update(piece)
                file.write(piece)
            to_disk(file)
        with part.open("rb") as file:
            if idx.file_length(file.read(idx.HEADER_BYTES)) != part.stat().st_size:
                raise DownloadError(
                    N_("`{file}` was fetched but is not an IDX file. Update torchvision: its address has changed."),
                    file=target.name,
                )
        part.replace(target)
    return digest.hexdigest()
