"""Building parts: activations, pooling, a stack of named layers, and changes to a network that torchvision made.

Knows no network.
"""

from __future__ import annotations

from collections import OrderedDict

from torch import nn

ACTIVATIONS: dict[str, type[nn.Module]] = {
    "relu": nn.ReLU,
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "leaky_relu": nn.LeakyReLU,
}


def activation(name: str) -> nn.Module:
    """A fresh activation, never in place: the layer before it keeps what it gave."""
    return ACTIVATIONS[name]()


def pool(kind: str, kernel_size: int, stride: int | None = None, ceil_mode: bool = False) -> nn.Module:
    """Pooling of that kind, "max" or "average"."""
    made = nn.MaxPool2d if kind == "max" else nn.AvgPool2d
    return made(kernel_size, stride, ceil_mode=ceil_mode)


class Stack:
    """A plain network layer by layer, each named by its kind and counted: conv1, relu1, pool1, ... fc1.

    Keeps count of channels and pixels, so that a fully connected layer knows its inputs. Batch norm comes between
    a convolution and its activation, dropout behind the activation of a fully connected layer.
    """

    def __init__(
        self,
        in_channels: int,
        side: int,
        activation: str = "relu",
        pooling: str = "max",
        dropout: float = 0.0,
        batch_norm: bool = False,
    ) -> None:
        self._activation, self._pooling, self._dropout, self._norm = activation, pooling, dropout, batch_norm
        self._channels, self._side = in_channels, side
        self._layers: OrderedDict[str, nn.Module] = OrderedDict()

    def conv(self, channels: int, kernel_size: int, padding: int = 0) -> Stack:
        """Convolution, batch norm if wished, activation."""
        self._add("conv", nn.Conv2d(self._channels, channels, kernel_size, padding=padding))
        self._channels, self._side = channels, self._side + 2 * padding - kernel_size + 1
        if self._norm:
            self._add("norm", nn.BatchNorm2d(channels))
        return self._activate()

    def pool(self, size: int) -> Stack:
        self._add("pool", pool(self._pooling, size))
        self._side //= size
        return self

    def flatten(self) -> Stack:
        self._layers["flatten"] = nn.Flatten()
        self._channels, self._side = self._channels * self._side**2, 1
        return self

    def linear(self, units: int) -> Stack:
        """Fully connected layer, activation, dropout if wished."""
        self._add("fc", nn.Linear(self._channels, units))
        self._channels = units
        return self._activate().drop()

    def drop(self) -> Stack:
        """Dropout, if wished."""
        if self._dropout:
            self._add("dropout", nn.Dropout(self._dropout))
        return self

    def ending_in(self, num_classes: int) -> nn.Sequential:
        """The network, with a last fully connected layer that gives the logits."""
        self._add("fc", nn.Linear(self._channels, num_classes))
        return nn.Sequential(self._layers)

    def _activate(self) -> Stack:
        self._add(self._activation, activation(self._activation))
        return self

    def _add(self, kind: str, layer: nn.Module) -> None:
        number = 1 + sum(name.rstrip("0123456789") == kind for name in self._layers)
        self._layers[f"{kind}{number}"] = layer


def adapt(model: nn.Module, in_channels: int, activation_name: str, pooling: str | None = None) -> nn.Module:
    """`model` of torchvision with these input channels, activations and pooling, nothing of it in place."""
    for parent in list(model.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, nn.ReLU):
                setattr(parent, name, activation(activation_name))
            elif isinstance(child, nn.MaxPool2d) and pooling == "average":
                size, stride, padding = child.kernel_size, child.stride, child.padding
                setattr(parent, name, nn.AvgPool2d(size, stride, padding, child.ceil_mode))
            elif isinstance(child, nn.Dropout):
                child.inplace = False
    return _with_channels(model, in_channels)


def _with_channels(model: nn.Module, in_channels: int) -> nn.Module:
    """The first convolution reads `in_channels` channels."""
    path, first = next((path, layer) for path, layer in model.named_modules() if isinstance(layer, nn.Conv2d))
    if first.in_channels != in_channels:
        parent, _, name = path.rpartition(".")
        fresh = nn.Conv2d(
            in_channels,
            first.out_channels,
            first.kernel_size,  # type: ignore[arg-type]  # torch declares tuples of any length, and reads pairs
            first.stride,  # type: ignore[arg-type]
            first.padding,  # type: ignore[arg-type]
            bias=first.bias is not None,
        )
        setattr(model.get_submodule(parent), name, fresh)
    return model


def headed(block: nn.Module, channels: int, num_classes: int | None) -> nn.Module:
    """A block alone; or, to be trained, followed by global average pooling and a fully connected layer."""
    if num_classes is None:
        return block
    return nn.Sequential(
        OrderedDict(
            block=block, pool=nn.AdaptiveAvgPool2d(1), flatten=nn.Flatten(), fc=nn.Linear(channels, num_classes)
        )
    )
