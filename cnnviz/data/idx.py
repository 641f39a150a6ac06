"""IDX files: the four of an MNIST-like data set in torchvision's layout, fetched, trusted only after a check.

torchvision checks the archive's md5 on download and later only that the file exists. Here the SHA-256 of every
unpacked file is recorded once, and compared each time before the file is used. What is fetched is unpacked to a
temporary name and renamed at the end: a kill at any moment leaves the whole file, or leftovers that count for nothing.
The format is that of Yann LeCun's MNIST page: a magic number, big-endian lengths, then bytes. Mirrors and md5s are
torchvision's, which is imported only where they are asked for. Knows nothing of networks or Streamlit.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import struct
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnnviz.base import paths
from cnnviz.base.errors import CorruptDataError, DataError, DownloadError
from cnnviz.base.files import may_write, temporary, to_disk, write_atomically
from cnnviz.base.locale import N_
from cnnviz.data.dataset_spec import SPLITS, Split, changed, missing
from cnnviz.data.download import (
    Counter,
    disk_errors_as_sentences,
    from_first_mirror,
    mirrored,
    one_at_a_time,
    prepare_folder,
)
from cnnviz.data.removal import remove_files

_MANIFEST = "sha256.json"
_PREFIXES = {"train": "train", "test": "t10k"}


@dataclass(frozen=True)
class IdxFiles:
    """Where the files of one data set lie, how large they are to download, and what is known of them."""

    name: str  # as in the registry: for sentences
    folder: str  # the folder's name, and torchvision's class
    archive_bytes: Mapping[str, int]  # file -> bytes of its published .gz
    sha256: Mapping[str, str] = field(default_factory=dict)  # file -> published SHA-256 of the unpacked file
    sources: Sources | None = None  # None: those of torchvision's class

    @property
    def download_bytes(self) -> int:
        """What fetching weighs in all."""
        return sum(self.archive_bytes.values())

    def fetch(self, root: Path, progress: Callable[[int, int], None] | None = None) -> None:
        """Download what is missing or broken. Raises DownloadError."""

        fetch(self, root, progress)

    def directory(self, root: Path) -> Path:
        """The folder of the unpacked files."""
        return root / self.folder / "raw"

    def are_present(self, root: Path) -> bool:
        """Whether all four files are there. Does not look into them."""
        return all((self.directory(root) / file).is_file() for file in self.archive_bytes)

    def load(self, split: str, root: Path, image_size: tuple[int, int, int], classes: int) -> Split:
        """Images (n, 1, h, w) and labels (n,) of one half. Raises MissingDataError or CorruptDataError."""
        images = self.read(images_file(split), root)  # (n, h, w)
        labels = self.read(labels_file(split), root)  # (n,)
        if images.shape[1:] != image_size[1:] or not len(images):
            raise self.corrupt(self.directory(root) / images_file(split))
        if labels.shape != images.shape[:1] or labels.max() >= classes:
            raise self.corrupt(self.directory(root) / labels_file(split))
        return Split(images[:, None], labels.astype(np.int64))

    def read(self, file: str, root: Path) -> NDArray[np.uint8]:
        """The array in one file, checked. Raises MissingDataError or CorruptDataError."""
        path = self.directory(root) / file
        try:
            content = np.fromfile(path, dtype=np.uint8)
        except FileNotFoundError as error:
            raise missing(self.name, path) from error
        except OSError as error:
            raise DataError(
                N_("`{path}` cannot be read ({reason}). Check the rights of this file."),
                path=path,
                reason=error.strerror or error,
            ) from error
        if file_length(content[:HEADER_BYTES].tobytes()) != len(content):
            raise self.corrupt(path)
        self._compare(path, content)
        return array(content)

    def check(self, root: Path) -> list[tuple[str, str]]:
        """For each file "ok" or the sentence that says what is wrong with it."""
        return [(file, self._problem(file, root) or "ok") for file in self.archive_bytes]

    def remove(self, root: Path) -> None:
        """The files, packed ones of torchvision too, and what is recorded of them. Raises DataError."""
        folder = self.directory(root)
        names = (*self.archive_bytes, *(f"{file}.gz" for file in self.archive_bytes), _MANIFEST)
        remove_files(self.name, root, [folder / name for name in names])

    def corrupt(self, path: Path) -> CorruptDataError:
        """The error for a file that is not what was fetched."""
        return changed(self.name, path)

    def _problem(self, file: str, root: Path) -> str | None:
        try:
            self.read(file, root)
        except DataError as error:
            return str(error)
        return None

    def _compare(self, path: Path, content: NDArray[np.uint8]) -> None:
        """Hold `content` against the published or recorded hash; a file seen for the first time is recorded."""
        found = _sha256(path, content)
        expected = self.sha256.get(path.name) or recorded(path)
        if expected is None:
            record(path, found)
        elif found != expected:
            raise self.corrupt(path)


def images_file(split: str) -> str:
    """The name of the file of pictures of "train" or "test"."""
    return f"{_PREFIXES[split]}-images-idx3-ubyte"


def labels_file(split: str) -> str:
    """The name of the file of labels of "train" or "test"."""
    return f"{_PREFIXES[split]}-labels-idx1-ubyte"


FILES = tuple(name for split in SPLITS for name in (images_file(split), labels_file(split)))


# Records of hashes: beside the files, or where that folder is read-only (a teacher's share) in CNNVIZ_HOME.


def recorded(path: Path) -> str | None:
    """The SHA-256 recorded for a file, or None if it has not been seen yet."""
    return _read_json(path.parent / _MANIFEST).get(path.name) or _read_json(_known_files()).get(str(path.resolve()))


def record(path: Path, digest: str) -> None:
    """Remember the SHA-256 of a file. Where nothing can be written the file stays unrecorded."""
    if not _update_json(path.parent / _MANIFEST, path.name, digest):
        _update_json(_known_files(), str(path.resolve()), digest)


def _known_files() -> Path:
    return paths.home() / "known-files.json"


def _read_json(path: Path) -> dict[str, str]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


_json_lock = threading.Lock()


def _update_json(path: Path, key: str, value: str) -> bool:
    """Set one entry, atomically; False where the folder cannot be written.

    Two processes at once may lose one of two entries; that file is then recorded again at its next use.
    """
    if not may_write(path.parent):
        return False
    with _json_lock:
        try:
            content = json.dumps(_read_json(path) | {key: value}, indent=1, sort_keys=True)
            write_atomically(path, content.encode())
        except OSError:
            return False
    return True


_hashes: dict[tuple[str, int, int], str] = {}  # (path, mtime, size) -> SHA-256: once per file in a process
_MOST_HASHES = 256


def _sha256(path: Path, content: NDArray[np.uint8]) -> str:
    """The SHA-256 of a file's content: 55 MB take 30 to 200 ms, so it is kept while the file does not change."""
    key = (str(path), path.stat().st_mtime_ns, len(content))
    if key not in _hashes:
        if len(_hashes) >= _MOST_HASHES:
            _hashes.clear()
        _hashes[key] = hashlib.sha256(content.data).hexdigest()
    return _hashes[key]


