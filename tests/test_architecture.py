"""The rooms (packages at the top of cnnviz): which imports which, that no two files need each other, what is late."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
PACKAGE = REPOSITORY / "cnnviz"
FILES = sorted(PACKAGE.rglob("*.py"))
BASE = {"base", "__version__"}  # what every room may import
# room -> the rooms it may import besides itself and BASE:
# base <- arithmetic <- models <- data <- engine <- runs, inspection <- ui; charts for ui; `commands` may see all
MAY_IMPORT = {
    "base": set(),
    "arithmetic": set(),
    "charts": {"arithmetic"},
    "models": {"arithmetic"},
    "data": {"arithmetic", "models"},
    "engine": {"arithmetic", "models", "data"},
    "runs": {"arithmetic", "models", "data", "engine"},
    "inspection": {"arithmetic", "models", "data", "engine"},
    "ui": {"arithmetic", "models", "data", "engine", "runs", "inspection", "charts"},
}
WITHOUT_TORCH = {"base", "arithmetic", "charts"}
TORCH = {"torch", "torchvision"}
# Names that modules had: words of our own, or words with several meanings. The field's words took their place.
OLD_NAMES = {
    "data": "drawing fetch folder folders ink split wrong",
    "engine": "batches checking describing divergence glimpse kept knob knobs ledger measuring optimizer pace patience "
    "preparation quick rearranged resumption steering thin timing",
    "inspection": "film film_misses film_pick inspected meaning step subject",
    "models": "assembly calls effects fields layercode names options outline parts reading rows source untrained",
    "runs": "advance knob listing measuring notebook paces proposals queue record rows spare turns",
    "ui": "again answers audience bar body command dissection door durations fetching filling film fitting frame "
    "going_on keeping knobs ledger link markup mending numbers opening own pace packing place plain rate running "
    "saying setting shown statuses submitting takeaway taken_up wording",
}
HEAVY = {
    "torch",
    "torchvision",
    "optuna",
    "plotly",
    "PIL",
    "pooch",
    "requests",
    "scipy",
    "pillow_heif",
}  # 40 ms and more
# The same for the folders of components and for their scripts.
OLD_COMPONENT_NAMES = "answer film hearing ledger listening pace place reading saying telling turns"
WHOLE = ("pages", "browser", "conformance")
READ_THE_LINK = {PACKAGE / "ui" / "shared" / name for name in ("state.py", "i18n.py")}


@cache
def imports(path: Path) -> frozenset[str]:
    """Every module a file imports, also inside functions, as dotted names."""
    return frozenset(_imports(path))


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def tops(path: Path) -> set[str]:
    """The packages that a file imports from."""
    return {name.split(".")[0] for name in imports(path)}


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def test_imports_go_one_way() -> None:
    """A room imports only rooms that come before it in MAY_IMPORT, and of those only the ones named there."""
    wrong = {}
    for path in FILES:
        if room(path) in MAY_IMPORT:
            used = {name.split(".")[1] for name in imports(path) if name.startswith("cnnviz.")}
            wrong[str(path)] = used - MAY_IMPORT[room(path)] - BASE - {room(path)}
    assert {path: rooms for path, rooms in wrong.items() if rooms} == {}


def test_libraries_stay_in_their_rooms() -> None:
    """Only `ui` knows Streamlit, and no room before `models` torch; the link is read by hand in two files."""
    for path in FILES:
        assert room(path) == "ui" or "streamlit" not in tops(path), path
        assert room(path) not in WITHOUT_TORCH or not tops(path) & TORCH, path
        if room(path) == "ui" and path not in READ_THE_LINK:
            assert "st.query_params" not in path.read_text(encoding="utf-8"), path


def test_a_page_imports_no_other_page() -> None:
    """What two pages need is in ui/shared or another room; the warm-up, which imports every page, does so by name."""
    for path in FILES:
        if room(path) == "ui":
            folder = path.relative_to(PACKAGE / "ui").parts[0]
            used = {name.split(".")[2] for name in imports(path) if name.startswith("cnnviz.ui.")}
            assert used <= {folder, "shared"}, path


def test_streamlits_entry_points_are_three_lines() -> None:
    """What a page does is in its folder."""
    for path in (REPOSITORY / "pages").glob("*.py"):
        statements = ast.parse(path.read_text(encoding="utf-8")).body
        assert len(statements) == 3, path  # what it is, the import, the call
        assert imports(path) == {f"cnnviz.ui.{path.stem}.page", f"cnnviz.ui.{path.stem}.page.page"}


def module(path: Path) -> str:
    return ".".join(path.relative_to(REPOSITORY).with_suffix("").parts).removesuffix(".__init__")


def statements(path: Path, *, with_types: bool = False) -> Iterator[ast.Import | ast.ImportFrom]:
    """Every import that runs, also inside functions; what is there for the types alone only `with_types`."""
    left = [ast.parse(path.read_text(encoding="utf-8"))]  # type: list[ast.AST]
    while left:
        node = left.pop()
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield node
        elif with_types or not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)):
            left += ast.iter_child_nodes(node)


def needs(path: Path, modules: set[str]) -> set[str]:
    """The modules of the package that `path` imports."""
    found = set()
    for node in statements(path, with_types=True):
        if isinstance(node, ast.ImportFrom) and node.module:
            named = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= named & modules or {node.module}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found & modules - {module(path)}


def test_no_two_files_need_each_other() -> None:
    """No circle, nor through an import in a function or for types: taken off in order, nothing is left."""
    modules = {module(path) for path in FILES}
    left = {module(path): needs(path, modules) for path in FILES}
    while free := {name for name, needed in left.items() if not needed & left.keys()}:
        left = {name: needed for name, needed in left.items() if name not in free}
    on_circles = {name: needed & left.keys() for name, needed in left.items()}
    while ends := {name for name in on_circles if not any(name in needed for needed in on_circles.values())}:
        on_circles = {name: needed for name, needed in on_circles.items() if name not in ends}  # they only lead there
    assert on_circles == {}


def _is_inside(node: ast.stmt) -> bool:
    return node.col_offset > 0


def _named(node: ast.Import | ast.ImportFrom, modules: set[str]) -> set[str]:
    """What a statement loads: modules of ours, or the packages of others."""
    if isinstance(node, ast.Import):
        return {alias.name if alias.name in modules else alias.name.split(".")[0] for alias in node.names}
    assert node.module
    ours = {f"{node.module}.{alias.name}" for alias in node.names} & modules
    return ours or {node.module if node.module in modules else node.module.split(".")[0]}


def heavy_modules() -> set[str]:
    """The packages of others that take long to load, and the modules of ours that load one as they are imported."""
    modules = {module(path) for path in FILES}
    loads = {
        module(path): set().union(*(_named(node, modules) for node in statements(path) if not _is_inside(node)))
        for path in FILES
    }
    heavy = set(HEAVY)
    while more := {name for name, loaded in loads.items() if loaded & heavy} - heavy:
        heavy |= more
    return heavy


def test_imports_inside_functions_are_of_heavy_packages() -> None:
    """An import inside a function saves the loading of something heavy, and its line says so: `# heavy`."""
    modules, heavy = {module(path) for path in FILES}, heavy_modules()
    silent, light = [], []
    for path in FILES:
        lines = path.read_text(encoding="utf-8").splitlines()
        for node in filter(_is_inside, statements(path)):
            place = f"{path.relative_to(REPOSITORY)}:{node.lineno}"
            if not any("# heavy" in line for line in lines[node.lineno - 1 : node.end_lineno]):
                silent.append(place)
            if not _named(node, modules) <= heavy:
                light.append(place)
    assert (silent, light) == ([], [])


def test_sql_is_in_few_files() -> None:
    """As docs/decisions.md counts them: the files of the runs and their sweeps, none above or beside them."""
    sql = re.compile(
        r"\b(SELECT .*FROM|INSERT (OR \w+ )?INTO|UPDATE \w+ SET|DELETE FROM|CREATE (TABLE|INDEX)|PRAGMA)\b"
    )
    texts = {path: ast.walk(ast.parse(path.read_text(encoding="utf-8"))) for path in FILES}
    found = {
        path.relative_to(PACKAGE / "runs").with_suffix("").as_posix() if room(path) == "runs" else str(path)
        for path, nodes in texts.items()
        if any(isinstance(node, ast.Constant) and sql.search(str(node.value)) for node in nodes)
    }
    (row,) = re.findall(r"^\| SQL is in .*", (REPOSITORY / "docs" / "decisions.md").read_text("utf-8"), re.MULTILINE)
    assert found == set(re.findall(r"`([\w/]+)`", row))


def test_a_modules_first_line_is_a_sentence() -> None:
    """It names the thing, and ends in the line it began in; more stands below."""
    for path in FILES:
        words = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        assert words.partition("\n")[0].endswith((".", ":")), path


def test_no_module_has_an_old_name() -> None:
    """What a newcomer looks for is called by the word that he looks for."""
    for path in FILES:
        assert module(path).split(".")[-1] not in OLD_NAMES.get(room(path), "").split(), path


def test_no_component_has_an_old_name() -> None:
    """Neither a folder of the package nor a script in it."""
    scripts = list(PACKAGE.rglob("*.js"))
    names = {path.stem: path for path in (*scripts, *(folder for script in scripts for folder in script.parents))}
    assert {name: names[name] for name in names.keys() & set(OLD_COMPONENT_NAMES.split())} == {}


def test_tests_mirror_the_package() -> None:
    """What tests a module or a package is called after it, with what it tests of it: test_NAME.py, test_NAME_WHAT.py.

    So are those of the tests' own modules beside them. Elsewhere are tests of the whole app (`pages`, `browser`,
    `conformance`), of JavaScript (`js`), and of all pages together (`ui` itself, which has no module).
    """
    lost = []
    for path in (REPOSITORY / "tests").rglob("test_*.py"):
        folder = path.parent.relative_to(REPOSITORY / "tests")
        if folder.parts and folder.parts[0] not in (*WHOLE, "js") and folder != Path("ui"):
            beside = [*(PACKAGE / folder).iterdir(), *path.parent.glob("[!t]*.py")]
            names = {each.stem for each in beside if each.suffix == ".py" or (each / "__init__.py").exists()}
            if not any(f"{path.stem}_".startswith(f"test_{name}_") for name in names):
                lost.append(str(path.relative_to(REPOSITORY)))
    assert lost == []
