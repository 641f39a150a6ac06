"""Whatever a browser sends in a component's name is read by kind and range: no page breaks, nothing else changes."""

from __future__ import annotations

import math
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.engine.config import TrainConfig
from cnnviz.runs import scheduler
from tests.conftest import REPOSITORY
from tests.polling import PATIENCE

NESTED: Any = "end"
for _ in range(300):
    NESTED = [NESTED]

FORGED: dict[str, Any] = {
    "none": None,
    "switch": True,
    "negative": -1,
    "huge": 10**30,
    "nan": math.nan,
    "infinite": math.inf,
    "surrogate": "\ud800",
    "long": "x" * 300_000,
    "control": "a\x00\n<script>",
    "list": ["\ud800", 10**30, None, [], {}],
    "object": {"query": 1, "chosen": [10**30], "version": 0, "text": "\ud800", "serial": -1, "wish": "x"},
    "nested": NESTED,
}
COMPONENTS = {  # page -> what its components say
    "convolution": {"convolution_stage": ["link"]},
    "evaluation": {"evaluation_matrix lenet5-mnist mnist": ["picked"]},
    "home": {"home_stage": ["drawing"]},
    "layers": {name: ["chosen"] for name in ("layers_sheet", "layers_strip")} | {"layers_pad": ["drawing"]},
    "networks": {"networks_drawing": ["chosen"], "networks_table": ["chosen"], "networks_rows": ["said", "linked"]},
    "runs": {"runs_table": ["wanted", "opened"], "runs_parallel": ["selection"]},
    "training": {"training_film": ["have", "wanted"], "visitor_component": ["id"], "training_film_pad": ["drawing"]},
}


def hear_everything() -> None:
    """Every callback of every component, for whatever `st.session_state["forged"]` says."""
    import numpy as np
    import streamlit as st

    from cnnviz.ui.layers import filters, strip, view
    from cnnviz.ui.networks import views
    from cnnviz.ui.networks.editor import table
    from cnnviz.ui.runs import details, selection, sweep_lines
    from cnnviz.ui.runs import table as run_table
    from cnnviz.ui.shared import drawing, visitor

    query = {"text": "", "status": "", "tag": "", "mine": False, "sort": "-number", "page": 0}
    for value in st.session_state["forged"]:
        st.session_state["runs_table"] = {"wanted": value, "opened": value}
        run_table._take()
        run_table._open()
        for name in query:
            st.session_state["runs_table"] = {"wanted": {"query": {**query, name: value}, "chosen": [], "wish": value}}
            run_table._take()
        st.session_state["runs_table"] = {"wanted": {"query": query, "chosen": [1, value]}}
        run_table._take()
        for said in (value, {"box": value, "points": value}, {"box": [value, {"x": value, "y": [value, 0]}]}):
            st.session_state["runs_parallel"] = {"selection": said}
            sweep_lines._take(1, [])
        st.session_state["runs_parallel"] = {"selection": {"points": [value, {"customdata": value}]}}
        sweep_lines._take(1, [])
        st.session_state["visitor_component"] = {"id": value}
        visitor._remember()
        for sheet in ("layers_sheet", "layers_strip", "layers_filters", "networks_drawing"):
            st.session_state[sheet] = {"chosen": value}
        view.choose_unit("layers_sheet")
        strip._choose(["conv1"])
        filters._choose(np.arange(6))
        views._choose("networks_drawing")
        st.session_state["layers_pad"] = {"drawing": value}
        drawing._keep_sent("layers_pad")
        for said in (value, {"version": 0, "serial": value, "text": value}):
            st.session_state["networks_rows"] = {"said": said, "linked": value}
            table.listen()
            table._hear_link()
            table._serial()
    st.text(repr((details.opened(), selection.chosen(), selection.query(), selection.VIEW.read())))


def test_callbacks_take_nothing_that_is_forged() -> None:
    """After all forged messages together the page is as it was: nothing opened, chosen, asked or named."""
    app = AppTest.from_function(hear_everything, default_timeout=PATIENCE)
    app.session_state["forged"] = list(FORGED.values())
    app.run()
    assert not app.exception
    opened, chosen = app.text[0].value.split(", ")[:2]
    assert (opened, chosen) == ("(None", "()")
    assert "text=''" in app.text[0].value
    assert not app.query_params
    assert "layers_map" not in app.session_state
    assert "visitor_id" not in app.session_state


@pytest.mark.parametrize("kind", ["huge", "nan", "surrogate", "list", "object", "nested"])
@pytest.mark.parametrize("page", COMPONENTS)
def test_no_page_breaks(page: str, kind: str) -> None:
    """What its components are said to have said is there when the page is drawn."""
    scheduler.store().add(TrainConfig())
    app = AppTest.from_file(REPOSITORY / "pages" / f"{page}.py", default_timeout=PATIENCE)
    if page == "networks":
        app.query_params["networks_view"] = "own" if kind in ("surrogate", "object") else "table"
    for component, names in COMPONENTS[page].items():
        app.session_state[component] = dict.fromkeys(names, FORGED[kind])
    assert not app.run().exception
