"""The convolution stage in a real Chromium: what fingers, mice and keys do, what it says, and what the server hears."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Browser, Page, WebSocket, expect

from cnnviz.ui.convolution.questions import QUESTIONS
from tests.browser.convolution import live, opened, place, says, setting, slider, still, switched, the_sum
from tests.browser.server import Server
from tests.browser.waiting import answered, wait_frames

LARGEST_MESSAGE = 2000  # bytes of a committed change


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
    before, address = setting(page), page.url
    page.get_by_role("button", name=re.compile("^Try")).first.click()
    expect(page).not_to_have_url(address)
    expect(page.locator(".conv")).to_be_visible()
    assert setting(page) != before


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
