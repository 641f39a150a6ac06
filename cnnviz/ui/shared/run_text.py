"""Short texts that several parts of the page Runs share."""

from __future__ import annotations

from dataclasses import fields

from cnnviz.base.locale import N_
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.hyperparameters import HYPERPARAMETERS
from cnnviz.models.zoo import options_of
from cnnviz.runs.rows import default_name
from cnnviz.runs.run import RunRecord
from cnnviz.ui.shared import visitor
from cnnviz.ui.shared.history import curves_of, history_of
from cnnviz.ui.shared.i18n import _, listed
from cnnviz.ui.shared.names import data_name, network_name, trained
from cnnviz.ui.shared.numbers import percent

# of TrainConfig, beside the knobs
_FIELDS = {
    "model": N_("Model"),
    "data": N_("Data set"),
    "device": N_("Device"),
    "blueprint": N_("Network of one's own"),
}


SET_TO = N_("{setting} {value}")


def field_label(name: str) -> str:
    """What a field of TrainConfig, or an option of a model, is called on the pages."""
    title = _FIELDS.get(name) or (HYPERPARAMETERS[name].title if name in HYPERPARAMETERS else None)
    return _(title) if title is not None else name.replace("_", " ").capitalize()


def all_fields() -> tuple[str, ...]:
    """The fields of TrainConfig in their order: new ones appear by themselves."""
    return tuple(field.name for field in fields(TrainConfig))


def settings_of(config: TrainConfig) -> dict[str, object]:
    """Every setting by name: the fields of TrainConfig, and the options that the model has or was given, one by one."""
    settings: dict[str, object] = {name: getattr(config, name) for name in all_fields() if name != "model_options"}
    usual = {option.name: option.default for option in options_of(config.model)}
    return {**settings, **usual, **config.options()}


def who(record: RunRecord) -> str:
    """Whose run it is, as the visitor who looks may read it."""
    if record.owner and record.owner == visitor.owner():
        return _("yours")
    return visitor_name(record.visitor, record.visitor_name)


def visitor_name(number: int | None, name: str) -> str:
    """The name that was given, else "Visitor 3"; "–" for runs that were started in no browser."""
    if name:
        return name
    return _("Visitor {number}", number=number) if number is not None else "–"


def is_unnamed(record: RunRecord) -> bool:
    """Whether nobody has given it a name: "lenet5-digits" is none that people would."""
    return record.name == default_name(record.config)


def run_name(record: RunRecord) -> str:
    """The name that somebody gave a run; else its network and its data."""
    if not is_unnamed(record):
        return record.name
    return trained(network_name(record.config), data_name(record.config.data))


def label(record: RunRecord) -> str:
    """ "#7 first try": number and name."""
    return f"#{record.id} {run_name(record)}"


def accuracy(record: RunRecord) -> str:
    """The best of its epochs on the test pictures; "" before the first."""
    return percent(record.best_accuracy, 2) if record.best_accuracy is not None else ""


def by_hand(record: RunRecord) -> dict[str, str]:
    """What was done to a run while it went, which no setting tells: name -> in words, "" if nothing was."""
    turns = curves_of(record, history_of(record)).turns if record.turned or record.gone_on is not None else ()
    return {
        _("Learning rate turned"): listed(
            _("×{factor} at epoch {epoch}", factor=f"{factor:g}", epoch=f"{position:.1f}".removesuffix(".0"))
            for position, factor in turns
        ),
        _("Gone on after"): _("epoch {epoch}", epoch=record.gone_on) if record.gone_on is not None else "",
    }
