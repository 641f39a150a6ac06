"""Limits of an import, each with its reason: what strangers' pictures may take of memory and disk.

`docs/own-pictures.md` lists them. Those of an archive's directory stand in `data/archive.py`, those of one picture in
`data/decoding.py`, those of processes and of all pixels of an archive in `data/decoding_many.py`. What is decoded goes
straight into a file: memory holds a picture a process.
"""

from __future__ import annotations

from cnnviz.base.machine import whole

MOST_UNPACKED = 16 << 30  # bytes of all pictures of an archive, as it declares them: minutes of inflating
MOST_RATIO = 100  # unpacked by packed, of all of them: pictures are packed already, and zeros shrink 1000 times ...
HARMLESS = 256 << 20  # ... but up to so many bytes nobody minds
MOST_PICTURES = 200_000  # of a set: as many as an archive may have files

LARGEST_SIDE = 256  # pixels of a side of the imported pictures: networks here look at 28 to 224
SMALLEST_SIDE = 8
MOST_BYTES = 1 << 30  # of one set, both halves: a training holds it in memory
FREE_DISK = 512 << 20  # bytes that stay free: runs and their weights are written there too
LONGEST_NAME = 40  # characters of a set's name: it stands in links, select boxes and a folder's name of 255 bytes


def most_of_all() -> int:
    """Bytes that all own sets may take together: `CNNVIZ_OWN_MB`, by default 8,192 megabytes."""
    return whole("CNNVIZ_OWN_MB", 8192) << 20
