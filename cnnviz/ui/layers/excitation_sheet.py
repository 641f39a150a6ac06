"""Sheet of ascents: for every unit of a layer the picture that excites it most, all of them growing at once."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from torch import nn

from cnnviz.charts.gallery import rgb
from cnnviz.engine.card import Card
from cnnviz.inspection.maximize import maximize_all
from cnnviz.ui.layers.excitation_film import SMALL, Goal, Pixels, packed, pixels, text_of
from cnnviz.ui.shared import jobs, mount
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.jobs import Latest
from cnnviz.ui.shared.mount import component

_SHEET = "layers_ascent_sheet"
_IS_CHOSEN = "layers_ascent_is_chosen"  # in the session, until the page has run: a tile was clicked
_SHEET_HEIGHT = 350  # CSS pixels: the tiles are as large as that lets them be


@dataclass(frozen=True, eq=False)
class Sheet:
    """Where many pictures are that climb together."""

    share: float
    pictures: Pixels  # (n, c, h, w)
    activations: NDArray[np.float32]  # (n,)


def start_sheet(model: nn.Module, card: Card, goal: Goal) -> None:
    """Have a picture made for each unit of the goal."""
    jobs.start(_SHEET, goal, partial(_sheet, model, card, goal), lambda sheet: sheet.share)


def show_sheet(goal: Goal, chosen: int, names: Sequence[str], label: str, choose: Callable[[int], None]) -> None:
    """The pictures as tiles; they grow too. `choose` is called with the unit whose tile is clicked, then the page."""
    jobs.follow(_SHEET, partial(_draw_sheet, goal, chosen, names, label, choose))


def _sheet(model: nn.Module, card: Card, goal: Goal) -> Generator[Sheet, None, None]:
    for steps in maximize_all(model, goal.layer, goal.units, card, goal.objective, goal.options):
        shown = np.stack([_halved(pixels(each, card)) for each in steps.pictures])
        yield Sheet(steps.number / steps.steps, shown, steps.activations)


def _halved(picture: Pixels) -> Pixels:
    """Large tiles are sent with half their sides: dozens stand side by side."""
    if max(picture.shape[1:]) <= 2 * SMALL:
        return picture
    c, h, w = picture.shape
    whole = picture[:, : h // 2 * 2, : w // 2 * 2].reshape(c, h // 2, 2, w // 2, 2)
    return np.rint(whole.mean(axis=(2, 4))).astype(np.uint8)


def _draw_sheet(
    goal: Goal, chosen: int, names: Sequence[str], label: str, choose: Callable[[int], None], now: Latest
) -> None:
    if st.session_state.pop(_IS_CHOSEN, False):
        st.rerun()  # the whole page: what was clicked is a part of it that runs alone
    sheet: Sheet | None = now.value
    jobs.show_progress(_SHEET, now, _("The pictures are being made …"))
    if sheet is None:
        return
    tiles = [rgb(picture) for picture in sheet.pictures]
    height, width = tiles[0].shape[:2]
    texts = [text_of(goal, value) for value in sheet.activations.tolist()]
    component("maps")(
        key=_SHEET + "_tiles",
        data={
            "sprite": packed(np.concatenate(tiles), max(height, width) > SMALL),
            "width": width,
            "height": height,
            "most": _SHEET_HEIGHT,
            "captions": [f"{unit + 1}: {text}" for unit, text in zip(goal.units, texts, strict=True)],
            "titles": [_("{name}: {value}", name=name, value=text) for name, text in zip(names, texts, strict=True)],
            "chosen": goal.units.index(chosen) if chosen in goal.units else None,
            "label": label,
        },
        on_chosen_change=partial(_click, goal, choose),
    )


def _click(goal: Goal, choose: Callable[[int], None]) -> None:
    index = mount.whole(_SHEET + "_tiles", "chosen", 0, len(goal.units) - 1)
    if index is not None:
        choose(goal.units[index])
        st.session_state[_IS_CHOSEN] = True
