"""Bend view: the picture moved, blurred, covered, drawn on; answer, maps, curve; the smallest change that flips it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st
import torch
from numpy.typing import NDArray

from cnnviz.base.locale import N_
from cnnviz.base.text import number_text, plain
from cnnviz.charts.gallery import data_uri, grid, rgb, zoom_for
from cnnviz.charts.invariance import invariance_chart
from cnnviz.charts.maps import limits, paint
from cnnviz.engine import evaluate
from cnnviz.inspection import perturb
from cnnviz.inspection.ablation import own_modules
from cnnviz.inspection.bend import RANGES, UNIT_SIDE, Bend, reach, sweep
from cnnviz.inspection.capture import capture
from cnnviz.inspection.flip import SHAPES, flips
from cnnviz.inspection.value_trace import as_maps
from cnnviz.ui.layers import ablation_result, flip_result
from cnnviz.ui.layers.bending import COMPONENT, Bending, bending, ink_level, ink_text
from cnnviz.ui.layers.view import Inspected
from cnnviz.ui.shared import jobs, state
from cnnviz.ui.shared.i18n import _, sentences
from cnnviz.ui.shared.link_parameters import BEND_MEASURES, parameter
from cnnviz.ui.shared.mount import component
from cnnviz.ui.shared.page import colors, errors_as_sentences, theme_type
from cnnviz.ui.shared.plotly_chart import plotly_chart

_CURVE_JOB, _FLIP_JOB = "layers_bend_curve", "layers_bend_flip"
_MOST_MAPS = 16
_MAPS_WIDTH = 236  # CSS pixels
_DEGREES, _PIXELS, _TIMES = N_("{value}°"), N_("{value} px"), N_("× {value}")
_FIELDS: tuple[tuple[str, str, str, float, str], ...] = (  # name, title, unit, step, help
    ("shift_x", N_("Right"), _PIXELS, 0.5, N_("Moves the picture; drag it, or use the arrow keys.")),
    ("shift_y", N_("Down"), _PIXELS, 0.5, N_("Moves the picture; drag it, or use the arrow keys.")),
    ("rotation", N_("Turn"), _DEGREES, 1, N_("Clockwise, around the middle.")),
    ("scale", N_("Enlarge"), _TIMES, 0.05, N_("Around the middle.")),
    ("blur", N_("Blur"), _PIXELS, 0.1, N_("Standard deviation of the Gaussian.")),
    ("noise", N_("Noise"), N_("± {value}"), 1, N_("Standard deviation, of 255 grey levels.")),
    ("hole", N_("Cover"), _PIXELS, 1, N_("A square in the background's colour; drag it, or use the arrow keys.")),
)
_MEASURES = {
    "shift_x": N_("Shift ↔"),
    "shift_y": N_("Shift ↕"),
    "rotation": N_("Turning"),
    "scale": N_("Scaling"),
    "flip": N_("Smallest flip"),
}
_SHAPE_NAMES = {"linf": N_("all a little"), "l2": N_("few, but more")}
_AXES = {
    "shift_x": N_("moved right, pixels"),
    "shift_y": N_("moved down, pixels"),
    "rotation": N_("turned clockwise, degrees"),
    "scale": N_("enlarged, times"),
}
_SAID = {
    "shift_x": N_("Moved sideways by **{low} to {high} pixels**, the answer stays {name}."),
    "shift_y": N_("Moved down by **{low} to {high} pixels**, the answer stays {name}."),
    "rotation": N_("Turned by **{low}° to {high}°**, the answer stays {name}."),
    "scale": N_("Enlarged **{low} to {high} times**, the answer stays {name}."),
}


def show(inspected: Inspected) -> None:
    """The picture under the visitor's hand, and what the network makes of it."""
    if inspected.chosen is None or inspected.view is None:
        return
    st.fragment(_panel)(inspected)


