"""Node, as Playwright's package brings it: runs what needs no document. Knows nothing of a browser."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import playwright

from tests.polling import PATIENCE

HERE = Path(__file__).parent
NODE = Path(playwright.__file__).parent / "driver" / ("node.exe" if sys.platform == "win32" else "node")
MODULES = ["--disable-warning=MODULE_TYPELESS_PACKAGE_JSON"]  # a .js file that imports or exports is a module


def run(*arguments: str, given: str = "", **options: Any) -> subprocess.CompletedProcess[str]:
    """What `node ARGUMENTS` did, `given` on its standard input."""
    command = [str(NODE), *MODULES, *arguments]
    return subprocess.run(
        command, input=given, capture_output=True, encoding="utf-8", timeout=PATIENCE, check=False, **options
    )


def call(module: str, body: str, given: Any = None) -> Any:
    """What the JavaScript `body` returns; it has `module` as `m`, `given`, and may `await load("other/module.js")`."""
    done = run(str(HERE / "call.mjs"), given=json.dumps([module, body, given]))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
