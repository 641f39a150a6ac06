"""Maps view: what the chosen layer makes of the picture, and how one value of it comes about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import streamlit as st
import torch

from cnnviz.base.locale import N_
from cnnviz.base.text import percent, plain
from cnnviz.charts.maps import Limits, limits
from cnnviz.data.registry import dataset
from cnnviz.engine import evaluate
from cnnviz.inspection.capture import InspectedModel, LayerIO
from cnnviz.inspection.convolution_link import Refusal
from cnnviz.inspection.explain import explain
from cnnviz.inspection.pairing import best_read, pairing
from cnnviz.inspection.training_mode import InTraining, differs_in_training, in_training
from cnnviz.inspection.value_trace import flattened_from, has_value_trace, value_trace
from cnnviz.ui.layers.trace_words import says, says_none
from cnnviz.ui.layers.view import Inspected, View, choose_unit, unit_name
from cnnviz.ui.shared import cache, state
from cnnviz.ui.shared.convolution_link import convolution_link
from cnnviz.ui.shared.i18n import _, sentences
from cnnviz.ui.shared.link_parameters import parameter
from cnnviz.ui.shared.map_sheet import legend, map_sheet, show_trace

_HEIGHT = 318  # CSS pixels of the box of maps
_RANGES = {"map": N_("This map"), "layer": N_("This layer"), "network": N_("Whole network")}
_MODES = {"evaluation": N_("Evaluation mode"), "training": N_("Training mode")}
_PIXELS = 32 * 32 * 3 * 16  # of a batch in training mode, at most; of larger pictures two at least
_SEED = 0


def show(inspected: Inspected) -> None:
    """The layer's maps, and how the chosen one comes about from the layer before."""
    view = inspected.view
    if view is None:
        return
    trained = None
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="layers_options"):
        scale_of = state.choose_view(parameter("layers_range", "layer"), _RANGES, "layers_range_switch")
        if differs_in_training(view.model):
            mode = state.choose_view(parameter("layers_mode", "evaluation"), _MODES, "layers_mode_switch")
            trained = _trained(inspected, view) if mode == "training" else None
    if trained is not None:
        view = replace(view, seen=trained.seen)
        _say_training(trained, view.names)
    left, right = st.columns(2, gap="medium")
    scale = color_scale(view, scale_of, inspected.unit)
    with left:
        show_maps(view, inspected.unit, scale, is_each_by_itself=scale_of == "map")
    with right:
        show_value_trace(view, inspected.unit, scale, inspected.card.sha256, trained)
    show_meaning(view)


def show_maps(view: View, chosen: int, scale: Limits, *, is_each_by_itself: bool) -> None:
    """The layer's maps with their heading and legend; `chosen` is an index, shown as its number."""
    maps = view.maps
    st.subheader(_heading(view, plain), anchor=False)
    numbers = range(1, len(maps) + 1)
    map_sheet(
        maps,
        [unit_name(view, index) for index in range(len(maps))],
        view.names if view.are_classes else [str(number) for number in numbers],
        _heading(view),
        "layers_sheet",
        chosen,
        lambda: choose_unit("layers_sheet"),
        scale,
        height=_HEIGHT,
        is_each_by_itself=is_each_by_itself,
    )
    legend(scale)


def show_meaning(view: View) -> None:
    """What the layer does in general, and its figures."""
    info = view.info
    said = explain(view.model.get_submodule(info.name) if info.module else info.kind)
    st.caption(sentences(_(said.template, **said.values), _facts(view)))


def show_value_trace(view: View, chosen: int, scale: Limits, weights: str, trained: InTraining | None = None) -> None:
    """How the map with index `chosen` comes about from the layer before. `weights`: the hash of the network's."""
    info = view.info
    st.subheader(_trace_heading(view, chosen), anchor=False)
    if not has_value_trace(view.model, info):
        st.caption(_("What this layer computes is not shown step by step."))
        return
    statistics = None if trained is None else trained.statistics(chosen)
    flattened = flattened_from(view.summary, info) if info.kind == "Linear" else None
    own = value_trace(view.model, info, chosen, view.seen, flattened, statistics)
    text = says(own, view.are_units).replace("{map}", str(chosen + 1))
    show_trace(own, scale, text, "layers_trace", says_none(own))
    if trained is None:
        _convolution_link(view, chosen, weights)


