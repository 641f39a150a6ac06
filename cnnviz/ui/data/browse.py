"""View "Browse" of the page Data: real pictures of every class, all of one class, and what is to be known of them."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnviz.base.errors import DataError
from cnnviz.base.locale import N_
from cnnviz.base.text import plain
from cnnviz.charts.gallery import sheet_uri
from cnnviz.data.dataset_spec import DatasetSpec
from cnnviz.data.statistics import Statistics
from cnnviz.ui.data import browse_panel, download, excerpts
from cnnviz.ui.data.browse_panel import PICTURE
from cnnviz.ui.data.excerpts import HALVES, Picked, Samples
from cnnviz.ui.shared import state
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.link_parameters import parameter
from cnnviz.ui.shared.mount import component, whole
from cnnviz.ui.shared.names import class_name

ALL = "*"  # the code of "All classes"; a class is called by its own name
_SAMPLE = parameter("data_sample", 1)
_PAGE = parameter("data_page", 1)
_GALLERY = "data_gallery"
_ACROSS = 16  # tiles in a row of the PNG
_TILE, _SHEET_TILE = 46, 56  # CSS pixels
_HALF_NAMES = {"train": N_("To train on"), "test": N_("To test with")}


def show(spec: DatasetSpec) -> None:
    """The whole view."""
    left, right = st.columns([1.9, 1], gap="medium")
    with left, st.container(gap="small", key="data_main"):
        try:
            half, chosen = _controls(spec)
            found = excerpts.samples(spec, half, _SAMPLE.kept())
            if chosen == ALL:
                _show_classes(spec, half, found)
            else:
                _show_class(spec, half, chosen)
        except DataError as error:
            download.show_broken(spec, error)
            return
    with right, st.container(gap="small", key="data_panel_place"):
        browse_panel.show(spec, half, found)


def _controls(spec: DatasetSpec) -> tuple[str, str]:
    """Half, class, and the way to more pictures; the half and the class's own name or `ALL`."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="data_options"):
        names = {ALL: _("All {count} classes: find …", count=len(spec.classes))}
        names |= {name: class_name(name) for name in spec.classes}
        chosen = state.choose_code(
            _("Class"), list(names), key="data_class", name_of=names.__getitem__, default=ALL, width=220,
            label_visibility="collapsed",
        )  # fmt: skip
        half = state.switch_code(
            _("Half"), HALVES, key="data_half", name_of=lambda code: _(_HALF_NAMES[code]),
            label_visibility="collapsed", on_change=browse_panel.forget_picture,
        )  # fmt: skip
        if chosen == ALL:
            _SAMPLE.keep(_SAMPLE.kept())
            st.button(_("Another sample"), key="data_another", icon=":material/shuffle:", on_click=_another_sample)
    return half, chosen


def _another_sample() -> None:
    _SAMPLE.keep(_SAMPLE.kept() + 1)


def _show_classes(spec: DatasetSpec, half: str, found: Samples) -> None:
    """A row for each class: its mean picture, its deviation, and a sample."""
    summed = excerpts.statistics_of(spec, half)
    _mount(spec, half, list(found.rows), list(range(len(spec.classes))), summed)
    st.caption(_("Sample {number}. Click a picture, or a class.", number=_SAMPLE.kept()))
    if summed is None:
        excerpts.show_adding_up(spec, half)


