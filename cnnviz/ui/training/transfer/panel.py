"""Transfer panel: three choices (start from, train only, then thaw), and below them what they come to.

The layers as they learn, the same in PyTorch, and the same network from scratch beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING

import streamlit as st

from cnnviz.base.errors import CnnvizError, ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.params import Value
from cnnviz.base.text import plain
from cnnviz.data.dataset_spec import FOLDER
from cnnviz.engine.card import Card
from cnnviz.engine.checkpoint_names import find
from cnnviz.engine.config import ALL, LAST, OWN, RANDOM, TrainConfig
from cnnviz.engine.form import Values, config_of, key, named, untouched
from cnnviz.engine.hyperparameters import HYPERPARAMETERS
from cnnviz.models.zoo import DROPOUT, options_of
from cnnviz.ui.shared import run_text, state, warmup
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.learning import layers_title
from cnnviz.ui.shared.mount import css
from cnnviz.ui.shared.page import page_link
from cnnviz.ui.training.form.controls import EXPLAIN, explain, hyperparameter_control
from cnnviz.ui.training.form.prefill import touched
from cnnviz.ui.training.transfer import beside, lesson
from cnnviz.ui.training.transfer.starts import (
    Wanted,
    blocks_of,
    card_behind,
    name_of_start,
    problem_with,
    stand_in,
    starting_points,
)
from cnnviz.ui.training.transfer.strip import heading, strip

if TYPE_CHECKING:
    from cnnviz.engine.transfer import Part
    from cnnviz.engine.transfer_code import TransferSource

NAMES = ("start_from", "trainable", "thaw")
OPEN = "training_transfer_open"  # in the session: whether the panel was ever in use: it stays unfolded
ANCHOR = "training-transfer"
_CSS = css("training/transfer/panel")


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
        _take_network(card)


def _take_network(card: Card) -> None:
    """The controls say the network of the checkpoint: activation, blocks and the like are part of its weights."""
    st.session_state[key("model")] = card.model
    for option in options_of(card.model):
        if option.name in HYPERPARAMETERS and option.name != DROPOUT.name:
            value = card.options.get(option.name, option.default)
            said = ("on" if value else "off") if isinstance(value, bool) else value
            st.session_state[key(option.name)] = None if value == option.default else said


def _start_chosen() -> None:
    """A checkpoint brings the options it was trained with."""
    touched("start_from")
    card = card_behind(str(st.session_state.get(key("start_from"))))
    if card is not None and card.model != OWN:
        _take_network(card)


def transfer_choices(values: Values, former: TrainConfig | None) -> TransferChoices:
    """What can be chosen beside network and data; what was chosen and cannot be stays: `transfer_problem` says why."""
    config = _rest(values, former)
    starts = {RANDOM: _("Random weights")} if config is None else starting_points(Wanted.of(config))
    layers = {code: layers_title(code) for code in (ALL, LAST, *(blocks_of(config) if config is not None else ()))}
    start, layer = str(values.get("start_from")), str(values.get("trainable"))
    starts.setdefault(start, name_of_start(start))
    layers.setdefault(layer, layers_title(layer))
    return TransferChoices(starts, layers)


def _rest(values: Values, former: TrainConfig | None) -> TrainConfig | None:
    """The configuration without any transfer: what may be chosen goes by it."""
    try:
        return config_of({**values, **{name: untouched(name) for name in NAMES}}, former)
    except ConfigurationError:
        return None


def transfer_problem(config: TrainConfig) -> CnnvizError | None:
    """Why network, pictures and start do not go together, before the run waits in the queue. The run checks again.

    Before PyTorch is in only whether there is such a start.
    """
    if not is_transfer(vars(config)):
        return None
    if warmup.underway():
        return problem_with(config.start_from)
    from cnnviz.engine.starting_weights import start_of  # heavy

    try:
        if not config.data.startswith(FOLDER):
            start_of(config, stand_in(config.data))
        _parts(config)
    except CnnvizError as error:
        return error
    return None


def transfer_summary(values: Values, offered: TransferChoices) -> None:
    """One line beside network and data set, as long as it is a transfer, with the way to the box of the choices."""
    if not is_transfer(values):
        return
    start, layers = str(values.get("start_from")), str(values.get("trainable"))
    named_start, change = plain(offered.starts[start]), _("↓ Change it").replace(" ", "\u00a0")
    if layers == LAST:
        text = _("Starts from {start}, last layer only.", start=named_start)
    else:
        text = _("Starts from {start}; learns: {layers}.", start=named_start, layers=plain(offered.layers[layers]))
    line = f":material/ac_unit: {text} [{change}](#{ANCHOR})"
    st.caption(line)
    card, data = card_behind(start), str(values.get("data"))
    if card is not None and _knows(card, data):
        st.caption(_("It was trained to tell these very classes apart: that it knows them shows nothing of transfer."))


def _knows(card: Card, data: str) -> bool:
    """Whether each class of the data set is one of the checkpoint's."""
    try:
        classes = stand_in(data).classes
    except CnnvizError:
        return False
    return {name.casefold() for name in classes} <= {name.casefold() for name in card.classes}


