"""What `photo.js` and its parts say: the stage's layer on a whole photo, or on a sound."""

from __future__ import annotations

from cnnviz.base.locale import N_
from cnnviz.ui.convolution.photo_words import PHOTO_WORDS

WORDS: dict[str, str] = {
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
    **PHOTO_WORDS,
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
