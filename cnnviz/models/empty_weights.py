"""Making a network without its numbers, in milliseconds: on torch's meta device, its initial values not drawn.

Drawing them there would do nothing, but importing what torch does that nothing with takes seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.overrides import TorchFunctionMode


@contextmanager
def init_empty_weights() -> Iterator[None]:
    """Networks made inside have shapes only; other threads notice nothing."""
    with torch.device("meta"), _NotDrawn():
        yield


class _NotDrawn(TorchFunctionMode):
    """Leaves out whatever fills a tensor: torch.nn.init and what it is made of."""

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        if getattr(func, "__module__", "") == "torch.nn.init" or getattr(func, "__name__", "") in _FILL:
            return args[0] if args else (kwargs or {})["tensor"]
        return func(*args, **(kwargs or {}))


_FILL = {"uniform_", "normal_", "fill_", "zero_", "erfinv_", "mul_", "add_", "clamp_"}
