"""Multiply-accumulates of what only torch can tell: layers and functions that `shapes.py` does not know, run on its
meta device under torch's own table of operations. What that table leaves out is named, never taken for nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

# Operations that by custom count as no multiplication: sums, means, maxima, sorting, normalisation, pooling, resizing,
# and whatever only makes, moves or compares values. What is pointwise or a view torch itself says.
_FREE = frozenset((
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
# Of these, those after which every value stands where it stood.
_IN_PLACE = frozenset((
    "native_batch_norm", "_native_batch_norm_legit", "_native_batch_norm_legit_no_training", "native_layer_norm",
    "native_group_norm", "native_dropout", "dropout", "clone", "copy", "copy_", "_to_copy", "detach", "alias",
    "lift_fresh", "masked_fill", "zeros_like", "ones_like", "empty_like", "full_like", "rand_like", "randn_like",
    "bernoulli", "zeros", "ones", "empty", "full", "scalar_tensor", "rand", "randn", "arange",
))  # fmt: skip
_MOVES = frozenset((
    "_unsafe_view", "clone", "copy", "_to_copy", "roll", "flip", "rot90", "repeat", "index", "index_select",
    "gather", "pixel_shuffle", "pixel_unshuffle", "channel_shuffle", "native_channel_shuffle", "alias", "detach",
    "arange",
))  # fmt: skip


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
        if not (is_torchs and (is_pointwise or name in _IN_PLACE)):
            self.stays = False
        if not (is_torchs and (func.is_view or name in _MOVES)):
            self.only_moves = False
        if packet in counted:
            self.macs += macs()
        elif not (is_torchs and (is_pointwise or func.is_view or name.rstrip("_") in _FREE or name in _FREE)):
            self.uncounted.append(name if is_torchs else packet._qualified_op_name)
