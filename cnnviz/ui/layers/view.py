"""Inspected layer: one layer of a network that is shown one picture, as every view of the page Layers gets it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import streamlit as st
import torch
from numpy.typing import NDArray
from torch import nn

from cnnviz.engine import evaluate
from cnnviz.engine.card import Card
from cnnviz.inspection.survey import Seen, Survey
from cnnviz.inspection.value_trace import as_maps
from cnnviz.models.summary import LayerInfo, Summary
from cnnviz.ui.shared import cache, mount
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.link_parameters import MOST_UNITS
from cnnviz.ui.shared.pictures import Chosen

MAP = "layers_map"  # the number of the map chosen, counted from 1, in the session and in the link


@dataclass(frozen=True, eq=False)
class Inspected:
    """What is chosen: a network, one of its layers, one of the layer's maps, and a picture if there is one."""

    model: nn.Module  # of the server's cache, eval mode: never changed, run only under `evaluate.LOCK`
    card: Card
    file: Path  # its weights
    info: LayerInfo
    unit: int  # index of the map, or of the value of a fully connected layer
    names: list[str]  # of the classes, in the visitor's language
    chosen: Chosen | None  # None while nothing was drawn yet
    view: View | None  # the layer's answer to the picture

    @property
    def weights(self) -> tuple[str, int]:
        """Their file, and when it was written: the same for the same weights."""
        return str(self.file), self.file.stat().st_mtime_ns


@dataclass(frozen=True, eq=False)
class View:
    """One layer of a network that was shown one picture."""

    model: nn.Module
    info: LayerInfo
    x: NDArray[np.float32]  # (c, h, w): the picture as the network gets it, normalised
    survey: Survey  # every layer at a glance
    seen: Seen  # this layer in full
    names: list[str]  # of the classes

    @cached_property
    def picture_key(self) -> str:
        """The same for the same numbers of the picture."""
        return hashlib.blake2b(self.x.tobytes(), digest_size=12).hexdigest()

    @property
    def summary(self) -> Summary:
        channels, height, width = self.x.shape
        return cache.summary(self.model, (channels, height, width))

    @property
    def maps(self) -> NDArray[np.float32]:
        """(n, h, w)"""
        return as_maps(self.seen.output)

    @property
    def are_units(self) -> bool:
        return len(self.info.output_shape) == 1

    @property
    def are_classes(self) -> bool:
        """Whether this is the layer that answers."""
        return self.info.name == list(self.survey.glances)[-1]


def view_of(model: nn.Module, card: Card, info: LayerInfo, picture: NDArray[np.uint8], names: list[str]) -> View:
    """Run `picture` (c, h, w) through the network and look at the layer of `info`."""
    x = evaluate.prepare(card, picture[None])  # (1, c, h, w)
    return View(model, info, x[0].numpy(), *cache.survey(model, x, info.name), names)


def seen_picture(view: View, card: Card) -> NDArray[np.uint8]:
    """The picture as the network gets it, normalisation undone: uint8 (c, h, w)."""
    mean, std = (np.array(values).reshape(-1, 1, 1) for values in (card.mean, card.std))
    return np.clip(np.rint((view.x * std + mean) * 255), 0, 255).astype(np.uint8)


def probabilities(view: View) -> NDArray[np.float64]:
    """The softmax of what the last layer answers. Raises AnswerError if that is not a number."""
    return evaluate.probabilities(torch.from_numpy(view.survey.logits).double()[None])[0].numpy()


def choose_unit(sheet: str) -> None:
    """A tile of the component `sheet` was clicked: the number box follows."""
    chosen = mount.whole(sheet, "chosen", 0, MOST_UNITS - 1)
    if chosen is not None:
        st.session_state[MAP] = chosen + 1


def unit_name(view: View, index: int) -> str:
    """What a tile is called. Units of the last layer have their class beside their number: unit 8 answers "7"."""
    if view.are_classes:
        return _("unit {number}, class {name}", number=index + 1, name=view.names[index])
    return _("unit {number}", number=index + 1) if view.are_units else _("map {number}", number=index + 1)
