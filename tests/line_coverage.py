"""Line coverage of cnnviz/, counted in every process of pytest, printed at the end. A plugin: `-p tests.line_coverage`.

slipcover counts a line until it has been reached and then takes its counter out again, so that a test that loops costs
nothing; coverage.py, which on this Python is called at every line, made the tests take two thirds longer. What a
server in a process of its own does while a browser is driven is not counted.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from slipcover import FileMatcher, ImportManager, Slipcover, merge_coverage

_PACKAGE = Path(__file__).parents[1] / "cnnviz"
_MOST_NAMED = 15  # files, those with the most lines that no test reaches

_counter = Slipcover(source=[str(_PACKAGE)])
ImportManager(_counter, FileMatcher(sources=[_PACKAGE])).__enter__()  # before anything of cnnviz is imported
_of_all: list[dict[str, Any]] = []


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker of pytest-xdist sends what it counted; without workers it is this process's own."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["coverage"] = json.dumps(_counter.get_coverage())
    elif not _of_all:
        _of_all.append(_counter.get_coverage())


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A worker is done."""
    if "coverage" in getattr(node, "workeroutput", {}):
        _of_all.append(json.loads(node.workeroutput["coverage"]))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The share of lines that some test reached, and the files with the most that none did."""
    if not _of_all:
        return
    found, *others = _of_all
    for other in others:
        found = merge_coverage(found, other)
    files = sorted(found["files"].items(), key=lambda file: -len(file[1]["missing_lines"]))
    terminalreporter.section("lines of cnnviz/ that no test reached (servers that a browser drove are not counted)")
    for name, file in files[:_MOST_NAMED]:
        missing, reached = len(file["missing_lines"]), len(file["executed_lines"])
        terminalreporter.line(f"{missing:5} of {missing + reached:4}  {name}")
    missing, reached = (sum(len(file[kind]) for _, file in files) for kind in ("missing_lines", "executed_lines"))
    terminalreporter.line(f"Coverage: {reached / (reached + missing):.1%} of {reached + missing:,} lines")
