"""Confusion matrix: the control whose cells can be picked, and the gallery of the pictures behind a cell.

Loads nothing: it shows the counts, examples and class names it is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

import numpy as np
import streamlit as st

from cnnviz.base.paths import FIRST_CHECKPOINT
from cnnviz.base.text import percent
from cnnviz.charts.confusion import Example
from cnnviz.data.dataset_spec import Split
from cnnviz.ui.shared import mount
from cnnviz.ui.shared.i18n import _, language
from cnnviz.ui.shared.mount import component, css
from cnnviz.ui.shared.pictures import uri

Counts = Sequence[Sequence[int]] | np.ndarray
Cell = tuple[int, int]  # (true, predicted)
_SIDE = 112  # CSS pixels: MNIST's 28 enlarged four times
_CSS = css("shared/confusion_matrix")


def confusion_matrix(
    counts: Counts,
    class_names: Sequence[str],
    key: str,
    share: bool = False,
    interactive: bool = True,
    start: Cell | None = None,
) -> Cell | None:
    """Show `counts` (true x predicted); the picked (true, predicted) pair, None while nothing is picked.

    `class_names` are shown as they come: translate them first. `share`: per cent of each true class instead of
    counts. A matrix that is not `interactive` (a live one) still says in words what the cell under the pointer means.
    `start` is picked until the visitor has picked something.
    """
    table = np.asarray(counts, dtype=np.int64).tolist()
    component("confusion")(
        key=key,
        data={
            "counts": table,
            "classes": list(class_names),
            "share": share,
            "interactive": interactive,
            "picked": _picked(key, len(table), start),
            "strings": _strings(interactive),
        },
        on_picked_change=lambda: None,
    )
    return _picked(key, len(table), start)


def confusion_change(
    before: Counts, after: Counts, class_names: Sequence[str], key: str, runs: tuple[int, int]
) -> Cell | None:
    """Show what is better and worse in `after`, both (true x predicted); the picked pair as above.

    `runs`: the numbers of the two runs, for the words.
    """
    first, second = (np.asarray(counts, dtype=np.int64).tolist() for counts in (before, after))
    component("confusion")(
        key=key,
        data={
            "counts": second,
            "before": first,
            "classes": list(class_names),
            "share": False,
            "interactive": True,
            "picked": _picked(key, len(second)),
            "strings": _change_strings(*runs),
        },
        on_picked_change=lambda: None,
    )
    return _picked(key, len(second))


def _picked(key: str, classes: int, start: Cell | None = None) -> Cell | None:
    """What the browser last sent, if it is a cell of this matrix; `start` before it sent anything."""
    cell = mount.said(key, "picked") if mount.has_said(key, "picked") else start
    if not isinstance(cell, (list, tuple)) or len(cell) != 2:
        return None
    true, predicted = cell
    inside = all(mount.is_whole(index, 0, classes - 1) for index in (true, predicted))
    return (true, predicted) if inside else None


def _strings(interactive: bool) -> dict[str, str]:
    hint = _("Choose a cell to see its pictures.") if interactive else _("Point at a cell to read it in words.")
    return {
        "label": _("Confusion matrix: rows are true classes, columns predicted ones"),
        "predicted": _("predicted class"),
        "true": _("true class"),
        "taken": _("{true} taken for {predicted}: {count} of {total}"),
        "recognised": _("{true} recognised: {count} of {total}"),
        "right": _("right"),
        "wrong": _("mistakes, as share of the true class"),
        "hint": hint,
    }


def _change_strings(before: int, after: int) -> dict[str, str]:
    runs = {"a": before, "b": after, **{name: f"{{{name}}}" for name in ("count", "before", "total", "difference")}}
    return {
        "label": _("Change of the confusion matrix: rows are true classes, columns predicted ones"),
        "predicted": _("predicted class"),
        "true": _("true class"),
        "taken": _("{true} taken for {predicted}"),
        "recognised": _("{true} recognised"),
        "fewer": _("{difference} fewer in run {b} than in run {a} ({count} instead of {before}, of {total})", **runs),
        "more": _("{difference} more in run {b} than in run {a} ({count} instead of {before}, of {total})", **runs),
        "same": _("as often in both runs ({count} of {total})", **runs),
        "right": _("run {b} is better", **runs),
        "wrong": _("run {b} is worse, by this share of the true class", **runs),
        "hint": _("Choose a cell to see the pictures that changed."),
    }


@dataclass(frozen=True)
class LayersLink:
    """Where a picture can be looked at from inside: the checkpoint's name in the link of the page Layers, its classes.

    The classes as the card has them: links say them in no language.
    """

    checkpoint: str
    classes: Sequence[str]

    def to(self, example: Example) -> str:
        """The address of `example` there."""
        return self._address(example, {})

    def why(self, example: Example) -> str:
        """The same with the question why it is answered so; of a mistake: and not with its own class."""
        question = {"layers_view": "attribution", "layers_why_class": self.classes[example.predicted]}
        if example.true != example.predicted:
            question["layers_why_against"] = self.classes[example.true]
        return self._address(example, question)

    def _address(self, example: Example, more: dict[str, str]) -> str:
        """Numbers in links count from 1.

        Without what that page would take out again: it would be one more step for the browser's way back.
        """
        query: dict[str, str | int] = {"layers_picture": example.index + 1, **more, "lang": language()}
        if self.checkpoint != FIRST_CHECKPOINT:
            query = {"layers_checkpoint": self.checkpoint, **query}
        return f"layers?{urlencode(query)}"


def gallery(examples: Sequence[Example], split: Split, names: Sequence[str], link: LayersLink) -> None:
    """Pictures with what the network made of them; each is a link to every layer's view of it."""
    figures = "".join(_figure(example, split, names, link) for example in examples)
    st.html(f'<style>{_CSS}</style><div class="ev-gallery">{figures}</div>')


def _figure(example: Example, split: Split, names: Sequence[str], link: LayersLink) -> str:
    right = example.true == example.predicted
    values = {"true": names[example.true], "predicted": names[example.predicted]}
    text = names[example.true] if right else _("{true} taken for {predicted}", **values)
    sure = _("{percent} sure", percent=percent(example.certainty))
    words = _("Test picture {number}: {text}, {sure}", number=example.index + 1, text=text, sure=sure)
    alt = escape(words, quote=True)
    mark, kind = ("✓", "ev-right") if right else ("✗", "ev-wrong")
    picture = f'<img src="{uri(split.images[example.index], _SIDE)}" alt="{alt}">'
    asked = _("why?")
    why = f'<a class="ev-why" href="{escape(link.why(example))}" aria-label="{_why(example, names)}">{asked}</a>'
    caption = f'<span class="{kind}">{mark} {escape(text)}</span><br><small>{escape(sure)} · {why}</small>'
    anchor = f'<a href="{escape(link.to(example))}" title="{alt}">{picture}</a>'
    return f"<figure>{anchor}<figcaption>{caption}</figcaption></figure>"


def _why(example: Example, names: Sequence[str]) -> str:
    """The question in full, for those who hear the links alone."""
    gaps = {"number": example.index + 1, "predicted": names[example.predicted]}
    if example.true == example.predicted:
        return escape(_("Test picture {number}: why {predicted}?", **gaps), quote=True)
    text = _("Test picture {number}: why {predicted} and not {true}?", true=names[example.true], **gaps)
    return escape(text, quote=True)
