"""Cost of a layer: weights and values to store, multiply-accumulates to do. Never imports torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cnnviz.arithmetic.axis import on_axis
from cnnviz.arithmetic.conv import ConvSpec
from cnnviz.arithmetic.pooling import PoolSpec
from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.params import IntOrPair, at_least, pair_at_least

FLOAT_BYTES = 4  # of a float32

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
    c_in, c_out = at_least("in_channels", in_channels, 1), at_least("out_channels", out_channels, 1)
    kernel, output = pair_at_least("kernel_size", kernel_size, 1), pair_at_least("output_size", output_size, 1)
    if c_in % at_least("groups", groups, 1) or c_out % groups:
        raise ConfigurationError(_GROUPS, in_channels=c_in, out_channels=c_out, value=groups)
    taps = c_out * (c_in // groups) * on_axis(kernel, 0) * on_axis(kernel, 1)
    return Cost(weights=taps + (c_out if bias else 0), macs=taps * on_axis(output, 0) * on_axis(output, 1))


def linear_cost(in_features: int, out_features: int, *, bias: bool = True) -> Cost:
    """The cost of a fully connected layer.

    >>> linear_cost(10**6, 1000, bias=False).weights == 10**9
    True
    """
    n_in, n_out = at_least("in_features", in_features, 1), at_least("out_features", out_features, 1)
    return Cost(weights=n_in * n_out + (n_out if bias else 0), macs=n_in * n_out)


@dataclass(frozen=True)
class LayerCost:
    """What one layer costs for one picture: weights, values, and the operations of its forward pass.

    A multiply-accumulate is one multiplication and one addition; with a bias there are exactly as many additions as
    multiplications, since the first product is added to the bias.
    """

    weights: int  # biases counted
    inputs: int  # values read
    outputs: int  # values written
    macs: int = 0
    comparisons: int = 0
    additions: int = 0  # besides those of multiply-accumulates
    exponentials: int = 0
    divisions: int = 0

    @property
    def weight_bytes(self) -> int:
        """Memory of the weights, as float32."""
        return FLOAT_BYTES * self.weights

    @property
    def activation_bytes(self) -> int:
        """Memory of input and output, as float32; in training both stay until the backward pass."""
        return FLOAT_BYTES * (self.inputs + self.outputs)

    @property
    def backward_macs(self) -> int:
        """The gradient of the input and the gradient of the weights: each as many as the forward pass."""
        return 2 * self.macs


def layer_cost(spec: ConvSpec, input_size: IntOrPair, in_channels: int, out_channels: int) -> LayerCost:
    """A convolution with bias, over (height, width) as torch has it; a signal is a picture of height 1.

    A transposed convolution multiplies every input value, not every output value, with each weight of a filter.
    Raises ConfigurationError where the kernel does not fit.
    """
    output_size = spec.output_size(input_size)
    reached = input_size if spec.transposed else output_size
    cost = conv_cost(in_channels, out_channels, spec.kernel_size, reached)
    return LayerCost(cost.weights, in_channels * area(input_size), out_channels * area(output_size), cost.macs)


def fully_connected_cost(inputs: int, outputs: int) -> LayerCost:
    """A layer with bias in which every output value reads every input value."""
    cost = linear_cost(inputs, outputs)
    return LayerCost(cost.weights, inputs, outputs, cost.macs)


def pool_cost(spec: PoolSpec, input_size: IntOrPair, channels: int) -> LayerCost:
    """Pooling with full windows: no weights, as many channels out as in. Raises ConfigurationError as `spec` does.

    A maximum of m values takes m - 1 comparisons, a mean m - 1 additions and a division. Softmax-weighted pooling,
    sum of x exp(x) over sum of exp(x), takes m exponentials and multiply-accumulates, m - 1 additions, a division.
    """
    outputs = channels * area(spec.output_size(input_size))
    taps = area(spec.kernel_size)
    operations = {name: count * outputs for name, count in _OPERATIONS[spec.kind](taps).items()}
    return LayerCost(0, channels * area(input_size), outputs, **operations)


def area(size: IntOrPair) -> int:
    """Height times width; one number is both."""
    return on_axis(size, 0) * on_axis(size, 1)


_OPERATIONS: dict[str, Callable[[int], dict[str, int]]] = {
    "max": lambda taps: {"comparisons": taps - 1},
    "min": lambda taps: {"comparisons": taps - 1},
    "average": lambda taps: {"additions": taps - 1, "divisions": 1},
    "softmax": lambda taps: {"exponentials": taps, "macs": taps, "additions": taps - 1, "divisions": 1},
}
