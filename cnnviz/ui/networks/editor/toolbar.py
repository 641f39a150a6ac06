"""Editor toolbar: start from the network chosen, open one, share this one, undo."""

from __future__ import annotations

import re
from functools import partial
from urllib.parse import urlencode

import streamlit as st

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.models.editor.blueprint import Blueprint
from cnnviz.models.editor.formats import MAX_CHARACTERS, MAX_LINK, from_json, to_json
from cnnviz.ui.networks.choice import Choice
from cnnviz.ui.networks.editor import state
from cnnviz.ui.networks.editor.table import listen
from cnnviz.ui.shared.i18n import _, sentence
from cnnviz.ui.shared.names import name_of

_FILE = "networks_own_file"
_PASTED = "networks_own_json"
_OPENED = "networks_own_opened"  # how often: the popover closes when it gets a new key
_NOTHING = N_("There is nothing to read. Paste the JSON of a network first.")


def toolbar(choice: Choice, blueprint: Blueprint) -> None:
    """The buttons, and why the last link or file was refused."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.button(
            _("Start from {name}", name=name_of("model", choice.name)),
            key="networks_own_start",
            icon=":material/content_copy:",
            on_click=_start_from,
            args=(choice,),
            help=_("Whatever network is chosen above: its rows replace those below. Undo brings these back."),
        )
        opened = st.session_state.get(_OPENED, 0)
        with st.popover(_("Open"), icon=":material/folder_open:", key=f"networks_own_open_{opened}"):
            _open_form(opened)
        with st.popover(_("Share"), icon=":material/share:", key="networks_own_share"):
            _share_form(blueprint)
        st.button(
            _("Undo"),
            key="networks_own_undo",
            icon=":material/undo:",
            on_click=_undo,
            disabled=not state.can_undo(),
            help=_("Back to the rows before the last edit, start or file."),
        )
    problem = state.problem()
    if problem is not None:
        st.error(sentence(problem), icon=":material/error:")
    if state.link() is None:
        st.caption(_too_long())


def file_stem(blueprint: Blueprint) -> str:
    """The network's name as a file name: letters, digits and hyphens of any script."""
    return re.sub(r"[^\w-]+", "-", blueprint.name)[:40].strip("-_") or "network"


def _too_long() -> str:
    return _(
        "This network is too long for a link of {limit} characters: it is not in the address. Save it as a file.",
        limit=f"{MAX_LINK:,}",
    )


def _share_form(blueprint: Blueprint) -> None:
    """The link, and the JSON to copy or to save."""
    link = state.link()
    st.markdown(_("**Link.** The address of this page holds the whole network."))
    if link is None:
        st.caption(_too_long())
    else:
        held = {state.LINK.name: link} if link else {}
        address = (st.context.url or "").split("?")[0]
        st.code(f"{address}?{urlencode({'networks_view': 'own', **held})}", language=None)
    st.markdown(_("**File.** JSON, one row a line; it can be opened here and trained on the command line."))
    text = to_json(blueprint)
    name = f"{file_stem(blueprint)}.json"
    st.download_button(
        _("Save as a file"),
        text,
        name,
        "application/json",
        key="networks_own_save",
        icon=":material/save:",
        on_click="ignore",
    )
    st.code(text, language="json", height=240)
    st.code(f"python -m cnnviz train --blueprint {name}", language="bash")


def _open_form(opened: int) -> None:
    """A file, or JSON pasted. It is only ever read as data."""
    st.file_uploader(
        _("A network saved here"),
        type=["json"],
        key=f"{_FILE}_{opened}",
        on_change=_open_file,
        max_upload_size=1,
        help=_("JSON with rows of known layers. It is only ever read as data, never run."),
    )
    st.text_area(_("Or its JSON, pasted"), key=f"{_PASTED}_{opened}", max_chars=MAX_CHARACTERS, height=140)
    st.button(_("Open what was pasted"), key="networks_own_paste", on_click=_open_pasted)


def _start_from(choice: Choice) -> None:
    listen()
    state.take(choice.blueprint)


def _undo() -> None:
    listen()
    state.undo()


def _open_file() -> None:
    file = st.session_state.get(f"{_FILE}_{st.session_state.get(_OPENED, 0)}")
    if file is not None:
        most = 4 * MAX_CHARACTERS + 4  # bytes: whatever is longer has too many characters too
        _open(file.getvalue()[:most].decode("utf-8-sig", errors="replace"))


def _open_pasted() -> None:
    _open(str(st.session_state.get(f"{_PASTED}_{st.session_state.get(_OPENED, 0)}") or ""))


def _open(text: str) -> None:
    """What was opened replaces the table; what is no network is left where it was pasted, with a sentence."""
    listen()
    if state.take(partial(_read, text)):
        st.session_state[_OPENED] = st.session_state.get(_OPENED, 0) + 1


def _read(text: str) -> Blueprint:
    if not text.strip():
        raise ConfigurationError(_NOTHING)
    return from_json(text)
