"""Tracing: which operation reads what, in the order they run, for any network, without computing a number.

A copy of the network runs once on torch's meta device, where tensors are shapes; the layers everybody uses are worked
out by `shapes.py` instead of torch, and a `Tracer` notes what runs. Nothing here is shared, so other threads can run
the same network meanwhile; torch.fx would break their forward passes.
"""

from __future__ import annotations

import copy
from collections import OrderedDict
from collections.abc import Callable

import torch
from torch import Tensor, nn

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.models.operations import PICTURE, Reached, Trace, is_leaf
from cnnviz.models.positions import Seen, is_free
from cnnviz.models.shapes import Shape, rule
from cnnviz.models.tracer import Known, Reached, ReachedError, Tracer


def trace(model: nn.Module, input_size: tuple[int, int, int]) -> Trace:
    """What runs when one picture of `input_size` passes through `model` in eval mode. `model` is left alone.

    Raises ConfigurationError if an operation cannot take what reaches it.
    """
    tracer = Tracer(sides=(input_size[1], input_size[2]))
    meta = on_meta(model)
    for module in meta.modules():
        shape_after = rule(module)
        if shape_after is not None:
            module.forward = _by(shape_after, getattr(module, "inplace", False))
        elif is_leaf(module) and not is_free(module):
            module.forward = tracer.counting(module)
    tracer.watch(meta)
    x = torch.empty((1, *input_size), device="meta")
    tracer.know(Known(x, (PICTURE,), (), Seen()))
    try:
        with torch.inference_mode(), tracer:
            meta(x)
    except NotImplementedError as error:
        raise ConfigurationError(
            N_("Of the layer {layer} PyTorch cannot tell the shapes without computing: {reason}."),
            layer=tracer.now,
            reason=str(error).strip().split("\n")[0].rstrip("."),
        ) from error
    except (RuntimeError, ValueError, IndexError) as error:
        raise ConfigurationError(
            N_("The layer {layer} cannot take what reaches it, {shape}. Try pictures of another size."),
            layer=tracer.now,
            shape="x".join(map(str, tracer.reached[1:])),
        ) from error
    return tracer.traced(meta)


def answers(model: nn.Module, x: Tensor) -> dict[str, Tensor]:
    """The output of every operation to x (1, c, h, w), by the names of `trace`, copied before anything can change it.

    While it runs there are hooks on `model` itself: the caller lets nobody else run it meanwhile.
    """
    tracer = Tracer(outputs={})
    handles = tracer.watch(model)
    try:
        tracer.know(Known(x, (PICTURE,), (), Seen()))
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
    tracer = Tracer(until=layer)
    handles = tracer.watch(model)
    try:
        tracer.know(Known(x, (PICTURE,), (), Seen()))
        with tracer:
            model(x)
    except ReachedError as found:
        return found.reached
    finally:
        for handle in handles:
            handle.remove()
    raise ConfigurationError(N_("The network has no layer {layer}."), layer=layer)


def on_meta(model: nn.Module) -> nn.Module:
    """A copy in eval mode that shares no storage: shapes only, so even a large network costs nothing."""
    shapes: dict[int, object] = {
        id(p): nn.Parameter(p.detach().to("meta"), p.requires_grad) for p in model.parameters()
    }
    shapes.update({id(b): b.to("meta") for b in model.buffers()})
    for module in model.modules():  # hooks stay behind; another thread may be adding one right now
        shapes.update((id(hooks), OrderedDict()) for hooks in (module._forward_hooks, module._forward_pre_hooks))
    return copy.deepcopy(model, shapes).eval()


def _by(shape_after: Callable[[Shape], Shape], in_place: bool) -> Callable[[Tensor], Tensor]:
    """A layer's forward pass that only works out the shape."""

    def forward(x: Tensor) -> Tensor:
        shape = shape_after(tuple(x.shape))
        return x if in_place else torch.empty(shape, device="meta")

    return forward
