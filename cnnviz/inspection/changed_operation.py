"""Changed operation: another output in the place of what a function between modules gives. No UI, no disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from torch import Tensor, nn

from cnnviz.inspection.capture import no_layer
from cnnviz.models.tracer import Known, Seen, Tracer


@contextmanager
def changed_operation(model: nn.Module, layer: str, change: Callable[[Tensor], Tensor]) -> Iterator[None]:
    """While it lasts, in this thread, what `layer` gives is `change` of it; any name of `summarize`.

    Raises ConfigurationError at the end where passes ran and no such layer was met.
    """
    tracer = _ChangingTracer(layer, change)
    handles = [model.register_forward_pre_hook(lambda _module, args: tracer.begin(model, args[0]))]
    handles += tracer.watch(model)
    try:
        with tracer:
            yield
    finally:
        for handle in handles:
            handle.remove()
        tracer.forget()
    if tracer.passes and not tracer.was_met:
        raise no_layer(layer)


class _ChangingTracer(Tracer):
    """Names what runs, as for all who look at layers, and puts another output in the place of that of `layer`."""

    def __init__(self, layer: str, change: Callable[[Tensor], Tensor]) -> None:
        super().__init__(on_operation=self._notice)
        self._layer, self._change = layer, change
        self._is_due = self.was_met = False
        self.passes = 0

    def begin(self, model: nn.Module, x: Tensor) -> None:
        """A pass begins: names are given anew."""
        self.forget()
        self._is_due = self._inside = False
        self.passes += 1
        for weight in model.parameters():
            self.know(Known(weight, (), (weight,), Seen()))
        self.know_picture(x)

    def forget(self) -> None:
        """Let go of all that was noted: tensors would stay until Python looks for circles, 350 MB of 200 pictures."""
        self._overwritten = {}
        for noted in (self._names, self._known, self.operations, self._path):
            noted.clear()

    def _notice(self, name: str, _read: tuple[Tensor, ...], _output: Tensor) -> None:
        self._is_due = name == self._layer

    def _changed(self, output: Tensor) -> Tensor:
        self._is_due, self.was_met = False, True
        changed = self._change(output)
        self.know(Known(changed, (self._layer,), (), Seen()))
        return changed

    def _leaving(self, path: str, leaf: bool) -> Callable[[nn.Module, Any, Any, Any], Any]:
        noted = super()._leaving(path, leaf)

        def hook(module: nn.Module, args: Any, kwargs: Any, output: Any) -> Any:
            replaced = noted(module, args, kwargs, output)
            return self._changed(output if replaced is None else replaced) if self._is_due else replaced

        return hook

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        output = super().__torch_function__(func, types, args, kwargs)
        return self._changed(output) if self._is_due else output
