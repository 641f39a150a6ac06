"""Components' modules become one string that Streamlit can take."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.ui.shared import mount
from tests.polling import PATIENCE


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def test_modules_are_joined_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is imported stands before what imports it, once, in a scope of its own; only the entry still exports.

    A module's own style sheet comes along, after those of the component.
    """
    monkeypatch.setattr(mount, "_ROOT", tmp_path)
    write(
        tmp_path,
        {
            "shared/component/a.js": "export const a = 1;\nconst own = 2;\n",
            "shared/component/a.css": "i {}",
            "shared/component/unused.css": "u {}",
            "shared/component/b.js": 'import { a } from "./a.js";\n'
            "const own = 3;\nexport async function b() {\n  return a;\n}\n",
            "page/component/stage/index.js": 'import { a } from "../../../shared/component/a.js";\n'
            'import { b } from "../../../shared/component/b.js";\n'
            "export default () => a + b();\n",
            "page/component/stage/more.css": "a {}",
            "page/component/stage/style.css": "p {}",
        },
    )
    loaded = mount.load("stage")
    assert [line.strip() for line in loaded.js.splitlines() if line] == [
        "const exports_shared_component_a = (() => {",
        "const a = 1;",
        "const own = 2;",
        "return { a };",
        "})();",
        "const exports_shared_component_b = (() => {",
        "const { a } = exports_shared_component_a;",
        "const own = 3;",
        "async function b() {",
        "return a;",
        "}",
        "return { b };",
        "})();",
        "const { a } = exports_shared_component_a;",
        "const { b } = exports_shared_component_b;",
        "export default () => a + b();",
    ]
    assert (loaded.css, loaded.html) == ("a {}p {}i {}", "")


def test_comments_stay_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those on lines of their own; what only looks like one, in a text or behind code, is left alone."""
    monkeypatch.setattr(mount, "_ROOT", tmp_path)
    code = 'const a = "// no"; // why\nconst b = `/** no */ x`;\n  const c = 1 /* or 2 */;\n'
    comments = "// One.\n/** Two. */\n/**\n * Three / of * many.\n * @returns {number} **\n */\n"
    write(tmp_path, {"page/component/stage/index.js": comments + code + "  // four\nexport default a;\n"})
    assert mount.load("stage").js == code + "export default a;\n"


def test_when_data_were_made_is_sent_with_them() -> None:
    """The same while they are equal, later when they are not: what is drawn stays the newest (`newest.js`)."""

    def script() -> None:
        import streamlit as st

        from cnnviz.ui.shared.mount import component

        component("command")(key="one", data={"id": list(st.session_state["numbers"]), "link": "", "says": ""})

    app = AppTest.from_function(script, default_timeout=PATIENCE)
    made = []
    for numbers in ([1], [1], [2], [2], [1]):
        app.session_state["numbers"] = numbers
        data, when = json.loads(app.run().get("bidi_component")[0].proto.json)
        assert data["id"] == numbers
        made.append(when)
    assert made[0] == made[1] < made[2] == made[3] < made[4]


def test_missing_component_is_named() -> None:
    """A component that is not there raises FileNotFoundError with its path."""
    with pytest.raises(FileNotFoundError, match=r"nowhere"):
        mount.load("nowhere")


@pytest.mark.parametrize("name", sorted(mount.folders()))
def test_every_component_is_self_contained(name: str) -> None:
    """One default export, no import left, and nothing fetched from elsewhere."""
    text = mount.load(name).js
    assert text.count("export default") == 1
    assert "\nimport " not in f"\n{text}"
    assert "http://" not in text.replace("http://www.w3.org/", "")
    assert "https://" not in text


COMPONENTS = sorted(mount.folders())


def modules(name: str) -> dict[Path, str]:
    """Every module that the component's entry reaches through whatever import statements it has."""
    found: dict[Path, str] = {}
    waiting = [(mount.folders()[name] / "index.js").resolve()]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found[path] = path.read_text(encoding="utf-8")
            waiting += [(path.parent / relative).resolve() for relative in imports(found[path])]
    return found


