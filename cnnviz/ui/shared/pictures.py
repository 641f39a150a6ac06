"""Picture choice: one of the test set, a photo, drawn, of the camera, or a user's file; and the network's answer."""

from __future__ import annotations

import base64
import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnviz.base import paths
from cnnviz.base.errors import DataError
from cnnviz.base.locale import N_
from cnnviz.base.text import percent, plain
from cnnviz.charts.gallery import crisp_uri, enlarge, rgb, zoom_for
from cnnviz.data.dataset_spec import DatasetSpec
from cnnviz.data.decoding import decode_picture, like_those_of
from cnnviz.data.image_folder.offered import offered
from cnnviz.data.mnist_style import for_dataset, for_drawing
from cnnviz.data.registry import DATASETS, dataset
from cnnviz.data.samples import sample_photos
from cnnviz.engine.card import Card
from cnnviz.ui.shared import cache, drawing, state, uploads
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.link_parameters import parameter
from cnnviz.ui.shared.names import PHOTO_WORDS, class_name, data_name

Picture = NDArray[np.uint8]  # (channels, height, width), as the data set has its pictures

_SMALL = "digits"  # come with the app
_FOLDERS_SECONDS = 10  # a new folder of pictures is found after so long

SOURCES = {
    "test": N_("Test set"),
    "photo": N_("Photo"),
    "drawing": N_("Draw"),
    "camera": N_("Camera"),
    "file": N_("File"),
}
_UNSAID = ("camera", "file")  # no link can carry such a picture, so it does not say the source either


@dataclass(frozen=True, eq=False)
class Chosen:
    """A picture, and its class if it is known."""

    picture: Picture
    true: int | None = None
    remade: Callable[[Card], Picture] | None = None  # from its source, where it can be had anew for another network

    def for_card(self, card: Card) -> Picture:
        """The same picture as the data set of another network has its pictures: in its channels. Raises DataError."""
        if self.remade is not None:
            return self.remade(card)
        if self.picture.shape[0] == card.input_size[0]:
            return self.picture
        return like_those_of((card.input_size[0], *self.picture.shape[1:]), rgb(self.picture))


def choose_picture(card: Card, key: str, *, in_link: bool = False) -> Chosen | None:
    """The controls, under each other; None, and a sentence, while there is no picture yet. Raises DataError.

    At first there is a picture wherever one can be had. `in_link`: source and picture are kept in the link, as
    `KEY_source`, `KEY_picture`, `KEY_photo`, `KEY_drawing`.
    """
    sources = sources_of(card)
    if in_link:
        drawing.take_from_link(f"{key}_drawing")
    source = _choose_source(sources, key, in_link)
    if in_link:
        drawing.put_into_link(f"{key}_drawing", drawing.carried_over() if source == "drawing" else None)
    show: dict[str, Callable[[], Chosen | None]] = {
        "test": lambda: _of_test_set(card, key),
        "photo": lambda: _of_photo(card, key, in_link),
        "drawing": lambda: _drawn(card, key),
        "camera": lambda: _from_camera(card, key),
        "file": lambda: _uploaded(card, key),
    }
    return show[source]()


def sources_of(card: Card) -> list[str]:
    """Where a picture for this network can come from; first what it was tested on, or what is nearest to that."""
    has_photos = card.input_size[0] == 3 and bool(sample_photos())
    has_test = shown_data(card) is not None
    first = [name for name, is_there in (("test", has_test), ("photo", has_photos)) if is_there]
    return [*first, "drawing", "camera", "file"]


def _choose_source(sources: list[str], key: str, in_link: bool) -> str:
    """The switch "Picture"."""
    usual = "drawing" if drawing.carried_over() is not None and "photo" not in sources else sources[0]
    name = f"{key}_source"
    if st.session_state.get(name, sources[0]) not in sources:
        del st.session_state[name]  # it was another network's
    if in_link and drawing.carried_over() is None:
        said = parameter(name, "").news(on_this_visit=True)
        if said is not None:  # who comes for a drawing where nothing was drawn is shown a picture all the same
            st.session_state[name] = sources[0] if said == "drawing" or said not in sources else said
    source = _switch(_("Picture"), {each: SOURCES[each] for each in sources}, name, in_link, default=usual)
    if in_link and source in _UNSAID:
        parameter(name, "").put(None)
    return source


def _switch(title: str, names: Mapping[str, str], key: str, in_link: bool, **usual: Any) -> str:
    """A switch of codes, `names` their messages; kept in the link, or in the session alone."""
    usual = {"default": next(iter(names)), "width": "stretch", **usual}
    if in_link:
        return state.switch_code(title, list(names), key=key, name_of=lambda code: _(names[code]), **usual)
    return str(
        st.segmented_control(
            title,
            list(names),
            required=True,
            format_func=lambda code: _(names[code]),
            key=key,
            persist_state="session",
            **usual,
        )
    )


