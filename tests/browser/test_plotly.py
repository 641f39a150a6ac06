"""Plotly in the browser: it comes with the first chart of it, and gives a picture and a table to keep."""

from __future__ import annotations

import csv
import io

from playwright.sync_api import Page, expect

from tests.browser.server import Server
from tests.browser.waiting import at_rest


def test_first_pages_do_not_load_it(page: Page, server: Server) -> None:
    """Its JavaScript is several MB: neither the first page nor the convolution page asks for it, Data does."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[-1]))
    for path, heading in (("", "Draw a digit"), ("convolution", "Convolution")):
        page.goto(f"{server.url}/{path}?lang=en")
        expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()
        at_rest(page)
    assert not [name for name in asked if "plotly" in name.lower()]
    page.goto(f"{server.url}/data?lang=en")
    expect(page.get_by_role("figure", name="Share of each class in its half")).to_be_visible()
    expect(page.locator(".st-key-data_balance .main-svg").first).to_be_visible()
    assert [name for name in asked if "plotly" in name.lower()]


def test_a_chart_is_a_picture_and_a_table(page: Page, server: Server) -> None:
    """The camera gives a PNG called like the chart, the table below a CSV with its numbers; nothing else is offered."""
    page.goto(f"{server.url}/data?lang=en")
    chart = page.locator(".st-key-data_balance")
    chart.locator(".nsewdrag").hover()
    expect(chart.locator(".modebar-btn")).to_have_count(1)
    with page.expect_download() as picture:
        chart.locator(".modebar-btn").click()
    assert picture.value.suggested_filename == "data_balance.png"
    assert picture.value.path().read_bytes().startswith(b"\x89PNG")
    page.get_by_text("The same as a table").click()
    with page.expect_download() as table:
        page.get_by_role("button", name="Table as CSV").click()
    rows = list(csv.reader(io.StringIO(table.value.path().read_text(encoding="utf-8-sig"))))
    assert rows[:2] == [["Class", "To train on", "To test with"], ["0", "142", "36"]]


def test_areas_open_and_close(page: Page, server: Server) -> None:
    """A click on a block of a network shows what is in it; the bar below leads back."""
    page.goto(f"{server.url}/networks?lang=en&networks_model=resnet18&networks_view=table")
    areas = page.locator(".st-key-networks_areas_params")
    block = areas.locator(".slice", has_text="layer4").first
    expect(block).to_be_visible()
    expect(areas.locator(".pathbar")).to_have_count(0)
    block.locator("path").click(position={"x": 5, "y": 5})
    expect(areas.locator(".pathbar", has_text="ResNet-18")).to_be_visible()
    expect(areas.locator(".slice:not(.pathbar)", has_text="layer2")).to_have_count(0)
    at_rest(page)
    areas.locator(".pathbar", has_text="ResNet-18").click()
    expect(areas.locator(".slice", has_text="layer2").first).to_be_visible()
