"""Settings of an import: what its owner chooses, checked when made."""

from __future__ import annotations

from dataclasses import dataclass

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.params import whole
from cnnviz.data.own.limits import LARGEST_SIDE, SMALLEST_SIDE

TEST_SHARES = (0.05, 0.5)
MOST_SEED = 2**31 - 1


@dataclass(frozen=True)
class ImportSettings:
    """How to import. What is None is as `look` suggests."""

    name: str
    side: int | None = None  # pixels of a square; None: the size most pictures have, if it is small, else 64
    color: bool | None = None  # None: where any picture has colour
    test_share: float = 0.2  # put aside for testing, where the source has no test half
    seed: int = 0
    classes: tuple[str, ...] | None = None  # of those in the source
    each: int | None = None  # at most so many training pictures of a class, drawn by the seed
    skip_broken: bool = False
    owner: str = ""  # who may delete it from a page; "": the command line alone

    def __post_init__(self) -> None:
        low, high = TEST_SHARES
        if not low <= self.test_share <= high:
            raise ConfigurationError(
                N_("{parameter} must be {low} to {high}. Got {value}."),
                parameter="test_share",
                low=low,
                high=high,
                value=self.test_share,
            )
        whole("seed", self.seed, 0, MOST_SEED)
        if self.side is not None:
            whole("side", self.side, SMALLEST_SIDE, LARGEST_SIDE)
        if self.each is not None:
            whole("each", self.each, 1, 1_000_000)
