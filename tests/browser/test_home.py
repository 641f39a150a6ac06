"""The first page in a real Chromium: strokes by mouse, finger and keyboard, and what the network makes of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, WebSocket, expect

from tests.browser.server import Server
from tests.browser.waiting import at_rest

Stroke = list[tuple[float, float]]

PATHS = {  # x,y in hundredths of the pad; a bar between strokes
    0: "50,15 30,25 22,50 32,78 50,87 70,76 78,50 70,24 50,15",
    1: "54,14 52,50 50,86",
    2: "28,30 40,16 60,16 70,30 62,48 42,68 27,85 50,84 75,84",
    3: "30,22 50,15 66,27 50,46 68,64 52,84 28,76",
    4: "35,15 28,50 50,53 74,50 | 66,15 64,50 62,87",
    5: "70,16 36,16 33,45 55,42 70,58 62,80 42,86 27,77",
    6: "62,13 42,32 30,60 38,83 58,86 68,70 58,55 40,60 33,70",
    7: "26,18 50,17 74,16 60,45 45,87",
    8: "66,26 50,15 36,26 45,44 63,60 62,80 48,87 34,76 42,56 60,42 66,26",
    9: "66,30 52,17 36,30 44,47 62,42 67,28 64,55 56,87",
}


def strokes(path: str) -> list[Stroke]:
    """The strokes of a line of PATHS."""
    points = [[point.split(",") for point in stroke.split()] for stroke in path.split("|")]
    return [[(int(x) / 100, int(y) / 100) for x, y in stroke] for stroke in points]


DIGITS = {digit: strokes(path) for digit, path in PATHS.items()}
LAYERS = {
    "conv1": (6, "6×28×28"),
    "relu1": (6, "6×28×28"),
    "pool1": (6, "6×14×14"),
    "conv2": (16, "16×10×10"),
    "relu2": (16, "16×10×10"),
    "pool2": (16, "16×5×5"),
    "fc1": (1, "120"),
    "relu3": (1, "120"),
    "fc2": (1, "84"),
    "relu4": (1, "84"),
}
COLORS_IN = """canvas => new Set(new Uint32Array(
    canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size"""
PIXELS_OF = "canvas => canvas.toDataURL()"


@pytest.fixture
def home(page: Page, server: Server) -> Page:
    """The first page, with a digit of the gallery already read."""
    return opened(page, server)


@pytest.fixture
def phone(browser: Browser, server: Server) -> Iterator[Page]:
    """The first page on a phone."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, locale="en-US"
    )
    yield opened(context.new_page(), server)
    context.close()


def opened(page: Page, server: Server) -> Page:
    page.goto(server.url)
    expect(page.locator(".winner b")).to_have_text(re.compile(r"^\d$"))
    return page


def draw(page: Page, drawn: list[Stroke], lift: bool = True) -> None:
    """Strokes of the mouse through points given in shares of the pad's width and height."""
    box = page.locator("canvas.pad").bounding_box()
    assert box is not None
    for stroke in drawn:
        for index, (x, y) in enumerate(stroke):
            page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=8 if index else 1)
            if index == 0:
                page.mouse.down()
        if lift:
            page.mouse.up()


def winner(page: Page) -> str:
    """The digit the network reads, "" if nothing is drawn; after the next frame."""
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return page.locator(".winner b").inner_text()


def test_every_layer_is_filled_at_first_sight(home: Page) -> None:
    """Before anything is drawn a digit of the gallery shows each layer, in order, with its shape and number of maps."""
    sections = home.locator(".layer")
    assert sections.evaluate_all("all => all.map(one => one.dataset.layer)") == list(LAYERS)
    for name, (maps, shape) in LAYERS.items():
        section = home.locator(f'[data-layer="{name}"]')
        expect(section.locator("header p")).to_have_text(shape)
        expect(section.get_by_role("img")).to_have_count(maps)
        assert max(section.locator("canvas").evaluate_all(f"all => all.map({COLORS_IN})")) > 2
    expect(home.locator(".cnn-pad-hint").first).to_have_text("Draw a digit here")


