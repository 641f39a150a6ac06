"""Editor state: one's own network as it was left, its former forms for Undo, and its text in the link.

The session survives a page switch, the link a reload; whoever opens a link gets the network in it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import streamlit as st

from cnnviz.base.errors import ConfigurationError
from cnnviz.models.editor.blueprint import Blueprint
from cnnviz.models.editor.formats import from_json, from_link, to_json, to_link
from cnnviz.ui.networks.choice import plain
from cnnviz.ui.shared.link_parameters import parameter

LINK = parameter("networks_own", "")
_KEPT = "networks_own_kept"  # JSON
_PAST = "networks_own_past"  # JSON texts, the newest last
_PLACE = "networks_own_place"  # where the newest edit was: letters typed into one field are one edit
_VERSION = "networks_own_version"  # changes when the rows come from somewhere else than the table
_PROBLEM = "networks_own_problem"  # of a link or a file
_UNREAD = "networks_own_unread"  # the problem of what was typed
_START = "lenet5"
_MOST_PAST = 50

Place = tuple[object, ...]


def current() -> Blueprint:
    """The network in the table: as it was left, else LeNet-5."""
    kept = st.session_state.get(_KEPT)
    return _start() if kept is None else from_json(kept)


def version() -> int:
    """A new number whenever the table has to take rows that are not its own."""
    return int(st.session_state.get(_VERSION, 0))


def problem() -> ConfigurationError | None:
    """Why what stands in the table is refused, until it is typed otherwise; else why the last link or file was, until
    the network changes."""
    found: ConfigurationError | None = st.session_state.get(_UNREAD) or st.session_state.get(_PROBLEM)
    return found


def take(make: Callable[[], Blueprint]) -> bool:
    """The network that `make` gives replaces the one in the table; its ConfigurationError changes nothing."""
    try:
        blueprint = make()
    except ConfigurationError as error:
        st.session_state[_PROBLEM] = error
        return False
    _remember(None)
    _put(blueprint)
    return True


def typed(make: Callable[[], Blueprint]) -> None:
    """The same for what was typed into the table, which has these rows already."""
    try:
        blueprint = make()
    except ConfigurationError as error:
        st.session_state[_UNREAD] = error
        return
    st.session_state.pop(_UNREAD, None)
    former = current()
    if blueprint != former:
        _remember(changed_place(former, blueprint))
        st.session_state[_KEPT] = to_json(blueprint)
        st.session_state.pop(_PROBLEM, None)


def undo() -> None:
    """Back to the network before the last edit, start or file."""
    past = st.session_state.get(_PAST)
    if past:
        st.session_state.pop(_PLACE, None)
        _put(from_json(past.pop()))


def can_undo() -> bool:
    """Whether there was an edit, start or file."""
    return bool(st.session_state.get(_PAST))


def link() -> str | None:
    """The network's text in the link: "" for the network one starts with, None if it is too long for a link."""
    blueprint = current()
    return "" if blueprint == _start() else to_link(blueprint)


def arrive() -> None:
    """A link from elsewhere brings its network along."""
    text = LINK.news()
    if text:
        is_first = _KEPT not in st.session_state
        take(lambda: from_link(text))
        if is_first:
            st.session_state.pop(_PAST, None)  # nobody made what Undo would return to


def changed_place(former: Blueprint, now: Blueprint) -> Place | None:
    """The one field in which both differ; None if rows came, went or moved, or more than one field differs."""
    if [row.kind for row in former.rows] != [row.kind for row in now.rows]:
        return None
    places: list[Place] = [
        (name,) for name in ("name", "input_size", "num_classes") if getattr(former, name) != getattr(now, name)
    ]
    for index, (one, other) in enumerate(zip(former.rows, now.rows, strict=True)):
        names = {"name", *one.options, *other.options}
        before, after = ({"name": row.name, **row.options} for row in (one, other))
        places += [(index, name) for name in sorted(names) if before.get(name) != after.get(name)]
    return places[0] if len(places) == 1 else None


def _remember(place: Place | None) -> None:
    """Undo can return to the network as it is now; letters typed into the same field count as one edit."""
    if place is not None and place == st.session_state.get(_PLACE):
        return
    st.session_state[_PLACE] = place
    past = st.session_state.setdefault(_PAST, [])
    past.append(to_json(current()))
    del past[:-_MOST_PAST]


def _put(blueprint: Blueprint) -> None:
    st.session_state[_KEPT] = to_json(blueprint)
    st.session_state[_VERSION] = version() + 1
    for problem_key in (_PROBLEM, _UNREAD):
        st.session_state.pop(problem_key, None)


@cache
def _start() -> Blueprint:
    return plain(_START).blueprint()
