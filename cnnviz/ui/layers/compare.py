"""Compare view: two networks, or two epochs of one, shown the same picture: their answers, their maps on one scale."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import streamlit as st

from cnnviz.base.locale import N_
from cnnviz.base.text import number_text, plain
from cnnviz.charts.gallery import data_uri, enlarge, zoom_for
from cnnviz.charts.maps import Limits, limits, paint, shrunk
from cnnviz.ui.layers.beside import Side, choose_other, own_side
from cnnviz.ui.layers.view import MAP, Inspected, View, choose_unit, probabilities, unit_name
from cnnviz.ui.shared import mount, pictures
from cnnviz.ui.shared.i18n import _, listed, sentences
from cnnviz.ui.shared.map_sheet import legend, map_sheet
from cnnviz.ui.shared.mount import css
from cnnviz.ui.shared.page import theme_type

_FIRST, _SECOND = "layers_beside_first", "layers_beside_second"  # the two sheets
_HEIGHT = 212  # CSS pixels of a box of maps
_SIDE = 150  # CSS pixels of the difference
_BARS = 2  # of an answer
_MOST_CAPTIONS = 128  # maps: the sheets are read by number, and scroll
_MOST_NAMED = 4  # classes
_CSS = css("layers/compare")


def show(inspected: Inspected) -> None:
    """The second network's controls, both networks beside each other, and the chosen map's difference."""
    if inspected.chosen is None or inspected.view is None:
        return
    st.html(f"<style>{_CSS}</style>")
    with st.container(key="layers_beside", gap="small"):
        other = choose_other(inspected, inspected.chosen)
        if other is None:
            return
        own = own_side(inspected, inspected.view, inspected.chosen.true)
        scale = limits(np.concatenate([each.view.maps.ravel() for each in (own, other)]))
        is_alike = _is_alike(own.view, other.view)
        places = st.columns([1, 1, 0.62] if is_alike else 2, gap="small")
        with places[0]:
            _show_side(own, inspected.unit, scale, _FIRST, lambda: choose_unit(_FIRST))
        with places[1]:
            count = len(own.view.maps) if is_alike else 0
            _show_side(other, inspected.unit if is_alike else None, scale, _SECOND, lambda: _choose_second(count))
        if is_alike:
            with places[2]:
                _show_difference(own.view, other.view, inspected.unit)
        legend(scale)
        st.caption(sentences(_("Both networks' maps share this colour scale."), _what_differs(own, other)))


def _is_alike(one: View, other: View) -> bool:
    """Whether both are the same architecture, at the same layer: then a map can be taken from its namesake."""
    first, second = ([(info.name, info.kind, info.output_shape) for info in each.summary] for each in (one, other))
    return first == second and one.info.name == other.info.name


def _show_side(side: Side, unit: int | None, scale: Limits, key: str, on_choice: Callable[[], None]) -> None:
    """A network's name, its answer, its layer's maps; `unit` is marked."""
    st.subheader(plain(side.title), anchor=False, help=_where(side.view))
    pictures.answer(probabilities(side.view), side.names, side.true, _BARS)
    view = side.view
    count = len(view.maps)
    captions = view.names if view.are_classes else [str(number) for number in range(1, count + 1)]
    map_sheet(
        view.maps,
        [unit_name(view, index) for index in range(count)],
        captions,
        _("{network}: {layer}", network=side.title, layer=view.info.name),
        key,
        unit,
        on_choice,
        scale,
        height=_HEIGHT,
        most_captions=_MOST_CAPTIONS,
    )


def _where(view: View) -> str:
    size = " × ".join(map(str, view.info.output_shape))
    return _("{layer}, {kind}: {size}", layer=plain(view.info.name), kind=view.info.kind, size=size)


def _choose_second(count: int) -> None:
    """A tile of the second network was clicked: the number box follows, where the first one has `count` maps alike."""
    chosen = mount.whole(_SECOND, "chosen", 0, count - 1)
    if chosen is not None:
        st.session_state[MAP] = chosen + 1


def _show_difference(one: View, other: View, unit: int) -> None:
    """The second network's map less the first one's."""
    before, after = one.maps[unit], other.maps[unit]
    difference = after - before
    message = N_("Unit {number}: difference") if one.are_units else N_("Map {number}: difference")
    heading = _(message, number=unit + 1)
    st.subheader(heading, anchor=False, help=_why_numbers())
    if difference.size == 1:
        values = [number_text(float(each.item())) for each in (before, after, difference)]
        st.markdown(_("{before} → {after}: {difference}", before=values[0], after=values[1], difference=values[2]))
        return
    scale = limits(difference)
    scale = Limits(-scale.high, scale.high, True)
    small = shrunk(difference, _SIDE)
    painted = enlarge(paint(small, scale, theme_type()), zoom_for(small.shape[0], small.shape[1], _SIDE))
    alt = _("{heading}, the second network's map less the first one's", heading=heading)
    st.html(f'<img class="ly-difference" src="{data_uri(painted)}" alt="{alt}">')
    legend(scale)
    st.caption(
        _(
            "Second less first. On average they are {mean} apart.",
            mean=number_text(float(np.abs(np.nan_to_num(difference)).mean())),
        )
    )


def _why_numbers() -> str:
    return _(
        "Maps of one number are the same filter's only where both networks began with the same weights, as two epochs "
        "of one run. Of two trainings with different seeds filter 3 may look for anything."
    )


def _what_differs(own: Side, other: Side) -> str:
    """In which ways the two cannot be compared."""
    said = []
    if own.card.classes != other.card.classes:
        names = listed([*other.names[:_MOST_NAMED], "…"] if len(other.names) > _MOST_NAMED else other.names)
        said.append(_("{network} knows other classes: {names}.", network=plain(other.title), names=plain(names)))
    if own.view.info.name != other.view.info.name:
        gaps = {"first": plain(own.view.info.name), "second": plain(other.view.info.name)}
        said.append(_("It has no layer {first}; this is its {second}.", **gaps))
    if own.view.x.shape != other.view.x.shape:
        first, second = (" × ".join(map(str, each.view.x.shape)) for each in (own, other))
        said.append(_("The picture is {first} for one, {second} for the other.", first=first, second=second))
    return sentences(*said)
