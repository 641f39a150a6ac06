"""Files a user hands over: read rightly or refused in one sentence, whatever is in them."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cnnviz.base.errors import PictureError
from cnnviz.data.decoding import LARGEST_SIDE, MAX_BYTES, decode_picture, upright_size

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def packed(image: Image.Image, kind: str, **options: Any) -> bytes:
    """An image as a file's bytes."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def halves(mode: str = "RGB") -> Image.Image:
    """40 x 20: red on the left, blue on the right."""
    image = Image.new("RGB", (40, 20), RED)
    image.paste(BLUE, (20, 0, 40, 20))
    return image.convert(mode)


def huge_png(side: int) -> bytes:
    """A PNG of side x side black pixels that packs into a few kB, made without ever holding them."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    packer = zlib.compressobj(9)
    row = b"\0" * (side // 8 + 1)
    rows = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "BMP", "GIF", "TIFF", "PPM"])
def test_lossless_formats_keep_their_pixels(kind: str) -> None:
    """Red left, blue right, (h, w, 3)."""
    options = {"lossless": True} if kind == "WEBP" else {}
    pixels = decode_picture(packed(halves(), kind, **options))
    assert pixels.shape == (20, 40, 3)
    assert pixels.dtype == np.uint8
    assert pixels[10, 5].tolist() == list(RED)
    assert pixels[10, 35].tolist() == list(BLUE)


def test_jpeg_keeps_its_colours() -> None:
    """Within what JPEG loses."""
    pixels = decode_picture(packed(halves(), "JPEG", quality=95))
    assert np.abs(pixels[10, 5].astype(int) - RED).max() <= 6


def test_grey_stays_grey() -> None:
    """Grey, also when stored in colour, comes as (h, w)."""
    ramp = np.arange(240, dtype=np.uint8).reshape(12, 20)
    for mode in ("L", "RGB", "RGBA"):
        pixels = decode_picture(packed(Image.fromarray(ramp).convert(mode), "PNG"))
        assert np.array_equal(pixels, ramp)
    assert decode_picture(packed(Image.fromarray(ramp > 100), "PNG")).tolist()[0][0] == 0


def test_sixteen_bits_are_scaled() -> None:
    """0, 257, 32,896 and 65,535 become 0, 1, 128 and 255; nothing turns white."""
    values = np.array([[0, 257, 32_896, 65_535]] * 4, dtype=np.uint16)
    assert decode_picture(packed(Image.fromarray(values), "PNG")).tolist() == [[0, 1, 128, 255]] * 4


def test_cmyk_jpeg_is_converted() -> None:
    """Print colours become screen colours: red stays red."""
    raw = packed(halves("CMYK"), "JPEG", quality=95)
    assert Image.open(io.BytesIO(raw)).mode == "CMYK"
    pixels = decode_picture(raw)
    assert pixels.shape == (20, 40, 3)
    assert np.abs(pixels[10, 5].astype(int) - RED).max() <= 8


@pytest.mark.parametrize(("orientation", "where"), [(3, (10, 35)), (6, (5, 10)), (8, (35, 10))])
def test_exif_turns_the_picture(orientation: int, where: tuple[int, int]) -> None:
    """A photo taken on its side or head comes upright: the red half where it was seen."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    pixels = decode_picture(packed(halves(), "PNG", exif=exif))
    assert pixels.shape == ((20, 40, 3) if orientation == 3 else (40, 20, 3))
    assert pixels[where].tolist() == list(RED)


LYING = {  # EXIF's orientation -> what makes an upright picture lie so
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def in_mode(image: Image.Image, mode: str) -> Image.Image:
    """16-bit grey by hand: Pillow does not scale it."""
    if mode != "I;16":
        return image.convert(mode)
    return Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 257)


@pytest.mark.parametrize("orientation", LYING)
@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        *((mode, "PNG") for mode in ("L", "LA", "P", "RGB", "RGBA", "I;16")),
        *((mode, "TIFF") for mode in ("L", "P", "RGB", "CMYK", "I;16")),
        *(("RGB", "JPEG"), ("CMYK", "JPEG"), ("L", "JPEG"), ("RGB", "WEBP"), ("RGBA", "WEBP")),
    ],
)
def test_exif_turns_pictures_of_every_kind(mode: str, kind: str, orientation: int) -> None:
    """Palette, grey, 16 bits, alpha, print colours: none of them forgets how it was held, and its size is foretold."""
    upright = halves()
    upright.paste(GREEN, (0, 0, 8, 8))
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"JPEG": {"quality": 95, "subsampling": 0}, "WEBP": {"lossless": True}}.get(kind, {})
    raw = packed(in_mode(upright.transpose(LYING[orientation]), mode), kind, exif=exif, **options)
    expected = decode_picture(packed(in_mode(upright, mode), kind, **options))
    pixels = decode_picture(raw)
    assert pixels.shape == expected.shape
    assert np.abs(pixels.astype(int) - expected).mean() < 3  # a JPEG's blocks lie elsewhere
    with Image.open(io.BytesIO(raw)) as image:
        assert upright_size(image) == (20, 40)


