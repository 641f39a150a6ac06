"""What the form says of a knob: its range, what it does, why it does nothing here, what is wrong with its value."""

from __future__ import annotations

from collections.abc import Mapping

from cnnviz.engine.config import OWN
from cnnviz.engine.knobs import KNOBS, Knob, Value
from cnnviz.errors import ConfigurationError
from cnnviz.ui.i18n import _, sentence
from cnnviz.ui.runs.words import field_label, listed, value_text
from cnnviz.ui.training.form.setting import effective


def label(name: str) -> str:
    """What a control is called."""
    return _(KNOBS[name].title) if name in KNOBS else field_label(name)


def range_of(knob: Knob) -> str:
    """ "1 to 1000"; "" for what is no number."""
    if knob.kind not in ("whole", "number"):
        return ""
    if knob.open_below:
        return _("Greater than {low}, at most {high}.", low=f"{knob.low:g}", high=f"{knob.high:g}")
    return _("{low} to {high}.", low=f"{knob.low:g}", high=f"{knob.high:.10g}")


def explanation(knob: Knob) -> str:
    """What it is, what it usually does, its range."""
    return " ".join(part for part in (_(knob.what), _(knob.effect), range_of(knob)) if part)


def meaning(knob: Knob, value: Value) -> str:
    """What a choice is, behind its name."""
    about = knob.choices.get(str(value))
    return f"{value}: {_(about)}" if about else ""


def why_unused(name: str, values: Mapping[str, Value]) -> str:
    """Why a knob does nothing beside the others."""
    knob = KNOBS[name]
    if not knob.is_option:
        rules = [f"{label(other)} {', '.join(allowed)}" for other, allowed in knob.only_with.items()]
        return _("Only with {rules}.", rules=listed(rules))
    if values.get("model") == OWN:
        return _("The rows of a network of your own say this.")
    return _("{model} is built without this choice.", model=values.get("model"))


def changes(names: list[str], values: Mapping[str, Value], under: str = "") -> str:
    """ "Loss hinge, Momentum 0.5": knobs with their values; under a title that says the knob's, its value alone."""
    return listed(
        f"{label(name) if label(name) != under else ''} {value_text(effective(name, values))}".strip() for name in names
    )


def with_label(error: ConfigurationError) -> str:
    """The error's sentence, with the control's label for the parameter's name."""
    values = {name: f"{value:g}" if isinstance(value, float) else value for name, value in error.values.items()}
    if "parameter" in values:
        values["parameter"] = _("Preset") if values["parameter"] == "preset" else label(str(values["parameter"]))
    return _(error.template, **values) if values else sentence(error)
