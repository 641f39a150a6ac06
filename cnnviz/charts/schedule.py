"""The learning rate over the epochs as a small picture. Numbers in, SVG text out; knows no page and no schedule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT = 320, 76
_LEFT, _RIGHT, _TOP, _BOTTOM = 4, 4, 22, 20  # room for the words
_MOST_POINTS = 240


def schedule_svg(rates: Sequence[float], peak: str, epochs: str, colors: Mapping[str, str]) -> str:
    """`rates` of equally spaced steps as a line with the area below it; `peak` and `epochs` are its two words."""
    chosen = _thinned(rates)
    top = max(chosen) or 1.0
    across, down = WIDTH - _LEFT - _RIGHT, HEIGHT - _TOP - _BOTTOM
    base = HEIGHT - _BOTTOM
    last = max(1, len(chosen) - 1)
    points = [(_LEFT + across * index / last, base - down * rate / top) for index, rate in enumerate(chosen)]
    if len(points) == 1:
        points.append((_LEFT + across, points[0][1]))
    line = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    word = f'font-family="system-ui, sans-serif" font-size="14" fill="{colors["muted"]}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f'<path d="M{_LEFT} {base}L{line}V{base}Z" fill="{colors["train"]}" fill-opacity="0.14"/>'
        f'<path d="M{line}" fill="none" stroke="{colors["train"]}" stroke-width="2" stroke-linejoin="round"/>'
        f'<path d="M{_LEFT} {base}H{WIDTH - _RIGHT}" stroke="{colors["line"]}"/>'
        f'<text x="{_LEFT}" y="13" {word}>{escape(peak)}</text>'
        f'<text x="{WIDTH - _RIGHT}" y="{HEIGHT - 4}" text-anchor="end" {word}>{escape(epochs)}</text></svg>'
    )


def _thinned(rates: Sequence[float]) -> list[float]:
    """At most `_MOST_POINTS`, first and last among them."""
    if len(rates) <= _MOST_POINTS:
        return list(rates)
    last = len(rates) - 1
    return [rates[round(index * last / (_MOST_POINTS - 1))] for index in range(_MOST_POINTS)]
