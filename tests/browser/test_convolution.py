"""The convolution stage in a real Chromium: what fingers, mice and keys do, what it says, and what the server hears."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, WebSocket, expect

from cnnviz.arithmetic.setting import Setting
from cnnviz.ui.convolution.questions import QUESTIONS
from tests.browser.server import Server
from tests.browser.waiting import answered, at_rest, wait_frames

LARGEST_MESSAGE = 2000  # bytes of a committed change


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    """One English visitor at 1280 x 900 for the whole module: every test opens a link of its own."""
    context = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def opened(page: Page, server: Server, link: str) -> Page:
    """The page with what `link` says, once its stage has drawn."""
    page.goto(f"{server.url}/convolution?{link}")
    expect(live(page)).to_have_attribute("aria-label", re.compile("."))
    return page


def still(page: Page, server: Server, link: str) -> Page:
    """The same, paused at the first position."""
    opened(page, server, link)
    page.locator(".stage").focus()
    page.keyboard.press("Home")
    expect(page.locator(".count")).to_have_text(re.compile(r"^1 /"))
    return page


def switched(page: Page, server: Server, link: str) -> Page:
    """The same on a page that is open already, as its examples do it: much faster."""
    if not page.url.startswith(f"{server.url}/convolution"):
        return still(page, server, link)
    page.mouse.move(5, 5)
    page.locator(".conv").evaluate(
        """(root, link) => new Promise((drawn) => {
            root.explorer.open(link);
            requestAnimationFrame(() => requestAnimationFrame(drawn));
        })""",
        link,
    )
    return page


def live(page: Page) -> Locator:
    """The canvas whose label describes the whole picture."""
    return page.locator(".conv canvas.live")


def says(page: Page, text: str) -> None:
    """The picture's description begins with `text`."""
    expect(live(page)).to_have_attribute("aria-label", re.compile("^" + re.escape(text)))


def setting(page: Page) -> dict[str, Any]:
    """What the page is set to now."""
    found: dict[str, Any] = page.locator(".conv").evaluate("(root) => root.explorer.setting")
    return found


def slider(page: Page, name: str) -> Locator:
    return page.get_by_role("slider", name=name, exact=True)


def place(page: Page, panel: str, row: int, column: int, channel: int = 0) -> tuple[float, float]:
    """The middle of a cell on the screen; rows and columns are counted from 0, padding included."""
    page.locator(".conv .board").scroll_into_view_if_needed()
    x, y = page.locator(".conv").evaluate(
        """(root, [name, row, column, channel]) => {
            const { stage } = root.explorer;
            const panel = stage.planNow().panels.find((one) => one.name === name && one.channel === channel);
            const box = stage.board.host.getBoundingClientRect();
            return [box.left + panel.x + (column + 0.5) * panel.cell, box.top + panel.y + (row + 0.5) * panel.cell];
        }""",
        [panel, row, column, channel],
    )
    return x, y


def point(page: Page, panel: str, row: int, column: int, channel: int = 0) -> None:
    page.mouse.move(*place(page, panel, row, column, channel))


def numbers(text: str) -> list[float]:
    """Every number in a text with true minus signs."""
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", text.replace("−", "-"))]


def the_sum(page: Page) -> str:
    """The line under the board."""
    return page.locator(".sum").inner_text().replace("\n", " ")


# ---------------------------------------------------------------------------------------------------- sizes, formula


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


# ---------------------------------------------------------------------------------------------------- time


