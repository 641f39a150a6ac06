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
from cnnviz.models.operations import Trace, is_leaf
from cnnviz.models.positions import is_free
from cnnviz.models.shapes import Shape, rule
from cnnviz.models.tracer import Tracer


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
    tracer.know_picture(x)
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
