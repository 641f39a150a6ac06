"""MNIST style: a user's picture made like the pictures a network was trained on, by what its data set says of them:
ink, framed as its makers did; or the picture as it is, cut and resized as the data set's own files were. Knows nothing
of networks.

`centre_like_mnist` follows the recipe MNIST was made by (LeCun, Bottou, Bengio, Haffner 1998, section III.A:
"size normalized to fit in a 20x20 pixel box while preserving their aspect ratio ... centered in a 28x28 image by
computing the center of mass of the pixels"). `digit.js` does the same in the browser, step for step.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from cnnviz.base.errors import PictureError
from cnnviz.base.locale import N_
from cnnviz.data.dataset_spec import DatasetSpec, Framing
from cnnviz.data.decoding import like_those_of

_TIE = 1e-6  # halves are rounded up whatever the last bit of a sum says, in Python as in JavaScript
FAINTEST_INK = 12  # of 255: what is not brighter is paper

Picture = NDArray[np.uint8]


def centre_like_mnist(ink: Picture) -> Picture:
    """Ink (h, w), white on black, of any size -> (28, 28) as in MNIST. Blank gives zeros.

    1. The bounding box of ink > 12. No such pixel: zeros.
    2. scale = 20 / max(box height, box width); target sides = max(1, floor(side * scale + 1/2)).
    3. The box resampled to the target by exact area averaging: output pixel i of n covers the input interval
       [i * side / n, (i + 1) * side / n) and is the mean of the input under it, parts of pixels counted as parts;
       rows and columns alike, then floor(value + 1/2 + 10^-6).
    4. The centre of mass (y, x) of those values, in pixel indices from 0; offset = floor(14 - y + 1/2 + 10^-6),
       likewise x, clipped so that the box lies inside 28x28; pasted there. A box that came out all zero gives zeros.

    Measured: index 14, not 13.5, is where the centre of mass of all 60,000 training digits lies (each within half a
    pixel). Applied to the 10,000 test digits this changes 0.02 of 255 grey levels on average; with 13.5 it would be
    14.8 (tests/data/test_mnist_style.py).
    """
    return _frame(ink, Framing(box=20, centre="mass"), 28, 28)


def for_dataset(picture: Picture, spec: DatasetSpec) -> Picture:
    """A picture (h, w) or (h, w, 3) of any size -> uint8 (channels, h, w) as a network trained on `spec` expects it.

    One of the data set's own comes back as it is. Raises PictureError for a blank one.
    """
    made = prepared(picture, spec.image_size, spec.framing)
    if _is_blank(made):
        raise PictureError(
            N_(
                "This picture is blank: nothing in it differs from its background. "
                "Use one that shows something, or draw with more contrast."
            )
        )
    return made


def prepared(picture: Picture, image_size: tuple[int, int, int], framing: Framing | None) -> Picture:
    """The same by what a data set says of its pictures; a blank one stays blank."""
    if framing is None:
        return like_those_of(image_size, picture)
    return _inked(picture, framing, *image_size[1:])[None]


def for_drawing(ink: Picture, spec: DatasetSpec) -> Picture:
    """White ink on black (h, w), off a sketch pad or another data set -> (channels, h, w) in the likeness of `spec`."""
    return drawn(ink, spec.image_size, spec.framing, spec.light_paper)


def drawn(ink: Picture, image_size: tuple[int, int, int], framing: Framing | None, light_paper: bool) -> Picture:
    """The same by what a data set says of its pictures."""
    if framing is not None:
        return _frame(ink, framing, *image_size[1:])[None]
    return like_those_of(image_size, 255 - ink if light_paper else ink)


def area_average(picture: Picture, height: int, width: int) -> Picture:
    """(h, w) resampled to (height, width): each output pixel is the exact mean of the input area under it."""
    rows, columns = _overlaps(picture.shape[0], height), _overlaps(picture.shape[1], width)
    mean = rows @ picture.astype(np.float64) @ columns.T  # (height, h) @ (h, w) @ (w, width)
    return np.floor(mean + 0.5 + _TIE).astype(np.uint8)


def _inked(picture: Picture, framing: Framing, height: int, width: int) -> Picture:
    """(height, width): the ink, framed by the data set's own recipe."""
    if picture.shape == (height, width) and np.median(_edge(picture)) < _DARK:
        return picture  # of the data set's own: what it shows may well reach its edge
    ink = as_ink(picture)
    return _frame(with_pen(ink, framing.box, framing.pen) if framing.pen else ink, framing, height, width)


def _edge(picture: Picture) -> Picture:
    """The outermost pixels of (h, w), in a row."""
    return np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])


_DARK = 128  # grey level of paper: below it ink is bright
_PLAIN = 5.0  # standard deviation in grey levels; that of CIFAR-10's 10,000 test photos is 7.6 and more
_COLOURED = 24.0  # grey levels between two channels: a sheet of one colour shows that colour


