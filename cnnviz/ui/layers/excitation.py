"""Excitation view: what a filter, a unit or a class looks for, as a picture made for it and as real pictures."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from cnnviz.base.locale import N_
from cnnviz.inspection.maximize import Ascent, Objective
from cnnviz.models.summary import LayerInfo
from cnnviz.ui.layers import excitation_pictures as test_pictures
from cnnviz.ui.layers.excitation_film import Goal, Said, show_film, start_film
from cnnviz.ui.layers.excitation_sheet import show_sheet, start_sheet
from cnnviz.ui.layers.view import MAP, Inspected
from cnnviz.ui.shared import cache, state
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.link_parameters import EXCITE_TARGETS, parameter
from cnnviz.ui.shared.mount import css

_TARGET = "layers_excite_target"
_SWITCH = f"{_TARGET}_switch"
_REGULARIZERS = {  # field of `Ascent` -> message
    "jitter": N_("Jitter"),
    "blur": N_("Blur"),
    "total_variation": N_("Total variation"),
    "weight_decay": N_("Weight decay"),
}
_MAPS, _UNITS = (N_("This filter"), N_("All filters")), (N_("This unit"), N_("All units"))
_MEASURES = {"mean": N_("Mean of its map"), "center": N_("Centre of its map")}
_ANSWERS = {"logit": N_("Logit"), "probability": N_("Probability")}
_MOST_TILES, _MOST_LARGE_TILES = 64, 8  # of one sheet, for small pictures and large ones
_SMALL = 64  # pixels a side
_LARGE_STEPS = 32  # one of ResNet-18 at 224 pixels takes 0.1 to 0.3 s
_CSS = css("layers/excitation")


def show(inspected: Inspected) -> None:
    """Which target, the picture made for it beside the test pictures that excite it most; or a sheet for all."""
    st.html(f"<style>{_CSS}</style>")
    with st.container(key="layers_excite", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            target = _choose_target(inspected)
            layer, unit, objective = _choose_what(inspected, target)
        if target == "all":
            _show_all(inspected, objective)
        else:
            _show_one(inspected, layer, unit, objective)


def _choose_target(inspected: Inspected) -> str:
    one, every = _UNITS if _are_units(inspected.info) else _MAPS
    titles = dict(zip(EXCITE_TARGETS, (one, every, N_("A class")), strict=True))
    return state.choose_view(parameter(_TARGET, "unit"), titles, _SWITCH)


def _choose_what(inspected: Inspected, target: str) -> tuple[LayerInfo, int, Objective]:
    """The layer, the unit's index and what is made large."""
    if target == "class":
        codes = [str(index) for index in range(len(inspected.names))]
        named = lambda code: inspected.names[int(code)]  # noqa: E731
        chosen = state.select_code(
            _("Class"),
            codes,
            key="layers_excite_class",
            name_of=named,
            default="0",
            label_visibility="collapsed",
            width=160,
        )
        answer = _switch("layers_excite_answer", _ANSWERS)
        return _layers(inspected)[-1], int(chosen or 0), "probability" if answer == "probability" else "logit"
    if _are_units(inspected.info):
        return inspected.info, inspected.unit, "logit"
    measure = _switch("layers_excite_measure", _MEASURES)
    return inspected.info, inspected.unit, "center" if measure == "center" else "mean"


def _show_one(inspected: Inspected, layer: LayerInfo, unit: int, objective: Objective) -> None:
    left, right = st.columns([1.1, 1], gap="small")
    with left:
        place = st.container()
        options, how = _choose_options(inspected)
        goal = _goal(inspected, layer, (unit,), objective, options)
    with right:
        source = test_pictures.source_of(inspected, layer)
        if source is not None:
            test_pictures.start(inspected, layer, source)
            test_pictures.show(inspected, layer, source, unit)
    found = test_pictures.known(source)
    with place:
        start_film(inspected.model, inspected.card, goal)
        what, alt = _names(inspected, layer, unit, objective)
        show_film(goal, Said(what, alt, _best(found, unit, objective), how))
    if found is not None and (said := test_pictures.dead_sentence(found, _are_units(layer))):
        st.caption(said)


