"""Own checkpoint: a changed network kept under a visitor's name, which the box Checkpoint offers from then on."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from cnnviz.base.errors import CheckpointError
from cnnviz.base.locale import N_
from cnnviz.base.text import plain
from cnnviz.engine import checkpoint
from cnnviz.engine.card import Card
from cnnviz.inspection.ablation import written
from cnnviz.inspection.effect import Compared, Score
from cnnviz.ui.layers.switched import Switched
from cnnviz.ui.layers.view import Inspected
from cnnviz.ui.shared import cache
from cnnviz.ui.shared.checkpoints import own_file
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.page import errors_as_sentences

_DONE = "layers_off_is_kept"  # in the session: (its name, what was changed)


def keep_button(inspected: Inspected, now: Switched, compared: Compared | None) -> None:
    """Nothing is kept unless it is asked for, under a name of the visitor's."""
    label = _("Keep as a checkpoint of my own")
    with st.popover(label, icon=":material/save:", disabled=now.change.is_nothing):
        name = st.text_input(_("Name"), key="layers_off_name", max_chars=40, placeholder=_("for example: without 3"))
        score = None if compared is None else compared.after
        if st.button(_("Keep"), key="layers_off_keep", disabled=not name.strip(), type="primary"):
            with errors_as_sentences():
                keep(inspected, now, name, score)
                st.session_state[_DONE] = (own_file(name).stem, now.change)
                st.rerun()  # the box Checkpoint above offers it
        if st.session_state.get(_DONE, ("", None))[1] == now.change:
            st.success(_("Kept. The box Checkpoint offers it as {name}.", name=plain(st.session_state[_DONE][0])))


def keep(inspected: Inspected, now: Switched, name: str, score: Score | None) -> Card:
    """Write it.

    Raises CheckpointError for a name that is taken or none and where nothing can be written, ConfigurationError where
    weights cannot do what the hooks do.
    """
    file = own_file(name)
    if file.exists():
        raise CheckpointError(N_("There is a checkpoint {name} already. Choose another name."), name=file.stem)
    channels, height, width = inspected.card.input_size
    changed = written(inspected.model, cache.summary(inspected.model, (channels, height, width)), now.change)
    try:
        return checkpoint.save(file, changed, _card(inspected.card, score))
    except OSError as error:
        raise CheckpointError(
            N_("`{path}` cannot be written ({reason}). Make room or set CNNVIZ_HOME to a folder of yours."),
            path=file,
            reason=error.strerror or type(error).__name__,
        ) from error


def _card(card: Card, score: Score | None) -> Card:
    """What is known of the changed network: nothing of what the untouched one was measured at."""
    card = replace(card, command="", sha256="", test_loss=0.0, test_accuracy=0.0, correct=0, total=0)
    if score is None:
        return replace(card, per_class=(), confusion=())
    rows = tuple(tuple(row) for row in score.confusion.tolist())
    return replace(
        card,
        test_loss=round(score.loss, 4),
        test_accuracy=round(score.accuracy, 6),
        correct=score.correct,
        total=score.total,
        per_class=tuple((row[i], sum(row)) for i, row in enumerate(rows)),
        confusion=rows,
    )
