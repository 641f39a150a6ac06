"""Layers of the zoo that open in the convolution page, each with what torch makes of the pair that goes through."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from cnnviz.engine.checkpoint import load
from cnnviz.inspection.capture import InspectedModel
from cnnviz.inspection.convolution_link import Link, make_link
from cnnviz.inspection.pairing import Pairing, pairing
from cnnviz.models.summary import Summary, summarize
from cnnviz.ui.networks.choice import plain
from tests.conftest import REPOSITORY

Values = NDArray[np.float64]

CASES = [  # (network, layer, filter, map before it), counted from 0
    ("lenet5", "conv1", 3, 0),
    ("lenet5", "conv2", 7, 5),
    ("lenet5", "pool2", 2, 2),
    ("lenet5", "fc1", 43, 1),  # as a convolution over its 16 x 5 x 5
    ("lenet5", "fc3", 7, 80),  # N = K = 1
    ("resnet18", "layer2.0.conv1", 5, 9),  # stride 2, padding 1, of 56 x 56
    ("resnet18", "maxpool", 4, 4),  # padding 1, of 112 x 112
    ("resnet18", "avgpool", 8, 8),  # adaptive: 7 x 7 to 1
    ("alexnet", "features.0", 23, 1),  # 11 x 11, stride 4, of 224 x 224
    ("googlenet", "maxpool1", 0, 0),  # ceil_mode
    ("inception-a", "avg_pool2d", 6, 6),  # a function, with padding that counts
    ("inception-v3", "Mixed_6b.branch7x7_2.conv", 1, 2),  # 1 x 7
]


@dataclass(frozen=True, eq=False)
class Linked:
    """What a link carries, and torch's answers."""

    link: str
    made: Link
    whole: Values  # the layer's own answer to the whole map, for this pair alone
    cut: Values  # to what the link carries, before rounding
    slack: Values  # how far rounding 3 digits of the map and 4 of the weights can be from `cut`
    inside: tuple[slice, slice, slice, slice]  # of `whole`, then of `cut`: where windows meet no edge made by the cut


@cache
def linked(network: str, layer: str, index: int, read: int) -> Linked:
    """The layer of `network` with the map `read` and filter `index`, after a picture of noise."""
    subject, summary, picture = taken(network)
    found = pairing(
        info := next(one for one in summary if one.name == layer), summary, subject, subject.layer_io(layer, picture)
    )
    assert isinstance(found, Pairing), info
    return of_pair(found, index, read)


def of_pair(found: Pairing, index: int, read: int) -> Linked:
    """One pair of a layer through its link."""
    weights = None if found.filters is None else found.filters[index, read]
    bias = 0.0 if found.biases is None else float(found.biases[index])
    made = make_link(found.setting, found.maps[read], weights, bias)
    assert isinstance(made, Link)
    pixels = torch.from_numpy(found.maps[read].astype(np.float64))
    part = pixels[made.rows.start : made.rows.stop, made.columns.start : made.columns.stop]
    kernel = None if weights is None else torch.from_numpy(weights.astype(np.float64))
    whole, cut = (computed(found.setting, values, kernel, bias) for values in (pixels, part))
    largest = computed(found.setting, part.abs(), None if kernel is None else kernel.abs(), 0.0)
    slack = 0.0056 * np.abs(largest) + 1e-6  # half a digit in the third place, and in the fourth
    return Linked(
        urlencode(made.parameters), made, whole, cut, slack, _inside(found.setting, made, whole.shape, cut.shape)
    )


def computed(setting: Any, pixels: Tensor, kernel: Tensor | None, bias: float) -> Values:
    """torch's answer (h, w) to one map."""
    x = pixels[None, None]
    if setting.mode == "conv":
        assert kernel is not None
        offset = torch.tensor([bias], dtype=x.dtype)
        made = F.conv2d(x, kernel[None, None], offset, setting.s, setting.p, setting.d)
    elif setting.pooling == "max":
        made = F.max_pool2d(x, setting.k, setting.s, setting.p, setting.d, setting.ceil)
    else:
        made = F.avg_pool2d(x, setting.k, setting.s, setting.p, setting.ceil)
    return made[0, 0].numpy()


@cache
def taken(network: str) -> tuple[InspectedModel, Summary, NDArray[np.float32]]:
    """A network with weights, its layers, and a picture: LeNet as it was trained, others with fresh weights."""
    choice = plain(network)
    summary = summarize(choice.outline(), choice.input_size)
    picture = np.random.default_rng(3).normal(size=choice.input_size).astype(np.float32)
    if network == "lenet5":
        model: nn.Module = load(REPOSITORY / "checkpoints" / "lenet5-mnist")[0]
        return InspectedModel.of(model), summary, picture
    return InspectedModel(choice.outline().eval()), summary, picture


def _inside(
    setting: Any, made: Link, whole: tuple[int, ...], cut: tuple[int, ...]
) -> tuple[slice, slice, slice, slice]:
    """Outputs of the cut, and of the layer, whose windows lie in the cut or reach past the map itself."""
    own, theirs = [], []
    for axis, (rows, full) in enumerate(zip((made.rows, made.columns), made.of, strict=True)):
        k, p, s, d = (getattr(setting, letter)[axis] for letter in "kpsd")
        first = rows.start // s
        assert rows.start % s == 0
        good = [
            i
            for i in range(cut[axis])
            if first + i < whole[axis]
            and all(
                rows.start <= at < rows.stop or not 0 <= at < full
                for at in range((first + i) * s - p, (first + i) * s - p + d * (k - 1) + 1, d)
            )
        ]
        own.append(slice(good[0], good[-1] + 1))
        theirs.append(slice(first + good[0], first + good[-1] + 1))
    return theirs[0], theirs[1], own[0], own[1]
