"""Starting points: the trained networks that a new run of the chosen network can go on from, and the layers to freeze.

Whether start, network and data go together in every detail the training checks; here what could not is not offered.
Imports no torch at the top.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice

import streamlit as st

from cnnviz.base import paths
from cnnviz.base.errors import CheckpointError, CnnvizError
from cnnviz.data.dataset_spec import FOLDER, DatasetSpec
from cnnviz.data.image_folder.offered import classes_of
from cnnviz.data.registry import DATASETS, dataset
from cnnviz.engine.card import Card
from cnnviz.engine.checkpoint_names import card_at, find, pinned
from cnnviz.engine.config import IMAGENET, OWN, RANDOM, TrainConfig, parse_blueprint
from cnnviz.models.zoo import ZOO
from cnnviz.ui.shared import warmup
from cnnviz.ui.shared.checkpoints import Choice, card_of, choices, title
from cnnviz.ui.shared.i18n import _, language
from cnnviz.ui.shared.names import data_name, name_of, network_name, trained

_LOOK_AGAIN = 2.0  # seconds
MOST_RUNS = 20  # that are offered; others are chosen by a link


@dataclass(frozen=True)
class Wanted:
    """The network that is to start from somewhere: what a checkpoint must have been trained as."""

    model: str
    channels: int | None  # of the new pictures; None: not known yet
    blueprint: str = ""

    @classmethod
    def of(cls, config: TrainConfig) -> Wanted:
        return cls(config.model, channels_of(config.data), config.blueprint)


def channels_of(data: str) -> int | None:
    """Of a data set's pictures; None of a folder, which would have to be decoded, and of what is not there."""
    if data.startswith(FOLDER):
        return None
    try:
        return dataset(data).image_size[0]
    except CnnvizError:
        return None


def starting_points(wanted: Wanted) -> dict[str, str]:
    """Code -> title of all that the network can start from: random weights, ImageNet's, then checkpoints.

    Shipped ones and those kept by name come first, then the newest runs, each with its last epoch.
    """
    return _starting_points(wanted, language(), str(paths.home()))


@st.cache_data(ttl=_LOOK_AGAIN, max_entries=16, show_spinner=False)
def _starting_points(wanted: Wanted, spoken: str, home: str) -> dict[str, str]:
    """Kept for a moment: of 400 runs it takes 30 ms, and every control that is turned asks anew."""
    found = {RANDOM: _("Random weights")}
    if wanted.model in ZOO and ZOO[wanted.model].weights:
        found[IMAGENET] = _("ImageNet: the published weights")
    every = choices()
    kept = (choice for choice in every if not _is_run(choice))
    runs = (choice for choice in every if _is_run(choice))
    for choice in (*_fitting(kept, wanted), *islice(_fitting(runs, wanted), MOST_RUNS)):
        found[code_of(choice)] = title_of(choice)
    return found


def code_of(choice: Choice) -> str:
    """What `start_from` says of it: a run with its epoch, since it may go on."""
    return f"{choice.name}@{choice.epochs[-1][0]}" if _is_run(choice) else choice.name


def title_of(choice: Choice) -> str:
    """ "LeNet-5 · MNIST", "Run 3 · LeNet-5 · MNIST · epoch 7" """
    if not _is_run(choice):
        return title(choice)
    epoch = _("epoch {epochs}", epochs=choice.epochs[-1][0])
    return f"{title(choice)} · {epoch}"


def card_behind(start_from: str) -> Card | None:
    """Of the checkpoint that `start_from` names; None of random weights and ImageNet's, and where it is gone."""
    if start_from in (RANDOM, IMAGENET):
        return None
    try:
        return card_at(find(start_from))
    except (CnnvizError, OSError):
        return None


def problem_with(start_from: str) -> CheckpointError | None:
    """Why there is no such starting point; None if there is."""
    if start_from in (RANDOM, IMAGENET):
        return None
    try:
        find(pinned(start_from))
    except CheckpointError as error:
        return error
    return None


def _is_fit(card: Card, wanted: Wanted) -> bool:
    """Whether the checkpoint's network is the wanted one; its options and its last layer can still be taken over."""
    if card.model != wanted.model or wanted.channels not in (None, card.input_size[0]):
        return False
    return card.model != OWN or _rows(card.options.get("blueprint", "")) == _rows(wanted.blueprint)


def blocks_of(config: TrainConfig) -> tuple[str, ...]:
    """What can be "the first that learns", in the order they run: every block but the first and the last.

    () before PyTorch is in, and where the network cannot be.
    """
    if warmup.underway():
        return ()
    from cnnviz.engine.transfer import layers_of  # heavy

    try:
        layers = layers_of(config, stand_in(config.data))
    except CnnvizError:
        return ()
    return tuple(dict.fromkeys(layer.block for layer in layers))[1:-1]


@lru_cache(maxsize=64)
def _folder(name: str, classes: tuple[str, ...]) -> DatasetSpec:
    return replace(DATASETS["cifar10"], name=name, classes=classes)


def stand_in(data: str) -> DatasetSpec:
    """Channels and classes of a data set. Of a folder colour is taken for granted: nothing is decoded for it.

    Raises DataError.
    """
    return _folder(data, classes_of(data)) if data.startswith(FOLDER) else dataset(data)


def name_of_start(start_from: str) -> str:
    """What people call a start that is not on offer: an older epoch of a run, a network of another kind, nothing."""
    card = card_behind(start_from)
    if card is None:
        return name_of("start_from", start_from)
    return f"{start_from} · {trained(network_name(card), data_name(card.data))}"


def _is_run(choice: Choice) -> bool:
    return choice.name.startswith("run-")


def _fitting(some: Iterator[Choice], wanted: Wanted) -> Iterator[Choice]:
    return (choice for choice in some if _fits(choice, wanted))


def _fits(choice: Choice, wanted: Wanted) -> bool:
    try:
        return _is_fit(card_of(choice), wanted)
    except (CnnvizError, OSError):
        return False


def _rows(blueprint: str) -> object:
    """What two networks of one's own must share: all rows but the last."""
    try:
        return parse_blueprint(blueprint).rows[:-1]
    except CnnvizError:
        return None
