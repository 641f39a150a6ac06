"""Texts about runs that several pages share: labels, states, durations, what was changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from types import MappingProxyType

from cnnviz.base.errors import CnnvizError
from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed
from cnnviz.base.machine import device_message
from cnnviz.base.params import Value
from cnnviz.base.text import percent, plain
from cnnviz.data.registry import DATASETS, dataset
from cnnviz.engine.card import epoch_path, load_card
from cnnviz.engine.config import OWN, TrainConfig
from cnnviz.engine.form import effective
from cnnviz.engine.hyperparameter import Hyperparameter
from cnnviz.engine.hyperparameters import HYPERPARAMETERS
from cnnviz.models.zoo import options_of
from cnnviz.runs.run import RunRecord, Status, default_name
from cnnviz.ui.shared import visitor
from cnnviz.ui.shared.cache import curves_of, history_of
from cnnviz.ui.shared.i18n import _, listed, sentence, sentences
from cnnviz.ui.shared.names import class_name, data_name, name_of, network_name, trained

# of TrainConfig, beside the hyperparameters
_FIELDS = {
    "model": N_("Model"),
    "data": N_("Data set"),
    "device": N_("Device"),
    "blueprint": N_("Network of one's own"),
}


SET_TO = N_("{setting} {value}")
STATUSES: dict[Status, str] = {
    "queued": N_("waiting"),
    "running": N_("running"),
    "paused": N_("paused"),
    "finished": N_("finished"),
    "stopped": N_("stopped"),
    "pruned": N_("ended early"),
    "diverged": N_("diverged"),
    "failed": N_("failed"),
    "interrupted": N_("interrupted"),
}
NO_TITLES: Mapping[str, str] = MappingProxyType({})
_MISSING = N_("{data} is not on this machine yet: fetch it on the page Data, or train on digits, which come with it.")
_USUAL = 10  # classes, where neither the data set nor a matrix says


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
    """What was done to a run while it went, which no setting says: name -> in words, "" if nothing was."""
    may_have = record.lr_changes or record.resumed_after is not None
    changes = curves_of(record, history_of(record)).lr_changes if may_have else ()
    return {
        _("Learning rate changed"): listed(
            _("×{factor} at epoch {epoch}", factor=f"{lr_scale:g}", epoch=f"{position:.1f}".removesuffix(".0"))
            for position, lr_scale in changes
        ),
        _("Resumed after"): _("epoch {epoch}", epoch=record.resumed_after) if record.resumed_after is not None else "",
    }


def duration(seconds: float) -> str:
    """ "42 s", "3 min 20 s", "1 h 05 min", "20 days": rounded as one would say it."""
    whole = round(seconds)
    if seconds < 9.95:
        return _("{seconds} s", seconds=f"{seconds:.1f}")
    if whole < 60:
        return _("{seconds} s", seconds=whole)
    if whole < 3600:
        return _("{minutes} min {seconds} s", minutes=whole // 60, seconds=f"{whole % 60:02d}")
    if whole >= 72 * 3600:
        return _("{days} days", days=f"{seconds / 86400:,.0f}")
    return _("{hours} h {minutes} min", hours=whole // 3600, minutes=f"{whole % 3600 // 60:02d}")


def status_of(record: RunRecord) -> str:
    """The word for a run's state; of one whose patience ran out also its best epoch."""
    if record.ended_early:
        return _("ended early, best epoch {best}", best=record.best_epoch)
    return _(STATUSES[record.status])


def lr_changed() -> str:
    """That somebody changed the learning rate while the run went: its configuration alone does not make it again."""
    return _("learning rate changed")


def control_label(name: str) -> str:
    """What a control is called."""
    return _(HYPERPARAMETERS[name].title) if name in HYPERPARAMETERS else field_label(name)


