"""Numbers as people read them on a page. Knows nothing of Streamlit.

Shares and accuracies go through `percent`: one decimal wherever they are followed live or compared in a list, two in
the score of the page Evaluation (and in a terminal), where of 10,000 test pictures a single one is 0.01%.
"""

from __future__ import annotations


def number(value: float) -> str:
    """Three significant digits, a true minus sign."""
    return f"{value:.3g}".replace("-", "−")


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
