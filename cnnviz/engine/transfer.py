"""Transfer learning: which layers of a network learn, from which epoch on, and where its first weights come from.

A network's layers with weights stand in the order they run. What lies before the first trainable one is frozen; where
the configuration thaws, stage after stage joins it, from the back: a stage is a block, or a layer with the batch norm
behind it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby

from torch import nn

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed
from cnnviz.base.params import excerpt
from cnnviz.data.dataset_spec import DatasetSpec
from cnnviz.engine.card import Card
from cnnviz.engine.checkpoint_names import card_at, find
from cnnviz.engine.config import ALL, IMAGENET, LAST, OWN, RANDOM, TrainConfig, parse_blueprint, parse_options
from cnnviz.models.editor.build import build
from cnnviz.models.editor.formats import to_line
from cnnviz.models.editor.row import Row
from cnnviz.models.empty_weights import init_empty_weights
from cnnviz.models.registry import model_spec
from cnnviz.models.summary import Summary, outermost, summarize
from cnnviz.models.zoo import PRETRAINED

_NAMED = 12  # layers in an error
_NO_LAYER = N_("trainable must be all, last, or a layer with weights: {names}. Got {value} instead.")
_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.GroupNorm, nn.LayerNorm)


@dataclass(frozen=True)
class Part:
    """A layer with weights, in the order they run."""

    name: str  # as `summarize` has it, which is torch's
    params: int  # weights and biases
    block: str  # the block it belongs to, or the layer that its batch norm stands behind: what thaws together
    stage: int | None  # 0: it learns from the start; 1: after the first thaw ...; None: not in this run
    first_epoch: int | None  # from 1, in which it learns; None: frozen to the end
    is_new: bool = False  # the last layer of a transfer, when other classes than the source's need a fresh one


@dataclass(frozen=True)
class Layer:
    """One layer with weights of some network."""

    name: str
    params: int
    block: str


def parts(config: TrainConfig, data: DatasetSpec) -> tuple[Part, ...]:
    """Every layer with weights of the network that `config` trains on `data`, and when it learns. No weight is made.

    Raises ConfigurationError if `trainable` names no layer, or the network cannot be.
    """
    found = thawing(config, data)
    return (*found[:-1], replace(found[-1], is_new=_is_head_new(config, data)))


def thawing(config: TrainConfig, data: DatasetSpec) -> tuple[Part, ...]:
    """The parts without what the source says of the last one: a run goes on although its source has gone."""
    layers = layers_of(config, data)
    return stages(layers, first_trainable(layers, config.trainable), config.thaw, config.epochs)


def network_of(card: Card) -> dict[str, str]:
    """The fields of a TrainConfig that make the card's network, for any number of classes and fresh weights."""
    if card.model == OWN:
        return {"model": OWN, "model_options": "", "blueprint": one_form(str(card.options.get("blueprint", "")))}
    options = {name: value for name, value in card.options.items() if name != PRETRAINED.name}
    return {
        "model": card.model,
        "model_options": json.dumps(options, sort_keys=True) if options else "",
        "blueprint": "",
    }


def network_of_start(start_from: str) -> dict[str, str]:
    """The same of what a training starts from; {} of random and published weights, which say nothing of the network.

    Raises CheckpointError.
    """
    if start_from in (RANDOM, IMAGENET):
        return {}
    return network_of(card_at(find(start_from)))


def one_form(blueprint: str) -> str:
    """The rows of a blueprint, the last of which gives as many numbers as there will be classes. ConfigurationError."""
    parsed = parse_blueprint(blueprint)
    last = parsed.rows[-1]
    given = tuple(pair for pair in last.given if last.kind != "linear" or pair[0] != "out_features")
    return to_line(replace(parsed, rows=(*parsed.rows[:-1], Row(last.kind, last.name, given))))


def _is_head_new(config: TrainConfig, data: DatasetSpec) -> bool:
    """Whether the last layer is drawn anew although the others are not. Raises CheckpointError."""
    if config.start_from in (RANDOM, IMAGENET):
        return config.start_from == IMAGENET
    return card_at(find(config.start_from)).classes != data.classes


def layers_of(config: TrainConfig, data: DatasetSpec) -> tuple[Layer, ...]:
    """The layers with weights of the network that `config` trains on `data`, in the order they run."""
    blueprint = config.blueprint if config.model == OWN else ""
    return _layers(config.model, blueprint, config.model_options, data.image_size[0], len(data.classes))


@lru_cache(maxsize=64)
def _layers(model: str, blueprint: str, options: str, channels: int, classes: int) -> tuple[Layer, ...]:
    if model == OWN:
        fitted = parse_blueprint(blueprint).fitted(channels, classes)
        with init_empty_weights():
            return found_in(build(fitted), fitted.input_size)
    spec = model_spec(model)
    outline = spec.outline(channels, classes, **parse_options(options))
    return found_in(outline, (channels, *spec.input_size[1:]))


def found_in(model: nn.Module, input_size: tuple[int, int, int]) -> tuple[Layer, ...]:
    """The layers of `model` with weights of their own, in the order they run for a picture of `input_size`."""
    return layers_in(model, summarize(model, input_size))


def layers_in(model: nn.Module, summary: Summary) -> tuple[Layer, ...]:
    """The same of a model that was taken apart before."""
    found = [(each.name, each.params) for each in summary if each.params and each.module]
    blocks = _blocks(model, [name for name, _params in found])
    return tuple(Layer(name, params, block) for (name, params), block in zip(found, blocks, strict=True))


def first_trainable(layers: Sequence[Layer], trainable: str) -> int:
    """The place among `layers` from which on they learn. A block's name means its first layer.

    Raises ConfigurationError, which lists the layers there are.
    """
    if trainable == ALL:
        return 0
    if trainable == LAST:
        return len(layers) - 1
    inside = f"{trainable}."
    for index, layer in enumerate(layers):
        if layer.name == trainable or layer.name.startswith(inside):
            return index
    names = Listed.first((layer.name for layer in layers), _NAMED)
    raise ConfigurationError(_NO_LAYER, names=names, value=excerpt(trainable))


def stages(layers: Sequence[Layer], first: int, thaw: int, epochs: int) -> tuple[Part, ...]:
    """When each of `layers` learns: those from `first` on at once, every `thaw` epochs one block more from the back."""
    runs = [len(list(same)) for _block, same in groupby(layers[:first], key=lambda layer: layer.block)]
    counted = [number for number, size in zip(range(len(runs), 0, -1), runs, strict=True) for _ in range(size)]
    numbers: list[int | None] = [stage if thaw and stage * thaw < epochs else None for stage in counted]
    numbers += [0] * (len(layers) - first)
    return tuple(
        Part(layer.name, layer.params, layer.block, stage, None if stage is None else stage * thaw + 1)
        for layer, stage in zip(layers, numbers, strict=True)
    )


def _blocks(model: nn.Module, names: Sequence[str]) -> list[str]:
    """The block of each layer: the outermost module around it that is no mere stack; a norm's, that of the layer
    before it."""
    found: list[str] = []
    for name in names:
        block = outermost(model, name)
        is_norm_alone = block == name and isinstance(model.get_submodule(name), _NORMS)
        found.append(found[-1] if is_norm_alone and found else block)
    return found
