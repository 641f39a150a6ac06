"""A network, trained or not, that is run as far as one of its layers: what that layer reads, gives, and weighs.

Additions, concatenations and other functions between modules are layers too, by the names of `summarize`. Knows
nothing of the UI or of disk.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from cnnviz.models.empty_weights import is_materialized, materialize, materializing
from cnnviz.models.operations import Reached
from cnnviz.models.tracing import reach

Maps = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class LayerIO:
    """What a layer made of one picture: (c, h, w) or (values,) each. Not to be changed: it is kept."""

    before: Maps  # the first of what it reads
    after: Maps


@dataclass(frozen=True, eq=False)
class InspectedModel:
    """A network in eval mode that nobody else runs; weights on the meta device come into being where a picture goes."""

    model: nn.Module
    seed: int = 0
    lock: Any = field(default_factory=threading.RLock)  # hooks are on `model` while it runs
    _tried: set[str] = field(default_factory=set)  # layers that noise has reached

    @classmethod
    def of(cls, model: nn.Module) -> InspectedModel:
        """A network that others run too: the same weights under modules of its own. Nobody may run it meanwhile."""
        same: dict[int, Any] = {id(tensor): tensor for tensor in (*model.parameters(), *model.buffers())}
        return cls(copy.deepcopy(model, same).eval())

    def layer_io(self, layer: str, picture: Maps) -> LayerIO:
        """`picture` (c, h, w), as the network gets it, as far as `layer`. Raises ConfigurationError without such."""
        # no_grad, not inference_mode: weights that come into being here may later take part in a gradient
        with self.running(), torch.no_grad():
            reached = self.reached(layer, torch.from_numpy(picture)[None])
        return LayerIO(_array(reached.inputs[0][0]), _array(reached.output[0]))

    def reached(self, layer: str, x: Tensor) -> Reached:
        """The same with tensors, x (1, c, h, w), and with gradients where they are on; inside `running`."""
        if layer not in self._tried and not is_materialized(self.model):
            # What batch norm finds usual must not depend on whose picture was first: noise goes ahead of every picture.
            noise = torch.randn(x.shape, generator=torch.Generator().manual_seed(self.seed))
            with torch.no_grad():
                reach(self.model, noise, layer)
            self._tried.add(layer)
        return reach(self.model, x, layer)

    def module(self, layer: str) -> nn.Module | None:
        """The layer with its weights, which a picture must have reached; None for a function between modules."""
        found = dict(self.model.named_modules()).get(layer)
        if found is not None:
            with self.lock:
                materialize(found, layer, self.seed)
        return found

    def forget(self) -> None:
        """Give the memory of all weights back; where a picture goes, the same ones come into being again.

        Only for weights that came into being here.
        """
        with self.lock:
            self.model.to("meta")
            self._tried.clear()

    @contextmanager
    def running(self) -> Iterator[None]:
        """One thread at a time, with weights growing."""
        with self.lock, materializing(self.model, self.seed):
            yield


def _array(tensor: Tensor) -> Maps:
    return tensor.detach().float().contiguous().numpy()
