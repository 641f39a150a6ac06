"""What a form or a list says of every network without torch: names, titles, sizes. A test holds it to `MODELS`."""

from __future__ import annotations

from typing import NamedTuple

from cnnviz.base.locale import N_


class ModelFacts(NamedTuple):
    """One network as it is built with nothing said."""

    title: str  # a message
    year: int
    input_size: tuple[int, int, int]  # (channels, height, width) of one picture; of a block alone, of its maps
    params: int  # weights and biases


_GREY, _CIFAR, _IMAGENET = (1, 28, 28), (3, 32, 32), (3, 224, 224)

MODEL_FACTS: dict[str, ModelFacts] = {
    "lenet5": ModelFacts(N_("LeNet-5, padding 2"), 1998, _GREY, 61_706),
    "lenet5-valid": ModelFacts(N_("LeNet-5, no padding"), 1998, _GREY, 44_426),
    "lenet5-classic": ModelFacts(N_("LeNet-5, classic: sigmoid and average pooling"), 1998, _GREY, 61_706),
    "keras-cnn": ModelFacts(N_("Small CNN of the Keras lessons"), 2015, _GREY, 34_826),
    "cifar-cnn": ModelFacts(N_("CIFAR-10 CNN: LeNet-5, no padding, in colour"), 2017, _CIFAR, 62_006),
    "vgg-small": ModelFacts(N_("Small VGG for CIFAR-10"), 2014, _CIFAR, 308_394),
    "vgg11": ModelFacts("VGG-11", 2014, _IMAGENET, 132_863_336),
    "vgg16": ModelFacts("VGG-16", 2014, _IMAGENET, 138_357_544),
    "vgg19": ModelFacts("VGG-19", 2014, _IMAGENET, 143_667_240),
    "alexnet": ModelFacts("AlexNet", 2012, _IMAGENET, 61_100_840),
    "zfnet": ModelFacts("ZFNet", 2013, _IMAGENET, 107_627_624),
    "googlenet": ModelFacts(N_("GoogLeNet (Inception v1)"), 2014, _IMAGENET, 6_624_904),
    "inception-a": ModelFacts(N_("Inception-A, the block alone"), 2015, (192, 35, 35), 255_904),
    "inception-v3": ModelFacts("Inception v3", 2015, (3, 299, 299), 23_834_568),
    "resnet-small": ModelFacts(N_("Small ResNet for CIFAR-10"), 2015, _CIFAR, 308_650),
    "resnet18": ModelFacts("ResNet-18", 2015, _IMAGENET, 11_689_512),
    "resnet34": ModelFacts("ResNet-34", 2015, _IMAGENET, 21_797_672),
    "resnet50": ModelFacts("ResNet-50", 2015, _IMAGENET, 25_557_032),
    "resnet152": ModelFacts("ResNet-152", 2015, _IMAGENET, 60_192_808),
    "basic-block": ModelFacts(N_("BasicBlock of a ResNet, the block alone"), 2015, (64, 56, 56), 230_144),
}

MODEL_NAMES = tuple(MODEL_FACTS)
# What a class trains on 28 x 28 or 32 x 32 pictures while it waits.
TRAINABLE_NAMES = (
    "lenet5",
    "lenet5-valid",
    "lenet5-classic",
    "keras-cnn",
    "cifar-cnn",
    "vgg-small",
    "resnet-small",
)
BLOCK_NAMES = ("inception-a", "basic-block")  # alone, they give maps and no classes
