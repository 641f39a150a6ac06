"""Words of the modes, the sliders, and what is wrong with a setting."""

from __future__ import annotations

from cnnviz.base.locale import N_

WORDS = {
    "mode": N_("Operation"),
    "mode_conv": N_("Convolution"),
    "mode_transposed": N_("Transposed convolution"),
    "mode_pool": N_("Pooling"),
    "mode_flatten": N_("Flatten"),
    "flat": N_("Number of dimensions"),
    "flat_false": N_("2-D picture"),
    "flat_true": N_("1-D signal"),
    "pooling": N_("Kind of pooling"),
    "pooling_max": N_("max"),
    "pooling_average": N_("average"),
    "pooling_min": N_("min"),
    "pooling_softmax": N_("softmax"),
    "ceil": N_("Ceil mode"),
    "apart": N_("Height and width apart"),
    "size_n": N_("Input size N"),
    "size_k": N_("Kernel size K"),
    "size_p": N_("Padding P"),
    "size_s": N_("Stride S"),
    "size_d": N_("Dilation D"),
    "size_o": N_("Output padding O"),
    "on_axis": N_("{name}, {axis}"),
    "height": N_("height"),
    "width": N_("width"),
    "as_number": N_("{letter} as a number"),
    "wrong_entry": N_(
        "{name} must be a whole number from {low} to {high}. Got {got}, so it stays {kept}: type another one or press "
        "Escape."
    ),
    "nothing": N_("nothing"),
    "axis_first": N_("{axis}: {sentence}"),
    "Height": N_("Height"),
    "Width": N_("Width"),
    "repairs": N_("The smallest changes that help:"),
    # torch's own words first, so that who meets them in a traceback knows them again
    "refused_extent": N_(
        "Kernel size can't be greater than actual input size: the kernel spans {extent}, the padded input has only "
        "{padded}."
    ),
    "refused_empty": N_(
        "Output size is too small: the pooling window spans {extent}, the padded input has only {padded}."
    ),
    "refused_output": N_(
        "Output size is too small: the output would have {whole}, and padding {p} cuts {cut} off. That leaves {size}."
    ),
    "refused_padding": N_(
        "pad should be at most half of effective kernel size, but got pad={p}, kernel_size={k} and dilation={d}."
    ),
    "refused_dilation": N_(
        "unexpected keyword argument 'dilation': average pooling has none in PyTorch. Got dilation={d}."
    ),
    "refused_outputPadding": N_(
        "output padding must be smaller than either stride or dilation, but got output_padding={o}, stride={s} and "
        "dilation={d}."
    ),
}
