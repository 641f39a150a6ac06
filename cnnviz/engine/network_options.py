"""Network options: the rows of hyperparameters that a network is built with, beside the options in models/zoo.py.

Titles, defaults and ranges are theirs; the sentences are for whoever trains. Which network has which option its spec
says.
"""

from __future__ import annotations

from cnnviz.base.locale import N_
from cnnviz.engine.hyperparameter import Hyperparameter
from cnnviz.models import zoo

NETWORK_OPTIONS = (
    Hyperparameter(
        name="activation",
        title=zoo.ACTIVATION.title,
        group="network",
        kind="choice",
        default=zoo.ACTIVATION.default,
        is_option=True,
        what=N_("The bend behind every layer: without it, a stack of layers is one layer."),
        effect=N_("ReLU learns fastest; sigmoid and tanh flatten out, and gradients die on their way back."),
        choices={
            "relu": N_("0 below 0, else unchanged"),
            "sigmoid": N_("an S from 0 to 1: the 1990s"),
            "tanh": N_("an S from -1 to 1"),
            "leaky_relu": N_("a hundredth below 0, else unchanged: no unit dies"),
        },
    ),
    Hyperparameter(
        name="pooling",
        title=zoo.POOLING.title,
        group="network",
        kind="choice",
        default=zoo.POOLING.default,
        is_option=True,
        what=N_("How a window of the feature map becomes one number."),
        effect=N_("Max keeps the strongest answer and is the habit; average keeps a blurred picture."),
        choices={"max": N_("the largest"), "average": N_("the mean")},
    ),
    Hyperparameter(
        name="dropout",
        title=zoo.DROPOUT.title,
        group="generalising",
        kind="number",
        default=zoo.DROPOUT.default,
        low=zoo.DROPOUT.low,
        high=zoo.DROPOUT.high,
        is_option=True,
        step=0.1,
        what=N_("Share of the units that is switched off by chance at each training step."),
        effect=N_("No unit can rely on another: less overfitting, slower learning; 0.5 is the habit for wide layers."),
    ),
    Hyperparameter(
        name="batch_norm",
        title=zoo.BATCH_NORM.title,
        group="network",
        kind="switch",
        default=zoo.BATCH_NORM.default,
        is_option=True,
        what=N_("Each map is brought to mean 0 and deviation 1 over the batch, then scaled as learned."),
        effect=N_("Deep networks train faster and bear larger learning rates; small batches make it noisy."),
    ),
    Hyperparameter(
        name="blocks",
        title=zoo.BLOCKS.title,
        group="network",
        kind="choice",
        default=zoo.BLOCKS.default,
        is_option=True,
        what=N_("How many residual blocks work on maps of one size before the next, smaller maps."),
        effect=N_("A deeper network gets more pictures right, and takes two or three times as long."),
        choices={"1": N_("8 layers"), "2": N_("14 layers"), "3": N_("20 layers, as in the paper")},
    ),
)
