"""Network of a configuration or a card: of the zoo with its options, or one's own by blueprint; its first weights."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import torch
from torch import Tensor, nn

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.data.dataset_spec import DatasetSpec
from cnnviz.engine.card import Card
from cnnviz.engine.config import OWN, TrainConfig, parse_blueprint
from cnnviz.models.editor.blueprint import Blueprint
from cnnviz.models.editor.build import build
from cnnviz.models.empty_weights import init_empty_weights
from cnnviz.models.registry import ModelSpec, model_spec

_SINGLE = N_(
    "With batch norm no batch may hold a single picture: of {images} pictures in batches of {batch_size} the last "
    "would. Try a batch size of {nearest}."
)

_ONE_PICTURE = N_(
    "With batch norm no batch may hold a single picture, and only one is left to train on. Hold out fewer pictures, or "
    "take a data set with more of them."
)

_NO_PICTURE = N_("No picture is left to train on. Hold out fewer pictures, or take a data set with more of them.")
_NO_BATCH = N_(
    "{images} pictures do not fill a batch of {batch_size}, and the last one is dropped: nothing would be trained on. "
    "Try smaller batches, or keep the last one."
)
_NARROW = 0.01  # deviation of "normal", as in AlexNet (Krizhevsky, Sutskever, Hinton 2012, section 5)


def network_spec(config: TrainConfig) -> ModelSpec | Blueprint:
    """What is to be built; both have an `input_size`. Raises ConfigurationError for an unknown name."""
    return parse_blueprint(config.blueprint) if config.model == OWN else model_spec(config.model)


def build_network(config: TrainConfig, data: DatasetSpec) -> nn.Module:
    """The network for the pictures and classes of `data`, with the initial weights of the configuration's seed.

    Made on the CPU, so the same for every device. Raises ConfigurationError for an option the network does not have,
    and for a row of a blueprint that does not fit the data or when none has weights, with its number.
    """
    channels, classes = data.image_size[0], len(data.classes)
    spec = network_spec(config)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        if isinstance(spec, Blueprint):
            model: nn.Module = build(_trainable(spec.fitted(channels, classes)))
        else:
            model = spec.build(channels, classes, **config.options())
        initialize(model, config.initialization)
    return model


def card_options(config: TrainConfig) -> dict[str, object]:
    """What a card keeps so that `skeleton` can make the network again."""
    return {"blueprint": config.blueprint} if config.model == OWN else config.options()


def skeleton(card: Card) -> nn.Module:
    """The network of a card without weights: whatever size the card claims costs no memory."""
    channels, height, width = card.input_size
    if card.model != OWN:
        return model_spec(card.model).outline(channels, len(card.classes), **card.options)
    blueprint = parse_blueprint(card.options.get("blueprint", ""))
    blueprint = dataclasses.replace(blueprint, input_size=(channels, height, width), num_classes=len(card.classes))
    with init_empty_weights():
        return build(blueprint)


def check_batches(model: nn.Module, images: int, batch_size: int, drop_last: bool = False) -> None:
    """Raises ConfigurationError if an epoch has no picture or batch, or a batch of one would reach batch norm."""
    if not images:
        raise ConfigurationError(_NO_PICTURE)
    if drop_last and images < batch_size:
        raise ConfigurationError(_NO_BATCH, images=images, batch_size=batch_size)
    if (batch_size > 1 and (drop_last or images % batch_size != 1)) or not _has_batch_norm(model):
        return
    if images < 2:
        raise ConfigurationError(_ONE_PICTURE)
    nearest = next(size for size in range(batch_size + 1, batch_size + images + 2) if images % size != 1)
    raise ConfigurationError(_SINGLE, images=images, batch_size=batch_size, nearest=nearest)


def _trainable(blueprint: Blueprint) -> Blueprint:
    problem = blueprint.problem()
    if problem is not None:
        raise problem
    return blueprint


def _has_batch_norm(model: nn.Module) -> bool:
    """Whether there is one that learns: frozen, it looks at no batch."""
    norms = (layer for layer in model.modules() if isinstance(layer, (nn.BatchNorm1d, nn.BatchNorm2d)))
    return any(weight.requires_grad for norm in norms for weight in norm.parameters(recurse=False))


def initialize(model: nn.Module, kind: str) -> None:
    """Draw the weights of every convolution and linear layer again, biases 0; "default" leaves PyTorch's own.

    Batch norm keeps its scale 1 and shift 0. The numbers come from torch's global generator: seed it before.
    """
    if kind == "default":
        return
    for layer in model.modules():
        if isinstance(layer, (nn.Conv1d, nn.Conv2d, nn.Linear)):
            _FILL[kind](layer.weight)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


_FILL: dict[str, Callable[[Tensor], object]] = {
    "kaiming": lambda weight: nn.init.kaiming_normal_(weight, nonlinearity="relu"),
    "xavier": nn.init.xavier_uniform_,
    "normal": lambda weight: nn.init.normal_(weight, std=_NARROW),
    "zeros": nn.init.zeros_,
}
