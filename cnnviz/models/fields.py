"""What one value sees of the picture, along one axis, after each kind of layer. Never imports torch.

The plain stack of `cnnviz.arithmetic.receptive_field`, carried on through branches, additions and concatenations.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Field(NamedTuple):
    """What the first value along an axis sees, and how far the next one's view is from it."""

    size: int = 1  # input pixels, as if the picture had no border
    jump: int | None = 1  # input pixels from one value to the next; None where they are not evenly apart, or gone
    start: int = 0  # the first input pixel the first value sees; negative: padding


def through_window(field: Field, extent: int, stride: int, before: int, side: int) -> Field:
    """After a window that spans `extent` values, moves by `stride` and starts `before` values outside.

    `side` is the picture's, all of which is seen once values are no longer evenly apart.
    """
    if field.jump is None:
        return field if extent == 1 else whole(side)
    return Field(field.size + (extent - 1) * field.jump, field.jump * stride, field.start - before * field.jump)


def through_adaptive(field: Field, n_in: int, n_out: int, side: int) -> Field:
    """After pooling to `n_out` values: window i spans floor(i n_in / n_out) up to ceil((i + 1) n_in / n_out)."""
    if n_in % n_out == 0:
        return through_window(field, n_in // n_out, n_in // n_out, 0, side)
    widest = max(-(-(i + 1) * n_in // n_out) - i * n_in // n_out for i in range(n_out))
    return through_window(field, widest, 1, 0, side)._replace(jump=None)


def flattened(field: Field, positions: int, side: int) -> Field:
    """Of all positions at once, within the picture: what a fully connected layer sees."""
    if field.jump is None:
        return field
    end = field.start + field.size + (positions - 1) * field.jump
    start = max(0, field.start)
    return Field(min(side, end) - start, None, start)


def together(fields: Sequence[Field]) -> Field:
    """The span around all `fields`: of a sum, a product or a concatenation."""
    start = min(field.start for field in fields)
    jumps = {field.jump for field in fields}
    return Field(
        max(field.start + field.size for field in fields) - start, jumps.pop() if len(jumps) == 1 else None, start
    )


def whole(side: int) -> Field:
    """The whole picture."""
    return Field(side, None, 0)


def longer(fields: Sequence[Field]) -> Field:
    """Of height and width the one that sees more: what a single figure stands for."""
    return max(fields, key=lambda field: (field.size, field.jump or 0))
