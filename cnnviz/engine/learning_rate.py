"""The learning rate of every step: a pure function of the configuration, so that a resumed run needs no memory of it.

No torch: a page may draw the curve before anything runs.
"""

from __future__ import annotations

import math

from cnnviz.engine.config import TrainConfig

_START = 1 / 25  # of the peak; as torch's OneCycleLR
_END = 1 / 25e4


def learning_rate(config: TrainConfig, step: int, steps: int) -> float:
    """The rate of `step` (from 0) of `steps` in all.

    "one-cycle" is L. Smith's policy as torch's OneCycleLR has it: cosines from peak / 25 up, then down to nearly 0.
    The others rise along a line in their warm-up, if they have one.
    """
    assert config.learning_rate is not None
    assert config.warm_up is not None
    peak = config.learning_rate
    if config.schedule == "one-cycle":
        return _one_cycle(peak, config.warm_up * steps - 1, step, steps)
    warm = config.warm_up * steps
    if step < warm:
        return peak * min(1.0, (step + 1) / warm)
    if config.schedule == "cosine":
        return _cosine(peak, 0.0, (step - warm) / (steps - warm))
    if config.schedule == "step":
        epoch = step * config.epochs // steps
        return peak * config.gamma ** (epoch // config.step_size)
    return peak


def _one_cycle(peak: float, top: float, step: int, steps: int) -> float:
    if 0 < top >= step:
        return _cosine(peak * _START, peak, step / top)
    return _cosine(peak, peak * _END, (step - top) / (steps - 1 - top)) if steps > 1 else peak


def _cosine(start: float, end: float, share: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * share)) / 2