def test_keys_step_through_the_output(tab: Page, server: Server) -> None:
    """Arrows step, Home and End jump, space plays and pauses; every step is spoken."""
    still(tab, server, "n=6")
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("ArrowDown")
    expect(tab.locator(".count")).to_have_text("6 / 16")
    expect(tab.locator(".spoken")).to_have_text(
        re.compile(r"^Output row 2, column 2: −?\d+\. The window lies on padded rows 2–4, columns 2–4\.$")
    )
    tab.keyboard.press("ArrowUp")
    expect(tab.locator(".count")).to_have_text("2 / 16")
    tab.keyboard.press("ArrowUp")  # above the first row there is nothing
    expect(tab.locator(".count")).to_have_text("2 / 16")
    tab.keyboard.press("End")
    expect(tab.locator(".count")).to_have_text("16 / 16")
    tab.keyboard.press("ArrowRight")
    expect(tab.locator(".count")).to_have_text("16 / 16")
    tab.keyboard.press("Home")
    tab.keyboard.press("Space")
    expect(tab.locator(".play")).to_have_attribute("title", "Pause")
    expect(tab.locator(".count")).to_have_text(re.compile(r"^([2-9]|1\d) / 16$"))
    tab.keyboard.press("Space")
    expect(tab.locator(".play")).to_have_attribute("title", "Play")


def test_buttons_step_restart_and_play_to_the_end(tab: Page, server: Server) -> None:
    """Forward, back, restart; play stops at the last position, and begins anew from there."""
    still(tab, server, "n=4")
    for button, count in ((".forward", 2), (".forward", 3), (".back", 2), (".restart", 1), (".back", 1)):
        tab.locator(button).click()
        expect(tab.locator(".count")).to_have_text(f"{count} / 4")
    for _ in range(2):
        tab.locator(".play").click()
        expect(tab.locator(".count")).to_have_text("4 / 4")
        expect(tab.locator(".play")).to_have_attribute("title", "Play")


def test_the_scrubber_goes_anywhere(tab: Page, server: Server) -> None:
    """By keys and by the mouse; it says where it is."""
    still(tab, server, "n=10")
    scrubber = slider(tab, "Position of the window")
    scrubber.press("End")
    expect(tab.locator(".count")).to_have_text("64 / 64")
    scrubber.press("ArrowLeft")
    expect(scrubber).to_have_attribute("aria-valuetext", "63 of 64")
    box = scrubber.bounding_box()
    assert box is not None
    tab.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    position = int(tab.locator(".count").inner_text().split(" / ")[0])
    assert 30 <= position <= 35
    assert f"step={position}" in tab.url


def test_speed_is_kept_and_counts(tab: Page, server: Server) -> None:
    """At the largest speed 400 positions take about two seconds; at the least not one a second passes."""
    still(tab, server, "n=22")
    speed = slider(tab, "Speed")
    speed.press("End")
    expect(speed).to_have_attribute("aria-valuetext", "Positions a second: 240")
    tab.locator(".play").click()
    expect(tab.locator(".count")).to_have_text("400 / 400")
    speed.press("Home")
    expect(speed).to_have_attribute("aria-valuetext", "Positions a second: 1")
    tab.locator(".play").click()
    wait_frames(tab, 20)
    expect(tab.locator(".count")).to_have_text(re.compile(r"^[1-9] / 400$"))
    expect(tab.locator(".count")).to_have_text(re.compile(r"^([2-9]|1\d) / 400$"))


def test_play_goes_on_when_a_slider_moves(tab: Page, server: Server) -> None:
    """The stage keeps its loop over changes; what was paused stays paused."""
    opened(tab, server, "n=20")
    expect(tab.locator(".play")).to_have_attribute("title", "Pause")
    slider(tab, "Padding P").press("ArrowRight")
    expect(tab.locator(".count")).to_have_text(re.compile("/ 400$"))
    before = tab.locator(".count").inner_text()
    expect(tab.locator(".count")).not_to_have_text(before)
    tab.locator(".play").click()
    slider(tab, "Padding P").press("ArrowRight")
    expect(tab.locator(".count")).to_have_text(re.compile("/ 484$"))
    expect(tab.locator(".play")).to_have_attribute("title", "Play")


def test_nothing_moves_for_who_asked_for_calm(browser: Browser, server: Server) -> None:
    """With prefers-reduced-motion the stage waits."""
    context = browser.new_context(locale="en-US", reduced_motion="reduce")
    page = opened(context.new_page(), server, "n=6")
    expect(page.locator(".play")).to_have_attribute("title", "Play")
    at_rest(page, 60)
    expect(page.locator(".count")).to_have_text("1 / 16")
    context.close()


