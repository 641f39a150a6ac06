"""Panels beside the gallery: counts, pixels, Normalize worked out, the source; or one picture, large."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from html import escape

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnviz.base.errors import CnnvizError
from cnnviz.base.locale import N_
from cnnviz.base.text import percent, plain
from cnnviz.charts.gallery import data_uri, rgb
from cnnviz.charts.pixels import channel_colors, normalized_histogram, picture_values, pixel_histogram
from cnnviz.charts.shares import Half, balance_bars
from cnnviz.data.dataset_spec import DatasetSpec
from cnnviz.data.statistics import Statistics
from cnnviz.ui.data import download, excerpts
from cnnviz.ui.data.excerpts import Samples
from cnnviz.ui.shared import state
from cnnviz.ui.shared.checkpoints import card_of, choices
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.link_parameters import parameter
from cnnviz.ui.shared.names import class_name
from cnnviz.ui.shared.page import page_link, theme_type
from cnnviz.ui.shared.plotly_chart import plotly_chart, same_as_table

_Draw = Callable[[DatasetSpec, str, Statistics], None]

PICTURE = parameter("data_picture", 0)  # its number in its half, from 1
_PANELS = {
    "classes": N_("Counts"),
    "pixels": N_("Pixels"),
    "normalize": N_("Normalize"),
    "about": N_("About"),
}
_MANY = 13  # classes: more scroll in a box of their own
_BOX = 470  # CSS pixels
_LARGEST = 64  # a side of a picture whose values are sent
_SAME = 6e-5  # figures with four places are called the same up to that


def forget_picture() -> None:
    """The panel instead: another half or data set is looked at."""
    PICTURE.forget()


def show(spec: DatasetSpec, half: str, found: Samples) -> None:
    """One picture, if one was clicked; else the panel that is chosen."""
    number = PICTURE.kept()
    seen = excerpts.one_picture(spec, half, number - 1) if number else None
    if seen is not None:
        PICTURE.keep(number)
        _show_picture(spec, half, number, *seen)
        return
    PICTURE.forget()
    panel = state.choose_view(parameter("data_panel", "classes"), _PANELS, "data_panel_switch")
    if panel == "classes":
        _show_counts(spec, found)
    elif panel == "pixels":
        _with_statistics(spec, half, half, _show_pixels)
    elif panel == "normalize":
        _with_statistics(spec, half, "train", _show_normalize)
    else:
        _show_about(spec)


# One picture


def _show_picture(spec: DatasetSpec, half: str, number: int, picture: NDArray[np.uint8], label: int) -> None:
    name = class_name(spec.classes[label])
    title = _("Picture {number}, class {name}", number=f"{number:,}", name=name)
    with st.container(horizontal=True, vertical_alignment="center", key="data_picture_head"):
        st.html(f'<p class="cnn-picture-title">{escape(title)}</p>')
        st.button(_("Close"), key="data_close", icon=":material/close:", on_click=forget_picture)
    if max(picture.shape[1:]) > _LARGEST:
        st.html(f'<img class="cnn-large" src="{data_uri(rgb(picture))}" alt="{escape(title)}">')
    else:
        says = _("row {row}, column {column}: {value}", row="{row}", column="{column}", value="{value}")
        plotly_chart(partial(picture_values, picture, says, theme_type()), "data_picture_values", title)
        st.caption(_("Each pixel is a number from 0 (black) to 255. Point at one to read it."))
    _offer_layers(spec, half, number)


def _offer_layers(spec: DatasetSpec, half: str, number: int) -> None:
    checkpoint = _checkpoint(spec.name)
    if checkpoint is None:
        st.caption(_("A network trained on this data set would show here what its layers make of the picture."))
    elif half == "test":
        link = {"layers_checkpoint": checkpoint, "layers_source": "test", "layers_picture": str(number)}
        page_link("layers", N_("See it layer by layer"), ":material/layers:", link)
    else:
        st.caption(_("A network has learned this picture. The page Layers takes test pictures: choose one of those."))


def _checkpoint(data: str) -> str | None:
    """The first that was trained on this data set."""
    for choice in choices():
        try:
            if card_of(choice).data == data:
                return choice.name
        except (CnnvizError, OSError):
            continue
    return None


# Panels


def _with_statistics(spec: DatasetSpec, half: str, of: str, draw: _Draw) -> None:
    """Draw from the statistics of half `of`; those of `half`, which is looked at, are waited for under the gallery."""
    summed = excerpts.statistics_of(spec, of)
    if summed is not None:
        draw(spec, of, summed)
    elif of != half:
        excerpts.show_adding_up(spec, of)


def _show_counts(spec: DatasetSpec, found: Samples) -> None:
    """How many pictures each class has, as bars and as a table."""
    classes = [class_name(name) for name in spec.classes]
    train, test = Half(_("To train on"), found.train), Half(_("To test with"), found.test)
    figure = partial(balance_bars, classes, train, test, _("share of its half; at the end: pictures"), theme_type())
    with st.container(height=_BOX if len(classes) > _MANY else "content", border=False):
        plotly_chart(figure, "data_balance", _balance_in_words(spec, found))
    st.caption(_("A class with most of the pictures would let a network score well by always naming it."))
    rows = list(zip(classes, found.train, found.test, strict=True))
    same_as_table([_("Class"), train.name, test.name], rows, "data_balance")


def _balance_in_words(spec: DatasetSpec, found: Samples) -> str:
    """What the bars show at a glance."""
    fewest, most = min(found.train), max(found.train)
    rarest, commonest = (class_name(spec.classes[found.train.index(count)]) for count in (fewest, most))
    whole = sum(found.train) or 1
    return _(
        "Share of each class in its half; of the training pictures from {fewest_share} ({rarest}, {fewest}) to "
        "{most_share} ({commonest}, {most})",
        fewest=f"{fewest:,}",
        fewest_share=percent(fewest / whole),
        rarest=rarest,
        most=f"{most:,}",
        most_share=percent(most / whole),
        commonest=commonest,
    )


def _show_pixels(spec: DatasetSpec, half: str, summed: Statistics) -> None:
    """How many pixels are how bright."""
    shares = summed.histogram / summed.pixels
    names = _channels(len(shares))
    is_log = st.toggle(_("Log scale"), key="data_log", bind="query-params")
    axis = _("value of a pixel: 0 black, 1 full")
    figure = partial(pixel_histogram, shares, names, axis, theme_type(), is_log=is_log)
    plotly_chart(figure, "data_pixels", _pixels_in_words(summed))
    st.caption(_pixels_in_words(summed))
    rows = [
        (value, *(int(count) for count in summed.histogram[:, value])) for value in range(summed.histogram.shape[1])
    ]
    heads = [_("Value"), *names]
    same_as_table(heads, [(str(first), *rest) for first, *rest in rows], "data_pixels")


def _pixels_in_words(summed: Statistics) -> str:
    black, full = (float(summed.histogram[:, value].sum() / summed.histogram.sum()) for value in (0, 255))
    return _(
        "{pixels} pixels; {black} of all values are 0, {full} are 255.",
        pixels=f"{summed.pixels:,}",
        black=f"{black:.1%}",
        full=f"{full:.1%}",
    )


def _show_normalize(spec: DatasetSpec, _half: str, summed: Statistics) -> None:
    """Mean and deviation worked out from the sums, as Normalize takes them."""
    mean, deviation = _("mean"), _("deviation")
    worked = [
        _worked(mean, "Σx / 255n", [f"{total:,} / 255n" for total in summed.totals], summed.mean),
        _worked(
            deviation,
            f"√(Σx² / 255²n − {mean}²)",
            [f"√({s:,} / 255²n − {m:.4f}²)" for s, m in zip(summed.square_totals, summed.mean, strict=True)],
            summed.std,
        ),
    ]
    n = _("Over all n = {count} values of a channel of the training pictures:", count=f"{summed.pixels:,}")
    st.html(f'<p class="cnn-worked-n">{escape(n)}</p><div class="cnn-worked">{"".join(worked)}</div>')
    st.code(f"transforms.Normalize({_tuple(spec.mean)}, {_tuple(spec.std)})", language="python", wrap_lines=True)
    if not _is_as_said(spec, summed):
        st.caption(
            _("The line has the figures as they were published; they differ from those above in the last places.")
        )
    shares = summed.histogram / summed.pixels
    words = {"before": _("before"), "after": _("after"), "axis": _("value of a pixel")}
    figure = partial(normalized_histogram, shares, spec.mean, spec.std, words, theme_type())
    spoken = _("Pixel values before Normalize, from 0 to 1, and after it, about 0 with a deviation of 1")
    plotly_chart(figure, "data_normalized", spoken)


def _worked(name: str, formula: str, numbers: list[str], values: tuple[float, ...]) -> str:
    """The formula, and below it a line for each channel with its numbers and what comes of them."""
    tints = channel_colors(len(values), theme_type())
    named = zip(_channels(len(values)), tints, numbers, values, strict=False)
    lines = (
        f"<br>{_channel(channel, tint) if len(values) > 1 else ''}= {escape(line)} = <b>{value:.4f}</b>"
        for channel, tint, line, value in named
    )
    said = f"<p><b>{escape(name)}</b> = {escape(formula)}{''.join(lines)}</p>"
    # the page's font has no root sign, and that of Chinese a clumsy one
    return said.replace("√", '<span class="cnn-radical">√</span>')


def _channel(name: str, tint: str) -> str:
    return f'<b style="color:{tint}">{escape(name)}</b> '


def _tuple(values: tuple[float, ...]) -> str:
    inner = ", ".join(f"{value:.4f}" for value in values)
    return f"({inner},)" if len(values) == 1 else f"({inner})"


def _is_as_said(spec: DatasetSpec, summed: Statistics) -> bool:
    found, said = (*summed.mean, *summed.std), (*spec.mean, *spec.std)
    return all(abs(one - other) < _SAME for one, other in zip(found, said, strict=True))


def _channels(count: int) -> list[str]:
    return [_("grey")] if count == 1 else [_("red"), _("green"), _("blue")][:count]


def _show_about(spec: DatasetSpec) -> None:
    """Where the pictures come from, and whether both halves are apart."""
    st.html(f'<p class="cnn-picture-title">{escape(_(spec.title))}</p>')
    st.write(plain(_(spec.about)))
    for remark in spec.remarks:
        st.caption(plain(_(remark.template, **remark.values)))
    _show_facts(spec)
    _show_twins(excerpts.twins_of(spec))
    download.offer_to_remove(spec)


def _show_twins(same: list[tuple[int, int]]) -> None:
    """Whether a network is tested with what it has learned."""
    if not same:
        st.success(_("No test picture is also among the training pictures."), icon=":material/check:")
        return
    first, twin = same[0]
    text = _(
        "{count} test pictures are among the training pictures too, to the last pixel: test picture {first} is "
        "training picture {twin}. A network is rewarded for having seen them.",
        count=f"{len(same):,}",
        first=f"{first + 1:,}",
        twin=f"{twin + 1:,}",
    )
    st.warning(text, icon=":material/content_copy:")


def _show_facts(spec: DatasetSpec) -> None:
    """Counts, size, source."""
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
        (_("Source"), _(spec.source)),
    ]
    items = "".join(f"<dt>{escape(term)}</dt><dd>{escape(value)}</dd>" for term, value in facts)
    st.html(f'<dl class="cnn-facts">{items}</dl>')
