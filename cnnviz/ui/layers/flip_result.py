"""Result of a search for the smallest flip in HTML: the picture, the change magnified, the changed picture, words."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
import streamlit as st

from cnnviz.base.text import number_text, percent
from cnnviz.charts.gallery import crisp_uri, data_uri, enlarge, zoom_for
from cnnviz.charts.maps import Limits, paint
from cnnviz.inspection.flip import Flip
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.mount import css
from cnnviz.ui.shared.page import theme_type

_CSS = css("layers/flip_result")
_SIDE = 112  # CSS pixels


def show(flip: Flip | None, shape: str, names: Sequence[str]) -> None:
    """What was found up to now; that nothing was, if the largest change tried is not enough."""
    if flip is None:
        st.info(_("No change up to half of all grey levels gives another answer."), icon=":material/info:")
        return
    before, after = names[flip.before], names[flip.after]
    figures = [
        _figure(crisp_uri(flip.picture, _SIDE), _("it says {name}", name=before)),
        _figure(_magnified(flip), _("the change, × {times}", times=_times(flip))),
        _figure(crisp_uri(flip.changed, _SIDE), _("it says {name}", name=after)),
    ]
    signs = ('<b aria-hidden="true">+</b>', '<b aria-hidden="true">=</b>', "")
    pictures = "".join(figure + sign for figure, sign in zip(figures, signs, strict=True))
    st.html(
        f'<style>{_CSS}</style><div class="fl-row">{pictures}'
        f'<p class="fl-said" role="status">{escape(_said(flip, shape, before, after))}</p></div>'
    )


def _said(flip: Flip, shape: str, before: str, after: str) -> str:
    values = {
        "largest": flip.largest,
        "length": number_text(flip.length),
        "before": before,
        "after": after,
        "percent": percent(flip.certainty),
    }
    if shape == "linf":
        return _(
            "No pixel is changed by more than {largest} of 255 grey levels, and the answer goes from {before} to "
            "{after} ({percent} sure). Gradient steps found it; a smaller one may exist.",
            **values,
        )
    return _(
        "The root mean square of the change is {length} of 255 grey levels, at most {largest} in a pixel, and the "
        "answer goes from {before} to {after} ({percent} sure). Gradient steps found it; a smaller one may exist.",
        **values,
    )


def _times(flip: Flip) -> int:
    return round(127 / max(1, flip.largest))


def _magnified(flip: Flip) -> str:
    """The change of all channels on average: orange darker, blue brighter."""
    change = flip.difference.mean(axis=0).astype(np.float32)
    bound = max(1.0, float(np.abs(change).max()))
    picture = paint(change, Limits(-bound, bound, True), theme_type())
    return data_uri(enlarge(picture, zoom_for(change.shape[0], change.shape[1], _SIDE)))


def _figure(uri: str, caption: str) -> str:
    text = escape(caption)
    return f'<figure><img src="{uri}" alt="{escape(caption, quote=True)}"><figcaption>{text}</figcaption></figure>'