def _show_class(spec: DatasetSpec, half: str, chosen: str) -> None:
    """All pictures of one class, page by page."""
    index = spec.classes.index(chosen)
    found = excerpts.class_page(spec, half, index, _PAGE.kept())
    last = excerpts.pages(found.count)
    page = min(_PAGE.kept(), last)
    _PAGE.keep(page)
    summed = excerpts.statistics_of(spec, half)
    _mount(spec, half, [found], [index], summed, is_sheet=True)
    with st.container(horizontal=True, vertical_alignment="center", key="data_pages"):
        st.button(
            _("Earlier"),
            key="data_earlier",
            icon=":material/chevron_left:",
            disabled=page == 1,
            on_click=_turn,
            args=(-1,),
        )
        st.button(
            _("Later"),
            key="data_later",
            icon=":material/chevron_right:",
            disabled=page == last,
            on_click=_turn,
            args=(1,),
        )
        st.caption(
            _("{count} pictures of class {name}", count=f"{found.count:,}", name=plain(class_name(chosen)))
            + " · "
            + _("page {page} of {last}", page=page, last=last)
        )
    if summed is None:
        excerpts.show_adding_up(spec, half)


def _turn(by: int) -> None:
    _PAGE.keep(max(1, _PAGE.kept() + by))


def _mount(
    spec: DatasetSpec,
    half: str,
    rows: list[Picked],
    classes: list[int],
    summed: Statistics | None,
    *,
    is_sheet: bool = False,
) -> None:
    """The component, with all its pictures as one PNG."""
    pictures = [row.pictures for row in rows if len(row.places)]
    sums = [] if summed is None else [_summed(summed, index) for index in classes]
    every = np.concatenate([*sums, *pictures]) if sums or pictures else np.zeros((1, *spec.image_size), np.uint8)
    sprite, (height, width) = sheet_uri(every, _ACROSS)
    data = {
        "sprite": sprite,
        "across": min(_ACROSS, len(every)),
        "down": -(-len(every) // _ACROSS),
        "width": width,
        "height": height,
        "side": _SHEET_TILE if is_sheet else _TILE,
        "each": excerpts.SAMPLES,
        "isSheet": is_sheet,
        "title": _("Mean, deviation") if sums else "",
        "rows": _rows(spec, rows, classes, len(sums)),
        "chosen": PICTURE.kept() or None,
    }
    component("gallery")(
        key=_GALLERY,
        data=data,
        on_picture_change=lambda: _choose_picture(spec),
        on_row_change=lambda: _choose_row(classes, spec),
    )


def _summed(summed: Statistics, index: int) -> NDArray[np.uint8]:
    """(2, channels, h, w): mean and deviation of a class as pictures; twice a deviation is at most 255."""
    both = np.stack([summed.mean_pictures()[index], 2 * summed.deviation_pictures()[index]])
    return np.clip(np.rint(both), 0, 255).astype(np.uint8)


def _rows(spec: DatasetSpec, rows: list[Picked], classes: list[int], sums: int) -> list[dict[str, object]]:
    made: list[dict[str, object]] = []
    place = 2 * sums
    for at, (index, row) in enumerate(zip(classes, rows, strict=True)):
        name = class_name(spec.classes[index])
        said = [_("Mean picture of class {name}", name=name), _("Deviation of class {name}", name=name)]
        titles = [_("Picture {number}, class {name}", number=f"{each + 1:,}", name=name) for each in row.places]
        made.append(
            {
                "name": name,
                "count": f"{row.count:,}",
                "open": _("All pictures of class {name}", name=name),
                "label": _("{count} pictures of class {name}", count=len(row.places), name=name),
                "sums": [(2 * at + each, said[each]) for each in range(2)] if sums else [],
                "tiles": [(place + i, titles[i], number + 1) for i, number in enumerate(row.places)],
            }
        )
        place += len(row.places)
    return made


def _choose_picture(spec: DatasetSpec) -> None:
    number = whole(_GALLERY, "picture", 1, spec.train_images + spec.test_images)
    if number is not None:
        PICTURE.keep(number)


def _choose_row(classes: list[int], spec: DatasetSpec) -> None:
    """A class opens; its own row, where it is open, closes it."""
    row = whole(_GALLERY, "row", 0, len(classes) - 1)
    if row is not None:
        _PAGE.keep(1)
        st.session_state["data_class"] = ALL if st.session_state["data_class"] != ALL else spec.classes[classes[row]]
