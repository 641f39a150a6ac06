"""Content of the stage: handwritten digits, photos, the filters of the shipped networks, and the words for them.

Always the same bytes, so that Streamlit sends them once a visit. Knows nothing of Streamlit or torch.
"""

from __future__ import annotations

import base64
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.base import paths
from cnnviz.base.errors import CheckpointError
from cnnviz.base.locale import N_, NC_
from cnnviz.data.registry import DATASETS
from cnnviz.data.samples import choose_digits, sample_photos
from cnnviz.engine.card import catalogue, load_arrays

_LARGEST_KERNEL = 11  # as far as the slider goes


def content() -> dict[str, Any]:
    """Digits, photos and networks as JSON takes them; what is not on this machine is left out."""
    return _content(DATASETS["mnist"].is_present())


@lru_cache(maxsize=2)
def _content(has_mnist: bool) -> dict[str, Any]:
    """`has_mnist` is there for the cache's sake: MNIST may be fetched while the server runs."""
    return {"digits": _digits(), "photos": sample_photos(), "networks": _networks()}


def _digits() -> dict[str, Any] | None:
    """The digits 0 to 9, uint8 (10, 28, 28); those of the first page's first row."""
    gallery = choose_digits(sets=1)
    if not gallery.labels:
        return None
    return {"side": gallery.pictures.shape[1], "pixels": _base64(gallery.pictures.tobytes())}


def _networks() -> list[dict[str, Any]]:
    """The first convolution of every shipped checkpoint, the first page's first; a broken file is left out."""
    found = []
    shipped = catalogue(paths.shipped_checkpoints())
    for file, card in sorted(shipped, key=lambda one: one[0].stem != paths.FIRST_CHECKPOINT):
        try:
            filters = _first_filters(load_arrays(file), card.input_size[0])
        except CheckpointError:
            continue
        if filters is not None and max(filters.shape[2:]) <= _LARGEST_KERNEL:
            found.append(_network(file.stem, card.model, card.data, filters))
    return found


def _network(name: str, model: str, data: str, filters: NDArray[Any]) -> dict[str, Any]:
    """`filters` (count, channels, height, width)."""
    return {
        "name": name,
        "model": model,
        "data": data,
        "channels": filters.shape[1],
        "kernelSize": list(filters.shape[2:]),
        "filters": _base64(np.ascontiguousarray(filters, dtype="<f4").tobytes()),
    }


def _first_filters(arrays: dict[str, NDArray[Any]], channels: int) -> NDArray[Any] | None:
    """(count, channels, height, width) of the convolution that reads a picture of 1 or 3 `channels`.

    The file keeps its arrays in no order: it is told by the channels it reads, among several by name.
    """
    names = sorted(name for name, array in arrays.items() if array.ndim == 4 and array.shape[1] == channels)
    return arrays[names[0]] if names and channels in (1, 3) else None


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


