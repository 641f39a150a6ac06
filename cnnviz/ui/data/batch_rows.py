"""Rows of batches: pictures in frames of their classes' colours, how many of each class, what is dropped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnviz.charts.batches import batch_picture, class_colors, columns_of
from cnnviz.charts.gallery import data_uri
from cnnviz.data.dataset_spec import DatasetSpec
from cnnviz.engine.config import TrainConfig
from cnnviz.ui.data.epoch_order import EpochOrder, pictures_at
from cnnviz.ui.shared.i18n import _, sentences
from cnnviz.ui.shared.names import class_name
from cnnviz.ui.shared.page import theme_type

STEP = "data_step"  # the box "From step"
_WIDTH, _HEIGHT = 510, 490  # CSS pixels that the pictures have, about
_MOST_ROWS = 12
_SHARP = 16  # columns; with more, pictures are shown smaller than they are
_MOST_NAMED = 40  # classes in the key


def show(spec: DatasetSpec, config: TrainConfig, order: EpochOrder) -> None:
    """What the epoch is made of in a sentence, then its batches from the step that is chosen on, and the last one."""
    size, whole = config.batch_size, -(-order.count // config.batch_size)
    columns = columns_of(size)
    st.html(f'<p class="cnn-steps" role="status">{escape(_in_words(config, order))}</p>{_legend(spec)}')
    chosen = _steps(int(st.session_state[STEP]), whole, size, columns)
    pictures = pictures_at(spec, np.concatenate([order.places[_part(step, size)] for step in chosen]))
    rows, done = [], 0
    for step, after in zip(chosen, [*chosen[1:], 0], strict=True):
        labels = order.labels[_part(step, size)]
        seen = pictures[done : done + len(labels)]
        done += len(labels)
        is_left_out = config.drop_last and len(labels) < size
        rows.append(_row(spec, step, seen, labels, columns, is_left_out))
        if after > step + 1:
            rows.append('<div class="cnn-batch-gap" aria-hidden="true">⋮</div>')
    st.html(f'<div class="cnn-batches">{"".join(rows)}</div>')


def _part(step: int, size: int) -> slice:
    return slice((step - 1) * size, step * size)


def _steps(first: int, whole: int, size: int, columns: int) -> Sequence[int]:
    """Which batches are shown, counted from 1: as many as fit, and always the last."""
    lines = -(-size // columns)
    fits = max(1, min(_MOST_ROWS, _HEIGHT // (lines * _WIDTH // columns + 8)))
    first = max(1, min(first, whole - fits + 1))
    shown = [*range(first, min(first + fits, whole + 1))]
    return shown if whole in shown else [*(shown[:-1] or shown), whole]


def _in_words(config: TrainConfig, order: EpochOrder) -> str:
    """How many steps, how large the last, what is left out or comes again."""
    size = config.batch_size
    full, rest = divmod(order.count, size)
    steps = _(
        "{count} pictures in batches of {size}: {steps} steps.",
        count=f"{order.count:,}",
        size=size,
        steps=f"{full if config.drop_last or not rest else full + 1:,}",
    )
    if rest and config.drop_last:
        last = (
            _("The one picture left over is dropped.")
            if rest == 1
            else _("The {rest} pictures left over are dropped.", rest=rest)
        )
    else:
        last = _last_in_words(rest)
    again = ""
    if config.sampler == "balanced":
        again = _(
            "{never} pictures do not come, one comes {most} times.", never=f"{order.never():,}", most=order.most()
        )
    return sentences(*(each for each in (steps, last, again) if each))


def _last_in_words(rest: int) -> str:
    if rest == 1:
        return _("The last has one picture.")
    return _("The last has {rest} pictures.", rest=rest) if rest else ""


def _legend(spec: DatasetSpec) -> str:
    """Which colour is whose; classes that share one stand together."""
    count = len(spec.classes)
    if count > _MOST_NAMED:
        text = _("{count} classes share ten colours: point at the bar of a batch to read which it shows.", count=count)
        return f'<div class="cnn-class-key">{escape(text)}</div>'
    sharing: dict[str, list[str]] = {}
    for name, color in zip(spec.classes, class_colors(count, theme_type()), strict=True):
        sharing.setdefault(color, []).append(class_name(name))
    chips = (f'<span><i style="background:{color}"></i>{escape(", ".join(of))}</span>' for color, of in sharing.items())
    return f'<div class="cnn-class-key">{"".join(chips)}</div>'


def _row(
    spec: DatasetSpec,
    step: int,
    pictures: NDArray[np.uint8],
    labels: NDArray[np.int64],
    columns: int,
    is_left_out: bool,
) -> str:
    colors = class_colors(len(spec.classes), theme_type())
    uri = data_uri(batch_picture(pictures, labels, colors, columns, theme_type()))
    counts = np.bincount(labels, minlength=len(spec.classes))
    present = [(int(count), index) for index, count in enumerate(counts) if count]
    spoken = ", ".join(f"{class_name(spec.classes[index])}: {count}" for count, index in present)
    head = _("dropped") if is_left_out else _("{count} pictures", count=len(labels))
    alt = _("Step {step}: {counts}", step=step, counts=spoken)
    bars = "".join(f'<i style="flex-grow:{count};background:{colors[index]}"></i>' for count, index in present)
    kind = ' class="cnn-left-out"' if is_left_out else ""
    smooth = ' class="cnn-smooth"' if columns > _SHARP else ""
    classes = _("{count} of {all} classes", count=len(present), all=len(spec.classes))
    return (
        f"<div{kind}><p><b>{step:,}</b><small>{escape(head)}</small></p>"
        f'<img{smooth} src="{uri}" alt="{escape(alt, quote=True)}">'
        f'<p title="{escape(spoken, quote=True)}"><span class="cnn-shares" aria-hidden="true">{bars}</span>'
        f"<small>{escape(classes)}</small></p></div>"
    )
