"""Collect: classes named, pictures of each drawn or photographed in the browser, made a data set and trained on."""

from __future__ import annotations

from functools import partial

import streamlit as st

from cnnviz.base.errors import CnnvizError, RunError
from cnnviz.base.locale import N_
from cnnviz.data.dataset_spec import DatasetSpec
from cnnviz.data.own import store
from cnnviz.data.own.importing import ImportSettings
from cnnviz.data.own.sources import CollectedSource
from cnnviz.engine.first_run import first_run
from cnnviz.runs import scheduler
from cnnviz.ui.data import import_job
from cnnviz.ui.data.collect_state import DRAWING_SIDE, Collected, collected, for_browser, number_of
from cnnviz.ui.shared import drawing, mount, selected_run, visitor
from cnnviz.ui.shared.answer_link import answer_link
from cnnviz.ui.shared.drawing import pad_strings
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.mount import component
from cnnviz.ui.shared.page import keep_error, page_link, show_error

_KEY = "data_collect"
_ANSWERED = "data_collect_answered"  # in the session: number of the last message
_RUN = "data_collect_run"  # in the session: number of the run that was trained on the pictures
_ERROR = "data_collect"
_PHOTO_SIDE = 32  # pixels: a network of this size learns 64 photos in seconds


def show() -> None:
    """The collector, above it what became of the run."""
    show_error(_ERROR, None)
    _last_run()
    number = len(store.names()) + 1
    component("collect")(
        key=_KEY,
        data={
            "strings": _strings(),
            "limits": for_browser(),
            "first": [_("Class {number}", number=each) for each in (1, 2)],
            "name": _proposed(number),
            "setNames": list(store.names()),
            "answered": st.session_state.get(_ANSWERED, 0),
        },
        on_made_change=_take,
    )


def _proposed(number: int) -> str:
    """A name that no set has."""
    while store.clashing(_("my-pictures-{number}", number=number)):
        number += 1
    return _("my-pictures-{number}", number=number)


def _take() -> None:
    """Pictures have come: have them imported; what is wrong with them is said, and they stay in the browser."""
    sent = mount.said(_KEY, "made")
    if sent is None:
        return
    st.session_state[_ANSWERED] = number_of(sent)
    try:
        found = collected(sent)
    except CnnvizError as error:
        keep_error(_ERROR, None, error)
        return
    side = DRAWING_SIDE if found.are_drawings else _PHOTO_SIDE
    settings = ImportSettings(name=found.name, side=side, color=not found.are_drawings, owner=visitor.owner())
    source = CollectedSource(found.classes, found.are_drawings)
    import_job.begin(source, settings, partial(_train, found) if found.is_to_train else None)


def _train(found: Collected, spec: DatasetSpec) -> None:
    """Start the run, and go to where it is watched. What was drawn last is what Layers shows it first."""
    config = first_run(spec)
    run_id = scheduler.submit(config, visitor.owner())
    st.session_state[_RUN] = run_id
    selected_run.choose(run_id)
    if found.last_drawing is not None:
        st.session_state[drawing.DRAWING] = found.last_drawing
    st.switch_page("pages/training.py", query_params=selected_run.filled_from(run_id, config))


def _last_run() -> None:
    """Of the run that was trained on the pictures: what it does, and where it answers new ones."""
    run_id = st.session_state.get(_RUN, 0)
    if not run_id:
        return
    try:
        record = scheduler.store().record(run_id)
    except RunError:  # deleted
        del st.session_state[_RUN]
        return
    with st.container(horizontal=True, vertical_alignment="center", key="data_collect_run_row"):
        selected_run.follow(record.id)
        page_link("training", N_("Watch it learn"), ":material/model_training:", {selected_run.RUN: str(run_id)})
        answer_link(record)


def _strings() -> dict[str, object]:
    """What the collector says."""
    return {
        "pad": pad_strings(_("Draw here")),
        "sources": {"draw": _("Draw"), "camera": _("Camera"), "files": _("Files")},
        "take": {
            "draw": _("Add to {name}"),
            "camera": _("Hold to photograph {name}"),
            "files": _("Choose pictures of {name}"),
        },
        "help": {
            "draw": _("Enter adds the drawing; number keys choose the class."),
            "camera": _("Hold the button, space or Enter for up to 20 in a row; number keys choose the class."),
            "files": _("Of each picture the middle square is taken. Nothing leaves this browser yet."),
        },
        "drop": _("Drop pictures here"),
        "video": _("What the camera sees"),
        "turn": _("The other camera"),
        "asking": _("The browser asks whether the camera may be used."),
        "insecure": _("The camera needs an address with https, or localhost. Draw, or choose files instead."),
        "denied": _("The camera is not allowed here. Allow it in the browser's address bar, then choose Camera again."),
        "noCamera": _("No camera was found. Draw, or choose files instead."),
        "busyCamera": _("Another program has the camera. Close it there, then choose Camera again."),
        "blank": _("The pad is empty: draw something first."),
        "unread": _(
            "{count} files could not be read here as pictures, first {name}. “Import a zip” reads more formats."
        ),
        "taken": _("{name}: {count} of {goal}"),
        "full": _("No more fit: a class takes {most} pictures, all together {all}."),
        "notKept": _("This browser keeps nothing over a reload: make the data set before you leave."),
        "choose": _("Take pictures of {name} ({count})"),
        "className": _("Name of class {number}"),
        "newName": _("Class {number}"),
        "count": _("{count} of {goal}"),
        "pictures": _("Pictures of {name}"),
        "remove": _("Delete picture {number} of {name}"),
        "removeClass": _("Remove class {name}"),
        "sureClass": _("Remove class {name} with its {count} pictures?"),
        "sureAll": _("Delete all {count} pictures and begin anew?"),
        "add": _("Add a class"),
        "clear": _("Begin anew"),
        "name": _("Name of the data set"),
        "train": _("Train on these"),
        "keep": _("Make the data set"),
        "sending": _("The pictures are on their way …"),
        "ready": _("A fifth of each class is put aside for testing."),
        "problems": {
            "few": _("Two classes or more are needed: add one."),
            "unnamed": _("Class {number} has no name."),
            "twice": _("Two classes are called {name}: give one another name."),
            "short": _("{name} has {count} of at least {fewest} pictures; 20 are a good number."),
            "noName": _("The data set needs a name."),
            "badName": _(
                "The name takes 1 to {longest} letters, digits, hyphens or underscores, a letter or digit first."
            ),
            "takenName": _("There is a set {name} already: choose another name."),
        },
    }
