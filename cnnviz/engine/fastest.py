"""Fastest compute mode: which number format and how many threads make the steps of a run short, measured as it begins.

On the very network and its first pictures, forward and backward pass; the optimizer's part is the same for all. It is
bounded by what it can gain, and leaves no trace: weights, gradients, batch norm's averages and random numbers are as
they were. Which is faster no table tells: bfloat16 takes a LeNet-5 step to 0.8 of its time on a processor with AVX-512
BF16, and to 8 times it on one without.

All cores are never tried: one is left to whoever needs it. On two cores two threads take 2.5 ms a hundred pictures
instead of 4.3, and 133 when something else computes on one of them (`docs/decisions.md`).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import torch
from torch import nn

from cnnviz.engine.events import ComputeMode, Trial


def allow_tf32(precision: str) -> None:
    """Let CUDA's matrix multiplications and convolutions drop 13 digits, or forbid it. Elsewhere without effect."""
    torch.backends.cuda.matmul.allow_tf32 = precision == "tf32"
    torch.backends.cudnn.allow_tf32 = precision == "tf32"


def autocast(precision: str, device: torch.device) -> AbstractContextManager[object]:
    """The context for a forward pass. The loss, weights, their gradients and the optimizer stay float32."""
    if precision == "bfloat16":
        return torch.autocast(device.type, torch.bfloat16)
    return nullcontext()


SECONDS = 0.3  # of measuring, at most; one pass of a large network takes longer, and is then measured once
SHARE = 0.05  # of what the run takes: a short one is not delayed by more than it can gain
GAIN = 0.95  # what is not the usual way must take less than this share of the usual one's time
PASS = 0.012  # seconds of a pass, about: of fewer pictures than a batch, if that would take longer
BURST = 3  # passes of a way in a row: the first finds caches and memory as the other way has left them
_ROUNDS, _FEW = 8, 2
_SMALLEST = 2  # pictures: batch norm over a map of one value needs two

Pass = Callable[[str, int], float]  # (precision, pictures) -> the loss, after a forward and backward pass


def fastest(one_pass: Pass, batch_size: int, steps: int, threads: int, may_choose_threads: bool) -> ComputeMode:
    """The compute mode for a run of so many `steps`, on the CPU. Sets torch's number of threads to it.

    float32 on `threads` unless another way is clearly faster; if the run is too short to find out, without trials.
    """
    clock = _Clock(one_pass)
    if SHARE * steps < 2 or not clock.is_worth_it(batch_size, steps, threads):
        return ComputeMode("float32", threads)
    trials = clock.race([("float32", threads), ("bfloat16", threads)], _ROUNDS)
    best = _chosen(trials[0], trials[1])
    while may_choose_threads and best.threads > 1:
        fewer = clock.race([(best.precision, best.threads // 2)], _FEW)[0]
        trials.append(fewer)
        if _chosen(best, fewer) is best:
            break
        best = fewer
    torch.set_num_threads(best.threads)
    others = sorted((trial for trial in trials if trial is not best), key=lambda trial: trial.milliseconds or math.inf)
    return ComputeMode(best.precision, best.threads, (best, *others))


def _quicker(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else min(one, other)


def _chosen(usual: Trial, other: Trial) -> Trial:
    if usual.milliseconds is None or other.milliseconds is None:
        return usual
    return other if other.milliseconds < GAIN * usual.milliseconds else usual


class _Clock:
    """Passes by the stopwatch, until the time for them is over."""

    def __init__(self, one_pass: Pass) -> None:
        self._pass = one_pass
        self._size = _SMALLEST  # pictures of a pass
        self._left = SECONDS

    def is_worth_it(self, batch_size: int, steps: int, threads: int) -> bool:
        """Find out how many pictures a pass may have, and how much time there is: enough for a round?"""
        self._size = min(_SMALLEST, batch_size)
        taken = self._warm(threads)
        while taken < PASS / 4 and self._size < batch_size:
            self._size = min(8 * self._size, batch_size)
            taken = self._warm(threads)
        one = taken / self._size
        self._left = min(SECONDS, SHARE * steps * batch_size * one)
        self._size = max(self._size, min(batch_size, int(PASS / one)))
        return taken > PASS or 2 * BURST * self._size * one < self._left

    def _warm(self, threads: int) -> float:
        """Seconds of a pass of this size, unless it is a long one the second: the first of each makes ready."""
        first = self._seconds("float32", threads) or PASS
        return first if first > PASS else self._seconds("float32", threads) or PASS

    def race(self, ways: list[tuple[str, int]], rounds: int) -> list[Trial]:
        """The ways in turn, so that a busy moment hurts all alike; the quickest pass counts."""
        best: dict[tuple[str, int], float | None] = dict.fromkeys(ways, math.inf)
        begun = time.perf_counter()
        for done in range(1, rounds + 1):
            for way in ways:
                best[way] = _quicker(best[way], self._burst(*way))
            taken = time.perf_counter() - begun
            if taken + taken / done > self._left:  # no time for another
                break
        return [Trial(*way, None if seconds is None else 1e5 * seconds / self._size) for way, seconds in best.items()]

    def _burst(self, precision: str, threads: int) -> float | None:
        """The quickest pass of a few; of a single one, where it takes long."""
        best: float | None = math.inf
        for _ in range(BURST):
            best = _quicker(best, taken := self._seconds(precision, threads))
            if taken is None or taken > self._left:
                break
        return best

    def _seconds(self, precision: str, threads: int) -> float | None:
        """None if the network cannot be computed so, or to no number.

        One thread's time is that it had a core for: other work on the machine does not change it.
        """
        torch.set_num_threads(threads)
        clock = time.process_time if threads == 1 else time.perf_counter
        begun = clock()
        try:
            loss = self._pass(precision, self._size)
        except RuntimeError:  # an operation that this format does not have
            return None
        return clock() - begun if math.isfinite(loss) else None


@contextmanager
def untouched(model: nn.Module) -> Iterator[None]:
    """Within it passes may go through the model in training mode; afterwards it is as before, random numbers too."""
    was_training, buffers = model.training, [(buffer, buffer.clone()) for buffer in model.buffers()]
    with torch.random.fork_rng(devices=[]):
        try:
            model.train()
            yield
        finally:
            for buffer, before in buffers:
                buffer.copy_(before)
            model.zero_grad(set_to_none=True)
            model.train(was_training)
