"""Why two equal sums are not bitwise equal: the same numbers added in several orders."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from cnnviz.ui.shared.html import Html, heading, join, paragraph, table
from cnnviz.ui.shared.i18n import _

_TAPS = 25


def rounding() -> Html:
    """Three tenths in two orders, and the products of one 5 x 5 window in three."""
    forward, backward, pairwise = sums()
    rows = [
        ("(0.1 + 0.2) + 0.3", repr((0.1 + 0.2) + 0.3)),
        ("0.1 + (0.2 + 0.3)", repr(0.1 + (0.2 + 0.3))),
        (_("{n} products, first to last (float32)", n=_TAPS), forward),
        (_("the same, last to first"), backward),
        (_("the same, in pairs, as NumPy adds"), pairwise),
    ]
    text = _(
        "Each addition rounds, and another order rounds elsewhere. Equal by mathematics is then not equal bit by bit: "
        "compare with a tolerance."
    )
    heads = (_("Order"), _("Sum"))
    return join(
        [heading(_("Equal, but not bitwise")), table(_("The same numbers, added"), heads, rows), paragraph(text)]
    )


@lru_cache(maxsize=1)
def sums() -> tuple[str, str, str]:
    """One window's products in float32, added from the front, from the back, and by halves."""
    chance = np.random.default_rng(1)
    products = (chance.random(_TAPS) * chance.normal(size=_TAPS)).astype(np.float32)
    in_order = [_in_order(products), _in_order(products[::-1]), _by_halves(products)]
    return in_order[0], in_order[1], in_order[2]


def _in_order(numbers: Sequence[np.float32] | np.ndarray) -> str:
    total = np.float32(0)
    for number in numbers:
        total += number
    return _text(total)


def _by_halves(numbers: np.ndarray) -> str:
    def added(part: np.ndarray) -> np.float32:
        half = len(part) // 2
        return part[0] if len(part) == 1 else added(part[:half]) + added(part[half:])

    return _text(added(numbers))


def _text(value: np.float32) -> str:
    return np.format_float_positional(value, precision=9, unique=False).replace("-", "−")
