"""What a layer costs: weights to store, multiply-accumulates to do. Never imports torch."""

from __future__ import annotations

from dataclasses import dataclass

from cnnviz.arithmetic.validation import IntOrPair, on_axis, single, whole
from cnnviz.errors import ConfigurationError
from cnnviz.locale import N_

_GROUPS = N_("groups must divide in_channels={in_channels} and out_channels={out_channels}. Got {value!r} instead.")


@dataclass(frozen=True)
class Cost:
    """Of one layer, for one picture."""

    weights: int  # biases counted
    macs: int  # multiply-accumulates; a bias is added, not multiplied, and does not count


def conv_cost(
    in_channels: int,
    out_channels: int,
    kernel_size: IntOrPair,
    output_size: IntOrPair,
    *,
    groups: int = 1,
    bias: bool = True,
) -> Cost:
    """The cost of a 2-D convolution: macs = c_out * c_in / groups * k_h * k_w * h_out * w_out.

    >>> conv_cost(1, 6, 5, 28)
    Cost(weights=156, macs=117600)
    """
    c_in, c_out = single("in_channels", in_channels, 1), single("out_channels", out_channels, 1)
    kernel, output = whole("kernel_size", kernel_size, 1), whole("output_size", output_size, 1)
    if c_in % single("groups", groups, 1) or c_out % groups:
        raise ConfigurationError(_GROUPS, in_channels=c_in, out_channels=c_out, value=groups)
    taps = c_out * (c_in // groups) * on_axis(kernel, 0) * on_axis(kernel, 1)
    return Cost(weights=taps + (c_out if bias else 0), macs=taps * on_axis(output, 0) * on_axis(output, 1))


def linear_cost(in_features: int, out_features: int, *, bias: bool = True) -> Cost:
    """The cost of a fully connected layer.

    >>> linear_cost(10**6, 1000, bias=False).weights == 10**9
    True
    """
    n_in, n_out = single("in_features", in_features, 1), single("out_features", out_features, 1)
    return Cost(weights=n_in * n_out + (n_out if bias else 0), macs=n_in * n_out)