def _show_all(inspected: Inspected, objective: Objective) -> None:
    """The units of the layer around the one chosen, as many as a sheet has."""
    layer, count = inspected.info, inspected.info.output_shape[0]
    most = _MOST_TILES if max(inspected.card.input_size[1:]) <= _SMALL else _MOST_LARGE_TILES
    first = inspected.unit // most * most
    units = tuple(range(first, min(first + most, count)))
    options, _how = _choose_options(inspected)
    goal = _goal(inspected, layer, units, objective, options)
    start_sheet(inspected.model, inspected.card, goal)
    names = [_names(inspected, layer, unit, objective)[1] for unit in units]
    label = _("What excites {layer} most", layer=layer.name)
    show_sheet(goal, inspected.unit, names, label, _choose)
    if count > most:
        gaps = {"first": units[0] + 1, "last": units[-1] + 1, "count": count}
        st.caption(_("{first} to {last} of {count}: the box at the top goes to the others.", **gaps))


def _choose(unit: int) -> None:
    """A tile was clicked: this unit alone."""
    st.session_state[MAP] = unit + 1
    state.change_view(_SWITCH, "unit")


def _choose_options(inspected: Inspected) -> tuple[Ascent, dict[str, str]]:
    """The regularisers that are on, and what they are called."""
    links = {name: parameter(f"layers_excite_{name}", True) for name in _REGULARIZERS}
    on = st.pills(
        _("Regularisers"),
        list(_REGULARIZERS),
        selection_mode="multi",
        default=[name for name, link in links.items() if link.read()],
        format_func=lambda name: _(_REGULARIZERS[name]),
        key="layers_excite_regularizers",
        help=_(
            "Without them the picture is noise that excites just as much. Jitter: the network sees it moved by a "
            "pixel or so. Blur: now and then it is smoothed. Total variation: neighbouring pixels are drawn "
            "together. Weight decay: every pixel is drawn to the mean colour."
        ),
    )
    for name, link in links.items():
        link.put(name in on)
    options = replace(Ascent(), **{name: 0 for name in _REGULARIZERS if name not in on})
    if max(inspected.card.input_size[1:]) > _SMALL:
        options = replace(options, steps=_LARGE_STEPS)
    return options, {name: _(title) for name, title in _REGULARIZERS.items() if name in on}


def _switch(name: str, titles: dict[str, str]) -> str:
    return state.choose_view(parameter(name, next(iter(titles))), titles, f"{name}_switch")


def _goal(
    inspected: Inspected, layer: LayerInfo, units: tuple[int, ...], objective: Objective, options: Ascent
) -> Goal:
    return Goal(inspected.file, inspected.file.stat().st_mtime_ns, layer.name, units, objective, options)


def _names(inspected: Inspected, layer: LayerInfo, unit: int, objective: Objective) -> tuple[str, str]:
    """What the number is, and what the picture is for."""
    gaps = {"layer": layer.name, "number": unit + 1}
    if layer.name == _layers(inspected)[-1].name and _are_units(layer):
        gaps["name"] = inspected.names[unit]
        what = N_("probability of {name}") if objective == "probability" else N_("logit of {name}")
        return _(what, **gaps), _("What excites class {name} most", **gaps)
    if _are_units(layer):
        return _("value of unit {number}", **gaps), _("What excites unit {number} of {layer} most", **gaps)
    what = N_("centre of map {number}") if objective == "center" else N_("mean of map {number}")
    return _(what, **gaps), _("What excites filter {number} of {layer} most", **gaps)


def _best(found: test_pictures.Responses | None, unit: int, objective: Objective) -> float | None:
    if found is None:
        return None
    of = {"center": found.best_center, "probability": found.best_probability}.get(objective, found.best_mean)
    return float(of[unit])


def _layers(inspected: Inspected) -> list[LayerInfo]:
    channels, height, width = inspected.card.input_size
    return list(cache.summary(inspected.model, (channels, height, width)))


def _are_units(layer: LayerInfo) -> bool:
    return len(layer.output_shape) == 1
