"""One visitor's journey through the whole app, in a real Chromium: from the first stroke to the confusion matrix."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.server import Server, app_server
from tests.browser.test_home import DIGITS, draw
from tests.browser.waiting import SLOW


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Not everybody's: here is trained."""
    with app_server(tmp_path_factory.mktemp("trains")) as running:
        yield running


def test_draw_train_judge_look_inside(page: Page, server: Server) -> None:
    """In Chinese: draw a 7, train LeNet on digits for 2 epochs, open its confusion matrix, open its feature maps."""
    page.goto(server.url)
    page.get_by_role("combobox", name="Language").click(timeout=SLOW)
    page.get_by_role("option", name="简体中文").click()
    expect(page.get_by_role("heading", level=1, name="手写数字")).to_be_visible(timeout=SLOW)

    draw(page, DIGITS[7])
    expect(page.locator(".winner b")).to_have_text("7")

    page.get_by_test_id("stSidebarNav").get_by_role("link", name="训练", exact=True).click()
    epochs = page.get_by_label("轮数", exact=True)
    expect(epochs).to_be_visible(timeout=SLOW)
    epochs.fill("2")
    epochs.press("Enter")
    page.get_by_role("button", name="开始训练").click()
    curve = page.get_by_role("img", name=re.compile("^(训练图片上的)?损失"))
    expect(curve).to_be_visible(timeout=SLOW)
    first = curve.get_attribute("aria-label")
    expect(page.get_by_text(re.compile(r"训练完成：测试准确率 \d+\.\d%"))).to_be_visible(timeout=SLOW)
    assert curve.get_attribute("aria-label") != first

    page.get_by_role("link", name="逐类评估它").click()
    expect(page.locator("button.cm-cell")).to_have_count(100, timeout=SLOW)
    assert "lang=zh" in page.url
    counts = [int(text or 0) for text in page.locator("button.cm-cell").all_inner_texts()]
    assert sum(counts) == 360  # every test digit is in the matrix once
    right = sum(counts[::11])
    expect(page.get_by_text(f"({right}/360)").first).to_be_visible()

    page.get_by_test_id("stSidebarNav").get_by_role("link", name="逐层查看").click()
    expect(page.get_by_role("button", name=re.compile("1"))).not_to_have_count(0, timeout=SLOW)