def test_ten_drawn_digits_are_read(home: Page) -> None:
    """Of ten digits drawn with the mouse at least nine are read right."""
    read = {}
    for digit, drawn in DIGITS.items():
        draw(home, drawn)
        read[digit] = winner(home)
        home.get_by_role("button", name="Clear").click()
    assert sum(answer == str(digit) for digit, answer in read.items()) >= 9, read


def test_the_network_answers_while_the_pen_is_down(home: Page) -> None:
    """Layers and answer follow the stroke before it is finished."""
    home.get_by_role("button", name="Show a handwritten 8").click()
    before = home.locator('[data-layer="conv1"] canvas').first.evaluate(PIXELS_OF)
    draw(home, DIGITS[7], lift=False)
    assert winner(home) == "7"
    assert home.locator('[data-layer="conv1"] canvas').first.evaluate(PIXELS_OF) != before
    home.mouse.up()


def test_the_answer_is_said_in_words(home: Page) -> None:
    """A screen reader hears the digit and its probability, once the pen rests; ten probabilities are a list."""
    draw(home, DIGITS[7])
    spoken = home.locator("[aria-live=polite]", has_text="The network reads 7, ")
    expect(spoken).to_have_count(1)
    expect(home.get_by_role("list", name="Probability of each digit").get_by_role("listitem")).to_have_count(10)


def test_undo_and_clear(home: Page) -> None:
    """Undo takes back one stroke, clear all; an empty pad has no answer."""
    draw(home, DIGITS[1])
    assert winner(home) == "1"
    draw(home, [[(0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9)]])
    home.get_by_role("button", name="Undo").click()
    assert winner(home) == "1"
    home.get_by_role("button", name="Clear").click()
    assert winner(home) == ""
    expect(home.locator(".winner")).to_have_text("Nothing drawn yet.")
    expect(home.get_by_role("button", name="Undo")).to_be_disabled()


def test_a_digit_by_keyboard_alone(home: Page) -> None:
    """Arrows and space draw a 1, Ctrl+Z takes it back, a second one is deleted; the keys are explained."""
    pad = home.get_by_role("application", name="Sketch pad")
    home.keyboard.press("Tab")
    pad.focus()
    expect(home.locator(".cnn-pad-help")).to_contain_text("space")
    _one_by_keys(home)
    assert winner(home) == "1"
    home.keyboard.press("Control+z")
    assert winner(home) == ""
    _one_by_keys(home)
    home.keyboard.press("Delete")
    assert winner(home) == ""


def _one_by_keys(page: Page) -> None:
    page.keyboard.press("Space")
    for _ in range(14):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    for _ in range(14):
        page.keyboard.press("ArrowUp")


def test_maps_by_keyboard(home: Page) -> None:
    """One tab stop for all maps; arrows walk them, and the one reached is shown large with its number and shape."""
    assert home.locator(".maps button[tabindex='0']").count() == 1
    home.locator(".maps button[tabindex='0']").focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight"):
        home.keyboard.press(key)
    expect(home.locator(".detail h3")).to_have_text("conv2, map 3 of 16, 10×10")
    expect(home.locator(".detail .filter canvas")).to_have_count(6)
    expect(home.locator(".feeds")).to_have_count(6)  # a filter reads all six maps before it
    assert home.locator(".detail .large canvas").evaluate("c => [c.width, c.height]") == [10, 10]


def test_a_gallery_digit_is_shown_to_the_network(home: Page) -> None:
    """A click on a test digit replaces the drawing at once."""
    draw(home, DIGITS[1])
    button = home.get_by_role("button", name="Show a handwritten 5")
    button.click()
    assert winner(home) == "5"
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(home.locator(".cnn-pad-hint")).to_be_visible()


def test_the_drawing_is_there_after_a_look_at_another_page(home: Page) -> None:
    """The server keeps the drawing: whoever comes back finds it."""
    draw(home, DIGITS[4])
    assert winner(home) == "4"
    at_rest(home)  # the server has received the drawing
    drawn = home.locator(".input canvas").evaluate(PIXELS_OF)
    home.get_by_test_id("stSidebarNav").get_by_role("link", name="Convolution").click()
    expect(home.get_by_role("heading", level=1)).to_have_text("Convolution")
    home.get_by_test_id("stSidebarNav").get_by_role("link", name="Draw a digit").click()
    expect(home.locator(".winner b")).to_have_text("4")
    assert home.locator(".input canvas").evaluate(PIXELS_OF) == drawn


