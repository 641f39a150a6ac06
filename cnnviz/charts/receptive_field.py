"""Receptive field funnel: the view of one value as it grows through a stack of layers. Numbers in, SVG out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_WIDTH = 340
_LABELS = 96  # room for the words on the left
_ROW = 58
_LARGEST_CELL = 22
_FONT = (
    "Inter, 'Segoe UI', 'Helvetica Neue', 'Noto Sans', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"
)
_SMALLEST_GAPPED = 5  # smaller cells have no gaps between them


@dataclass(frozen=True)
class Layer:
    """One axis of a layer: a kernel that spans `extent` values of the row below and moves by `stride`."""

    extent: int
    stride: int = 1


@dataclass(frozen=True)
class Row:
    """The values of one layer that the top value sees: how many, and where they lie in input pixels."""

    count: int
    centre: float  # of the first one, in input pixels
    jump: int  # from one to the next


def rows(layers: Sequence[Layer]) -> list[Row]:
    """The input first, then what each layer gives, down to the single value at the top.

    >>> [row.count for row in rows([Layer(3), Layer(3)])]
    [5, 3, 1]
    """
    counts = [1]
    for layer in reversed(layers):
        counts.insert(0, (counts[0] - 1) * layer.stride + layer.extent)
    found = [Row(counts[0], 0.5, 1)]
    for count, layer in zip(counts[1:], layers, strict=True):
        below = found[-1]
        found.append(Row(count, below.centre + below.jump * (layer.extent - 1) / 2, below.jump * layer.stride))
    return found


def receptive_field_svg(layers: Sequence[Layer], labels: Sequence[tuple[str, str]], colors: dict[str, str]) -> str:
    """The funnel, input at the bottom. `labels`: two short lines for the input, then for each layer."""
    found = rows(layers)
    cell = min(_LARGEST_CELL, (_WIDTH - _LABELS - 4) / found[0].count)
    left = _LABELS + (_WIDTH - _LABELS - cell * found[0].count) / 2
    bottom = _ROW * len(layers) + max(4, 20 - cell / 2)  # two lines of words reach 20 above and below a row's middle
    height = bottom + cell + max(4, 20 - cell / 2)
    drawing = _Drawing(found, cell, left, bottom, colors)
    funnels = "".join(drawing.funnel(index, layer) for index, layer in enumerate(layers))
    cells = "".join(drawing.cells(index) for index in range(len(found)))
    words = "".join(drawing.label(index, label) for index, label in enumerate(labels))
    size = f'width="{_WIDTH}" height="{height:g}" viewBox="0 0 {_WIDTH} {height:g}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{_FONT}">{funnels}{cells}{words}</svg>'


@dataclass(frozen=True)
class _Drawing:
    rows: list[Row]
    cell: float
    left: float
    bottom: float  # top edge of the input's row
    colors: dict[str, str]

    def x(self, index: int, number: int) -> float:
        """The left edge of value `number` of row `index`."""
        row = self.rows[index]
        return self.left + (row.centre + number * row.jump - 0.5) * self.cell

    def y(self, index: int) -> float:
        return self.bottom - index * _ROW

    def cells(self, index: int) -> str:
        color = self.colors["input" if index == 0 else "output"]
        gap = 1.5 if self.cell >= _SMALLEST_GAPPED else 0.3
        side = self.cell - 2 * gap
        rects = (
            f'<rect x="{self.x(index, number) + gap:.1f}" y="{self.y(index) + gap:.1f}" width="{side:.1f}" '
            f'height="{side:.1f}"/>'
            for number in range(self.rows[index].count)
        )
        return f'<g fill="{color}" fill-opacity="0.55" stroke="{color}">{"".join(rects)}</g>'

    def funnel(self, index: int, layer: Layer) -> str:
        """From row `index` up to the next: what all its values see, and darker what the first one sees."""
        last = self.rows[index + 1].count - 1
        whole = self._flank(index, 0, last, last * layer.stride + layer.extent - 1)
        first = self._flank(index, 0, 0, layer.extent - 1)
        color = self.colors["kernel"]
        outline = f'<path d="{first}" fill="{color}" fill-opacity="0.22" stroke="{color}"/>'
        return f'<path d="{whole}" fill="{color}" fill-opacity="0.12"/>{outline}'

    def _flank(self, index: int, first: int, last_above: int, last_below: int) -> str:
        above, below = self.y(index + 1) + self.cell, self.y(index)
        corners = (
            (self.x(index + 1, first), above),
            (self.x(index + 1, last_above) + self.cell, above),
            (self.x(index, last_below) + self.cell, below),
            (self.x(index, first), below),
        )
        return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in corners) + "Z"

    def label(self, index: int, lines: tuple[str, str]) -> str:
        middle = self.y(index) + self.cell / 2
        first, second = (_escaped(line) for line in lines)
        text, muted = self.colors["text"], self.colors["muted"]
        return (
            f'<text x="0" y="{middle - 1:.1f}" font-size="15" font-weight="600" fill="{text}">{first}</text>'
            f'<text x="0" y="{middle + 15:.1f}" font-size="14" fill="{muted}">{second}</text>'
        )


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
