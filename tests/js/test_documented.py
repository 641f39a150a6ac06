"""What a module exports says what goes in and what comes out, in JSDoc; `make lint` checks these types with Deno."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

UI = Path(__file__).parents[2] / "cnnviz" / "ui"
MODULES = sorted(UI.rglob("*.js"))
_EXPORT = re.compile(r"^export (?:default )?(?:async )?function\*? ?(\w*)\((.*)\) \{", re.MULTILINE)
_CLASS = re.compile(r"^export class (\w+).*?\n(?=\}$)", re.MULTILINE | re.DOTALL)
_CONSTRUCTOR = re.compile(r"^  constructor\((.+)\) \{", re.MULTILINE)
_RETURNS = re.compile(r"^ {2,}.*\breturn (?!;)", re.MULTILINE)


def parameters(text: str) -> int:
    """How many there are in a list of parameters, some of which are taken apart."""
    depth, count = 0, 1 if text.strip() else 0
    for letter in text:
        depth += (letter in "{[(") - (letter in "}])")
        count += letter == "," and depth == 0
    return count


def comment_before(text: str, at: int) -> str:
    """The JSDoc that ends right above a place; "" if there is none."""
    above = text[:at].rstrip(" \n")
    return above[above.rindex("/**") :] if above.endswith("*/") else ""


def missing(comment: str, wanted: int, what: str) -> list[str]:
    """What a comment leaves open."""
    if not comment:
        return [f"{what}: no JSDoc"]
    typed = len(re.findall(r"@param \{.+\} \S", comment))
    return [] if typed == wanted else [f"{what}: {typed} of {wanted} parameters have a type"]


def open_questions(text: str) -> list[str]:
    """Everything that the exports of a module do not say."""
    found = []
    for export in _EXPORT.finditer(text):
        comment, name = comment_before(text, export.start()), export[1] or "default"
        found += missing(comment, parameters(export[2]), name)
        body = text[export.end() : text.index("\n}", export.end())]
        own = re.sub(r"^( +)\S[^\n]*=> \{\n.*?^\1\}", "", body, flags=re.MULTILINE | re.DOTALL)
        own = re.sub(r"^( +)(async )?function .*?^\1\}", "", own, flags=re.MULTILINE | re.DOTALL)
        if comment and _RETURNS.search(own) and "@returns {" not in comment:
            found.append(f"{name}: no @returns")
    for declared in _CLASS.finditer(text):
        if not comment_before(text, declared.start()):
            found.append(f"{declared[1]}: no JSDoc")
        for made in _CONSTRUCTOR.finditer(declared[0]):
            where = declared.start() + made.start()
            found += missing(comment_before(text, where), parameters(made[1]), f"{declared[1]}.constructor")
    return found


@pytest.mark.parametrize("path", MODULES, ids=[str(path.relative_to(UI)) for path in MODULES])
def test_exports_are_documented(path: Path) -> None:
    """A type for every parameter, and for what is returned."""
    assert open_questions(path.read_text(encoding="utf-8")) == []


def test_what_is_left_open_is_found() -> None:
    """The check itself: an export without a comment, without a type, without what it returns."""
    open_one = "export function a(b, { c, d } = {}) {\n  return b;\n}\n"
    assert open_questions(open_one) == ["a: no JSDoc"]
    assert open_questions("/**\n * A.\n * @param {number} b\n */\n" + open_one) == [
        "a: 1 of 2 parameters have a type",
        "a: no @returns",
    ]
    tags = "/**\n * A.\n * @param {number} b\n * @param {{ c: number, d?: number }} o\n * @returns {number}\n */\n"
    assert open_questions(tags + open_one) == []
    assert open_questions("export class A {\n  constructor(b) {\n  }\n}\n") == [
        "A: no JSDoc",
        "A.constructor: no JSDoc",
    ]
