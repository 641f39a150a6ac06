"""Sizes on the convolution page: sliders to their ends, every mode, rows that nobody reads, and refusals."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from cnnviz.arithmetic.setting import Setting
from tests.browser.convolution import live, opened, says, setting, slider, switched
from tests.browser.server import Server


@pytest.mark.parametrize(
    ("name", "letter", "low", "high"),
    [
        ("Input size N", "n", 1, 64),
        ("Kernel size K", "k", 1, 11),
        ("Padding P", "p", 0, 10),
        ("Stride S", "s", 1, 8),
        ("Dilation D", "d", 1, 4),
    ],
)
def test_sliders_reach_their_ends(tab: Page, server: Server, name: str, letter: str, low: int, high: int) -> None:
    """By keys, with the number in a field beside; the picture follows at once."""
    opened(tab, server, "n=40&k=2")
    for key, value in (("End", high), ("Home", low), ("ArrowRight", low + 1)):
        slider(tab, name).press(key)
        expect(slider(tab, name)).to_have_value(str(value))
        expect(tab.get_by_role("spinbutton", name=f"{letter.upper()} as a number")).to_have_value(str(value))
        assert setting(tab)[letter] == [value, value]
        n, k, p, s, d = (setting(tab)[one][1] for one in "nkpsd")
        out = max(0, (n + 2 * p - d * (k - 1) - 1) // s + 1)
        says(tab, f"Input {n} × {n}, kernel {k} × {k}, output {out} × {out}.")


@pytest.mark.parametrize(
    ("link", "text", "label"),
    [
        ("n=7&s=2", "Input 7 × 7, kernel 3 × 3, output 3 × 3.", "n_out = floor((7 + 2 × 0 − 3) / 2) + 1 = 3"),
        ("n=4x28&k=3x5", "Input 4 × 28, kernel 3 × 5, output 2 × 24.", None),
        (
            "mode=transposed&n=3&s=2&o=1",
            "Input 3 × 3, kernel 3 × 3, output 8 × 8.",
            "n_out = (3 − 1) × 2 − 2 × 0 + 1 × (3 − 1) + 1 + 1 = 8",
        ),
        ("mode=pool&n=5&k=2&s=2", "Input 5 × 5, kernel 2 × 2, output 2 × 2.", None),
        (
            "mode=pool&n=5&k=2&s=2&ceil=1",
            "Input 5 × 5, kernel 2 × 2, output 3 × 3.",
            "n_out = ceil((5 + 2 × 0 − 2) / 2) + 1 = 3",
        ),
        ("flat=1&n=16&k=5&s=3", "Input 16, kernel 5, output 4.", None),
        ("n=64&k=11&p=10&s=8&d=4", "Input 64 × 64, kernel 11 × 11, output 6 × 6.", None),
        ("n=1&k=1", "Input 1 × 1, kernel 1 × 1, output 1 × 1.", None),
    ],
)
def test_every_mode_has_its_sizes(tab: Page, server: Server, link: str, text: str, label: str | None) -> None:
    """The description of the picture, and the formula as text."""
    switched(tab, server, link)
    says(tab, text)
    if label:
        expect(tab.locator(".formula [aria-label^=n_out], .formula[aria-label]").first).to_have_attribute(
            "aria-label", re.compile(re.escape(label))
        )


@pytest.mark.parametrize(
    ("link", "text"),
    [
        ("n=6&s=2", "Row and column 6 are never read."),
        ("n=7&k=1&s=3", "Rows and columns 2, 3, 5, 6 are never read."),
        ("n=6x7&s=2", "Row 6 is never read."),
        ("n=7x8&s=3", "Row 7 is never read. Columns 7, 8 are never read."),
        ("flat=1&n=6&s=2", "Sample 6 is never read."),
        ("mode=pool&n=5&k=2&s=2", "Row and column 5 are never read."),
        ("mode=pool&n=5&k=2&s=2&ceil=1", ""),
        ("n=6", ""),
    ],
)
def test_what_no_window_reads_is_named(tab: Page, server: Server, link: str, text: str) -> None:
    """By its number, counted from 1; nothing is said where all is read."""
    switched(tab, server, link)
    expect(tab.locator(".unread")).to_have_text(text)


@pytest.mark.parametrize(
    ("link", "words", "button", "text"),
    [
        ("n=2&k=5", "Kernel size can't be greater than actual input size", "Padding P = 2", "output 2 × 2."),
        ("mode=transposed&n=1&p=2", "Output size is too small", "Padding P = 1", "output 1 × 1."),
        ("mode=transposed&o=2", "output padding must be smaller than", "Stride S = 3", "output 20 × 20."),
        ("mode=pool&p=2", "pad should be at most half", "Padding P = 1", "output 6 × 6."),
        ("mode=pool&pooling=average&d=2", "", "Dilation D = 1", "output 4 × 4."),
        ("mode=pool&n=2&k=5", "Output size is too small", "Kernel size K = 2", "output 1 × 1."),
    ],
)
def test_a_refused_setting_keeps_the_picture(
    tab: Page, server: Server, link: str, words: str, button: str, text: str
) -> None:
    """One sentence in torch's words; the sliders stay; a button with the smallest change fixes it in one press."""
    switched(tab, server, link)
    assert Setting.from_link(link).output_size is None
    expect(tab.locator(".refusal")).to_contain_text(words)
    assert set(link.split("&")) <= set(tab.url.split("?")[1].split("&"))
    says(tab, "Input ")
    assert "output 0 × 0" in str(live(tab).get_attribute("aria-label"))
    painted = tab.locator(".conv canvas.still").evaluate(
        "(canvas) => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some(Boolean)"
    )
    assert painted
    tab.get_by_role("button", name=button, exact=True).click()
    expect(live(tab)).to_have_attribute("aria-label", re.compile(re.escape(text)))
    expect(tab.locator(".refusal")).to_have_text("")
