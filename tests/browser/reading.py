"""Everything that a page says: what stands there and what a screen reader is told, in components too."""

from __future__ import annotations

from playwright.sync_api import Page

_READ = """
() => {
    const found = new Set();
    const add = (text) => (text ?? "").split("\\n").forEach((line) => line.trim() && found.add(line.trim()));
    const linesOf = (element) => (element.innerText ?? "").split("\\n").map((line) => line.trim());
    const roots = [];
    const open = (root) => {
        roots.push(root);
        for (const each of root.querySelectorAll("*")) if (each.shadowRoot) open(each.shadowRoot);
    };
    open(document);
    for (const root of roots) {
        const code = new Set();
        for (const each of root.querySelectorAll("pre, code, style, [translate=no]"))
            linesOf(each).forEach((line) => code.add(line));
        for (const top of root === document ? [document.body] : root.children)
            if (top.tagName !== "STYLE") linesOf(top).filter((line) => !code.has(line)).forEach(add);
        for (const name of ["aria-label", "title", "placeholder", "alt"])
            for (const each of root.querySelectorAll(`[${name}]`)) add(each.getAttribute(name));
        for (const each of root.querySelectorAll("svg text, [role=status]:not(:has(*)), [aria-live]:not(:has(*))"))
            add(each.textContent);
    }
    return [...found];
}
"""


def read(page: Page) -> list[str]:
    """The lines of text and the names, each once; code and icons left out."""
    return list(page.evaluate(_READ))
