"""Small pieces of HTML for the panels: formulas, tables, pictures. Whatever is not `Html` is escaped. No Streamlit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from urllib.parse import quote


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def html(value: object) -> Html:
    """`value` as HTML: escaped, unless it is HTML already."""
    return value if isinstance(value, Html) else Html(escape(str(value)))


def join(parts: Iterable[object], between: str = "") -> Html:
    """All parts as HTML."""
    return Html(between.join(html(part) for part in parts))


def term(role: str, value: object) -> Html:
    """A number or letter of a formula in the colour of its slider."""
    return Html(f'<b class="cv-{role}">{html(value)}</b>')


def fraction(above: Html, below: Html) -> Html:
    """One over the other, with a line between."""
    return Html(f'<span class="cv-frac"><span>{above}</span><span>{below}</span></span>')


def floor(inner: Html) -> Html:
    """Rounded down: ⌊ ⌋."""
    return Html(f'<span class="cv-floor">{inner}</span>')


def ceiling(inner: Html) -> Html:
    """Rounded up: ⌈ ⌉."""
    return Html(f'<span class="cv-ceil">{inner}</span>')


def formula(spoken: str, *parts: Html) -> Html:
    """A formula; `spoken` is what a screen reader says."""
    pieces = (f"<span>{part}</span>" for part in parts)
    return Html(f'<span class="cv-formula" role="math" aria-label="{escape(spoken)}">{" ".join(pieces)}</span>')


def paragraph(*parts: object, kind: str = "") -> Html:
    """A paragraph of text and formulas."""
    return Html(f'<p class="cv-p {kind}">{join(parts, " ")}</p>')


def heading(text: str) -> Html:
    """A heading inside a tab."""
    return Html(f'<h3 class="cv-h">{html(text)}</h3>')


def verdict(is_same: bool, text: str) -> Html:
    """A tick or a cross with its words."""
    kind, sign = ("right", "✓") if is_same else ("wrong", "✗")
    return Html(f'<b class="cv-{kind}">{sign} {html(text)}</b>')


def picture(svg: str, alternative: str) -> Html:
    """An SVG as an image: Streamlit's own cleaning takes inline SVG out."""
    return Html(f'<img class="cv-picture" src="data:image/svg+xml,{quote(svg)}" alt="{escape(alternative)}">')


def table(
    caption: str, head: Sequence[object], rows: Iterable[Sequence[object]], *, kind: str = "", marked: int = -1
) -> Html:
    """A table that scrolls inside itself where it is too wide; its first column names the rows.

    `marked` is the row that is on the stage now.
    """
    top = "".join(f'<th scope="col">{html(cell)}</th>' for cell in head)
    body = "".join(_row(row, index == marked) for index, row in enumerate(rows))
    label = escape(caption)
    return Html(
        f'<div class="cv-scroll {kind}" role="region" tabindex="0" aria-label="{label}"><table>'
        f"<caption>{label}</caption><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _row(cells: Sequence[object], is_marked: bool) -> str:
    first, *others = (html(cell) for cell in cells)
    kind = ' class="cv-marked" aria-current="true"' if is_marked else ""
    return f'<tr{kind}><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in others)}</tr>'


def details(summary: str, *answer: object) -> Html:
    """An answer that opens on a click."""
    return Html(f"<details><summary>{html(summary)}</summary>{paragraph(*answer)}</details>")
