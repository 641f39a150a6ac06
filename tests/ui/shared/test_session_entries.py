"""Session entries looked up one by one: the same answers as Streamlit's own, without the whole session."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime.state import SafeSessionState, SessionState
from streamlit.runtime.state.common import WidgetMetadata
from streamlit.testing.v1 import AppTest

from cnnviz.ui.shared import server

WIDGET = "$$ID-0123456789abcdef0123456789abcdef-box"


@pytest.fixture
def session() -> SafeSessionState:
    """With an entry of a script, and a select box that a visitor has set."""
    state = SessionState()
    session = SafeSessionState(state, lambda: None)
    session["word"] = "zero"
    session["nothing"] = None
    state._set_widget_metadata(WidgetMetadata(WIDGET, lambda value: value, lambda value: value, "string_value"))
    state._set_key_widget_mapping(WIDGET, "box")
    states = WidgetStates()
    states.widgets.add(id=WIDGET, string_value="chosen")
    state.set_widgets_from_proto(states)
    return session


@pytest.fixture
def _look_up() -> Iterator[None]:
    before = SafeSessionState.filtered_state
    server.look_up_one_by_one()
    yield
    SafeSessionState.filtered_state = before  # type: ignore[method-assign]


def test_the_same_entries(session: SafeSessionState) -> None:
    """By name and as a whole, a box's by its key; what is not there is not."""
    theirs, ours = session.filtered_state, server.Entries(session)
    assert dict(ours) == theirs == {"word": "zero", "nothing": None, "box": "chosen"}
    assert len(ours) == 3
    assert str(ours) == str(theirs)
    assert "box" in ours
    assert "another" not in ours
    with pytest.raises(KeyError):
        ours["another"]


@pytest.mark.usefixtures("_look_up")
def test_boxes_look_up_nothing_but_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many entries a session has: drawing boxes makes no dict of them."""
    wholes = []
    monkeypatch.setattr(server.Entries, "_whole", lambda self: wholes.append(self) or {})

    def script() -> None:
        import streamlit as st

        st.session_state["empty"] = None
        st.selectbox("Box", ["a", "b"], key="empty")
        st.number_input("Number", value=3, key="number")

    page = AppTest.from_function(script).run()
    assert page.selectbox[0].value is None
    assert page.number_input[0].value == 3
    assert not wholes
