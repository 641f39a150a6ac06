"""What the form's controls say, and the configuration it makes; and back. Knows nothing of Streamlit or torch.

A control that says None leaves its knob to the rest: the learning rate to the optimizer, the dropout to the network.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from cnnviz.base.params import Value
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.hyperparameters import HYPERPARAMETERS
from cnnviz.engine.presets import settings
from cnnviz.models.zoo import options_of

Values = dict[str, Value]

NAMES = ("model", "data", *HYPERPARAMETERS)
SWITCH = {"on": True, "off": False}  # an option that is a switch has a third state: as the network has it
_PLAIN = TrainConfig()
_KEYS = {"loss": "loss_function"}  # "training_loss" is the curve
_MOST_DIGITS = 1e21  # a whole number beyond is written 1e+99, not with all its digits


def key(name: str) -> str:
    """Of a knob's control, in the session and in the link."""
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
    """Whether a knob does anything beside the others."""
    knob = HYPERPARAMETERS[name]
    if knob.is_option:
        return any(option.name == name for option in _options(values))
    return knob.applies(values)


def is_changed(name: str, values: Mapping[str, Value], usual: Mapping[str, Value] | None = None) -> bool:
    """Whether a knob that is used does something else than in `usual`, else than untouched."""
    usual = {**values, name: untouched(name)} if usual is None else usual
    is_silent = values.get(name) is None and usual.get(name) is None
    if is_silent or (name in HYPERPARAMETERS and not is_used(name, values)):
        return False
    return effective(name, values) != effective(name, usual)


def config_of(values: Mapping[str, Value], former: TrainConfig | None = None) -> TrainConfig:
    """The configuration the controls make; a knob that does nothing is left out.

    `former`, the run the form was filled in from, brings what has no control: a network of one's own, and options such
    as pretrained weights. Raises ConfigurationError.
    """
    fields: dict[str, Any] = {name: values[name] for name in ("model", "data") if name in values}
    options: dict[str, Any] = {}
    if former is not None and former.model == fields.get("model"):
        options = {name: value for name, value in former.options().items() if name not in HYPERPARAMETERS}
        fields["blueprint"] = former.blueprint
    for name, knob in HYPERPARAMETERS.items():
        value = values.get(name)
        if value is None or not is_used(name, values):
            continue
        if knob.is_option:
            options[name] = SWITCH.get(str(value), value) if knob.kind == "switch" else value
        else:
            fields[name] = _whole(value) if knob.kind in ("whole", "number") else value
    return TrainConfig(**fields, model_options=json.dumps(options) if options else "")


def values_of(config: TrainConfig) -> Values:
    """What the controls must say to make `config`; what it has by recommendation is left to the rest."""
    fields = {name: getattr(config, name, None) for name in NAMES}
    options = {name: _said(value) for name, value in config.options().items() if name in HYPERPARAMETERS}
    values: Values = {**fields, **{name: options.get(name) for name, knob in HYPERPARAMETERS.items() if knob.is_option}}
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