# ---------------------------------------------------------------------------------------------------- sums


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


# ---------------------------------------------------------------------------------------------------- pointing


@pytest.mark.parametrize(
    ("link", "cell", "text"),
    [
        ("n=6", ("input", 2, 2), r"^Pixel in row 3, column 3 \(−?\d+\): outputs that read it: 9\.$"),
        ("n=6", ("input", 0, 0), r"^Pixel in row 1, column 1 \(−?\d+\): outputs that read it: 1\.$"),
        ("n=6&s=2", ("input", 5, 0), r"^Pixel in row 6, column 1 \(−?\d+\): outputs that read it: 0\.$"),
        ("n=6&p=1", ("input", 0, 0), r"^Outputs that read this padding pixel: 1\.$"),
        ("n=6", ("kernel", 1, 2), r"^Weight in row 2, column 3 \(−?\d+\) multiplies 16 pixels, one after the other\.$"),
        ("n=6&s=2", ("kernel", 0, 0), r"^Weight in row 1, column 1 \(−?\d+\) multiplies 4 pixels"),
        ("mode=transposed&n=3&s=2", ("input", 1, 1), r"^Pixel in row 2, column 2 \(−?\d+\): outputs that read it: 9\."),
        ("mode=transposed&n=3&s=2&p=1", ("output", 0, 0), r"^Padding cuts this off.* reached it: 1\.$"),
        ("mode=pool&n=7&k=3&s=2", ("input", 2, 2), r"outputs that read it: 4\.$"),
        ("flat=1&n=12&k=5", ("input", 0, 6), r"^Sample 7 \(\S+\): outputs that read it: 5\.$"),
        ("flat=1&n=12", ("kernel", 0, 1), r"^Weight 2 \(\S+\) multiplies 10 samples"),
    ],
)
def test_pointing_says_what_belongs_together(
    tab: Page, server: Server, link: str, cell: tuple[str, int, int], text: str
) -> None:
    """A pixel: all outputs that read it, several or none; a weight: every pixel it multiplies."""
    switched(tab, server, link)
    point(tab, *cell)
    expect(tab.locator(".sum")).to_have_text(re.compile(text))


def test_pointing_marks_all_readers(tab: Page, server: Server) -> None:
    """The outputs, pixels and weights that belong to the cell change on the canvas, and no other cell does."""
    still(tab, server, "n=8&s=2&k=3&p=1&input=noise")  # 4 x 4 outputs; input row 2 (padded) is read by rows 0 and 1
    tab.keyboard.press("End")
    assert setting(tab)["step"] == 16
    without = colours(tab, "output")
    point(tab, "input", 2, 3)
    changed = {at for at, color in colours(tab, "output").items() if color != without[at]}
    assert changed - {(3, 3)} == {(0, 1), (1, 1)}  # (3, 3) was framed as the step
    point(tab, "input", 4, 4)
    changed = {at for at, color in colours(tab, "output").items() if color != without[at]}
    assert changed - {(3, 3)} == {(1, 1), (1, 2), (2, 1), (2, 2)}


def colours(page: Page, panel: str) -> dict[tuple[int, int], list[int]]:
    """The colour of each cell of a grid as it lies on the moving canvas, near its corner where no number stands."""
    cells = page.locator(".conv").evaluate(
        """(root, name) => {
            const { stage } = root.explorer;
            const panel = stage.planNow().panels.find((one) => one.name === name);
            const ratio = devicePixelRatio;
            const context = stage.board.live.getContext("2d");
            const color = (row, column) => [...context.getImageData(
                Math.round((panel.x + (column + 0.2) * panel.cell) * ratio),
                Math.round((panel.y + (row + 0.2) * panel.cell) * ratio), 1, 1).data];
            const all = Array.from({ length: panel.rows * panel.columns }, (_, i) => i);
            const at = all.map((i) => [Math.floor(i / panel.columns), i % panel.columns]);
            return at.map(([row, column]) => [row, column, color(row, column)]);
        }""",
        panel,
    )
    return {(row, column): color for row, column, color in cells}


