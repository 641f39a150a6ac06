"""Model registry: the networks of the zoo with what torch makes of them. Knows nothing of data or training.

A family's file, and torchvision with it, is imported when one of its networks is built.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module

from torch import nn

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.params import not_one_of, whole
from cnnviz.models import pretrained
from cnnviz.models.empty_weights import init_empty_weights
from cnnviz.models.zoo import MAX_CLASSES, PRETRAINED, ZOO, Network, chosen

_MAX_CHANNELS = 100_000


@dataclass(frozen=True)
class ModelSpec(Network):
    """A network of the zoo that can be built."""

    def build(self, in_channels: int | None = None, num_classes: int | None = None, **options: object) -> nn.Module:
        """The network with fresh random weights, or pretrained ones; its outputs are (n, num_classes) logits.

        Left out, channels and classes are the network's own. A block alone gives maps; asked for classes it is
        followed by pooling and a fully connected layer, so that it can be trained. Nothing in it works in place.
        Raises ConfigurationError for an option this network does not have, DownloadError if pretrained weights
        cannot be fetched.
        """
        values = chosen(self.name, self.options, options)
        channels = self.input_size[0] if in_channels is None else whole("in_channels", in_channels, 1, _MAX_CHANNELS)
        classes = self.num_classes if num_classes is None else whole("num_classes", num_classes, 1, MAX_CLASSES)
        is_pretrained = values.pop(PRETRAINED.name, False)
        if is_pretrained:
            self.check_pretrained(channels, options)
        family = import_module(f"cnnviz.models.families.{self.family}")
        model: nn.Module = family.build(self.name, channels, classes, **values)
        if is_pretrained:
            pretrained.load_into(model, self.name)
        return model

    def outline(self, in_channels: int | None = None, num_classes: int | None = None, **options: object) -> nn.Module:
        """The network on the meta device: its shapes without its numbers, made in no time."""
        with init_empty_weights():
            model = self.build(in_channels, num_classes, **{**options, **self._not_pretrained()})
        if options.get("pretrained"):
            pretrained.scale_input(model, self.name)
        return model

    def _not_pretrained(self) -> dict[str, object]:
        return {"pretrained": False} if PRETRAINED in self.options else {}

    def check_pretrained(self, channels: int, options: Mapping[str, object]) -> None:
        """Raises ConfigurationError where the published weights would mean nothing."""
        values = chosen(self.name, self.options, options)
        for option in self.options:
            if option.name in ("activation", "pooling", "batch_norm") and values[option.name] != option.default:
                raise ConfigurationError(
                    N_("{model} was pretrained with {option} {value}. Leave the option alone, or take fresh weights."),
                    model=self.name,
                    option=option.name,
                    value=option.default,
                )
        if channels != self.input_size[0]:
            raise ConfigurationError(
                N_("{model} was pretrained on pictures of {value} channels. Take as many, or fresh weights."),
                model=self.name,
                value=self.input_size[0],
            )


MODELS: dict[str, ModelSpec] = {name: ModelSpec(**vars(network)) for name, network in ZOO.items()}


def model_spec(name: str) -> ModelSpec:
    """The network called `name`. Raises ConfigurationError, which lists the names there are."""
    try:
        return MODELS[name]
    except KeyError:
        raise not_one_of("model", name, MODELS) from None
