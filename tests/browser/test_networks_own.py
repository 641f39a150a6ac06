"""The table of one's own network in a real browser: its edits alone, and what fingers and keys do to it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from cnnviz.models.editor.blueprint import Blueprint
from cnnviz.models.editor.build import blueprint_of
from cnnviz.models.editor.formats import from_link, to_json, to_link
from cnnviz.models.editor.row import Row
from tests.browser.server import Server, app_server
from tests.browser.waiting import SLOW, at_rest

FOCUSED = """() => {
    let at = document.activeElement;
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    return [at?.dataset?.part ?? at?.tagName, at?.closest(".bp-row")?.dataset.row ?? "", at?.selectionStart ?? -1];
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Not everybody's: here is trained."""
    with app_server(tmp_path_factory.mktemp("trains")) as running:
        yield running


def opened(page: Page, server: Server, blueprint: Blueprint | None = None, width: int = 1280) -> Page:
    """The view with `blueprint` in its table, answered."""
    link = f"&networks_own={to_link(blueprint)}" if blueprint else ""
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{server.url}/networks?networks_view=own{link}")
    expect(page.locator(".bp-row .bp-out").first).not_to_have_text("", timeout=SLOW)
    return page


def row(page: Page, number: int) -> Locator:
    """Counted from 1, as the page does."""
    return page.locator(f'.bp-row[data-row="{number - 1}"]')


def field(page: Page, number: int, name: str) -> Locator:
    return row(page, number).locator(f'[data-part="{name}"]')


def out(page: Page, number: int) -> Locator:
    return row(page, number).locator(".bp-out")


def test_shapes_follow_the_typing(page: Page, server: Server) -> None:
    """Letter by letter, caret and focus stay; a kernel too large turns its row red, and a fix makes it whole."""
    opened(page, server)
    kernel = field(page, 4, "kernel_size")
    kernel.click()
    kernel.press("End")
    kernel.press("Backspace")
    kernel.type("3")
    expect(out(page, 4)).to_have_text("16×12×12", timeout=SLOW)
    assert page.evaluate(FOCUSED) == ["kernel_size", "3", 1]
    kernel.press("Home")
    kernel.type("4")
    expect(page.get_by_role("alert")).to_contain_text("kernel_size must fit", timeout=SLOW)
    expect(kernel).to_have_attribute("aria-invalid", "true")
    assert page.evaluate(FOCUSED) == ["kernel_size", "3", 1]
    page.locator(".bp-fix").first.click()
    expect(page.get_by_role("alert")).to_have_count(0, timeout=SLOW)
    expect(out(page, 4)).not_to_have_text("✗")


def test_fast_edits_are_never_overwritten(page: Page, server: Server) -> None:
    """Letters typed into three fields faster than answers come: all are there, and the last answer is shown."""
    opened(page, server)
    for number, name, value in ((1, "out_channels", "31"), (4, "out_channels", "37"), (8, "out_features", "41")):
        field(page, number, name).fill("")
        field(page, number, name).type(value, delay=25)
    expect(out(page, 8)).to_have_text("41", timeout=SLOW)
    expect(out(page, 1)).to_have_text("31×28×28")
    expect(out(page, 4)).to_have_text("37×10×10")
    at_rest(page)  # whatever late answers there are
    assert [field(page, 1, "out_channels").input_value(), field(page, 4, "out_channels").input_value()] == ["31", "37"]
    assert field(page, 8, "out_features").input_value() == "41"


def test_rows_by_keyboard(page: Page, server: Server) -> None:
    """Alt and an arrow move the row and keep the focus in its field; arrows alone change the number."""
    opened(page, server)
    field(page, 4, "out_channels").focus()
    page.keyboard.press("Alt+ArrowUp")
    assert page.evaluate(FOCUSED)[:2] == ["out_channels", "2"]
    expect(out(page, 3)).to_have_text("16×24×24", timeout=SLOW)
    page.keyboard.press("ArrowUp")
    expect(out(page, 3)).to_have_text("17×24×24", timeout=SLOW)
    up = row(page, 2).get_by_role("button", name="Move row 2 up")
    up.focus()
    page.keyboard.press("Enter")
    assert page.evaluate(FOCUSED)[:2] == ["down", "0"]  # at the top there is no way up
    row(page, 1).get_by_role("button", name="Take row 1 away").click()
    assert page.evaluate(FOCUSED)[:2] == ["remove", "0"]
    expect(page.locator(".bp-row")).to_have_count(11)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".bp-row")).to_have_count(12, timeout=SLOW)