# contentpanel.js and its parts: choosing the input, the kernel and every weight
CONTENT: dict[str, str] = {
    # the input
    "input": N_("Input"),
    "input-numbers": N_("Small numbers"),
    "input-digit": N_("Handwritten digit"),
    "input-photo": N_("Photo"),
    "input-noise": N_("Noise"),
    "input-drawing": N_("Your drawing"),
    "input-typed": N_("Typed numbers"),
    "input-tone": N_("Tone"),
    "input-step": NC_("signal", "Step"),
    "input-chirp": N_("Rising tone"),
    "input-stripes": N_("Stripes"),
    "input-edge": N_("Edge"),
    "input-finer": N_("Ever finer stripes"),
    "digit": N_("Digit"),
    "seed": N_("Seed"),
    "period": N_("Period"),
    "samples": N_("{n} samples"),
    "decoding": N_("Reading the photo."),
    "small": N_("At {size} little of it is left."),
    "enlarge": N_("Show it at {size}"),
    "channels": N_("Channels"),
    "channels-1": N_("1, grey"),
    "channels-3": N_("3, RGB"),
    "numbers": N_("Numbers, row by row"),
    "numbersFlat": N_("Numbers of the signal"),
    "numbersHelp": N_("One line a row; spaces, commas or tabs between numbers. Cells copied from a spreadsheet fit."),
    "numbersHelpRgb": N_("An empty line begins the next channel; one block alone serves for all three."),
    "notNumber": N_("Row {row}, number {column}: “{token}” is not a number."),
    "emptyCell": N_("Row {row}, number {column} is empty."),
    "ragged": N_("Row {row} has {found} numbers, row 1 has {wanted}: all rows need the same length."),
    "tooMany": N_("{found} is too much: at most 64 rows of 64 numbers."),
    "raggedChannel": N_("Channel {channel} is {found}, channel 1 is {wanted}: all channels need the same size."),
    "nothing": N_("There is no number yet. The stage keeps the last ones."),
    # the kernel
    "kernel": N_("Kernel"),
    "kernel-random": N_("Random"),
    "kernel-identity": N_("Identity"),
    "kernel-blur": N_("Blur"),
    "kernel-sharpen": N_("Sharpen"),
    "kernel-sobel-x": N_("Sobel x"),
    "kernel-sobel-y": N_("Sobel y"),
    "kernel-laplacian": N_("Laplacian"),
    "kernel-emboss": N_("Emboss"),
    "kernel-typed": N_("Your own weights"),
    "flat-blur": N_("Mean"),
    "flat-sobel-x": N_("Difference"),
    "flat-laplacian": N_("Second difference"),
    "about-random": N_("Random whole numbers from −1 to 2. A network's training begins with random weights too."),
    "about-identity": N_("1 in the middle, 0 around it: the output repeats the input."),
    "about-blur": N_("Every weight is one over their number: the mean of the window."),
    "about-sharpen": N_("The middle against its neighbours: differences grow, even areas stay."),
    "about-sobel-x": N_("Right minus left: large where brightness changes from left to right."),
    "about-sobel-y": N_("Below minus above: large where brightness changes from top to bottom."),
    "about-laplacian": N_("The neighbours minus the middle: zero on even areas and slopes, large on edges and spots."),
    "about-emboss": N_("Lower right minus upper left, plus the middle: as if light came from the upper left."),
    "about-typed": N_("Your own weights. Change one weight of any other kernel, and it becomes yours."),
    "about-network": N_("A filter that training found: nobody wrote these numbers. {title}, first layer."),
    "flat-about-sobel-x": N_("The next sample minus the one before: the slope of the signal."),
    "flat-about-laplacian": N_("The neighbours minus the middle: how sharply the signal bends."),
    "flat-about-emboss": N_("The slope plus the sample itself."),
    "filter": N_("Filter"),
    "of": N_("of {n}"),
    "weights": N_("Weights"),
    "weight": N_("Weight in row {row}, column {column}"),
    "weightFlat": N_("Weight {column}"),
    "weightHelp": N_("Arrow keys walk over the weights, Shift with up or down changes one by 1."),
    "channel": N_("Channel {n}"),
    "red": N_("Red"),
    "green": N_("Green"),
    "blue": N_("Blue"),
    "bias": N_("Bias"),
    "flip": N_("Flip the kernel (true convolution)"),
    "unflipped": N_(
        "Cross-correlation: the kernel is laid on the input as it is written. Frameworks call this convolution."
    ),
    "flipped": N_(
        "True convolution: the kernel is turned by 180° first. The fields show it before the turn, the stage after it."
    ),
    "symmetric": N_("This kernel looks the same after the turn: nothing changes."),
    "noKernelFlatten": N_("Flattening has no kernel: nothing is weighed or added up."),
    "noKernel": N_(
        "Pooling has no weights and no bias: it takes the {pooling} of each window, in every channel apart."
    ),
    "pooling-max": N_("largest value"),
    "pooling-average": N_("mean"),
    "pooling-min": N_("smallest value"),
    "pooling-softmax": N_("softmax-weighted mean"),
    # the pad
    "pad-label": N_("Sketch pad"),
    "pad-help": N_("Arrow keys move the pen, space puts it down and lifts it, Ctrl+Z undoes, Delete clears."),
    "pad-hint": N_("Draw here"),
    "pad-undo": N_("Undo"),
    "pad-clear": N_("Clear"),
    "pad-penDown": N_("Pen down"),
    "pad-penUp": N_("Pen up"),
}

# photo.js and its parts: the stage's layer on a whole photo, or on a sound
PHOTO: dict[str, str] = {
    "before": N_("Before"),
    "after": N_("After"),
    "divider": N_("Divider between before and after"),
    "share": N_("{n} % before"),
    "height": N_("Height: {formula}"),
    "width": N_("Width: {formula}"),
    "flattens": N_("Flattening leaves nothing to look at: a photo in one long row is no picture any more."),
    "refused": N_("PyTorch refuses this layer: the stage says why."),
    "none": N_("No photo is on this machine: open one of your own."),
    "manner": N_("Shown"),
    "manner-picture": N_("As a picture"),
    "manner-magnitude": N_("As magnitudes"),
    "manner-signed": N_("With signs"),
    "legend-picture": N_("Black: 0 and less. White: {span} and more."),
    "legend-magnitude": N_("Black: 0. White: {span} and more, above or below zero."),
    "legend-signed": N_("Orange: below 0. Blue: above 0. Full colour at −{span} and {span}."),
    "reduced": N_("The photo was first made smaller by the stride, which the transposed convolution makes up for."),
    "summed": N_("One map: the results of red, green and blue are added."),
    # sound
    "sound": N_("Sound"),
    "sound-melody": N_("Melody"),
    "sound-voice": N_("Voice"),
    "sound-sweep": N_("Rising tone"),
    "speed": N_("Result played at"),
    "same": N_("the same rate: {rate} values a second"),
    "matched": N_("{rate} values a second: the same length"),
    "stop": N_("Stop"),
    "length": N_("{n} values at {rate} a second: {seconds} s"),
    "quieter": N_("The result is played {n} times quieter, as it would not fit the loudspeaker."),
    "everyValue": N_("Stride 1 keeps the rate: only the kernel changes the sound. Set Stride S to 2 and listen again."),
    "fewerValues": N_(
        "Stride {s} keeps one value in {s}. Played at the same rate the sound is {s} times shorter and {s} times "
        "higher. Played at {rate} values a second length and pitch stay, but that rate holds no tone above {half} Hz: "
        "what was higher comes back as a lower, wrong tone (aliasing), unless the kernel has taken it away first, as a "
        "mean does."
    ),
    "moreValues": N_(
        "Stride {s} makes {s} values of each, zeros between them before the kernel fills them in. Played at the same "
        "rate the sound is {s} times longer and lower; at {s} times the rate length and pitch stay."
    ),
}
