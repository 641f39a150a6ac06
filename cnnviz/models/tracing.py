"""Which operation reads what, in the order they run: for any network, through branches, without computing a number.

A copy of the network runs once on torch's meta device, where tensors are shapes; the layers everybody uses are worked
out by `shapes.py` instead of torch. Hooks on that copy see its layers, a `TorchFunctionMode`, which
belongs to this thread alone, sees the functions between them. Nothing here is shared, so other threads can run the
same network meanwhile; torch.fx would break their forward passes. Knows nothing of costs or receptive fields.
"""

from __future__ import annotations

import copy
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils.hooks import RemovableHandle

from cnnviz.errors import ConfigurationError
from cnnviz.locale import N_
from cnnviz.models.shapes import Shape, Window, arguments, function_shape, rule, window, window_of

PICTURE = ""  # the name of what the first layer reads

# A function's name without underscores -> the kind of layer it is, as torch calls its module.
KINDS = {
    "add": "Add",
    "iadd": "Add",
    "radd": "Add",
    "mul": "Multiply",
    "imul": "Multiply",
    "cat": "Concat",
    "concat": "Concat",
    "concatenate": "Concat",
    "flatten": "Flatten",
    "view": "Flatten",
    "reshape": "Flatten",
    "relu": "ReLU",
    "sigmoid": "Sigmoid",
    "tanh": "Tanh",
    "leaky_relu": "LeakyReLU",
    "max_pool2d": "MaxPool2d",
    "avg_pool2d": "AvgPool2d",
    "adaptive_avg_pool2d": "AdaptiveAvgPool2d",
    "adaptive_max_pool2d": "AdaptiveMaxPool2d",
    "dropout": "Dropout",
}
_MERGES = {"Add", "Multiply", "Concat"}


@dataclass(frozen=True, eq=False)
class Operation:
    """A layer, or a function between layers, as it ran."""

    name: str  # torch's dotted name; of a function that of the module it ran in, then its own
    kind: str
    module: nn.Module | None  # on the meta device; None of a function
    inputs: tuple[str, ...]  # the operations it reads; PICTURE among them where it reads the picture
    input_shapes: tuple[Shape, ...]  # of what it reads, batch axis included
    output_shape: Shape
    window: Window | None  # what it slides over its input


@dataclass(frozen=True, eq=False)
class Reached:
    """What one operation read, and what it gave."""

    inputs: tuple[Tensor, ...]
    output: Tensor


def trace(model: nn.Module, input_size: tuple[int, int, int]) -> list[Operation]:
    """What runs when one picture of `input_size` passes through `model` in eval mode. `model` is left alone.

    Raises ConfigurationError if an operation cannot take what reaches it.
    """
    tracer = _Tracer()
    meta = on_meta(model)
    for module in meta.modules():
        shape_after = rule(module)
        if shape_after is not None:
            module.forward = _by(shape_after, getattr(module, "inplace", False))
    tracer.watch(meta)
    x = torch.empty((1, *input_size), device="meta")
    tracer.know(x, (PICTURE,))
    try:
        with torch.inference_mode(), tracer:
            meta(x)
    except (RuntimeError, ValueError, IndexError) as error:
        raise ConfigurationError(
            N_("The layer {layer} cannot take what reaches it, {shape}. Try pictures of another size."),
            layer=tracer.now,
            shape="x".join(map(str, tracer.reached[1:])),
        ) from error
    return tracer.operations


def answers(model: nn.Module, x: Tensor) -> dict[str, Tensor]:
    """The output of every operation to x (1, c, h, w), by the names of `trace`, copied before anything can change it.

    While it runs there are hooks on `model` itself: the caller lets nobody else run it meanwhile.
    """
    tracer = _Tracer(outputs={})
    handles = tracer.watch(model)
    try:
        tracer.know(x, (PICTURE,))
        with torch.inference_mode(), tracer:
            model(x)
    finally:
        for handle in handles:
            handle.remove()
    return tracer.outputs or {}


