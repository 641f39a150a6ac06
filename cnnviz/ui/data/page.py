"""Data page: real pictures of every class, how many there are, and where they come from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from html import escape

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnviz.base import paths
from cnnviz.base.errors import DataError
from cnnviz.base.locale import N_
from cnnviz.charts.gallery import channels_last, row_uri
from cnnviz.charts.shares import Half, balance_bars
from cnnviz.data.dataset_spec import DatasetSpec
from cnnviz.data.registry import DATASETS, dataset
from cnnviz.ui.shared import state
from cnnviz.ui.shared.i18n import _, sentence
from cnnviz.ui.shared.link_parameters import parameter
from cnnviz.ui.shared.mount import css
from cnnviz.ui.shared.names import data_name
from cnnviz.ui.shared.page import colors, errors_as_sentences, start, theme_type
from cnnviz.ui.shared.plotly_chart import plotly_chart, same_as_table

SAMPLES = 14  # pictures of each class: in one line on a wide screen, in two on a phone
_SAMPLE = parameter("data_sample", 1)
_EMBEDDED = "digits"

_CSS = css("data/page")


def page() -> None:
    """The whole page."""
    start(
        "Data", N_("Each row is one class. Ask for another sample and look for a picture you would get wrong yourself.")
    )

    choice, button = st.columns([2, 5], vertical_alignment="bottom")
    with choice:
        name = state.choose_code(_("Data set"), list(DATASETS), key="data_name", name_of=data_name, default="digits")
    spec = DATASETS[name]

    found = _found(spec)
    if found is not None:
        with button:
            another_sample_button()
        show_gallery(spec, found.pictures)
        st.caption(_("Sample {number}: {each} training pictures of each class.", number=sample_number(), each=SAMPLES))
    st.subheader(_(spec.title), anchor=False)
    st.write(_(spec.about))
    show_facts(spec)
    if found is not None:
        _class_counts(spec, found)


def _found(spec: DatasetSpec) -> Samples | None:
    """The sample that the link names; None where there are no pictures, with why and the way to get them."""
    if spec.is_present():
        try:
            return samples(spec, sample_number())
        except DataError as error:
            st.error(sentence(error), icon=":material/error:")
    else:
        st.info(
            _(
                "{name} is not on this machine yet. Fetching it once loads {megabytes} MB from the internet.",
                name=data_name(spec.name),
                megabytes=megabytes(spec.download_bytes),
            )
        )
    offer_to_fetch(spec)
    return None


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


def offer_to_fetch(spec: DatasetSpec) -> None:
    """Two ways on when a data set cannot be shown: fetch it, or see the embedded one."""
    with st.container(horizontal=True):
        wanted = st.button(_("Fetch"), key="data_fetch", type="primary", icon=":material/download:")
        st.button(_("Show digits instead"), key="data_embedded", on_click=_show_embedded)
    if wanted:
        with errors_as_sentences():
            _fetch(spec)
            st.rerun()


def megabytes(count: int) -> str:
    """Bytes as MB, rounded up to whole ones."""
    return f"{-(-count // 1_000_000)}"


def _fetch(spec: DatasetSpec) -> None:
    bar = st.progress(0.0, text=_("Connecting …"))

    def report(done: int, total: int) -> None:
        text = _("{done} of {total} MB", done=f"{done / 1e6:.1f}", total=megabytes(total))
        bar.progress(done / total, text=text)

    try:
        spec.fetch(progress=report)
    finally:
        bar.empty()


def _another_sample() -> None:
    _SAMPLE.keep(sample_number() + 1)


def _show_embedded() -> None:
    st.session_state["data_name"] = _EMBEDDED


def _list(values: tuple[float, ...]) -> str:
    return " / ".join(f"{value:.4f}" for value in values)
