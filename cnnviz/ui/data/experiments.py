"""View "Experiments" of the page Data: one question at a time, a guess, the runs that answer it, and what was seen."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from cnnviz.base.locale.typesetting import Listed
from cnnviz.base.text import percent
from cnnviz.charts.gallery import crisp_uri
from cnnviz.data.dataset_spec import DatasetSpec
from cnnviz.data.duplicates import Duplicate, in_both_halves
from cnnviz.ui.data.questions import QUESTIONS, Question, is_large
from cnnviz.ui.shared import jobs
from cnnviz.ui.shared.i18n import _, sentences
from cnnviz.ui.shared.link_parameters import EXPERIMENTS
from cnnviz.ui.shared.paired_outcomes import MEASURES, Outcome
from cnnviz.ui.shared.paired_runs import paired_runs
from cnnviz.ui.shared.state import switch_code

_KEY = "data_experiment"
_DUPLICATES = "data_duplicates"
_MOST_PAIRS, _SIDE = 6, 44  # shown; CSS pixels


def show(spec: DatasetSpec) -> None:
    """The whole view."""
    code = switch_code(
        _("Question"),
        tuple(QUESTIONS),
        key=_KEY,
        name_of=lambda each: _(QUESTIONS[each].title),
        label_visibility="collapsed",
    )
    question = QUESTIONS[code]
    left, right = st.columns([1, 1.7], gap="large")
    with left, st.container(gap="small", key="data_experiment_asked"):
        choice, seeds, guess = _controls(spec, code, question)
        if code == "leakage":
            _duplicates(spec)
    with right, st.container(gap="small", key="data_experiment_runs"):
        paired_runs(
            f"{_KEY}_{code}",
            question.variants(spec, choice),
            tuple(range(seeds)),
            measures=question.measures,
            conclude=lambda found: _concluded(question, guess, found),
        )


def _controls(spec: DatasetSpec, code: str, question: Question) -> tuple[str, int, int]:
    """What is asked, and what is turned: the switch's choice, how many seeds, the guess in per cent."""
    st.subheader(_(question.ask), anchor=False)
    st.write(_(question.about))
    with st.container(horizontal=True):
        choice = st.segmented_control(
            _(question.switch),
            EXPERIMENTS[code],
            default=question.usual,
            required=True,
            key=f"{_KEY}_{code}",
            bind="query-params",
        )
        seeds = st.segmented_control(
            _("Seeds"),
            ("1", "3"),
            default="1" if is_large(spec) else str(question.seeds),
            required=True,
            key=f"{_KEY}_{code}_seeds",
            help=_("Three seeds show how much is luck, and take three times as long."),
            bind="query-params",
        )
    guess = st.slider(_(question.predict), 0, 100, 50, format="%d%%", key=f"{_KEY}_{code}_guess", bind="query-params")
    return str(choice), int(str(seeds)), int(guess)


def _concluded(question: Question, guess: int, found: Sequence[Outcome]) -> str:
    """What was to be seen, and the guess beside it: of the way that was guessed about, what is drawn first."""
    measure = MEASURES[question.measures[0]][1]
    guessed = found[question.guessed].mean(measure)
    return sentences(
        _("You guessed {guess}; it is {value}.", guess=f"{guess}%", value=percent(guessed)), question.conclude(found)
    )


@dataclass(frozen=True, eq=False)
class _Found:
    """Pictures that lie in both halves, of how many to test with; the first of them, (n, c, h, w)."""

    duplicates: list[Duplicate]
    tested: int
    pictures: np.ndarray


def _duplicates(spec: DatasetSpec) -> None:
    """Whether the chosen data set itself has the same picture in both halves."""
    jobs.start(_DUPLICATES, spec.name, lambda: _search(spec))
    jobs.follow(_DUPLICATES, lambda now: _show_duplicates(now.value))


def _search(spec: DatasetSpec) -> Generator[_Found, None, None]:
    train, test = spec.load("train"), spec.load("test")
    found = in_both_halves(train.images, test.images)
    yield _Found(found, len(test), test.images[[each.test for each in found[:_MOST_PAIRS]]])


def _show_duplicates(found: _Found | None) -> None:
    if found is None:
        st.caption(_("Looking for the same picture in both halves of this data set …"))
        return
    if not found.duplicates:
        st.caption(_("This data set as it comes: no picture lies in both halves, byte for byte."))
        return
    numbers = Listed.first((each.test + 1 for each in found.duplicates), _MOST_PAIRS)
    st.caption(
        _(
            "This data set as it comes: {count} of {tested} test pictures lie among the training pictures too, byte "
            "for byte (numbers {numbers}).",
            count=f"{len(found.duplicates):,}",
            tested=f"{found.tested:,}",
            numbers=numbers,
        )
    )
    images = "".join(f'<img src="{crisp_uri(picture, _SIDE)}" alt="">' for picture in found.pictures)
    st.html(f'<div class="cnn-twins">{images}</div>')
