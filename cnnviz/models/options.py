"""What the lessons vary in a network: activation, pooling, dropout, batch norm, pretrained weights. No torch.

`MODEL_OPTIONS` lists each network's options, a form shows them, `chosen` checks what was asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed
from cnnviz.base.params import Param, Value

ACTIVATION = Param(
    "activation", "choice", "relu", title=N_("Activation"), choices=("relu", "sigmoid", "tanh", "leaky_relu")
)
POOLING = Param("pooling", "choice", "max", title=N_("Pooling"), choices=("max", "average"))
DROPOUT = Param("dropout", "number", 0.0, high=0.9, title=N_("Dropout"))
BATCH_NORM = Param("batch_norm", "switch", False, title=N_("Batch norm"))
BLOCKS = Param("blocks", "choice", "1", title=N_("Blocks of each size"), choices=("1", "2", "3"))
PRETRAINED = Param("pretrained", "switch", False, title=N_("Pretrained weights"))

_ALL = (ACTIVATION, POOLING, DROPOUT, BATCH_NORM)
_VGG = (ACTIVATION, POOLING, DROPOUT.but(0.5), BATCH_NORM, PRETRAINED)
_RESNET = (ACTIVATION, POOLING, PRETRAINED)

MODEL_OPTIONS: dict[str, tuple[Param, ...]] = {
    "lenet5": _ALL,
    "lenet5-valid": _ALL,
    "lenet5-classic": (ACTIVATION.but("sigmoid"), POOLING.but("average"), DROPOUT, BATCH_NORM),
    "keras-cnn": (ACTIVATION, POOLING, DROPOUT.but(0.5), BATCH_NORM),
    "cifar-cnn": _ALL,
    "vgg-small": (ACTIVATION, POOLING, DROPOUT, BATCH_NORM.but(True)),
    "vgg11": _VGG,
    "vgg16": _VGG,
    "vgg19": _VGG,
    "alexnet": (ACTIVATION, POOLING, DROPOUT.but(0.5), PRETRAINED),
    "zfnet": (ACTIVATION, POOLING, DROPOUT.but(0.5)),
    "googlenet": (ACTIVATION, POOLING, DROPOUT.but(0.2), PRETRAINED),
    "inception-a": (ACTIVATION,),
    "inception-v3": (ACTIVATION, DROPOUT.but(0.5), PRETRAINED),
    "resnet-small": (ACTIVATION, BLOCKS),
    "resnet18": _RESNET,
    "resnet34": _RESNET,
    "resnet50": _RESNET,
    "resnet152": _RESNET,
    "basic-block": (ACTIVATION,),
}


def chosen(model: str, options: Sequence[Param], asked: Mapping[str, object]) -> dict[str, Value]:
    """Every option's value: as asked, else its default. Raises ConfigurationError for one that `model` has not."""
    known = {option.name: option for option in options}
    if unknown := sorted(set(asked) - set(known)):
        raise ConfigurationError(
            N_("{model} has no option {option}. Leave it out."), model=model, option=Listed(unknown)
        )
    return {name: option.checked(asked[name]) if name in asked else option.default for name, option in known.items()}
