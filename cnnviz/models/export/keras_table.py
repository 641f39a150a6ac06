"""Keras table: a network as `model.summary()` of Keras 3 prints it, to lay beside a student's own.

Text in, text out: no torch.
Keras keeps channels last, takes an activation as an argument of the layer before it, and counts the running mean and
variance of batch norm as parameters that do not train.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cnnviz.models.summary import BYTES_PER_VALUE, LayerInfo, Summary

_KINDS = {
    "Conv2d": "Conv2D",
    "ConvTranspose2d": "Conv2DTranspose",
    "MaxPool2d": "MaxPooling2D",
    "AvgPool2d": "AveragePooling2D",
    "AdaptiveAvgPool2d": "AdaptiveAveragePooling2D",
    "AdaptiveMaxPool2d": "AdaptiveMaxPooling2D",
    "Linear": "Dense",
    "BatchNorm2d": "BatchNormalization",
    "BatchNorm1d": "BatchNormalization",
    "Dropout2d": "SpatialDropout2D",
    "Concat": "Concatenate",
    "ReLU": "Activation",
    "Sigmoid": "Activation",
    "Tanh": "Activation",
}
_ACTIVATIONS = ("ReLU", "Sigmoid", "Tanh", "LeakyReLU")
_TAKES_ACTIVATION = ("Conv2d", "ConvTranspose2d", "Linear")
_PICTURE = "input_layer"
_WIDTHS = (31, 22, 13, 22)  # of the columns at least: Keras' own in a terminal of 80
_HEAD = ("Layer (type)", "Output Shape", "Param #", "Connected to")


@dataclass(frozen=True)
class Params:
    """What Keras counts."""

    trainable: int
    still: int  # the running means and variances of batch norm

    @property
    def total(self) -> int:
        return self.trainable + self.still


def keras_params(summary: Summary) -> Params:
    """Weights, and the statistics that PyTorch keeps as buffers: as many as batch norm has weights."""
    still = sum(layer.params for layer in summary if layer.kind.startswith("BatchNorm"))
    return Params(summary.params, still)


def keras_table(summary: Summary, input_size: tuple[int, int, int], name: str) -> str:
    """The whole text, with "Connected to" where paths branch."""
    is_branched = any(len(layer.inputs) > 1 for layer in summary)
    rows = list(_rows(summary, input_size, is_branched))
    columns = 4 if is_branched else 3
    widths = [
        max(_WIDTHS[column], len(_HEAD[column]), *(len(line) for row in rows for line in row[column]))
        for column in range(columns)
    ]
    params = keras_params(summary)
    lines = [
        f'Model: "{name}"',
        _rule("┏━┳┓", widths),
        _line([[text] for text in _HEAD[:columns]], widths, "┃"),
        _rule("┡━╇┩", widths),
        f"\n{_rule('├─┼┤', widths)}\n".join(_line(row[:columns], widths, "│") for row in rows),
        _rule("└─┴┘", widths),
        f" Total params: {_counted(params.total)}",
        f" Trainable params: {_counted(params.trainable)}",
        f" Non-trainable params: {_counted(params.still)}",
    ]
    return "\n".join(lines)


def _rows(summary: Summary, input_size: tuple[int, int, int], is_branched: bool) -> Iterator[list[list[str]]]:
    """For each row its cells, each of one line or several."""
    if is_branched:  # a functional model shows what comes in, a sequential one does not
        yield [[f"{_PICTURE} (InputLayer)"], [_shape(input_size)], ["0"], ["-"]]
    kinds = {layer.name: layer.kind for layer in summary}
    stands_for: dict[str, str] = {"": _PICTURE}  # an activation that is an argument -> its layer
    for layer in summary:
        inputs = [stands_for[name] for name in layer.inputs] or [_PICTURE]
        if layer.kind in _ACTIVATIONS and kinds.get(inputs[0]) in _TAKES_ACTIVATION:
            stands_for[layer.name] = inputs[0]
            continue
        stands_for[layer.name] = layer.name
        connected = [f"{name}[0][0]" for name in inputs]
        yield [[f"{layer.name} ({_kind(layer)})"], [_output(layer)], [f"{_params(layer):,}"], connected]


def _kind(layer: LayerInfo) -> str:
    return "GlobalAveragePooling2D" if _is_global(layer) else _KINDS.get(layer.kind, layer.kind)


def _is_global(layer: LayerInfo) -> bool:
    return layer.kind == "AdaptiveAvgPool2d" and layer.output_shape[1:] == (1, 1)


def _output(layer: LayerInfo) -> str:
    return _shape(layer.output_shape[:1] if _is_global(layer) else layer.output_shape)


def _params(layer: LayerInfo) -> int:
    return layer.params * 2 if layer.kind.startswith("BatchNorm") else layer.params


def _shape(sizes: tuple[int, ...]) -> str:
    """Channels last, the batch in front: (6, 28, 28) -> "(None, 28, 28, 6)"."""
    return f"(None, {', '.join(map(str, (*sizes[1:], sizes[0])))})"


def _counted(params: int) -> str:
    """34826 -> "34,826 (136.04 KB)": kibibytes, as Keras has them."""
    size, units = float(params * BYTES_PER_VALUE), ["B", "KB", "MB", "GB"]
    while size >= 1024 and len(units) > 1:
        size /= 1024
        units.pop(0)
    return f"{params:,} ({size:.2f} {units[0]})"


def _rule(signs: str, widths: Sequence[int]) -> str:
    """`signs`: left end, line, crossing, right end."""
    return signs[0] + signs[2].join(signs[1] * (width + 2) for width in widths) + signs[3]


def _line(cells: Sequence[Sequence[str]], widths: Sequence[int], bar: str) -> str:
    """A row, as high as its highest cell; numbers to the right."""
    lines = []
    for index in range(max(len(cell) for cell in cells)):
        texts = [cell[index] if index < len(cell) else "" for cell in cells]
        padded = (
            text.rjust(width) if column == 2 else text.ljust(width)
            for column, (text, width) in enumerate(zip(texts, widths, strict=True))
        )
        lines.append(f"{bar} {f' {bar} '.join(padded)} {bar}")
    return "\n".join(lines)