def _convolution_link(view: View, index: int, weights: str) -> None:
    """To exactly this layer, the filter chosen and the map that it makes most of; nothing where it does not open."""
    layer_io = LayerIO(view.seen.read[0], view.seen.output)
    found = pairing(view.info, view.summary, InspectedModel(view.model), layer_io)
    if isinstance(found, Refusal):
        return
    kept = (weights, view.info.name, view.picture_key)
    convolution_link(found, index, best_read(found, index), kept, "layers_convolution_link", is_short=True)


def color_scale(view: View, scale_of: str, chosen: int) -> Limits:
    """Of the chosen map, of the layer, or of every layer of the network."""
    layer = limits(view.maps)
    if scale_of == "map":
        bound = limits(view.maps[chosen]).high
        return Limits(-bound if layer.signed else 0.0, bound, layer.signed)
    if scale_of == "network":
        return limits(np.array([each for glance in view.survey.glances.values() for each in (glance.low, glance.high)]))
    return layer


def _trained(inspected: Inspected, view: View) -> InTraining:
    """The same picture in training, first of a batch; the others are test pictures, or it again, moved a little."""
    size = int(np.prod(view.x.shape))
    count = max(2, _PIXELS // size)
    x = torch.from_numpy(view.x)[None]
    spec = dataset(inspected.card.data)
    if spec.is_present():
        split = cache.test_pictures(spec.name)
        at = np.random.default_rng(_SEED).choice(len(split), min(count, len(split)), replace=False)[: count - 1]
        others = evaluate.prepare(inspected.card, split.images[np.sort(at)])
    else:
        others = torch.cat([x.roll((number % 3 - 1, number // 3 + 1), (2, 3)) for number in range(count - 1)])
    return in_training(view.model, torch.cat([x, others]), view.info.name, _SEED)


def _say_training(trained: InTraining, names: list[str]) -> None:
    """What the mode changes, and the answer it leads to."""
    shares = evaluate.probabilities(torch.from_numpy(trained.logits).double()[None])[0]
    best = int(shares.argmax())
    st.caption(
        _(
            "As in a training step: dropout sets values to 0 (seed {seed}), batch norm takes mean and variance of this "
            "batch. The answer here: {name}, {share}.",
            seed=_SEED,
            name=plain(names[best]),
            share=percent(float(shares[best])),
        )
    )


def _heading(view: View, shown: Callable[[str], str] = str) -> str:
    """`shown` writes the layer's name."""
    info = view.info
    if view.are_units:
        return _("{layer}: {count} values", layer=shown(info.name), count=info.output_shape[0])
    count, height, width = info.output_shape
    return _(
        "{layer}: {count} feature maps of {height} × {width}",
        layer=shown(info.name),
        count=count,
        height=height,
        width=width,
    )


def _trace_heading(view: View, index: int) -> str:
    if view.are_classes:
        return _("Unit {number}, class {name}, step by step", number=index + 1, name=plain(view.names[index]))
    message = N_("Unit {number}, step by step") if view.are_units else N_("Map {number}, value by value")
    return _(message, number=index + 1)


def _facts(view: View) -> str:
    """Shapes, weights, work and reach in one line."""
    info = view.info
    parts = [_("{before} in, {after} out", before=_size(info.input_shape), after=_size(info.output_shape))]
    if info.params:
        parts.append(_("{count} weights, biases included", count=f"{info.params:,}"))
        parts.append(_("{count} multiplications for each picture", count=f"{info.macs:,}"))
    if not view.are_units:
        side = info.receptive_field
        parts.append(_("each value sees {side} × {side} pixels of the picture", side=side))
    return " · ".join(parts)


def _size(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))
