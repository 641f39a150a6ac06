"""Shapes: what comes out of a layer or a function, by arithmetic: torch need not run, not even on its meta device.

That is for speed: the first operation on torch's meta device imports 500 modules, some 900, which takes seconds.
What is not known here is left to torch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from torch import Tensor, nn

from cnnviz.arithmetic.axis import on_axis
from cnnviz.arithmetic.pooling import PoolAxis

Shape = tuple[int, ...]
Window = tuple[PoolAxis, PoolAxis]  # along height and width

_SAME = (nn.ReLU, nn.Sigmoid, nn.Tanh, nn.LeakyReLU, nn.Dropout)
_CONVOLUTION = ("weight", "bias", "stride", "padding")
_ARGUMENTS = {  # of functions that slide, pad or resize, in their order, what they read left out
    "Conv2d": (*_CONVOLUTION, "dilation", "groups"),
    "ConvTranspose2d": (*_CONVOLUTION, "output_padding", "groups", "dilation"),
    "Pad": ("pad", "mode", "value"),
    "Upsample": ("size", "scale_factor", "mode", "align_corners", "recompute_scale_factor", "antialias"),
    "PixelShuffle": ("upscale_factor",),
    "PixelUnshuffle": ("downscale_factor",),
    "MaxPool2d": ("kernel_size", "stride", "padding", "dilation", "ceil_mode"),
    "AvgPool2d": ("kernel_size", "stride", "padding", "ceil_mode"),
    "AdaptiveAvgPool2d": ("output_size",),
    "AdaptiveMaxPool2d": ("output_size",),
}


def window(numbers: Mapping[str, Any]) -> Window:
    """The window that a convolution or a pooling with these numbers slides along height and width."""
    ceil_mode = bool(numbers.get("ceil_mode", False))
    axes = []
    for axis in (0, 1):
        kernel_size, dilation = on_axis(numbers["kernel_size"], axis), on_axis(numbers.get("dilation") or 1, axis)
        stride = on_axis(numbers.get("stride") or numbers["kernel_size"], axis)
        before, after = _padding(numbers.get("padding") or 0, dilation * (kernel_size - 1), axis)
        axes.append(PoolAxis(kernel_size, stride, before, after, dilation, ceil_mode))
    return axes[0], axes[1]


def window_of(module: nn.Module | None) -> Window | None:
    """The window of a layer that has one."""
    if isinstance(module, (nn.Conv2d, nn.MaxPool2d, nn.AvgPool2d)):
        names = ("kernel_size", "stride", "padding", "dilation", "ceil_mode")
        return window({name: getattr(module, name) for name in names if hasattr(module, name)})
    return None


def arguments(kind: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """A function's numbers by name; its first argument is what it reads."""
    names = _ARGUMENTS.get(kind, ())
    given = {**dict(zip(names, args[1:], strict=False)), **{name: kwargs[name] for name in names if name in kwargs}}
    if "weight" in given:  # (out, in / groups, kh, kw)
        given["kernel_size"] = tuple(given["weight"].shape[2:])
    return given


def rule(module: nn.Module) -> Callable[[Shape], Shape] | None:
    """Input shape -> output shape of `module`, batch axis included; None if torch has to be asked.

    The rule raises ValueError for what the layer cannot take.
    """
    kind = type(module)
    if kind in _SAME:
        return tuple
    if isinstance(module, nn.BatchNorm2d) and kind is nn.BatchNorm2d:
        return lambda shape: _checked(shape, 4, 1, module.num_features)
    if isinstance(module, nn.Linear) and kind is nn.Linear:
        return lambda shape: (*_checked(shape, None, -1, module.in_features)[:-1], module.out_features)
    if isinstance(module, nn.Conv2d) and kind is nn.Conv2d:
        return lambda shape: (
            shape[0],
            module.out_channels,
            *_slid(window_of(module), _checked(shape, 4, 1, module.in_channels)),
        )
    if kind in (nn.MaxPool2d, nn.AvgPool2d) and not getattr(module, "return_indices", False):
        return lambda shape: (*shape[:2], *_slid(window_of(module), _checked(shape, 4)))
    if isinstance(module, (nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d)) and not getattr(
        module, "return_indices", False
    ):
        return lambda shape: (*shape[:2], *_adapted(module.output_size, _checked(shape, 4)))
    return None


def function_shape(kind: str, args: Sequence[Any], numbers: Mapping[str, Any], dim: Any = 0) -> Shape | None:
    """Output shape of a function on tensors of these shapes; None if torch has to be asked (or has to refuse)."""
    shapes = [tuple(one.shape) for one in _operands(args)]
    if not shapes:
        return None
    if kind == "Concat":
        return _concatenated(shapes, dim)
    if kind in ("MaxPool2d", "AvgPool2d") and len(shapes[0]) == 4:
        return (*shapes[0][:2], *_slid(window(numbers), shapes[0]))
    if kind.startswith("Adaptive") and len(shapes[0]) == 4:
        return (*shapes[0][:2], *_adapted(numbers["output_size"], shapes[0]))
    if kind in ("Add", "Multiply", "ReLU", "Sigmoid", "Tanh", "LeakyReLU") and len(set(shapes)) == 1:
        return shapes[0]
    return None


def _operands(args: Sequence[Any]) -> list[Tensor]:
    flat = args[0] if args and isinstance(args[0], (tuple, list)) else args
    return [one for one in flat if isinstance(one, Tensor)]


def _concatenated(shapes: list[Shape], dim: Any) -> Shape | None:
    if not isinstance(dim, int) or len({len(shape) for shape in shapes}) != 1:
        return None
    axis = dim % len(shapes[0])
    if len({(*shape[:axis], *shape[axis + 1 :]) for shape in shapes}) != 1:
        return None
    return (*shapes[0][:axis], sum(shape[axis] for shape in shapes), *shapes[0][axis + 1 :])


def _checked(shape: Shape, dims: int | None, axis: int = 0, size: int | None = None) -> Shape:
    if (dims is not None and len(shape) != dims) or (size is not None and shape[axis] != size):
        raise ValueError(f"a layer for {size} values on axis {axis} got {shape}")
    return shape


def _slid(axes: Window | None, shape: Shape) -> Shape:
    assert axes is not None
    sizes = tuple(axis.output_size(side) for axis, side in zip(axes, shape[2:], strict=True))
    if min(sizes) < 1:
        raise ValueError(f"a window does not fit {shape}")
    return sizes


def _adapted(output_size: Any, shape: Shape) -> Shape:
    wanted = output_size if isinstance(output_size, (tuple, list)) else (output_size, output_size)
    return tuple(side if want is None else int(want) for want, side in zip(wanted, shape[2:], strict=True))


def _padding(padding: str | int | Sequence[int], slack: int, axis: int) -> tuple[int, int]:
    """Rows or columns of padding before the first and after the last."""
    if isinstance(padding, str):
        return (slack // 2, slack - slack // 2) if padding == "same" else (0, 0)
    return on_axis(padding, axis), on_axis(padding, axis)