def test_an_output_shows_its_own_products(tab: Page, server: Server) -> None:
    """Pointed at, whichever step is on; the count stays."""
    still(tab, server, "n=6")
    first = the_sum(tab)
    point(tab, "output", 1, 2)
    expect(tab.locator(".sum")).not_to_have_text(first)
    products, total = the_sum(tab).split("=")
    factors = [numbers(product) for product in products.split("+")]
    assert len(factors) == 9
    assert sum(pixel * weight for pixel, weight in factors) == numbers(total)[0]
    expect(tab.locator(".count")).to_have_text("1 / 16")
    tab.mouse.move(5, 5)
    expect(tab.locator(".sum")).to_have_text(re.compile(re.escape(first.split(" = ")[1])))


def test_a_click_pins_and_escape_lets_go(tab: Page, server: Server) -> None:
    """Pinned, the mouse may go elsewhere; a second click, a click beside, or Escape unpins."""
    still(tab, server, "n=6")
    pinned = re.compile(r"^Pixel in row 3, column 3 .*: 9\.$")
    for let_go in (
        lambda: tab.keyboard.press("Escape"),
        lambda: tab.mouse.click(*place(tab, "input", 2, 2)),
        lambda: tab.mouse.click(*place(tab, "input", -1, -2)),
    ):
        tab.mouse.click(*place(tab, "input", 2, 2))
        point(tab, "kernel", 0, 0)
        expect(tab.locator(".sum")).to_have_text(pinned)
        expect(tab.locator(".spoken")).to_have_text(pinned)
        let_go()
        tab.mouse.move(5, 5)
        expect(tab.locator(".sum")).not_to_have_text(pinned)


def test_play_waits_while_something_is_pointed_at(tab: Page, server: Server) -> None:
    """And goes on when the mouse has gone."""
    opened(tab, server, "n=20")
    point(tab, "kernel", 0, 0)
    expect(tab.locator(".sum")).to_have_text(re.compile("multiplies 324 pixels"))
    before = tab.locator(".count").inner_text()
    wait_frames(tab, 40)
    expect(tab.locator(".count")).to_have_text(before)
    tab.mouse.move(5, 5)
    expect(tab.locator(".count")).not_to_have_text(before)


def test_keys_walk_over_every_grid(tab: Page, server: Server) -> None:
    """What the mouse shows, the keyboard does, spoken: pixels, weights, outputs; Enter pins, Escape lets go."""
    still(tab, server, "n=6")
    spoken = tab.locator(".spoken")
    for grid, text in (
        ("Input pixels", r"^Pixel in row 2, column 2 \(−?\d+\): outputs that read it: 4\.$"),
        ("Weights", r"^Weight in row 2, column 2 \(−?\d+\) multiplies 16 pixels"),
        ("Outputs", r"^Output row 2, column 2: −?\d+\. The window lies on padded rows 2–4, columns 2–4\.$"),
    ):
        tab.get_by_role("group", name=re.compile(f"^{grid}: arrow keys")).focus()
        for key in ("ArrowRight", "ArrowRight", "ArrowDown"):  # the first one lands on the first cell
            tab.keyboard.press(key)
        expect(spoken).to_have_text(re.compile(text))
    products = the_sum(tab)
    tab.keyboard.press("Enter")
    tab.locator(".play").focus()
    tab.mouse.move(*place(tab, "input", 0, 0))
    assert the_sum(tab) == products
    tab.keyboard.press("Escape")
    tab.mouse.move(5, 5)
    expect(tab.locator(".sum")).not_to_have_text(products)


# ---------------------------------------------------------------------------------------------------- floor, refusals


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
    """One sentence in torch's words; the sliders stay; a button with the smallest change mends it in one press."""
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


# ---------------------------------------------------------------------------------------------------- links, pages


