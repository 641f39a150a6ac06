"""Operations: the layers and functions a network runs, as they are noted, and the table of what torch's functions are.

What nobody's arithmetic knows is run on torch's meta device under torch's own table of operations (`Work`); what that
table leaves out is named, never taken for nothing. Knows nothing of hooks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from cnnviz.models.receptive_field import Views
from cnnviz.models.shapes import Shape, Window

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
    "pad": "Pad",
    "interpolate": "Upsample",
    "pixel_shuffle": "PixelShuffle",
    "pixel_unshuffle": "PixelUnshuffle",
    "linear": "Linear",
    "bilinear": "Bilinear",
    "conv1d": "Conv1d",
    "conv2d": "Conv2d",
    "conv3d": "Conv3d",
    "conv_transpose1d": "ConvTranspose1d",
    "conv_transpose2d": "ConvTranspose2d",
    "conv_transpose3d": "ConvTranspose3d",
    "matmul": "MatMul",
    "rmatmul": "MatMul",
    "mm": "MatMul",
    "bmm": "MatMul",
    "addmm": "MatMul",
    "baddbmm": "MatMul",
    "addbmm": "MatMul",
    "mv": "MatMul",
    "tensordot": "MatMul",
    "einsum": "Einsum",
    "scaled_dot_product_attention": "Attention",
    "multi_head_attention_forward": "MultiheadAttention",
    "rnn_tanh": "RNN",
    "rnn_relu": "RNN",
    "gru": "GRU",
    "lstm": "LSTM",
}
MERGES = {"Add", "Multiply", "Concat"}
FREE = {"Flatten", *MERGES, "ReLU", "Sigmoid", "Tanh", "LeakyReLU", "Dropout"}  # multiply nothing
# Functions between layers that compute with every value where it stands, and those that only move values.
POINTWISE = frozenset((
    "add", "radd", "iadd", "sub", "rsub", "isub", "mul", "rmul", "imul", "div", "truediv", "rtruediv", "neg",
    "contiguous", "clone", "to",
))  # fmt: skip
MOVING = frozenset((
    "view", "reshape", "permute", "transpose", "swapaxes", "movedim", "flatten", "unflatten", "squeeze",
    "unsqueeze", "getitem", "select", "narrow", "chunk", "split", "unbind", "expand", "repeat", "repeat_interleave",
    "tile", "roll", "flip",
))  # fmt: skip
# Operations that by custom count as no multiplication: sums, means, maxima, sorting, normalisation, pooling, resizing,
# and whatever only makes, moves or compares values. What is pointwise or a view torch itself says.
_NO_MACS = frozenset((
    "sum", "mean", "amax", "amin", "max", "min", "aminmax", "argmax", "argmin", "prod", "var", "var_mean", "std",
    "std_mean", "norm", "linalg_vector_norm", "cumsum", "cumprod", "logsumexp", "any", "all", "sort", "topk",
    "unique2", "nonzero", "count_nonzero", "histc", "bincount", "searchsorted", "bucketize", "_softmax",
    "_log_softmax", "_safe_softmax", "native_batch_norm", "_native_batch_norm_legit",
    "_native_batch_norm_legit_no_training", "native_layer_norm", "native_group_norm", "_fused_rms_norm",
    "native_dropout", "dropout", "max_pool2d_with_indices", "max_pool3d_with_indices", "avg_pool1d", "avg_pool2d",
    "avg_pool3d", "adaptive_max_pool2d", "_adaptive_avg_pool2d", "adaptive_avg_pool1d", "adaptive_max_pool3d",
    "_adaptive_avg_pool3d", "fractional_max_pool2d", "max_unpool2d", "max_unpool3d", "upsample_nearest1d",
    "upsample_nearest2d", "upsample_nearest3d", "_upsample_nearest_exact2d", "upsample_bilinear2d",
    "_upsample_bilinear2d_aa", "upsample_bicubic2d", "_upsample_bicubic2d_aa", "upsample_linear1d",
    "upsample_trilinear3d", "grid_sampler_2d", "grid_sampler_3d", "constant_pad_nd", "reflection_pad1d",
    "reflection_pad2d", "reflection_pad3d", "replication_pad1d", "replication_pad2d", "replication_pad3d", "im2col",
    "col2im", "roll", "flip", "rot90", "repeat", "cat", "stack", "index", "_unsafe_index", "index_put",
    "index_select", "gather",
    "scatter", "scatter_add", "masked_fill", "masked_scatter", "embedding", "_embedding_bag",
    "_embedding_bag_forward_only", "tril", "triu", "diag_embed", "pixel_shuffle", "pixel_unshuffle",
    "channel_shuffle", "native_channel_shuffle", "empty", "empty_like", "empty_strided", "new_empty", "zeros",
    "zeros_like", "new_zeros", "ones", "ones_like", "new_ones", "full", "full_like", "new_full", "arange",
    "linspace", "eye", "scalar_tensor", "rand", "randn", "rand_like", "randn_like", "randint", "randperm",
    "bernoulli", "_unsafe_view", "clone", "copy", "copy_", "_to_copy", "fill", "zero_", "fill_", "lift_fresh",
    "detach", "alias", "resize_", "set_", "_local_scalar_dense", "_linalg_check_errors", "is_same_size", "nan_to_num",
))  # fmt: skip
# Of these, those after which every value is where it was.
_STAYING = frozenset((
    "native_batch_norm", "_native_batch_norm_legit", "_native_batch_norm_legit_no_training", "native_layer_norm",
    "native_group_norm", "native_dropout", "dropout", "clone", "copy", "copy_", "_to_copy", "detach", "alias",
    "lift_fresh", "masked_fill", "zeros_like", "ones_like", "empty_like", "full_like", "rand_like", "randn_like",
    "bernoulli", "zeros", "ones", "empty", "full", "scalar_tensor", "rand", "randn", "arange",
))  # fmt: skip
_MOVED = frozenset((
    "_unsafe_view", "clone", "copy", "_to_copy", "roll", "flip", "rot90", "repeat", "index", "index_select",
    "gather", "pixel_shuffle", "pixel_unshuffle", "channel_shuffle", "native_channel_shuffle", "alias", "detach",
    "arange",
))  # fmt: skip


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
    weights: tuple[Tensor, ...]  # its module's own and those it read, on the meta device
    macs: int | None  # multiply-accumulates, where only torch could tell
    views: tuple[Views, Views]  # what its values see of the picture, along height and width


@dataclass(frozen=True)
class Trace(Sequence[Operation]):
    """The operations in the order they ran, and what could not be told of some."""

    operations: tuple[Operation, ...]
    unread: dict[str, int]  # weights that no operation read: name -> how many numbers
    uncounted: tuple[str, ...]  # "layer: torch's operation" whose multiplications nobody counts
    unplaced: tuple[str, ...]  # operations after which it is not known which pixels a value sees: all are taken

    def __getitem__(self, index: Any) -> Any:
        return self.operations[index]

    def __len__(self) -> int:
        return len(self.operations)


class Work(TorchDispatchMode):
    """While it is entered: what torch multiplies, what it cannot count, and whether values stay where they are."""

    def __init__(self) -> None:
        super().__init__()
        self.macs = 0
        self.uncounted: list[str] = []  # torch's names of operations, each once: "fft.fft"
        self.stays = True  # every operation gives values where it read them
        self.only_moves = True  # no operation computes anything

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        from torch.utils.flop_counter import flop_registry  # heavy

        kwargs, packet = kwargs or {}, func._overloadpacket
        if packet not in flop_registry:
            with self:
                parts = func.decompose(*args, **kwargs)
            if parts is not NotImplemented:
                return parts
        output = func(*args, **kwargs)
        self._note(func, packet, lambda: flop_registry[packet](*args, **kwargs, out_val=output) // 2, flop_registry)
        return output

    def _note(self, func: Any, packet: Any, macs: Callable[[], int], counted: Any) -> None:
        space, name = packet._qualified_op_name.split("::")
        is_torchs = space in ("aten", "prim", "prims")
        is_pointwise = torch.Tag.pointwise in func.tags
        if not (is_torchs and (is_pointwise or name in _STAYING)):
            self.stays = False
        if not (is_torchs and (func.is_view or name in _MOVED)):
            self.only_moves = False
        if packet in counted:
            self.macs += macs()
        elif not (is_torchs and (is_pointwise or func.is_view or name.rstrip("_") in _NO_MACS or name in _NO_MACS)):
            self.uncounted.append(name if is_torchs else packet._qualified_op_name)


def is_leaf(module: nn.Module) -> bool:
    """Whether it runs nothing that is a layer itself."""
    return not any(True for _ in module.children())


def is_in_place(label: str, kwargs: dict[str, Any]) -> bool:
    """Whether a function gives back what it was given: `x += y`, x.add_(y), F.relu(x, inplace=True)."""
    return bool(kwargs.get("inplace")) or label.startswith("__i") or (label.endswith("_") and not label.startswith("_"))


def counts(kind: str, before: list[tuple[int, ...]], output: Any) -> bool:
    """Whether a function is a layer to students: x + 1 and a view of the same shape are not."""
    if kind in MERGES:
        return len(before) > 1
    return kind != "Flatten" or (len(before[0]) > 2 and isinstance(output, Tensor) and output.dim() == 2)


def tensors(value: Any) -> Iterator[Tensor]:
    """Every tensor in nested tuples, lists and dicts."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, (tuple, list)):
        for one in value:
            yield from tensors(one)
    elif isinstance(value, dict):
        yield from tensors(list(value.values()))
