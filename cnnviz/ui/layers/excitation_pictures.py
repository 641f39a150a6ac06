"""Pictures that excite a unit most: nine of the test set with their boxes, and how often it fires for each class."""

from __future__ import annotations

import html
from collections import OrderedDict
from collections.abc import Generator
from dataclasses import dataclass
from functools import partial
from threading import Lock

import numpy as np
import streamlit as st
import torch
from numpy.typing import NDArray

from cnnviz.base.locale import N_
from cnnviz.base.text import number_text, percent
from cnnviz.charts.gallery import data_uri, enlarge, rgb, zoom_for
from cnnviz.data.dataset_spec import Split
from cnnviz.data.mnist_style import for_drawing
from cnnviz.data.registry import dataset
from cnnviz.engine.card import Card
from cnnviz.engine.loader import Preprocessing
from cnnviz.inspection.responses import Box, Responses, box_of, responses, threshold_of
from cnnviz.models.summary import LayerInfo
from cnnviz.ui.layers.view import Inspected
from cnnviz.ui.shared import cache, jobs, pictures
from cnnviz.ui.shared.i18n import _, listed
from cnnviz.ui.shared.jobs import Latest

Pixels = NDArray[np.uint8]

_KEY = "layers_responses"
_SIDE = 62  # CSS pixels of a picture
_MOST_BARS = 10
_MOST_NAMED = 12  # dead units
_MOST_KEPT = 32  # layers, of all checkpoints
_STAND_IN = "digits"  # come with the app

_kept: OrderedDict[Source, Responses] = OrderedDict()  # of all visitors: never changed
_lock = Lock()


@dataclass(frozen=True)
class Source:
    """A layer of a checkpoint, and the data it is shown."""

    file: str
    version: int  # changes with the file
    layer: str
    data: str


def source_of(inspected: Inspected, layer: LayerInfo) -> Source | None:
    """None, and a sentence, where no test pictures are here."""
    data = pictures.shown_data(inspected.card)
    if data is None:
        st.info(_("There are no test pictures on this machine to show."), icon=":material/hide_image:")
        return None
    return Source(str(inspected.file), inspected.file.stat().st_mtime_ns, layer.name, data)


def known(source: Source | None) -> Responses | None:
    """What was found for it, once all pictures were shown."""
    with _lock:
        return None if source is None else _kept.get(source)


def start(inspected: Inspected, layer: LayerInfo, source: Source) -> None:
    """Have all test pictures shown to the layer, unless they were."""
    jobs.start(_KEY, source, partial(_responses, inspected, layer, source), lambda found: found.seen / found.total)


def show(inspected: Inspected, layer: LayerInfo, source: Source, unit: int) -> None:
    """The nine pictures and the bars, of those looked at up to now."""
    jobs.follow(_KEY, partial(_draw, inspected, layer, source, unit))


def dead_sentence(found: Responses, are_units: bool) -> str:
    """Which units never fire; "" where all do."""
    if not found.dead:
        return ""
    count = f"{found.total:,}"
    if len(found.dead) == len(found.fired):
        message = N_("No unit ever fires on the {count} test pictures.") if are_units else _ALL_MAPS
        return _(message, count=count)
    numbers = listed([str(unit + 1) for unit in found.dead[:_MOST_NAMED]])
    if len(found.dead) > _MOST_NAMED:
        numbers = _("{numbers} and {more} more", numbers=numbers, more=len(found.dead) - _MOST_NAMED)
    message = (
        N_("Dead, since they never fire on the {count} test pictures: units {numbers}.") if are_units else _SOME_MAPS
    )
    return _(message, count=count, numbers=numbers)


_ALL_MAPS = N_("No filter ever fires on the {count} test pictures.")
_SOME_MAPS = N_("Dead, since they never fire on the {count} test pictures: filters {numbers}.")