def test_a_digit_of_the_gallery_is_in_the_link(home: Page, browser: Browser) -> None:
    """Of any set: another visitor's browser opens with the same picture, chosen in the gallery."""
    home.get_by_role("button", name="Other digits").click()
    home.get_by_role("button", name="Show a handwritten 8").click()
    assert winner(home) == "8"
    assert home.url.endswith("?home_digit=8&home_set=2")
    with elsewhere(browser, home.url) as other:
        expect(other.get_by_role("button", name="Show a handwritten 8")).to_have_attribute("aria-pressed", "true")
        assert other.locator(".input canvas").evaluate(PIXELS_OF) == home.locator(".input canvas").evaluate(PIXELS_OF)


def test_a_drawing_is_in_the_link(home: Page, browser: Browser) -> None:
    """Every grey level of it, also in Chinese; a cleared pad is in no link."""
    draw(home, DIGITS[7])
    assert winner(home) == "7"
    drawn = home.locator(".input canvas").evaluate(PIXELS_OF)
    home.wait_for_function("location.search.startsWith('?home_drawing=')")
    assert len(home.url) < 700
    with elsewhere(browser, f"{home.url}&lang=zh") as other:
        expect(other.locator(".winner b")).to_have_text("7")
        assert other.locator(".input canvas").evaluate(PIXELS_OF) == drawn
        assert "home_drawing=" in other.url
    home.get_by_role("button", name="Clear").click()
    home.wait_for_function("location.search === ''")


@contextmanager
def elsewhere(browser: Browser, url: str) -> Iterator[Page]:
    """The page at `url` as another visitor sees it."""
    context = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(url)
    expect(page.locator(".winner b")).to_have_text(re.compile("[0-9]"))
    yield page
    context.close()


def test_a_stroke_costs_little_traffic(page: Page, server: Server) -> None:
    """A finished stroke is under 2 kB to the server and under 4 kB back: weights travel once."""
    bytes_sent: list[int] = []
    bytes_received: list[int] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", lambda payload: bytes_sent.append(len(payload)))
        socket.on("framereceived", lambda payload: bytes_received.append(len(payload)))

    page.on("websocket", listen)
    at_rest(opened(page, server))
    bytes_sent.clear()
    bytes_received.clear()
    draw(page, DIGITS[3])
    at_rest(page)
    assert 0 < sum(bytes_sent) < 2000
    assert 0 < sum(bytes_received) < 4000


def test_a_finger_draws_and_does_not_scroll(phone: Page) -> None:
    """On a phone a vertical stroke draws; the page stays where it is and is no wider than the screen."""
    phone.locator("canvas.pad").scroll_into_view_if_needed()
    box = phone.locator("canvas.pad").bounding_box()
    assert box is not None
    main = phone.locator("[data-testid=stMain]")
    top = main.evaluate("main => main.scrollTop")
    session = phone.context.new_cdp_session(phone)
    x = box["x"] + box["width"] * 0.5
    for step in range(20):
        y = box["y"] + box["height"] * (0.15 + 0.7 * step / 19)
        kind = "touchMove" if step else "touchStart"
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert winner(phone) == "1"
    assert main.evaluate("main => main.scrollTop") == top
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    assert phone.locator("[data-testid=stMain]").evaluate("main => main.scrollWidth <= main.clientWidth")


def test_a_tapped_map_opens_where_it_was_tapped(phone: Page) -> None:
    """On a phone the large picture opens inside the layer, not below the last one."""
    expect(phone.locator(".detail")).to_be_hidden()
    phone.locator('[data-layer="pool1"] button').nth(1).tap()
    detail = phone.locator('[data-layer="pool1"] .detail')
    expect(detail).to_be_visible()
    expect(detail.locator("h3")).to_have_text("pool1, map 2 of 6, 14×14")
