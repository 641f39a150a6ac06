"""Component mounting: the browser components, their ES modules and style sheets, and what they send.

The modules are real ones: a browser loads them as they lie here, which is how the tests do it. Streamlit's inline
components cannot import relative paths, so each module becomes a function's scope, once, before whatever imports it:
`const exports_NAME = (() => { ...; return { name, ... }; })();`, and an import reads from there. Understood are
`import { a, b } from "./file.js";` on one line and `export` in front of a function, a class or a constant. Comments
that have their lines to themselves stay here: a browser would get them with every component. What is drawn the same in
several components has its style sheet beside its module (`pad.js`, `pad.css`): it goes wherever the module goes.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeGuard

import streamlit as st

from cnnviz.base.text import is_line
from cnnviz.charts.theme import component_css

LARGEST_WHOLE = 2**53  # as far as JavaScript counts
_ROOT = Path(__file__).parents[1]  # a folder for each page, and one for what they share
_IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.[^"]+)";\n', re.MULTILINE)
_COMMENT = re.compile(r"^[ \t]*(?://.*|/\*\*(?:[^*]|\*(?!/))*\*/)\n", re.MULTILINE)
_NEWEST = _ROOT / "shared/component/newest.js"
_MADE = "component_data"  # in the session: key -> (when its data were made, ms, the data)
_MOST_KEPT = 50  # components of a session whose last data are kept
_EXPORT = re.compile(r"^export (?!default)((?:async )?(?:function\*?|class|const) (\w+))", re.MULTILINE)


def component(name: str) -> Callable[..., Any]:
    """The renderer of the component `name`: call it with `key=`, `data=`, `on_..._change=`.

    Registered anew each time, which costs nothing while the source is the same, since Streamlit's registry is not
    always the one of before (tests). The module gets `data` as the first element of a list: in a dict Streamlit looks
    for data frames, and imports pandas for it, which takes 0.35 s. The second is when they were made: see `newest.js`.
    """
    source = _source(name)
    render = st.components.v2.component(f"cnnviz_{name}", html=source.html, css=source.css, js=source.js)

    def mount(*, key: str, data: object, **arguments: Any) -> Any:
        return render(key=key, data=[data, _made(key, data)], **arguments)

    return mount


def _made(key: str, data: object) -> int:
    """When these data were made, ms; the same as long as they are, so that the browser is not sent them anew."""
    known: dict[str, tuple[int, object]] = st.session_state.setdefault(_MADE, {})
    before, same = known.pop(key, (0, None))
    known[key] = (before if before and same == data else max(before + 1, time.time_ns() // 1_000_000), data)
    if len(known) > _MOST_KEPT:
        del known[next(iter(known))]
    return known[key][0]


@cache
def _source(name: str) -> Source:
    source = load(name)
    return Source(source.html, component_css() + source.css, _newest_only(source.js))


def _newest_only(js: str) -> str:
    """The joined modules with their export wrapped by that of `newest.js`."""
    wrapper = _EXPORT.sub(r"\1", _COMMENT.sub("", _text(_NEWEST)))
    scope = f"const forNewest = (() => {{\n{wrapper}\nreturn forNewest;\n}})();\n"
    return f"{scope}{js.replace('export default ', 'const component = ')}\nexport default forNewest(component);\n"


def said(key: str, name: str) -> Any:
    """What the component `key` last said as `name`, of any kind; None if nothing, or nothing that can be read."""
    return _state(key).get(name)


def has_said(key: str, name: str) -> bool:
    """Whether the component `key` ever said anything as `name`, be it nothing (JavaScript's null)."""
    return name in _state(key)


def _state(key: str) -> Mapping[str, Any]:
    try:
        state = st.session_state.get(key)
    except RecursionError:  # nested without end: Streamlit copies it
        return {}
    return state if isinstance(state, Mapping) else {}


def whole(key: str, name: str, low: int, high: int) -> int | None:
    """A whole number from `low` to `high`."""
    value = said(key, name)
    return value if is_whole(value, low, high) else None


def words(key: str, name: str, longest: int) -> str | None:
    """A line of at most `longest` characters; it may be empty."""
    value = said(key, name)
    return value if is_words(value, longest) else None


def is_whole(value: object, low: int, high: int) -> TypeGuard[int]:
    """Whether it is a whole number in this range; `True` is none."""
    return type(value) is int and low <= value <= high


def is_words(value: object, longest: int) -> TypeGuard[str]:
    """Whether it is a line of text of at most so many characters."""
    return isinstance(value, str) and len(value) <= longest and is_line(value)


@dataclass(frozen=True)
class Source:
    """What `st.components.v2.component` takes: three strings."""

    html: str
    css: str
    js: str


def load(name: str) -> Source:
    """The component `name`. Raises FileNotFoundError if there is none."""
    folder = folders().get(name, _ROOT / name)
    scopes: dict[Path, str] = {}  # module -> its scope, in the order of need
    own = _linked(folder / "index.js", scopes)
    sheets = sorted(folder.rglob("*.css"))
    sheets += [sheet for module in scopes if (sheet := module.with_suffix(".css")) not in sheets]
    return Source(
        html=_text(folder / "index.html"),
        css="".join(map(_text, sheets)),
        js="".join(scopes.values()) + own,
    )


@cache
def css(name: str) -> str:
    """The style sheet `NAME.css` beside a page's own parts, for example "runs/style"."""
    return (_ROOT / f"{name}.css").read_text(encoding="utf-8")


def folders() -> dict[str, Path]:
    """Name -> folder of every component: `component/NAME/` of a page, or `component/` where that is called so too."""
    entries = [*_ROOT.glob("*/component/index.js"), *_ROOT.glob("*/component/*/index.js")]
    return {
        (entry.parents[1] if entry.parent.name == "component" else entry.parent).name: entry.parent for entry in entries
    }


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _linked(path: Path, scopes: dict[Path, str]) -> str:
    """The code of `path` with its imports read from scopes, which are added where they are missing."""

    def read(statement: re.Match[str]) -> str:
        module = (path.parent / statement[2]).resolve()
        if module not in scopes:
            scopes[module] = ""  # a module that imports itself, round a circle, would not end
            code = _linked(module, scopes)
            del scopes[module]  # and comes after what it needs
            names = ", ".join(name for _, name in _EXPORT.findall(code))
            code = _EXPORT.sub(r"\1", code)
            scopes[module] = f"const {_name(module)} = (() => {{\n{code}\nreturn {{ {names} }};\n}})();\n"
        return f"const {{{statement[1]}}} = {_name(module)};\n"

    return _IMPORT.sub(read, _COMMENT.sub("", path.read_text(encoding="utf-8")))


def _name(module: Path) -> str:
    return "exports_" + re.sub(r"\W", "_", str(module.relative_to(_ROOT.resolve()).with_suffix("")))
