"""Film of an ascent: the picture that excites a unit most as it grows, computed by a background job of its visitor."""

from __future__ import annotations

import base64
import io
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from PIL import Image
from torch import nn

from cnnviz.base.text import number_text, percent
from cnnviz.charts.gallery import data_uri, rgb
from cnnviz.engine.card import Card
from cnnviz.engine.loader import Described
from cnnviz.inspection.maximize import Ascent, Objective, maximize
from cnnviz.ui.shared import jobs
from cnnviz.ui.shared.i18n import _, listed
from cnnviz.ui.shared.jobs import Latest
from cnnviz.ui.shared.mount import component

Pixels = NDArray[np.uint8]

_SIDE = 176  # CSS pixels of the picture that grows
SMALL = 64  # pixels a side: of larger pictures there are fewer frames, packed with loss
_FRAMES, _LARGE_FRAMES = 33, 13  # of a whole film
_KEY = "layers_ascent"
_SHOWN, _BEFORE = "layers_ascent_shown", "layers_ascent_before"  # in the session: what was made last, and before that
_IS_WANTED = "layers_ascent_is_wanted"  # in the session, until the page has run: one that was stopped is begun anew
_QUALITY = 88  # of JPEG


@dataclass(frozen=True)
class Goal:
    """What is climbed towards, and how: the same again gives the same picture."""

    file: Path
    version: int  # changes with the file
    layer: str | None  # None: the answer
    units: tuple[int, ...]
    objective: Objective
    options: Ascent

    def is_alike(self, other: Goal) -> bool:
        """Whether they differ in nothing but how."""
        return (self.file, self.version, self.layer, self.units, self.objective) == (
            other.file,
            other.version,
            other.layer,
            other.units,
            other.objective,
        )


@dataclass(frozen=True, eq=False)
class Film:
    """The frames up to now. Not to be changed: a page draws it while the next is made."""

    steps: int  # in all
    numbers: tuple[int, ...]  # the step of each frame
    frames: tuple[Pixels, ...]  # (c, h, w) each
    activations: tuple[float, ...]  # after every step

    @property
    def share(self) -> float:
        return (len(self.activations) - 1) / self.steps


@dataclass(frozen=True)
class Said:
    """The words around a film."""

    measure: str  # what the number is: "mean of map 3"
    alt: str  # what the picture is
    best: float | None  # the best test picture's, where it is known
    how: Mapping[str, str]  # the regularisers that are on: field of `Ascent` -> what it is called


def start_film(model: nn.Module, card: Card, goal: Goal) -> None:
    """Have it made, unless it is being made or was."""
    shown = st.session_state.get(_SHOWN)
    if shown is not None and shown[0] != goal:
        st.session_state[_BEFORE] = shown if shown[0].is_alike(goal) else None
    jobs.start(_KEY, goal, partial(_film, model, card, goal), lambda film: film.share)


def show_film(goal: Goal, said: Said) -> None:
    """The picture that grows, its number and curve; the one before for comparison."""
    jobs.follow(_KEY, partial(_draw_film, goal, said))


