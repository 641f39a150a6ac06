"""Excerpts of a data set: samples, pages of a class, one picture, statistics; read for all visitors, bounded.

A half is read where one of them is not known yet, and let go of again: 60,000 pictures of MNIST are 47 MB.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnviz.base import paths
from cnnviz.data import statistics
from cnnviz.data.dataset_spec import DatasetSpec
from cnnviz.data.registry import dataset
from cnnviz.data.statistics import Statistics
from cnnviz.ui.shared import jobs
from cnnviz.ui.shared.i18n import _

HALVES = ("train", "test")
SAMPLES = 9  # pictures of each class: in one line on a wide screen, in two on a phone
ON_A_PAGE = 72  # pictures of one class
_JOB = "data_statistics"
_MOMENT = 0.25  # seconds: a small set is added up before the page is out


@dataclass(frozen=True, eq=False)
class Picked:
    """Some pictures of one class, and where they are in their half."""

    pictures: NDArray[np.uint8]  # (n, channels, h, w)
    places: tuple[int, ...]
    count: int  # how many the class has


@dataclass(frozen=True, eq=False)
class Samples:
    """Some pictures of every class, and how many there are."""

    rows: tuple[Picked, ...]
    train: tuple[int, ...]  # pictures to train on, class by class
    test: tuple[int, ...]


def samples(spec: DatasetSpec, half: str, number: int) -> Samples:
    """Sample no. `number` of a half, the same for everybody. Raises MissingDataError or CorruptDataError."""
    return _samples(spec.name, half, number, version_of(spec))


def class_page(spec: DatasetSpec, half: str, index: int, page: int) -> Picked:
    """Page `page`, from 1, of all pictures of a class in the files' order; the last one if there are not so many."""
    return _class_page(spec.name, half, index, page, version_of(spec))


def one_picture(spec: DatasetSpec, half: str, place: int) -> tuple[NDArray[np.uint8], int] | None:
    """(channels, h, w) and its class; None if the half has not so many."""
    return _one_picture(spec.name, half, place, version_of(spec))


@st.cache_resource(max_entries=8, show_spinner=False)
def twins(name: str, version: str) -> list[tuple[int, int]]:
    """See `statistics.twins`; of the halves as they lie. MNIST takes half a second."""
    spec = dataset(name)
    return statistics.twins(spec.load("train"), spec.load("test"))


def twins_of(spec: DatasetSpec) -> list[tuple[int, int]]:
    """Test pictures that are trained on too."""
    with st.spinner(_("Comparing both halves …")):
        return twins(spec.name, version_of(spec))


def statistics_of(spec: DatasetSpec, half: str) -> Statistics | None:
    """Those of a half; None while they are added up: `show_adding_up` says so."""
    about = (spec.name, half, version_of(spec))
    kept = _kept(*about)
    if kept.statistics is None:
        job = f"{_JOB}_{half}"
        jobs.start(job, about, lambda: _add_up(kept, spec, half), lambda found: found.seen / found.count)
        jobs.latest(job, _MOMENT)
    return kept.statistics


def show_adding_up(spec: DatasetSpec, half: str) -> None:
    """How far it is, with a button that ends it; the page runs again when it is done. Once on a page for a half."""
    job = f"{_JOB}_{half}"
    if _kept(spec.name, half, version_of(spec)).statistics is not None:
        st.rerun()  # it was done meanwhile
    if jobs.latest(job).is_finished:
        st.button(_("Add them up"), key=f"{job}_again", icon=":material/functions:", on_click=jobs.forget, args=(job,))
    count = f"{spec.train_images if half == 'train' else spec.test_images:,}"
    text = _("Adding up {count} pictures …", count=count)
    jobs.follow(job, lambda now: jobs.show_progress(job, now, text))


@dataclass
class _Kept:
    statistics: Statistics | None = field(default=None)


@st.cache_resource(max_entries=16, show_spinner=False)
def _kept(name: str, half: str, version: str) -> _Kept:
    return _Kept()


def _add_up(kept: _Kept, spec: DatasetSpec, half: str) -> jobs.Steps:
    for found in statistics.adding_up(spec.load(half), len(spec.classes)):
        if found.is_whole:
            kept.statistics = found
        yield found


@st.cache_resource(max_entries=64, show_spinner=False)
def _samples(name: str, half: str, number: int, version: str) -> Samples:
    spec = dataset(name)
    halves = {each: spec.load(each) for each in HALVES}
    split = halves[half]
    rows = []
    for index in range(len(spec.classes)):
        places = np.flatnonzero(split.labels == index)
        chosen = _choose(places, [number, index])
        rows.append(Picked(split.images[chosen], tuple(map(int, chosen)), len(places)))
    counts = [np.bincount(halves[each].labels, minlength=len(spec.classes)) for each in HALVES]
    train, test = (tuple(int(count) for count in each) for each in counts)
    return Samples(tuple(rows), train, test)


def _choose(places: NDArray[np.int64], seed: list[int]) -> NDArray[np.int64]:
    """`SAMPLES` different places by a seed, or as many as there are."""
    return np.random.default_rng(seed).choice(places, min(SAMPLES, len(places)), replace=False)


@st.cache_resource(max_entries=64, show_spinner=False)
def _class_page(name: str, half: str, index: int, page: int, version: str) -> Picked:
    split = dataset(name).load(half)
    places = np.flatnonzero(split.labels == index)
    start = ON_A_PAGE * (min(page, pages(len(places))) - 1)
    chosen = places[start : start + ON_A_PAGE]
    return Picked(split.images[chosen], tuple(map(int, chosen)), len(places))


def pages(count: int) -> int:
    """How many pages so many pictures take; one at least."""
    return max(1, -(-count // ON_A_PAGE))


@st.cache_resource(max_entries=64, show_spinner=False)
def _one_picture(name: str, half: str, place: int, version: str) -> tuple[NDArray[np.uint8], int] | None:
    split = dataset(name).load(half)
    if place >= len(split):
        return None
    return split.images[place].copy(), int(split.labels[place])


def version_of(spec: DatasetSpec) -> str:
    """Changes where another folder holds the data, or an own set of this name is another one."""
    return f"{paths.data_root()} {spec.version}"
