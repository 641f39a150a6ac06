"""Transfer lessons: cases that show what transfer is worth, set up at a click; of what is missing, how to get it."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from cnnviz.base import paths
from cnnviz.base.errors import CnnvizError
from cnnviz.base.locale import N_
from cnnviz.base.params import Value
from cnnviz.base.text import memory
from cnnviz.data.dataset_spec import OWN
from cnnviz.data.own.importing import steps
from cnnviz.data.own.settings import ImportSettings
from cnnviz.data.own.sources import SetSource
from cnnviz.data.registry import DATASETS, available, dataset
from cnnviz.engine.card import card_path
from cnnviz.engine.config import IMAGENET, LAST
from cnnviz.engine.form import PRESET, Values, preset_values, untouched_values
from cnnviz.models.zoo import ZOO
from cnnviz.ui.shared import jobs, visitor, warmup
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.page import page_link
from cnnviz.ui.training.form.prefill import fill, touched
from cnnviz.ui.training.transfer.strip import heading

DIGITS = "lesson-transfer"  # the preset
CATS = "cat-dog"  # the own set
EIGHT = "resnet-small-cifar8"  # trained on the other eight classes of CIFAR-10
PHOTOS = "vgg16"
_CLASSES, _EACH = ("cat", "dog"), 50
_MAKING = "training_transfer_cats"  # the job that makes the set
# Measured as it is set up here by `bench transfer_cards`, from scratch by `bench transfer`: docs/benchmarks.md.
CATS_SET = ImportSettings(CATS, classes=_CLASSES, each=_EACH)
CATS_RUN: Mapping[str, Value] = {
    "model": "resnet-small",
    "data": f"{OWN}{CATS}",
    "start_from": EIGHT,
    "trainable": LAST,
    "thaw": 10,
    "epochs": 30,
    "batch_size": 20,
    "augmentation": "crop-flip",
}
_PHOTOS: Mapping[str, Value] = {
    "model": PHOTOS,
    "start_from": IMAGENET,
    "trainable": LAST,
    "epochs": 10,
    "batch_size": 20,
}
_BYTES_PER_WEIGHT = 4


def cards() -> None:
    """What transfer is, and three cases side by side."""
    st.caption(
        _(
            "A network that has learned one task begins the next one with its filters: the last layer is new, the "
            "others stay as they are, or join in later. Few pictures are enough then. Choose a start above, or try:"
        )
    )
    with st.container(horizontal=True, key="training_transfer_cards"):
        for name, title, card in (
            ("digits", N_("50 digits, with what MNIST taught"), _digits),
            ("cats", N_("Cat against dog, from eight other classes"), _cats),
            ("photos", N_("VGG-16 on photos of your own"), _photos),
        ):
            with st.container(border=True, height="stretch", key=f"training_transfer_{name}"):
                st.html(heading(_(title)))
                card()


def _digits() -> None:
    st.caption(
        _(
            "LeNet-5 has seen 60,000 digits of MNIST. Now it is shown 50 of another kind, 8 × 8 pixels: only its last "
            "layer learns, and it is right about 95%. From scratch the same network comes to 81% (both as set up here, "
            "means of three seeds)."
        )
    )
    _button("digits", partial(_take_preset, DIGITS))


def _cats() -> None:
    st.caption(
        _(
            "A small ResNet knows eight classes of CIFAR-10, neither cat nor dog. Its filters learn to tell the two "
            "apart from {count} pictures of each. Of 2,000 others it gets 68% right as set up here; from "
            "scratch it was 58%, given twice the epochs (means of three seeds).",
            count=_EACH,
        )
    )
    if not card_path(paths.shipped_checkpoints() / EIGHT).is_file():
        st.caption(_("The network {name} is not in this copy of the app.", name=EIGHT))
    elif f"{OWN}{CATS}" in available(to_train=True):
        _button("cats", partial(_take, CATS_RUN))
    elif (source := _with_cats()) is not None:
        _make_cats(source)
    else:
        st.caption(_("The pictures are a part of CIFAR-10: fetch it, or import a zip of its pictures."))
        page_link("data", N_("Fetch it on the page Data"), ":material/download:", {"data_name": "cifar10"})


def _photos() -> None:
    st.caption(
        _(
            "The lesson's case: 138 million weights learned from ImageNet, a new last layer for your classes. What the "
            "frozen layers make of your photos is computed once, so an epoch takes a second."
        )
    )
    mine = next((name for name in available(to_train=True) if _is_photos(name)), None)
    if mine is None:
        st.caption(_("It needs coloured pictures of your own, a folder for each class."))
        page_link("data", N_("Bring pictures on the page Data"), ":material/add_photo_alternate:", {"data_view": "own"})
        return
    if not _weights_are_here():
        size = memory(ZOO[PHOTOS].params * _BYTES_PER_WEIGHT)
        st.caption(_("Its weights ({size}) are fetched as the run begins.", size=size))
    _button("photos", partial(_take, {**_PHOTOS, "data": mine}))


def _weights_are_here() -> bool:
    if warmup.underway():
        return True
    from cnnviz.models import pretrained  # heavy

    return pretrained.is_here(PHOTOS)


def _button(name: str, take: Any) -> None:
    st.button(_("Set it up"), key=f"training_transfer_take_{name}", icon=":material/tune:", on_click=take)


def _take_preset(preset: str) -> None:
    values = preset_values(preset, untouched_values())
    st.session_state[PRESET] = preset
    fill(values)
    touched()


def _take(values: Mapping[str, Value]) -> None:
    said: Values = {**untouched_values(), **values}
    st.session_state[PRESET] = None
    fill(said)
    touched()


def _is_photos(name: str) -> bool:
    """Whether it is a set of one's own in colour."""
    try:
        return name.startswith(OWN) and name != f"{OWN}{CATS}" and dataset(name).image_size[0] == 3
    except CnnvizError:
        return False


def _with_cats() -> str | None:
    """A data set that is here and has both classes: CIFAR-10, or its pictures as they were imported."""
    if DATASETS["cifar10"].is_present():
        return "cifar10"
    own = (name for name in available(to_train=True) if name.startswith(OWN))
    return next((name for name in own if set(_CLASSES) <= set(_classes(name))), None)


def _classes(name: str) -> tuple[str, ...]:
    try:
        return dataset(name).classes
    except CnnvizError:
        return ()


def _make_cats(source: str) -> None:
    """The set of both classes alone, by a job; once it is there the card can be taken."""
    if st.button(_("Make the set of pictures"), key="training_transfer_make_cats", icon=":material/photo_library:"):
        jobs.forget(_MAKING)
        jobs.start(_MAKING, CATS, partial(_steps, source, visitor.owner()), goes_on=True)
    if jobs.latest(_MAKING) != jobs.Latest():
        jobs.follow(_MAKING, _making)


def _steps(source: str, owner: str) -> Generator[Any, None, None]:
    yield from steps(SetSource(source), replace(CATS_SET, owner=owner))


def _making(now: jobs.Latest) -> None:
    jobs.show_progress(_MAKING, now, _("Taking out cats and dogs …"))
