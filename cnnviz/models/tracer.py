"""Tracer: notes the operations of a network as it runs, on shapes or on numbers.

Hooks see the layers, a `TorchFunctionMode`, which belongs to this thread alone, sees the functions between them.
Whoever uses it runs the network (`summary.py`). What only torch can tell is told by `operations.Work`, where values
come from by `positions.py`; what neither knows is named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils.hooks import RemovableHandle

from cnnviz.models.operations import (
    FREE,
    KINDS,
    MERGES,
    MOVING,
    PICTURE,
    POINTWISE,
    Operation,
    Trace,
    Work,
    counts,
    is_in_place,
    is_leaf,
    tensors,
)
from cnnviz.models.positions import Seen, after, gone, merged, numbers_of, readings, tried
from cnnviz.models.receptive_field import whole
from cnnviz.models.shapes import Shape, Window, arguments, function_shape, window, window_of


@dataclass(frozen=True, eq=False)
class Known:
    """A tensor the tracer has met. Held, so that no id comes back."""

    tensor: Tensor
    sources: tuple[str, ...]  # the operations whose output it is; () for what is made of weights alone
    weights: tuple[Tensor, ...]  # that it is made of, and that no operation has
    seen: Seen


class Tracer(TorchFunctionMode):
    """Notes operations while it is entered; `reached` and `now` are the last shape and name, for an error.

    `sides` of the picture where shapes are enough; `on_operation` is called with each operation's name, what it read
    and what it gave, where there are numbers.
    """

    def __init__(
        self,
        sides: tuple[int, int] | None = None,
        on_operation: Callable[[str, tuple[Tensor, ...], Tensor], None] | None = None,
    ) -> None:
        super().__init__()
        self._sides = sides
        self._on_operation = on_operation
        self.operations: list[Operation] = []
        self.now = ""
        self.reached: tuple[int, ...] = ()
        self._path: list[str] = []  # modules that are running, outermost first
        self._inside = False  # whether a leaf is running: what it calls is its own affair
        self._known: dict[int, Known] = {}
        self._overwritten: dict[int, Tensor] = {}  # id of what an operation in place reads -> a copy from before it
        self._names: dict[str, int] = {}
        self._work: Work | None = None  # of the leaf or function that ran last, where torch was asked
        self._uncounted: dict[str, None] = {}
        self._unplaced: dict[str, None] = {}

    def watch(self, model: nn.Module) -> list[RemovableHandle]:
        """Hook every module, know every weight."""
        for weight in model.parameters():
            self.know(Known(weight, (), (weight,), Seen()))
        handles = []
        for path, module in model.named_modules():
            leaf = is_leaf(module)
            handles.append(module.register_forward_pre_hook(self._entering(path, leaf), with_kwargs=True))
            handles.append(module.register_forward_hook(self._leaving(path, leaf), with_kwargs=True))
        return handles

    def know_picture(self, x: Tensor) -> None:
        """What the first layer reads."""
        self.know(Known(x, (PICTURE,), (), Seen()))

    def know(self, known: Known) -> None:
        self._known[id(known.tensor)] = known

    def counting(self, module: nn.Module) -> Callable[..., Any]:
        """The forward pass of a leaf, with what torch can tell of it."""
        forward = module.forward

        def counted(*args: Any, **kwargs: Any) -> Any:
            return self._asked(forward, *args, **kwargs)

        return counted

    def traced(self, model: nn.Module) -> Trace:
        """All that was noted of `model`, which has run."""
        read = {id(weight) for operation in self.operations for weight in operation.weights}
        unread = {name: weight.numel() for name, weight in model.named_parameters() if id(weight) not in read}
        return Trace(tuple(self.operations), unread, tuple(self._uncounted), tuple(self._unplaced))

    def _entering(self, path: str, leaf: bool) -> Callable[[nn.Module, Any, Any], None]:
        def hook(module: nn.Module, args: Any, kwargs: Any) -> None:
            self._path.append(path)
            if leaf:
                self._inside, self._work = True, None
                self.now = path or type(module).__name__
                self.reached = next((tuple(one.shape) for one in tensors((args, kwargs))), ())
                self._copy_if(getattr(module, "inplace", False), (args, kwargs))

        return hook

    def _leaving(self, path: str, leaf: bool) -> Callable[[nn.Module, Any, Any, Any], Any]:
        def hook(module: nn.Module, args: Any, kwargs: Any, output: Any) -> Any:
            self._path.pop()
            if not leaf:
                return None
            given = list(tensors((args, kwargs)))
            replaced = None
            if any(output is one for one in given) and not getattr(module, "inplace", False):
                output = replaced = output.view_as(output)  # nn.Identity: one tensor would be known by two names
            read = self._met(given)
            if read and not any(each.sources for each in read):
                self._passed_on(read, output, tuple(module.parameters()))
            else:
                kind, numbers = type(module).__name__, numbers_of(module)
                move = lambda x: type(module).forward(module, *_exchanged(args, read, x), **kwargs)  # noqa: E731
                self._note(path or kind, kind, read, output, module, window_of(module), numbers, given[:1], move)
            self._inside = False
            return replaced

        return hook

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        read = [] if self._inside else self._met(tensors((args, kwargs)))
        if not read:
            return func(*args, **kwargs)
        label = getattr(func, "__name__", "").strip("_")
        kind = KINDS.get(label)
        if kind is None or not any(each.sources for each in read):
            return self._between(func, label, args, kwargs, read)
        name = kind.lower() if kind in MERGES else label
        name = f"{self._path[-1]}.{name}" if self._path and self._path[-1] else name
        before = [tuple(each.tensor.shape) for each in read]
        self.now, self.reached = name, next(tuple(each.tensor.shape) for each in read if each.sources)
        numbers = arguments(kind, args, kwargs)
        if kind in MERGES:
            numbers["dim"] = kwargs.get("dim", args[1] if len(args) > 1 else 0)
        self._copy_if(is_in_place(getattr(func, "__name__", ""), kwargs), (args, kwargs))
        output = self._output(func, kind, args, kwargs, numbers)
        if not counts(kind, before, output):
            return self._between(func, label, args, kwargs, read, output)
        own = window(numbers) if kind in ("MaxPool2d", "AvgPool2d", "Conv2d") else None
        self._note(name, kind, read, output, None, own, (kind, numbers))
        return output

    def _copy_if(self, is_overwritten: bool, given: Any) -> None:
        """What is asked for and will be overwritten is copied before; of shapes nobody asks for numbers."""
        is_wanted = is_overwritten and self._on_operation is not None
        self._overwritten = {id(one): one.clone() for one in tensors(given)} if is_wanted else {}

    def _output(
        self, func: Callable[..., Any], kind: str, args: tuple[Any, ...], kwargs: dict[str, Any], numbers: Any
    ) -> Any:
        """Of a function that is a layer: by arithmetic where that is enough."""
        self._work = None
        shape = function_shape(kind, args, numbers, numbers.get("dim")) if self._sides else None
        if shape is None:
            return func(*args, **kwargs) if kind in FREE else self._asked(func, *args, **kwargs)
        if is_in_place(getattr(func, "__name__", ""), kwargs):
            return args[0]
        return torch.empty(shape, device="meta")

    def _between(
        self,
        func: Callable[..., Any],
        label: str,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        read: list[Known],
        output: Any = None,
    ) -> Any:
        """What is no layer to students hands on where its input came from; with weights it is one."""
        self._work = None
        if output is None:
            is_plain = label in POINTWISE or label in MOVING
            output = func(*args, **kwargs) if is_plain else self._asked(func, *args, **kwargs)
        made = args[0] if label == "setitem" else output
        name = ".".join(each for each in (*self._path[-1:], label) if each)
        if any(each.sources for each in read) and any(each.weights for each in read):
            self._note(name, label, read, made, None, None, ("Dropout" if label in POINTWISE else "", {}))
            return output
        seen: list[Seen | None] = []
        if self._sides is not None and any(each.sources for each in read):
            self._missed(name, "" if self._work is None or not self._work.macs else label)
            seen = self._passing(label, lambda x: func(*_exchanged(args, read, x), **kwargs), read, made)
            self._lost(name, read, made, seen)
        self._passed_on(read, made, seen=seen)
        return output

    def _passing(self, label: str, call: Callable[[Tensor], Any], read: list[Known], output: Any) -> list[Seen | None]:
        """What the tensors that come out see, each; None where that is not known."""
        given = [(tuple(each.tensor.shape), each.seen) for each in read if each.sources]
        if label in POINTWISE or KINDS.get(label) in MERGES or (self._work is not None and self._work.stays):
            return [merged(given, self._sides or (0, 0))] * sum(1 for _ in tensors(output))
        if len(given) == 1 and (label in MOVING or (self._work is not None and self._work.only_moves)):
            return tried(call, *given[0])
        return []

    def _lost(self, name: str, read: list[Known], output: Any, seen: list[Seen | None]) -> None:
        """Say so where places were known and many values come out that have none."""
        had = any(each.sources and each.seen.axes is not None for each in read)
        for index, one in enumerate(tensors(output)):
            is_known = index < len(seen) and seen[index] is not None
            if had and not is_known and one.dim() > 2 and one.shape[2:].numel() > 1:
                self._unplaced[name] = None

    def _passed_on(
        self, read: list[Known], output: Any, own: tuple[Tensor, ...] = (), seen: Sequence[Seen | None] = ()
    ) -> None:
        sources = _sources(read)
        weights = _weights(read, own)
        for index, one in enumerate(tensors(output)):
            found = seen[index] if index < len(seen) else None
            self.know(Known(one, sources, weights, found or self._all_at_once(read)))

    def _all_at_once(self, read: list[Known]) -> Seen:
        """What values see that have no place any more, or none that is known."""
        sides = self._sides
        if sides is None:
            return Seen()
        lost = [gone(tuple(each.tensor.shape), each.seen, sides) for each in read if each.sources]
        return merged([((), seen) for seen in lost], sides) if lost else Seen()

    def _asked(self, call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """What `call` gives; of shapes alone, torch is asked what it multiplies."""
        if self._sides is None:
            return call(*args, **kwargs)
        self._work = Work()
        with self._work:
            return call(*args, **kwargs)

    def _missed(self, name: str, multiplied: str = "") -> None:
        """Name what nobody counts: operations torch has no figure for, multiplications that belong to no layer."""
        for one in (self._work.uncounted if self._work else []) + [multiplied] * bool(multiplied):
            self._uncounted[f"{name}: {one}" if one not in name.split(".") else name] = None

    def _note(
        self,
        name: str,
        kind: str,
        read: list[Known],
        output: Any,
        module: nn.Module | None,
        own: Window | None,
        numbers: tuple[str, dict[str, Any]],
        first: Sequence[Tensor] = (),
        move: Callable[[Tensor], Any] | None = None,
    ) -> None:
        name = self._told_apart(name)
        made = list(tensors(output))
        inputs = [each.tensor for each in read if each.sources] or list(first)
        shapes = tuple(tuple(one.shape) for one in inputs)
        seen = Seen()
        if self._sides:
            self._missed(name)
            seen = self._reading(name, read, shapes, made, *numbers, move)
        self.operations.append(
            Operation(
                name=name,
                kind=kind,
                module=module,
                inputs=_sources(read),
                input_shapes=shapes,
                output_shape=tuple(made[0].shape) if made else (),
                window=own,
                weights=_weights(read, tuple(module.parameters()) if module is not None else ()),
                macs=self._work.macs if self._work else None,
                views=seen.views,
            )
        )
        for one in made:
            self.know(Known(one, (name,), (), seen))
        if self._on_operation is not None and made:
            self._on_operation(name, tuple(self._overwritten.get(id(one), one) for one in inputs), made[0])
            self._overwritten = {}

    def _told_apart(self, name: str) -> str:
        """A layer that is used twice has a number the second time."""
        count = self._names.get(name, 0)
        self._names[name] = count + 1
        return f"{name}_{count}" if count else name

    def _reading(
        self,
        name: str,
        read: list[Known],
        shapes: tuple[Shape, ...],
        made: list[Tensor],
        kind: str,
        numbers: Any,
        move: Callable[[Tensor], Any] | None,
    ) -> Seen:
        """What the values that a layer gave see; all of the picture where that is not known, which is then said."""
        assert self._sides is not None
        given = [(tuple(each.tensor.shape), each.seen) for each in read if each.sources]
        if not given or not made:
            return Seen((whole(self._sides[0]), whole(self._sides[1])), None)
        joined = merged(given, self._sides, numbers.get("dim") if kind == "Concat" else None)
        if joined.axes is None:
            return self._all_at_once(read)
        if kind == "Flatten" and made[0].dim() == 2:
            return self._all_at_once(read)
        known = readings(kind, numbers, shapes[0], tuple(made[0].shape), joined.axes)
        if known is None and self._work is not None and self._work.stays:
            return joined
        if known is not None:
            return after(known, joined)
        if move is not None and self._work is not None and self._work.only_moves and len(read) == 1:
            found = next(iter(tried(move, shapes[0], joined)), None)
            if found is not None:
                return found
        self._lost(name, read, made, [])
        return self._all_at_once(read)

    def _met(self, given: Iterable[Tensor]) -> list[Known]:
        return [self._known[id(one)] for one in given if id(one) in self._known]


def _sources(read: Iterable[Known]) -> tuple[str, ...]:
    """The names behind `read`, each once, in order."""
    return tuple(dict.fromkeys(name for each in read for name in each.sources))


def _weights(read: Iterable[Known], own: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """A layer's own weights and those it read, each once."""
    found = (*own, *(weight for each in read for weight in each.weights))
    return tuple({id(weight): weight for weight in found}.values())


def _exchanged(args: tuple[Any, ...], read: list[Known], x: Tensor) -> tuple[Any, ...]:
    """`args` with x for the one tensor that was read."""
    ids = {id(each.tensor) for each in read}
    return tuple(x if isinstance(one, Tensor) and id(one) in ids else one for one in args)
