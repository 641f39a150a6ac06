"""A page is a folder, an entry point and a row; its link's parameters are rows too. Proved by adding one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.recipes import Recipe

pytestmark = pytest.mark.slow

PAGE = '''"""Lessons page: a page for a test."""

from __future__ import annotations

import streamlit as st

from cnnviz.ui.shared.page import start


def page() -> None:
    """The whole page."""
    start("Lessons", "Choose one.")
    st.number_input("Lesson", 1, 9, key="lessons_number", bind="query-params")
'''
ENTRY = '''"""Entry point: Streamlit runs it whenever somebody is on the page Lessons."""

from cnnviz.ui.lessons.page import page

page()
'''
PROGRAM = """
import sys
from streamlit.testing.v1 import AppTest
from cnnviz.ui.shared import warmup

warmup._import(warmup.Stage.PAGES)
assert "cnnviz.ui.lessons.page" in sys.modules and "torch" not in sys.modules
page = AppTest.from_file("pages/lessons.py", default_timeout=PATIENCE)
page.query_params["lessons_number"] = "4"
page.run()
assert not page.exception and page.title[0].value == "Lessons"
assert page.number_input(key="lessons_number").value == 4
page = AppTest.from_file("pages/lessons.py", default_timeout=PATIENCE)
page.query_params["lessons_number"] = "many"
page.run()
assert "number" in page.warning[0].value and "many" in page.warning[0].value, page.warning[0].value
"""


def test_a_folder_and_rows_are_enough(tmp_path: Path) -> None:
    """Imported by the warm-up, opened by its entry point, its link checked before a widget is made."""
    recipe = Recipe("A page", tmp_path)
    recipe.add("cnnviz/ui/lessons/__init__.py", '"""Lessons page."""\n')
    recipe.add("cnnviz/ui/lessons/page.py", PAGE)
    recipe.add("pages/lessons.py", ENTRY)
    row = '    PageInfo("lessons", "Lessons", ":material/school:"),\n'
    recipe.insert("cnnviz/ui/shared/page.py", '    PageInfo("data", ', row)
    parameters = "cnnviz/ui/shared/link_parameters.py"
    recipe.insert(parameters, '        "layers_checkpoint": ', '        "lessons_number": whole(1, 9),\n')
    recipe.prove(PROGRAM)
