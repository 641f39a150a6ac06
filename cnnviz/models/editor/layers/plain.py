"""Plain layers as kinds of row: activation, batch norm, dropout, flatten, fully connected. Never imports torch."""

from __future__ import annotations

from math import prod
from typing import Any, ClassVar

from cnnviz.arithmetic.cost import linear_cost
from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.models.editor.layers.kind import (
    Call,
    Effect,
    LayerKind,
    Option,
    Shape,
    Sizes,
    Values,
    keras_layer,
    shape_text,
    unlike,
)

MAX_FEATURES = 16_384  # of one fully connected layer
ACTIVATIONS = {"relu": "ReLU", "sigmoid": "Sigmoid", "tanh": "Tanh", "leaky_relu": "LeakyReLU"}  # as torch calls them
BIAS = Option("bias", "switch", True, text=N_("Whether a learned number is added to every sum."), is_seldom=True)

_NEEDS_FLAT = N_("linear reads numbers in a row, but maps of {shape} reach it. Put a flatten row before it.")
_NO_CLASSES = N_("{parameter} is missing, and this network has no number of classes. Give {parameter} a value.")


class Activation(LayerKind):
    """nn.ReLU, Sigmoid, Tanh or LeakyReLU."""

    name = "activation"
    title = N_("activation")
    text = N_("Bends every value by itself: without it, two layers in a row could be one.")
    short = "activation"
    options = (
        Option(
            "function", "choice", "relu", choices=tuple(ACTIVATIONS),
            text=N_(
                "relu: below 0 it is 0. leaky_relu: below 0 a hundredth. sigmoid: squeezed into 0 to 1. "
                "tanh: into −1 to 1."
            ),
        ),
    )  # fmt: skip
    torch_classes = tuple(ACTIVATIONS.values())
    fixed: ClassVar = {"negative_slope": 0.01}

    def row_name(self, options: Values) -> str:
        """Its function: relu1."""
        function = options.get("function", "relu")
        return function if isinstance(function, str) and function in ACTIVATIONS else self.short

    def to_torch(self, values: Values, shape: Shape, num_classes: int) -> Call:
        return Call(ACTIVATIONS[values["function"]])

    def from_torch(self, layer: Any) -> dict[str, Any]:
        return {"function": function_of(layer)}

    def to_keras(self, values: Values, sizes: Sizes | None) -> list[str]:
        name = values["function"]
        return keras_layer("LeakyReLU(negative_slope=0.01)" if name == "leaky_relu" else f'Activation("{name}")')


class BatchNorm(LayerKind):
    """nn.BatchNorm2d, or nn.BatchNorm1d where numbers in a row reach it."""

    name = "batch_norm"
    title = N_("batch norm")
    text = N_(
        "Gives each channel mean 0 and variance 1 over the batch, then a learned scale and shift: training is steadier."
    )
    short = "norm"
    options = (
        Option(
            "eps", "number", 1e-5, low=1e-8, high=0.1, example=1e-5, is_seldom=True,
            text=N_("A little added to the variance, so that nothing is divided by 0."),
        ),
    )  # fmt: skip
    torch_classes = ("BatchNorm2d", "BatchNorm1d")
    fixed: ClassVar = {"affine": True, "track_running_stats": True}

    def infer(self, values: Values, shape: Shape, num_classes: int) -> Effect:
        return Effect.written(shape, params=2 * shape[0])

    def to_torch(self, values: Values, shape: Shape, num_classes: int) -> Call:
        return Call("BatchNorm2d" if len(shape) == 3 else "BatchNorm1d", (shape[0],), unlike(values, eps=1e-5))

    def to_keras(self, values: Values, sizes: Sizes | None) -> list[str]:
        return keras_layer(f"BatchNormalization(momentum=0.9, epsilon={values['eps']})")


class Dropout(LayerKind):
    """nn.Dropout."""

    name = "dropout"
    title = N_("dropout")
    text = N_("Sets random values to 0 in training, against learning by heart; does nothing afterwards.")
    short = "dropout"
    options = (
        Option(
            "p", "number", 0.5, low=0.0, high=0.9, example=0.5, column=1,
            text=N_("Share of the values that are set to 0 in training."),
        ),
    )  # fmt: skip
    torch_classes = ("Dropout",)

    def to_torch(self, values: Values, shape: Shape, num_classes: int) -> Call:
        return Call("Dropout", (values["p"],))

    def to_keras(self, values: Values, sizes: Sizes | None) -> list[str]:
        return keras_layer(f"Dropout({values['p']})")


class Flatten(LayerKind):
    """nn.Flatten."""

    name = "flatten"
    title = N_("flatten")
    text = N_("Puts all maps into one row of numbers, as fully connected layers read them.")
    short = "flatten"
    torch_classes = ("Flatten",)

    def infer(self, values: Values, shape: Shape, num_classes: int) -> Effect:
        """Nothing is written: the numbers are read another way."""
        return Effect((prod(shape),))

    def to_torch(self, values: Values, shape: Shape, num_classes: int) -> Call:
        return Call("Flatten")

    def to_keras(self, values: Values, sizes: Sizes | None) -> list[str]:
        return keras_layer("Flatten()")


class Linear(LayerKind):
    """nn.Linear; without a number of outputs as many as there are classes."""

    name = "linear"
    title = N_("fully connected")
    text = N_("Every output is a weighted sum of all inputs.")
    short = "fc"
    options = (
        Option(
            "out_features", high=MAX_FEATURES, example=84, column=1,
            text=N_("How many numbers come out; empty: one for each class."),
        ),
        BIAS,
    )  # fmt: skip
    torch_classes = ("Linear",)
    family = "linear"

    def infer(self, values: Values, shape: Shape, num_classes: int) -> Effect:
        if len(shape) != 1:
            raise ConfigurationError(_NEEDS_FLAT, shape=shape_text(shape))
        features = values["out_features"] or num_classes
        if not features:
            raise ConfigurationError(_NO_CLASSES, parameter="out_features")
        cost = linear_cost(shape[0], features, bias=values["bias"])
        return Effect.written((features,), cost.weights, cost.macs)

    def to_torch(self, values: Values, shape: Shape, num_classes: int) -> Call:
        return Call("Linear", (shape[0], values["out_features"] or num_classes), unlike(values, bias=True))

    def from_torch(self, layer: Any) -> dict[str, Any]:
        return {"out_features": layer.out_features, "bias": layer.bias is not None}

    def to_keras(self, values: Values, sizes: Sizes | None) -> list[str]:
        return keras_layer(f"Dense({values['out_features']}{'' if values['bias'] else ', use_bias=False'})")


def function_of(layer: Any) -> str | None:
    """The activation that a layer of torch is; None of any other layer."""
    return next((name for name, target in ACTIVATIONS.items() if target == type(layer).__name__), None)