def range_of(row: Hyperparameter) -> str:
    """ "1 to 1000"; "" for what is no number."""
    if row.kind not in ("whole", "number"):
        return ""
    if row.open_below:
        return _("Greater than {low}, at most {high}.", low=f"{row.low:g}", high=f"{row.high:g}")
    return _("{low} to {high}.", low=f"{row.low:g}", high=f"{row.high:.10g}")


def explanation(row: Hyperparameter) -> str:
    """What it is, what it usually does, its range."""
    return sentences(_(row.what), _(row.effect), range_of(row))


def choice_meaning(row: Hyperparameter, value: Value) -> str:
    """What a choice is, behind its name."""
    about = row.about(value)
    return _("{name}: {value}", name=name_of(row.name, value), value=_(about)) if about else ""


def why_unused(name: str, values: Mapping[str, Value]) -> str:
    """Why a hyperparameter does nothing beside the others."""
    row = HYPERPARAMETERS[name]
    if not row.is_option:
        if not row.applies({**values, **{other: allowed[0] for other, allowed in row.only_with.items()}}):
            return _("Not with {rules}.", rules=_rules(row.not_with))
        return _("Only with {rules}.", rules=_rules(row.only_with))
    if values.get("model") == OWN:
        return _("The rows of a network of your own say this.")
    return _("{model} is built without this choice.", model=name_of("model", values.get("model")))


def _rules(wanted: Mapping[str, tuple[str, ...]]) -> Listed:
    return Listed(
        _(SET_TO, setting=control_label(other), value=Listed(name_of(other, each) for each in allowed))
        for other, allowed in wanted.items()
    )


def changes_text(names: list[str], values: Mapping[str, Value], under: str = "") -> str:
    """ "Loss hinge, Momentum 0.5": settings with their values; under a title that is the name, the value alone."""
    return listed(_change_text(name, _value_shown(name, effective(name, values)), under) for name in names)


def _change_text(name: str, value: str, under: str) -> str:
    return value if control_label(name) == under else _(SET_TO, setting=control_label(name), value=value)


def _value_shown(name: str, value: Value) -> str:
    """Data may be called anything."""
    return plain(name_of(name, value))


def with_label(error: CnnvizError, titles: Mapping[str, str] = NO_TITLES) -> str:
    """The error's sentence for Markdown, with the control's label for the parameter's name.

    `titles`: of parameters that are no hyperparameters, in the visitor's language.
    """
    values = {name: _as_said(name, value) for name, value in error.values.items()}
    if "parameter" in values:
        name = str(error.values["parameter"])
        values["parameter"] = titles.get(name) or control_label(name)
    return _(error.template, **values) if values else sentence(error)


def _as_said(name: str, value: object) -> object:
    """A number as one writes it; what has a name, by it; a text, which somebody typed or a link says, as text."""
    if isinstance(value, (list, Listed)):
        return Listed(_as_said(name, each) for each in value)
    return value if isinstance(value, int) else plain(name_of(name, value))


def not_here(data: Iterable[str]) -> str:
    """That data sets, by their codes, must be fetched first."""
    return _(_MISSING, data=listed(map(data_name, data)))


def class_names(record: RunRecord, count: int | None = None) -> list[str]:
    """What the run's classes are called; their numbers where nobody knows any more. `count`: how many were seen."""
    names = _classes_of(record.config.data, str(record.directory), record.seq > 0)
    if names and count in (None, len(names)):
        return [class_name(name) for name in names]
    return [str(index) for index in range(count or _USUAL)]


def _classes_of(data: str, directory: str, is_begun: bool) -> tuple[str, ...]:
    """A folder's as the run's own card has them: the folder itself may have changed since, or be gone."""
    if data in DATASETS:
        return DATASETS[data].classes
    try:
        return load_card(epoch_path(Path(directory), 0)).classes if is_begun else dataset(data).classes
    except CnnvizError:
        return ()


def device_text(device: str) -> str:
    """The device's name in the visitor's language."""
    message, values = device_message(device)
    return _(message, **values)
