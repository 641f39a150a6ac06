"""Embedding: what a layer makes of many pictures, as points of a plane: by PCA, or UMAP if installed. No UI, no disk.

The axes are found once, for one network; others of the same layer (earlier epochs) are looked at along the same axes,
so that what moves from one to the next is the features and not the view.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module, util

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from cnnviz.base.errors import AnswerError
from cnnviz.base.locale import N_
from cnnviz.engine.evaluate import LOCK
from cnnviz.engine.loader import Preprocessing
from cnnviz.inspection.capture import capture_with_answer
from cnnviz.models.summary import LayerInfo

Features = NDArray[np.float32]  # (pictures, values)
Points = NDArray[np.float32]  # (pictures, 2)

MOST_VALUES = 4096  # of a layer's maps that are laid in a row; of more, the mean of each map
_NO_NUMBERS = N_(
    "The network's answers to the test pictures are not numbers, so there are no points to show: its weights are no "
    "numbers, or so large that they overflow. Take an earlier epoch, or train again with a smaller learning rate."
)
_NOTHING = 1e-12  # of the variance: rounding
_NEIGHBOURS = 15  # that UMAP keeps near each other
_AT_ONCE = 128  # pictures in a batch, at most: between two others may run their networks
_PIXELS = 1 << 19  # in a batch: 10 pictures of 224 x 224


@dataclass(frozen=True, eq=False)
class Embedded:
    """What a network made of the first pictures. Not to be changed: it is kept."""

    features: Features
    predictions: NDArray[np.int64]  # (pictures,) the classes it answered

    @property
    def nbytes(self) -> int:
        return self.features.nbytes + self.predictions.nbytes


@dataclass(frozen=True, eq=False)
class Axes:
    """The two directions along which features differ most."""

    mean: Features  # (values,)
    directions: Features  # (2, values), of length 1, at right angles
    shares: tuple[float, float]  # of the variance, 0 to 1

    def project(self, features: Features) -> Points:
        """Where pictures lie along them."""
        return ((features - self.mean) @ self.directions.T).astype(np.float32)


def drawn(total: int, count: int, seed: int) -> NDArray[np.int64]:
    """`count` of the numbers below `total`, all of them where there are no more, drawn with `seed`, in order."""
    return np.sort(np.random.default_rng(seed).choice(total, min(count, total), replace=False)).astype(np.int64)


def before_the_answer(layers: Sequence[LayerInfo]) -> LayerInfo:
    """The layer that the last one reads; of a network of one layer that one."""
    known = {layer.name: layer for layer in layers}
    source = layers[-1].inputs[0] if layers[-1].inputs else ""
    return known.get(source, layers[-1])


def is_averaged(layer: LayerInfo) -> bool:
    """Whether a picture's features are its maps' means: all their values would be too many."""
    return int(np.prod(layer.output_shape)) > MOST_VALUES and len(layer.output_shape) > 1


def embed(model: nn.Module, layer: LayerInfo, prepare: Preprocessing, images: NDArray[np.uint8]) -> Iterator[Embedded]:
    """What `layer` and the answer say to more and more of `images` (n, c, h, w), the last time to all of them.

    `model` is in eval mode on the CPU; it runs under the server's lock, a batch at a time. Raises AnswerError where
    features or answers are no numbers, ConfigurationError if there is no such layer.
    """
    size = prepare.batch_size(_AT_ONCE, _PIXELS)
    features: list[Tensor] = []
    predictions: list[Tensor] = []
    for start in range(0, len(images), size):
        x = prepare(torch.from_numpy(np.ascontiguousarray(images[start : start + size])))
        with LOCK, torch.inference_mode():
            captured, logits = capture_with_answer(model, x, layer.name)
        features.append(_in_a_row(captured.output.float(), layer))
        predictions.append(logits.argmax(dim=1))
        if not (features[-1].isfinite().all() and logits.isfinite().all()):
            raise AnswerError(_NO_NUMBERS)
        yield Embedded(torch.cat(features).numpy(), torch.cat(predictions).numpy())


def principal_axes(features: Features) -> Axes:
    """The first two principal components of features (n, values) (Pearson 1901).

    From the smaller of X'X and XX', whose eigenvectors are the singular vectors of the centred features X: of
    600 x 4,096 that takes a fifth of the processor's time for `np.linalg.svd`, and in double precision float32's digits
    stay right.
    A direction and its opposite are as good as each other: the one is taken whose largest entry is positive.
    Where features differ in fewer than two ways, the directions that are missing are zero.
    """
    mean = features.mean(axis=0)
    centred = (features - mean).astype(np.float64)
    is_tall = len(centred) >= centred.shape[1]
    variance, vectors = np.linalg.eigh(centred.T @ centred if is_tall else centred @ centred.T)  # the largest last
    largest = vectors[:, ::-1][:, :2].T  # (2 or 1, values or n)
    two = np.zeros((2, features.shape[1]))
    two[: len(largest)] = largest if is_tall else largest @ centred
    shares = np.zeros(2)
    shares[: len(largest)] = variance[::-1][:2].clip(0) / max(variance.clip(0).sum(), np.finfo(np.float64).tiny)
    lengths = np.linalg.norm(two, axis=1, keepdims=True)
    two = np.where(shares[:, None] > _NOTHING, two / np.maximum(lengths, np.finfo(np.float64).tiny), 0.0)
    two *= np.where(two[np.arange(2), np.abs(two).argmax(axis=1)] < 0, -1.0, 1.0)[:, None]
    return Axes(mean, two.astype(np.float32), (float(shares[0]), float(shares[1])))


def has_umap() -> bool:
    """Whether umap-learn is installed, which is not among our requirements."""
    return util.find_spec("umap") is not None


def umap(newest: Features, others: Sequence[Features], seed: int) -> list[Points]:
    """Uniform manifold approximation (McInnes, Healy, Melville 2018): the plane is learnt from `newest` alone.

    The points of `newest`, then those of each of `others` in the same plane. Takes seconds.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a seed leaves it one core
        neighbours = max(2, min(_NEIGHBOURS, len(newest) - 1))
        learnt = import_module("umap").UMAP(n_neighbors=neighbours, init="pca", random_state=seed).fit(newest)
        every = [learnt.embedding_, *(learnt.transform(each) for each in others)]
    return [np.asarray(points, np.float32) for points in every]


def _in_a_row(output: Tensor, layer: LayerInfo) -> Tensor:
    """(n, values): values as they are; maps laid in a row, or the mean of each."""
    return output.flatten(2).mean(dim=2) if is_averaged(layer) and output.ndim > 2 else output.flatten(1)