def _film(model: nn.Module, card: Card, goal: Goal) -> Generator[Film, None, None]:
    count = _FRAMES if max(card.input_size[1:]) <= SMALL else _LARGE_FRAMES
    every = max(1, goal.options.steps // (count - 1))
    film = Film(goal.options.steps, (), (), ())
    for step in maximize(model, goal.layer, goal.units[0], card, goal.objective, goal.options):
        numbers, frames = film.numbers, film.frames
        if step.number % every == 0 or step.number == step.steps:
            numbers, frames = (*numbers, step.number), (*frames, pixels(step.picture, card))
        film = Film(step.steps, numbers, frames, (*film.activations, step.activation))
        yield film


def pixels(picture: NDArray[np.float32], inputs: Described) -> Pixels:
    """A network's input (c, h, w) as grey levels, normalisation undone."""
    mean, std = (np.array(values, np.float32).reshape(-1, 1, 1) for values in (inputs.mean, inputs.std))
    return np.clip(np.rint((picture * std + mean) * 255), 0, 255).astype(np.uint8)


def _draw_film(goal: Goal, said: Said, now: Latest) -> None:
    if st.session_state.pop(_IS_WANTED, False):
        st.rerun()  # the whole page, which begins it anew
    film: Film | None = now.value
    if film is None:
        jobs.show_progress(_KEY, now, _("The picture is being made …"))
        return
    if now.is_finished and now.error is None:
        st.session_state[_SHOWN] = (goal, film, said.how)
    component("ascent")(
        key=_KEY + "_film",
        data=_data(goal, film, said, not now.is_finished),
        on_stop_change=partial(jobs.cancel, _KEY),
        on_again_change=_begin_anew,
    )


def _begin_anew() -> None:
    """After a stop."""
    jobs.forget(_KEY)
    st.session_state[_IS_WANTED] = True


def _data(goal: Goal, film: Film, said: Said, is_live: bool) -> dict[str, object]:
    is_large = max(film.frames[0].shape[1:]) > SMALL
    first = -1 if is_large and is_live else 0  # what comes again with every look is to be small
    frames, numbers = film.frames[first:], film.numbers[first:]
    last, first_text = film.activations[-1], text_of(goal, film.activations[0])
    height, width = frames[0].shape[1:]
    return {
        "id": f"{hash(goal):x}",
        "is_live": is_live,
        "is_cut": not is_live and film.share < 1,  # it was stopped
        "side": _SIDE,
        "width": width,
        "height": height,
        "pixelated": not is_large,
        "sprite": packed(np.concatenate([rgb(frame) for frame in frames]), is_large),
        "steps": list(numbers),
        "texts": [text_of(goal, film.activations[number]) for number in numbers],
        "curve": list(film.activations),
        "total": film.steps,
        "best": said.best,
        "before": _before(goal, said.how),
        "strings": {
            "measure": said.measure,
            "alt": said.alt,
            "best": "" if said.best is None else _best(goal, last, said.best, said.measure),
            "curve": _("The curve: {first} at the start, {last} now.", first=first_text, last=text_of(goal, last)),
            "step": _("step {step} of {steps}", step="{step}", steps=film.steps),
            "step_label": _("Step of the ascent"),
            "again": _("Play again"),
            "pause": _("Pause"),
            "stop": _("Stop"),
        },
    }


def _best(goal: Goal, reached: float, best: float, measure: str) -> str:
    """What the test pictures come to; how many times as much this one does, where that means anything."""
    text = text_of(goal, best)
    if goal.objective == "probability" or best <= 0 or reached <= best:
        return _("{measure} on the best test picture: {best}", measure=measure, best=text)
    times = f"{reached / best:.1f}"
    return _("{times} × the best test picture ({best})", best=text, times=times)


def _difference(before: Mapping[str, str], now: Mapping[str, str]) -> str:
    """Which regularisers it had or lacked."""
    more = [title for name, title in before.items() if name not in now]
    less = [title for name, title in now.items() if name not in before]
    parts = [_("with {names}", names=listed(more))] if more else []
    parts += [_("without {names}", names=listed(less))] if less else []
    return listed(parts)


def _before(goal: Goal, now: Mapping[str, str]) -> dict[str, str] | None:
    """The picture that was made of the same before, with other regularisers."""
    kept = st.session_state.get(_BEFORE)
    if kept is None or not kept[0].is_alike(goal) or kept[0] == goal:
        return None
    _goal, film, how = kept
    picture = film.frames[-1]
    text = _("before, {how}: {value}", how=_difference(how, now), value=text_of(goal, film.activations[-1]))
    return {
        "picture": packed(rgb(picture), max(picture.shape[1:]) > SMALL),
        "text": text,
        "alt": _("The picture {before}", before=text),
    }


def text_of(goal: Goal, value: float) -> str:
    return percent(value) if goal.objective == "probability" else number_text(value)


def packed(picture: Pixels, is_large: bool) -> str:
    if not is_large:
        return data_uri(picture)
    packed = io.BytesIO()
    Image.fromarray(picture).save(packed, "JPEG", quality=_QUALITY)
    return "data:image/jpeg;base64," + base64.b64encode(packed.getvalue()).decode()
