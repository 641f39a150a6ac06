"""Fetching CIFAR-10: one archive, of which the six files we know are unpacked, each renamed when it is whole.

Nobody has fetched it with this code yet from its own address: it was written and tested without a network.
"""

from __future__ import annotations

import tarfile
from pathlib import Path

from cnnviz.base.errors import DownloadError
from cnnviz.base.files import temporary, to_disk
from cnnviz.base.locale import N_
from cnnviz.data.cifar import ARCHIVE, FOLDER, CifarFiles
from cnnviz.data.download import Counter, disk_errors_as_sentences, from_first_mirror, make_ready, one_at_a_time
from cnnviz.data.storage import Progress

_LARGEST = 64 << 20  # bytes of one file; they have 31 MB


def torchvision_archive() -> tuple[str, str]:
    """(address, md5) in torchvision's class, which is imported only here."""
    from torchvision.datasets import CIFAR10

    return CIFAR10.url, CIFAR10.tgz_md5


def fetch(files: CifarFiles, root: Path, progress: Progress | None = None) -> None:
    """Fetch the archive if a file is missing or broken. `progress` hears (bytes done, bytes in all).

    Raises DownloadError.
    """
    directory = files.directory(root)
    with one_at_a_time(directory), disk_errors_as_sentences(directory):
        wanted = [file for file in files.md5 if files.problem(file, root) is not None]
        if not wanted:
            return
        make_ready(directory)
        url, md5 = torchvision_archive()
        count = Counter(files.download_bytes, progress)
        count.begin(files.download_bytes)
        with temporary(directory / ARCHIVE) as archive:
            from_first_mirror(files.name, ARCHIVE, [url], md5, archive, count)
            for file in wanted:
                _unpack(archive, file, directory / file)
        count.file_done()


def _unpack(archive: Path, file: str, target: Path) -> None:
    """One member of the archive, by its known name, to a temporary name, then renamed to `target`."""
    try:
        with tarfile.open(archive) as packed, temporary(target) as part:
            member = packed.extractfile(f"{FOLDER}/{file}")
            if member is None:
                raise KeyError(file)
            with part.open("wb") as unpacked:
                unpacked.write(member.read(_LARGEST))
                to_disk(unpacked)
            part.replace(target)
    except (tarfile.TarError, KeyError) as error:
        raise DownloadError(
            N_("`{file}` was fetched but does not hold CIFAR-10. Update torchvision: its address has changed."),
            file=ARCHIVE,
        ) from error
