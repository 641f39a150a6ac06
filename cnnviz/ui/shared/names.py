"""Display names in the visitor's language, of everything that has a code. The names themselves: engine/names.py."""

from __future__ import annotations

from functools import cache
from typing import Protocol

from cnnviz.base.locale import N_
from cnnviz.data.dataset_spec import FOLDER
from cnnviz.data.dataset_spec import OWN as OWN_SET
from cnnviz.data.registry import DATASETS
from cnnviz.engine.config import OWN, parse_blueprint
from cnnviz.engine.names import DATA, MODELS, NAMES
from cnnviz.ui.shared.i18n import _

# what is said about photos, wherever one is chosen
PHOTO_WORDS: dict[str, str] = {
    "photo": N_("Photo"),
    "photo-china": N_("Pavilion roofs"),
    "photo-flower": N_("Dahlia"),
    "credit": N_("Photo: {credit}."),
    "own": N_("Open your own photo"),
    "kept": N_("It is read in this browser and sent nowhere; a link to this page does not carry it."),
    "notImage": N_("{name} is not a picture: choose a JPEG, PNG or WebP file."),
    "tooLarge": N_("{name} is larger than 16 MB: choose a smaller picture."),
    "undecodable": N_("This browser cannot read {name} as a picture: choose a JPEG, PNG or WebP file."),
}


class Networked(Protocol):
    """A configuration or a card: what a run trains, and what people call it."""

    @property
    def model(self) -> str: ...

    @property
    def network_name(self) -> str: ...


def name_of(field: str, value: object) -> str:
    """What people call the `value` of a field of TrainConfig or of a network's option; a number as one writes it."""
    known = NAMES.get(field, {}).get(value) if isinstance(value, str) else None
    if known is not None:
        return _(known)
    if field == "data" and isinstance(value, str) and value.startswith(FOLDER):
        return _("folder {name}", name=value.removeprefix(FOLDER))
    if field == "data" and isinstance(value, str) and value.startswith(OWN_SET):
        return _("{name} (own)", name=value.removeprefix(OWN_SET))
    if field == "blueprint" and isinstance(value, str) and value:
        return _own_network(value)
    return value_text(value)


def _own_network(text: str) -> str:
    """ "mine, 12 rows": not the text that it is kept as."""
    blueprint = parse_blueprint(text)
    return _("{name}, {rows} rows", name=blueprint.name or name_of("model", OWN), rows=len(blueprint.rows))


def network_name(of: Networked) -> str:
    """What its owner calls a network of his own; else what everybody calls it."""
    return name_of("model", OWN if of.model == OWN == of.network_name else of.network_name)


def data_name(code: str) -> str:
    """A data set's short name."""
    return name_of("data", code)


def class_name(name: str) -> str:
    """A class, as it is shown: those of the app's data sets are translated, a folder's are as somebody called them.

    A file system takes 255 characters, a head of a matrix does not: of a longer one its beginning and its end.
    """
    shown = _(name) if name in _classes() else name
    return shown if len(shown) <= _LONGEST_CLASS else f"{shown[: _LONGEST_CLASS - 13]}…{shown[-12:]}"


_LONGEST_CLASS = 28  # characters


@cache
def _classes() -> frozenset[str]:
    return frozenset(name for spec in DATASETS.values() for name in spec.classes)


def trained(network: str, data: str) -> str:
    """ "LeNet-5 · MNIST": a network and what it was trained on."""
    return f"{network} · {data}"


def codes_called(word: str) -> tuple[str, ...]:
    """The networks and data sets whose name holds `word`: what a list of codes is searched by."""
    wanted = word.casefold()
    return tuple(code for table in (MODELS, DATA) for code, name in table.items() if wanted in _(name).casefold())


def value_text(value: object) -> str:
    """A value without a name as people write it.

    >>> value_text(0.005), value_text(""), value_text(1e-05)
    ('0.005', '–', '1e-05')
    """
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, bool):
        return _("on") if value else _("off")
    return str(value) if value not in ("", None) else "–"
