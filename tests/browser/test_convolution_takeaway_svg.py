"""The canvas context that writes an SVG: what it writes is what a canvas would show, and every XML parser reads it."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.modules import call, with_modules

SVG = "{http://www.w3.org/2000/svg}"
NEW = """const ruler = document.createElement("canvas").getContext("2d");
    const context = new m.SvgContext(ruler);
    const size = { width: 200, height: 150, title: "a", description: "b" };
"""
# Paint on a canvas and on the recorder, let the browser draw the SVG, and return the share of pixels that differ.
COMPARE = (
    NEW
    + """
    const canvas = () => Object.assign(document.createElement("canvas"), { width: 200, height: 150 }).getContext("2d");
    const paint = new Function("c", given);
    const [real, drawn] = [canvas(), canvas()];
    for (const each of [real, context]) {
        each.fillStyle = "#ffffff"; each.fillRect(0, 0, 200, 150); each.fillStyle = "#000000";
        paint(each);
    }
    const image = new Image();
    const url = URL.createObjectURL(new Blob([context.document(size)], { type: "image/svg+xml" }));
    await new Promise((resolve, reject) => Object.assign(image, { onload: resolve, onerror: reject, src: url }));
    drawn.drawImage(image, 0, 0);
    const [a, b] = [real, drawn].map((one) => one.getImageData(0, 0, 200, 150).data);
    let [painted, different] = [0, 0];
    for (let i = 0; i < a.length; i += 4) {
        painted += a[i] + a[i + 1] + a[i + 2] < 750;
        different += Math.abs(a[i] - b[i]) + Math.abs(a[i + 1] - b[i + 1]) + Math.abs(a[i + 2] - b[i + 2]) > 96;
    }
    return [painted, different];
"""
)
PICTURES = {
    "rectangles": "c.fillStyle = '#0B63B0'; c.fillRect(10, 10, 50, 30);"
    "c.strokeStyle = 'rgb(168, 84, 0)'; c.lineWidth = 3; c.beginPath(); c.rect(80, 20, 60, 40); c.stroke();",
    "rounded": "c.beginPath(); c.roundRect(10, 10, 80, 60, 12); c.fill();"
    "c.beginPath(); c.roundRect(110, 10, 30, 20, 100); c.stroke();"
    "c.beginPath(); c.roundRect(110, 60, 30, 20, [4]); c.fill();",
    "lines": "c.setLineDash([7, 4]); c.lineDashOffset = 3; c.lineCap = 'round'; c.lineWidth = 4;"
    "c.beginPath(); c.moveTo(10, 10); c.lineTo(150, 40); c.lineTo(60, 120);"
    "c.closePath(); c.stroke();",
    "transforms": "c.save(); c.translate(60, 20); c.scale(2, 1.5);"
    "c.fillRect(0, 0, 30, 20); c.restore(); c.fillRect(150, 100, 20, 20);"
    "c.setTransform(1, 0, 0, 1, 100, 90); c.fillRect(0, 0, 9, 9);",
    "alpha": "c.globalAlpha = 0.3; c.fillStyle = '#B3246B'; c.fillRect(10, 10, 90, 90);"
    "c.globalAlpha = 0; c.fillRect(0, 0, 200, 150); c.globalAlpha = 1; c.fillRect(50, 50, 20, 20);",
    "clips": "c.save(); c.translate(5, 5); c.beginPath(); c.rect(10, 10, 60, 60); c.clip();"
    "c.fillRect(0, 0, 40, 40); c.save(); c.beginPath(); c.roundRect(30, 30, 40, 40, 20); c.clip();"
    "c.fillStyle = '#00725A'; c.fillRect(0, 0, 150, 150); c.restore();"
    "c.fillRect(60, 0, 90, 30); c.restore(); c.fillRect(150, 120, 20, 20);",
    "even-odd": "c.beginPath(); c.rect(10, 10, 100, 100); c.rect(40, 40, 40, 40); c.fill('evenodd');",
    "text": "c.font = 'italic 600 22px serif'; c.textAlign = 'center'; c.textBaseline = 'middle';"
    "c.fillText('n × 3 = −12', 100, 40); c.font = '500 16px sans-serif'; c.textAlign = 'right';"
    "c.textBaseline = 'top'; c.fillText('6 + 2', 190, 80); c.textBaseline = 'alphabetic';"
    "c.textAlign = 'left'; c.strokeText('填充', 20, 120);",
    "pictures": "const small = new OffscreenCanvas(4, 2); const on = small.getContext('2d'); on.fillStyle = '#0B63B0';"
    "on.fillRect(0, 0, 2, 1); on.fillStyle = '#A85400'; on.fillRect(2, 1, 2, 1); c.imageSmoothingEnabled = false;"
    "c.drawImage(small, 20, 20, 80, 40); c.drawImage(small, 2, 1, 2, 1, 120, 80, 40, 40);",
}


@pytest.fixture
def modules(page: Page) -> Page:
    """A page that can import modules."""
    return with_modules(page)


@pytest.mark.parametrize("name", PICTURES)
def test_it_shows_what_a_canvas_shows(modules: Page, name: str) -> None:
    """Drawn by the browser, the SVG differs from the canvas at few edges only."""
    painted, different = call(modules, "convolution/component/takeaway/svg.js", COMPARE, PICTURES[name])
    assert painted > 200
    assert different < 0.03 * painted


def recorded(page: Page, paint: str, given: Any = None) -> ElementTree.Element:
    """The document of what `paint` paints."""
    return ElementTree.fromstring(
        call(
            page,
            "convolution/component/takeaway/svg.js",
            f"{NEW}{paint}; return context.document(size);",
            given,
        )
    )


def test_text_is_escaped(modules: Page) -> None:
    """Signs of XML, quotes in a font's name and control characters break nothing."""
    paint = """context.font = '12px "Source Sans", serif'; context.fillText(given, 10, 20);
        size.title = given; size.description = given"""
    root = recorded(modules, paint, '<b>&amp; "1" < 2\u0007</b>')
    for found in (root.findtext(f"{SVG}title"), root.findtext(f"{SVG}desc"), root.findtext(f"{SVG}text")):
        assert found == '<b>&amp; "1" < 2</b>'
    assert root.get("font-family") == '"Source Sans", serif'


def test_groups_of_clips_are_closed(modules: Page) -> None:
    """Whatever is clipped stands in its groups, what comes after stands outside."""
    paint = """context.save(); context.rect(0, 0, 9, 9); context.clip(); context.fillRect(0, 0, 1, 1);
        context.save(); context.clip(); context.fillRect(0, 0, 2, 2); context.restore(); context.fillRect(0, 0, 3, 3);
        context.restore(); context.fillRect(0, 0, 4, 4); context.clip(); context.fillRect(0, 0, 5, 5)"""
    root = recorded(modules, paint)
    depth = {int(rect.get("width", 0)): len(list(path)) for rect, path in _with_ancestors(root)}
    assert depth == {1: 1, 2: 2, 3: 1, 4: 0, 5: 1}


def _with_ancestors(root: ElementTree.Element) -> list[tuple[ElementTree.Element, list[ElementTree.Element]]]:
    """Every painted rectangle with the groups around it."""
    parents = {child: parent for parent in root.iter() for child in parent}
    found = []
    for rect in root.iter(f"{SVG}rect"):
        groups, at = [], rect
        while (at := parents.get(at, root)) is not root:
            groups.append(at)
        found.append((rect, groups))
    return found