def transfer_controls(values: Values, offered: TransferChoices) -> Values:
    """The three boxes."""
    st.html(f'<style>{_CSS}</style><div id="{ANCHOR}"></div>')
    said: Values = {}
    with st.container(horizontal=True, key="training_transfer_controls"):
        for name, titles in (("start_from", offered.starts), ("trainable", offered.layers)):
            said[name] = _box(name, titles)
        said["thaw"] = hyperparameter_control("thaw", {**values, **said})
    for name in NAMES:
        if st.session_state.get(EXPLAIN):
            explain(name, {**values, **said})
    if said["trainable"] == ALL and said["start_from"] != RANDOM:
        st.caption(_("Everything learns from the first step on: there is nothing to thaw."))
    return said


def _box(name: str, titles: Mapping[str, str]) -> Value:
    return state.select_code(
        run_text.control_label(name),
        list(titles),
        key=key(name),
        name_of=titles.__getitem__,
        default=str(untouched(name)),
        help=run_text.explanation(HYPERPARAMETERS[name]),
        on_change=_start_chosen if name == "start_from" else partial(touched, name),
    )


def transfer_view(config: TrainConfig | None, problem: str) -> None:
    """What the choices come to, or why not; without any, the lesson's cases, ready to be tried."""
    if config is None:
        return
    if not is_transfer(vars(config)):
        lesson.cards()
        return
    if warmup.underway():
        st.caption(_("PyTorch is being loaded: the layers follow in a moment …"))
        return
    try:
        parts = _parts(config)
    except CnnvizError:
        return
    st.html(strip(parts))
    _drawing_link(config)
    if not problem:
        code, other = st.columns([1.15, 1], gap="medium")
        with code:
            _code(source(config, parts))
        with other:
            beside.from_scratch(config)


def _drawing_link(config: TrainConfig) -> None:
    """To the page Networks, where the same layers are frozen in the drawing; not for a network of one's own."""
    if config.model == OWN or config.trainable == ALL:
        return
    data, name = stand_in(config.data), config.model
    options = {f"networks_{option}_{name}": _linked(value) for option, value in config.options().items()}
    parameters = {
        "networks_model": name,
        "networks_trainable": config.trainable,
        f"networks_channels_{name}": str(data.image_size[0]),
        f"networks_classes_{name}": str(len(data.classes)),
        **options,
    }
    page_link("networks", N_("The same layers in the network's drawing"), ":material/account_tree:", parameters)


def _linked(value: Value) -> str:
    """As a switch of the page Networks is bound to the link, and everything else."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _code(lines: TransferSource) -> None:
    """The transfer's own lines, and the whole program with the network's."""
    st.html(heading(_("The same in PyTorch")))
    short, whole = st.tabs([_("Transfer"), _("The whole program")])
    short.code(lines.lines, language="python", height=400, wrap_lines=True)
    whole.code(lines.program, language="python", height=400, wrap_lines=True)
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