def class_names(card: Card) -> list[str]:
    """The card's classes in the visitor's language."""
    return [class_name(name) for name in card.classes]


def answer(probabilities: NDArray[np.floating], names: Sequence[str], true: int | None, most: int = 3) -> None:
    """What the network says to the picture: its likeliest classes as bars."""
    best = np.argsort(-probabilities, kind="stable")[:most]
    rows = "".join(_bar(names[k], float(probabilities[k]), _color(int(k), int(best[0]), true)) for k in best)
    verdict = _("It takes this for {name}.", name=names[best[0]])
    if true is not None:
        verdict = (
            _("Right: it is {name}.", name=names[true])
            if best[0] == true
            else _("Wrong: it takes {true} for {name}.", true=names[true], name=names[best[0]])
        )
    st.html(f'<p class="cnn-verdict"><b>{html.escape(verdict)}</b></p>{rows}')


def crisp(picture: Picture, alt: str, side: int = 224) -> None:
    """A small picture (channels, h, w) enlarged by a whole factor."""
    st.image(_enlarged(picture, side), alt=alt, output_format="PNG")


def uri(picture: Picture, side: int) -> str:
    """The same as a link that carries it."""
    return crisp_uri(picture, side)


def _enlarged(picture: Picture, side: int) -> Picture:
    """(channels, h, w) -> (H, W, 3), as near to `side` pixels as a whole factor comes."""
    shown = rgb(picture)
    height, width = shown.shape[:2]
    return enlarge(shown, zoom_for(height, width, side))


def _of_test_set(card: Card, key: str) -> Chosen | None:
    spec = dataset(_present(card))
    split = cache.test_pictures(spec.name)
    number_key = f"{key}_picture"  # counted from 1
    number_within(number_key, len(split))
    names = class_names(card)
    index = st.number_input(_("Number in the test set"), 1, len(split), key=number_key, bind="query-params") - 1
    options = [-1, *range(len(names))]
    named = [_("any"), *names]
    state.relabel(f"{key}_class")
    wanted = st.selectbox(
        _("Class"),
        options,
        format_func=lambda k: named[k + 1],
        key=f"{key}_class",
        on_change=_first,
        args=(number_key, split.labels, f"{key}_class"),
    )
    arguments = (number_key, split.labels, wanted)
    st.button(_("Another picture"), key=f"{key}_another", on_click=_next, args=arguments, width="stretch")
    return Chosen(test_picture(card, spec.name, split.images[index]), int(split.labels[index]))


def test_picture(card: Card, data: str, picture: Picture) -> Picture:
    """`picture` of the test set of `data`; a small digit that stands in for another data set's is made like those."""
    return for_drawing(picture[0], dataset(card.data)) if data == _SMALL != card.data else picture


def number_within(key: str, count: int) -> None:
    """The number of a picture, from 1, that the session has under `key`: 1 where another data set has fewer."""
    if not 1 <= st.session_state.get(key, 0) <= count:
        st.session_state[key] = 1


def test_data(card: Card) -> str:
    """The card's data set; where it is missing, a folder of pictures of the same classes and size, and a caption."""
    folder = _stand_in(card)
    if folder is None:
        return card.data
    st.caption(
        _(
            "{data} is not on this machine; these are the pictures of {folder}.",
            data=plain(data_name(card.data)),
            folder=plain(data_name(folder)),
        )
    )
    return folder


def shown_data(card: Card) -> str | None:
    """The data set whose test pictures the network is shown: its own, or what stands in for it; None without either."""
    try:
        if dataset(card.data).is_present():
            return card.data
        return _SMALL if card.classes == DATASETS[_SMALL].classes else _stand_in(card)
    except DataError:  # a folder that is not here any more
        return None


def _stand_in(card: Card) -> str | None:
    """The folder that stands in for a data set that is missing."""
    if dataset(card.data).is_present():
        return None
    return _folder_like(card.classes, card.input_size, str(paths.data_root()))


@st.cache_data(ttl=_FOLDERS_SECONDS, max_entries=4, show_spinner=False)
def _folder_like(classes: tuple[str, ...], size: tuple[int, ...], root: str) -> str | None:
    """Of those below `root`, which is where `offered` looks."""
    for name in offered():
        try:
            spec = dataset(name)
        except DataError:
            continue
        if (spec.classes, spec.image_size) == (classes, size):
            return name
    return None


def _present(card: Card) -> str:
    """The same, but a network for digits is shown those that come with the app."""
    small = DATASETS[_SMALL]
    if not dataset(card.data).is_present() and card.classes == small.classes:
        st.caption(
            _(
                "{data} is not on this machine; these are the small digits that come with the app.",
                data=plain(data_name(card.data)),
            )
        )
        return small.name
    return test_data(card)


