"""The modules behind the page Runs, loaded as they lie there: numbers by hand and against Python."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.modules import call, with_modules


@pytest.fixture(scope="module")
def modules(browser: Browser) -> Iterator[Page]:
    """An empty page that can import the modules of cnnviz/components."""
    context = browser.new_context()
    yield with_modules(context.new_page())
    context.close()


@pytest.mark.parametrize(
    ("column", "sort", "after"),
    [
        ("accuracy", "-number", "-accuracy"),
        ("accuracy", "-accuracy", "accuracy"),
        ("accuracy", "accuracy", "-accuracy"),
        ("name", "-number", "name"),
        ("name", "name", "-name"),
        ("when", "name", "-number"),
        ("when", "-number", "number"),
    ],
)
def test_a_head_sorts_and_turns_round(modules: Page, column: str, sort: str, after: str) -> None:
    """The first click sorts as one mostly wants it, the next the other way round; "when" goes by number."""
    assert call(modules, "runs/component/ledger/table.js", "return m.nextSort(...given)", [column, sort]) == after


def test_a_browser_keeps_its_number(modules: Page) -> None:
    """The first is kept; later ones are answered with it; where nothing can be kept, the given one is all there is."""
    body = """
      const box = new Map();
      const storage = { getItem: (key) => box.get(key) ?? null, setItem: (key, value) => box.set(key, value) };
      const closed = { getItem() { throw new Error("not allowed"); } };
      const [one, two] = ["1".repeat(32), "2".repeat(32)];
      const answers = [[storage, one], [storage, two], [closed, two], [null, two]].map((each) => m.remembered(...each));
      box.set("cnnviz-visitor", "<script>");
      return [...answers, m.remembered(storage, two)].map((each) => each[0]);
    """
    assert call(modules, "shared/component/visitor/index.js", body) == ["1", "1", "2", "2", "2"]
