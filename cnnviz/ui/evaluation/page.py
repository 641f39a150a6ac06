"""Evaluation page: which classes a trained network mixes up, and the pictures it does it with.

The chosen cell is kept for one network in the session, and in the link by its classes' names, not by numbers:
"evaluation_true=sandal&evaluation_predicted=dress" says the same to everybody.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from cnnviz.base.errors import MissingDataError
from cnnviz.base.link_kinds import shortened
from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed
from cnnviz.base.text import percent, plain
from cnnviz.charts.confusion import Answers, commonest_mistakes
from cnnviz.data.dataset_spec import Split
from cnnviz.data.registry import DATASETS
from cnnviz.engine.card import Card, load_card
from cnnviz.engine.scores import ClassScore, Counts, class_scores, lesson_lines
from cnnviz.ui.shared import cache, pictures
from cnnviz.ui.shared.checkpoints import choose_checkpoint
from cnnviz.ui.shared.confusion_matrix import Cell, LayersLink, confusion_matrix, gallery
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.link_parameters import parameter
from cnnviz.ui.shared.mount import css
from cnnviz.ui.shared.names import data_name
from cnnviz.ui.shared.page import errors_as_sentences, page_link, start

if TYPE_CHECKING:
    from cnnviz.engine.evaluate import Evaluation

CELL = tuple(parameter(name, "") for name in ("evaluation_true", "evaluation_predicted"))
_KEPT = "evaluation_cell"  # in the session: (network, cell or None); absent until a cell was chosen
_FEW = 12
_MANY = 24
_CSS = f"<style>{css('evaluation/page')}</style>"


def page() -> None:
    """The whole page."""
    start(
        N_("Evaluation"),
        N_("Which classes does a network mix up? Choose a cell of the matrix to see the pictures behind it."),
    )

    with errors_as_sentences():
        with st.columns([2, 2.5])[0]:
            choice = choose_checkpoint("evaluation_checkpoint")
        if choice is None:
            st.stop()
        card = load_card(choice.path)
        names = pictures.class_names(card)
        network = f"{choice.name} {card.data}"
        counts = counts_of(card)
        if counts is None:
            with st.spinner(_("The network is evaluated on every test picture …")):
                counts = cache.evaluation(choice.path).confusion
        show_score(counts, card)
        left, right = st.columns([2.6, 1], gap="large")
        with left:
            start_cell = _cell_before(network, card.classes)
            share = st.toggle(
                _("Per cent of each true class instead of counts"), key="evaluation_share", bind="query-params"
            )
            cell = confusion_matrix(counts, names, f"evaluation_matrix {network}", share=share, start=start_cell)
            _keep_cell(network, card.classes, cell)
        with right:
            show_commonest(counts, names)

        with errors_as_sentences(), st.container():
            data = pictures.test_data(card)
            with fetched(data):
                with st.spinner(_("The network is evaluated on every test picture …")):
                    judged = cache.evaluation(choice.path, data)
                split = cache.test_pictures(data)
                show_pictures(judged, split, names, cell, LayersLink(choice.name, card.classes))
        show_classes(counts, names, lesson_lines(counts, card.classes))


def _cell_before(network: str, classes: Sequence[str]) -> Cell | None:
    """The cell chosen before: here, else the link's. Another network than before has none.

    `network` names what the matrix is of, its data included. A name that is no class is said, and counts as none.
    """
    kept: tuple[str, Cell | None] | None = st.session_state.get(_KEPT)
    if kept is not None:
        return kept[1] if kept[0] == network else None
    said = [each.read() for each in CELL]
    wrong = [name for name in said if name and name not in classes]
    if wrong:
        named = Listed(plain(shortened(name)) for name in wrong)
        sentence = _("The link names a class that this network does not know: {name}.", name=named)
        st.warning(sentence, icon=":material/link_off:")
    if wrong or not all(said):
        return None
    true, predicted = (classes.index(name) for name in said)
    return true, predicted


def _keep_cell(network: str, classes: Sequence[str], cell: Cell | None) -> None:
    """From now on `cell` is chosen, and the link says so."""
    if cell is None and _KEPT not in st.session_state:
        return  # what the link says wrongly stays there to be said, until something is chosen
    st.session_state[_KEPT] = (network, cell)
    names = ("", "") if cell is None else tuple(classes[index] for index in cell)
    for each, name in zip(CELL, names, strict=True):
        each.put(name)


def counts_of(card: Card) -> Counts | None:
    """The confusion matrix the checkpoint's card carries, if it does."""
    size = len(card.classes)
    rows = [row for row in card.confusion if len(row) == size]
    counts = np.array(rows, np.int64) if len(rows) == size else None
    return counts if counts is not None and counts.any() else None  # of no picture there is nothing to say


def show_score(counts: Counts, card: Card) -> None:
    """How many are right, in one sentence."""
    st.html(_CSS)
    correct, total = int(counts.trace()), int(counts.sum())
    text = _(
        "<b>{percent} right</b>: {correct} of {total} test pictures of {data}, none of which it was trained on.",
        percent=html.escape(percent(correct / max(total, 1), decimals=2)),
        correct=f"{correct:,}",
        total=f"{total:,}",
        data=html.escape(data_name(card.data)),
    )
    st.html(f'<p class="ev-score">{text}</p>')


