"""Fastest arithmetic: which number format and how many threads make the steps of a run short, measured as it begins.

On the very network and its first pictures, forward and backward pass; the optimizer's part is the same for all. It is
bounded by what it can gain, and leaves no trace: weights, gradients, batch norm's averages and random numbers are as
they were. Which is faster no table tells: bfloat16 takes a LeNet-5 step to 0.7 of its time on a processor with AVX-512
BF16, and to 8 times it on one without.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import torch
from torch import nn

from cnnviz.engine.number_format import Arithmetic, Trial

SECONDS = 0.3  # of measuring, at most; one pass of a large network takes longer, and is then measured once
SHARE = 0.05  # of what the run takes: a short one is not delayed by more than it can gain
GAIN = 0.95  # what is not the usual way must take less than this share of the usual one's time
ROUNDS = 8  # passes of each way at most; the quickest counts, the others were disturbed
_FEWEST = 2
_SMALLEST = 2  # pictures: batch norm over a map of one value needs two

Pass = Callable[[str, int], float]  # (precision, pictures) -> the loss, after a forward and backward pass


def fastest(one_pass: Pass, batch_size: int, steps: int, threads: int, may_choose_threads: bool) -> Arithmetic:
    """The arithmetic for a run of so many `steps`, on the CPU. Sets torch's number of threads to it.

    float32 on `threads` unless another way is clearly faster; if the run is too short to find out, without trials.
    """
    usual = Arithmetic("float32", threads)
    clock = _Clock(one_pass, batch_size, steps)
    if not clock.is_worth_it(threads):
        return usual
    trials = clock.race([("float32", threads), ("bfloat16", threads)])
    best = _chosen(trials[0], trials[1])
    while may_choose_threads and best.threads > 1:
        fewer = clock.race([(best.precision, best.threads // 2)])[0]
        trials.append(fewer)
        if _chosen(best, fewer) is best:
            break
        best = fewer
    torch.set_num_threads(best.threads)
    others = sorted((trial for trial in trials if trial is not best), key=lambda trial: trial.milliseconds or math.inf)
    return Arithmetic(best.precision, best.threads, (best, *others))


def _chosen(usual: Trial, other: Trial) -> Trial:
    if usual.milliseconds is None or other.milliseconds is None:
        return usual
    return other if other.milliseconds < GAIN * usual.milliseconds else usual


@dataclass
class _Clock:
    """Passes by the stopwatch, until the time for them is over."""

    one_pass: Pass
    batch_size: int
    steps: int  # of the run
    size: int = field(init=False)  # pictures of a pass
    left: float = field(init=False, default=SECONDS)

    def is_worth_it(self, threads: int) -> bool:
        """Find out how many pictures a pass may have, and how much time there is."""
        self.size = min(_SMALLEST, self.batch_size)
        if SHARE * self.steps < 2 * _FEWEST:
            return False
        self._seconds("float32", threads)  # the first pass of a process is slow
        one = (self._seconds("float32", threads) or math.inf) / self.size
        self.left = min(SECONDS, SHARE * self.steps * self.batch_size * one)
        self.size = max(self.size, min(self.batch_size, int(SECONDS / ROUNDS / one)))
        return True

    def race(self, ways: list[tuple[str, int]]) -> list[Trial]:
        """The ways in turn, so that a busy moment hurts all alike; the first pass of each warms up."""
        times: list[list[float | None]] = [[] for _ in ways]
        begun, rounds = time.perf_counter(), 0
        while rounds <= _FEWEST or (rounds <= ROUNDS and time.perf_counter() - begun < self.left):
            for taken, (precision, threads) in zip(times, ways, strict=True):
                if None not in taken:
                    taken.append(self._seconds(precision, threads))
            rounds += 1
        return [self._trial(precision, threads, taken) for (precision, threads), taken in zip(ways, times, strict=True)]

    def _trial(self, precision: str, threads: int, taken: list[float | None]) -> Trial:
        seconds = [each for each in taken[1:] if each is not None]
        is_possible = None not in taken
        return Trial(precision, threads, 1e5 * min(seconds) / self.size if is_possible else None)

    def _seconds(self, precision: str, threads: int) -> float | None:
        """None if the network cannot be computed so, or to no number.

        One thread's time is that it had a core for: other work on the machine does not change it.
        """
        torch.set_num_threads(threads)
        clock = time.process_time if threads == 1 else time.perf_counter
        begun = clock()
        try:
            loss = self.one_pass(precision, self.size)
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
