"""Presets, settings to begin with: the lessons' own, so that their figures can be compared, and ours. No torch.

What a lesson leaves open has our default. "best" and "fast" depend on network and data: `settings` fills them in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cnnviz.base.locale import N_

Settings = Mapping[str, Any]  # fields of TrainConfig


@dataclass(frozen=True)
class Preset:
    """Some settings under a name. `title` and `about` are messages."""

    title: str
    about: str  # where it comes from, and what it reached
    fixed: Settings = field(default_factory=dict)


_PLAIN = {"optimizer": "adam", "learning_rate": 0.001, "schedule": "constant", "normalize": False}

PRESETS: dict[str, Preset] = {
    "best": Preset(
        N_("Best"),
        N_("Ours: what reached the highest accuracy with this network and these data."),
    ),
    "fast": Preset(
        N_("Fast"),
        N_("Ours: the soonest at a good accuracy, 98.5% on MNIST in one epoch."),
    ),
    "lesson-lenet": Preset(
        N_("Lesson: LeNet-5 on MNIST"),
        N_("No padding, batches of 100, Adam 0.001. The lesson: 98% after 20 epochs, 9,901 of 10,000 after 100."),
        {"model": "lenet5-valid", "data": "mnist", "epochs": 20, "batch_size": 100, **_PLAIN},
    ),
    "lesson-fashion": Preset(
        N_("Lesson: LeNet-5 on Fashion-MNIST"),
        N_("Padding 2, batches of 100, Adam 0.001, 100 epochs. The lesson gives no test figure."),
        {"model": "lenet5", "data": "fashion-mnist", "epochs": 100, "batch_size": 100, **_PLAIN},
    ),
    "lesson-keras": Preset(
        N_("Lesson: small Keras CNN on MNIST"),
        N_("Batches of 128, Adam 0.001, a tenth held out, dropout 0.5. The lesson: 99.23% after 15 epochs."),
        {
            "model": "keras-cnn",
            "data": "mnist",
            "epochs": 15,
            "batch_size": 128,
            "held_out": 0.1,
            "initialization": "xavier",  # Keras's glorot_uniform
            **_PLAIN,
        },
    ),
    "lesson-cifar": Preset(
        N_("Lesson: VGG on CIFAR-10"),
        N_(
            "Random crop with padding 4, random flip, normalised. The lesson names no optimizer: Adam 0.001, as "
            "elsewhere."
        ),
        {
            "model": "vgg-small",
            "data": "cifar10",
            "epochs": 20,
            "batch_size": 100,
            **_PLAIN,
            "normalize": True,
            "augmentation": "crop-flip",
        },
    ),
    "lesson-transfer": Preset(
        N_("Lesson: transfer to 50 digits"),
        N_(
            "The last layer of a LeNet-5 from MNIST learns 50 small digits: 94.9% right. From scratch 80.6%, after "
            "200 epochs 82.9% (means of three seeds)."
        ),
        {
            "model": "lenet5",
            "data": "digits",
            "epochs": 20,
            "batch_size": 10,
            "train_images": 50,
            "start_from": "lenet5-mnist",
            "trainable": "last",
        },
    ),
}

# Measured: see docs/benchmarks.md.
_BEST: dict[tuple[str, str], Settings] = {
    ("lenet5", "mnist"): {"epochs": 20, "augmentation": "affine"},
    ("lenet5-valid", "mnist"): {"epochs": 20, "augmentation": "affine"},
    ("keras-cnn", "mnist"): {"epochs": 30, "batch_size": 128, "augmentation": "affine"},
    ("lenet5", "fashion-mnist"): {"epochs": 20, "augmentation": "shift"},
    ("lenet5-valid", "fashion-mnist"): {"epochs": 20, "augmentation": "shift"},
    ("resnet-small", "cifar10"): {
        "model_options": '{"blocks": "2"}',
        "epochs": 22,
        "batch_size": 128,
        "optimizer": "nesterov",
        "learning_rate": 0.1,
        "warm_up": 0.2,
        "label_smoothing": 0.1,
        "augmentation": "crop-flip",
    },
}
_FAST: Settings = {
    "epochs": 1,
    "batch_size": 128,
    "learning_rate": 0.01,
    "warm_up": 0.2,
    "precision": "fastest",
}
_FASTER: dict[tuple[str, str], Settings] = {
    ("lenet5-valid", "mnist"): {"batch_size": 256, "learning_rate": 0.02, "warm_up": 0.3}
}


def settings(preset: str, model: str, data: str) -> Settings:
    """The fields of TrainConfig that `preset` sets; "best" and "fast" take `model` and `data` as they are."""
    if preset == "best":
        return {"model": model, "data": data, **_BEST.get((model, data), {})}
    if preset == "fast":
        return {"model": model, "data": data, **_FAST, **_FASTER.get((model, data), {})}
    return PRESETS[preset].fixed
