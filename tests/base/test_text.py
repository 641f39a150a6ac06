"""Numbers on a page say neither more nor less than they know."""

from __future__ import annotations

import pytest

from cnnviz.base.text import loss_text, memory, number_text, percent, times


@pytest.mark.parametrize(
    ("part", "read"),
    [
        (0, "0.0%"),
        (1e-6, "<0.1%"),
        (0.0005, "0.1%"),
        (0.98764, "98.8%"),
        (0.9994, "99.9%"),
        (0.9999, ">99.9%"),
        (1, "100.0%"),
    ],
)
def test_only_all_reads_as_all(part: float, read: str) -> None:
    """A network that is nearly sure is never shown as 100% sure, nor a small chance as none."""
    assert percent(part) == read


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (0, "0.000"),
        (0.25, "0.250"),
        (3.2e-4, "3.2×10⁻⁴"),
        (9999, "9999.000"),
        (1.333e15, "1.3×10¹⁵"),
        (-2.8e10, "−2.8×10¹⁰"),
    ],
)
def test_a_loss_has_digits_that_say_something(value: float, read: str) -> None:
    """What is not nothing never reads as 0.000, and a loss that explodes is a power of ten."""
    assert loss_text(value) == read


def test_two_decimals() -> None:
    """With a second decimal one picture of 10,000 is seen, and all is still only all."""
    assert [percent(part, 2) for part in (0.9999, 0.99996, 1, 0.00001)] == ["99.99%", ">99.99%", "100.00%", "<0.01%"]


def test_three_digits_and_a_true_minus() -> None:
    """Values of maps: short enough for a title, and minus is not a hyphen."""
    assert [number_text(value) for value in (-1.23456, 0.0, 1234.5)] == ["−1.23", "0", "1.23e+03"]


@pytest.mark.parametrize(
    ("count", "read"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (999_940, "999.9 kB"), (999_960, "1.0 MB"), (4e12, "4.0 TB")],
)
def test_memory_in_thousands(count: int, read: str) -> None:
    """One decimal from a kilobyte on, and never 1000.0 of a unit."""
    assert memory(count) == read


def test_times_as_much() -> None:
    """Three digits, or whole numbers; no powers of ten."""
    assert [times(ratio) for ratio in (1, 0.5, 1.30612, 99.96, 1234.6)] == ["×1", "×0.5", "×1.31", "×100", "×1,235"]