_UNSIGNED_BYTE = 0x08
HEADER_BYTES = 16  # enough to read the shape of pictures; labels need 8


def shape(head: bytes) -> tuple[int, ...] | None:
    """The array's shape by the first `HEADER_BYTES` of a file; None if this is not an IDX file of bytes."""
    if len(head) < 4 or head[:3] != bytes([0, 0, _UNSIGNED_BYTE]):
        return None
    dimensions = head[3]
    if not 1 <= dimensions <= 3 or len(head) < 4 + 4 * dimensions:
        return None
    return struct.unpack_from(f">{dimensions}I", head, 4)


def file_length(head: bytes) -> int | None:
    """How many bytes a file that begins with `head` must have, header included; None if it is not IDX."""
    size = shape(head)
    return None if size is None else _data_start(size) + int(np.prod(size, dtype=np.int64))


def array(content: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The array in a whole file of bytes, sharing its memory. The file's length must have been checked."""
    size = shape(content[:HEADER_BYTES].tobytes())
    if size is None:
        raise ValueError("not an IDX file of unsigned bytes")
    return content[_data_start(size) :].reshape(size)


def _data_start(size: tuple[int, ...]) -> int:
    return 4 + 4 * len(size)


@dataclass(frozen=True)
class Sources:
    """Where torchvision gets a data set: base addresses, and file -> md5 of its .gz."""

    mirrors: Sequence[str]
    md5: dict[str, str]


def torchvision_sources(folder: str) -> Sources:
    """The mirrors and md5s in torchvision's data set class of that name."""
    from torchvision import datasets  # heavy

    source = getattr(datasets, folder)
    return Sources(tuple(source.mirrors), {name.removesuffix(".gz"): md5 for name, md5 in source.resources})


def fetch(files: IdxFiles, root: Path, progress: Callable[[int, int], None] | None = None) -> None:
    """Fetch every file that is missing or broken. `progress` is called with (bytes done, bytes in all).

    Two visitors of one server who ask at once share one download; two processes each do their own, and the
    renaming at the end makes either one's file whole. Raises DownloadError.
    """
    directory = files.directory(root)
    with one_at_a_time(directory), disk_errors_as_sentences(directory):
        wanted = [file for file in files.archive_bytes if not _is_sound(files, file, root)]
        if not wanted:
            return
        prepare_folder(directory)
        sources = files.sources or torchvision_sources(files.folder)
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
        own = mirrored(f"{files.folder}/{file}.gz", urls)
        from_first_mirror(files.name, file, own, sources.md5[file], archive, count)
        digest = unpack(archive, target)
    record(target, digest)
    count.file_done()


def unpack(archive: Path, target: Path) -> str:
    """Gunzip to a temporary name, flush to the disk, rename to `target`. Returns the SHA-256 of the file."""
    digest = hashlib.sha256()
    with temporary(target) as part:
        with gzip.open(archive) as packed, part.open("wb") as file:
            while piece := packed.read(1 << 20):
                digest.update(piece)
                file.write(piece)
            to_disk(file)
        with part.open("rb") as file:
            if file_length(file.read(HEADER_BYTES)) != part.stat().st_size:
                raise DownloadError(
                    N_("`{file}` was fetched but is not an IDX file. Update torchvision: its address has changed."),
                    file=target.name,
                )
        part.replace(target)
    return digest.hexdigest()
