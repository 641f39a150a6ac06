"""One table of configurations, from everything the sliders reach, with what Python says of each.

test_conv.py and test_pooling.py hold it against torch, tests/js/twins.test.mjs holds the browser
against it. Knows neither torch nor the browser.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache, cached_property
from typing import Any

from cnnviz.arithmetic.conv import ConvSpec
from cnnviz.arithmetic.pooling import KINDS, PoolSpec
from cnnviz.arithmetic.setting import RANGES
from cnnviz.base.errors import ConfigurationError

COUNTS = {"conv": 10_000, "transposed": 8_000, "max": 6_000, "average": 4_000}
DILATED_AVERAGES = 0.05  # their share: torch has no such thing, so both refuse


@dataclass(frozen=True)
class Case:
    """One axis; `kind` is "conv", "transposed", or a pooling's."""

    kind: str
    n: int
    k: int
    p: int
    s: int
    d: int
    o: int = 0
    ceil: bool = False

    @property
    def spec(self) -> ConvSpec | PoolSpec:
        """Raises ConfigurationError where no input would do."""
        if self.kind in KINDS:
            return PoolSpec(self.k, self.s, self.p, self.d, self.ceil, self.kind)
        return ConvSpec(self.k, self.s, self.p, self.d, self.kind == "transposed", self.o)

    @cached_property
    def answer(self) -> Answer | None:
        """None where it is refused."""
        try:
            spec = self.spec
            return Answer(spec.output_size(self.n), spec.windows(self.n), spec.readers(self.n), spec.unused(self.n))
        except ConfigurationError:
            return None

    @property
    def axis(self) -> dict[str, Any]:
        """The same for the browser's axis.js."""
        kind = "pool" if self.kind in KINDS else self.kind
        return {**asdict(self), "kind": kind, "average": self.kind == "average"}


@dataclass(frozen=True)
class Answer:
    """What Python says of a case that is not refused."""

    size: int
    windows: list[tuple[int, ...]]
    readers: list[tuple[int, ...]]
    unused: tuple[int, ...]


@cache
def cases(kind: str) -> tuple[Case, ...]:
    """The table's cases of one kind; the same ones every time, each once."""
    generator = random.Random(kind)
    found: dict[Case, None] = {}
    while len(found) < COUNTS[kind]:
        found[_case(kind, generator)] = None
    return tuple(found)


def _case(kind: str, generator: random.Random) -> Case:
    """A third has an input smaller than most kernels, a tenth stands at the ends of the sliders."""
    largest = 8 if generator.random() < 1 / 3 else RANGES["n"][1]
    at_end = generator.random() < 0.1
    pick = (lambda low, high: generator.choice((low, high))) if at_end else generator.randint
    given = {letter: pick(*RANGES[letter]) for letter in "kpsdo"} | {"n": pick(1, largest)}
    if kind != "transposed":
        del given["o"]
    elif generator.random() < 0.8:
        given["o"] = generator.randint(0, min(RANGES["o"][1], max(given["s"], given["d"]) - 1))
    if kind in KINDS:
        given["ceil"] = generator.random() < 0.5
        given["p"] = generator.randint(0, given["k"] // 2) if generator.random() < 0.8 else given["p"]
    if kind == "average" and generator.random() >= DILATED_AVERAGES:
        given["d"] = 1
    return Case(kind, **given)


def joined(lists: Iterable[Iterable[int]]) -> list[list[int]]:
    """[index, member] of every member of every list, in order: what NumPy's argwhere gives of a matrix."""
    return [[index, member] for index, members in enumerate(lists) for member in members]