def reach(model: nn.Module, x: Tensor, layer: str) -> Reached:
    """What the operation `layer` of `trace` reads and gives when x (n, c, h, w) passes; what follows it does not run.

    Gradients flow if they are on. While it runs there are hooks on `model`, as in `answers`.
    Raises ConfigurationError if there is no such operation.
    """
    tracer = _Tracer(until=layer)
    handles = tracer.watch(model)
    try:
        tracer.know(x, (PICTURE,))
        with tracer:
            model(x)
    except _ReachedError as found:
        return found.reached
    finally:
        for handle in handles:
            handle.remove()
    raise ConfigurationError(N_("The network has no layer {layer}."), layer=layer)


class _ReachedError(Exception):
    """The operation that was wanted has answered."""

    def __init__(self, reached: Reached) -> None:
        super().__init__()
        self.reached = reached


def on_meta(model: nn.Module) -> nn.Module:
    """A copy in eval mode that shares no storage: shapes only, so even a large network costs nothing."""
    shapes: dict[int, object] = {
        id(p): nn.Parameter(p.detach().to("meta"), p.requires_grad) for p in model.parameters()
    }
    shapes.update({id(b): b.to("meta") for b in model.buffers()})
    for module in model.modules():  # hooks stay behind; another thread may be adding one right now
        shapes.update((id(hooks), OrderedDict()) for hooks in (module._forward_hooks, module._forward_pre_hooks))
    return copy.deepcopy(model, shapes).eval()


