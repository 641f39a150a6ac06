"""Transfer panel: three choices (start from, train only, then thaw), and below them what they come to.

The layers as they learn, the same in PyTorch, and the same network from scratch beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import streamlit as st

from cnnviz.base.errors import CnnvizError, ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.params import Value
from cnnviz.base.text import plain
from cnnviz.engine.checkpoint_names import find
from cnnviz.engine.config import ALL, LAST, RANDOM, TrainConfig
from cnnviz.engine.form import Values, config_of, key, named, untouched
from cnnviz.engine.hyperparameters import HYPERPARAMETERS
from cnnviz.ui.shared import run_text, state, warmup
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.mount import css
from cnnviz.ui.training.form.controls import explain, hyperparameter_control
from cnnviz.ui.training.form.prefill import PROBLEMS, touched
from cnnviz.ui.training.transfer import beside, lesson
from cnnviz.ui.training.transfer.starts import (
    Wanted,
    blocks_of,
    card_behind,
    fits,
    layers_title,
    problem_with,
    stand_in,
    starting_points,
)
from cnnviz.ui.training.transfer.strip import strip

if TYPE_CHECKING:
    from cnnviz.engine.transfer import Part
    from cnnviz.engine.transfer_code import TransferSource

NAMES = ("start_from", "trainable", "thaw")
OPEN = "training_transfer_open"  # in the session: whether the panel was unfolded as one came
_CSS = css("training/transfer/panel")
_FOREIGN = N_(
    "{name} is not a trained {network} for such pictures. Choose another start, or the network it was made with."
)
_NO_LAYER = N_("{network} has no layer {layer}. Choose what learns from the list.")


@dataclass(frozen=True)
class TransferChoices:
    """What the boxes offer: code -> title."""

    starts: Mapping[str, str]
    layers: Mapping[str, str]


def is_transfer(values: Mapping[str, object]) -> bool:
    """Whether a run is anything but all layers from random weights."""
    return values.get("start_from", RANDOM) != RANDOM or values.get("trainable", ALL) != ALL


def adopt_network(models: tuple[str, ...]) -> None:
    """Who comes with a start and names no network gets the one that the start was trained as."""
    given = named(state.given())
    if "start_from" not in given or "model" in given or key("model") in st.session_state:
        return
    card = card_behind(given["start_from"])
    if card is not None and card.model in models:
        st.session_state[key("model")] = card.model


def transfer_choices(values: Values, former: TrainConfig | None) -> TransferChoices:
    """What can be chosen beside network and data; what was chosen and cannot be any more is put back, and said."""
    config = _rest(values, former)
    if config is None:
        return _checked(values, {RANDOM: _("Random weights")}, {ALL: layers_title(ALL), LAST: layers_title(LAST)}, "")
    wanted = Wanted.of(config)
    starts = starting_points(wanted)
    start = str(values.get("start_from", RANDOM))
    card = card_behind(start)
    if start not in starts and card is not None and fits(card, wanted):
        starts[start] = plain(start)
    layers = {code: layers_title(code) for code in (ALL, LAST, *blocks_of(config))}
    layer = str(values.get("trainable", ALL))
    if layer not in layers and (warmup.underway() or _is_layer(config, layer)):
        layers[layer] = layers_title(layer)
    return _checked(values, starts, layers, config.network_name)


def _rest(values: Values, former: TrainConfig | None) -> TrainConfig | None:
    """The configuration without any transfer: what may be chosen goes by it."""
    try:
        return config_of({**values, **{name: untouched(name) for name in NAMES}}, former)
    except ConfigurationError:
        return None


def _is_layer(config: TrainConfig, name: str) -> bool:
    from cnnviz.engine.transfer import first_trainable, layers_of  # heavy

    try:
        first_trainable(layers_of(config, stand_in(config.data)), name)
    except CnnvizError:
        return False
    return True


def _checked(values: Values, starts: Mapping[str, str], layers: Mapping[str, str], network: str) -> TransferChoices:
    start, layer = str(values.get("start_from")), str(values.get("trainable"))
    wrong: list[CnnvizError] = []
    if start not in starts:
        wrong.append(problem_with(start) or ConfigurationError(_FOREIGN, name=start, network=network))
        _put_back(values, "start_from")
    if layer not in layers:
        wrong.append(ConfigurationError(_NO_LAYER, network=network, layer=layer))
        _put_back(values, "trainable")
    if wrong:
        st.session_state[PROBLEMS] = wrong
    return TransferChoices(starts, layers)


def _put_back(values: Values, name: str) -> None:
    values[name] = untouched(name)
    st.session_state[key(name)] = untouched(name)


def transfer_controls(values: Values, offered: TransferChoices) -> Values:
    """The three boxes."""
    st.html(f"<style>{_CSS}</style>")
    said: Values = {}
    with st.container(horizontal=True, key="training_transfer_controls"):
        for name, titles in (("start_from", offered.starts), ("trainable", offered.layers)):
            said[name] = _box(name, titles)
        said["thaw"] = _thaw({**values, **said})
    for name in NAMES:
        if st.session_state.get("training_explain"):
            explain(name, {**values, **said})
    return said


def _box(name: str, titles: Mapping[str, str]) -> Value:
    return state.select_code(
        run_text.control_label(name),
        list(titles),
        key=key(name),
        name_of=titles.__getitem__,
        default=str(untouched(name)),
        help=run_text.explanation(HYPERPARAMETERS[name]),
        on_change=touched,
        args=(name,),
    )


def _thaw(values: Values) -> Value:
    """Where everything learns there is nothing to thaw: the number rests."""
    if values.get("trainable") == ALL:
        st.number_input(
            run_text.control_label("thaw"),
            value=None,
            placeholder=_("nothing is frozen"),
            disabled=True,
            key="training_thaw_rests",
        )
        return 0
    return hyperparameter_control("thaw", values)


def transfer_view(config: TrainConfig | None) -> None:
    """What the choices come to; without any, the lesson's cases, ready to be tried."""
    if config is None or not is_transfer(vars(config)):
        lesson.cards()
        return
    if warmup.underway():
        st.caption(_("PyTorch is being loaded: the layers follow in a moment …"))
        return
    try:
        parts = _parts(config)
    except CnnvizError:
        return  # the form has said it
    st.html(strip(parts))
    code, other = st.columns([1.15, 1], gap="medium")
    with code:
        _code(source(config, parts))
    with other:
        beside.from_scratch(config)


