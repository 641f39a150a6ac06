"""Phone photos: 48 million pixels in bounded memory, HEIC, turned as their EXIF says."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnviz.base.machine import child_environment
from cnnviz.data.decoding import IN_ONE_PIECE, LARGEST_SIDE, decode_picture

_MOST_MEMORY = 512  # MB that a process may take for a picture, as README says
_WIDTH, _HEIGHT = 8064, 6048  # of a phone

_STATUS = Path("/proc/self/status")  # getrusage tells the peak of the process that started this one, too
_PROGRAM = """
import sys
from pathlib import Path
from cnnviz.data.decoding import decode_picture
picture = decode_picture(sys.stdin.buffer.read())
(line,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
print(int(line.split()[1]) // 1024, *picture.shape)
"""


def photo(mode: str) -> Image.Image:
    """Red above, blue below, on its side as a phone takes it: EXIF 6 says so."""
    image = Image.new("RGB", (_WIDTH, _HEIGHT), (200, 0, 0))
    image.paste((0, 0, 200), (0, 0, _WIDTH // 2, _HEIGHT))
    return image.convert(mode)


def packed(image: Image.Image, kind: str, **how: object) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    file = io.BytesIO()
    image.save(file, kind, exif=exif, **how)  # type: ignore[arg-type]
    return file.getvalue()


@pytest.mark.slow
@pytest.mark.skipif(not _STATUS.exists(), reason="memory is read as Linux tells it")
@pytest.mark.parametrize(
    ("mode", "kind", "how"),
    [
        ("RGB", "JPEG", {}),
        ("RGB", "JPEG", {"progressive": True, "subsampling": 0}),
        ("RGB", "PNG", {"compress_level": 1}),
        ("RGBA", "PNG", {"compress_level": 1}),
        ("CMYK", "TIFF", {"compression": "tiff_lzw"}),
        ("P", "PNG", {"compress_level": 1}),
    ],
    ids=["JPEG", "progressive JPEG", "PNG", "PNG with alpha", "CMYK TIFF", "palette PNG"],
)
def test_48_million_pixels(mode: str, kind: str, how: dict[str, object]) -> None:
    """Upright, 1,024 pixels long, in the memory that is promised."""
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        input=packed(photo(mode), kind, **how),
        env=child_environment(),
        capture_output=True,
        check=True,
    )
    taken, *shape = map(int, done.stdout.split())
    assert taken < _MOST_MEMORY
    assert shape == [LARGEST_SIDE, 768, 3]


def test_strip_by_strip_as_in_one_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    """A large picture shrunk in strips differs from one shrunk at once by rounding alone, in every mode."""
    ys, xs = np.mgrid[0:2048, 0:3072]
    colours = np.stack([ys // 8, xs // 12, (ys + xs) // 20], axis=2).astype(np.uint8)
    alpha = np.dstack([colours, np.full(colours.shape[:2], 255, np.uint8)])
    grey = (ys * 30).astype(np.uint16)
    for pixels, kind in ((colours, "PNG"), (alpha, "PNG"), (grey, "PNG"), (grey, "TIFF"), (colours, "TIFF")):
        raw = packed(Image.fromarray(pixels), kind)
        at_once = decode_picture(raw).astype(int)
        with monkeypatch.context() as patched:
            patched.setattr("cnnviz.data.decoding.IN_ONE_PIECE", 1000)
            patched.setattr("cnnviz.data.decoding._STRIP", 100_000)
            in_strips = decode_picture(raw).astype(int)
        assert in_strips.shape == at_once.shape
        assert np.abs(in_strips - at_once).max() <= 2
    assert IN_ONE_PIECE < _WIDTH * _HEIGHT


def test_heic() -> None:
    """A phone's own format, with the package for it: the same colours, nearly."""
    heif = pytest.importorskip("pillow_heif")
    heif.register_heif_opener()
    image = Image.new("RGB", (64, 48), (200, 30, 30))
    file = io.BytesIO()
    image.save(file, "HEIF", quality=95)
    picture = decode_picture(file.getvalue())
    assert picture.shape == (48, 64, 3)
    assert np.abs(picture.astype(int).mean(axis=(0, 1)) - (200, 30, 30)).max() < 6