class _Tracer(TorchFunctionMode):
    """Notes operations while it is entered; `reached` and `now` are the last shape and name, for an error."""

    def __init__(self, outputs: dict[str, Tensor] | None = None, until: str | None = None) -> None:
        super().__init__()
        self.outputs = outputs  # a dict to be filled where numbers are wanted; None: shapes are enough
        self._until = until  # the operation that is wanted, with numbers
        self.operations: list[Operation] = []
        self.now = ""
        self.reached: tuple[int, ...] = ()
        self._path: list[str] = []  # modules that are running, outermost first
        self._inside = False  # whether a leaf is running: what it calls is its own affair
        self._known: dict[int, tuple[Tensor, tuple[str, ...]]] = {}  # holds the tensor, so that no id comes back
        self._names: dict[str, int] = {}

    def watch(self, model: nn.Module) -> list[RemovableHandle]:
        """Hook every module."""
        handles = []
        for path, module in model.named_modules():
            leaf = not any(True for _ in module.children())
            handles.append(module.register_forward_pre_hook(self._entering(path, leaf)))
            handles.append(module.register_forward_hook(self._leaving(path, leaf)))
        return handles

    def know(self, tensor: Tensor, sources: tuple[str, ...]) -> None:
        """`tensor` is what the operations `sources` gave."""
        self._known[id(tensor)] = (tensor, sources)

    def _entering(self, path: str, leaf: bool) -> Callable[[nn.Module, Any], None]:
        def hook(module: nn.Module, inputs: Any) -> None:
            self._path.append(path)
            if leaf:
                self._inside = True
                self.now = path or type(module).__name__
                self.reached = next((tuple(one.shape) for one in tensors(inputs)), ())

        return hook

    def _leaving(self, path: str, leaf: bool) -> Callable[[nn.Module, Any, Any], Any]:
        def hook(module: nn.Module, inputs: Any, output: Any) -> Any:
            self._path.pop()
            if not leaf:
                return None
            read = list(tensors(inputs))
            replaced = None
            if any(output is one for one in read) and not getattr(module, "inplace", False):
                output = replaced = output.view_as(output)  # nn.Identity: one tensor would be known by two names
            self._inside = False
            kind, shapes = type(module).__name__, [tuple(one.shape) for one in read]
            self._note(path or kind, kind, read, output, module, window_of(module), shapes)
            return replaced

        return hook

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        read = [] if self._inside else [one for one in tensors((args, kwargs)) if id(one) in self._known]
        if not read:
            return func(*args, **kwargs)
        label = getattr(func, "__name__", "")
        kind = KINDS.get(label.strip("_"))
        if kind is None:
            output = func(*args, **kwargs)
            return self._passed_on(read, output)
        name = kind.lower() if kind in _MERGES else label.strip("_")
        name = f"{self._path[-1]}.{name}" if self._path and self._path[-1] else name
        before = [tuple(one.shape) for one in read]
        self.now, self.reached = name, before[0]
        numbers = arguments(kind, args, kwargs)
        dim = kwargs.get("dim", args[1] if len(args) > 1 else 0)
        shapes_only = self.outputs is None and self._until is None
        shape = function_shape(kind, args, numbers, dim) if shapes_only else None
        if shape is None:
            output = func(*args, **kwargs)
        elif _in_place(label, kwargs):
            output = args[0]
        else:
            output = torch.empty(shape, device="meta")
        if not _counts(kind, before, output):
            return self._passed_on(read, output)
        own = window(numbers) if kind in ("MaxPool2d", "AvgPool2d") else None
        self._note(name, kind, read, output, None, own, before)
        return output

    def _passed_on(self, read: list[Tensor], output: Any) -> Any:
        """What is no layer to students hands on where its input came from."""
        sources = self._sources(read)
        for one in tensors(output):
            self.know(one, sources)
        return output

    def _note(
        self,
        name: str,
        kind: str,
        read: list[Tensor],
        output: Any,
        module: nn.Module | None,
        own: Window | None,
        shapes: list[Shape],
    ) -> None:
        sources = self._sources(read)
        count = self._names.get(name, 0)
        self._names[name] = count + 1
        name = f"{name}_{count}" if count else name  # a layer that is used twice
        made = list(tensors(output))
        self.operations.append(
            Operation(
                name=name,
                kind=kind,
                module=module,
                inputs=sources,
                input_shapes=tuple(shapes),
                output_shape=tuple(made[0].shape) if made else (),
                window=own,
            )
        )
        for one in made:
            self.know(one, (name,))
        if self.outputs is not None and made:
            self.outputs[name] = made[0].clone()
        if name == self._until and made:
            raise _ReachedError(Reached(tuple(read), made[0]))

    def _sources(self, read: Iterable[Tensor]) -> tuple[str, ...]:
        """The names behind `read`, each once, in order."""
        known = (self._known[id(one)][1] for one in read if id(one) in self._known)
        return tuple(dict.fromkeys(name for names in known for name in names))


def _in_place(label: str, kwargs: dict[str, Any]) -> bool:
    """Whether a function gives back what it was given: `x += y`, x.add_(y), F.relu(x, inplace=True)."""
    return bool(kwargs.get("inplace")) or label.startswith("__i") or (label.endswith("_") and not label.startswith("_"))


def _counts(kind: str, before: list[tuple[int, ...]], output: Any) -> bool:
    """Whether a function is a layer to students: x + 1 and a view of the same shape are not."""
    if kind in _MERGES:
        return len(before) > 1
    return kind != "Flatten" or (len(before[0]) > 2 and isinstance(output, Tensor) and output.dim() == 2)


def _by(shape_after: Callable[[Shape], Shape], in_place: bool) -> Callable[[Tensor], Tensor]:
    """A layer's forward pass that only works out the shape."""

    def forward(x: Tensor) -> Tensor:
        shape = shape_after(tuple(x.shape))
        return x if in_place else torch.empty(shape, device="meta")

    return forward


def tensors(value: Any) -> Iterator[Tensor]:
    """Every tensor in nested tuples, lists and dicts."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, (tuple, list)):
        for one in value:
            yield from tensors(one)
    elif isinstance(value, dict):
        yield from tensors(list(value.values()))
