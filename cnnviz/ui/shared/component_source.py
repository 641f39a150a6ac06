"""Component sources: ES modules joined into the one string Streamlit takes, and style sheets. Knows no Streamlit.

The modules are real ones: a browser loads them as they lie here, which is how the tests do it. Streamlit's inline
components cannot import relative paths, so each module becomes a function's scope, once, before whatever imports it:
`const exports_NAME = (() => { ...; return { name, ... }; })();`, and an import reads from there. Understood are
`import { a, b } from "./file.js";` on one line and `export` in front of a function, a class or a constant. Comments
that have their lines to themselves stay here: a browser would get them with every component.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_ROOT = Path(__file__).parents[1]  # a folder for each page, and one for what they share
_IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.[^"]+)";\n', re.MULTILINE)
_COMMENT = re.compile(r"^[ \t]*(?://.*|/\*\*(?:[^*]|\*(?!/))*\*/)\n", re.MULTILINE)
_EXPORT = re.compile(r"^export (?!default)((?:async )?(?:function\*?|class|const) (\w+))", re.MULTILINE)


@dataclass(frozen=True)
class Source:
    """What `st.components.v2.component` takes: three strings."""

    html: str
    css: str
    js: str


def load(name: str) -> Source:
    """The component `name`. Raises FileNotFoundError if there is none."""
    folder = folders().get(name, _ROOT / name)
    return Source(
        html=_text(folder / "index.html"),
        css="".join(_text(path) for path in sorted(folder.rglob("*.css"))),
        js=_joined(folder / "index.js"),
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


def _joined(entry: Path) -> str:
    """The entry's own code, after everything it imports."""
    scopes: dict[Path, str] = {}  # module -> its scope, in the order of need
    own = _linked(entry, scopes)
    return "".join(scopes.values()) + own


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