def test_a_link_reproduces_everything(tab: Page, browser: Browser, server: Server) -> None:
    """Mode, sizes, content, step and language, for another visitor in another browser."""
    link = "lang=zh&mode=transposed&n=5x6&s=2&o=1&channels=3&input=noise&pick=7&kernel=blur&flip=1&bias=0.5"
    still(tab, server, link)
    for _ in range(8):
        tab.keyboard.press("ArrowRight")
    expect(tab.locator(".count")).to_have_text("9 / 30")
    shown, told, label = setting(tab), the_sum(tab), live(tab).get_attribute("aria-label")
    shared = tab.locator(".conv").evaluate("(root) => root.explorer.link()")
    context = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 900})
    for address in (tab.url, shared):
        other = context.new_page()
        other.goto(address)
        expect(other.locator(".count")).to_have_text("9 / 30")
        assert setting(other) == shown
        assert shown["step"] == 9
        assert the_sum(other) == told
        assert live(other).get_attribute("aria-label") == label
        assert "输入" in str(label)
        other.close()
    context.close()


@pytest.mark.parametrize("way", ["address", "share"])
def test_the_link_of_the_first_example_is_whole(page: Page, browser: Browser, server: Server, way: str) -> None:
    """Every value in it is a default; still it opens what it names, in a tab that showed pooling last."""
    still(page, server, "mode=pool&n=9&k=3&s=3&pooling=average")
    first = browser.new_context(locale="en-US")
    other = opened(first.new_page(), server, "")
    shown = setting(other)
    link = other.url if way == "address" else str(other.locator(".conv").evaluate("(root) => root.explorer.link()"))
    first.close()
    page.goto(link)
    expect(live(page)).to_have_attribute("aria-label", re.compile("^Input 6 × 6, kernel 3 × 3, output 4 × 4."))
    assert setting(page) == shown
    expect(page.get_by_label("Example", exact=True).locator("option:checked")).to_have_text("6 becomes 4")
    expect(page.get_by_test_id("stTabs")).to_contain_text("6 + 2 × 0 − 3")


def test_a_question_comes_with_its_task_and_its_controls(page: Page, server: Server) -> None:
    """Sliders, task and the top of the stage are in sight on 800 pixels; the task stays while it is worked on."""
    page.set_viewport_size({"width": 1280, "height": 800})
    opened(page, server, "")
    page.get_by_role("tab", name="Lesson questions").click()
    question = QUESTIONS[4]
    page.locator(".st-key-conv_question_5").get_by_role("button", name="Try it").click()
    task = page.locator(".lessons p")
    expect(task).to_have_text(question.task)
    for part in (task, slider(page, "Padding P"), page.locator(".formula"), page.locator(".conv .bar")):
        expect(part).to_be_in_viewport(ratio=1)
    slider(page, "Padding P").press("ArrowRight")
    says(page, "Input 28 × 28, kernel 5 × 5, output 30 × 30.")
    expect(task).to_have_text(question.task)
    page.get_by_role("button", name="Next example").click()
    expect(task).not_to_have_text(question.task)


def test_a_typed_picture_travels_in_the_link(tab: Page, browser: Browser, server: Server) -> None:
    """Pixels and weights that a visitor typed."""
    still(tab, server, "n=4&k=2&input=typed&x=1_2_3_4r5_6_7_8r9_-1_-2_-3r0*4&kernel=typed&w=.5_0r0_-2")
    assert the_sum(tab).replace(" ", "") == "1×0.5+2×0+5×0+6×(−2)=−11.5"
    shared = tab.locator(".conv").evaluate("(root) => root.explorer.link()")
    context = browser.new_context(locale="en-US")
    other = context.new_page()
    other.goto(shared)
    expect(other.locator(".count")).to_have_text(re.compile("/ 9"))
    assert setting(other)["pixels"] == setting(tab)["pixels"]
    assert setting(other)["weights"] == setting(tab)["weights"]
    context.close()


