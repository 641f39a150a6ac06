"""Readable names: what people read where links, files and commands have a code.

Messages, translated where they are shown; a name that is the same in every language is none. Those of networks and
data sets stand in their rows, and sort as the codes do. Knows nothing of Streamlit or torch.
"""

from __future__ import annotations

from collections.abc import Mapping

from cnnviz.base.locale import N_
from cnnviz.data.registry import DATASETS
from cnnviz.engine.config import OWN
from cnnviz.models.zoo import ZOO

MODELS: Mapping[str, str] = {
    **{name: network.label for name, network in ZOO.items()},
    OWN: N_("a network of one's own"),
}
DATA: Mapping[str, str] = {**{name: spec.label for name, spec in DATASETS.items()}, "imagenet": "ImageNet"}
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
        "nesterov": "Nesterov",
        "momentum": N_("momentum"),
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
    "start_from": {"random": N_("random weights"), "imagenet": "ImageNet"},
    "trainable": {"all": N_("every layer"), "last": N_("the last layer")},
    "sampler": {"each-once": N_("each picture once"), "balanced": N_("classes evenly")},
    "precision": {"float32": "float32", "tf32": "TF32", "bfloat16": "bfloat16", "fastest": N_("the fastest here")},
    "activation": {"relu": "ReLU", "sigmoid": "sigmoid", "tanh": "tanh", "leaky_relu": "leaky ReLU"},
    "pooling": {"max": N_("max"), "average": N_("average")},
    "batch_norm": _ON_OFF,
    "pretrained": _ON_OFF,
    "device": {"auto": N_("automatic"), "cpu": "CPU", "cuda": "CUDA", "mps": "MPS"},
}
