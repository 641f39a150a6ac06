"""Run box: one run with its name, notes, tags, settings, and where to go from there."""

from __future__ import annotations

import html

import streamlit as st

from cnnviz.base.errors import RunError
from cnnviz.base.locale import N_
from cnnviz.runs import annotations as run_notes
from cnnviz.runs import scheduler
from cnnviz.runs.run import RunRecord
from cnnviz.ui.runs.differences import fingerprint
from cnnviz.ui.shared.checkpoints import NEXT_STEPS, run_name
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.names import name_of
from cnnviz.ui.shared.page import errors_as_sentences, page_link
from cnnviz.ui.shared.run_text import accuracy, by_hand, field_label, is_unnamed, settings_of, status_of, who
from cnnviz.ui.shared.run_text import run_name as called
from cnnviz.ui.shared.selected_run import RUN, rerun_page_link

_WATCH = N_("Epoch by epoch")
_OPEN = "runs_open"  # in the session: the run whose box is open


def open_box(run_id: int) -> None:
    """Have it shown over the page from the next run of the whole page on."""
    st.session_state[_OPEN] = run_id


def close() -> None:
    """No box any more."""
    st.session_state.pop(_OPEN, None)


def opened() -> int | None:
    """The run whose box is open. Somebody reads or writes in it: the page is not drawn anew for other reasons."""
    run: int | None = st.session_state.get(_OPEN)
    return run


def show() -> None:
    """The box that is open, if one is. It belongs to the page, not to the list, which is drawn anew by a timer."""
    run_id = opened()
    if run_id is None:
        return
    with errors_as_sentences():
        try:
            record = scheduler.store().record(run_id)
        except RunError:
            close()
            raise
        box = st.dialog(_("Run {number}", number=record.id), width="large", on_dismiss=close)
        box(lambda: _box(record.id))()


def _box(run_id: int) -> None:
    with errors_as_sentences():
        record = scheduler.store().record(run_id)
        _links(record)
        left, right = st.columns([1.15, 1], gap="large")
        with left:
            _form(record)
        with right:
            st.html(_facts(record))
            text = _(
                "The fingerprint is worked out from the weights before the first step: runs with the same began alike."
            )
            st.caption(text)


def _form(record: RunRecord) -> None:
    with st.form(f"runs_form_{record.id}", border=False):
        name = st.text_input(
            _("Name"),
            "" if is_unnamed(record) else record.name,
            max_chars=run_notes.LONGEST_NAME,
            key=f"runs_name_{record.id}",
            placeholder=called(record),
        )
        tags = st.multiselect(
            _("Tags"),
            sorted({*run_notes.all_tags(scheduler.store()), *record.tags}),
            default=list(record.tags),
            accept_new_options=True,
            max_selections=run_notes.MOST_TAGS,
            key=f"runs_tags_{record.id}",
            placeholder=_("Type a new tag and press Enter."),
        )
        notes = st.text_area(
            _("Notes"),
            record.notes,
            max_chars=run_notes.LONGEST_NOTES,
            height=130,
            key=f"runs_notes_{record.id}",
            placeholder=_("What was tried, and what came of it?"),
        )
        if st.form_submit_button(_("Save"), type="primary", icon=":material/check:"):
            store = scheduler.store()
            run_notes.rename(store, record.id, name)
            run_notes.write_notes(store, record.id, notes)
            run_notes.set_tags(store, record.id, [str(tag) for tag in tags])
            close()
            st.rerun()


def _facts(record: RunRecord) -> str:
    """Every setting, and where the run comes from."""
    facts = [(_("Status"), status_of(record)), (_("Best test accuracy"), accuracy(record) or "–")]
    facts.append((_("Who"), who(record)))
    if record.parent is not None:
        facts.append((_("Made from"), _("run {run}", run=record.parent)))
    facts += [(name, text) for name, text in by_hand(record).items() if text]
    if record.sweep is not None:
        facts.append((_("Belongs to"), _("sweep {number}", number=record.sweep)))
    settings = settings_of(record.config)
    facts += [
        (field_label(name), _shortened(name, value)) for name, value in settings.items() if value not in ("", None)
    ]
    facts.append((_("Fingerprint of the initial weights"), fingerprint(record) or "–"))
    rows = "".join(f'<tr><th scope="row">{html.escape(n)}</th><td>{html.escape(v)}</td></tr>' for n, v in facts)
    return f'<div class="rn-scroll"><table class="rn-table"><tbody>{rows}</tbody></table></div>'


def _shortened(name: str, value: object) -> str:
    text = name_of(name, value)
    return text if len(text) <= 60 else f"{text[:59]}…"


def _links(record: RunRecord) -> None:
    with st.container(horizontal=True, key="runs_box_links"):
        rerun_page_link(record)
        page_link("training", _WATCH, ":material/model_training:", {RUN: str(record.id)})
        if record.epochs_done:
            for page, text, icon in NEXT_STEPS:
                page_link(page, text, icon, {f"{page}_checkpoint": run_name(record.id)})