def _code(lines: TransferSource) -> None:
    """The transfer's own lines, and the whole program with the network's."""
    st.markdown(f"**{_('The same in PyTorch')}**")
    short, whole = st.tabs([_("Transfer"), _("The whole program")])
    short.code(lines.lines, language="python", height=400)
    whole.code(lines.program, language="python", height=400)
    st.caption(_("Left out: the schedule of the learning rate, augmentation, and how the pictures are normalised."))


def _parts(config: TrainConfig) -> tuple[Part, ...]:
    from cnnviz.engine.transfer import parts  # heavy

    return parts(config, stand_in(config.data))


def source(config: TrainConfig, parts: tuple[Part, ...]) -> TransferSource:
    """The lesson's own lines."""
    data = stand_in(config.data)
    file, before = "", 0
    card = card_behind(config.start_from)
    if card is not None:
        file, before = find(config.start_from).name, len(card.classes)
    return _source(replace(config, data="digits", seed=0), parts, data.image_size[0], data.classes, file, before)


@lru_cache(maxsize=32)
def _source(
    config: TrainConfig, parts: tuple[Part, ...], channels: int, classes: tuple[str, ...], file: str, before: int
) -> TransferSource:
    from cnnviz.engine.transfer_code import source_of  # heavy

    return source_of(config, parts, channels, classes, file, before)
