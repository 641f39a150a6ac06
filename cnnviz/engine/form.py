"""Training form: what its controls say, the configuration that makes, and the address that fills them in; and back.

A control that says None leaves its hyperparameter to the rest: the learning rate to the optimizer, the dropout to the
network. Knows nothing of Streamlit or torch.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.params import Value, not_one_of
from cnnviz.engine.config import OWN, TrainConfig
from cnnviz.engine.hyperparameters import HYPERPARAMETERS
from cnnviz.engine.presets import settings
from cnnviz.models.zoo import options_of

Values = dict[str, Value]

NAMES = ("model", "data", *HYPERPARAMETERS)
SWITCH = {"on": True, "off": False}  # an option that is a switch has a third state: as the network has it
_PLAIN = TrainConfig()
_KEYS = {"loss": "loss_function"}  # "training_loss" is the curve
_MOST_DIGITS = 1e21  # a whole number beyond is written 1e+99, not with all its digits
PRESET = "training_preset"  # the select box, and in the link with what was changed in it
_OWN = N_(
    "A link cannot hold a network of one's own. Choose “Again …” of its run on the page Runs, or train it on the page "
    "Networks."
)
_NO_NUMBER = N_("{parameter} takes numbers. Got {value}; try {nearest}.")
_LONGEST = 40  # characters of a wrong value that are shown


def key(name: str) -> str:
    """Of a hyperparameter's control, in the session and in the link."""
    return f"training_{_KEYS.get(name, name)}"


def untouched(name: str) -> Value:
    """What a control says before anybody touched it."""
    if name in HYPERPARAMETERS:
        return None if HYPERPARAMETERS[name].is_option else HYPERPARAMETERS[name].default
    return str(getattr(_PLAIN, name))


def untouched_values() -> Values:
    """The form as it is before anybody touched it."""
    return {name: untouched(name) for name in NAMES}


def suiting(name: str, values: Mapping[str, Value]) -> Value:
    """What a control that says None comes to beside the others; None if nothing is known."""
    row = HYPERPARAMETERS.get(name)
    if row is not None and row.follows:
        return row.suiting({row.follows: untouched(row.follows), **values})
    option = next((each for each in _options(values) if each.name == name), None)
    if option is None:
        return None
    return _said(option.default)


def effective(name: str, values: Mapping[str, Value]) -> Value:
    """What a control says, or what its silence comes to."""
    value = values.get(name, untouched(name))
    return suiting(name, values) if value is None else value


def is_used(name: str, values: Mapping[str, Value]) -> bool:
    """Whether a hyperparameter does anything beside the others."""
    row = HYPERPARAMETERS[name]
    if row.is_option:
        return any(option.name == name for option in _options(values))
    return row.applies(values)


def is_changed(name: str, values: Mapping[str, Value], usual: Mapping[str, Value] | None = None) -> bool:
    """Whether a hyperparameter that is used does something else than in `usual`, else than untouched."""
    usual = {**values, name: untouched(name)} if usual is None else usual
    is_silent = values.get(name) is None and usual.get(name) is None
    if is_silent or (name in HYPERPARAMETERS and not is_used(name, values)):
        return False
    return effective(name, values) != effective(name, usual)


def config_of(values: Mapping[str, Value], former: TrainConfig | None = None) -> TrainConfig:
    """The configuration the controls make; a hyperparameter that does nothing is left out.

    `former`, the run the form was filled in from, brings what has no control: a network of one's own, and options such
    as pretrained weights. Raises ConfigurationError.
    """
    fields: dict[str, Any] = {name: values[name] for name in ("model", "data") if name in values}
    options: dict[str, Any] = {}
    if former is not None and former.model == fields.get("model"):
        options = {name: value for name, value in former.options().items() if name not in HYPERPARAMETERS}
        fields["blueprint"] = former.blueprint
    for name, row in HYPERPARAMETERS.items():
        value = values.get(name)
        if value is None or not is_used(name, values):
            continue
        if row.is_option:
            options[name] = SWITCH.get(str(value), value) if row.kind == "switch" else value
        else:
            fields[name] = _whole(value) if row.kind in ("whole", "number") else value
    return TrainConfig(**fields, model_options=json.dumps(options) if options else "")


def values_of(config: TrainConfig) -> Values:
    """What the controls must say to make `config`; what it has by recommendation is left to the rest."""
    fields = {name: getattr(config, name, None) for name in NAMES}
    options = {name: _said(value) for name, value in config.options().items() if name in HYPERPARAMETERS}
    values: Values = {**fields, **{name: options.get(name) for name, row in HYPERPARAMETERS.items() if row.is_option}}
    for name, row in HYPERPARAMETERS.items():
        if row.follows and values[name] == suiting(name, values):
            values[name] = None
    return values


def preset_values(preset: str, values: Mapping[str, Value]) -> Values:
    """What the controls say with a preset. The seed stays the visitor's; Best and Fast take network and data as is."""
    chosen = dict(settings(preset, str(values["model"]), str(values["data"])))
    options = json.loads(chosen.pop("model_options", "") or "{}")
    said: Values = {name: _said(value) for name, value in options.items()}
    return {**untouched_values(), **chosen, **said, "seed": values.get("seed", untouched("seed"))}


def _options(values: Mapping[str, Value]) -> tuple[Any, ...]:
    return options_of(str(values.get("model", _PLAIN.model)))


def _said(value: Any) -> Value:
    """A model's option as its control says it."""
    return ("on" if value else "off") if isinstance(value, bool) else value


def _whole(value: Value) -> Value:
    """Whole numbers as int, so that 2.5 epochs can be refused instead of cut."""
    if isinstance(value, float) and value.is_integer() and abs(value) < _MOST_DIGITS:
        return int(value)
    return value


def choices(name: str, lists: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The words a control may say; () for a number."""
    if name in lists:
        return lists[name]
    row = HYPERPARAMETERS[name]
    if row.kind == "switch":
        return tuple(SWITCH) if row.is_option else ("true", "false")
    return tuple(row.choices)


def open_choices(name: str, *said: object) -> tuple[str, ...]:
    """The words a control may say, and those texts among `said` that its hyperparameter accepts beside them."""
    usual = choices(name, {})
    texts = (text for text in said if isinstance(text, str) and text not in usual)
    return (*usual, *dict.fromkeys(text for text in texts if problem(name, text, {}) is None))


def is_coded(name: str) -> bool:
    """Whether the control shows names and the link holds codes: all choices but plain switches."""
    row = HYPERPARAMETERS.get(name)
    return row is None or row.kind == "choice" or (row.kind == "switch" and row.is_option)


def is_text(name: str) -> bool:
    """Whether the control takes words of its own: what they may be, its reader says."""
    return name in HYPERPARAMETERS and HYPERPARAMETERS[name].kind == "text"


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
    if is_text(name):
        return None  # its control says whatever the link does; why that cannot be, the configuration says
    if name in HYPERPARAMETERS and HYPERPARAMETERS[name].accepts is not None:
        return _text_problem(name, text)
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


def _text_problem(name: str, text: str) -> ConfigurationError | None:
    try:
        HYPERPARAMETERS[name].checked(text)
    except ConfigurationError as error:
        return error
    return None


def _read(name: str, text: str, lists: Mapping[str, tuple[str, ...]]) -> Value:
    allowed = choices(name, lists)
    if is_text(name):
        return text
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