def test_every_field_says_what_it_means(page: Page, server: Server) -> None:
    """Each has a label with its row's number; focused, a line says what it means; hovered, a tooltip."""
    opened(page, server)
    kernel = page.get_by_label("Row 1: kernel_size")
    kernel.focus()
    expect(page.locator(".bp-hint")).to_contain_text("Side of the window")
    page.get_by_label("Row 3: layer").focus()
    expect(page.locator(".bp-hint")).to_contain_text("largest value of each window")
    more = row(page, 1).get_by_role("button", name="More options of row 1")
    expect(more).to_have_attribute("aria-expanded", "false")
    more.click()
    expect(more).to_have_attribute("aria-expanded", "true")
    page.get_by_label("Row 1: groups").focus()
    expect(page.locator(".bp-hint")).to_contain_text("do not see one another")
    unnamed = "(boxes) => boxes.filter((box) => !box.labels?.length && !box.getAttribute('aria-label')).length"
    assert page.locator(".bp-root :is(input, select)").evaluate_all(unnamed) == 0


def test_the_address_brings_it_back(page: Page, server: Server) -> None:
    """What is typed is in the address without a step in the browser's history; a reload and another view keep it."""
    opened(page, server)
    before = page.evaluate("history.length")
    page.locator(".bp-title").fill("mine 我的 <b>")
    field(page, 1, "out_channels").fill("9")
    expect(out(page, 1)).to_have_text("9×28×28", timeout=SLOW)
    expect(page).to_have_url(re.compile("networks_own="), timeout=SLOW)
    held = from_link(page.url.split("networks_own=")[1].split("&")[0])
    assert (held.name, held.rows[0].options["out_channels"]) == ("mine 我的 <b>", 9)
    at_rest(page)  # the server hears of the address
    assert page.evaluate("history.length") == before
    address = page.url
    page.reload()
    expect(out(page, 1)).to_have_text("9×28×28", timeout=SLOW)
    assert page.url == address
    page.get_by_text("All layers", exact=True).click()
    expect(page).to_have_url(re.compile("networks_view=table"), timeout=SLOW)
    assert "networks_own=" in page.url
    page.get_by_text("Your own network", exact=True).click()
    expect(page.locator(".bp-title")).to_have_value("mine 我的 <b>", timeout=SLOW)


def test_sizes_wait_until_they_are_numbers(page: Page, server: Server) -> None:
    """An empty or impossible size is said beside its field, and the shapes stay those of the last that was possible."""
    opened(page, server)
    height = page.get_by_label("height", exact=True)
    height.fill("")
    expect(page.get_by_role("alert")).to_have_text("height must be a whole number from 1 to 512.")
    expect(height).to_have_attribute("aria-invalid", "true")
    height.fill("32")
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(out(page, 1)).to_have_text("6×32×28", timeout=SLOW)


