"""The IDX format of MNIST's files: a magic number, big-endian lengths, then bytes. Knows nothing of disks or data sets.

Source: the file format section of Yann LeCun's MNIST page.
"""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray

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