def imports(text: str) -> list[str]:
    """The paths of a module's import and re-export statements, in whatever form."""
    return re.findall(r"""^(?:import|export)\b[^;(=]*?["'](\.[^"']+)["']""", text, re.MULTILINE)


def exported(text: str) -> set[str]:
    """The names a module exports by a declaration."""
    declarations = r"^export (?:async )?(?:function\*?|class|const|let|var) (\w+)"
    return set(re.findall(declarations, text, re.MULTILINE))


@pytest.mark.parametrize("name", COMPONENTS)
def test_every_import_is_one_that_the_joining_understands(name: str) -> None:
    """On one line, by names, of a module that is there and exports them; none by default, by star, or while running."""
    every = modules(name)
    for path, text in every.items():
        lines = [line for line in text.splitlines() if line.startswith("import")]
        for line in lines:
            match = re.fullmatch(r'import \{ (\w+(?:, \w+)*) \} from "(\.[^"]+)";', line)
            assert match, f"{path.name}: {line}"
            assert set(match[1].split(", ")) <= exported(every[(path.parent / match[2]).resolve()]), line
        assert len(lines) == len(imports(text)), path.name
        assert "import(" not in text, path.name


@pytest.mark.parametrize("name", COMPONENTS)
def test_every_export_is_one_that_the_joining_understands(name: str) -> None:
    """In front of a function, a class or one constant; `export default` in the entry alone."""
    for path, text in modules(name).items():
        exports = re.findall(r"^export (.*)$", text, re.MULTILINE)
        entry = [line for line in exports if line.startswith("default")]
        assert len(entry) == (1 if path.name == "index.js" else 0), path.name
        for line in exports:
            known = r"(default|(async )?function\*? \w+\(|class \w+|const \w+ =)"
            assert re.match(known, line), f"{path.name}: export {line}"


@pytest.mark.parametrize("name", COMPONENTS)
def test_imports_go_in_no_circle(name: str) -> None:
    """A module stands after everything it imports, which a circle has no order for."""
    every = modules(name)
    needs = {path: {(path.parent / one).resolve() for one in imports(text)} for path, text in every.items()}
    placed: set[Path] = set()
    while ready := {path for path, needed in needs.items() if needed <= placed} - placed:
        placed |= ready
    assert sorted(path.name for path in set(every) - placed) == []


@pytest.mark.parametrize("name", COMPONENTS)
def test_every_import_is_used(name: str) -> None:
    """What is imported for nothing only hides what a module needs."""
    for path, text in modules(name).items():
        own = re.sub(r"^import .*\n", "", text, flags=re.MULTILINE)
        names = re.findall(r"\w+", " ".join(re.findall(r"^import \{([^}]*)\}", text, re.MULTILINE)))
        assert [one for one in names if not re.search(rf"\b{one}\b", own)] == [], path.name


def test_every_module_of_the_explorer_is_used() -> None:
    """Nothing lies in its folder, or in one of its rooms, that no module imports."""
    folder = mount.folders()["convolution"]
    assert {path.resolve() for path in folder.rglob("*.js")} - set(modules("convolution")) == set()


def test_every_export_has_a_user() -> None:
    """Another module or a test: what nobody imports only looks as if it were for others."""
    root = Path(mount.__file__).parents[1]
    texts = {path: path.read_text(encoding="utf-8") for path in root.rglob("*.js")}
    tests = [
        path.read_text(encoding="utf-8")
        for end in ("py", "mjs")
        for path in Path(__file__).parents[1].rglob(f"*.{end}")
    ]
    wanted = [name for text in texts.values() for line in _IMPORTS.findall(text) for name in re.findall(r"\w+", line)]
    unused = [
        f"{path.name}: {name}"
        for path, text in texts.items()
        for name in sorted(exported(text) - set(wanted))
        if not any(re.search(rf"(\bm\.|[{{,] ?){name}\b", test) for test in tests)
    ]
    assert unused == []


_IMPORTS = re.compile(r"^(?:/\*\* @)?import \{([^}]*)\} from", re.MULTILINE)
