"""Bench settings: the pipeline, centre crop and normalising that a visitor chose, in link, session and component."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from cnnviz.base.errors import ConfigurationError
from cnnviz.engine.augmentation.pipeline import LONGEST, NONE, Pipeline, canonical
from cnnviz.engine.augmentation.steps import STEPS
from cnnviz.engine.hyperparameters import HYPERPARAMETERS
from cnnviz.ui.shared import mount
from cnnviz.ui.shared.link_parameters import AUGMENTED, parameter

COMPONENT = "data_augmentation_bench"
_KEPT = "data_augmentation_kept"
_TEXT = parameter("data_augmentation", NONE)
_CROP = parameter("data_augmentation_crop", 1.0)
_NORMALIZE = parameter("data_augmentation_normalize", True)
_PICTURE = parameter("data_augmentation_picture", 0)


@dataclass(frozen=True)
class Settings:
    """What the bench's column says. `token` changes where the server sets it: the browser then begins anew."""

    text: str = NONE  # a recipe's name, or a pipeline
    center_crop: float = 1.0
    normalize: bool = True
    picture: int = 0  # the one shown in many draws, from 1; 0: all pictures
    token: int = 0


def settings() -> Settings:
    """What was chosen last: in the browser, by a preset, or by a link that somebody came with.

    Raises ConfigurationError for a pipeline in the link that is none; the next time there is none.
    """
    kept: Settings = st.session_state.get(_KEPT, Settings())
    problem = None
    if any(each.news() is not None for each in (_TEXT, _CROP, _NORMALIZE, _PICTURE)):
        try:
            text = canonical(_TEXT.read())
        except ConfigurationError as error:
            text, problem = NONE, error
        kept = Settings(text, _CROP.read(), _NORMALIZE.read(), _PICTURE.read(), kept.token + 1)
    said = mount.said(COMPONENT, "bench")
    if isinstance(said, Mapping) and said.get("token") == kept.token:
        kept = _read(said, kept)
    keep(kept)
    if problem is not None:
        raise problem
    return kept


def keep(now: Settings) -> None:
    """From now on session and link say this."""
    st.session_state[_KEPT] = now
    _TEXT.put(now.text)
    _CROP.put(now.center_crop)
    _NORMALIZE.put(now.normalize)
    _PICTURE.put(now.picture)


def set_text(text: str) -> None:
    """A preset was chosen."""
    kept: Settings = st.session_state.get(_KEPT, Settings())
    keep(replace(kept, text=text, token=kept.token + 1))


def bench_order(pipeline: Pipeline) -> list[str]:
    """All steps for the column: the pipeline's in their order, each other one behind that before it in the menu.

    >>> from cnnviz.engine.augmentation.pipeline import parse
    >>> bench_order(parse("erasing,flip"))[:3]
    ['random-crop', 'erasing', 'flip']
    """
    order = [step.name for step in pipeline.steps]
    place = 0
    for name in STEPS:
        if name in order:
            place = order.index(name) + 1
        else:
            order.insert(place, name)
            place += 1
    return order


def _read(said: Mapping[str, Any], kept: Settings) -> Settings:
    """`kept` with whatever is said and makes sense."""
    changes: dict[str, Any] = {}
    if mount.is_words(text := said.get("text"), LONGEST):
        with suppress(ConfigurationError):  # a browser that is out of step: what was before stays
            changes["text"] = canonical(text)
    with suppress(ConfigurationError):
        changes["center_crop"] = HYPERPARAMETERS["center_crop"].checked(said.get("crop"))
    if isinstance(said.get("normalize"), bool):
        changes["normalize"] = said["normalize"]
    if mount.is_whole(said.get("picture"), 0, AUGMENTED):
        changes["picture"] = said["picture"]
    return replace(kept, **changes)