def _responses(inspected: Inspected, layer: LayerInfo, source: Source) -> Generator[Responses, None, None]:
    if (before := known(source)) is not None:
        yield before
        return
    card = inspected.card
    split = _test_half(source.data, card.data, dataset(source.data).version)
    threshold = _threshold(inspected, layer)
    for found in responses(inspected.model, layer, Preprocessing.of(card), split, len(card.classes), threshold):
        yield found
    with _lock:
        _kept[source] = found
        while len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)


def _threshold(inspected: Inspected, layer: LayerInfo) -> float:
    channels, height, width = inspected.card.input_size
    return threshold_of(cache.summary(inspected.model, (channels, height, width)), layer.name)


@st.cache_resource(max_entries=2, show_spinner=False)
def _test_half(data: str, likeness: str, version: str) -> Split:
    """The test half of `data`; the small digits are made like those of the data set they stand in for."""
    split = cache.test_pictures(data)
    if data != _STAND_IN or likeness == _STAND_IN:
        return split
    spec = dataset(likeness)
    return Split(np.stack([for_drawing(picture[0], spec) for picture in split.images]), split.labels)


def _draw(inspected: Inspected, layer: LayerInfo, source: Source, unit: int, now: Latest) -> None:
    found: Responses | None = now.value
    jobs.show_progress(_KEY, now, _("The test pictures are being looked at …"))
    if found is None:
        return
    nine, bars = st.columns([1.45, 1], gap="small")
    with nine:
        st.html(_nine(inspected, layer, source, found, unit))
    with bars:
        st.html(_bars(inspected, found, unit, _threshold(inspected, layer)))


def _nine(inspected: Inspected, layer: LayerInfo, source: Source, found: Responses, unit: int) -> str:
    card = inspected.card
    split = _test_half(source.data, card.data, dataset(source.data).version)
    head = html.escape(_("The test pictures that excite it most"))
    tiles = []
    for index, value, place in zip(found.pictures[unit], found.values[unit], found.places[unit], strict=True):
        if index >= 0:
            picture = _seen(split, int(index), card)
            name = inspected.names[int(split.labels[index])]
            says = _(
                "test picture {number}, class {name}: highest value {value}",
                number=index + 1,
                name=name,
                value=number_text(value),
            )
            tiles.append(_tile(picture, box_of(layer, int(place), card.input_size), says))
    return f'<p class="cnn-excite-head">{head}</p><div class="cnn-excite">{"".join(tiles)}</div>'


def _seen(split: Split, index: int, card: Card) -> Pixels:
    """uint8 (c, h, w): as the network gets it."""
    fitted = Preprocessing.of(card).fit(torch.from_numpy(np.ascontiguousarray(split.images[index : index + 1])))
    return np.rint(fitted[0].numpy() * 255).astype(np.uint8)


def _tile(picture: Pixels, box: Box, says: str) -> str:
    height, width = picture.shape[1:]
    uri = data_uri(enlarge(rgb(picture), zoom_for(height, width, 2 * _SIDE)))
    place = (
        f"left:{100 * box.left / width:.2f}%;top:{100 * box.top / height:.2f}%;"
        f"width:{100 * (box.right - box.left + 1) / width:.2f}%;height:{100 * (box.bottom - box.top + 1) / height:.2f}%"
    )
    text = html.escape(says, quote=True)
    return f'<span title="{text}"><img src="{uri}" alt="{text}"><i style="{place}"></i></span>'


def _bars(inspected: Inspected, found: Responses, unit: int, threshold: float) -> str:
    rates = found.rates[unit]
    order = list(range(len(rates))) if len(rates) <= _MOST_BARS else np.argsort(-rates, kind="stable")[:_MOST_BARS]
    rows = "".join(
        f'<div class="cnn-share"><span>{html.escape(inspected.names[k])}</span>'
        f'<span><i style="width:{rates[k] * 100:.2f}%;background:var(--cnn-output)"></i></span>'
        f"<span>{html.escape(percent(float(rates[k])))}</span></div>"
        for k in order
    )
    head = html.escape(_("How often it fires"))
    of_what = html.escape(_("share of its values above {threshold}, by class", threshold=number_text(threshold)))
    return f'<p class="cnn-excite-head">{head}<small>{of_what}</small></p>{rows}'
