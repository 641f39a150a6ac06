"""Decoding: one picture file made into pixels, safely, and cut to size. Knows nothing of data sets.

Nothing is decoded before format and size are known: a 9400 x 9400 PNG of 11 kB takes 423 MB. Fitting is the one way for
the files of a folder, for what is imported and for what a visitor uploads, so that the same picture always becomes the
same pixels. By thousands: `decoding_many.py`.
"""

from __future__ import annotations

import importlib.util
import io
import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from cnnviz.base.errors import PictureError
from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed

# Named, or Pillow opens EPS and 40 others. TIFF and PPM since torchvision's ImageFolder reads them.
FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "PPM")
SMALLEST_SIDE = 4  # pixels: less shows nothing
MAX_PIXELS = 51_000_000  # a phone's photo has 12 to 50 million; of a PNG that many take under 400 MB to decode
IN_ONE_PIECE = 25_000_000  # pixels: what has more is shrunk strip by strip, so that no second copy of it is made
LARGEST_SIDE = 1024  # pixels: what is larger is shrunk, since networks look at 28 to 299
MAX_BYTES = 64 << 20  # of a file: a phone's photo of 48 million pixels has up to 25 million as JPEG, a PNG more

Picture = NDArray[np.uint8]
Size = tuple[int, int]  # height, width


def decode_picture(
    raw: bytes, max_pixels: int = MAX_PIXELS, on_size: Callable[[int], None] = lambda _pixels: None
) -> Picture:
    """The first frame of a picture file: uint8 (h, w) if grey, else (h, w, 3).

    Turned upright as its EXIF says, alpha laid on paper (see `_on_paper`), 16-bit grey scaled, CMYK converted, the
    longer side shrunk to 1,024 pixels. `on_size` is told how many pixels it has before it is decoded. Raises
    PictureError, whose sentence says what is wrong with the file.
    """
    check_bytes(len(raw))
    formats = (*FORMATS, _HEIF) if _is_heic(raw) else FORMATS
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of large pictures and odd metadata: both are judged here
        try:
            with Image.open(io.BytesIO(raw), formats=formats) as image:
                _check_size(image, max_pixels)
                on_size(image.width * image.height)
                image.draft(None, (LARGEST_SIDE, LARGEST_SIDE))  # a large JPEG is decoded at 1/2, 1/4 or 1/8
                return _pixels(image)
        except PictureError:
            raise
        except Image.DecompressionBombError as error:  # Pillow's own limit comes before ours, and does not say the size
            raise PictureError(
                N_("This picture has over {least} million pixels; at most {limit} million are read. Make it smaller."),
                least=2 * (Image.MAX_IMAGE_PIXELS or max_pixels) // 1_000_000,
                limit=max_pixels // 1_000_000,
            ) from error
        except UnidentifiedImageError as error:
            raise PictureError(
                N_("This is not a picture we can read. Use a file in one of these formats: {formats}."),
                formats=Listed(FORMATS),
            ) from error
        except Exception as error:  # Pillow's decoders raise OSError, SyntaxError, ValueError, struct.error ...
            raise PictureError(
                N_("This picture is damaged: its file ends too early or was changed. Use another copy.")
            ) from error


def check_bytes(count: int) -> None:
    """Raises PictureError for a file that is too large to be read at all."""
    if count > MAX_BYTES:
        raise PictureError(
            N_("This file has {megabytes} MB; at most {limit} can be read. Save a smaller picture."),
            megabytes=f"{count / 2**20:.0f}",
            limit=MAX_BYTES >> 20,
        )


_HEIF = "HEIF"  # the format as pillow-heif has Pillow know it
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")


def heic_is_read() -> bool:
    """Whether the optional package for phones' HEIC photos is installed."""
    return importlib.util.find_spec("pillow_heif") is not None


def _is_heic(raw: bytes) -> bool:
    """Whether it is one; Pillow knows the format then. Raises PictureError where the package is not installed."""
    if raw[4:8] != b"ftyp" or raw[8:12] not in _HEIC_BRANDS:
        return False
    if not heic_is_read():
        raise PictureError(
            N_(
                "This is a HEIC photo, as phones make them. To read it, install {package} where the app runs "
                "(`pip install {package}`), or save the photo as JPEG."
            ),
            package="pillow-heif",
        )
    from pillow_heif import register_heif_opener  # heavy

    register_heif_opener()
    return True


def _check_size(image: Image.Image, max_pixels: int) -> None:
    width, height = image.size
    if width * height > max_pixels:
        raise PictureError(
            N_("This picture has {width} × {height} pixels, more than the {limit} million we read. Make it smaller."),
            width=width,
            height=height,
            limit=max_pixels // 1_000_000,
        )
    if min(width, height) < SMALLEST_SIDE:
        raise PictureError(
            N_(
                "This picture has {width} × {height} pixels: too small to show anything. Use {least} × {least} or more."
            ),
            width=width,
            height=height,
            least=SMALLEST_SIDE,
        )


def upright_size(image: Image.Image) -> tuple[int, int]:
    """(height, width) that an opened file will have when it is decoded, by its head alone."""
    width, height = image.size
    # Pillow turns a TIFF by itself, and decodes a whole PNG in search of EXIF behind the pixels
    if image.format == "TIFF" or (image.format == "PNG" and "exif" not in image.info):
        return height, width
    return (width, height) if image.getexif().get(_ORIENTATION, 1) in _ON_ITS_SIDE else (height, width)


