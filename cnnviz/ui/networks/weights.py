"""Weights and input image: what a network of the page runs with.

Weights are those of a trained network, those learnt on ImageNet with their download, or fresh random ones.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import streamlit as st

from cnnviz.base.errors import CheckpointError, CnnvizError, ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.text import memory
from cnnviz.data.decoding import decode_picture
from cnnviz.data.registry import DATASETS, dataset
from cnnviz.data.samples import choose_digits, sample_photos
from cnnviz.engine.card import Card
from cnnviz.engine.loader import Preprocessing
from cnnviz.inspection.capture import InputImage, Normal, fitted, prepared
from cnnviz.models import pretrained
from cnnviz.models.pretrained import MEAN, STD, Download
from cnnviz.models.registry import model_spec
from cnnviz.models.zoo import Value, chosen
from cnnviz.ui.networks.choice import Choice
from cnnviz.ui.shared import checkpoints, pictures, state, uploads
from cnnviz.ui.shared.i18n import _, sentence
from cnnviz.ui.shared.link_parameters import parameter
from cnnviz.ui.shared.names import PHOTO_WORDS

UNTRAINED, IMAGENET = "untrained", "imagenet"
SEED = 0  # of the fresh ones
_KEY = "networks_weights"  # in the session and in the link
_PARAMETER = parameter(_KEY, "")
_USUAL = "networks_weights_usual"  # what the network before was looked at with unasked
_BEGUN = "networks_download"  # in the session: the download this visitor began
_EVERY = 1.0  # seconds from look to look
_IMAGE = "networks_shown"  # what the keys of the image's widgets begin with
_FILE = "file"
_OWN_FILE = N_("A file of yours")
_CREDIT = PHOTO_WORDS["credit"]


@dataclass(frozen=True)
class Weights:
    """Where a network's weights come from; `name` is what the link says."""

    name: str
    file: Path | None = None  # of a checkpoint: the newest epoch of a run
    card: Card | None = None
    epoch: int = 0  # of a run, else 0
    title: str = ""  # of a checkpoint: what people call it

    @property
    def key(self) -> tuple[str, int, int]:
        """Another one as soon as a run has got further or a file was exchanged."""
        return self.name, self.epoch, self.file.stat().st_mtime_ns if self.file and self.file.exists() else 0


def choose_weights(choice: Choice) -> Weights:
    """The select box "Weights of", kept in the link by hand: Streamlit would write translated words into it."""
    offered = offers(choice)
    names, usual = list(offered), _usual(choice, offered)
    chosen, former = st.session_state.get(_KEY), st.session_state.get(_USUAL)
    if chosen not in names or chosen == former != usual:  # another network's, or what nobody chose
        wish = _PARAMETER.read()
        st.session_state[_KEY] = wish if wish in names else usual
    st.session_state[_USUAL] = usual
    state.relabel(_KEY)
    name = str(st.selectbox(_("Weights of"), names, format_func=lambda name: _label(offered[name]), key=_KEY))
    _PARAMETER.put(None if name == usual else name)
    return offered[name]


def offers(choice: Choice) -> dict[str, Weights]:
    """What fits the network as it is chosen: shipped ones, runs with the newest first, ImageNet's, untrained ones."""
    known = [_of_checkpoint(each) for each in checkpoints.choices()]
    fitting = [weights for weights in known if weights is not None and _fits(choice, weights)]
    published = [Weights(IMAGENET)] if pretrained.is_offered(choice.name) and choice.is_plain else []
    return {weights.name: weights for weights in (*fitting, *published, Weights(UNTRAINED))}


def _usual(choice: Choice, offered: Mapping[str, Weights]) -> str:
    """The first; ImageNet's only where nothing has to be fetched for them."""
    first = next(iter(offered))
    return UNTRAINED if first == IMAGENET and not pretrained.is_here(choice.name) else first


def _label(weights: Weights) -> str:
    if weights.name == UNTRAINED:
        return _("untrained, seed {seed}", seed=SEED)
    if weights.name == IMAGENET:
        return _("ImageNet (torchvision)")
    return _("{run}, epoch {epoch}", run=weights.title, epoch=weights.epoch) if weights.epoch else weights.title


def _of_checkpoint(choice: checkpoints.Choice) -> Weights | None:
    """None for a card that cannot be read."""
    epoch, file = choice.epochs[-1]
    try:
        card = checkpoints.card_of(choice)
    except (CheckpointError, OSError):
        return None
    return Weights(choice.name, file, card, epoch, checkpoints.title(choice))


def _fits(choice: Choice, weights: Weights) -> bool:
    card = weights.card
    return (
        card is not None
        and card.model == choice.name
        and tuple(card.input_size) == choice.input_size
        and len(card.classes) == choice.num_classes
        and _values(choice.name, card.options) == _values(choice.name, dict(choice.options))
    )


def _values(name: str, given: Mapping[str, object]) -> dict[str, Value] | None:
    """Every option that shapes the network; None for options it does not have."""
    try:
        values = chosen(name, model_spec(name).options, given)
    except ConfigurationError:
        return None
    return {option: value for option, value in values.items() if option != "pretrained"}


def offer_download(choice: Choice) -> None:
    """The button with the size of the file; while it comes, a bar; and how it ended, if it did not come."""
    if pretrained.underway(choice.name) is not None:
        st.fragment(_follow_download, run_every=_EVERY)(choice.name)
        return
    begun = st.session_state.get(_BEGUN)
    if isinstance(begun, Download) and begun.name == choice.name and begun.error is not None:
        st.error(sentence(begun.error), icon=":material/error:")
    size = memory(pretrained.expected_bytes(choice.name))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            _("Download the ImageNet weights ({size})", size=size),
            key="networks_fetch",
            icon=":material/download:",
            on_click=_begin_download,
            args=(choice.name,),
        )
        st.caption(_("They are not on this machine yet: until then untrained ones stand in."), width="stretch")


def _begin_download(name: str) -> None:
    st.session_state[_BEGUN] = pretrained.begin(name)


def _follow_download(name: str) -> None:
    """The bar; whoever looks at it keeps the download alive, and one look after the last byte the page follows."""
    running = pretrained.underway(name)
    if running is None:
        st.rerun()
    running.want()
    done, total = memory(running.done), memory(running.total)
    st.progress(running.share, text=_("ImageNet weights: {done} of {total}", done=done, total=total))


def is_download_missing(choice: Choice) -> bool:
    """Whether the file is still to be fetched."""
    return not pretrained.is_here(choice.name)


def choose_image(choice: Choice, weights: Weights) -> InputImage:
    """The popover "Picture"; a picture there always is, whatever goes wrong in it."""
    with st.popover(_("Picture"), icon=":material/image:"):
        try:
            found = _chosen(choice, weights)
        except CnnvizError as error:
            st.error(sentence(error), icon=":material/error:")
            found = None
    return found or _usual_image(choice, weights)


def _chosen(choice: Choice, weights: Weights) -> InputImage | None:
    card = _described(choice, weights)
    if card is not None:
        chosen = pictures.choose_picture(card, _IMAGE)
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
        key=f"{_IMAGE}_photo",
        persist_state="session",
    )
    if source != _FILE:
        return _of_photo(photos[str(source)], choice, weights)
    file = st.file_uploader(
        _("A picture file"),
        key=f"{_IMAGE}_file",
        max_upload_size=uploads.PICTURE,
        help=_("Its middle square is taken, as large as the network wants it."),
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


def _usual_image(choice: Choice, weights: Weights) -> InputImage:
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
