"""Flip: the smallest change of a picture, found by gradient steps, that gives another answer. No UI.

C. Szegedy et al., "Intriguing properties of neural networks", 2014. The steps are those of A. Madry et al., "Towards
Deep Learning Models Resistant to Adversarial Attacks", 2018: along the gradient, back into the ball of one size.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed
from cnnviz.engine import evaluate
from cnnviz.engine.card import Card
from cnnviz.engine.loader import Preprocessing
from cnnviz.inspection.ablation import own_modules

SHAPES = ("linf", "l2")  # no pixel changes by more than the size; the root of the mean square is no larger
_STEPS = 20  # gradient steps for each size that is tried
_LARGEST = 128.0  # grey levels: half way to black or white every pixel has lost what it said
_FINEST = {"linf": 1.0, "l2": 0.1}  # grey levels between the last two sizes tried


@dataclass(frozen=True, eq=False)
class Flip:
    """The smallest change found that gives another answer."""

    picture: NDArray[np.uint8]  # (c, H, W), of the network's size
    changed: NDArray[np.uint8]
    before: int
    after: int
    largest: int  # grey levels by which a pixel changes at most
    length: float  # grey levels: the root of the mean square of the change
    certainty: float  # 0..1: of `after`

    def size(self, shape: str) -> float:
        """Grey levels, as SHAPES measures them."""
        return float(self.largest) if shape == "linf" else self.length

    @property
    def difference(self) -> NDArray[np.int16]:
        """In grey levels, signed."""
        return self.changed.astype(np.int16) - self.picture


def smallest_flip(
    model: nn.Module, card: Card, picture: NDArray[np.uint8], shape: str = "linf", wanted: int | None = None
) -> Flip | None:
    """The smallest change of `picture` (c, h, w) found that gives another answer, or the answer `wanted`.

    The size is found by bisection, up to 128 grey levels; None if not even that is enough. Grey levels stay whole and
    within 0..255, so that the changed picture could be a file. It is an upper bound: a smaller change may exist.
    Raises ConfigurationError, AnswerError.
    """
    *_, (_size, found) = flips(model, card, picture, shape, wanted)
    return found


def flips(
    model: nn.Module, card: Card, picture: NDArray[np.uint8], shape: str = "linf", wanted: int | None = None
) -> Generator[tuple[float, Flip | None], None, None]:
    """The same step by step: after each size tried, that size in grey levels and the smallest flip up to then."""
    if shape not in SHAPES:
        raise ConfigurationError(
            N_("The shape of a change must be one of {allowed}. Got {value} instead."),
            allowed=Listed(SHAPES),
            value=shape,
        )
    preprocessing = Preprocessing.of(card)
    start = preprocessing.fit(torch.from_numpy(np.ascontiguousarray(picture))[None]).mul(255).round().contiguous()
    search = _Search(_frozen(model), preprocessing, start, shape, wanted)
    low, high, finest = 0.0, _LARGEST, _FINEST[shape]
    best = search.within(high)
    yield high, best
    high = high if best is None else min(high, best.size(shape))
    while best is not None and high - low > finest:
        middle = (low + high) / 2
        found = search.within(middle)
        if found is None:
            low = middle
        else:
            high, best = min(middle, found.size(shape)), found
        yield middle, best


def _frozen(model: nn.Module) -> nn.Module:
    """Modules of its own around the same numbers, for which no gradient is asked."""
    own = own_modules(model)
    for module in own.modules():
        for name, weight in list(module._parameters.items()):
            if weight is not None:
                module._parameters[name] = nn.Parameter(weight.detach(), requires_grad=False)
    return own


class _Search:
    """The network, the picture in grey levels, and pictures no further away than a size that are answered otherwise."""

    def __init__(
        self, model: nn.Module, preprocessing: Preprocessing, start: Tensor, shape: str, wanted: int | None
    ) -> None:
        self.model, self.prepare, self.start, self.shape, self.wanted = model, preprocessing, start, shape, wanted
        self.before = int(evaluate.checked(self.logits(start)).argmax())

    def logits(self, levels: Tensor) -> Tensor:
        answer: Tensor = self.model(self.prepare.normalize(levels / 255))
        return answer

    def within(self, size: float) -> Flip | None:
        """A picture no further than `size` that is answered otherwise, after gradient steps of a fifth of it."""
        change = torch.zeros_like(self.start)
        for _step in range(_STEPS):
            whole = self.whole(change).requires_grad_()
            with torch.enable_grad():
                logits = evaluate.checked(self.logits(whole))
                if self.is_flipped(logits):
                    return self.flip(whole.detach(), logits.detach())
                (slope,) = torch.autograd.grad(self.loss(logits), whole)
            change = self.projected(change + self.step(slope, size), size)
        return None

    def loss(self, logits: Tensor) -> Tensor:
        """Grows towards another answer: the largest other logit, or the wanted one, above that of the first answer."""
        if self.wanted is not None:
            return logits[0, self.wanted] - logits[0].logsumexp(0)
        others = torch.arange(logits.shape[1]) != self.before
        return logits[0, others].max() - logits[0, self.before]

    def step(self, slope: Tensor, size: float) -> Tensor:
        if self.shape == "linf":
            return slope.sign() * max(size / 5, 0.25)
        return slope / slope.square().mean().sqrt().clamp_min(1e-12) * (size / 5)

    def projected(self, change: Tensor, size: float) -> Tensor:
        """No further than `size`, and no grey level outside 0..255."""
        if self.shape == "linf":
            change = change.clamp(-size, size)
        else:
            change = change * min(1.0, size / max(float(change.square().mean().sqrt()), 1e-12))
        return (self.start + change).clamp(0, 255) - self.start

    def whole(self, change: Tensor) -> Tensor:
        """The picture in whole grey levels; "linf" rounds towards the picture as it was, so as not to go too far."""
        return self.start + (change.trunc() if self.shape == "linf" else change.round())

    def is_flipped(self, logits: Tensor) -> bool:
        answer = int(logits.argmax())
        return answer != self.before if self.wanted is None else answer == self.wanted

    def flip(self, x: Tensor, logits: Tensor) -> Flip:
        shares = evaluate.probabilities(logits.double())[0]
        first, changed = (each[0].numpy().astype(np.uint8) for each in (self.start, x))
        difference = changed.astype(np.int16) - first
        after = int(shares.argmax())
        length = float(np.sqrt(np.mean(np.square(difference.astype(np.float64)))))
        return Flip(first, changed, self.before, after, int(np.abs(difference).max()), length, float(shares[after]))