def test_two_hundred_rows(page: Page, server: Server) -> None:
    """A long network is answered, moved and undone like a short one."""
    layers = [Row.of("conv", out_channels=8, kernel_size=3, padding=1), Row.of("batch_norm"), Row.of("activation")] * 66
    opened(page, server, Blueprint("long", (1, 28, 28), 10, (*layers, Row.of("flatten"), Row.of("linear"))))
    expect(page.locator(".bp-row")).to_have_count(200)
    field(page, 1, "out_channels").fill("9")
    expect(out(page, 3)).to_have_text("9×28×28", timeout=SLOW)
    moved = page.evaluate(
        """() => {
            const find = (at) => at.querySelector(".bp-root") ??
                [...at.querySelectorAll("*")].map((each) => each.shadowRoot && find(each.shadowRoot)).find(Boolean);
            const root = find(document);
            const before = [...root.querySelectorAll(".bp-row")];
            root.move(root.network.rows[0], 1, "out_channels");
            const after = [...root.querySelectorAll(".bp-row")];
            return before.filter((line, at) => line !== after[at]).length;
        }"""
    )
    assert moved == 2  # the other rows' elements stay where they are
    expect(row(page, 2).locator(".bp-name")).to_have_text("conv1")


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_fits(page: Page, server: Server, width: int) -> None:
    """Nothing is wider than the page, and no two parts of a row overlap, open and closed, whatever the kind."""
    opened(page, server, EVERY_KIND, width)
    row(page, 1).get_by_role("button", name="More options of row 1").click()
    at_rest(page)
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= width
    overlaps = page.locator(".bp-row").evaluate_all(
        """(rows) => rows.flatMap((row) => {
            const boxes = [...row.querySelectorAll(".bp-option, .bp-kind, .bp-out, .bp-buttons button")]
                .map((part) => [part.className, part.getBoundingClientRect()]).filter(([, box]) => box.width);
            return boxes.flatMap(([name, a], i) => boxes.slice(i + 1)
                .filter(([, b]) => a.left < b.right - 1 && b.left < a.right - 1)
                .filter(([, b]) => a.top < b.bottom - 1 && b.top < a.bottom - 1)
                .map(([other]) => `${row.dataset.row}: ${name} over ${other}`));
        })"""
    )
    assert overlaps == []


EVERY_KIND = Blueprint(
    "every kind",
    (3, 64, 64),
    10,
    (
        Row.of("conv", out_channels=4096, kernel_size=(13, 15), stride=2, padding=(6, 7), bias=False),
        Row.of("activation", function="leaky_relu"),
        Row.of("adaptive_average_pool", output_size=(35, 35)),
        Row.of("inception", "mixed", ch1x1=2, ch3x3red=1, ch3x3=2, ch5x5red=1, ch5x5=2, pool_proj=1, pooling="average"),
        Row.of("bottleneck", width=64, stride=2, activation="tanh"),
        Row.of("inception_c", channels_7x7=8),
        Row.of("max_pool", kernel_size=3, stride=2, padding=1, ceil_mode=True),
        Row.of("batch_norm", eps=0.001),
        Row.of("dropout", p=0.2),
        Row.of("flatten"),
        Row.of("linear"),
    ),
)


def test_trained_from_the_page(page: Page, server: Server) -> None:
    """What was typed last is what is trained, without waiting for an answer: the run on the page Training has it."""
    opened(page, server, blueprint_of("keras-cnn"))
    page.get_by_label("Epochs").fill("1")
    page.get_by_label("Epochs").press("Enter")
    page.locator(".bp-title").fill("typed last")
    page.get_by_role("button", name="Train", exact=True).click()
    page.get_by_role("link", name="Watch it on the page Training").click(timeout=SLOW)
    expect(page.get_by_text("typed last on Digits 8 × 8")).to_be_visible(timeout=SLOW)


def test_json_is_what_the_table_holds(page: Page, server: Server) -> None:
    """Opened from a file, changed in the table, shared again."""
    opened(page, server)
    page.locator("[data-testid=stPopoverButton]", has_text="Open").click()
    raw = to_json(blueprint_of("resnet-small"))
    page.locator('input[type="file"]').set_input_files(
        {"name": "n.json", "mimeType": "application/json", "buffer": raw.encode()}
    )
    expect(row(page, 4).locator(".bp-name")).to_have_text("block1", timeout=SLOW)
    expect(page.locator('input[type="file"]')).to_have_count(0)  # the form has closed
    field(page, 4, "out_channels").fill("24")
    expect(out(page, 4)).to_have_text("24×32×32", timeout=SLOW)
    page.get_by_role("button", name="Share").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as a file").click()
    saved = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert download.value.suggested_filename == "resnet-small.json"
    assert saved["rows"][3] == {"kind": "basic_block", "name": "block1", "out_channels": 24}
