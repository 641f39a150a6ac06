"""Link format of the training form: the texts of an address, read as its controls' values. Knows nothing of Streamlit.

Besides: the parameters that fill the form in with a run's settings.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.params import Value, not_one_of
from cnnviz.engine.config import OWN, TrainConfig
from cnnviz.engine.form_values import NAMES, SWITCH, Values, effective, key, values_of
from cnnviz.engine.hyperparameters import HYPERPARAMETERS

PRESET = "training_preset"  # the select box, and in the link with what was changed in it
_OWN = N_(
    "A link cannot hold a network of one's own. Choose “Again …” of its run on the page Runs, or train it on the page "
    "Networks."
)
_NO_NUMBER = N_("{parameter} takes numbers. Got {value}; try {nearest}.")
_LONGEST = 40  # characters of a wrong value that are shown


def choices(name: str, lists: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The words a control may say; () for a number."""
    if name in lists:
        return lists[name]
    knob = HYPERPARAMETERS[name]
    if knob.kind == "switch":
        return tuple(SWITCH) if knob.is_option else ("true", "false")
    return tuple(knob.choices)


def is_coded(name: str) -> bool:
    """Whether the control shows names and the link holds codes: all choices but plain switches."""
    knob = HYPERPARAMETERS.get(name)
    return knob is None or knob.kind == "choice" or (knob.kind == "switch" and knob.is_option)


def named(given: Mapping[str, str]) -> dict[str, str]:
    """The controls that a link names, with what it says of them as it came."""
    return {name: given[key(name)] for name in NAMES if key(name) in given}


def decides(given: Mapping[str, str]) -> bool:
    """Whether a link decides what the form says: by controls, or by a preset."""
    return PRESET in given or bool(named(given))


def values_in(given: Mapping[str, str], lists: Mapping[str, tuple[str, ...]]) -> Values:
    """What a link says of the controls it names; a value that cannot be is left out."""
    texts = named(given).items()
    return {name: _read(name, text, lists) for name, text in texts if problem(name, text, lists) is None}


def problems(given: Mapping[str, str], lists: Mapping[str, tuple[str, ...]]) -> list[ConfigurationError]:
    """One sentence for each value of a link that no control can take: it has its default instead."""
    found = [problem(name, text, lists) for name, text in named(given).items()]
    return [error for error in found if error is not None]


def link_of(config: TrainConfig) -> dict[str, str]:
    """The parameters that fill the form in. A network of one's own stays in its run: no link holds it."""
    values = values_of(config)
    if config.model == OWN:
        del values["model"]
    return {key(name): _text(value) for name, value in values.items() if value is not None}


def problem(name: str, text: str, lists: Mapping[str, tuple[str, ...]]) -> ConfigurationError | None:
    """Why a control cannot say `text`."""
    allowed = choices(name, lists)
    if not allowed:
        if _number(text) is not None or not text:
            return None
        nearest = effective(name, {}) or 0
        return ConfigurationError(_NO_NUMBER, parameter=name, value=text[:_LONGEST], nearest=nearest)
    if text in allowed or (allowed == ("true", "false") and text.lower() in allowed):
        return None
    if name == "model" and text == OWN:
        return ConfigurationError(_OWN)
    return not_one_of(name, text[:_LONGEST], allowed)


def _read(name: str, text: str, lists: Mapping[str, tuple[str, ...]]) -> Value:
    allowed = choices(name, lists)
    if not allowed:
        return _number(text)
    return text.lower() == "true" if allowed == ("true", "false") else text


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value) if isinstance(value, float) else str(value)
