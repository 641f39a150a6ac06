"""What is said about photos, in the panel about content and in the one with the photo."""

from __future__ import annotations

from cnnviz.base.locale import N_

PHOTO_WORDS: dict[str, str] = {
    "photo": N_("Photo"),
    "photo-china": N_("Pavilion roofs"),
    "photo-flower": N_("Dahlia"),
    "credit": N_("Photo: {credit}."),
    "own": N_("Open your own photo"),
    "kept": N_("It is read in this browser and sent nowhere; a link to this page does not carry it."),
    "notImage": N_("{name} is not a picture: choose a JPEG, PNG or WebP file."),
    "tooLarge": N_("{name} is larger than 16 MB: choose a smaller picture."),
    "undecodable": N_("This browser cannot read {name} as a picture: choose a JPEG, PNG or WebP file."),
}
