"""IDX files that somebody brings, as MNIST is handed on by stick: which are pictures and labels, training and test.

Their heads say what they are; names only which half. Packed ones are unpacked in memory, no further than their head
declares.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnnviz.base.errors import DataError
from cnnviz.base.locale import N_
from cnnviz.data.idx import HEADER_BYTES, array, file_length, shape
from cnnviz.data.image_folder.listing import readable
from cnnviz.data.image_folder.scan import half_mentioned
from cnnviz.data.own.limits import MOST_BYTES

Reader = Callable[[], bytes]  # a whole file, packed or not
_GZIP = b"\x1f\x8b"
_KINDS = {3: "images", 1: "labels"}  # by the number of dimensions


@dataclass(frozen=True, eq=False)
class Half:
    """Pictures (n, h, w) and the number of each one's class (n,), as the files have it."""

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]


def read_halves(files: Mapping[str, Reader]) -> dict[str, Half]:
    """ "train" and, where it is there, "test". Raises DataError, one sentence, or what reading raises."""
    found: dict[tuple[str, str], tuple[str, NDArray[np.uint8]]] = {}
    for name in sorted(files):  # an unpacked file before its own .gz
        values = _array(name, files[name]())
        found.setdefault((_half(name), _KINDS[values.ndim]), (name, values))
    halves = {}
    for half in dict.fromkeys(half for half, _ in found):
        halves[half] = _paired(found.get((half, "images")), found.get((half, "labels")))
    if "train" not in halves:  # a single half is there to be trained on
        halves = {"train": next(iter(halves.values()))}
    if len({half.images.shape[1:] for half in halves.values()}) > 1:
        raise DataError(N_("The training pictures and the test pictures differ in size. Bring two files that match."))
    return halves


def _half(name: str) -> str:
    return "test" if "t10k" in name.casefold() or half_mentioned(name) in ("test", "validation") else "train"


def _array(name: str, raw: bytes) -> NDArray[np.uint8]:
    """Raises DataError."""
    head = _unpacked(name, raw, HEADER_BYTES)
    length, sizes = file_length(head), shape(head)
    if length is None or sizes is None or len(sizes) not in _KINDS:
        raise DataError(
            N_("{name} is no file of pictures or labels as MNIST's are. Bring {images} and {labels}, packed or not."),
            name=readable(name),
            images="train-images-idx3-ubyte",
            labels="train-labels-idx1-ubyte",
        )
    if length > MOST_BYTES:
        raise DataError(
            N_("{name} holds {gigabytes} GB of pictures; at most {most} are read."),
            name=readable(name),
            gigabytes=f"{length / 2**30:.1f}",
            most=MOST_BYTES >> 30,
        )
    content = _unpacked(name, raw, length + 1)
    if len(content) != length:
        raise DataError(
            N_("{name} is cut or damaged: its head promises {length} bytes, and it has others. Copy it once more."),
            name=readable(name),
            length=f"{length:,}",
        )
    return array(np.frombuffer(content, np.uint8))


def _unpacked(name: str, raw: bytes, most: int) -> bytes:
    """The first `most` bytes, of gzip's content where it is packed. Raises DataError."""
    if not raw.startswith(_GZIP):
        return raw[:most]
    try:
        return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(raw, most)
    except zlib.error as error:
        raise DataError(
            N_("{name} is damaged: it cannot be unpacked. Copy it once more."), name=readable(name)
        ) from error


def _paired(images: tuple[str, NDArray[np.uint8]] | None, labels: tuple[str, NDArray[np.uint8]] | None) -> Half:
    """Raises DataError."""
    if images is None or labels is None:
        there = images or labels
        assert there is not None
        raise DataError(
            N_("{name} has no partner: bring the file of pictures and the file of labels together."),
            name=readable(there[0]),
        )
    if len(images[1]) != len(labels[1]) or not len(labels[1]):
        raise DataError(
            N_("{images} has {pictures} pictures and {labels} {count} labels. Bring two files that belong together."),
            images=readable(images[0]),
            pictures=f"{len(images[1]):,}",
            labels=readable(labels[0]),
            count=f"{len(labels[1]):,}",
        )
    return Half(images[1], labels[1])
