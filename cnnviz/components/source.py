"""Joins a component's ES modules into the one string Streamlit takes. Knows nothing of Streamlit.

The modules are real ones: a browser loads them as they lie here, which is how the tests do it. Streamlit's inline
components cannot import relative paths, so relative imports are followed and each module is put in once, before
whatever imports it, without its `export` keywords. Names must therefore be unique among a component's modules.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path(__file__).parent
_IMPORT = re.compile(r'^import \{[^}]*\} from "(\.[^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?!default)", re.MULTILINE)


@dataclass(frozen=True)
class Source:
    """What `st.components.v2.component` takes: three strings."""

    html: str
    css: str
    js: str


def load(name: str) -> Source:
    """The component in the folder `name`. Raises FileNotFoundError if it has no `index.js`."""
    folder = _ROOT / name
    return Source(
        html=_text(folder / "index.html"),
        css=_text(folder / "style.css"),
        js=_join(folder / "index.js", set()),
    )


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _join(path: Path, seen: set[Path]) -> str:
    """`path` with everything it imports before it, each once."""
    path = path.resolve()
    if path in seen:
        return ""
    seen.add(path)
    text = path.read_text(encoding="utf-8")
    imported = [_join(path.parent / relative, seen) for relative in _IMPORT.findall(text)]
    is_entry = path.name == "index.js"
    own = _IMPORT.sub("", text)
    return "".join(imported) + (own if is_entry else _EXPORT.sub("", own))
