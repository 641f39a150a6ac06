"""The controls of a new run, bound to the link, and what is wrong with them in one sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from cnnviz.data.registry import DATASETS, dataset
from cnnviz.engine.config import (
    AUGMENTATIONS,
    OPTIMIZERS,
    RECOMMENDED_LEARNING_RATE,
    RECOMMENDED_WEIGHT_DECAY,
    SCHEDULES,
    TrainConfig,
)
from cnnviz.errors import ConfigurationError
from cnnviz.locale import N_
from cnnviz.models.names import TRAINABLE_NAMES
from cnnviz.ui.i18n import _

DEFAULT = TrainConfig()
_LABELS = {
    "model": N_("Model"),
    "data": N_("Data set"),
    "optimizer": N_("Optimizer"),
    "schedule": N_("Schedule"),
    "augmentation": N_("Augmentation"),
    "epochs": N_("Epochs"),
    "batch_size": N_("Batch size"),
    "learning_rate": N_("Learning rate"),
    "seed": N_("Seed"),
    "weight_decay": N_("Weight decay"),
}


@dataclass(frozen=True)
class Wish:
    """What the controls say: a run, or the one sentence why they do not make one."""

    config: TrainConfig | None
    problem: str = ""
    needs_data: bool = False  # the page Data is where to mend it


def training_form() -> Wish:
    """The controls of a run.

    Numbers have no limits in the browser: there, a number that is too large is dropped in silence.
    """
    model, data = _choice("model", TRAINABLE_NAMES), _choice("data", tuple(DATASETS))
    with st.container(horizontal=True):
        epochs, batch_size = _number("epochs"), _number("batch_size")
    with st.container(horizontal=True):
        optimizer = _choice("optimizer", OPTIMIZERS, on_change=_follow_optimizer)
        learning_rate = _number("learning_rate", step=0.001)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        seed = _number("seed")
        more = st.popover(_("More"), width="stretch")
    with more:
        schedule = _choice(
            "schedule",
            SCHEDULES,
            help=_("How the learning rate changes: one-cycle rises and then falls to zero, cosine falls to zero."),
        )
        augmentation = _choice(
            "augmentation",
            AUGMENTATIONS,
            help=_("Every epoch sees each picture moved a little (shift), or also turned and resized (affine)."),
        )
        weight_decay = _number("weight_decay", step=0.0001)
    try:
        config = TrainConfig(
            model=model,
            data=data,
            epochs=epochs,  # type: ignore[arg-type]  # TrainConfig itself refuses 2.5
            batch_size=batch_size,  # type: ignore[arg-type]
            learning_rate=learning_rate,
            optimizer=optimizer,
            schedule=schedule,
            weight_decay=weight_decay,
            augmentation=augmentation,
            seed=seed,  # type: ignore[arg-type]
        )
    except ConfigurationError as error:
        return Wish(None, _with_label(error))
    chosen = dataset(data)
    if chosen.is_present():
        return Wish(config)
    missing = N_(
        "{data} is not on this machine yet: fetch it on the page Data, or train on digits, which come with it."
    )
    return Wish(None, _(missing, data=_(chosen.title)), needs_data=True)


def _choice(
    parameter: str, options: tuple[str, ...], help: str | None = None, on_change: Callable[[], None] | None = None
) -> str:
    """One of `options`, at first TrainConfig's own default. Names are shown raw: the link holds what is shown."""
    chosen = st.selectbox(
        _(_LABELS[parameter]),
        options,
        index=options.index(getattr(DEFAULT, parameter)),
        key=f"training_{parameter}",
        bind="query-params",
        help=help,
        on_change=on_change,
    )
    return str(chosen)


def _number(parameter: str, step: float = 1.0) -> float:
    """A number as it was typed: whole ones as int, so that 2.5 epochs can be refused instead of cut."""
    value = st.number_input(
        _(_LABELS[parameter]),
        value=float(getattr(DEFAULT, parameter)),
        step=step,
        format="%g",
        key=f"training_{parameter}",
        bind="query-params",
    )
    return int(value) if value.is_integer() else value


def _follow_optimizer() -> None:
    """A learning rate or weight decay nobody has touched becomes the one recommended for the new optimizer."""
    optimizer = st.session_state["training_optimizer"]
    for key, recommended in (
        ("training_learning_rate", RECOMMENDED_LEARNING_RATE),
        ("training_weight_decay", RECOMMENDED_WEIGHT_DECAY),
    ):
        if st.session_state[key] in recommended.values():
            st.session_state[key] = float(recommended[optimizer])


def _with_label(error: ConfigurationError) -> str:
    """The error's sentence, with the control's label for the parameter's name."""
    values = {name: f"{value:g}" if isinstance(value, float) else value for name, value in error.values.items()}
    parameter = str(values.get("parameter"))
    return _(error.template, **{**values, "parameter": _(_LABELS.get(parameter, parameter))})