def test_broken_exif_says_nothing() -> None:
    """EXIF that cannot be read does not spoil the picture."""
    raw = packed(halves(), "JPEG", quality=95, exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\xff" * 40)
    assert decode_picture(raw).shape == (20, 40, 3)


def test_transparency_is_laid_on_white() -> None:
    """Transparent pixels are paper, half-transparent black is mid grey: RGBA, grey with alpha, palette."""
    drawn = Image.new("RGBA", (8, 8), (0, 0, 0, 0))
    drawn.putpixel((2, 3), (0, 0, 0, 255))
    drawn.putpixel((4, 3), (0, 0, 0, 128))
    for mode in ("RGBA", "LA"):
        pixels = decode_picture(packed(drawn.convert(mode), "PNG"))
        assert pixels.shape == (8, 8)
        assert (pixels[0, 0], pixels[3, 2]) == (255, 0)
        assert abs(int(pixels[3, 4]) - 127) <= 1


def test_white_on_transparent_is_laid_on_black() -> None:
    """Chalk would vanish on white paper; anything that shows on white stays on white."""
    for mode, kind in (("RGBA", "PNG"), ("LA", "PNG"), ("RGBA", "WEBP")):
        for ink, paper in ((255, 0), (235, 0), (200, 255), (0, 255)):
            drawn = Image.new("RGBA", (8, 8), (0, 0, 0, 0))
            drawn.paste((ink, ink, ink, 255), (2, 2, 5, 5))
            pixels = decode_picture(packed(drawn.convert(mode), kind, **({"lossless": True} if kind == "WEBP" else {})))
            assert (pixels[0, 0], pixels[3, 3]) == (paper, ink)


def test_fractions_are_shares_of_white() -> None:
    """A TIFF of numbers from 0 to 1, and one of larger ones, which are taken for 16 bits."""
    shares = np.tile(np.linspace(0, 1, 8, dtype=np.float32), (8, 1))
    for values in (shares, shares * 65535):
        pixels = decode_picture(packed(Image.fromarray(values), "TIFF"))
        assert np.abs(pixels.astype(float) - shares * 255).max() <= 1


def test_palette_with_transparency() -> None:
    """A palette PNG or GIF with a see-through entry: that entry is white, the others keep their colours."""
    indexed = Image.new("P", (8, 8), 0)
    indexed.putpalette([*BLUE, *RED])
    indexed.putpixel((2, 3), 1)
    for kind in ("PNG", "GIF"):
        pixels = decode_picture(packed(indexed, kind, transparency=0))
        assert pixels[0, 0].tolist() == list(WHITE)
        assert pixels[3, 2].tolist() == list(RED)


def test_animated_gif_gives_its_first_frame() -> None:
    """Red first, then green: red."""
    frames = [Image.new("RGB", (8, 8), color) for color in (RED, GREEN)]
    raw = packed(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert decode_picture(raw)[4, 4].tolist() == list(RED)


def test_a_photo_is_shrunk() -> None:
    """3000 x 2000 becomes 1024 x 683, whatever the format."""
    photo = Image.new("RGB", (3000, 2000), (10, 200, 30))
    for kind in ("JPEG", "PNG"):
        pixels = decode_picture(packed(photo, kind))
        assert pixels.shape[1] == LARGEST_SIDE
        assert pixels.shape[0] in (682, 683)
        assert np.abs(pixels[300, 500].astype(int) - (10, 200, 30)).max() <= 4


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"hello, I am a text",
        b"\x89PNG\r\n\x1a\n",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        b"\0" * 500,
    ],
    ids=["empty", "text", "signature only", "EPS", "zeros"],
)
def test_what_is_no_picture_is_refused(raw: bytes) -> None:
    """The sentence names the formats that can be read."""
    with pytest.raises(PictureError, match="PNG, JPEG, WEBP, BMP, GIF, TIFF, PPM"):
        decode_picture(raw)


def test_formats_pillow_knows_but_we_do_not_name() -> None:
    """ICO, PCX and the like stay closed."""
    for kind in ("ICO", "PCX"):
        with pytest.raises(PictureError, match="not a picture we can read"):
            decode_picture(packed(halves(), kind))


def test_a_huge_picture_is_refused_before_decoding() -> None:
    """9400 x 9400 pixels in 11 kB: the sentence gives its size, and nothing is decoded for it."""
    raw = huge_png(9400)
    assert len(raw) < 20_000
    tracemalloc.start()
    with pytest.raises(PictureError, match="9400 × 9400 pixels, more than the 51 million"):
        decode_picture(raw)
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_a_bomb_beyond_pillows_own_limit_is_our_sentence() -> None:
    """Where Pillow itself refuses, the sentence is still about the size: the file is not damaged."""
    with pytest.raises(PictureError, match="over 178 million pixels; at most 51 million are read"):
        decode_picture(huge_png(20_000))


@pytest.mark.parametrize("size", [(1, 1), (3, 100), (100, 2)])
def test_a_tiny_picture_is_refused(size: tuple[int, int]) -> None:
    """One pixel shows nothing; the sentence says how small it is and what would do."""
    with pytest.raises(PictureError, match=f"{size[0]} × {size[1]} pixels: too small to show anything. Use 4 × 4"):
        decode_picture(packed(Image.new("L", size), "PNG"))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "PPM"])
def test_a_cut_file_is_refused(kind: str) -> None:
    """Half a file is said to be damaged."""
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    raw = packed(Image.fromarray(noise), kind)
    with pytest.raises(PictureError, match=r"damaged|not a picture"):
        decode_picture(raw[: len(raw) // 2])


def test_a_heavy_file_is_refused() -> None:
    """More bytes than the app takes are not even looked at."""
    with pytest.raises(PictureError, match="65 MB; at most 64"):
        decode_picture(b"\0" * (MAX_BYTES + 2**20))


def test_any_bytes_give_pixels_or_a_sentence() -> None:
    """280 files with bytes changed at random: never another exception, never a warning."""
    random = np.random.default_rng(0)
    originals = [packed(halves(), kind) for kind in ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "PPM")]
    for index in range(280):
        raw = bytearray(originals[index % 7])
        for place in random.integers(0, len(raw), 6):
            raw[place] = random.integers(0, 256)
        try:
            assert decode_picture(bytes(raw)).dtype == np.uint8
        except PictureError:
            continue
