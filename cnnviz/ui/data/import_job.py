"""Import in the background: what is being imported for a visitor, how far it is, and what became of it.

It goes on while its visitor is on another page of the app, and ends when he presses Stop or closes the browser: then
nothing of it is left.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from cnnviz.base.errors import CnnvizError
from cnnviz.base.link_kinds import shortened
from cnnviz.base.text import plain
from cnnviz.data.dataset_spec import DatasetSpec
from cnnviz.data.own.importing import BrokenPicturesError, ImportSettings, Step, steps
from cnnviz.data.own.sources import Source
from cnnviz.data.registry import dataset
from cnnviz.ui.data import import_source
from cnnviz.ui.data.next_steps import training_links
from cnnviz.ui.shared import jobs, state
from cnnviz.ui.shared.i18n import _, sentence
from cnnviz.ui.shared.names import data_name
from cnnviz.ui.shared.run_text import with_label

JOB = "data_own_import"
_WANTED = "data_own_wanted"  # in the session: what is being imported
_ENDED = "data_own_ended"  # in the session: what became of the last one
_AT_FIRST = 0.3  # seconds that the page waits: a few drawings are in by then
_MOST_BROKEN = 20  # pictures that are named
_NUMBERS = itertools.count(1)

WhenDone = Callable[[DatasetSpec], None]


@dataclass(frozen=True, eq=False)
class _Wanted:
    number: int
    source: Source
    settings: ImportSettings
    when_done: WhenDone | None  # is told of the set, by the page


@dataclass(frozen=True, eq=False)
class _Ended:
    name: str = ""  # of the set; "": there is none
    error: CnnvizError | None = None  # None without a set: it was stopped


def begin(source: Source, settings: ImportSettings, when_done: WhenDone | None = None) -> None:
    """Have it imported; what was being imported before is stopped."""
    forget()
    st.session_state[_WANTED] = _Wanted(next(_NUMBERS), source, settings, when_done)


def forget() -> None:
    """Nothing more is said of the last one."""
    st.session_state.pop(_ENDED, None)
    st.session_state.pop(_WANTED, None)
    jobs.forget(JOB)


def forget_failure() -> None:
    """What failed was of another source."""
    ended: _Ended | None = st.session_state.get(_ENDED)
    if ended is not None and not ended.name:
        del st.session_state[_ENDED]


def is_underway() -> bool:
    """Whether something is being imported."""
    return _WANTED in st.session_state


def found_broken() -> bool:
    """Whether the last import ended because pictures cannot be read."""
    ended: _Ended | None = st.session_state.get(_ENDED)
    return ended is not None and isinstance(ended.error, BrokenPicturesError)


def show() -> None:
    """How far it is, or what became of it; nothing where nothing was imported."""
    wanted: _Wanted | None = st.session_state.get(_WANTED)
    if wanted is not None:
        make = partial(steps, wanted.source, wanted.settings)
        jobs.start(JOB, wanted.number, make, _share, goes_on=True)
        now = jobs.latest(JOB, _AT_FIRST)
        if not now.is_finished:
            jobs.follow(JOB, partial(_progress, wanted.settings.name))
            return
        _end(wanted, now)
    ended: _Ended | None = st.session_state.get(_ENDED)
    if ended is not None:
        _outcome(ended)


def _share(step: Step) -> float:
    return min(1.0, step.done / max(1, step.total))


def _progress(name: str, now: jobs.Latest) -> None:
    step: Step | None = now.value
    text = _("{name}: its pictures are being listed …", name=plain(name))
    if step is not None:
        done, total = f"{step.done:,}", f"{step.total:,}"
        text = _("{name}: {done} of {total} pictures imported", name=plain(name), done=done, total=total)
    jobs.show_progress(JOB, now, text)
    st.caption(_("Leave this tab open: the import ends with it. Other pages of the app may be looked at meanwhile."))


def _end(wanted: _Wanted, now: jobs.Latest) -> None:
    """It is over: what it came to is kept, its pictures are let go, and the page shows the set."""
    spec = None if now.value is None else now.value.spec
    forget()
    st.session_state[_ENDED] = _Ended("" if spec is None else spec.name, now.error)
    if spec is not None:
        import_source.release()
        state.change_code("data_name", spec.name)
        if wanted.when_done is not None:
            _tell(wanted.when_done, spec)
    st.rerun()  # what is above and before this has been drawn as if it were still under way


def _tell(when_done: WhenDone, spec: DatasetSpec) -> None:
    """It says itself what comes of the set, or leads elsewhere; what goes wrong is said here."""
    st.session_state.pop(_ENDED)
    try:
        when_done(spec)
    except CnnvizError as error:
        st.session_state[_ENDED] = _Ended(spec.name, error)


def _outcome(ended: _Ended) -> None:
    if ended.error is not None:
        is_of_name = "parameter" in ended.error.values
        said = with_label(ended.error, {"name": _("Name")}) if is_of_name else sentence(ended.error)
        if isinstance(ended.error, BrokenPicturesError):
            said = f"{said}\n\n{_broken(ended.error)}"
        st.error(said, icon=":material/error:")
    elif not ended.name:
        st.info(_("Stopped: nothing was imported."), icon=":material/stop_circle:")
    if ended.name:
        _made(ended.name)


def _broken(error: BrokenPicturesError) -> str:
    """Which, and what is wrong with each: a list."""
    return "\n".join(f"- {plain(shortened(name))}: {sentence(why)}" for name, why in error.broken[:_MOST_BROKEN])


def _made(name: str) -> None:
    """The set that was made: what is in it, what was done to its pictures, and where to go on."""
    try:
        spec = dataset(name)
    except CnnvizError:  # deleted meanwhile
        forget()
        return
    with st.container(horizontal=True, vertical_alignment="center", key="data_own_made"):
        summary = f":material/check_circle: {_summary(spec)}"
        st.markdown(summary, width="content")
        training_links(spec)
        st.button(
            _("Browse it"), key="data_own_browse", icon=":material/photo_library:", on_click=_browse, args=(name,)
        )
        st.button(_("Close"), key="data_own_close", icon=":material/close:", type="tertiary", on_click=forget)
    for remark in spec.remarks:
        st.caption(_(remark.template, **{gap: _shown(value) for gap, value in remark.values.items()}))


def _summary(spec: DatasetSpec) -> str:
    return _(
        "{name}: {classes} classes, {train} pictures to train on, {test} to test with.",
        name=f"**{plain(data_name(spec.name))}**",
        classes=len(spec.classes),
        train=f"{spec.train_images:,}",
        test=f"{spec.test_images:,}",
    )


def _shown(value: object) -> object:
    return plain(value) if isinstance(value, str) else value


def _browse(name: str) -> None:
    state.change_code("data_name", name)
    state.change_view("data_view_switch", "browse")
