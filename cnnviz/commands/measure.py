"""Comparison of two ways of doing the same, timed in one run: what benchmarks are made of."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One comparison: medians of ours and of the plain way, in `unit`; less is better."""

    what: str
    ours: float
    plain: float
    unit: str = "s"

    @property
    def ratio(self) -> float:
        """The plain way's share that ours takes: below 1, ours is better."""
        return self.ours / self.plain


def compare(what: str, ours: Callable[[], object], plain: Callable[[], object], repeats: int = 3) -> Row:
    """Seconds of each, taken in turn so that a busy machine hurts both alike."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(repeats):
        for way, taken in zip((ours, plain), times, strict=True):
            start = time.perf_counter()
            way()
            taken.append(time.perf_counter() - start)
    return Row(what, statistics.median(times[0]), statistics.median(times[1]))


def compare_slices(what: str, ours: Iterator[int], plain: Iterator[int], of: int) -> Row:
    """Seconds for `of` pieces of work, a slice of either way in turn: a machine's changing load is shared by both.

    Each iterator works until it has something to say, and then says how many pieces that was. It may go on for ever.
    """
    seconds, done = [0.0, 0.0], [0, 0]
    while min(done) < of:
        for index, way in enumerate((ours, plain)):
            if done[index] < of:
                start = time.perf_counter()
                done[index] += next(way)
                seconds[index] += time.perf_counter() - start
    return Row(what, seconds[0] * of / done[0], seconds[1] * of / done[1])
