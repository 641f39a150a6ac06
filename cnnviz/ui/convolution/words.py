"""Words of the page's component, a dictionary a part: its browser side has none of its own. Untranslated."""

from __future__ import annotations

from cnnviz.base.locale import N_
from cnnviz.ui.convolution.content import CONTENT, PHOTO
from cnnviz.ui.shared.names import PHOTO_WORDS

# the modes, the sliders, and what is wrong with a setting
_CONTROLS = {
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

# around the formula
_FORMULA = {
    "height": N_("height"),
    "width": N_("width"),
    "flatten": N_("Maps × rows × columns: the same numbers in another shape, nothing is computed."),
    "ceil": N_("Rounded up: a last window may hang over the end, as long as it starts before the input ends."),
    "drops": N_("Rounding up gives {size}, but that last window would start behind the input: PyTorch leaves it out."),
}

# lessons.js: choosing an example of the lesson; the examples themselves are in presets.py
_LESSONS = {
    "label": N_("Example"),
    "back": N_("Previous example"),
    "on": N_("Next example"),
    "free": N_("Free play"),
    "invitation": N_("Free play: change whatever you like, or choose an example."),
    "changed": N_("Free play: you have changed '{title}'. Choose it again to have it back."),
}

# "predict, then reveal": the question, and the slip behind each wrong number
_PREDICT = {
    "toggle": N_("Predict first"),
    "why": N_("Hides the result until you have said how large the output is."),
    "ask": N_("How large is the output?"),
    "height": N_("height"),
    "width": N_("width"),
    "height_of": N_("Height of the output"),
    "width_of": N_("Width of the output"),
    "check": N_("Check"),
    "noFit": N_("It does not fit"),
    "show": N_("Show me"),
    "next": N_("Another one"),
    "again": N_("Count anew"),
    "score": N_("{first} of {asked} at first try"),
    "number": N_("Type a whole number: how many values the output has along one side."),
    "Height": N_("Height: "),
    "Width": N_("Width: "),
    "right": N_("Right, {size}: {worked}."),
    "right_refused": N_("Right, it does not fit: PyTorch refuses it."),
    "told": N_("It is {size}: {worked}."),
    "told_refused": N_("It does not fit: PyTorch refuses it."),
    "fits": N_("It does fit: the kernel spans {extent}, the padded input has {padded}."),
    "fits_transposed": N_("It does fit: there are more than {cut} values before padding cuts {cut} off."),
    "hint": N_("Not {answer}. Count the places where a window that spans {extent} fits into {padded}, {s} apart."),
    "hint_transposed": N_(
        "Not {answer}. Each of the {n} inputs writes to a window that spans {extent}, {s} apart; then {cut} are cut "
        "off."
    ),
    "hint_refused": N_("Not {answer}. Put the numbers in: is there room for even one window?"),
    "hint_cut": N_("Not {answer}. Put the numbers in: is anything left after padding has cut {cut} off?"),
    "hint_rule": N_("Not {answer}. PyTorch checks these numbers before it calculates: do they keep its rules?"),
    "slip": N_("You get {answer} if you {slip}: {worked} = {answer}."),
    "slip_or": N_("Or if you {slip}: {worked} = {answer}."),
    "slip_plain": N_("You get {answer} if you {slip}."),
    "slip_total_padding": N_("count the padding once instead of on both sides (some textbooks write p for the total)"),
    "slip_no_padding": N_("leave the padding out"),
    "slip_ceil": N_("round up instead of down"),
    "slip_floor": N_("round down, although ceil mode rounds up"),
    "slip_overhang": N_("keep the last window, which starts behind the input"),
    "slip_no_plus_one": N_("forget the + 1, which is the first position"),
    "slip_no_stride": N_("do not use the stride"),
    "slip_stride_is_kernel": N_("take the kernel size for the stride"),
    "slip_no_dilation": N_("leave out the gaps that dilation makes"),
    "slip_dilated_kernel": N_("take d × k for the kernel's span, which is d × (k − 1) + 1"),
    "slip_one_inside": N_("put the + 1 inside the fraction"),
    "slip_kernel_added": N_("add the kernel instead of subtracting it"),
    "slip_toward_zero": N_("round a negative number towards zero, where the floor goes down"),
    "slip_input_divided": N_("only divide the input by the stride"),
    "slip_unchanged": N_("take the output to be as large as the input"),
    "slip_as_convolution": N_("use the formula of an ordinary convolution"),
    "slip_padding_added": N_("add the padding, which a transposed convolution cuts off"),
    "slip_no_output_padding": N_("forget the output padding"),
    "slip_no_minus_one": N_("multiply n by the stride instead of n − 1"),
    "slip_input_multiplied": N_("only multiply the input by the stride"),
}

# transport bar, captions, what is reported about a step or a cell
_STAGE = {
    "input": N_("Input"),
    "padded": N_("with padding {size}"),
    "kernel": N_("Kernel"),
    "window": N_("Window"),
    "output": N_("Output"),
    "cut": N_("cut from {size}"),
    "map": N_("Map {n}"),
    "row": N_("row {n}"),
    "in_a_row": N_("In one row"),
    "moves": N_("{value} in row {row}, column {column} goes to place {place}:"),
    "moves_map": N_("{value} in map {map}, row {row}, column {column} goes to place {place}:"),
    "picture_flatten": N_("Maps: {maps}, each {size}; flattened: {count} numbers in one row."),
    "lost": N_("Row and column {list} are never read."),
    "losts": N_("Rows and columns {list} are never read."),
    "lost_row": N_("Row {list} is never read."),
    "lost_rows": N_("Rows {list} are never read."),
    "lost_column": N_("Column {list} is never read."),
    "lost_columns": N_("Columns {list} are never read."),
    "lost_sample": N_("Sample {list} is never read."),
    "lost_samples": N_("Samples {list} are never read."),
    "hint": N_(
        "Point at a pixel, a weight or an output to see what belongs to it; click or tap to pin, again to let go."
    ),
    "keys": N_("Space plays, arrow keys step, Home and End jump; Tab goes to the grids, where arrow keys walk."),
    "speed": N_("Speed"),
    "rate": N_("Positions a second: {n}"),
    "stage": N_("Sliding window: space plays, arrow keys step, Home and End jump"),
    "walk_input": N_("Input pixels: arrow keys walk over them, Enter pins"),
    "walk_kernel": N_("Weights: arrow keys walk over them, Enter pins"),
    "walk_output": N_("Outputs: arrow keys walk over them, Enter pins"),
    "play": N_("Play"),
    "pause": N_("Pause"),
    "restart": N_("Restart"),
    "back": N_("Step back"),
    "forward": N_("Step forward"),
    "position": N_("Position of the window"),
    "of": N_("{i} of {n}"),
    "picture": N_("Input {input}, kernel {kernel}, output {output}."),
    "step": N_("Output row {r}, column {c}: {sum}."),
    "lies": N_("The window lies on padded rows {rows}, columns {columns}."),
    "step_input": N_("Input row {r}, column {c}: {value}, stamped onto the output."),
    "products": N_("{n} products"),
    "every": N_("Every product"),
    "nothing": N_("No pixel reaches this output: {sum}."),
    "lands": N_("added to output rows {rows}, columns {columns}"),
    "lands_flat": N_("added to outputs {columns}"),
    "pixel": N_("Pixel in row {r}, column {c} ({value}): outputs that read it: {n}."),
    "pixel_flat": N_("Sample {c} ({value}): outputs that read it: {n}."),
    "border": N_("Outputs that read this padding pixel: {n}."),
    "weight": N_("Weight in row {r}, column {c} ({value}) multiplies {n} pixels, one after the other."),
    "weight_flat": N_("Weight {c} ({value}) multiplies {n} samples, one after the other."),
    "cut_cell": N_("Padding cuts this off the output; inputs that would have reached it: {n}."),
    "link_range": N_(
        "{parameter} in a link must be a whole number from {low} to {high}. Got {value}; its default is shown."
    ),
    "link_wrong": N_("{parameter} in a link cannot be {value}; its default is shown."),
    "tabs": N_("Panels"),
    "tab_content": N_("Input and kernel"),
    "tab_photo": N_("On a photo"),
    "tab_listen": N_("Listen"),
    "tab_takeaway": N_("Take it away"),
}

# "Take it away": code, link, animation and stills
_TAKEAWAY = {
    "copy": N_("Copy"),
    "copyLines": N_("Copy the lines of {name}"),
    "copied": N_("Copied."),
    "selected": N_("Selected: press Ctrl+C to copy it."),
    "link": N_("Link"),
    "copyLink": N_("Copy link"),
    "linkNote": N_("Opens with the same sizes, content, step and language."),
    "files": N_("Picture and animation"),
    "width": N_("Width"),
    "steps": N_("Number of steps"),
    "gif": N_("Animation (GIF)"),
    "svg": N_("Still (SVG)"),
    "png": N_("Still (PNG)"),
    "cancel": N_("Cancel"),
    "cancelled": N_("Cancelled."),
    "failed": N_("The browser could not make this file: {reason}"),
    "saved": N_("Saved as {name} ({size})."),
    "allSteps": N_("All {n} steps at the stage's speed, {rate} a second."),
    "firstSteps": N_("The first {frames} of {n} steps at the stage's speed, {rate} a second."),
    "capped": N_("The first {frames} of {n} steps, the most for one animation, at the stage's speed, {rate} a second."),
    "nothingMoves": N_("PyTorch refuses this setting: there is nothing to animate."),
    "predictFirst": N_("Predict the size first: a file would show it."),
    # captions in the files
    "caption_conv": N_("Convolution"),
    "caption_transposed": N_("Transposed convolution"),
    "caption_flatten": N_("Flatten"),
    "caption_max": N_("Max pooling"),
    "caption_average": N_("Average pooling"),
    "caption_min": N_("Min pooling"),
    "caption_softmax": N_("Softmax pooling"),
    "caption_signal": N_("signal of {size}"),
    "caption_k": N_("kernel {value}"),
    "caption_window": N_("window {value}"),
    "caption_p": N_("padding {value}"),
    "caption_s": N_("stride {value}"),
    "caption_d": N_("dilation {value}"),
    "caption_o": N_("output padding {value}"),
    "caption_ceil": N_("ceil mode"),
    "separator": N_(", "),
    # comments in the code
    "refused": N_("PyTorch refuses this setting"),
    "flipped": N_("A true convolution flips the kernel:"),
    "dilatedSoftmax": N_("Average pooling has no dilation: a convolution with ones sums each window."),
    "kerasStride": N_("Keras refuses stride and dilation together: every position, then each s-th of them."),
    "kerasZeros": N_("Keras refuses stride and dilation together: the kernel has zeros between its weights."),
    "kerasCrop": N_("Keras pads a transposed convolution otherwise: what PyTorch's padding cuts off is cut here."),
    "kerasEnd": N_("Nothing reaches the end that output_padding adds: PyTorch has the bias there, these lines 0."),
    "kerasDilation": N_("Pooling has no dilation in Keras."),
    "kerasInfinity": N_("Max pooling pads with infinity, not with 0."),
    "kerasOrder": N_("Keras has the channels last: without this line the same numbers come in another order."),
    "kerasCeil": N_("Keras has no ceil_mode: zeros at the end, which the average does not count."),
}

WORDS: dict[str, dict[str, str]] = {
    "content": PHOTO_WORDS | CONTENT,
    "controls": _CONTROLS,
    "formula": _FORMULA,
    "lessons": _LESSONS,
    "photo": PHOTO_WORDS | PHOTO,
    "predict": _PREDICT,
    "stage": _STAGE,
    "takeaway": _TAKEAWAY,
}
