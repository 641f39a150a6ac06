"""Limits of an import, each with its reason: what memory, disk and time strangers' files may take. README lists them.

Memory: a process decodes one picture at a time, at most `decoding.MAX_PIXELS` of them in at most 512 MB; so many
processes as there are cores, at most `MOST_PROCESSES`. What is decoded goes straight into a file, not into memory.
"""

from __future__ import annotations

from cnnviz.base.machine import whole

MOST_MEMBERS = 200_000  # files in an archive: CIFAR-10 has 60,000; 56 bytes of directory each make a million of names
MOST_DIRECTORY = (
    64 << 20
)  # bytes of an archive's directory, which is read in one piece: names of 255 characters for all
MOST_ARCHIVE = 4 << 30  # bytes: 1,000 phone photos; more is brought as a folder on the server
MOST_UNPACKED = 16 << 30  # bytes of all pictures together, as the archive declares them: minutes of inflating
MOST_RATIO = 100  # unpacked by packed, of the whole archive: pictures are packed already, zeros shrink 1000 times ...
HARMLESS = 256 << 20  # ... and up to so many bytes nobody minds
MOST_PICTURES = 200_000  # of a data set: 30 minutes of decoding phone photos an hour of four cores
MOST_PROCESSES = 8  # that decode: 8 x 512 MB

LARGEST_SIDE = 256  # pixels of a side of the imported pictures: networks here look at 28 to 224
SMALLEST_SIDE = 8
MOST_BYTES = 1 << 30  # of one set, both halves: a training holds it in memory
FREE_DISK = 512 << 20  # bytes that stay free: runs and their weights are written there too
LONGEST_NAME = 40  # characters of a set's name: it stands in links, select boxes and a folder's name of 255 bytes


def most_of_all() -> int:
    """Bytes that all own sets may take together: `CNNVIZ_OWN_MB`, by default 8,192 megabytes."""
    return whole("CNNVIZ_OWN_MB", 8192) << 20
