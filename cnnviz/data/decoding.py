"""A picture file made into pixels, safely: a visitor's and those of a folder alike. Knows nothing of data sets.

Nothing is decoded before format and size are known: a 9400 x 9400 PNG of 11 kB takes 423 MB.
"""

from __future__ import annotations

import io
import warnings
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
MAX_PIXELS = 25_000_000  # a phone's photo has 12 to 24 million
LARGEST_SIDE = 1024  # pixels: what is larger is shrunk, since networks look at 28 to 299
MAX_BYTES = 16 << 20  # as `maxUploadSize` in .streamlit/config.toml

Picture = NDArray[np.uint8]


def decode_picture(raw: bytes, max_pixels: int = MAX_PIXELS) -> Picture:
    """The first frame of a picture file: uint8 (h, w) if grey, else (h, w, 3).

    Turned upright as its EXIF says, alpha laid on paper (see `_on_paper`), 16-bit grey scaled, CMYK converted, the
    longer side shrunk to 1,024 pixels. Raises PictureError, whose sentence says what is wrong with the file.
    """
    if len(raw) > MAX_BYTES:
        raise PictureError(
            N_("This file has {megabytes} MB; at most {limit} can be read. Save a smaller picture."),
            megabytes=f"{len(raw) / 2**20:.0f}",
            limit=MAX_BYTES >> 20,
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of large pictures and odd metadata: both are judged here
        try:
            with Image.open(io.BytesIO(raw), formats=FORMATS) as image:
                _check_size(image, max_pixels)
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
