"""How Chinese text is set: the rules that catalogues and rendered pages keep, and the glossary. Knows nothing of pages.

`faults(text)` names every rule that a text breaks and where; `Glossary` reads cnnviz/base/locale/glossary.zh_CN.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

GLOSSARY = Path(__file__).parents[1] / "cnnviz" / "base" / "locale" / "glossary.zh_CN.md"
HAN = r"[\u4e00-\u9fff]"
WIDE = "，。；：！？、（）“”《》…"  # full-width punctuation
_GAP = re.compile(r"\{[^{}]*\}")
_NOT_HAN = r"[^()\u4e00-\u9fff]"
_CODE = re.compile(  # `code`, f(x), (1, 28, 28) and (a + b), "valid"
    rf"`[^`]*`|[A-Za-z_.\d]+\({_NOT_HAN}*\)|\({_NOT_HAN}*[,+−*/=]{_NOT_HAN}*\)|\"[^\"\u4e00-\u9fff]*\""
)
_MARKUP = re.compile(r"\*\*|\]\([^)]*\)|</?\w+>|&\w+;")
_GAPS_ARE = "0"  # in a template a gap counts as a number: the filler sees to what really stands there
_CODE_IS = "x"

RULES = {  # rule -> what breaks it, in a text whose code and gaps are one letter each
    "half-width punctuation beside Chinese": rf"[{HAN[1:-1]}”）] ?[,;:!?]|[,;:!?] ?[{HAN[1:-1]}“（]",
    "half-width stop after Chinese": rf"[{HAN[1:-1]}”）]\.",
    "half-width brackets around Chinese": rf"\([^()]*{HAN}[^()]*\)",
    "half-width bracket beside Chinese": rf"{HAN} ?\([^()]*\)(?= ?(?:[{HAN[1:-1]}{WIDE}]|$))|\) ?{HAN}",
    "half-width quotes around Chinese": rf'"[^"]*{HAN}[^"]*"|「|」|『|』',
    "space between Chinese characters": rf"{HAN} +{HAN}",
    "space beside full-width punctuation": rf" [{WIDE}]|[{WIDE}] (?!·)",
    "full-width digit, letter, sign or space": r"[０-９Ａ-Ｚａ-ｚ\u3000％＋－＝＊／]",
    "ellipsis that is not ……": r"\.\.\.|(?<!…)…(?!…)|…{3,}",
    "doubled punctuation": r"[，。；：、][，。；：、！？]|[（“][，。；：、]|[。！？]（?”?。",
    "no space between Chinese and Latin": rf"{HAN}[A-Za-z0-9]|[A-Za-z0-9%]{HAN}",
}
_COMPILED = {rule: re.compile(pattern) for rule, pattern in RULES.items()}


@dataclass(frozen=True)
class Fault:
    """A rule that a text breaks, and the words around the place."""

    rule: str
    place: str

    def __str__(self) -> str:
        return f"{self.rule}: …{self.place}…"


def faults(text: str, *, template: bool = False) -> list[Fault]:
    """Every rule that `text` breaks; with `template` its `{gaps}` count as numbers."""
    if template:
        text = _GAP.sub(_GAPS_ARE, text)
    if not re.search(f"{HAN}|[{WIDE}\u3000]", text):
        return []
    text = _CODE.sub(_CODE_IS, _MARKUP.sub("", text))
    return [Fault(rule, _around(text, hit)) for rule, pattern in _COMPILED.items() for hit in pattern.finditer(text)]


def _around(text: str, hit: re.Match[str]) -> str:
    return text[max(hit.start() - 8, 0) : hit.end() + 8]


def ends_otherwise(english: str, chinese: str) -> bool:
    """Whether one of the two is a sentence (or announces something, or goes on) and the other is not."""
    pairs = {".": "。", ":": "：", "?": "？", "…": "…", ",": "，"}
    last, here = english.rstrip()[-1:], chinese.rstrip()[-1:]
    if last == "." and len(english) < 5:  # No.
        return False
    return (last in pairs or here in pairs.values()) and pairs.get(last) != here


@dataclass(frozen=True)
class Term:
    """A row of the glossary."""

    english: str
    chinese: tuple[str, ...]
    never: tuple[str, ...]  # regular expressions
    always: bool
    reason: str

    def forbidden(self, text: str) -> Iterator[str]:
        """Words of `text` that are never used for this."""
        for pattern in self.never:
            yield from (hit.group(0) for hit in re.finditer(pattern, text))

    def missing(self, english: str, chinese: str) -> bool:
        """Whether the English sentence has the term and the Chinese one none of its words."""
        said = re.search(rf"\b{re.escape(self.english)}(?:s|es)?\b(?!=)", _GAP.sub("", english), re.IGNORECASE)
        kept = (
            *self.chinese,
            self.english.replace(" ", "_"),
            said.group(0) if said else "",
        )  # or as code, or as torch says it
        return self.always and said is not None and not any(word in chinese for word in kept)


@cache
def glossary() -> tuple[Term, ...]:
    """The rows of the glossary's tables."""
    lines = GLOSSARY.read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("| ").split("|")] for line in lines if line.startswith("| ")]
    return tuple(_term(*[*row, "", "", ""][:4]) for row in rows if row[0] != "English")


def _term(english: str, chinese: str, never: str, reason: str) -> Term:
    return Term(
        english.removesuffix("*always*").strip(),
        _words(chinese),
        _words(never.replace("`", "")),
        english.endswith("*always*"),
        reason,
    )


def _words(cell: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in cell.split(",") if word.strip())
