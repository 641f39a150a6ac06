"""Numbers as people read them on a page. Knows nothing of Streamlit."""

from __future__ import annotations


def number(value: float) -> str:
    """Three significant digits, a true minus sign."""
    return f"{value:.3g}".replace("-", "−")


def percent(part: float) -> str:
    """A share 0..1 as per cent with one decimal; what is not quite none or all never reads as if it were.

    >>> percent(0.5), percent(1.0), percent(0.9999), percent(0.0001)
    ('50.0%', '100.0%', '>99.9%', '<0.1%')
    """
    if 0.9995 <= part < 1:
        return ">99.9%"
    return "<0.1%" if 0 < part < 0.0005 else f"{part:.1%}"
