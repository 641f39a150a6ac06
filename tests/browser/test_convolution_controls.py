"""Modes, sliders, number fields, refusals, the formula and the prediction, in a real Chromium on the real page."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.server import Server
from tests.browser.waiting import wait_frames

NAMES = ("Input size N", "Kernel size K", "Padding P", "Stride S", "Dilation D")


def opened(page: Page, server: Server, link: str = "") -> Page:
    """The convolution page once its formula stands."""
    page.goto(f"{server.url}/convolution?{link}")
    expect(page.locator(".formula")).to_have_attribute("aria-label", re.compile("n_out"))
    return page


def open_link(page: Page, link: str) -> None:
    """Another setting without loading the page anew, as a panel's button does it."""
    page.evaluate(
        """(link) => window.dispatchEvent(
            new CustomEvent("cnn-convolution-command", { detail: { link, says: "" } }))""",
        link,
    )


def slider(page: Page, name: str) -> Locator:
    """A slider by its whole name."""
    return page.get_by_role("slider", name=name, exact=True)


def says(page: Page, text: str) -> None:
    """The formula as it is read aloud."""
    expect(page.locator(".formula")).to_have_attribute("aria-label", text)


def test_sliders_have_their_names_and_move_everything(page: Page, server: Server) -> None:
    """Five sliders by exact name; a key changes formula, number field and, committed, the address."""
    opened(page, server)
    says(page, "n_out = floor((6 + 2 × 0 − 3) / 1) + 1 = 4")
    for name in NAMES:
        expect(slider(page, name)).to_have_count(1)
    expect(slider(page, "Output padding O")).to_have_count(0)
    slider(page, "Input size N").press("ArrowRight")
    says(page, "n_out = floor((7 + 2 × 0 − 3) / 1) + 1 = 5")
    expect(page.get_by_role("spinbutton", name="N as a number", exact=True)).to_have_value("7")
    expect(page).to_have_url(re.compile(r"[?&]n=7\b"))
    slider(page, "Dilation D").press("End")
    says(page, "n_out = floor((7 + 2 × 0 − 4 × (3 − 1) − 1) / 1) + 1 = −1")


def test_a_dragged_slider_lights_its_term(page: Page, server: Server) -> None:
    """While the finger is down the numbers follow and the term is lit; later it goes out."""
    opened(page, server)
    box = slider(page, "Stride S").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 12, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=4)
    expect(page.locator(".formula")).to_have_attribute("data-lit", "s")
    expect(page.locator(".formula")).to_have_attribute("aria-label", re.compile(r"/ [45]\) \+ 1 = 1$"))
    assert "s=1" in page.url
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"[?&]s=[45]\b"))
    expect(page.locator(".formula")).not_to_have_attribute("data-lit", "s")


def test_a_wrong_number_changes_nothing(page: Page, server: Server) -> None:
    """The picture stays, the field is marked, one sentence says rule, value and next step; Escape and blur restore."""
    opened(page, server, "n=8")
    field = page.get_by_role("spinbutton", name="N as a number", exact=True)
    sentence = page.locator(".entry-error")
    for wrong, restore in (("0", "Escape"), ("99", "Tab"), ("2.5", "Escape"), ("", "Tab")):
        field.fill(wrong)
        got = wrong or "nothing"
        expect(sentence).to_have_text(
            f"Input size N must be a whole number from 1 to 64. Got {got}, so it stays 8: "
            "type another one or press Escape."
        )
        expect(field).to_have_attribute("aria-invalid", "true")
        says(page, "n_out = floor((8 + 2 × 0 − 3) / 1) + 1 = 6")
        field.press(restore)
        expect(field).to_have_value("8")
        expect(field).not_to_have_attribute("aria-invalid", "true")
    field.fill("28")
    expect(slider(page, "Input size N")).to_have_value("28")
    expect(sentence).to_have_text("")
    says(page, "n_out = floor((28 + 2 × 0 − 3) / 1) + 1 = 26")


def test_height_and_width_apart(page: Page, server: Server) -> None:
    """Two rows of sliders, each for its axis, and two chains of numbers; put together the height is the width's."""
    opened(page, server, "n=9&s=2")
    page.get_by_role("checkbox", name="Height and width apart").check()
    slider(page, "Input size N, height").press("ArrowLeft")
    says(
        page,
        "height: n_out = floor((8 + 2 × 0 − 3) / 2) + 1 = 3; width: n_out = floor((9 + 2 × 0 − 3) / 2) + 1 = 4",
    )
    expect(page.get_by_role("spinbutton", name="N as a number, height")).to_have_value("8")
    expect(page).to_have_url(re.compile(r"[?&]n=8x9\b"))
    page.get_by_role("checkbox", name="Height and width apart").uncheck()
    says(page, "n_out = floor((9 + 2 × 0 − 3) / 2) + 1 = 4")
    expect(slider(page, "Input size N, height")).to_have_count(0)
    page.get_by_role("radio", name="1-D signal").check(force=True)
    expect(page.get_by_role("checkbox", name="Height and width apart")).to_have_count(0)


