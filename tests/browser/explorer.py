"""The convolution explorer's modules with words and content, but without Streamlit: fast, on a page without https."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from cnnviz.base.locale import translations
from cnnviz.charts.theme import component_css, palette
from cnnviz.ui.convolution.content import content
from cnnviz.ui.convolution.words import WORDS
from cnnviz.ui.shared.mount import load
from tests.browser.modules import ORIGIN, with_modules

_MOUNT = """async ({ html, css, data, link, ground, dark }) => {
    history.replaceState(null, "", `/convolution?${link}`);
    document.documentElement.style.cssText =
        `--st-background-color:${ground};--st-font:sans-serif;background:${ground}`;
    document.body.innerHTML = html;
    document.head.append(Object.assign(document.createElement("style"), { textContent: css }));
    const load = (name) => import(`/convolution/component/${name}.js`);
    const [{ Explorer }, { createStage }, { createTakeaway }] = await Promise.all(
        ["explorer", "stage/stage", "takeaway/takeaway"].map(load));
    const root = document.querySelector(".cnn-root");
    root.classList.toggle("dark", dark);
    const explorer = new Explorer(root, () => {});
    explorer.update(data);
    explorer.parts.push(createStage(root.querySelector(".stage"), explorer));
    explorer.parts.push(createTakeaway(root.querySelector(".takeaway"), explorer));
    explorer.stage.clock.stop();
    window.explorer = explorer;
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
}"""


def spoken(language: str) -> dict[str, dict[str, str]]:
    """Every part's words in `language`."""
    gettext = translations(language).gettext
    return {part: {name: gettext(text) for name, text in given.items()} for part, given in WORDS.items()}


def with_takeaway(page: Page, link: str = "", language: str = "en", dark: bool = False) -> Page:
    """`page` with the stage and the panel "Take it away" for the setting in `link`; nothing plays."""
    source = load("convolution")
    data: dict[str, Any] = {"language": language, "strings": spoken(language), **titled()}
    given = {"html": source.html, "css": component_css() + source.css, "data": data, "link": link, "dark": dark}
    given["ground"] = palette("dark" if dark else "light")["background"]
    with_modules(page).evaluate(_MOUNT, given)
    return page


def titled() -> dict[str, Any]:
    """The page's content, its networks called by their codes (the page has them by their names)."""
    found = content()
    return {**found, "networks": [{**each, "title": each["name"]} for each in found["networks"]]}


def address(link: str) -> str:
    """Where such a page is."""
    return f"{ORIGIN}/convolution?{link}"
