"""A component's modules alone in the browser, as they lie here: no server, no Streamlit, no internet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Route

PAGES = Path(__file__).parents[2] / "cnnviz" / "ui"
ORIGIN = "http://modules.test"  # answered by `answer`; http, so what needs a secure context is not there


def with_modules(page: Page) -> Page:
    """`page` on an empty document that can import "/runs/component/runtable/table.js" and every other module."""
    page.route(f"{ORIGIN}/**", answer)
    page.goto(f"{ORIGIN}/")
    return page


def call(page: Page, module: str, body: str, given: Any = None) -> Any:
    """What the JavaScript `body` (it may await), with the module as `m` and `given`, returns."""
    script = """async ([path, body, given]) => {
        const m = await import(path);
        const AsyncFunction = (async () => {}).constructor;
        return await new AsyncFunction("m", "given", body)(m, given);
    }"""
    return page.evaluate(script, [f"/{module}", body, given])


def answer(route: Route) -> None:
    """A module as it lies here; an empty document for any other address."""
    path = route.request.url.removeprefix(ORIGIN).lstrip("/").split("?")[0]
    file = PAGES / path
    if path.endswith(".js") and file.is_file():
        route.fulfill(body=file.read_text(encoding="utf-8"), content_type="text/javascript")
    else:
        route.fulfill(body="<!doctype html><meta charset=utf-8>", content_type="text/html")
