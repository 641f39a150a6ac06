"""Input picture: the one of the page, which lies under the receptive field and goes through the network."""

from __future__ import annotations

import base64
from dataclasses import replace

import numpy as np
import streamlit as st

from cnnviz.base.errors import CnnvizError
from cnnviz.base.locale import N_
from cnnviz.data.decoding import decode_picture
from cnnviz.data.registry import DATASETS, dataset
from cnnviz.data.samples import choose_digits, sample_photos
from cnnviz.engine.card import Card
from cnnviz.engine.loader import Preprocessing
from cnnviz.inspection.inspected import InputImage, Normal, fitted, prepared
from cnnviz.models.pretrained import MEAN, STD
from cnnviz.ui.networks.choice import Choice
from cnnviz.ui.networks.weights import Weights
from cnnviz.ui.shared import pictures
from cnnviz.ui.shared.i18n import _, sentence
from cnnviz.ui.shared.names import PHOTO_WORDS

_KEY = "networks_shown"  # what the keys of all widgets begin with
_FILE = "file"
_OWN_FILE = N_("A file of yours")
_CREDIT = PHOTO_WORDS["credit"]


def choose(choice: Choice, weights: Weights) -> InputImage:
    """The popover "Picture"; a picture there always is, whatever goes wrong in it."""
    with st.popover(_("Picture"), icon=":material/image:"):
        try:
            found = _chosen(choice, weights)
        except CnnvizError as error:
            st.error(sentence(error), icon=":material/error:")
            found = None
    return found or _usual(choice, weights)


def _chosen(choice: Choice, weights: Weights) -> InputImage | None:
    card = _described(choice, weights)
    if card is not None:
        chosen = pictures.choose_picture(card, _KEY)
        return None if chosen is None else prepared(chosen.picture, Preprocessing.of(card))
    return _photo(choice, weights)


def _described(choice: Choice, weights: Weights) -> Card | None:
    """The card of the weights, or for grey pictures one as of a network for digits; None where photos serve."""
    digits = DATASETS["mnist"]
    if weights.card is not None and _is_known(weights.card.data):
        return weights.card
    if choice.in_channels != 1:
        return None
    if weights.card is not None:  # of a folder of pictures that is not here any more
        return replace(weights.card, data=digits.name, classes=digits.classes)
    return Card(choice.name, digits.name, digits.classes, choice.input_size, digits.mean, digits.std)


def _is_known(data: str) -> bool:
    """Whether it can be said how its pictures are made; a folder must be here for it."""
    if data in DATASETS:
        return True
    try:
        return dataset(data).is_present()
    except CnnvizError:
        return False


def _photo(choice: Choice, weights: Weights) -> InputImage | None:
    """One of the convolution page's photos, or a file."""
    photos = {photo["name"]: photo for photo in sample_photos()}
    sources = [*reversed(photos), _FILE]
    titles = {_FILE: _OWN_FILE, **{name: PHOTO_WORDS.get(f"photo-{name}", name) for name in photos}}
    source = st.segmented_control(
        _("Picture"),
        sources,
        default=sources[0],
        required=True,
        format_func=lambda name: _(titles[name]),
        key=f"{_KEY}_photo",
        persist_state="session",
    )
    if source != _FILE:
        return _of_photo(photos[str(source)], choice, weights)
    file = st.file_uploader(
        _("A picture file"), key=f"{_KEY}_file", help=_("Its middle square is taken, as large as the network wants it.")
    )
    return None if file is None else _of_file(file.getvalue(), choice.input_size, _normal(weights))


def _of_photo(photo: dict[str, str], choice: Choice, weights: Weights) -> InputImage:
    raw = base64.b64decode(photo["source"].partition(",")[2])
    image = _of_file(raw, choice.input_size, _normal(weights))
    return InputImage(image.seen, image.x, _(_CREDIT, credit=photo["credit"]))


@st.cache_resource(max_entries=16, show_spinner=False)
def _of_file(raw: bytes, input_size: tuple[int, int, int], normal: Normal) -> InputImage:
    """Raises PictureError; errors are not kept."""
    return fitted(decode_picture(raw), input_size, normal)


def _normal(weights: Weights) -> Normal:
    """Mean and deviation of the pictures that the weights learnt from; fresh ones are shown them as ImageNet's."""
    card = weights.card
    return (card.mean, card.std) if card is not None and len(card.mean) == 3 else (MEAN, STD)


def _usual(choice: Choice, weights: Weights) -> InputImage:
    """A seven, or a photo: while there is no other picture."""
    photos = sample_photos()
    if choice.in_channels != 1 and photos:
        return _of_photo(photos[-1], choice, weights)
    digits = choose_digits(sets=1).pictures
    digit = digits[7] if len(digits) else np.zeros((28, 28), dtype=np.uint8)
    card = _described(choice, weights)
    if card is None or card.input_size[0] != 1:
        return fitted(digit, choice.input_size, _normal(weights))
    return prepared(digit[None], Preprocessing.of(card))
