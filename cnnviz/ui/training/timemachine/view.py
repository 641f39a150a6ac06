"""Time machine view: one scrubber through the epochs of a run, and the film component with what it lacks.

Everything that is played is in the browser (`component/film`): each piece is sent once, and the browser says
which it has. Missing pieces are worked out a little at a time, so that a visitor with a new picture holds nobody up.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnviz.base.errors import CheckpointError, CnnvizError
from cnnviz.base.locale import N_
from cnnviz.data.registry import dataset
from cnnviz.engine.live_weights import MOST_BYTES
from cnnviz.runs.history import History
from cnnviz.runs.run import RunRecord
from cnnviz.ui.shared import cache, mount, warmup
from cnnviz.ui.shared.component_source import css
from cnnviz.ui.shared.i18n import _, sentence
from cnnviz.ui.shared.mount import component
from cnnviz.ui.shared.pictures import uri
from cnnviz.ui.shared.run_text import class_names
from cnnviz.ui.training.timemachine import chunks
from cnnviz.ui.training.timemachine.chunks import Layout
from cnnviz.ui.training.timemachine.pin import NOTICE, Pin, choose_pin, is_drawing, pin
from cnnviz.ui.training.timemachine.stops import Stop, played, spread, stops
from cnnviz.ui.training.timemachine.words import words

KEY = "training_film"
ANCHOR = "time-machine"
_LATER = "training_film_layer"
_MOMENTS = 6  # that the picture most often wrong is looked for in
_CURVE = 200  # points
_PAD = 200  # pixels: the width of the pad beside the film
_LONGEST_ID = 300  # characters of what a piece is called
CSS = css("training/timemachine/view")


def time_machine(record: RunRecord, history: History) -> None:
    """The section; nothing while the run has no checkpoint."""
    found = stops(record, history)
    if not found:
        return
    st.subheader(_("Time machine"), anchor=ANCHOR)
    st.html(f"<style>{CSS}</style>")
    pinned, layout = None, Layout(None, ())
    is_ready = found[-1].file is not None and not warmup.underway()
    bar = st.container()
    with st.container(horizontal=True, key="training_film_stage"):
        side, middle = st.container(key="training_film_side", width=_PAD), st.container(width="stretch")
    layers: tuple[str, ...] = ()
    if is_ready:
        layout = _layout(found)
        with bar:
            pinned, later = _controls(record, found, layout, side)
        layers = _layers(layout, later)
    with middle:
        _show(record, history, found, pinned, layers, layout if is_ready else None)


def _layout(found: Sequence[Stop]) -> Layout:
    """Of the newest epoch whose card can be read."""
    for stop in reversed(found):
        try:
            return chunks.layout(stop)
        except CnnvizError:
            continue
    return Layout(None, ())


def _controls(
    record: RunRecord, found: Sequence[Stop], layout: Layout, side: DeltaGenerator
) -> tuple[Pin | None, str | None]:
    """Which picture, and which later layer; None, and a sentence, where the pictures are not there."""
    pinned: Pin | None = None
    with st.container(horizontal=True, vertical_alignment="bottom", key="training_film_pin"):
        try:
            pinned = choose_pin(record, side)
        except CnnvizError as error:
            st.warning(sentence(error), icon=":material/warning:")
        else:
            _wrong_button(record, found)
        later = _later_box(layout) if pinned is not None else None
    number, said = st.session_state.get(NOTICE, (0, ""))
    if said and pinned is not None and pinned.number == number:
        st.caption(said)
    return pinned, later


def _later_box(layout: Layout) -> str | None:
    """A convolution after the first."""
    later = layout.convolutions[1:]
    if not later:
        return None
    if st.session_state.get(_LATER) not in later:
        st.session_state[_LATER] = layout.middle or later[0]
    return str(st.selectbox(_("Later layer"), later, key=_LATER, width=170))


def _layers(layout: Layout, later: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(layer for layer in (*layout.convolutions[:1], later) if layer is not None))


def _wrong_button(record: RunRecord, found: Sequence[Stop]) -> None:
    chosen = spread([stop for stop in found if stop.epoch > 0 and stop.now is None], _MOMENTS)
    st.button(
        _("Most often wrong"),
        icon=":material/target:",
        key="training_film_wrong",
        disabled=not chosen,
        help=_("Looks for the picture that the kept epochs get wrong most often."),
        on_click=_pin_missed,
        args=(record.config.data, chosen),
    )


def _pin_missed(data: str, chosen: Sequence[Stop]) -> None:
    try:
        missed = _missed(data, tuple((str(stop.file), stop.version) for stop in chosen), chosen)
    except CnnvizError as error:
        st.toast(sentence(error))
        return
    pin(missed.index + 1)
    values = {"wrong": missed.wrong, "moments": missed.moments, "pictures": f"{missed.pictures:,}"}
    said = (
        _(
            "Wrong in {wrong} of {moments} epochs that were asked, more often than any other of the first {pictures} "
            "test pictures.",
            **values,
        )
        if missed.wrong
        else _("None of the first {pictures} test pictures is ever wrong; this one is the least certain.", **values)
    )
    st.session_state[NOTICE] = (missed.index + 1, said)


@st.cache_resource(max_entries=32, show_spinner=False)
def _missed(data: str, versions: tuple[tuple[str, str], ...], _chosen: Sequence[Stop]) -> Any:
    from cnnviz.inspection.timemachine import most_missed  # heavy

    moments = list(chunks.networks(_chosen))
    if not moments:
        raise CheckpointError(N_("None of the kept epochs can be read."))
    return most_missed(moments, cache.test_pictures(dataset(data).name))


def _show(
    record: RunRecord,
    history: History,
    found: Sequence[Stop],
    pinned: Pin | None,
    layers: Sequence[str],
    layout: Layout | None,
) -> None:
    """Mount the component with what it lacks."""
    in_film = played(found)
    order = _order(found, in_film, _wanted(found)) if layout is not None else []
    all_of_them = chunks.wishes(found, order, history, pinned, layers)
    have = _have()
    known = len(have)
    parts, left = chunks.missing(all_of_them, have)
    component("film")(
        key=KEY,
        data={
            **_data(record, history, found, in_film, pinned, layers, layout),
            "parts": parts,
            "left": left,
            "known": known,
        },
        on_have_change=lambda: None,
        on_wanted_change=lambda: None,
    )


def _data(
    record: RunRecord,
    history: History,
    found: Sequence[Stop],
    in_film: Sequence[int],
    pinned: Pin | None,
    layers: Sequence[str],
    layout: Layout | None,
) -> dict[str, Any]:
    classes = len(history.epochs[-1].confusion) if history.epochs else None
    played_ones = set(in_film)
    return {
        "run": record.id,
        "live": record.status == "running",
        "seldom": _is_large(history),
        "classes": class_names(record, classes),
        "stops": [_stop(stop, history, index in played_ones) for index, stop in enumerate(found)],
        "curve": _curve(history, chunks.accuracy_before(found[0])),
        "pin": None if pinned is None else _pinned(pinned),
        "layers": list(layers),
        "first": layout.first if layout is not None else None,
        "gone": found[-1].file is None,
        "drawing": pinned is not None and is_drawing(),
        "loading": layout is None and found[-1].file is not None,
        "strings": words(layout is not None and layout.in_color),
    }


def _is_large(history: History) -> bool:
    """Whether the engine shows this network after each epoch only."""
    return history.started is not None and 4 * history.started.parameters > MOST_BYTES


def _stop(stop: Stop, history: History, is_played: bool) -> dict[str, Any]:
    reported = history.epoch(stop.epoch) if stop.now is None else None
    known = reported is not None and reported.epoch == stop.epoch
    shown: dict[str, Any] = {
        "at": round(stop.position, 4),
        "v": stop.version if stop.file is not None else "",
        "c": chunks.matrix_version(stop, history),
        "p": int(is_played),
    }
    if known and reported is not None:
        shown |= {"a": round(reported.test_accuracy, 5), "l": _loss(reported.test_loss)}
    if stop.now is not None:
        shown["now"] = [stop.now.epoch, stop.now.step, stop.now.steps]
    return shown


def _curve(history: History, before: float | None) -> dict[str, Any]:
    """Test accuracy and loss by epoch, at most `_CURVE` points, and the accuracy before training if it is known."""
    epochs = spread(history.epochs, _CURVE)
    start = before is not None
    return {
        "epochs": [0] * start + [each.epoch for each in epochs],
        "accuracy": [before] * start + [round(each.test_accuracy, 5) for each in epochs],
        "loss": [None] * start + [_loss(each.test_loss) for each in epochs],
    }


def _loss(value: float) -> float | None:
    """Four digits; None for what JSON has no number for."""
    return float(f"{value:.4g}") if isfinite(value) else None


def _pinned(pinned: Pin) -> dict[str, Any]:
    return {"key": pinned.key, "number": pinned.number, "true": pinned.true, "picture": uri(pinned.picture, 112)}


def _order(found: Sequence[Stop], in_film: Sequence[int], wanted: int | None) -> list[int]:
    """What is looked at, the newest and the first before all others."""
    ahead = [index for index in (wanted, len(found) - 1, 0) if index is not None]
    return list(dict.fromkeys([*ahead, *in_film]))


def _wanted(found: Sequence[Stop]) -> int | None:
    """The place of a stop that the film does not play and somebody rests on."""
    version = mount.words(KEY, "wanted", _LONGEST_ID)
    return next((index for index, stop in enumerate(found) if version and stop.version == version), None)


def _have() -> set[str]:
    """The ids the browser says it has; anything else it may send is nothing."""
    sent = mount.said(KEY, "have")
    return {each for each in sent if mount.is_words(each, _LONGEST_ID)} if isinstance(sent, list) else set()