FORMULAS = {
    "mode=transposed&n=4&s=2&p=1&o=1": "n_out = (4 − 1) × 2 − 2 × 1 + 1 × (3 − 1) + 1 + 1 = 8",
    "mode=pool&n=7&k=2&s=2": "n_out = floor((7 + 2 × 0 − 2) / 2) + 1 = 3",
    "mode=pool&n=7&k=2&s=2&ceil=1": "n_out = ceil((7 + 2 × 0 − 2) / 2) + 1 = 4. "
    "Rounded up: a last window may hang over the end, as long as it starts before the input ends.",
    "mode=pool&n=5&k=1&s=3&ceil=1": "n_out = ceil((5 + 2 × 0 − 1) / 3) + 1 − 1 = 2. "
    "Rounding up gives 3, but that last window would start behind the input: PyTorch leaves it out.",
}


def test_every_mode_has_its_formula(page: Page, server: Server) -> None:
    """Transposed, pooling rounded down and up, and the window that ceil mode leaves out."""
    opened(page, server)
    for link, spoken in FORMULAS.items():
        open_link(page, link)
        says(page, spoken)
        chain = page.locator(".formula .step").all_inner_texts()
        assert re.sub(r"\D", "", chain[-1]) == re.findall(r"= (\d+)", spoken)[0]


REFUSALS = [  # link, torch's words, a repair, the size it gives
    ("n=2&k=5", "Kernel size can't be greater than actual input size: the kernel spans 5", "Padding P = 2", 2),
    ("n=2&k=5", "the padded input has only 2.", "Kernel size K = 2", 1),
    ("mode=pool&k=2&p=2", "pad should be at most half of effective kernel size, but got pad=2", "Padding P = 1", 7),
    ("mode=pool&pooling=average&d=2", "unexpected keyword argument 'dilation'", "Dilation D = 1", 4),
    ("mode=pool&n=2&k=4", "Output size is too small: the pooling window spans 4", "Input size N = 4", 1),
    ("mode=transposed&o=1", "output padding must be smaller than either stride or dilation", "Stride S = 2", 14),
    ("mode=transposed&n=1&k=2&p=2", "Output size is too small: the output would have 2", "Padding P = 0", 2),
]


def test_a_refusal_is_torchs_and_one_click_mends_it(page: Page, server: Server) -> None:
    """torch's own words as an alert, the number the formula gives is marked wrong, the focus goes to the slider."""
    opened(page, server)
    for link, words, repair, size in REFUSALS:
        open_link(page, link)
        expect(page.get_by_role("alert")).to_contain_text(words)
        expect(page.locator(".formula .result[data-term=wrong]")).to_have_count(1)
        page.get_by_role("button", name=repair, exact=True).click()
        expect(page.locator(".formula .result[data-term=out]")).to_have_text(str(size))
        expect(page.get_by_role("alert")).to_have_text("")
        name, value = repair.split(" = ")
        expect(slider(page, name)).to_have_value(value)
        expect(slider(page, name)).to_be_focused()
    open_link(
        page, "n=1&k=11&d=4"
    )  # 41 pixels of kernel, and padding ends at 10: what no slider reaches is not offered
    expect(page.locator(".repairs button")).to_have_text(["Kernel size K = 1", "Input size N = 41"])


def answered(page: Page, answer: str) -> Locator:
    """The verdict on a predicted size."""
    page.get_by_role("spinbutton", name="How large is the output?").fill(answer)
    page.get_by_role("button", name="Check").click()
    return page.locator(".verdict")


def test_predict_then_reveal(page: Page, server: Server) -> None:
    """The result is secret, a wrong number is traced to its slip, the right one reveals; the score is kept."""
    opened(page, server, "n=28&k=5&s=2&p=2")
    page.get_by_role("switch", name="Predict first").check(force=True)
    says(page, "n_out = floor((28 + 2 × 2 − 5) / 2) + 1 = ?")
    expect(page.locator(".formula .step").last).to_have_text("=?")
    expect(answered(page, "15")).to_have_text(
        "You get 15 if you round up instead of down: ⌈(28 + 2 × 2 − 5) / 2⌉ + 1 = 15."
    )
    expect(page.get_by_role("spinbutton", name="How large is the output?")).to_be_focused()
    expect(answered(page, "13")).to_contain_text("You get 13 if you count the padding once")
    expect(answered(page, "14")).to_have_text("Right, 14: ⌊(28 + 2 × 2 − 5) / 2⌋ + 1 = 14.")
    says(page, "n_out = floor((28 + 2 × 2 − 5) / 2) + 1 = 14")
    expect(page.get_by_role("button", name="Another one")).to_be_focused()
    expect(page.locator(".score")).to_have_text("0 of 1 at first try")
    slider(page, "Stride S").press("ArrowRight")
    says(page, "n_out = floor((28 + 2 × 2 − 5) / 3) + 1 = ?")
    expect(answered(page, "10")).to_contain_text("Right, 10")
    expect(page.locator(".score")).to_have_text("1 of 2 at first try")
    kept = json.loads(page.evaluate("localStorage.getItem('cnnviz-predictions')"))
    assert (kept["asked"], kept["first"]) == (2, 1)


