"""The pieces of the page Data: samples of every class, facts, the balance of classes, and fetching."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnviz.base import paths
from cnnviz.charts.gallery import channels_last, row_uri
from cnnviz.data.dataset_spec import DatasetSpec
from cnnviz.data.registry import dataset
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.link_parameters import kinds
from cnnviz.ui.shared.page import colors, errors_as_sentences
from cnnviz.ui.shared.state import LinkParam

SAMPLES = 14  # pictures of each class: in one line on a wide screen, in two on a phone
_SAMPLE = "data_sample"  # in the session and in the link
_PARAMETER: LinkParam[int] = LinkParam(_SAMPLE, kinds()[_SAMPLE], 1)
_EMBEDDED = "digits"

_CSS = """
.cnn-gallery { display: grid; grid-template-columns: max-content 1fr; gap: 4px 1.1rem; align-items: center;
  max-width: 860px; }
.cnn-gallery b { font-size: 1.1rem; font-weight: 600; }
.cnn-gallery div { display: grid; grid-template-columns: 1fr 1fr; gap: 2px; }
.cnn-gallery img { width: 100%; display: block; image-rendering: pixelated; border-radius: 3px; }
.cnn-facts { display: grid; grid-template-columns: max-content 1fr; gap: 0.35rem 1.4rem; margin: 0 !important;
  padding: 0 !important; max-width: 62rem; }
.cnn-facts dt { color: var(--cnn-muted); }
.cnn-facts dd { margin: 0; font-variant-numeric: tabular-nums; }
.cnn-balance { border-collapse: collapse; width: 100%; max-width: 860px; font-variant-numeric: tabular-nums; }
.cnn-balance :is(th, td) { border: 0; padding: 0.16rem 0; font-weight: 400; text-align: left; }
.cnn-balance th { white-space: nowrap; }
.cnn-balance thead th { color: var(--cnn-muted); padding-bottom: 0.3rem; }
.cnn-balance .number { text-align: right; padding: 0 0 0 0.9rem; white-space: nowrap; }
.cnn-balance .bar { width: 99%; padding-left: 0.9rem; }
.cnn-balance .bar i { display: block; height: 0.85rem; border-radius: 2px; background: var(--cnn-train); }
.cnn-balance .bar i + i { height: 0.3rem; margin-top: 2px; background: var(--cnn-test); }
.cnn-balance .train { color: var(--cnn-train); } .cnn-balance .test { color: var(--cnn-test); }
@media (max-width: 640px) {
  .cnn-gallery { grid-template-columns: 1fr; gap: 3px; }
  .cnn-gallery div { grid-template-columns: 1fr; gap: 2px; margin-bottom: 0.6rem; }
  .cnn-facts { grid-template-columns: 1fr; gap: 0; } .cnn-facts dd { margin-bottom: 0.5rem; }
}
"""


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
    """Which sample is shown: by the button, else by the link, else the first."""
    if _SAMPLE not in st.session_state:
        st.session_state[_SAMPLE] = _PARAMETER.read()
    return int(st.session_state[_SAMPLE])


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
    """How many pictures each class has, as bars and numbers; both halves on their own scale of shares."""
    longest = max(found.train) / sum(found.train), max(found.test) / sum(found.test)
    rows = []
    for message, train, test in zip(spec.classes, found.train, found.test, strict=True):
        bars = "".join(
            f'<i style="width:{100 * count / sum(half) / max(longest):.1f}%"></i>'
            for count, half in ((train, found.train), (test, found.test))
        )
        rows.append(
            f'<tr><th scope="row">{escape(_(message))}</th><td class="bar">{bars}</td>'
            f'<td class="number train">{train:,}</td><td class="number test">{test:,}</td></tr>'
        )
    label, to_train, to_test = (escape(text) for text in (_("Class"), _("To train on"), _("To test with")))
    head = (
        f'<tr><th scope="col">{label}</th><td></td><th scope="col" class="number train">{to_train}</th>'
        f'<th scope="col" class="number test">{to_test}</th></tr>'
    )
    st.html(
        f'<style>{_CSS}</style><table class="cnn-balance"><thead>{head}</thead><tbody>{"".join(rows)}</tbody></table>'
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
    st.session_state[_SAMPLE] = sample_number() + 1
    _PARAMETER.put(st.session_state[_SAMPLE])


def _show_embedded() -> None:
    st.session_state["data_name"] = _EMBEDDED


def _list(values: tuple[float, ...]) -> str:
    return " / ".join(f"{value:.4f}" for value in values)