@contextmanager
def fetched(data: str) -> Iterator[None]:
    """Where a data set of the app's is not on this machine, the way to it: nothing went wrong, it was never fetched."""
    try:
        yield
    except MissingDataError:
        if data not in DATASETS:
            raise
        _show_the_way_to(data)


def _show_the_way_to(data: str) -> None:
    text = _(
        "The pictures behind the matrix are those of {data}, which is not on this machine yet. Fetch it on the page "
        "Data to see them.",
        data=plain(data_name(data)),
    )
    st.info(text, icon=":material/info:")
    page_link("data", N_("Data"), ":material/photo_library:", {"data_name": data})


def show_commonest(counts: Counts, names: Sequence[str]) -> None:
    """The commonest mistakes in words."""
    mistakes = commonest_mistakes(counts, most=6)
    if not mistakes:
        return
    heading = _("The commonest mistakes")
    st.markdown("**" + heading + "**")
    told = [_("{true} taken for {predicted}", true=names[m.true], predicted=names[m.predicted]) for m in mistakes]
    rows = (
        f"<li><span>{html.escape(text)}</span><span>{mistake.count}</span></li>"
        for text, mistake in zip(told, mistakes, strict=True)
    )
    st.html(f'<ul class="ev-list">{"".join(rows)}</ul>')


def show_classes(counts: Counts, names: Sequence[str], lesson: Sequence[str]) -> None:
    """Each class: found, missed, precision, F1; and the lesson's own report."""
    scores = class_scores(counts)
    st.subheader(_("Class by class"), anchor=False)
    st.markdown(
        _(
            "Recall: of the pictures of a class, how many are recognised. Precision: of the pictures the network "
            "calls so, how many are. F1 is the mean that punishes whichever is worse."
        )
    )
    worst = max((score.support - score.correct for score in scores), default=0)
    heads = [_("Class"), _("Recall"), _("Precision"), _("F1"), _("Missed")]
    classes = ["", "", "", "ev-f1", "ev-missed"]
    head = "".join(f'<th scope="col" class="{css}">{text}</th>' for css, text in zip(classes, heads, strict=True))
    body = "".join(_score_row(score, names[score.index], worst) for score in scores)
    st.html(f'<table class="ev-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>')
    st.markdown(_("The same, as the lesson's program prints it:"))
    st.code("\n".join(lesson), language=None)


def show_pictures(
    evaluation: Evaluation, split: Split, names: Sequence[str], cell: Cell | None, link: LayersLink
) -> None:
    """The pictures behind the picked cell, if one is; then always the surest mistakes and some right ones."""
    answers = Answers(evaluation.labels, evaluation.predictions, evaluation.probabilities)
    if cell is not None:
        _show_cell(answers, split, names, cell, link)
    st.subheader(_("The surest mistakes"), anchor=False)
    mistakes = answers.surest_mistakes(_FEW)
    if mistakes:
        st.markdown(
            _("Wrong, and certain of it. Choose a cell above for its pictures; a picture to see every layer's view.")
        )
        gallery(mistakes, split, names, link)
    else:
        st.markdown(_("There are none: every picture is recognised."))
    st.subheader(_("Some it got right"), anchor=False)
    gallery(answers.right_ones(_FEW), split, names, link)


def _show_cell(answers: Answers, split: Split, names: Sequence[str], cell: Cell, link: LayersLink) -> None:
    true, predicted = cell
    examples = answers.of_cell(true, predicted, _MANY)
    count = int(((answers.labels == true) & (answers.predictions == predicted)).sum())
    named = {"true": plain(names[true]), "predicted": plain(names[predicted])}
    heading = _("{true} recognised", **named) if true == predicted else _("{true} taken for {predicted}", **named)
    st.subheader(heading, anchor=False)
    if not examples:
        st.markdown(_("It never made this mistake. Choose a cell with a number in it."))
        return
    if count > len(examples):
        text = _(
            "The {shown} it is surest of, out of {count}. Choose a picture to see every layer's view of it.",
            shown=len(examples),
            count=count,
        )
        st.markdown(text)
    else:
        st.markdown(_("All {count}, the surest first. Choose a picture to see every layer's view of it.", count=count))
    gallery(examples, split, names, link)


def _score_row(score: ClassScore, name: str, worst: int) -> str:
    missed = score.support - score.correct
    part = missed / worst if worst else 0.0
    words = _("{missed} of {support}", missed=missed, support=f"{score.support:,}")
    return (
        f"<tr><td>{html.escape(name)}</td><td>{_share(score.recall)}</td><td>{_share(score.precision)}</td>"
        f'<td class="ev-f1">{_share(score.f1)}</td>'
        f'<td class="ev-missed"><span class="ev-bar"><i style="--part:{part:.3f}"></i>{words}</span></td></tr>'
    )


def _share(part: float | None) -> str:
    return "–" if part is None else html.escape(percent(part))
