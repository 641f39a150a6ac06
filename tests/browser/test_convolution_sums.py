"""Sums on the convolution page: written out number by number for every operation."""

from __future__ import annotations

import math
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.convolution import numbers, still, the_sum
from tests.browser.server import Server


def test_a_convolutions_sum_is_written_out(tab: Page, server: Server) -> None:
    """Nine products of pixel and weight, and what they add up to with the bias."""
    still(tab, server, "n=6&bias=1.5")
    products, total = the_sum(tab).split("=")
    factors = [numbers(product) for product in products.split("+")]
    assert [len(pair) for pair in factors] == [2] * 9 + [1]
    assert factors[9] == [1.5]
    assert math.fsum(math.prod(pair) for pair in factors) == numbers(total)[0]


def test_three_channels_are_added_up(tab: Page, server: Server) -> None:
    """Each channel's sum, the bias, and the result; all 27 products on demand."""
    still(tab, server, "n=6&channels=3&bias=-2")
    line = the_sum(tab)
    assert re.match(r"^R \S+ \+ G \S+ \+ B \S+ \+ \(−2\) = \S+ \(27 products\)$", line), line
    red, green, blue, bias, total, _ = numbers(line)
    assert red + green + blue + bias == total
    tab.locator(".every summary").click()
    expect(tab.locator(".every p")).to_have_text(re.compile(r"\S"), use_inner_text=True)  # the next frame writes it
    lines = tab.locator(".every p").inner_text().split("\n")
    assert len(lines) == 3
    for text, channel in zip(lines, (red, green, blue), strict=True):
        products, result = text[2:].split("=")
        factors = [numbers(product) for product in products.split("+")]
        assert len(factors) == 9
        assert sum(pixel * weight for pixel, weight in factors) == channel == numbers(result)[0]


@pytest.mark.parametrize("pooling", ["max", "min", "average", "softmax"])
def test_each_pooling_is_written_out(tab: Page, server: Server, pooling: str) -> None:
    """The window's four pixels, what is done with them, and the result."""
    still(tab, server, f"mode=pool&k=2&s=2&pooling={pooling}")
    left, right = re.split("[=≈]", the_sum(tab))  # ≈ where a printed share is rounded
    result = numbers(right)[0]
    if pooling == "softmax":
        shares = [numbers(term) for term in left.split("+")]
        assert [len(pair) for pair in shares] == [2] * 4
        assert sum(share for share, _ in shares) == pytest.approx(1, abs=0.02)
        assert sum(share * pixel for share, pixel in shares) == pytest.approx(result, abs=0.1)
        return
    values = numbers(left)
    if pooling == "average":
        assert re.match(r"^\(.*\) / 4 $", left)
        assert sum(values[:4]) / 4 == pytest.approx(result, abs=0.01)
        return
    assert left.startswith(f"{pooling}(")
    assert len(values) == 4
    assert {"max": max, "min": min}[pooling](values) == result


def test_a_transposed_step_stamps_the_kernel(tab: Page, server: Server) -> None:
    """One pixel times every weight, and where that lands."""
    still(tab, server, "mode=transposed&n=3&s=2")
    tab.keyboard.press("ArrowRight")
    line = the_sum(tab)
    products = line.split(" added to ")[0].split(",")
    assert len(products) == 9
    for product in products:
        pixel, weight, result = numbers(product)
        assert pixel * weight == result
    assert line.endswith("added to output rows 1–3, columns 3–5")
    expect(tab.locator(".spoken")).to_have_text(re.compile(r"^Input row 1, column 2: \d, stamped onto the output\.$"))


def test_a_signal_is_written_out(tab: Page, server: Server) -> None:
    """Three products of a kernel of three; its outputs have no rows."""
    still(tab, server, "flat=1&n=12")
    products, total = the_sum(tab).split("=")
    factors = [numbers(product) for product in products.split("+")]
    assert len(factors) == 3
    assert sum(pixel * weight for pixel, weight in factors) == pytest.approx(numbers(total)[0], abs=0.05)
    expect(tab.locator(".count")).to_have_text("1 / 10")
