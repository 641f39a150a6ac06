"""Readable names: what people read where links, files and commands have a code. The one home of all of them.

A name that is the same in every language is no message. Those of networks and data sets sort as their codes do.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from cnnviz.data.registry import FOLDER
from cnnviz.engine.config import OWN
from cnnviz.locale import N_
from cnnviz.ui.i18n import _

MODELS: Mapping[str, str] = {
    "lenet5": "LeNet-5",
    "lenet5-valid": N_("LeNet-5 (no padding)"),
    "lenet5-classic": N_("LeNet-5 (classic)"),
    "keras-cnn": "Keras CNN",
    "cifar-cnn": "CIFAR-10 CNN",
    "vgg-small": N_("VGG (small)"),
    "vgg11": "VGG-11",
    "vgg16": "VGG-16",
    "vgg19": "VGG-19",
    "alexnet": "AlexNet",
    "zfnet": "ZFNet",
    "googlenet": "GoogLeNet",
    "inception-a": "Inception-A",
    "inception-v3": "Inception v3",
    "resnet-small": N_("ResNet (small)"),
    "resnet18": "ResNet-18",
    "resnet34": "ResNet-34",
    "resnet50": "ResNet-50",
    "resnet152": "ResNet-152",
    "basic-block": "BasicBlock",
    OWN: N_("a network of one's own"),
}
DATA: Mapping[str, str] = {
    "digits": N_("Digits 8 × 8"),
    "mnist": "MNIST",
    "fashion-mnist": "Fashion-MNIST",
    "kmnist": "KMNIST",
    "cifar10": "CIFAR-10",
    "imagenet": "ImageNet",
}
_ON_OFF = {"on": N_("on"), "off": N_("off")}
NAMES: Mapping[str, Mapping[str, str]] = {
    "model": MODELS,
    "data": DATA,
    "loss": {
        "cross-entropy": N_("cross-entropy"),
        "nll": N_("negative log-likelihood"),
        "hinge": N_("hinge"),
        "squared": N_("squared error"),
        "absolute": N_("absolute error"),
    },
    "optimizer": {
        "adamw": "AdamW",
        "adam": "Adam",
        "rmsprop": "RMSprop",
        "nesterov": "SGD + Nesterov",
        "momentum": N_("SGD + momentum"),
        "sgd": "SGD",
    },
    "schedule": {
        "one-cycle": N_("one-cycle"),
        "cosine": N_("cosine"),
        "step": N_("stepwise"),
        "constant": N_("constant"),
    },
    "augmentation": {
        "none": N_("none"),
        "shift": N_("shift"),
        "affine": N_("shift + turn + shear"),
        "crop-flip": N_("crop + flip"),
        "crop-flip-cutout": N_("crop + flip + cutout"),
    },
    "initialization": {
        "default": N_("PyTorch's own"),
        "kaiming": "Kaiming (He)",
        "xavier": "Xavier (Glorot)",
        "normal": N_("normal (0.01)"),
        "zeros": N_("all zeros"),
    },
    "precision": {"float32": "float32", "tf32": "TF32", "bfloat16": "bfloat16", "fastest": N_("the fastest here")},
    "activation": {"relu": "ReLU", "sigmoid": "sigmoid", "tanh": "tanh", "leaky_relu": "leaky ReLU"},
    "pooling": {"max": N_("max"), "average": N_("average")},
    "batch_norm": _ON_OFF,
    "pretrained": _ON_OFF,
    "device": {"auto": N_("automatic"), "cpu": "CPU", "cuda": "CUDA", "mps": "MPS"},
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
    return value_text(value)


def network_name(of: Networked) -> str:
    """What its owner calls a network of his own; else what everybody calls it."""
    return name_of("model", OWN if of.model == OWN == of.network_name else of.network_name)


def data_name(code: str) -> str:
    """A data set's short name."""
    return name_of("data", code)


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
