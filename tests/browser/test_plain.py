"""What came from outside is text in a real browser too: Streamlit makes links and icons of words that no backslash
protects.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.server import app_server
from tests.conftest import REPOSITORY
from tests.ui.hostile import FOREIGN, MARKDOWN

_JOINER = "\N{WORD JOINER}"
_MADE = ":is(p, h3) :is(a, img, script, svg, strong, em, .katex, [role=img])"


def test_text_from_outside_is_text(page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Letter for letter what was typed, in text, headings, messages, labels and code; no link, picture or icon of it,
    and nothing fetched."""
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with app_server(tmp_path, script="tests/browser/plain_page.py") as server:
        page.goto(server.url)
        last = page.locator(f".st-key-text_{len(MARKDOWN) - 1} [data-testid=stMarkdownContainer]")
        expect(last).to_have_count(6)
        for number, text in enumerate(MARKDOWN):
            shown = page.locator(f".st-key-text_{number} [data-testid=stMarkdownContainer]")
            texts = [each.replace(_JOINER, "") for each in shown.all_inner_texts()]
            assert texts == [text] * 5 + [text.replace("`", "'")]
            assert page.locator(f".st-key-text_{number} h3").inner_text().replace(_JOINER, "") == text
            assert (
                page.locator(f".st-key-text_{number}")
                .locator("p a, h3 a, p img, script, svg, strong, em, .katex, [role=img]")
                .count()
                == 0
            )
    assert not [url for url in asked if FOREIGN in url]
