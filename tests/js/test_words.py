"""The browser's words in Node: gaps filled and sentences joined as Python does."""

from __future__ import annotations

from tests.js.node import call


def test_joins_take_the_punctuation_of_their_language() -> None:
    """Colon, brackets, stop."""
    body = """return [
        m.withColon("高", "4"), m.withColon("Height", "4"), m.aside("3 个"), m.aside("3 of them"),
        m.followed("x = 4", "向上取整。"), m.followed("x = 4", "Rounded up."),
        m.behind("下一句。"), m.behind("Next."),
    ]"""
    wanted = ["高：4", "Height: 4", "（3 个）", " (3 of them)", "x = 4。向上取整。", "x = 4. Rounded up.", "下一句。"]
    assert call("shared/component/words.js", body) == [*wanted, " Next."]
