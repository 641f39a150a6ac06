"""Setting of values in sentences: the spaces beside a value in Chinese text, and lists. Knows no catalogue.

Between Chinese characters stands no space, beside full-width punctuation neither; between a Chinese character and a
Latin letter or a number stands one. A template cannot know which of them its gap will hold: `fill` sees to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import reduce
from string import Formatter

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_CHARACTER = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")  # kana too: a class of KMNIST is one of them
_LATIN = re.compile(r"[A-Za-z0-9%]")
_MARKUP = re.compile(r"(?:</\w+>|\*\*)+$")
_MORE = "…"  # text, so that JSON has it too
_STOPS = "。！？；：，、）》"  # full-width, with their space in them
_WIDE = _STOPS + "（《“”…"


class Listed(tuple[object, ...]):
    """Several values for one gap of a sentence: "a, b" in English, "a、b" in Chinese; a plain list is one too."""

    __slots__ = ()

    @classmethod
    def first(cls, items: Iterable[object], most: int) -> Listed:
        """The first `most` of them; an ellipsis at the end says that there are more."""
        every = tuple(items)
        return cls(every if len(every) <= most else (*every[:most], _MORE))

    def __str__(self) -> str:
        return self.joined(", ", " …")

    def joined(self, between: str, more: str) -> str:
        """With `between` them, and `more` for an ellipsis at the end."""
        if self[-1:] == (_MORE,):
            return between.join(map(str, self[:-1])) + more
        return between.join(map(str, self))


def fill(template: str, values: Mapping[str, object]) -> str:
    """`template` with its `{named}` gaps filled.

    >>> fill("{true} 被认成 {predicted}：{count} 张", {"true": "外套", "predicted": "Dress", "count": 3})
    '外套被认成 Dress：3 张'
    """
    values = {name: Listed(value) if isinstance(value, list) else value for name, value in values.items()}
    if not _CHINESE.search(template):
        return template.format(**values)
    pieces: list[str] = []
    for literal, name, spec, conversion in Formatter().parse(template):
        pieces += [literal] if name is None else [literal, _set(values[name], spec or "", conversion)]
    return reduce(beside, pieces)


def _set(value: object, spec: str, conversion: str | None) -> str:
    """A value as Chinese text has it."""
    if conversion == "r":
        return repr(value)
    return value.joined("、", "……") if isinstance(value, Listed) else format(value, spec)


def beside(left: str, right: str) -> str:
    """`right` after `left` in a Chinese sentence, with the space between them that belongs there."""
    before, after = left.rstrip(" "), right.lstrip(" ")
    if not before or not after:
        return left + right
    a, b = before[-1], after[0]
    if a in _WIDE or b in _WIDE or (_CHARACTER.match(a) and _CHARACTER.match(b)):
        return before + after
    if (_CHINESE.match(a) and _LATIN.match(b)) or (_LATIN.match(a) and _CHINESE.match(b)):
        return f"{before} {after}"
    return left + right


def one_after_the_other(*sentences: str) -> str:
    """Sentences of either language; a full-width stop brings its own space. Empty ones are left out."""
    text = ""
    for sentence in filter(None, sentences):
        end = _MARKUP.sub("", text)  # "<b>…。</b>", "**…。**"
        text += sentence if not end or end[-1] in _STOPS or end.endswith("……") else f" {sentence}"
    return text
