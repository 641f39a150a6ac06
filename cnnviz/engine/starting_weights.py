"""Starting weights: a training begins with those of a trained network, or with published ones, instead of random ones.

Everything has to fit but the last layer with weights: where the classes are others it is fresh, drawn by the seed. The
pictures are normalised as the source's were, since that is what its filters expect; it goes on the new card.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor, nn

from cnnviz.base.errors import CheckpointError, ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed
from cnnviz.data.dataset_spec import DatasetSpec
from cnnviz.data.registry import DATASETS
from cnnviz.engine import checkpoint_names
from cnnviz.engine.card import Card, card_path, epoch_path, load_card
from cnnviz.engine.checkpoint import load
from cnnviz.engine.config import IMAGENET, OWN, RANDOM, TrainConfig
from cnnviz.engine.loader import Preprocessing
from cnnviz.engine.transfer import layers_of, network_of, one_form
from cnnviz.models import pretrained
from cnnviz.models.registry import model_spec
from cnnviz.models.zoo import DROPOUT, PRETRAINED, ZOO, options_of

_FREE_OPTIONS = (PRETRAINED.name, DROPOUT.name)  # change no weight, and nothing of what a trained network answers
_NOT_PUBLISHED = N_(
    "No ImageNet weights are published for {model}. They are for: {names}. Choose one of these, or another start."
)
_IMAGENET_CHANNELS = N_(
    "The published weights are for colour pictures, and those of {data} have {count} channel. Take colour pictures, or "
    "another start."
)
_OTHER_NETWORK = N_("start_from {name} is a trained {found}, not {model}. Choose the model {found}, or another start.")
_OTHER_ROWS = N_(
    "start_from {name} is a network of one's own with other rows than this one. Take its rows, or another start."
)
_OTHER_OPTION = N_(
    "start_from {name} was trained with {option} {found}, not {value}. Set it to {found}, or choose another start."
)
_OTHER_CHANNELS = N_(
    "start_from {name} reads pictures of {channels} channels, and those of {data} have {count}. Import them with as "
    "many (grey: 1, colour: 3), or choose another start."
)
_OTHER_SHAPE = N_(
    "start_from {name} does not fit the network: its {tensor} is missing or of another shape. Choose another start."
)


@dataclass(frozen=True)
class Start:
    """What a training starts from, and how pictures were prepared for it."""

    name: str  # as in `TrainConfig.start_from`
    mean: tuple[float, ...]
    std: tuple[float, ...]
    file: Path | None = None  # of its weights; None: published ones
    card: Card | None = None
    scales_input: bool = False  # whether the network brings pictures to -1..1 itself, as published ones do

    def prepared(self, prepare: Preprocessing, data: DatasetSpec) -> Preprocessing:
        """`prepare` with the source's normalisation.

        The margin is the pictures' own where their makers say how they are cut, as of digits; else the source's.
        """
        margin = prepare.margin if data.name in DATASETS or self.card is None else self.card.margin
        return replace(prepare, mean=self.mean, std=self.std, margin=margin)

    def load_into(self, model: nn.Module, config: TrainConfig, data: DatasetSpec) -> None:
        """Give `model`, fresh from the seed, the source's weights; the last layer's only if the classes are the same.

        Raises CheckpointError, DownloadError, ConfigurationError.
        """
        if self.scales_input:
            pretrained.scale_input(model, config.model)
        if self.card is None or self.file is None:
            pretrained.load_into(model, config.model)
            return
        weights = dict(load(self.file)[0].state_dict())
        if self.card.classes != data.classes:
            head = f"{layers_of(config, data)[-1].name}."
            weights.update({key: value for key, value in model.state_dict().items() if key.startswith(head)})
        _compare(model, weights, self.name)
        with torch.no_grad():
            model.load_state_dict(weights)


def start_of(config: TrainConfig, data: DatasetSpec, directory: Path | None = None) -> Start | None:
    """What `config` starts from, checked against network and pictures; None for random weights.

    A run that goes on in `directory` has its start there, its own epoch 0: the source may be gone, or another by now.
    Raises CheckpointError or ConfigurationError, one sentence.
    """
    if config.start_from == RANDOM:
        return None
    kept = epoch_path(directory, 0) if directory is not None else None
    if kept is not None and card_path(kept).is_file():
        card = load_card(kept)
        if TrainConfig.from_fields(card.config) == config:
            return _of_checkpoint(config.start_from, kept, card)
    if config.start_from == IMAGENET:
        _check_published(config, data)
        return Start(IMAGENET, pretrained.MEAN, pretrained.STD, scales_input=ZOO[config.model].scales_input)
    file = checkpoint_names.find(config.start_from)
    card = load_card(file)
    _check_same(config, data, card)
    return _of_checkpoint(config.start_from, file, card)


def _of_checkpoint(name: str, file: Path, card: Card) -> Start:
    return Start(name, card.mean, card.std, file, card, scales_input=bool(card.options.get(PRETRAINED.name)))


def _check_published(config: TrainConfig, data: DatasetSpec) -> None:
    if config.model == OWN or not pretrained.is_offered(config.model):
        names = Listed(name for name in ZOO if pretrained.is_offered(name))
        raise ConfigurationError(_NOT_PUBLISHED, model=config.network_name, names=names)
    if data.image_size[0] != len(pretrained.MEAN):
        raise ConfigurationError(_IMAGENET_CHANNELS, data=data.name, count=data.image_size[0])
    model_spec(config.model).check_pretrained(data.image_size[0], config.options())


def _check_same(config: TrainConfig, data: DatasetSpec, card: Card) -> None:
    """That network, options and channels are the source's."""
    name = config.start_from
    if card.model == OWN and (config.model != OWN or one_form(config.blueprint) != network_of(card)["blueprint"]):
        raise ConfigurationError(_OTHER_ROWS, name=name)
    if card.model != config.model:
        raise ConfigurationError(_OTHER_NETWORK, name=name, found=card.model, model=config.network_name)
    if config.model != OWN:
        usual = {option.name: option.default for option in options_of(config.model)}
        wanted, found = {**usual, **config.options()}, {**usual, **card.options}
        for option in usual.keys() - set(_FREE_OPTIONS):
            if wanted[option] != found[option]:
                raise ConfigurationError(
                    _OTHER_OPTION, name=name, option=option, found=found[option], value=wanted[option]
                )
    if card.input_size[0] != data.image_size[0]:
        raise ConfigurationError(
            _OTHER_CHANNELS, name=name, channels=card.input_size[0], data=data.name, count=data.image_size[0]
        )


def _compare(model: nn.Module, weights: Mapping[str, Tensor], name: str) -> None:
    for key, tensor in model.state_dict().items():
        if key not in weights or weights[key].shape != tensor.shape:
            raise CheckpointError(_OTHER_SHAPE, name=name, tensor=key)


def options_for_card(options: Mapping[str, object], start: Start | None) -> dict[str, object]:
    """A card's options: published weights, also where they came by way of a checkpoint, want their input scaled."""
    scales = start is not None and start.scales_input
    return {**options, PRETRAINED.name: True} if scales else dict(options)
