"""Suspected labels as tiles: picture, given label, the networks' answer, the loss; a click corrects, or undoes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape

import numpy as np
import streamlit as st

from cnnviz.base.text import percent
from cnnviz.charts.gallery import crisp_uri
from cnnviz.data.dataset_spec import DatasetSpec
from cnnviz.engine.suspects import Suspects
from cnnviz.engine.training_set import TrainingSet
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.link_parameters import parameter
from cnnviz.ui.shared.names import class_name

_COLUMNS, _ROWS = 4, 4
_SIDE = 64  # CSS pixels, of a picture
_KEY = "data_labels"
_PAGE = parameter("data_labels_page", 1)
Correct = Callable[[int, int | None], None]


def show(
    spec: DatasetSpec,
    half: TrainingSet,
    suspects: Suspects,
    ranked: np.ndarray,
    made: Mapping[int, int],
    correct: Correct,
) -> None:
    """A page of the suspects `ranked` (indices); `made` are the corrections, `correct` makes and undoes one."""
    if not len(ranked):
        st.info(_("No label is suspected. Suspect those that get a larger share, or make some wrong on purpose."))
        return
    number = _page(len(ranked))
    shown = ranked[(number - 1) * _COLUMNS * _ROWS : number * _COLUMNS * _ROWS]
    names = [class_name(name) for name in spec.classes]
    for start in range(0, len(shown), _COLUMNS):
        places = st.columns(_COLUMNS, gap="small")
        for place, index in zip(places, shown[start : start + _COLUMNS], strict=False):
            with place, st.container(gap=None, key=f"{_KEY}_tile_{int(suspects.places[index])}"):
                _tile(half, suspects, int(index), names, made, correct)
    st.caption(_("A picture that you leave alone keeps its label."))


def _page(count: int) -> int:
    """Which page is shown, from 1; two buttons where there are several."""
    pages = -(-count // (_COLUMNS * _ROWS))
    number = min(_PAGE.kept(), pages)
    _PAGE.keep(number)
    with st.container(horizontal=True, vertical_alignment="center", key=f"{_KEY}_pages"):
        st.markdown(_("Given label → seen as, page {number} of {pages}", number=number, pages=pages))
        if pages > 1:
            for name, icon, step in ((_("Before"), "chevron_left", -1), (_("Next"), "chevron_right", 1)):
                st.button(
                    name,
                    icon=f":material/{icon}:",
                    key=f"{_KEY}_turn_{step}",
                    disabled=not 1 <= number + step <= pages,
                    on_click=_PAGE.keep,
                    args=(number + step,),
                )
    return number


def _tile(
    half: TrainingSet,
    suspects: Suspects,
    index: int,
    names: list[str],
    made: Mapping[int, int],
    correct: Correct,
) -> None:
    place, answer = int(suspects.places[index]), int(suspects.answers[index])
    given, now = int(suspects.given[index]), made.get(place)
    st.html(_picture(half.split.images[index], suspects, index, names))
    is_taken = now == answer
    with st.container(horizontal=True, gap="xxsmall"):
        st.button(
            _("It is {name}", name=names[answer]),
            key=f"{_KEY}_yes_{place}",
            type="primary" if is_taken else "secondary",
            icon=":material/check:" if is_taken else None,
            on_click=correct,
            args=(place, None if is_taken else answer),
        )
        with st.popover("…" if now in (None, answer) else names[now], key=f"{_KEY}_other_{place}"):
            key = f"{_KEY}_class_{place}"
            st.session_state[key] = given if now is None else now
            st.selectbox(
                _("It is"),
                range(len(names)),
                format_func=names.__getitem__,
                key=key,
                on_change=_choose,
                args=(place, key, given, correct),
            )


def _choose(place: int, key: str, given: int, correct: Correct) -> None:
    label = int(st.session_state[key])
    correct(place, None if label == given else label)


def _picture(picture: np.ndarray, suspects: Suspects, index: int, names: list[str]) -> str:
    given, answer = names[int(suspects.given[index])], names[int(suspects.answers[index])]
    sure = percent(float(suspects.probabilities[index].max()), 0)
    loss = _("loss {loss}", loss=f"{suspects.losses[index]:.1f}")
    alt = _(
        "Training picture {number}: labelled {given}, the networks say {answer}",
        number=int(suspects.places[index]) + 1,
        given=given,
        answer=answer,
    )
    lines = (f"{given} → {answer}", sure, loss)
    text = "".join(f"<span>{escape(line)}</span>" for line in lines)
    return (
        f'<div class="cnn-suspect"><img src="{crisp_uri(picture, _SIDE)}" alt="{escape(alt)}" '
        f'title="{escape(alt)}"><div>{text}</div></div>'
    )
