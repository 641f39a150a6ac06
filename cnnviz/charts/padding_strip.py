"""Padding strip: a row of pixels with its padding, and where the windows start. Numbers in, SVG out."""

from __future__ import annotations

from dataclasses import dataclass

_HEIGHT = 34
_SIDE = 20  # of a pixel, where there is room
_NARROWEST = 6
_WIDEST_STRIP = 620
_MOST_TICKS = 90  # as many outputs as the page's sliders reach


@dataclass(frozen=True)
class Strip:
    """One padded row: `before` and `after` padding pixels around `n`, and windows of `extent`, `stride` apart."""

    before: int
    n: int
    after: int
    extent: int
    stride: int
    windows: int

    @property
    def starts(self) -> list[int]:
        """Where each window starts, in input pixels; negative: in the padding."""
        return [index * self.stride - self.before for index in range(max(self.windows, 0))]

    @property
    def left(self) -> int:
        """The first pixel that is drawn."""
        return -self.before

    @property
    def right(self) -> int:
        """Where drawing ends: behind the padding, or behind a last window that hangs over it."""
        return max([self.n + self.after, *(start + self.extent for start in self.starts[-1:])])


def strip_svg(strip: Strip, left: int, right: int, colors: dict[str, str]) -> str:
    """The strip on a paper from pixel `left` to `right`, so that several strips share one scale."""
    cell = max(_NARROWEST, min(_SIDE, _WIDEST_STRIP // (right - left)))
    padding = _cells(-strip.before - left, strip.before, cell, colors["padding"], padding=True)
    padding += _cells(strip.n - left, strip.after, cell, colors["padding"], padding=True)
    pixels = _cells(-left, strip.n, cell, colors["input"])
    width = (right - left) * cell
    size = f'width="{width}" height="{_HEIGHT}" viewBox="0 0 {width} {_HEIGHT}"'
    windows = _windows(strip, left, cell, colors["kernel"])
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{padding}{pixels}{windows}</svg>'


def _cells(start: int, count: int, cell: int, color: str, padding: bool = False) -> str:
    """Pixels are filled, padding pixels are dashed outlines: told apart without colour."""
    style = f'fill="{color}" fill-opacity="{0.06 if padding else 0.5}" stroke="{color}"'
    dashes = ' stroke-dasharray="3 2"' if padding else ""
    gap = 1.5 if cell > 2 * _NARROWEST else 0.75
    rects = (
        f'<rect x="{(start + index) * cell + gap}" y="1.5" width="{cell - 2 * gap}" height="{_SIDE - 3}" rx="{gap}"/>'
        for index in range(count)
    )
    return f"<g {style}{dashes}>{''.join(rects)}</g>"


def _windows(strip: Strip, left: int, cell: int, color: str) -> str:
    """A bracket under the first window, a short mark where each later one starts."""
    if not strip.starts:
        return ""
    first, *later = ((start - left) * cell for start in strip.starts[:_MOST_TICKS])
    bracket = f"M{first + 1.5} 22v9H{first + strip.extent * cell - 1.5}v-9"
    marks = "".join(f"M{x + 1.5} 22v5" for x in later)
    return f'<path d="{bracket}{marks}" fill="none" stroke="{color}" stroke-width="2"/>'
