"""Loss and right answers of an epoch, added up on the device and read back only when a report is due."""

from __future__ import annotations

import math

import torch
from torch import Tensor


class Ledger:
    """Of one epoch."""

    def __init__(self, device: torch.device) -> None:
        self._loss = torch.zeros((), device=device)  # summed over the pictures since the last read
        self._correct = torch.zeros((), dtype=torch.int64, device=device)
        self._recent = 0  # pictures since the last read
        self._loss_before = 0.0
        self.images = 0

    def add(self, loss: Tensor, logits: Tensor, labels: Tensor) -> None:
        """One batch: its mean `loss`, its `logits` (n, k) and `labels` (n,). Does not wait for the device."""
        self._loss += loss.detach() * len(labels)
        self._correct += (logits.detach().argmax(dim=1) == labels).sum()
        self._recent += len(labels)
        self.images += len(labels)

    def read(self) -> tuple[float, int]:
        """Mean loss since the last read, and how many pictures that was. Waits for the device."""
        loss, images = self._loss.item(), self._recent
        self._loss_before += loss
        self._loss.zero_()
        self._recent = 0
        return loss / max(images, 1), images

    def loss(self) -> float:
        """Mean over all that was read."""
        return self._loss_before / max(self.images, 1)

    def accuracy(self) -> float:
        """0..1"""
        return int(self._correct.item()) / max(self.images, 1)

    def is_finite(self) -> bool:
        return math.isfinite(self._loss_before)