def test_another_page_and_back(page: Page, server: Server) -> None:
    """What was set is still set, for the browser and for the server."""
    still(page, server, "mode=pool&n=9&k=3&s=3&pooling=average")
    page.keyboard.press("End")
    expect(page.locator(".count")).to_have_text("9 / 9")
    page.get_by_role("link", name="Data", exact=True).click()
    expect(page.get_by_role("heading", name="Data", level=1)).to_be_visible()
    page.get_by_role("link", name="Convolution", exact=True).click()
    expect(live(page)).to_have_attribute("aria-label", re.compile("^Input 9 × 9, kernel 3 × 3, output 3 × 3."))
    assert setting(page)["pooling"] == "average"
    expect(page.locator(".count")).to_have_text("9 / 9")
    assert "n=9" in page.url


def test_python_follows_and_may_command(page: Page, server: Server) -> None:
    """A release reaches the panels below; their "Try" button moves the stage."""
    opened(page, server, "n=28")
    slider(page, "Stride S").press("ArrowRight")
    expect(page.get_by_test_id("stTabs")).to_contain_text("13")
    page.get_by_role("tab", name="I need this size").click()
    before = setting(page)
    page.get_by_role("button", name=re.compile("^Try")).first.click()
    expect(page.locator(".conv")).to_be_visible()
    page.wait_for_function(
        "(before) => new URLSearchParams(location.search).toString() !== before", arg=page.url.split("?")[1]
    )
    assert setting(page) != before


# ---------------------------------------------------------------------------------------------------- the server


class Sent:
    """The bytes of every message that the page sends to the server."""

    def __init__(self, page: Page) -> None:
        self.sizes: list[int] = []
        page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framesent", lambda payload: self.sizes.append(len(payload)))


def test_a_drag_is_told_once_and_in_little(page: Page, server: Server) -> None:
    """Nothing leaves the browser while the finger is down, though the picture follows; then one small message."""
    sent = Sent(page)
    opened(page, server, "n=16")
    answered(page)
    box = slider(page, "Input size N").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] * 15 / 63, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    sent.sizes.clear()
    address = page.url
    for step in range(1, 41):
        page.mouse.move(x + step * box["width"] / 63, y)
    expect(slider(page, "Input size N")).to_have_value(re.compile(r"^5\d$"))
    says(page, "Input 5")
    wait_frames(page, 30)
    assert sent.sizes == []
    assert page.url == address
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"n=5\d"))
    answered(page)
    assert 1 <= len(sent.sizes) <= 2
    assert max(sent.sizes) <= LARGEST_MESSAGE
    assert re.search(r"n=5\d", page.url)


def test_typed_numbers_stay_in_the_browser(page: Page, server: Server) -> None:
    """However large what a visitor made, a release sends the link without it."""
    sent = Sent(page)
    opened(page, server, "n=64&k=11&apart=1&mode=conv&channels=3&flip=1&bias=-1234.567891234&pick=9999&filter=9999")
    answered(page)
    sent.sizes.clear()
    page.locator(".conv").evaluate(
        """(root) => {
            const plane = (side) => Array.from({ length: side }, () => Array.from({ length: side }, Math.random));
            root.explorer.change({ input: "typed", kernel: "typed",
                pixels: [plane(64), plane(64), plane(64)], weights: [plane(11), plane(11), plane(11)] });
        }"""
    )
    slider(page, "Dilation D, width").press("ArrowRight")
    expect(page).to_have_url(re.compile("d=1x2"))
    answered(page)
    assert sent.sizes
    assert max(sent.sizes) <= LARGEST_MESSAGE
    assert len(page.url) < 2000
    assert "d=1x2" in page.url


def test_without_the_internet_nothing_is_missing(page: Page, server: Server) -> None:
    """Every host but the server closed off: all is drawn, in every mode, and nobody else is asked for anything."""
    asked: list[str] = []
    failed: list[str] = []
    broken: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("response", lambda answer: failed.append(answer.url) if answer.status >= 400 else None)
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.route(re.compile(rf"^(?!{re.escape(server.url)}|data:|blob:)"), lambda route: route.abort())
    for link in (
        "n=28&input=photo&channels=3",
        "mode=transposed&input=digit",
        "mode=pool&input=noise",
        "flat=1&input=tone",
    ):
        opened(page, server, link)
        for name in page.locator(".conv .tabs [role=tab]").all():
            name.click()
            wait_frames(page, 8)
    for name in page.get_by_test_id("stTabs").get_by_role("tab").all():
        name.click()
    wait_frames(page, 30)
    own = (server.url, server.url.replace("http", "ws"), "data:", "blob:")
    assert [url for url in asked if not url.startswith(own)] == []
    assert broken == []
    assert [url for url in failed if "/_stcore/" not in url] == []  # Streamlit asks there for what only its cloud has