def _first(number_key: str, labels: NDArray[np.int64], class_key: str) -> None:
    """A class was chosen: its first picture, unless the present one is of it; "any" leaves the picture."""
    wanted, index = st.session_state[class_key], st.session_state[number_key] - 1
    if wanted >= 0 and labels[index] != wanted:
        st.session_state[number_key] = neighbour(labels, -1, wanted, 1) + 1


def _next(number_key: str, labels: NDArray[np.int64], wanted: int) -> None:
    """The next picture of the wanted class; indices count from 0, the number from 1."""
    st.session_state[number_key] = neighbour(labels, st.session_state[number_key] - 1, wanted, 1) + 1


def neighbour(labels: NDArray[np.int64], index: int, wanted: int, direction: int) -> int:
    """The next (1) or previous (-1) picture of class `wanted` (-1: of any) from `index`, round and round.

    >>> labels = np.array([3, 1, 3, 1])
    >>> neighbour(labels, 0, 1, 1), neighbour(labels, 3, 1, 1), neighbour(labels, 0, 3, -1), neighbour(labels, 3, -1, 1)
    (1, 1, 2, 0)
    """
    fitting = np.arange(len(labels)) if wanted < 0 else np.flatnonzero(labels == wanted)
    if not len(fitting):
        return index
    beyond = fitting[fitting > index] if direction > 0 else fitting[fitting < index][::-1]
    first = fitting[0] if direction > 0 else fitting[-1]
    return int(beyond[0] if len(beyond) else first)


def _of_photo(card: Card, key: str, in_link: bool) -> Chosen:
    """One of scikit-learn's two photos, its middle square."""
    photos = {photo["name"]: photo for photo in reversed(sample_photos())}
    names = {name: PHOTO_WORDS[f"photo-{name}"] for name in photos}
    name = _switch(_("Photo"), names, f"{key}_photo", in_link, label_visibility="collapsed")
    st.caption(_(PHOTO_WORDS["credit"], credit=photos[name]["credit"]))
    raw = base64.b64decode(photos[name]["source"].partition(",")[2])
    return Chosen(_like_those_of(raw, card.input_size), remade=lambda other: _like_those_of(raw, other.input_size))


@st.cache_data(max_entries=8, show_spinner=False)
def _like_those_of(raw: bytes, size: tuple[int, ...]) -> Picture:
    channels, height, width = size
    return like_those_of((channels, height, width), decode_picture(raw))


def _from_camera(card: Card, key: str) -> Chosen | None:
    """Raises DataError."""
    spec = dataset(card.data)
    taken = st.camera_input(_("A picture of the camera"), key=f"{key}_camera", help=_what_becomes_of_it(spec))
    return None if taken is None else _from_outside(taken.getvalue(), spec)


def _drawn(card: Card, key: str) -> Chosen | None:
    ink = drawing.sketch_pad(f"{key}_pad")
    if ink is None:
        st.info(_("Draw something: every layer answers when you lift the pen."), icon=":material/draw:")
        return None
    return Chosen(for_drawing(ink, dataset(card.data)), remade=lambda other: for_drawing(ink, dataset(other.data)))


def _uploaded(card: Card, key: str) -> Chosen | None:
    """Raises DataError, also for a blank picture: to nothing there is no answer."""
    spec = dataset(card.data)
    file = st.file_uploader(
        _("A picture file"), key=f"{key}_file", max_upload_size=uploads.PICTURE, help=_what_becomes_of_it(spec)
    )
    return None if file is None else _from_outside(file.getvalue(), spec)


def _from_outside(raw: bytes, spec: DatasetSpec) -> Chosen:
    picture = decode_picture(raw)
    return Chosen(for_dataset(picture, spec), remade=lambda other: for_dataset(picture, dataset(other.data)))


def _what_becomes_of_it(spec: DatasetSpec) -> str:
    if spec.framing is not None:
        return _("One thing on a plain background. It becomes what the data set's pictures are: small, centred, grey.")
    height, width = spec.image_size[1:]
    return _(
        "It is treated as the data set's own pictures were: its middle part, resized to {height} × {width}.",
        height=height,
        width=width,
    )


def _color(k: int, best: int, true: int | None) -> str:
    if true is None:
        return "output" if k == best else "muted"
    return "right" if k == true else "wrong" if k == best else "muted"


def _bar(name: str, probability: float, color: str) -> str:
    return (
        f'<div class="cnn-share"><span>{html.escape(name)}</span>'
        f'<span><i style="width:{probability * 100:.2f}%;background:var(--cnn-{color})"></i></span>'
        f"<span>{html.escape(percent(probability))}</span></div>"
    )