def test_another_question_and_one_that_does_not_fit(page: Page, server: Server) -> None:
    """The next question has a link of its own; "it does not fit" is an answer, and the refusal is secret until then."""
    opened(page, server, "predict=1&n=2&k=5")
    expect(page.get_by_role("alert")).to_have_text("")
    expect(answered(page, "2")).to_have_text("You get 2 if you take the output to be as large as the input.")
    page.get_by_role("button", name="It does not fit").click()
    expect(page.locator(".verdict")).to_have_text("Right, it does not fit: PyTorch refuses it.")
    expect(page.get_by_role("alert")).to_contain_text("Kernel size can't be greater")
    page.get_by_role("button", name="Another one").click()
    expect(page.locator(".formula .result")).to_have_text("?")
    expect(page.get_by_role("spinbutton", name="How large is the output?")).to_be_focused()
    page.get_by_role("button", name="It does not fit").click()
    expect(page.locator(".verdict")).to_contain_text("It does fit: the kernel spans")
    page.get_by_role("button", name="Show me").click()
    expect(page.locator(".verdict")).to_have_text(re.compile(r"^It is (\d+): .* = \1\.$"))


def test_predicting_height_and_width(page: Page, server: Server) -> None:
    """Apart, both are asked, and the wrong one is named."""
    opened(page, server, "predict=1&n=9x12&s=2")
    page.get_by_role("spinbutton", name="Height of the output").fill("4")
    page.get_by_role("spinbutton", name="Width of the output").fill("6")
    page.keyboard.press("Enter")
    expect(page.locator(".verdict")).to_contain_text("Width: You get 6 if you round up instead of down")
    expect(page.get_by_role("spinbutton", name="Width of the output")).to_be_focused()
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    expect(page.locator(".verdict")).to_contain_text("Right, 4 × 5")


REVEALING = """(formula) => new Promise((done) => {
    const most = () => Math.max(0, ...formula.getAnimations({ subtree: true })
        .filter((one) => one.constructor.name === "Animation").map((one) => one.effect.getComputedTiming().endTime));
    formula.getRootNode().querySelector("input[value=transposed]").click();
    requestAnimationFrame(() => requestAnimationFrame(() => done(most())));
})"""


@pytest.mark.parametrize(("motion", "moves"), [("no-preference", True), ("reduce", False)])
def test_the_chain_is_revealed_shortly_or_not_at_all(
    browser: Browser, server: Server, motion: str, moves: bool
) -> None:
    """Another mode shows its chain step by step within 600 ms; who asked for calm sees it at once."""
    context = browser.new_context(locale="en-US", reduced_motion=motion)
    page = opened(context.new_page(), server)
    lasts = page.locator(".formula").evaluate(REVEALING)
    assert 0 < lasts <= 600 if moves else lasts == 0
    context.close()


def test_a_phone_has_room_and_targets(browser: Browser, server: Server) -> None:
    """390 px wide nothing is cut off, and whatever is touched is at least 40 px high."""
    context = browser.new_context(locale="en-US", viewport={"width": 390, "height": 800}, has_touch=True)
    page = opened(context.new_page(), server)
    touched = ":is(.entry, .range, .segments label, .check, .repairs button, .predict button):visible"
    heights = "all => all.map((one) => one.getBoundingClientRect().height)"
    for link in ("", "mode=pool&ceil=1&p=5", "mode=transposed&n=64x28&k=11&s=8&o=7", "d=4&predict=1"):
        open_link(page, link)
        wait_frames(page, 6)
        parts = page.locator(".controls, .formula, .predict")
        assert parts.evaluate_all("all => all.every((part) => part.scrollWidth <= part.clientWidth)"), link
        assert min(page.locator(touched).evaluate_all(heights)) >= 40, link
    context.close()


def test_chinese_throughout(page: Page, server: Server) -> None:
    """With lang=zh no English word is left in controls, formula and prediction but torch's own and the letters."""
    opened(page, server, "lang=zh&n=4x28&predict=1")
    expect(page.get_by_role("slider", name="输入尺寸 N，高", exact=True)).to_have_count(1)
    text = " ".join(page.locator(".controls, .predict").all_inner_texts())
    assert re.findall(r"[A-Za-z]{2,}", text) == []