def _pixels(image: Image.Image) -> Picture:
    """The image decoded, upright, at most `LARGEST_SIDE` long."""
    if image.width * image.height > IN_ONE_PIECE:
        image = _shrunk(image)
    image = _upright(image)  # first: whatever makes a new image out of it forgets the EXIF
    if image.mode.startswith("I") or image.mode == "F":  # 16-bit grey: convert("L") would clip it to white
        image = Image.fromarray(_eight_bits(np.asarray(image)))
    elif image.mode in _WITH_ALPHA or "transparency" in image.info:
        image = _on_paper(image.convert("RGBA"))
    elif image.mode not in ("L", "RGB"):
        image = image.convert("L" if image.mode == "1" else "RGB")
    image.thumbnail((LARGEST_SIDE, LARGEST_SIDE), Image.Resampling.BOX)
    pixels = np.array(image)
    return pixels[:, :, 0].copy() if pixels.ndim == 3 and _is_grey(pixels) else pixels


_WITH_ALPHA = ("RGBA", "LA", "PA", "RGBa", "La")
_ORIENTATION = 0x0112  # EXIF
_ON_ITS_SIDE = range(5, 9)
_LUMA = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601
_VANISHES = 255 - 24  # grey level: what is lighter cannot be told from white


def _upright(image: Image.Image) -> Image.Image:
    """Turned as its EXIF says; EXIF that cannot be read says nothing."""
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # Pillow raises SyntaxError, struct.error, ZeroDivisionError ... on odd EXIF
        image.load()  # ... and what is wrong with the pixels themselves is raised here
        return image


_STRIP = 4_000_000  # pixels: of 8,000 columns 500 rows


def _shrunk(image: Image.Image) -> Image.Image:
    """A large image by a whole number, so that its longer side is 1,024 pixels or a little more.

    Strip by strip: Pillow's own way makes a whole copy of it for every change of colours, and another to turn it.
    """
    image.load()
    factor = max(image.size) // LARGEST_SIDE
    rows = factor * max(1, _STRIP // (image.width * factor))
    strips = [
        np.asarray(_reducible(image.crop((0, top, image.width, min(top + rows, image.height)))).reduce(factor))
        for top in range(0, image.height, rows)
    ]
    small = Image.fromarray(np.concatenate(strips))
    with suppress(Exception):  # Pillow raises SyntaxError, struct.error ... on odd EXIF, which then says nothing
        small.info["exif"] = image.getexif().tobytes()
    return small


def _reducible(strip: Image.Image) -> Image.Image:
    """In a mode whose pixels can be averaged, without loss."""
    if strip.mode.startswith("I;"):
        return Image.fromarray(np.asarray(strip).astype(np.int32))
    if strip.mode in _WITH_ALPHA or "transparency" in strip.info:
        return strip.convert("RGBA")
    if strip.mode in ("L", "RGB", "I", "F"):
        return strip
    return strip.convert("L" if strip.mode == "1" else "RGB")


def _on_paper(image: Image.Image) -> Image.Image:
    """RGBA -> RGB: laid on white; on black if what is to be seen is itself white and would vanish, as chalk does."""
    small = np.asarray(image.resize((64, 64), Image.Resampling.BOX), np.float64)  # colours weighted by their alpha
    alpha = small[..., 3]
    seen = (small[..., :3] @ _LUMA * alpha).sum() / max(alpha.sum(), 1.0)
    paper = Image.new("RGBA", image.size, "black" if seen > _VANISHES else "white")
    return Image.alpha_composite(paper, image).convert("RGB")


def _eight_bits(values: NDArray[Any]) -> Picture:
    """Grey of 16 bits (or stored in 32) scaled to 8, rounded: 65535 / 255 = 257. Fractions are shares of white."""
    if values.dtype.kind == "f":
        values = np.nan_to_num(values) * (65535 if np.nan_to_num(values).max() <= 1 else 1)
    return ((np.clip(values, 0, 65535).astype(np.uint32) + 128) // 257).astype(np.uint8)


def _is_grey(pixels: Picture) -> bool:
    return bool((pixels[:, :, :1] == pixels).all())


def fitted(picture: Picture, size: Size) -> Picture:
    """(h, w) or (h, w, 3) -> (*size, 3): as it is, or its middle part of that shape, resized."""
    if picture.shape[:2] != size:
        image = ImageOps.fit(Image.fromarray(picture), (size[1], size[0]), Image.Resampling.BILINEAR)
        picture = np.asarray(image)
    return picture if picture.ndim == 3 else np.repeat(picture[:, :, None], 3, axis=2)


def like_those_of(image_size: tuple[int, int, int], picture: Picture) -> Picture:
    """(h, w) or (h, w, 3) -> `image_size` (channels, height, width). Colour is lost where there is one channel."""
    channels, height, width = image_size
    if channels == 1 and picture.ndim == 3:
        picture = np.asarray(Image.fromarray(picture).convert("L"))
    return np.ascontiguousarray(fitted(picture, (height, width)).transpose(2, 0, 1)[:channels])
