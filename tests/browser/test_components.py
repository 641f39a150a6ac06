"""The modules of the first page's component, loaded as they lie there, against NumPy and torch."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.modules import ORIGIN, with_modules


@pytest.fixture(scope="module")
def modules(browser: Browser) -> Iterator[Page]:
    """An empty page that can import the modules of the components."""
    context = browser.new_context()
    page = context.new_page()
    with_modules(page)
    yield page
    context.close()


@pytest.mark.parametrize(
    ("probabilities", "said"),
    [
        ([0.01] * 9 + [0.91], "9 91%"),
        ([0.0] * 8 + [0.999, 0.001], "8 >99%"),
        ([0.0] * 8 + [0.9999999, 0.0000001], "8 >99%"),
        ([0.4, 0.35] + [0.25 / 8] * 8, "0 unsure 0 or 1"),
        (None, "nothing"),
    ],
)
def test_certainty_in_words(modules: Page, probabilities: list[float] | None, said: str) -> None:
    """Below one half the answer says that it is not sure, and names both digits; no ink, no answer."""
    shown = modules.evaluate(
        """async ([origin, probabilities]) => {
            const { createPrediction } = await import(origin + "/home/component/prediction.js");
            const host = document.createElement("section");
            const prediction = createPrediction(host);
            const unsure = "unsure {first} or {second}";
            prediction.configure({ blank: "nothing", unsure, reads: "", readsUnsure: "" });
            prediction.show(probabilities && Float32Array.from(probabilities));
            return [...host.querySelector(".winner").children].map((part) => part.textContent).join(" ").trim();
        }""",
        [ORIGIN, probabilities],
    )
    assert shown == said
