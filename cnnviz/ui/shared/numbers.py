"""Numbers as people read them on a page. Knows nothing of Streamlit.

Shares and accuracies go through `percent`: one decimal wherever they are followed live, two wherever they are ranked:
on the page Runs, in the score of the page Evaluation (and in a terminal). Of 10,000 test pictures one is 0.01%.
"""

from __future__ import annotations

import math

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float) -> str:
    """Three significant digits, a true minus sign."""
    return f"{value:.3g}".replace("-", "−")


def loss(value: float, decimals: int = 3) -> str:
    """With `decimals`, or as a power of ten where they would say nothing, or far too much; the charts do the same.

    >>> loss(0.25), loss(0.0), loss(0.00032), loss(1.333e15), loss(0.25, 4), loss(float("nan"))
    ('0.250', '0.000', '3.2×10⁻⁴', '1.3×10¹⁵', '0.2500', '∞')
    """
    if not math.isfinite(value):
        return "∞"
    if value == 0 or 1e-3 <= abs(value) < 1e4:
        return f"{value:.{decimals}f}"
    mantissa, power = f"{value:.1e}".split("e")
    return f"{mantissa}×10{str(int(power)).translate(_RAISED)}".replace("-", "−")


def percent(part: float, decimals: int = 1) -> str:
    """A share 0..1 as per cent; what is not quite none or all never reads as if it were.

    >>> percent(0.5), percent(1.0), percent(0.9999), percent(0.9999, 2), percent(0.0001)
    ('50.0%', '100.0%', '>99.9%', '99.99%', '<0.1%')
    """
    none, whole, text = (f"{value:.{decimals}%}" for value in (0, 1, part))
    step = 0.1 ** (decimals + 2)
    if part < 1 and text == whole:
        return f">{1 - step:.{decimals}%}"
    return f"<{step:.{decimals}%}" if part > 0 and text == none else text


def memory(count: int) -> str:
    """Bytes in the largest unit of 1,000 that leaves at least one.

    >>> memory(624), memory(18_816), memory(14_770_560)
    ('624 B', '18.8 kB', '14.8 MB')
    """
    size, unit = float(count), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if round(size, 1) < 1000:
            break
        size, unit = size / 1000, larger
    return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"


def times(ratio: float) -> str:
    """How many times as much: three digits, or a whole number.

    >>> times(4), times(1.3061), times(23670.77)
    ('×4', '×1.31', '×23,671')
    """
    return f"×{ratio:.3g}" if ratio < 100 else f"×{ratio:,.0f}"