def _panel(inspected: Inspected) -> None:
    assert inspected.chosen is not None
    with errors_as_sentences():
        picture = inspected.chosen.picture
        now = bending(picture)
        bent = now.drawn_on(perturb.bent(picture, now.bend))
        left, right = st.columns([1.9, 1], gap="medium")
        with left:
            _show_picture(picture, bent, now)
        with right, errors_as_sentences():
            _show_answers(inspected, bent)
        with st.container(gap="small"):
            with st.container(horizontal=True, gap="small", key="layers_bend_options"):
                measure = _choose_measure()
                shape = _choose_shape() if measure == "flip" else SHAPES[0]
            with errors_as_sentences():
                if measure == "flip":
                    _show_flip(inspected, bent, shape)
                else:
                    _show_curve(inspected, now, measure)


def _show_picture(picture: NDArray[np.uint8], bent: NDArray[np.uint8], now: Bending) -> None:
    channels, height, width = picture.shape
    ground = [int(np.median(np.concatenate([c[0], c[-1], c[:, 0], c[:, -1]]))) for c in picture] * (3 // channels)
    ink = ink_level(picture)
    component("bend")(
        key=COMPONENT,
        data={
            "token": now.token,
            "picture": data_uri(rgb(picture)),
            "shown": data_uri(rgb(bent)),
            "shownOf": now.line,
            "width": width,
            "height": height,
            "ground": f"rgb({' '.join(map(str, ground))})",
            "inkColor": f"rgb({ink} {ink} {ink})",
            "bend": _numbers(now.bend),
            "neutral": _numbers(Bend()),
            "ink": ink_text(now.ink),
            "shift": list(RANGES["shift_x"]),
            "fields": [
                {
                    "name": name,
                    "title": _(title),
                    "text": _(unit),
                    "step": step,
                    "help": _(help_text),
                    "low": RANGES[name][0],
                    "high": RANGES[name][1],
                    "neutral": getattr(Bend(), name),
                    "isLength": unit == _PIXELS,
                }
                for name, title, unit, step, help_text in _FIELDS
            ],
            "strings": {
                "canvas": _("The picture: arrow keys and dragging move it, or the square that covers it"),
                "draw": _("Draw over"),
                "noise": _("Other noise"),
                "reset": _("Reset"),
            },
        },
        on_bend_change=lambda: None,
    )


def _numbers(bend: Bend) -> dict[str, float]:
    return {name: getattr(bend, name) for name in (*RANGES, "seed")}


def _show_answers(inspected: Inspected, bent: NDArray[np.uint8]) -> None:
    """The answer to the picture as it was and as it is, and the chosen layer's maps of the bent one."""
    assert inspected.chosen is not None
    assert inspected.view is not None
    x = evaluate.prepare(inspected.card, np.stack([inspected.chosen.picture, bent]))
    last = inspected.view.summary[-1].name
    with torch.inference_mode():
        captured = capture(own_modules(inspected.model), x, {inspected.info.name, last})
    before, after = evaluate.probabilities(captured[last].output.double()).numpy()
    st.html(ablation_result.answers(before, after, inspected.names, inspected.chosen.true))
    maps = as_maps(captured[inspected.info.name].output[1].float().numpy())
    _show_maps(maps, inspected)


def _show_maps(maps: NDArray[np.float32], inspected: Inspected) -> None:
    """The first maps small, the chosen one among them; the colours as of the unbent picture."""
    assert inspected.view is not None
    count, height, width = maps.shape
    first = max(0, min(inspected.unit - _MOST_MAPS // 2, count - _MOST_MAPS))
    shown = maps[first : first + _MOST_MAPS]
    painted = paint(shown, limits(inspected.view.maps), theme_type())
    columns = min(8, len(shown))
    zoom = zoom_for(height, width, _MAPS_WIDTH // columns - 2)
    picture = grid(painted, columns, zoom, gap=2, background=colors()["background"])
    last = first + len(shown)
    layer = inspected.info.name
    text = _("{layer}: maps {first} to {last} of {count}", layer=layer, first=first + 1, last=last, count=count)
    st.image(picture, alt=text, output_format="PNG")
    st.caption(plain(text))


def _choose_measure() -> str:
    return state.choose_view(
        parameter("layers_bend_measure", BEND_MEASURES[0]), _MEASURES, "layers_bend_measure_switch"
    )


def _show_curve(inspected: Inspected, now: Bending, name: str) -> None:
    """The right class's probability (or that of the first answer) over the whole range of one field."""
    assert inspected.chosen is not None
    picture, values = inspected.chosen.picture, sweep(name)
    neutral = getattr(Bend(), name)
    bends = [now.bend.at(name, value) for value in values]
    about = (inspected.weights, now.token, name, now.bend.at(name, neutral), now.ink.tobytes())
    pictures = now.drawn_on(perturb.bent_each(picture, bends))
    jobs.start(
        _CURVE_JOB,
        about,
        lambda: perturb.answers(inspected.model, inspected.card, pictures),
        lambda value: len(value) / len(values),
    )

    def draw(latest: jobs.Latest) -> None:
        jobs.show_progress(_CURVE_JOB, latest, _("The picture is answered at every place …"))
        if latest.is_finished and latest.value is not None and len(latest.value) == len(values):
            _draw_curve(inspected, now, name, values, latest.value)

    jobs.follow(_CURVE_JOB, draw)


def _draw_curve(
    inspected: Inspected, now: Bending, name: str, values: Sequence[float], answered: NDArray[np.float64]
) -> None:
    assert inspected.chosen is not None
    neutral = getattr(Bend(), name)
    at_rest = int(np.argmin(np.abs(np.asarray(values) - neutral)))
    answers = answered.argmax(axis=1)
    wanted = int(answers[at_rest]) if inspected.chosen.true is None else inspected.chosen.true
    unit = inspected.chosen.picture.shape[2] / UNIT_SIDE if name.startswith("shift") else 1.0
    names = inspected.names
    said = _measured(name, [value * unit for value in values], answers, neutral * unit, plain(names[wanted]), wanted)
    st.markdown(said)
    axis = _(_AXES[name])
    plotly_chart(
        lambda: invariance_chart(
            [value * unit for value in values],
            answered[:, wanted],
            [names[int(k)] for k in answers],
            [bool(k == wanted) for k in answers],
            getattr(now.bend, name) * unit,
            axis,
            theme_type(),
        ),
        "layers_bend_curve_chart",
        _("Probability of {name} over: {axis}", name=names[wanted], axis=axis),
    )


def _measured(
    name: str, values: Sequence[float], answers: NDArray[np.integer], neutral: float, class_name: str, wanted: int
) -> str:
    """How far the answer holds, in one sentence."""
    low, high = reach(values, answers, neutral, wanted)
    if answers[int(np.argmin(np.abs(np.asarray(values) - neutral)))] != wanted:
        return _("Where the picture is, it is not taken for {name}: there is no range to measure.", name=class_name)
    said = _(_SAID[name], low=number_text(low), high=number_text(high), name=class_name)
    share = float(np.mean(answers == wanted))
    return sentences(said, _("That is {share} of the range tried.", share=f"{share:.0%}"))


def _show_flip(inspected: Inspected, bent: NDArray[np.uint8], shape: str) -> None:
    """The search for the smallest change, as it narrows down."""
    about = (inspected.weights, bent.tobytes(), shape)
    jobs.start(_FLIP_JOB, about, lambda: flips(inspected.model, inspected.card, bent, shape))

    def draw(latest: jobs.Latest) -> None:
        jobs.show_progress(_FLIP_JOB, latest, _("Gradient steps, in a ball half as large each time …"))
        if latest.value is not None:
            flip_result.show(latest.value[1], shape, inspected.names)

    jobs.follow(_FLIP_JOB, draw)


def _choose_shape() -> str:
    names = {code: _(_SHAPE_NAMES[code]) for code in SHAPES}
    chosen = st.segmented_control(
        _("The change may be"),
        SHAPES,
        default=parameter("layers_bend_shape", SHAPES[0]).read(),
        required=True,
        format_func=names.__getitem__,
        key="layers_bend_shape_switch",
        label_visibility="collapsed",
    )
    parameter("layers_bend_shape", SHAPES[0]).put(str(chosen))
    return str(chosen)
