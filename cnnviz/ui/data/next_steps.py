"""Next steps: links from a set of one's own to Training, with random weights and with those of a trained network."""

from __future__ import annotations

from cnnviz.base.errors import CnnvizError
from cnnviz.base.locale import N_
from cnnviz.data.dataset_spec import DatasetSpec
from cnnviz.engine.checkpoint_names import card_at, find
from cnnviz.engine.config import LAST
from cnnviz.engine.form import key as form_key
from cnnviz.ui.shared.page import page_link

# channels -> networks that know such pictures, the usual one first
_SOURCES = {1: ("lenet5-mnist", "lenet5-fashion-mnist"), 3: ("resnet-small-cifar10", "resnet-small-cifar8")}


def training_links(spec: DatasetSpec) -> None:
    """Train on it; and start from a network that was trained on something else, where there is one."""
    data = {form_key("data"): spec.name}
    page_link("training", N_("Train on it"), ":material/model_training:", data)
    source = source_for(spec)
    if source is not None:
        begun = {form_key("start_from"): source, form_key("trainable"): LAST}
        page_link("training", N_("Start from a trained network"), ":material/ac_unit:", {**data, **begun})


def source_for(spec: DatasetSpec) -> str | None:
    """The shipped network that knows the fewest of the set's classes; None where each was trained on all of them."""
    wanted = {name.casefold() for name in spec.classes}
    known = {name: len(wanted & _classes(name)) for name in _SOURCES[spec.image_size[0]]}
    best = min(known, key=known.__getitem__)
    return best if known[best] < len(wanted) else None


def _classes(name: str) -> frozenset[str]:
    """What it was trained to tell apart, as its card says; of one that is gone nothing."""
    try:
        return frozenset(each.casefold() for each in card_at(find(name)).classes)
    except (CnnvizError, OSError):
        return frozenset()
