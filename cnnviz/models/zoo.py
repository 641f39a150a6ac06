"""Zoo: every network that can be chosen, one row each, and the options the lessons vary in it. Never imports torch.

A new network is one row of `NETWORKS` and its family's file in `families/`; names, forms, links, the registry and the
download of pretrained weights all read the row. A test holds its figures to the network itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed
from cnnviz.base.params import Param, Value

MAX_CLASSES = 1000  # as ImageNet: of a network of the list, of one's own, and of a folder of pictures

ACTIVATION = Param(
    "activation", "choice", "relu", title=N_("Activation"), choices=("relu", "sigmoid", "tanh", "leaky_relu")
)
POOLING = Param("pooling", "choice", "max", title=N_("Pooling"), choices=("max", "average"))
DROPOUT = Param("dropout", "number", 0.0, high=0.9, title=N_("Dropout"))
BATCH_NORM = Param("batch_norm", "switch", False, title=N_("Batch norm"))
BLOCKS = Param("blocks", "choice", "1", title=N_("Blocks of each size"), choices=("1", "2", "3"))
PRETRAINED = Param("pretrained", "switch", False, title=N_("Pretrained weights"))

_ALL = (ACTIVATION, POOLING, DROPOUT, BATCH_NORM)
_VGG = (ACTIVATION, POOLING, DROPOUT.but(0.5), BATCH_NORM)
_GREY, _CIFAR, _IMAGENET = (1, 28, 28), (3, 32, 32), (3, 224, 224)
_LECUN = "LeCun, Bottou, Bengio, Haffner: Gradient-Based Learning Applied to Document Recognition, 1998"
_SIMONYAN = "Simonyan, Zisserman: Very Deep Convolutional Networks for Large-Scale Image Recognition, 2014"
_SZEGEDY = "Szegedy et al.: Rethinking the Inception Architecture for Computer Vision, 2015"
_HE = "He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition, 2015"
_GOING_DEEPER = "Szegedy et al.: Going Deeper with Convolutions, 2014"
_CHOLLET = "Chollet and others: Keras, Simple MNIST convnet, 2015"
_TUTORIAL = "PyTorch tutorials: Training a Classifier, 2017"
_KRIZHEVSKY = (
    "Krizhevsky, Sutskever, Hinton: ImageNet Classification with Deep Convolutional Neural Networks, 2012; "
    "widths as in Krizhevsky: One weird trick for parallelizing convolutional neural networks, 2014"
)


@dataclass(frozen=True)
class Network:
    """One network as it is built with nothing said: who made it, what it takes, what can be varied in it."""

    name: str
    label: str  # a message: what it is called in a list
    title: str  # a message: the same with what sets it apart
    year: int
    source: str  # the paper
    input_size: tuple[int, int, int]  # (channels, height, width) of one picture, as in the paper; of a block, of maps
    params: int  # weights and biases
    family: str  # the module of `families` whose `build` makes it
    options: tuple[Param, ...]
    weights: str = ""  # torchvision's enumeration of the published ones; always its first version, as in the paper
    scales_input: bool = False  # whether those were learnt from pictures scaled to -1..1, which it then does itself
    is_trainable: bool = False  # whether a class trains it on 28 x 28 or 32 x 32 pictures while it waits
    is_block: bool = False  # a block alone gives maps and no classes

    def __post_init__(self) -> None:
        if self.weights and PRETRAINED not in self.options:
            object.__setattr__(self, "options", (*self.options, PRETRAINED))

    @property
    def num_classes(self) -> int | None:
        """How many classes its authors told apart; None for a block alone."""
        if self.is_block:
            return None
        return 10 if max(self.input_size[1:]) <= 32 else 1000


NETWORKS = (
    Network(
        "lenet5", "LeNet-5", N_("LeNet-5, padding 2"), 1998, _LECUN,
        _GREY, 61_706, "lenet", _ALL, is_trainable=True,
    ),
    Network(
        "lenet5-valid", N_("LeNet-5 (no padding)"), N_("LeNet-5, no padding"), 1998, _LECUN,
        _GREY, 44_426, "lenet", _ALL, is_trainable=True,
    ),
    Network(
        "lenet5-classic", N_("LeNet-5 (classic)"), N_("LeNet-5, classic: sigmoid and average pooling"), 1998, _LECUN,
        _GREY, 61_706, "lenet", (ACTIVATION.but("sigmoid"), POOLING.but("average"), DROPOUT, BATCH_NORM),
        is_trainable=True,
    ),
    Network(
        "keras-cnn", "Keras CNN", N_("Small CNN of the Keras lessons"), 2015, _CHOLLET,
        _GREY, 34_826, "lenet", (ACTIVATION, POOLING, DROPOUT.but(0.5), BATCH_NORM), is_trainable=True,
    ),
    Network(
        "cifar-cnn", "CIFAR-10 CNN", N_("CIFAR-10 CNN: LeNet-5, no padding, in colour"), 2017, _TUTORIAL,
        _CIFAR, 62_006, "lenet", _ALL, is_trainable=True,
    ),
    Network(
        "vgg-small", N_("VGG (small)"), N_("Small VGG for CIFAR-10"), 2014, _SIMONYAN,
        _CIFAR, 308_394, "vgg", (ACTIVATION, POOLING, DROPOUT, BATCH_NORM.but(True)), is_trainable=True,
    ),
    Network(
        "vgg11", "VGG-11", "VGG-11", 2014, _SIMONYAN,
        _IMAGENET, 132_863_336, "vgg", _VGG, weights="VGG11_Weights",
    ),
    Network(
        "vgg16", "VGG-16", "VGG-16", 2014, _SIMONYAN,
        _IMAGENET, 138_357_544, "vgg", _VGG, weights="VGG16_Weights",
    ),
    Network(
        "vgg19", "VGG-19", "VGG-19", 2014, _SIMONYAN,
        _IMAGENET, 143_667_240, "vgg", _VGG, weights="VGG19_Weights",
    ),
    Network(
        "alexnet", "AlexNet", "AlexNet", 2012, _KRIZHEVSKY,
        _IMAGENET, 61_100_840, "alexnet", (ACTIVATION, POOLING, DROPOUT.but(0.5)), weights="AlexNet_Weights",
    ),
    Network(
        "zfnet", "ZFNet", "ZFNet", 2013, "Zeiler, Fergus: Visualizing and Understanding Convolutional Networks, 2013",
        _IMAGENET, 107_627_624, "alexnet", (ACTIVATION, POOLING, DROPOUT.but(0.5)),
    ),
    Network(
        "googlenet", "GoogLeNet", N_("GoogLeNet (Inception v1)"), 2014, _GOING_DEEPER,
        _IMAGENET, 6_624_904, "inception", (ACTIVATION, POOLING, DROPOUT.but(0.2)), weights="GoogLeNet_Weights",
        scales_input=True,
    ),
    Network(
        "inception-a", "Inception-A", N_("Inception-A, the block alone"), 2015, _SZEGEDY,
        (192, 35, 35), 255_904, "inception", (ACTIVATION,), is_block=True,
    ),
    Network(
        "inception-v3", "Inception-v3", "Inception v3", 2015, _SZEGEDY,
        (3, 299, 299), 23_834_568, "inception", (ACTIVATION, DROPOUT.but(0.5)), weights="Inception_V3_Weights",
        scales_input=True,
    ),
    Network(
        "resnet-small", N_("ResNet (small)"), N_("Small ResNet for CIFAR-10"), 2015, _HE,
        _CIFAR, 308_650, "resnet", (ACTIVATION, BLOCKS), is_trainable=True,
    ),
    Network(
        "resnet18", "ResNet-18", "ResNet-18", 2015, _HE,
        _IMAGENET, 11_689_512, "resnet", (ACTIVATION, POOLING), weights="ResNet18_Weights",
    ),
    Network(
        "resnet34", "ResNet-34", "ResNet-34", 2015, _HE,
        _IMAGENET, 21_797_672, "resnet", (ACTIVATION, POOLING), weights="ResNet34_Weights",
    ),
    Network(
        "resnet50", "ResNet-50", "ResNet-50", 2015, _HE,
        _IMAGENET, 25_557_032, "resnet", (ACTIVATION, POOLING), weights="ResNet50_Weights",
    ),
    Network(
        "resnet152", "ResNet-152", "ResNet-152", 2015, _HE,
        _IMAGENET, 60_192_808, "resnet", (ACTIVATION, POOLING), weights="ResNet152_Weights",
    ),
    Network(
        "basic-block", "BasicBlock", N_("BasicBlock of a ResNet, the block alone"), 2015, _HE,
        (64, 56, 56), 230_144, "resnet", (ACTIVATION,), is_block=True,
    ),
)  # fmt: skip

ZOO: Mapping[str, Network] = {network.name: network for network in NETWORKS}
MODEL_NAMES = tuple(ZOO)
TRAINABLE_NAMES = tuple(network.name for network in NETWORKS if network.is_trainable)


def options_of(name: str) -> tuple[Param, ...]:
    """The options of the network called so; none of one that is not in the zoo, as of a network of one's own."""
    return ZOO[name].options if name in ZOO else ()


def chosen(model: str, options: Sequence[Param], asked: Mapping[str, object]) -> dict[str, Value]:
    """Every option's value: as asked, else its default. Raises ConfigurationError for one that `model` has not."""
    known = {option.name: option for option in options}
    if unknown := sorted(set(asked) - set(known)):
        raise ConfigurationError(
            N_("{model} has no option {option}. Leave it out."), model=model, option=Listed(unknown)
        )
    return {name: option.checked(asked[name]) if name in asked else option.default for name, option in known.items()}
