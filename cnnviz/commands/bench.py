"""Command `bench [NAME...]`: the benchmarks of a checkout.

Each is a file with a docstring and `run() -> Iterator[Row | str]`; a str is a note: what could not be measured here,
and why. A `Row` compares two ways of doing the same, timed in one run.
"""

from __future__ import annotations

import argparse
import importlib.util
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType

from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed
from cnnviz.base.params import not_one_of
from cnnviz.commands.output import Output

_ALL = "all"


def add_arguments(parser: argparse.ArgumentParser, out: Output) -> None:
    """What can be said after the command."""
    names = Listed([*benchmarks(), _ALL])
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=out.translated(N_("{names}; none: list them"), names=names)
    )


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Do it; returns the exit code."""
    found = benchmarks()
    for name in arguments.names:
        if name not in found and name != _ALL:
            raise not_one_of("benchmark", name, [*found, _ALL])
    if not arguments.names:
        for name, path in found.items():
            purpose = (_module(path).__doc__ or "").splitlines()[0]
            out.line(f"{name}: {purpose}")
            out.record(name=name, purpose=purpose)
    for name in found if _ALL in arguments.names else arguments.names:
        _run(name, found[name], out)
    return 0


def benchmarks() -> dict[str, Path]:
    """Name -> file, of the checkout this package lies in; empty where only the package is installed."""
    folder = Path(__file__).parents[2] / "benchmarks"
    return {path.stem: path for path in sorted(folder.glob("[a-z]*.py"))}


def _run(name: str, path: Path, out: Output) -> None:
    for row in _module(path).run():
        if isinstance(row, str):
            out.line(f"{name}: {row}")
            out.record(benchmark=name, note=row)
            continue
        out.say(
            N_("{name}: {what}: ours {ours} {unit}, plain {plain} {unit}, ratio {ratio}"),
            name=name,
            what=row.what,
            ours=f"{row.ours:.4g}",
            plain=f"{row.plain:.4g}",
            unit=row.unit,
            ratio=f"{row.ratio:.3g}",
        )
        out.record(benchmark=name, **asdict(row), ratio=row.ratio)


def _module(path: Path) -> ModuleType:
    root = str(path.parents[1])
    if root not in sys.path:
        sys.path.insert(0, root)  # benchmarks share the lesson's loop
    spec = importlib.util.spec_from_file_location(f"benchmarks.{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up there
    spec.loader.exec_module(module)
    return module


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
