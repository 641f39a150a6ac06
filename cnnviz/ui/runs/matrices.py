"""Confusion matrices of two runs: what changed from one to the other, and the pictures behind a cell."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from cnnviz.base.text import plain
from cnnviz.charts.confusion import Answers, Counts, Mistake, largest_changes
from cnnviz.data.registry import dataset
from cnnviz.engine.card import kept_epochs
from cnnviz.runs.run import RunRecord
from cnnviz.ui.runs import selection
from cnnviz.ui.shared import cache
from cnnviz.ui.shared.cache import history_of
from cnnviz.ui.shared.checkpoints import run_name
from cnnviz.ui.shared.confusion_matrix import LayersLink, confusion_change, gallery
from cnnviz.ui.shared.i18n import _, listed, sentences
from cnnviz.ui.shared.names import data_name
from cnnviz.ui.shared.run_text import class_names, label

if TYPE_CHECKING:
    from cnnviz.engine.evaluate import Evaluation

KEY = "runs_matrix"
_FEW = 8  # pictures
_MOST_CHANGES = 3  # in words


def show(records: Sequence[RunRecord]) -> None:
    """Two of the chosen runs that were tested on the same pictures, side by side in one matrix."""
    tested = [record for record in records if history_of(record).epochs]
    if len(tested) < 2:
        st.caption(_("As soon as two of the chosen runs have finished an epoch, their mistakes are compared here."))
        return
    first, second = _choose(tested)
    before, after = matrix(first), matrix(second)
    if before.shape != after.shape or (before.sum(axis=1) != after.sum(axis=1)).any():
        st.info(
            _(
                "Run {a} was tested on {data_a}, run {b} on {data_b}: only mistakes on the same pictures can be "
                "compared. Choose two runs with one data set.",
                a=first.id,
                b=second.id,
                data_a=plain(data_name(first.config.data)),
                data_b=plain(data_name(second.config.data)),
            ),
            icon=":material/info:",
        )
        return
    names = class_names(second, len(after))
    st.html(f'<p class="rn-say">{in_words(first.id, second.id, before, after, names)}</p>')
    cell = confusion_change(before, after, names, f"{KEY}_{first.id}_{second.id}", (first.id, second.id))
    if cell is not None:
        _pictures(first, second, names, cell)


def matrix(record: RunRecord) -> Counts:
    """Of its newest epoch."""
    return np.array(history_of(record).epochs[-1].confusion, np.int64)


def in_words(first: int, second: int, before: Counts, after: Counts, names: Sequence[str]) -> str:
    """ "Run 7 makes 31 mistakes fewer than run 3. Most of all: 12 fewer 4 taken for 9." """
    gain = int(after.trace() - before.trace())
    values = {"a": first, "b": second, "count": abs(gain)}
    if gain > 0:
        text = _("<b>Run {b} makes {count} mistakes fewer than run {a}.</b>", **values)
    elif gain < 0:
        text = _("<b>Run {b} makes {count} mistakes more than run {a}.</b>", **values)
    else:
        text = _("<b>Both runs make equally many mistakes.</b>")
    changes = [_change(each, names) for each in largest_changes(before, after, _MOST_CHANGES)]
    return sentences(text, _("Most of all: {changes}.", changes=listed(changes)) if changes else "")


def _change(change: Mistake, names: Sequence[str]) -> str:
    values = {
        "count": abs(change.count),
        "true": escape(names[change.true]),
        "predicted": escape(names[change.predicted]),
    }
    if change.count < 0:
        return _("{count} fewer {true} taken for {predicted}", **values)
    return _("{count} more {true} taken for {predicted}", **values)


def _choose(tested: Sequence[RunRecord]) -> tuple[RunRecord, RunRecord]:
    """The boxes "From run" and "to run", kept in the link; at first the first two that are not of other data."""
    by_id = {record.id: record for record in tested}
    start = tested[0]
    other = next((each for each in tested[1:] if each.config.data == start.config.data), tested[1])
    boxes = ((selection.FROM, _("From run"), start.id), (selection.TO, _("to run"), other.id))
    chosen = []
    with st.container(horizontal=True):
        for parameter, title, default in boxes:
            wanted = parameter.read()
            options = list(by_id)
            key = f"{parameter.name}_{'_'.join(map(str, options))}"
            st.session_state.setdefault(key, wanted if wanted in by_id else default)
            run = st.selectbox(title, options, format_func=lambda each: label(by_id[each]), key=key) or default
            parameter.put(None if run == default else run)
            chosen.append(by_id[run])
    selection.LINK.keep()
    return chosen[0], chosen[1]


def _pictures(first: RunRecord, second: RunRecord, names: Sequence[str], cell: tuple[int, int]) -> None:
    """The pictures that are in the cell for one run only."""
    paths = [kept_epochs(record.directory) for record in (first, second)]
    if not all(paths):
        st.caption(_("The networks of these runs were not kept: their pictures cannot be shown."))
        return
    with st.spinner(_("The network is evaluated on every test picture …")):
        before, after = (_answers(cache.evaluation(path[-1][1])) for path in paths)
    split = cache.test_pictures(second.config.data)
    true, predicted = cell
    for record, own, other in ((first, before, after), (second, after, before)):
        count, examples = own.of_cell_only_here(true, predicted, other, _FEW)
        values = {"run": record.id, "count": count, "true": names[true], "predicted": names[predicted]}
        heading = (
            _("Recognised as {true} by run {run} only: {count}", **values)
            if true == predicted
            else _("{true} taken for {predicted} by run {run} only: {count}", **values)
        )
        st.html(f"<p><strong>{escape(heading)}</strong></p>")
        if examples:
            link = LayersLink(run_name(record.id), dataset(record.config.data).classes)
            gallery(examples, split, names, link)


def _answers(evaluation: Evaluation) -> Answers:
    return Answers(evaluation.labels, evaluation.predictions, evaluation.probabilities)
