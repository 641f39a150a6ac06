"""The IDX format, byte by byte."""

from __future__ import annotations

import numpy as np
import pytest

from cnnviz.data import idx
from tests.data.made import idx_bytes


def test_shape_and_length_of_a_known_header() -> None:
    """MNIST's test images begin 00000803, 10000, 28, 28; the file has 7,840,016 bytes."""
    head = bytes.fromhex("00000803000027100000001c0000001c")
    assert idx.shape(head) == (10_000, 28, 28)
    assert idx.file_length(head) == 7_840_016


def test_round_trip() -> None:
    """What is written is read; labels have one dimension and an 8-byte header."""
    labels = np.array([5, 0, 4, 1, 9], dtype=np.uint8)
    content = np.frombuffer(idx_bytes(labels), dtype=np.uint8)
    assert len(content) == 8 + 5 == idx.file_length(content[:16].tobytes())
    assert idx.array(content).tolist() == [5, 0, 4, 1, 9]


@pytest.mark.parametrize(
    "head", [b"", b"\x00\x00\x08", b"\x89PNG\r\n\x1a\n" + b"0" * 8, b"\x00\x00\x0d\x03" + b"\x01" * 12]
)
def test_other_files_are_not_idx(head: bytes) -> None:
    """An empty, cut or foreign header, or one of floats, has no shape."""
    assert idx.shape(head) is None
    assert idx.file_length(head) is None


def test_a_length_that_overflows_is_no_trap() -> None:
    """A header that claims 2^32 - 1 pictures gives a length no file has, and allocates nothing."""
    assert (idx.file_length(b"\x00\x00\x08\x03" + b"\xff" * 12) or 0) != 16