def _is_blank(prepared: Picture) -> bool:
    """Whether (channels, h, w) shows neither a form nor a colour."""
    levels = prepared.astype(np.float64)
    return levels.mean(axis=0).std() < _PLAIN and np.ptp(levels.mean(axis=(1, 2))) < _COLOURED


def _frame(ink: Picture, framing: Framing, height: int, width: int) -> Picture:
    """The ink's bounding box scaled into a square box and placed in (height, width)."""
    framed = np.zeros((height, width), dtype=np.uint8)
    ys, xs = np.nonzero(ink > FAINTEST_INK)
    if not len(ys):
        return framed
    cut = ink[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]
    scale = framing.box / max(cut.shape)
    box = area_average(cut, *(max(1, math.floor(side * scale + 0.5)) for side in cut.shape))
    if not box.any():
        return framed
    y, x = _mass(box) if framing.centre == "mass" else (box.shape[0] / 2, box.shape[1] / 2)
    top, left = _offset(y, box.shape[0], height), _offset(x, box.shape[1], width)
    framed[top : top + box.shape[0], left : left + box.shape[1]] = box
    return framed


def _mass(box: Picture) -> tuple[float, float]:
    """The centre of mass in pixel indices."""
    total = box.sum(dtype=np.float64)
    rows, columns = box.sum(axis=1, dtype=np.float64), box.sum(axis=0, dtype=np.float64)
    return float(rows @ np.arange(len(rows)) / total), float(columns @ np.arange(len(columns)) / total)


def _offset(centre: float, side: int, frame: int) -> int:
    """Where the box begins, so that index `centre` of it comes to index `frame / 2`, as near as fits."""
    return min(max(math.floor(frame / 2 - centre + 0.5 + _TIE), 0), frame - side)


def _overlaps(old: int, new: int) -> NDArray[np.float64]:
    """(new, old): the share of each output pixel that each input pixel makes up. Rows sum to 1."""
    edges = np.arange(new + 1) * (old / new)
    begin, end = edges[:-1, None], edges[1:, None]
    pixels = np.arange(old)[None, :]
    shared = np.minimum(end, pixels + 1) - np.maximum(begin, pixels)
    return np.clip(shared, 0, None) * (new / old)


# The ink in a picture, whatever its paper and its light, with a pen as wide as the data set's own. A line of 1/140 of a
# digit's height covers a seventh of a pixel once the digit is 20 pixels high: grey that no network was shown, and every
# such digit is read as a 1. So strokes that are too thin are drawn over with a wider pen.


def as_ink(picture: Picture) -> Picture:
    """Grey or colour (h, w[, 3]) -> uint8 (h, w): how much ink there is, bright on a background of 0.

    The border tells the paper: a plane is laid through its levels, channel by channel, so that light falling from one
    side does no harm. Ink is what differs from the paper in lightness or in colour, on the side where more differs
    strongly, by more than the border's own noise; the strongest becomes 255. MNIST's own pictures stay as they are.
    """
    levels = picture.astype(np.float64).reshape(*picture.shape[:2], -1)[..., :3]  # (h, w, 1 or 3)
    paper, noise = _paper(levels)
    away = levels - paper
    if noise > 1 and min(picture.shape[:2]) >= _LARGE:
        away = _smoothed(away)
    ink = _length(away) * (away @ _ink_colour(away) > 0)
    strongest = float(ink.max())
    if strongest <= max(_FAINTEST_CONTRAST, noise):
        return np.zeros(ink.shape, dtype=np.uint8)
    if noise > 1:
        ink[ink <= max(noise, strongest * _SHADOW)] = 0
    return np.floor(np.clip(ink * (255 / strongest), 0, 255) + 0.5).astype(np.uint8)


_LARGE = 112  # pixels: a photo, where strokes are wider than the 3 x 3 pixels that are averaged
_SHADOW = 0.2  # of the strongest ink: on noisy paper, what is fainter is shadow or texture
_FAINTEST_CONTRAST = 24.0  # grey levels: less than this is an empty sheet
_NOISES = 4.0  # standard deviations of the border that still count as paper ...
_NOISES_ALONE = 5.5  # ... where pixels are not averaged: of 10,000 a few are beyond 4
_PURE = 2  # grey levels: so near to 0 or 255 comes no photo's paper all over
_SHARE = 0.25  # of the picture that is pure paper, where the border is none
_OTHER = 64.0  # grey levels between the border and the pure paper within


def _length(away: NDArray[np.float64]) -> NDArray[np.float64]:
    """(..., channels) -> (...): how far from the paper; of grey its grey levels."""
    return np.sqrt((away**2).mean(axis=-1))


def _ink_colour(away: NDArray[np.float64]) -> NDArray[np.float64]:
    """(channels,): the way from the paper to the ink, to which what differs strongly counts most."""
    return (away * (away**2).mean(axis=-1, keepdims=True)).mean(axis=(0, 1))


