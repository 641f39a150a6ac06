"""Server start: garbage collected by a thread of its own, session entries looked up one by one."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator
from itertools import count
from types import SimpleNamespace

import pytest
from streamlit import config
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.state import SafeSessionState, SessionState
from streamlit.runtime.state.common import WidgetMetadata
from streamlit.testing.v1 import AppTest

from cnnviz.ui.shared import server

WIDGET = "$$ID-0123456789abcdef0123456789abcdef-box"


class Circle:
    """Something that only a collection can find."""

    def __init__(self) -> None:
        self.itself = self


class OverError(Exception):
    """Enough looks were taken."""


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds at which the collector collects, by a clock that goes on with every look; it stops after 100 s."""
    seconds, collected = count(0.0, server._LOOK), list[float]()
    now = 0.0

    def look(_pause: float) -> None:
        nonlocal now
        now = next(seconds)
        if now > 100:
            raise OverError

    monkeypatch.setattr(server, "time", SimpleNamespace(sleep=look, monotonic=lambda: now))
    monkeypatch.setattr(server, "collect", lambda: collected.append(now))
    return collected


def test_streamlits_own_is_off() -> None:
    """It walks the heap after every run, while the next visitor waits."""
    assert config.get_option("runner.postScriptGC") is False


def test_what_nobody_holds_is_found() -> None:
    """Two things that hold each other are gone."""
    circle = Circle()
    gone = weakref.ref(circle)
    del circle
    gc.disable()
    try:
        assert gone() is not None
        server.collect()
    finally:
        gc.enable()
    assert gone() is None


def test_it_comes_when_it_is_quiet(looks: list[float]) -> None:
    """Every 10 s while no page is drawn."""
    with pytest.raises(OverError):
        server._collect_for_good()
    assert looks == pytest.approx([10.25 * number for number in range(1, 10)])


def test_it_waits_while_a_page_is_drawn_but_not_for_ever(looks: list[float]) -> None:
    """A server that is never quiet collects once a minute."""
    drawn = threading.Event()
    page = threading.Thread(target=drawn.wait, name="ScriptRunner.scriptThread")
    page.start()
    try:
        with pytest.raises(OverError):
            server._collect_for_good()
    finally:
        drawn.set()
        page.join()
    assert looks == [60.25]


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


def drawn(fragment: str, *path: int) -> ForwardMsg:
    """A container drawn by a fragment at this place."""
    message = ForwardMsg()
    message.metadata.delta_path.extend(path)
    message.delta.fragment_id = fragment
    message.delta.add_block.allow_empty = True
    return message


def run_twice(queue: ForwardMsgQueue) -> list[list[int]]:
    """An outer fragment draws itself and what is in it, and begins anew before any of it is sent: the places sent."""
    for message in (drawn("outer", 0, 3, 0), drawn("inner", 0, 3, 1)):
        queue.enqueue(message)
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=["outer"])
    for message in (drawn("outer", 0, 3, 0), drawn("inner", 0, 3, 1)):
        queue.enqueue(message)
    return [list(message.metadata.delta_path) for message in queue.flush()]


def test_a_fragment_that_runs_again_loses_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit alone sends the inner one's place before the outer's is there, which empties the page."""
    assert run_twice(ForwardMsgQueue())[0] == [0, 3, 1]
    monkeypatch.setattr(ForwardMsgQueue, "clear", server._clear)
    queue = ForwardMsgQueue()
    assert run_twice(queue) == 2 * [[0, 3, 0], [0, 3, 1]]
    assert queue.is_empty()


def test_a_whole_run_drops_what_is_unsent(monkeypatch: pytest.MonkeyPatch) -> None:
    """As ever: it draws everything itself."""
    monkeypatch.setattr(ForwardMsgQueue, "clear", server._clear)
    queue = ForwardMsgQueue()
    queue.enqueue(drawn("outer", 0, 3, 0))
    queue.clear(retain_lifecycle_msgs=True)
    assert queue.is_empty()
