"""Second network: which one stands beside the page's own, at which epoch, and which of its layers is looked at."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from cnnviz.base.errors import CnnvizError
from cnnviz.base.locale import N_
from cnnviz.engine.card import Card
from cnnviz.models.summary import LayerInfo, Summary
from cnnviz.ui.layers.view import Inspected, View, view_of
from cnnviz.ui.shared import cache, pictures, state
from cnnviz.ui.shared.checkpoints import Choice, card_of, choices, choose_checkpoint, choose_epoch, title
from cnnviz.ui.shared.i18n import _

BESIDE = ("layers_beside_checkpoint", "layers_beside_epoch", "layers_beside_layer")  # in the session and in the link
_CHECKPOINT, _EPOCH, _LAYER = BESIDE


@dataclass(frozen=True, eq=False)
class Side:
    """One of the two: what it is called, and what it makes of the picture."""

    title: str
    card: Card
    names: list[str]  # of its classes
    view: View
    true: int | None  # the picture's class, where the network knows it


def own_side(inspected: Inspected, view: View, true: int | None) -> Side:
    """The page's own network, at its layer."""
    choice = _own_choice(inspected)
    called = (
        inspected.file.stem if choice is None else _title(choice, inspected.card, other=st.session_state[_CHECKPOINT])
    )
    return Side(called, inspected.card, inspected.names, view, true)


def choose_other(inspected: Inspected, chosen: pictures.Chosen) -> Side | None:
    """The controls in one row; None, and a sentence, where there is no network to choose.

    Raises CheckpointError, AnswerError, or DataError where the picture cannot be made for it.
    """
    own = _own_choice(inspected)
    boxes = st.columns([2, 0.8, 1.2], gap="small")
    with boxes[0]:
        choice = choose_checkpoint(_CHECKPOINT, N_("Checkpoint beside it"), _usual(inspected, own))
    if choice is None:
        return None
    with boxes[1]:
        is_same = own is not None and own.name == choice.name
        usual = _other_epoch(choice, inspected.card.epoch) if is_same else None
        file = choose_epoch(choice, _EPOCH, N_("Epoch beside it"), usual)
    model, card = cache.network(file)
    channels, height, width = card.input_size
    summary = cache.summary(model, (channels, height, width))
    with boxes[2]:
        info = _choose_layer(summary, inspected)
    names = pictures.class_names(card)
    view = view_of(model, card, info, chosen.for_card(card), names)
    called = _title(choice, card, other="" if own is None else own.name)
    return Side(called, card, names, view, _true(inspected.card, card, chosen.true))


def _own_choice(inspected: Inspected) -> Choice | None:
    return next((each for each in choices() if inspected.file in [file for _epoch, file in each.epochs]), None)


def _usual(inspected: Inspected, own: Choice | None) -> str | None:
    """The same run, where it kept several epochs; else another network for the same classes; else any other."""
    if own is None or len(own.epochs) > 1:
        return None if own is None else own.name
    others = [each for each in choices() if each.name != own.name]
    alike = [each.name for each in others if _classes(each) == inspected.card.classes]
    return next(iter([*alike, *(each.name for each in others), own.name]))


def _classes(choice: Choice) -> tuple[str, ...]:
    try:
        return card_of(choice).classes
    except (CnnvizError, OSError):  # whoever chooses it is told
        return ()


def _other_epoch(choice: Choice, epoch: int) -> int | None:
    """The first one kept, against the page's own; where that is the first, the newest."""
    first = choice.epochs[0][0]
    return first if first != epoch else None


def _choose_layer(summary: Summary, inspected: Inspected) -> LayerInfo:
    """The same layer where it has one of that name; else a box, at first with one as deep."""
    layers = {info.name: info for info in summary}
    if inspected.info.name in layers:
        return layers[inspected.info.name]
    codes = list(layers)
    channels, height, width = inspected.card.input_size
    own = cache.summary(inspected.model, (channels, height, width))
    usual = codes[_as_deep([info.kind for info in own], own.layers.index(inspected.info), list(layers.values()))]
    name = state.choose_code(_("Layer beside it"), codes, key=_LAYER, name_of=str, default=usual)
    return layers[name]


def _as_deep(kinds: list[str], index: int, layers: list[LayerInfo]) -> int:
    """The layer that is about as far in, of the same kind where there is one."""
    place = index / max(1, len(kinds) - 1)
    alike = [at for at, layer in enumerate(layers) if layer.kind == kinds[index]] or range(len(layers))
    return min(alike, key=lambda at: abs(at / max(1, len(layers) - 1) - place))


def _true(card: Card, other: Card, true: int | None) -> int | None:
    """The same class by its name."""
    name = None if true is None else card.classes[true]
    return other.classes.index(name) if name in other.classes else None


def _title(choice: Choice, card: Card, other: str) -> str:
    """The network's name; of two epochs of one run the epoch alone, since all before it would be the same."""
    if len(choice.epochs) < 2:
        return title(choice)
    message = N_("Epoch {number}") if choice.name == other else N_("{network}, epoch {number}")
    return _(message, network=title(choice), number=card.epoch)
