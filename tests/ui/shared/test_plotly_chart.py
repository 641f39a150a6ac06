"""Plotly is loaded where a chart of it is drawn, and nowhere before; its table is a file too."""

from __future__ import annotations

import csv
import io
import subprocess
import sys

import pytest
import streamlit as st

from cnnviz.ui.shared import warmup
from cnnviz.ui.shared.plotly_chart import plotly_chart, table_csv
from tests.conftest import REPOSITORY


@pytest.mark.parametrize("page", ["home", "convolution"])
def test_first_pages_do_without_plotly(page: str) -> None:
    """Drawn whole where importing it fails. (Streamlit imports it as it starts, if it is there: docs/decisions.md.)"""
    code = (
        "import sys; sys.modules['plotly'] = None;"
        "from streamlit.testing.v1 import AppTest;"
        "from tests.polling import PATIENCE;"
        "app = AppTest.from_file(sys.argv[1], default_timeout=PATIENCE).run();"
        "assert not app.exception, app.exception;"
        "print(sorted(name for name in sys.modules if name.startswith(('plotly.', '_plotly'))))"
    )
    command = [sys.executable, "-c", code, str(REPOSITORY / "pages" / f"{page}.py")]
    printed = subprocess.run(command, cwd=REPOSITORY, text=True, capture_output=True, check=True).stdout
    assert printed.strip() == "[]"


@pytest.mark.parametrize("page", ["networks", "training", "layers", "evaluation", "runs", "data"])
def test_no_page_needs_plotly_before_it_draws(page: str) -> None:
    """Our own code asks for it only in the function that draws."""
    code = f"import sys; sys.modules['plotly'] = None; import cnnviz.ui.{page}.page"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_figure_is_made_once_all_of_pandas_is_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """While the warm-up imports it, half of it is there, and Plotly would ask it for what it has not yet."""
    done: list[object] = []
    monkeypatch.setattr(warmup, "wait", done.append)
    monkeypatch.setattr(st, "plotly_chart", lambda figure, **usual: done.append(figure))
    plotly_chart(lambda: list(done), "key", "spoken")  # type: ignore[arg-type, return-value]  # not a figure
    assert done == [warmup.Stage.CHARTS, [warmup.Stage.CHARTS]]
    assert "pandas" in warmup.Stage.CHARTS.value[0]


def test_a_table_is_a_file_for_spreadsheets() -> None:
    """Numbers without their commas, texts quoted where they must be, Chinese as such."""
    assert table_csv(["类别", "n"], [["a,b", 1437]]).decode("utf-8-sig") == '类别,n\n"a,b",1437\n'


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "＝1", "\t=1"])
def test_a_name_in_a_table_is_no_formula(text: str) -> None:
    """What a visitor calls a run, or a folder's class, is not worked out on the teacher's machine; numbers are left."""
    rows = list(csv.reader(io.StringIO(table_csv([text], [[text, -5]]).decode("utf-8-sig"))))
    assert rows == [[f"'{text}"], [f"'{text}", "-5"]]
