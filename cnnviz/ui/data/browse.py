"""View "Browse" of the page Data: real pictures of every class, how many there are, and where they come from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from html import escape

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnviz.base import paths
from cnnviz.base.errors import DataError
from cnnviz.charts.gallery import channels_last, row_uri
from cnnviz.charts.shares import Half, balance_bars
from cnnviz.data.dataset_spec import DatasetSpec
from cnnviz.data.registry import dataset
from cnnviz.ui.data import fetching
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.link_parameters import parameter
from cnnviz.ui.shared.mount import css
from cnnviz.ui.shared.page import colors, theme_type
from cnnviz.ui.shared.plotly_chart import plotly_chart, same_as_table

SAMPLES = 14  # pictures of each class: in one line on a wide screen, in two on a phone
_SAMPLE = parameter("data_sample", 1)
_CSS = css("data/page")


def show(spec: DatasetSpec) -> None:
    """The whole view."""
    try:
        found = samples(spec, sample_number())
    except DataError as error:
        fetching.show_broken(spec, error)
        return
    another_sample_button()
    show_gallery(spec, found.pictures)
    st.caption(_("Sample {number}: {each} training pictures of each class.", number=sample_number(), each=SAMPLES))
    st.subheader(_(spec.title), anchor=False)
    st.write(_(spec.about))
    show_facts(spec)
    _class_counts(spec, found)


def _class_counts(spec: DatasetSpec, found: Samples) -> None:
    st.subheader(_("How many of each class"), anchor=False)
    st.write(
        _(
            "If one class had most of the pictures, a network could score well by always naming it. "
            "The thick bars are shares of the training pictures, the thin ones of the test pictures."
        )
    )
    show_balance(spec, found)


@dataclass(frozen=True)
class Samples:
    """Some pictures of every class, and how many there are: what the page needs of a data set."""

    pictures: NDArray[np.uint8]  # (classes, SAMPLES, channels, h, w)
    train: tuple[int, ...]  # pictures to train on, class by class
    test: tuple[int, ...]


def samples(spec: DatasetSpec, number: int) -> Samples:
    """Sample no. `number` of a data set, the same for everybody. Raises MissingDataError or CorruptDataError."""
    return _samples(spec.name, number, str(paths.data_root()))


@st.cache_resource(max_entries=64, show_spinner=False)
def _samples(name: str, number: int, root: str) -> Samples:
    spec = dataset(name)
    train, test = spec.load("train"), spec.load("test")
    classes = range(len(spec.classes))
    chosen = [_choose(np.flatnonzero(train.labels == index), [number, index]) for index in classes]
    counts = [np.bincount(half.labels, minlength=len(spec.classes)) for half in (train, test)]
    return Samples(train.images[np.stack(chosen)], *(tuple(int(n) for n in row) for row in counts))


def _choose(places: NDArray[np.int64], seed: list[int]) -> NDArray[np.int64]:
    """`SAMPLES` different places by a seed; where there are not so many, some come again."""
    return np.random.default_rng(seed).choice(places, SAMPLES, replace=len(places) < SAMPLES)


def sample_number() -> int:
    """Which sample is shown: the link's, after a page switch the one shown before, else the first."""
    number = _SAMPLE.kept()
    _SAMPLE.keep(number)
    return number


def another_sample_button() -> None:
    """Shows other pictures of the same classes; the number goes into the link."""
    st.button(_("Another sample"), key="data_another", icon=":material/shuffle:", on_click=_another_sample)


def show_gallery(spec: DatasetSpec, pictures: NDArray[np.uint8]) -> None:
    """A row of pictures for each class; `pictures` (classes, n, channels, h, w), n even."""
    rows, background = [], colors()["background"]
    for message, row in zip(spec.classes, pictures, strict=True):
        alt = escape(_("{count} pictures of class {name}", count=len(row), name=_(message)))
        halves = np.split(channels_last(row), 2)
        lines = "".join(f'<img src="{row_uri(half, background)}" alt="">' for half in halves)
        rows.append(f'<b>{escape(_(message))}</b><div role="img" aria-label="{alt}">{lines}</div>')
    st.html(f'<style>{_CSS}</style><div class="cnn-gallery">{"".join(rows)}</div>')


def show_facts(spec: DatasetSpec) -> None:
    """Counts, size, figures for normalising, source."""
    channels, height, width = spec.image_size
    color = _("grey") if channels == 1 else _("colour")
    facts = [
        (_("To train on"), _("{count} pictures", count=f"{spec.train_images:,}")),
        (
            _("To test with"),
            _("{count} pictures, which no network has seen while training", count=f"{spec.test_images:,}"),
        ),
        (_("Classes"), str(len(spec.classes))),
        (_("Size"), _("{height} × {width} pixels, {color}", height=height, width=width, color=color)),
        (
            _("Mean, deviation"),
            _("{mean}, {std} of pixels from 0 to 1, used to normalise", mean=_list(spec.mean), std=_list(spec.std)),
        ),
        (_("Source"), _(spec.source)),
    ]
    items = "".join(f"<dt>{escape(term)}</dt><dd>{escape(value)}</dd>" for term, value in facts)
    st.html(f'<style>{_CSS}</style><dl class="cnn-facts">{items}</dl>')


def show_balance(spec: DatasetSpec, found: Samples) -> None:
    """How many pictures each class has, as bars and as a table."""
    classes = [_(message) for message in spec.classes]
    train, test = Half(_("To train on"), found.train), Half(_("To test with"), found.test)
    with st.container(key="data_balance_bars"):
        figure = partial(balance_bars, classes, train, test, theme_type())
        plotly_chart(figure, "data_balance", _balance_in_words(spec, found))
    same_as_table(
        [_("Class"), train.name, test.name], list(zip(classes, found.train, found.test, strict=True)), "data_balance"
    )


def _balance_in_words(spec: DatasetSpec, found: Samples) -> str:
    """What the bars show at a glance."""
    fewest, most = min(found.train), max(found.train)
    rarest, commonest = (_(spec.classes[found.train.index(count)]) for count in (fewest, most))
    return _(
        "Training pictures of each class: from {fewest} ({rarest}) to {most} ({commonest})",
        fewest=f"{fewest:,}",
        rarest=rarest,
        most=f"{most:,}",
        commonest=commonest,
    )


def _another_sample() -> None:
    _SAMPLE.keep(sample_number() + 1)


def _list(values: tuple[float, ...]) -> str:
    return " / ".join(f"{value:.4f}" for value in values)
