"""The parts of the page Evaluation: the score, the classes one by one, the pictures behind a cell."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import numpy as np
import streamlit as st

from cnnviz.base.errors import MissingDataError
from cnnviz.base.locale import N_
from cnnviz.base.paths import FIRST_CHECKPOINT
from cnnviz.base.text import percent, plain
from cnnviz.charts.confusion import commonest_mistakes
from cnnviz.charts.examples import Answers, Example
from cnnviz.data.registry import DATASETS
from cnnviz.data.split import Split
from cnnviz.engine.card import Card
from cnnviz.engine.scores import ClassScore, Counts, class_scores
from cnnviz.ui.shared.confusion_matrix import Cell
from cnnviz.ui.shared.i18n import _, language
from cnnviz.ui.shared.names import data_name
from cnnviz.ui.shared.page import page_link
from cnnviz.ui.shared.pictures import uri

if TYPE_CHECKING:
    from cnnviz.engine.evaluate import Evaluation

_FEW = 12
_MANY = 24
_SIDE = 112  # CSS pixels: MNIST's 28 enlarged four times
CSS = """<style>
.ev-score { font-size: 1.25rem; margin: 0 0 .25rem; }
.ev-list { margin: 0 !important; padding: 0 !important; list-style: none; font-variant-numeric: tabular-nums; }
.ev-list li { margin: 0; display: flex; justify-content: space-between; gap: 1rem; padding: .3rem 0;
  border-bottom: 1px solid var(--cnn-line); max-width: 22rem; }
.ev-list span:first-child, .ev-table td:first-child, .ev-gallery figcaption { overflow-wrap: anywhere; }
.ev-table { width: 100%; max-width: 46rem; border-collapse: collapse; font-variant-numeric: tabular-nums; }
.ev-table th { font-weight: 500; color: var(--cnn-muted); text-align: right; padding: .25rem .6rem .25rem 0;
  white-space: nowrap; }
.ev-table td { text-align: right; padding: .25rem .6rem .25rem 0; border-top: 1px solid var(--cnn-line); }
.ev-table th:first-child, .ev-table td:first-child { text-align: left; }
.ev-table td:first-child { font-weight: 600; }
.ev-table .ev-missed { text-align: left; width: 40%; padding-left: .6rem; }
.ev-bar { display: flex; align-items: center; gap: .5rem; white-space: nowrap; --widest: 11rem; }
.ev-bar i { display: block; height: .8rem; min-width: 1px; width: calc(var(--part) * var(--widest));
  border-radius: .2rem; background: var(--cnn-wrong); }
.ev-gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(136px, 1fr)); gap: 1rem .75rem; }
.ev-gallery figure { margin: 0; font-size: .88rem; line-height: 1.3; font-variant-numeric: tabular-nums; }
.ev-gallery img { display: block; max-width: 100%; image-rendering: pixelated; border-radius: .3rem;
  margin-bottom: .25rem; }
.ev-gallery a { color: inherit; text-decoration: none; }
.ev-gallery a:hover, .ev-gallery a:focus-visible { text-decoration: underline; }
.ev-gallery small { color: var(--cnn-muted); font-size: .82rem; }
.ev-right { color: var(--cnn-right); font-weight: 600; }
.ev-wrong { color: var(--cnn-wrong); font-weight: 600; }
@media (max-width: 640px) { .ev-table .ev-f1 { display: none; } .ev-table { font-size: .88rem; }
  .ev-bar { --widest: 3.5rem; }
  .ev-gallery { grid-template-columns: repeat(auto-fill, minmax(96px, 1fr)); } }
</style>"""


@dataclass(frozen=True)
class Place:
    """Where a picture can be looked at from inside: the checkpoint's name in the link of the page Layers."""

    checkpoint: str

    def link(self, example: Example) -> str:
        """The address of `example` there; numbers in links count from 1.

        Without what that page would take out again: it would be one more step for the browser's way back.
        """
        query: dict[str, str | int] = {"layers_picture": example.index + 1, "lang": language()}
        if self.checkpoint != FIRST_CHECKPOINT:
            query = {"layers_checkpoint": self.checkpoint, **query}
        return f"layers?{urlencode(query)}"


def counts_of(card: Card) -> Counts | None:
    """The confusion matrix the checkpoint's card carries, if it does."""
    size = len(card.classes)
    rows = [row for row in card.confusion if len(row) == size]
    counts = np.array(rows, np.int64) if len(rows) == size else None
    return counts if counts is not None and counts.any() else None  # of no picture there is nothing to say


def show_score(counts: Counts, card: Card) -> None:
    """How many are right, in one sentence."""
    st.html(CSS)
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


def show_pictures(evaluation: Evaluation, split: Split, names: Sequence[str], cell: Cell | None, place: Place) -> None:
    """The pictures behind the picked cell, if one is; then always the surest mistakes and some right ones."""
    answers = Answers(evaluation.labels, evaluation.predictions, evaluation.probabilities)
    if cell is not None:
        _show_cell(answers, split, names, cell, place)
    st.subheader(_("The surest mistakes"), anchor=False)
    mistakes = answers.surest_mistakes(_FEW)
    if mistakes:
        st.markdown(
            _("Wrong, and certain of it. Choose a cell above for its pictures; a picture to see every layer's view.")
        )
        gallery(mistakes, split, names, place)
    else:
        st.markdown(_("There are none: every picture is recognised."))
    st.subheader(_("Some it got right"), anchor=False)
    gallery(answers.right_ones(_FEW), split, names, place)


def _show_cell(answers: Answers, split: Split, names: Sequence[str], cell: Cell, place: Place) -> None:
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
    gallery(examples, split, names, place)


def gallery(examples: Sequence[Example], split: Split, names: Sequence[str], place: Place) -> None:
    """Pictures with what the network made of them; each is a link to every layer's view of it. Needs `CSS`."""
    figures = "".join(_figure(example, split, names, place) for example in examples)
    st.html(f'<div class="ev-gallery">{figures}</div>')


def _figure(example: Example, split: Split, names: Sequence[str], place: Place) -> str:
    right = example.true == example.predicted
    values = {"true": names[example.true], "predicted": names[example.predicted]}
    text = names[example.true] if right else _("{true} taken for {predicted}", **values)
    sure = _("{percent} sure", percent=percent(example.certainty))
    words = _("Test picture {number}: {text}, {sure}", number=example.index + 1, text=text, sure=sure)
    alt = html.escape(words, quote=True)
    mark, css = ("✓", "ev-right") if right else ("✗", "ev-wrong")
    picture = f'<img src="{uri(split.images[example.index], _SIDE)}" alt="{alt}">'
    caption = f'<span class="{css}">{mark} {html.escape(text)}</span><br><small>{html.escape(sure)}</small>'
    link = f'<a href="{html.escape(place.link(example))}" title="{alt}">{picture}</a>'
    return f"<figure>{link}<figcaption>{caption}</figcaption></figure>"


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