# ---------------------------------------------------------------------------------------------------- screens


WIDE = (
    "n=6",
    "n=64&p=10&k=11",
    "n=20&d=4",
    "n=12&channels=3",
    "n=64&channels=3&k=11",
    "mode=transposed&n=12&s=3",
    "mode=transposed&n=64&s=8&k=11",
    "flat=1&n=64",
    "flat=1&mode=transposed&n=1&k=11",
    "n=2&k=5",
    "apart=1&mode=pool&n=64x3&k=11x1",
    "mode=flatten&n=5&channels=3",
    "mode=flatten&n=64&channels=3",
)


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_overflows(browser: Browser, server: Server, width: int, language: str) -> None:
    """On a phone and on a laptop, small and large, in both languages; every grid lies inside the board."""
    context = browser.new_context(locale="en-US", viewport={"width": width, "height": 900})
    page = opened(context.new_page(), server, f"lang={language}&n=6")
    for link in WIDE:
        switched(page, server, link)
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), link
        outside = page.locator(".conv").evaluate(
            """(root) => {
                const { plan } = root.explorer.stage.board;
                return plan.panels.filter(({ x, y, cell, rows, columns }) => x < 0 || y < 0 ||
                    x + columns * cell > plan.width + 1 || y + rows * cell > plan.height + 1);
            }"""
        )
        assert outside == [], link
    context.close()


def test_a_finger_is_enough(browser: Browser, server: Server) -> None:
    """At 390 pixels: tap a pixel, a step, a slider, a repair; nothing needs a mouse or keys."""
    context = browser.new_context(
        locale="en-US", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, device_scale_factor=2
    )
    page = opened(context.new_page(), server, "n=6")
    page.locator(".play").tap()
    expect(page.locator(".play")).to_have_attribute("title", "Play")
    page.locator(".restart").tap()
    page.locator(".forward").tap()
    expect(page.locator(".count")).to_have_text("2 / 16")
    page.touchscreen.tap(*place(page, "input", 2, 2))
    expect(page.locator(".sum")).to_have_text(re.compile(r"^Pixel in row 3, column 3 .*: 9\.$"))
    page.touchscreen.tap(*place(page, "input", 2, 2))
    expect(page.locator(".sum")).to_have_text(re.compile("="))
    page.touchscreen.tap(*place(page, "output", 3, 3))
    expect(page.locator(".spoken")).to_have_text(re.compile(r"^Output row 4, column 4: "))
    stride = slider(page, "Stride S")
    stride.scroll_into_view_if_needed()
    box = stride.bounding_box()
    assert box is not None
    assert box["height"] >= 40
    page.touchscreen.tap(box["x"] + box["width"] - 3, box["y"] + box["height"] / 2)
    expect(stride).to_have_value("8")
    says(page, "Input 6 × 6, kernel 3 × 3, output 1 × 1.")
    page.get_by_role("radio", name="Pooling").locator("xpath=..").tap()
    assert setting(page)["mode"] == "pool"
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    context.close()


def test_a_result_to_be_predicted_is_not_given_away(tab: Page, server: Server) -> None:
    """Neither written nor described nor drawn before the visitor has said a number."""
    opened(tab, server, "n=9&s=2&predict=1")
    says(tab, "Input 9 × 9, kernel 3 × 3, output ?")
    expect(tab.locator(".count")).to_have_text("")
    expect(tab.locator(".sum")).to_have_text("")
    expect(tab.locator(".unread")).to_have_text("")
    text = json.dumps(tab.locator(".conv .stage").inner_text())
    assert "4 × 4" not in text
