"""What the form says of a knob: its range, what it does, why it does nothing here, what is wrong with its value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed
from cnnviz.base.params import Value
from cnnviz.base.text import plain
from cnnviz.engine.config import OWN
from cnnviz.engine.form_values import effective
from cnnviz.engine.hyperparameter import Hyperparameter
from cnnviz.engine.hyperparameters import HYPERPARAMETERS
from cnnviz.ui.shared.i18n import _, listed, sentence, sentences
from cnnviz.ui.shared.names import data_name, name_of
from cnnviz.ui.shared.run_text import SET_TO, field_label

NO_TITLES: Mapping[str, str] = MappingProxyType({})
_MISSING = N_("{data} is not on this machine yet: fetch it on the page Data, or train on digits, which come with it.")


def label(name: str) -> str:
    """What a control is called."""
    return _(HYPERPARAMETERS[name].title) if name in HYPERPARAMETERS else field_label(name)


def range_of(knob: Hyperparameter) -> str:
    """ "1 to 1000"; "" for what is no number."""
    if knob.kind not in ("whole", "number"):
        return ""
    if knob.open_below:
        return _("Greater than {low}, at most {high}.", low=f"{knob.low:g}", high=f"{knob.high:g}")
    return _("{low} to {high}.", low=f"{knob.low:g}", high=f"{knob.high:.10g}")


def explanation(knob: Hyperparameter) -> str:
    """What it is, what it usually does, its range."""
    return sentences(_(knob.what), _(knob.effect), range_of(knob))


def meaning(knob: Hyperparameter, value: Value) -> str:
    """What a choice is, behind its name."""
    about = knob.about(value)
    return _("{name}: {value}", name=name_of(knob.name, value), value=_(about)) if about else ""


def why_unused(name: str, values: Mapping[str, Value]) -> str:
    """Why a knob does nothing beside the others."""
    knob = HYPERPARAMETERS[name]
    if not knob.is_option:
        rules = [
            _(SET_TO, setting=label(other), value=Listed(name_of(other, each) for each in allowed))
            for other, allowed in knob.only_with.items()
        ]
        return _("Only with {rules}.", rules=Listed(rules))
    if values.get("model") == OWN:
        return _("The rows of a network of your own say this.")
    return _("{model} is built without this choice.", model=name_of("model", values.get("model")))


def changes(names: list[str], values: Mapping[str, Value], under: str = "") -> str:
    """ "Loss hinge, Momentum 0.5": knobs with their values; under a title that says the knob's, its value alone."""
    return listed(_change(name, _shown(name, effective(name, values)), under) for name in names)


def _change(name: str, value: str, under: str) -> str:
    return value if label(name) == under else _(SET_TO, setting=label(name), value=value)


def _shown(name: str, value: Value) -> str:
    """Data may be called anything."""
    return plain(name_of(name, value))


def with_label(error: ConfigurationError, titles: Mapping[str, str] = NO_TITLES) -> str:
    """The error's sentence for Markdown, with the control's label for the parameter's name.

    `titles`: of parameters that are no knobs, in the visitor's language.
    """
    values = {name: _as_said(name, value) for name, value in error.values.items()}
    if "parameter" in values:
        name = str(error.values["parameter"])
        values["parameter"] = titles.get(name) or label(name)
    return _(error.template, **values) if values else sentence(error)


def _as_said(name: str, value: object) -> object:
    """A number as one writes it; what has a name, by it; a text, which somebody typed or a link says, as text."""
    if isinstance(value, (list, Listed)):
        return Listed(_as_said(name, each) for each in value)
    return value if isinstance(value, int) else plain(name_of(name, value))


def not_here(data: Iterable[str]) -> str:
    """That data sets, by their codes, must be fetched first."""
    return _(_MISSING, data=listed(map(data_name, data)))