def _paper(levels: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """The levels of bare paper at every pixel (h, w, channels), and how far its noise reaches.

    A plane a + b*y + c*x by least squares through the border, fitted again to the half that fits best: up to half
    of the border may be ink that runs over the edge. Where it is more, paper that is purely black or white gives
    itself away.
    """
    ring = _border(levels.shape[:2])
    ys, xs = np.nonzero(ring)
    edge = levels[ring]  # (border pixels, channels)
    terms = np.column_stack([np.ones(len(ys)), ys, xs])  # (border pixels, 3)
    away = _length(edge - np.median(edge, axis=0))
    for _round in range(4):
        kept = away <= max(float(np.median(away)), 1.0)
        plane = np.linalg.lstsq(terms[kept], edge[kept], rcond=None)[0]  # (3, channels)
        away = _length(edge - terms @ plane)
    rows, columns = np.indices(levels.shape[:2])[..., None]
    paper = plane[0] + plane[1] * rows + plane[2] * columns
    pure = _pure_paper(levels)
    if pure is not None and abs(paper.mean() - pure) > _OTHER:
        return np.full_like(levels, pure), 0.0
    noises = _NOISES if min(levels.shape[:2]) >= _LARGE else _NOISES_ALONE
    return paper, noises * 1.4826 * float(np.median(away))  # 1.4826 medians are a standard deviation of normal noise


def _pure_paper(levels: NDArray[np.float64]) -> float | None:
    """0 or 255, whichever more of the picture is, if it is enough."""
    black, white = ((np.abs(levels - level) <= _PURE).all(axis=-1).mean() for level in (0, 255))
    return None if max(black, white) < _SHARE else 0.0 if black > white else 255.0


def _border(shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Where the border is: a frame one twentieth of the shorter side wide, at least a pixel."""
    width = max(1, min(shape) // 20)
    ring = np.ones(shape, dtype=bool)
    ring[width:-width, width:-width] = False
    return ring


def _smoothed(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """(h, w, channels), each value the mean of the 3 x 3 around it: single specks sink below the noise."""
    padded = np.pad(values, ((1, 1), (1, 1), (0, 0)), mode="edge")
    across = padded[:, :-2] + padded[:, 1:-1] + padded[:, 2:]
    return (across[:-2] + across[1:-1] + across[2:]) / 9


_INK = 100  # of 255: what is brighter belongs to a stroke
_THIN = 0.5  # of the usual width: 0.2% of MNIST's own test digits are written more thinly
_FINEST = 8  # pixels for one of the data set's: finer drawings are made coarser first, as on the sketch pad


def with_pen(ink: Picture, box: int, pen: float) -> Picture:
    """Ink (h, w), white on black. What will be thinner than half of `pen` pixels, once its longer side is scaled to
    `box` pixels, comes back with strokes of `pen`; anything else as it is."""
    ys, xs = np.nonzero(ink > _INK)
    if not len(ys):
        return ink
    cut = ink[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]
    scale = box / max(cut.shape)
    if stroke_width(cut) * scale >= _THIN * pen:
        return ink
    coarse = _coarser(cut, 1 / (scale * _FINEST))
    wanted = pen * max(coarse.shape) / box  # pixels
    return _thickened(coarse, max(1, math.floor((wanted - stroke_width(coarse)) / 2 + 0.5)))


def stroke_width(ink: Picture) -> float:
    """The mean width of strokes in pixels: twice their area by their outline's length (Cauchy and Crofton's estimate
    from the edges between pixels). 0 if there are none."""
    inside = np.pad(ink > _INK, 1)
    edges = np.count_nonzero(inside[1:] != inside[:-1]) + np.count_nonzero(inside[:, 1:] != inside[:, :-1])
    return 2 * np.count_nonzero(inside) / (math.pi / 4 * edges) if edges else 0.0


def _coarser(ink: Picture, factor: float) -> Picture:
    """Each `factor` pixels in both directions made one, the brightest, so that a hair stays; below 2 as it is."""
    step = math.floor(factor)
    if step < 2:
        return ink
    height, width = (-(-side // step) for side in ink.shape)
    padded = np.zeros((height * step, width * step), dtype=np.uint8)
    padded[: ink.shape[0], : ink.shape[1]] = ink
    return padded.reshape(height, step, width, step).max(axis=(1, 3))


def _thickened(ink: Picture, reach: int) -> Picture:
    """Every pixel the brightest within `reach` pixels of it, nearly in a disc: squares and crosses by turns."""
    ink = np.pad(ink, reach)
    for step in range(reach):
        grown = ink.copy()
        for axis in (0, 1):
            source = grown.copy() if step % 2 else ink  # one axis after the other makes a square, both at once a cross
            ahead, behind = [slice(None)] * 2, [slice(None)] * 2
            ahead[axis], behind[axis] = slice(1, None), slice(None, -1)
            np.maximum(grown[tuple(ahead)], source[tuple(behind)], out=grown[tuple(ahead)])
            np.maximum(grown[tuple(behind)], source[tuple(ahead)], out=grown[tuple(behind)])
        ink = grown
    return ink
