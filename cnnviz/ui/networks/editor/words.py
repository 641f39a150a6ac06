"""What each kind of row and each of its options means, in one line. Options have torch's own names: they need this."""

from __future__ import annotations

from cnnviz.base.locale import N_

KINDS = {
    "conv": N_("Slides windows over the maps before it: each filter reads them all and gives one map."),
    "max_pool": N_("Keeps the largest value of each window: smaller maps, no weights."),
    "average_pool": N_("Keeps the mean of each window: smaller maps, no weights."),
    "activation": N_("Bends every value by itself: without it, two layers in a row could be one."),
    "batch_norm": N_(
        "Gives each channel mean 0 and variance 1 over the batch, then a learned scale and shift: training is steadier."
    ),
    "dropout": N_("Sets random values to 0 in training, against learning by heart; does nothing afterwards."),
    "flatten": N_("Puts all maps into one row of numbers, as fully connected layers read them."),
    "linear": N_("Every output is a weighted sum of all inputs."),
    "global_average_pool": N_("Each map becomes one number, its mean."),
    "adaptive_average_pool": N_("Means over windows of the size that makes every map come out at output_size."),
    "basic_block": N_("Two 3 × 3 convolutions, and what came in is added to what they give (ResNet-18, 34)."),
    "bottleneck": N_(
        "Convolutions 1 × 1, 3 × 3 and 1 × 1, and what came in is added; gives 4 × width maps (ResNet-50, 152)."
    ),
    "inception": N_("Four branches side by side: 1 × 1, 3 × 3, a second 3 × 3, and pooling (GoogLeNet)."),
    "inception_a": N_("Branches of 1 × 1, 5 × 5, two 3 × 3, and pooling, side by side (Inception v3)."),
    "inception_b": N_("Halves the maps: branches of 3 × 3, two 3 × 3, and pooling (Inception v3)."),
    "inception_c": N_("7 × 7 taken apart into 1 × 7 and 7 × 1, once and twice (Inception v3)."),
    "inception_d": N_("Halves the maps: 3 × 3, and 1 × 7, 7 × 1, 3 × 3 (Inception v3)."),
    "inception_e": N_("3 × 3 taken apart into 1 × 3 beside 3 × 1: the widest block (Inception v3)."),
}
OPTIONS = {
    "out_channels": N_("Number of filters, and so of maps that come out."),
    "kernel_size": N_("Side of the window in values; 3x5 is 3 high and 5 wide."),
    "stride": N_("How far the window jumps: 2 halves height and width."),
    "padding": N_("Rings of zeros around each map; a 3 × 3 window with 1 keeps the size."),
    "dilation": N_("Distance between the values a window reads: 1 is side by side."),
    "groups": N_("Channels in so many groups that do not see one another: 1 is all together."),
    "bias": N_("Whether a learned number is added to every sum."),
    "ceil_mode": N_("Whether a last window may hang over the edge: sizes are rounded up instead of down."),
    "function": N_(
        "relu: below 0 it is 0. leaky_relu: below 0 a hundredth. sigmoid: squeezed into 0 to 1. tanh: into −1 to 1."
    ),
    "eps": N_("A little added to the variance, so that nothing is divided by 0."),
    "p": N_("Share of the values that are set to 0 in training."),
    "out_features": N_("How many numbers come out; empty: one for each class."),
    "output_size": N_("Height and width that come out."),
    "width": N_("Maps inside the block; four times as many come out."),
    "activation": N_("The activation inside the block."),
    "pooling": N_("The pooling inside the block."),
    "ch1x1": N_("Maps of the 1 × 1 branch."),
    "ch3x3red": N_("Maps that are left before the 3 × 3 branch: fewer make it cheap."),
    "ch3x3": N_("Maps of the 3 × 3 branch."),
    "ch5x5red": N_("Maps that are left before the branch called 5 × 5: fewer make it cheap."),
    "ch5x5": N_("Maps of the branch called 5 × 5, which has 3 × 3 kernels as in torchvision."),
    "pool_proj": N_("Maps of the pooling branch."),
    "pool_features": N_("Maps of the pooling branch."),
    "channels_7x7": N_("Maps between the 1 × 7 and the 7 × 1 convolutions."),
    "name": N_(
        "What the layer is called in the drawing and in its source: conv1, or features.0 inside a group; "
        "empty: counted by kind."
    ),
}
LIMITS = N_("From {low} to {high}.")
