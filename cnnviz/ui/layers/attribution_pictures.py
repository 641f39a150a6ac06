"""Pictures of the attribution view: a map laid over the picture and alone, of the network and of random weights."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnnviz.base.text import number_text
from cnnviz.charts.gallery import data_uri, rgb
from cnnviz.charts.maps import Limits, limits, paint
from cnnviz.engine.card import Card
from cnnviz.inspection.sanity_check import Map, SanityCheck, resized
from cnnviz.ui.layers.view import View, seen_picture
from cnnviz.ui.shared import mount
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.link_parameters import parameter
from cnnviz.ui.shared.mount import component
from cnnviz.ui.shared.page import theme_type

_KEY = "layers_why_pictures"
_STRENGTH = parameter("layers_why_strength", 65)  # per cent
_PIXELATED = 64  # a picture with so many pixels a side or fewer shows them as squares
_OUTLIERS = 0.995  # of the values lie inside the colour scale: a few huge ones would leave the rest without colour


def show_pictures(found: SanityCheck, view: View, card: Card, spoken: str) -> None:
    """Both networks beside each other; the strength is moved in the browser, and kept in the link."""
    picture = rgb(seen_picture(view, card))  # (h, w, 3)
    panels = [_panel(_("This network"), found.own, picture, spoken)]
    if found.random is not None:
        panels.append(_panel(_("The same with random weights"), found.random, picture, spoken))
    component("blend")(
        key=_KEY,
        data={
            "picture": data_uri(picture),
            "pixelated": max(picture.shape) <= _PIXELATED,
            "panels": panels,
            "strength": _strength(),
            "strings": {"strength": _("Strength over the picture")},
        },
        on_strength_change=lambda: None,
    )


def _strength() -> int:
    """What the slider said last, and from now on the link."""
    said = mount.whole(_KEY, "strength", 0, 100)
    strength = _STRENGTH.read() if said is None else said
    _STRENGTH.put(strength)
    return strength


def _panel(title: str, values: Map, picture: NDArray[np.uint8], spoken: str) -> dict[str, object]:
    height, width = picture.shape[:2]
    scale, theme = _scale(values), theme_type()
    numbers = [scale.low, 0.0, scale.high] if scale.signed else [0.0, scale.high]
    return {
        "title": title,
        "over": data_uri(paint(resized(values, height, width), scale, theme)),
        "map": data_uri(paint(values, scale, theme)),
        "legend": {
            "stops": scale.scale(theme),
            "numbers": [number_text(value) for value in numbers],
            "words": _("orange: against, blue: for") if scale.signed else _("stronger: more for it"),
        },
        "alts": [
            _("{title}: {spoken}, over the picture", title=title, spoken=spoken),
            _("{title}: {spoken}, the map alone", title=title, spoken=spoken),
        ],
    }


def _scale(values: Map) -> Limits:
    """Symmetric around zero where there is anything below it."""
    bound = float(np.quantile(np.abs(values), _OUTLIERS))
    signed = limits(values).signed
    return Limits(-bound if signed else 0.0, bound, signed)
