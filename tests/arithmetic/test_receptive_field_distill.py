"""The table of receptive fields of Araujo, Norris and Sim, "Computing Receptive Fields of CNNs", Distill (2019).

Each network as the chain of layers that sees most, with TF-slim's strides: a ResNet there strides in the *last* block
of a stage, torchvision's in the first, so that the same network sees fewer pixels (ResNet-50: 427 instead of 483).
"""

from __future__ import annotations

import pytest

from cnnviz.arithmetic.conv import ConvSpec
from cnnviz.arithmetic.pooling import PoolSpec
from cnnviz.arithmetic.receptive_field import receptive_field

Layer = ConvSpec | PoolSpec
HALF = PoolSpec(3, 2)
THREE = ConvSpec(3)
STEM = [ConvSpec(7, 2), HALF]
DOUBLE = [THREE, THREE]  # the branch of an Inception block with two 3x3
HALVING = ConvSpec(3, 2)
REDUCED = [THREE, HALVING]
SEVENS = [ConvSpec(7), ConvSpec(7)]  # 1x7 and 7x1, twice: along one axis two sevens
END = [ConvSpec(7), HALVING]
V4_STEM = [HALVING, THREE, THREE, HALVING, ConvSpec(7), THREE, HALVING]


def resnet(*units: int) -> list[Layer]:
    """Bottleneck blocks: one 3x3 each, that of a stage's last block strides, but in the last stage."""
    strides = [
        2 if unit == count - 1 and stage < 3 else 1 for stage, count in enumerate(units) for unit in range(count)
    ]
    return [*STEM, *(ConvSpec(3, stride) for stride in strides)]


NETWORKS: dict[str, tuple[list[Layer], int]] = {
    "alexnet_v2": ([ConvSpec(11, 4), HALF, ConvSpec(5), HALF, THREE, THREE, THREE, HALF], 195),
    "vgg_16": ([layer for count in (2, 2, 3, 3, 3) for layer in [*[THREE] * count, PoolSpec(2)]], 212),
    "mobilenet_v1": ([ConvSpec(3, s) for s in (2, 1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1)], 315),
    "resnet_v1_50": (resnet(3, 4, 6, 3), 483),
    "resnet_v1_101": (resnet(3, 4, 23, 3), 1027),
    "resnet_v1_152": (resnet(3, 8, 36, 3), 1507),
    "inception_v2": (
        [*STEM, THREE, HALF, *(DOUBLE * 2), *REDUCED, *(DOUBLE * 4), *REDUCED, *(DOUBLE * 2)],
        699,
    ),
    "inception_v3": (
        [HALVING, THREE, THREE, HALF, THREE, HALF, *(DOUBLE * 3), *REDUCED, *(SEVENS * 4), *END, *(DOUBLE * 2)],
        1311,
    ),
    "inception_v4": (
        [*V4_STEM, *(DOUBLE * 4), *REDUCED, *(SEVENS * 7), *END, *(DOUBLE * 3)],
        2071,
    ),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_receptive_field_is_the_tables(name: str) -> None:
    """Size after the last layer, in pixels of the input."""
    layers, size = NETWORKS[name]
    assert receptive_field(layers)[-1].size == size
