"""Decoding: picture files made into pixels, safely and by thousands, and cut to size. Knows nothing of data sets.

Nothing is decoded before format and size are known: a 9400 x 9400 PNG of 11 kB takes 423 MB. Thousands of files are
decoded by as many processes as there are cores: processes, because a small picture is decoded mostly by Python;
`subprocess`, because `multiprocessing` would run a Streamlit script once more in every child. As a program:
`python -m cnnviz.data.decoding ARRAY FIRST < names`. Fitting is the one way for the files of a folder and for what a
visitor uploads, so that the same picture always becomes the same pixels.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from cnnviz.base.errors import PictureError
from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed
from cnnviz.base.machine import child_environment, cores

# Named, or Pillow opens EPS and 40 others. TIFF and PPM since torchvision's ImageFolder reads them.
FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "PPM")
SMALLEST_SIDE = 4  # pixels: less shows nothing
MAX_PIXELS = 25_000_000  # a phone's photo has 12 to 24 million
LARGEST_SIDE = 1024  # pixels: what is larger is shrunk, since networks look at 28 to 299
MAX_BYTES = 16 << 20  # as `maxUploadSize` in .streamlit/config.toml

Picture = NDArray[np.uint8]
Size = tuple[int, int]  # height, width


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


Progress = Callable[[int, int], None]  # pictures done, in all
_REPORT = 256  # pictures between two reports
_WORTH_IT = 1000  # pictures for each process: less is done sooner than Python starts

_CANNOT_BE_OPENED = N_("It cannot be opened ({reason}).")


@dataclass(frozen=True)
class Decoded:
    """What became of the pictures: how many had another size, and for each broken one its place and what is wrong."""

    resized: int
    broken: tuple[tuple[int, PictureError], ...] = ()

    def to_json(self) -> str:
        said = [(place, error.to_json()) for place, error in self.broken]
        return json.dumps({"resized": self.resized, "broken": said})

    @classmethod
    def from_json(cls, text: str | bytes) -> Decoded:
        found = json.loads(text)
        said = ((place, PictureError.from_json(error)) for place, error in found["broken"])
        return cls(found["resized"], tuple(said))


def decode_many(files: Sequence[Path], array: Path, size: Size, progress: Progress | None = None) -> Decoded:
    """Write (n, *size, 3) uint8 to the .npy file `array`; broken pictures stay 0. Raises OSError."""
    np.lib.format.open_memmap(array, "w+", np.uint8, (len(files), *size, 3)).flush()
    workers = max(1, min(cores(), len(files) // _WORTH_IT))
    if workers == 1:
        return decode_part(files, array, 0, lambda done: progress(done, len(files)) if progress else None)
    share = -(-len(files) // workers)
    parts = [(start, files[start : start + share]) for start in range(0, len(files), share)]
    reports: Queue[tuple[int, bytes | None]] = Queue()
    for number, (start, part) in enumerate(parts):
        Thread(target=_forward, args=(reports, number, array, start, part), daemon=True).start()
    return _gather(reports, len(parts), len(files), progress)


def decode_part(files: Sequence[Path], array: Path, first: int, report: Callable[[int], None]) -> Decoded:
    """Decode `files` into the rows of `array` from `first` on. `report` gets how many are done, now and then."""
    rows = np.load(array, mmap_mode="r+")
    size: Size = rows.shape[1:3]
    resized, broken = 0, []
    for index, file in enumerate(files):
        try:
            picture = decode_picture(file.read_bytes())
        except PictureError as error:
            broken.append((first + index, error))
            continue
        except OSError as error:
            broken.append((first + index, PictureError(_CANNOT_BE_OPENED, reason=error.strerror or str(error))))
            continue
        resized += picture.shape[:2] != size
        rows[first + index] = fitted(picture, size)
        if (index + 1) % _REPORT == 0:
            report(index + 1)
    rows.flush()
    return Decoded(resized, tuple(broken))


def _gather(reports: Queue[tuple[int, bytes | None]], workers: int, total: int, progress: Progress | None) -> Decoded:
    """Wait for all workers; `progress` is called in this thread, which may be a page's."""
    done, parts, over = [0] * workers, list[Decoded](), 0
    while over < workers:
        number, said = reports.get()
        if said is None:
            over += 1
        elif said.strip().isdigit():
            done[number] = int(said)
            if progress is not None:
                progress(sum(done), total)
        else:
            with suppress(ValueError):  # the half line of one that was killed as it said it
                parts.append(Decoded.from_json(said))
    if len(parts) != workers:
        raise OSError("a process that decodes pictures ended too early")
    return Decoded(sum(part.resized for part in parts), tuple(sorted(_all(parts), key=lambda one: one[0])))


def _all(parts: Sequence[Decoded]) -> list[tuple[int, PictureError]]:
    return [one for part in parts for one in part.broken]


def _forward(
    reports: Queue[tuple[int, bytes | None]], number: int, array: Path, first: int, files: Sequence[Path]
) -> None:
    try:
        with subprocess.Popen(
            [sys.executable, "-m", "cnnviz.data.decoding", str(array), str(first)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=child_environment(),
        ) as worker:
            assert worker.stdin is not None
            assert worker.stdout is not None
            worker.stdin.write(json.dumps([str(file) for file in files]).encode())
            worker.stdin.close()
            for line in worker.stdout:
                reports.put((number, line))
    except OSError:
        pass  # it died: its answer is missing, which is noticed
    finally:
        reports.put((number, None))


def main(array: str, first: str) -> None:
    """The worker: file names as JSON from standard input; to standard output how many are done, at last a `Decoded`."""
    files = [Path(name) for name in json.load(sys.stdin)]
    decoded = decode_part(files, Path(array), int(first), lambda done: print(done, flush=True))
    print(decoded.to_json(), flush=True)


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


if __name__ == "__main__":
    main(*sys.argv[1:])
