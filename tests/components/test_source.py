"""Components' modules become one string that Streamlit can take."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnnviz.components import source


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def test_modules_are_joined_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is imported stands before what imports it, each once, without imports; only the entry still exports."""
    monkeypatch.setattr(source, "_ROOT", tmp_path)
    write(
        tmp_path,
        {
            "shared/a.js": "export const a = 1;\n",
            "shared/b.js": 'import { a } from "./a.js";\nexport function b() {\n  return a;\n}\n',
            "stage/index.js": 'import { a } from "../shared/a.js";\nimport { b } from "../shared/b.js";\n'
            "export default () => a + b();\n",
            "stage/style.css": "p {}",
        },
    )
    loaded = source.load("stage")
    assert loaded.js == "const a = 1;\nfunction b() {\n  return a;\n}\nexport default () => a + b();\n"
    assert (loaded.css, loaded.html) == ("p {}", "")


def test_missing_component_is_named() -> None:
    """A component that is not there raises FileNotFoundError with its path."""
    with pytest.raises(FileNotFoundError, match=r"nowhere"):
        source.load("nowhere")


@pytest.mark.parametrize("name", sorted(p.parent.name for p in source._ROOT.glob("*/index.js")))
def test_every_component_is_self_contained(name: str) -> None:
    """One default export, no import left, and nothing fetched from elsewhere."""
    text = source.load(name).js
    assert text.count("export default") == 1
    assert "\nimport " not in f"\n{text}"
    assert "http://" not in text.replace("http://www.w3.org/", "")
    assert "https://" not in text
