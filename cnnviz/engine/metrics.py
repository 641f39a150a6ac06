"""Metrics of an epoch: loss and right answers, kept on the device and read back only when a report is due."""

from __future__ import annotations

import math

import torch
from torch import Tensor


class EpochMetrics:
    """Of one epoch. What a step costs is three entries in a list: they are added up when they are read."""

    def __init__(self, device: torch.device) -> None:
        self._is_near = device.type == "cpu"  # a loss can be looked at without waiting for anything
        self._losses: list[Tensor] = []  # of the steps since the last read, each a mean over its batch
        self._logits: list[Tensor] = []
        self._labels: list[Tensor] = []
        self._loss_before = 0.0  # summed over the pictures
        self._correct = 0
        self._steps = 0
        self.images = 0
        self.bad_step: int | None = None  # from 1: the first whose loss is infinite or not a number

    def add(self, loss: Tensor, logits: Tensor, labels: Tensor) -> None:
        """One batch: its mean `loss`, its `logits` (n, k) and `labels` (n,). Does not wait for the device."""
        self._losses.append(loss.detach())
        self._logits.append(logits.detach())
        self._labels.append(labels)
        if self._is_near and not math.isfinite(loss.item()):
            self._is_bad(self._steps + len(self._losses))

    def read(self) -> tuple[float, int]:
        """Mean loss since the last read, and over how many pictures. Waits for the device."""
        if not self._losses:
            return 0.0, 0
        losses: list[float] = torch.stack(self._losses).float().tolist()
        sizes = [len(labels) for labels in self._labels]
        for index, loss in enumerate(losses, start=1):
            if not math.isfinite(loss):
                self._is_bad(self._steps + index)
        total, images = math.fsum(loss * size for loss, size in zip(losses, sizes, strict=True)), sum(sizes)
        self._correct += int((torch.cat(self._logits).argmax(dim=1) == torch.cat(self._labels)).sum())
        self._loss_before += total
        self._steps += len(losses)
        self.images += images
        for entries in (self._losses, self._logits, self._labels):
            entries.clear()
        return total / images, images

    def loss(self) -> float:
        """Mean over all that was read."""
        return self._loss_before / max(self.images, 1)

    def accuracy(self) -> float:
        """0..1"""
        return self._correct / max(self.images, 1)

    def _is_bad(self, step: int) -> None:
        if self.bad_step is None:
            self.bad_step = step
