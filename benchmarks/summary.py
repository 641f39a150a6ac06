"""Taking every network of the zoo apart, against a forward pass with hooks and torch's own counter.

Ours makes the network too, without its numbers; the plain way gets it ready made, and only learns shapes and work: no
receptive fields, no sums and concatenations. Limits: LeNet in 50 ms, every network in 1 s.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from cnnviz.commands.bench import Row, compare
from cnnviz.engine.device import limit_threads
from cnnviz.models.registry import MODELS, ModelSpec
from cnnviz.models.summary import Summary, summarize

REPEATS = 5


def run(names: tuple[str, ...] = tuple(MODELS)) -> Iterator[Row]:
    """Milliseconds of each, medians of five in turn, after one of each that imports what it needs."""
    limit_threads()
    for name in names:
        spec = MODELS[name]
        ours, plain = _ours(spec), _plain(spec)
        ours()
        plain()
        taken = compare(f"{name}, {len(ours())} layers", ours, plain, REPEATS)
        yield Row(taken.what, 1000 * taken.ours, 1000 * taken.plain, "ms")


def _ours(spec: ModelSpec) -> Callable[[], Summary]:
    return lambda: summarize(spec.outline(), spec.input_size)


def _plain(spec: ModelSpec) -> Callable[[], object]:
    model = spec.build().eval()
    picture = torch.zeros(1, *spec.input_size)

    def forward() -> dict[str, tuple[int, ...]]:
        shapes: dict[str, tuple[int, ...]] = {}

        def note(name: str) -> Callable[[nn.Module, object, torch.Tensor], None]:
            return lambda _module, _inputs, output: shapes.__setitem__(name, tuple(output.shape))

        leaves = [(name, module) for name, module in model.named_modules() if not list(module.children())]
        hooks = [module.register_forward_hook(note(name)) for name, module in leaves]
        with torch.inference_mode(), FlopCounterMode(display=False):
            model(picture)
        for hook in hooks:
            hook.remove()
        return shapes

    return forward


if __name__ == "__main__":
    sys.exit(print(*run(), sep="\n"))
