"""Early stopping: a run ends when a loss has not become smaller for so many epochs. Plain data, no torch."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass
class EarlyStopping:
    """How the epochs went so far."""

    limit: int  # epochs; 0: endless
    best_loss: float = math.inf
    best_epoch: int = 0  # 0: none yet

    def update(self, epoch: int, loss: float) -> None:
        """What an epoch ended with."""
        if loss < self.best_loss:
            self.best_loss, self.best_epoch = loss, epoch

    def is_over(self, epoch: int) -> bool:
        """Whether `epoch` was one too many."""
        return 0 < self.limit <= epoch - self.best_epoch
