"""The browser's words in Node: gaps filled and sentences joined as Python does."""

from __future__ import annotations

from tests.base.test_typesetting import FILLED, SAID
from tests.js.node import call


def test_the_browser_fills_gaps_as_python_does() -> None:
    """One table for both."""
    given = [[template, values] for template, values, _text in FILLED]
    found = call("shared/component/words.js", "return given.map(([s, v]) => m.filled(s, v))", given)
    assert found == [text for _template, _values, text in FILLED]


def test_the_browser_joins_sentences_as_python_does() -> None:
    """One table for both."""
    given = [parts for parts, _text in SAID]
    found = call("shared/component/words.js", "return given.map(m.sentencesOf)", given)
    assert found == [text for _parts, text in SAID]


def test_joins_take_the_punctuation_of_their_language() -> None:
    """Colon, brackets, stop."""
    body = """return [
        m.withColon("高", "4"), m.withColon("Height", "4"), m.aside("3 个"), m.aside("3 of them"),
        m.followed("x = 4", "向上取整。"), m.followed("x = 4", "Rounded up."),
        m.behind("下一句。"), m.behind("Next."),
    ]"""
    wanted = ["高：4", "Height: 4", "（3 个）", " (3 of them)", "x = 4。向上取整。", "x = 4. Rounded up.", "下一句。"]
    assert call("shared/component/words.js", body) == [*wanted, " Next."]
