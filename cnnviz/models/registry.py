"""Every network that can be chosen, by name. Knows nothing of data or training.

The select boxes and the tests run over `MODELS`: a new network needs a file like `lenet.py` with a `build`, its facts
in `names.py` and its row here. A family's file, and torchvision with it, is imported when one of its networks is built.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module

import torch
from torch import nn

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.params import Param, not_one_of
from cnnviz.models.empty_weights import without_numbers
from cnnviz.models.options import MODEL_OPTIONS, PRETRAINED, chosen
from cnnviz.models.zoo import BLOCK_NAMES, MODEL_FACTS, MODEL_NAMES

_LARGEST = 100_000  # channels or classes


@dataclass(frozen=True)
class ModelSpec:
    """One network: who made it, what it takes, what can be varied, how to build it."""

    name: str
    title: str  # a message
    year: int
    source: str  # the paper
    input_size: tuple[int, int, int]  # (channels, height, width) of one picture, as in the paper
    family: str  # the module of cnnviz.models that builds it
    options: tuple[Param, ...] = ()

    @property
    def is_block(self) -> bool:
        """Whether this is a block alone, which gives maps."""
        return self.name in BLOCK_NAMES

    @property
    def num_classes(self) -> int | None:
        """How many classes its authors told apart; None for a block alone."""
        if self.is_block:
            return None
        return 10 if max(self.input_size[1:]) <= 32 else 1000

    def build(self, in_channels: int | None = None, num_classes: int | None = None, **options: object) -> nn.Module:
        """The network with fresh random weights, or pretrained ones; its outputs are (n, num_classes) logits.

        Left out, channels and classes are the network's own. A block alone gives maps; asked for classes it is
        followed by pooling and a fully connected layer, so that it can be trained. Nothing in it works in place.
        Raises ConfigurationError for an option this network does not have, DownloadError if pretrained weights
        cannot be fetched.
        """
        values = chosen(self.name, self.options, options)
        channels = self.input_size[0] if in_channels is None else _count("in_channels", in_channels)
        classes = self.num_classes if num_classes is None else _count("num_classes", num_classes)
        pretrained = values.pop("pretrained", False)
        if pretrained:
            self._check_pretrained(channels, values)
        model: nn.Module = import_module(f"cnnviz.models.families.{self.family}").build(
            self.name, channels, classes, **values
        )
        if pretrained:
            from cnnviz.models.pretrained import load_into

            load_into(model, self.name)
        return model

    def outline(self, in_channels: int | None = None, num_classes: int | None = None, **options: object) -> nn.Module:
        """The network on the meta device: its shapes without its numbers, made in no time."""
        with without_numbers():
            model = self.build(in_channels, num_classes, **{**options, **self._not_pretrained()})
        if options.get("pretrained"):
            from cnnviz.models.pretrained import scale_input

            scale_input(model, self.name)
        return model

    def trains_on(self, data_shape: tuple[int, int, int]) -> bool:
        """Whether a batch of pictures (channels, height, width) reaches the end in training."""
        return _reaches_the_end(self.name, tuple(data_shape))

    def _not_pretrained(self) -> dict[str, object]:
        return {"pretrained": False} if PRETRAINED in self.options else {}

    def _check_pretrained(self, channels: int, values: Mapping[str, object]) -> None:
        """Raises ConfigurationError where the published weights would mean nothing."""
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


_LECUN = "LeCun, Bottou, Bengio, Haffner: Gradient-Based Learning Applied to Document Recognition, 1998"
_SIMONYAN = "Simonyan, Zisserman: Very Deep Convolutional Networks for Large-Scale Image Recognition, 2014"
_SZEGEDY = "Szegedy et al.: Rethinking the Inception Architecture for Computer Vision, 2015"
_HE = "He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition, 2015"

# name -> (source, family)
_ROWS: dict[str, tuple[str, str]] = {
    "lenet5": (_LECUN, "lenet"),
    "lenet5-valid": (_LECUN, "lenet"),
    "lenet5-classic": (_LECUN, "lenet"),
    "keras-cnn": (
        "Chollet and others: Keras, Simple MNIST convnet, 2015",
        "keras_cnn",
    ),
    "cifar-cnn": ("PyTorch tutorials: Training a Classifier, 2017", "cifar_cnn"),
    "vgg-small": (_SIMONYAN, "vgg"),
    "vgg11": (_SIMONYAN, "vgg"),
    "vgg16": (_SIMONYAN, "vgg"),
    "vgg19": (_SIMONYAN, "vgg"),
    "alexnet": (
        "Krizhevsky, Sutskever, Hinton: ImageNet Classification with Deep Convolutional Neural Networks, 2012; "
        "widths as in Krizhevsky: One weird trick for parallelizing convolutional neural networks, 2014",
        "alexnet",
    ),
    "zfnet": (
        "Zeiler, Fergus: Visualizing and Understanding Convolutional Networks, 2013",
        "zfnet",
    ),
    "googlenet": (
        "Szegedy et al.: Going Deeper with Convolutions, 2014",
        "googlenet",
    ),
    "inception-a": (_SZEGEDY, "inception"),
    "inception-v3": (_SZEGEDY, "inception"),
    "resnet-small": (_HE, "resnet"),
    "resnet18": (_HE, "resnet"),
    "resnet34": (_HE, "resnet"),
    "resnet50": (_HE, "resnet"),
    "resnet152": (_HE, "resnet"),
    "basic-block": (_HE, "resnet"),
}  # fmt: skip


def _spec(name: str) -> ModelSpec:
    facts, (source, family) = MODEL_FACTS[name], _ROWS[name]
    return ModelSpec(name, facts.title, facts.year, source, facts.input_size, family, MODEL_OPTIONS[name])


MODELS: dict[str, ModelSpec] = {name: _spec(name) for name in MODEL_NAMES}


def model_spec(name: str) -> ModelSpec:
    """The network called `name`. Raises ConfigurationError, which lists the names there are."""
    try:
        return MODELS[name]
    except KeyError:
        raise not_one_of("model", name, MODELS) from None


def _count(parameter: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= _LARGEST:
        raise ConfigurationError(
            N_("{parameter} must be a whole number from {low} to {high}. Got {value}; try {nearest}."),
            parameter=parameter,
            low=1,
            high=_LARGEST,
            value=value,
            nearest=_LARGEST if isinstance(value, int) and value > _LARGEST else 1,
        )
    return value


@cache
def _reaches_the_end(name: str, shape: tuple[int, int, int]) -> bool:
    if min(shape) < 1:
        return False
    model = MODELS[name].outline(in_channels=shape[0])
    try:
        model.train()(torch.empty((2, *shape), device="meta"))  # batch norm refuses a batch of one value
    except (RuntimeError, ValueError):
        return False
    return True
