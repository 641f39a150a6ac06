"""Time machine view: one scrubber through the epochs of a run, and the film component with what it lacks.

Everything that is played is in the browser (`component/timemachine`): each piece is sent once, and the browser says
which it has. Missing pieces are worked out a little at a time, so that a visitor with a new picture holds nobody up.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnviz.base.errors import CnnvizError
from cnnviz.engine.live_weights import MOST_BYTES
from cnnviz.runs.history import History
from cnnviz.runs.run import RunRecord
from cnnviz.ui.shared import mount, warmup
from cnnviz.ui.shared.i18n import _, sentence
from cnnviz.ui.shared.mount import component, css
from cnnviz.ui.shared.pictures import uri
from cnnviz.ui.shared.run_text import class_names
from cnnviz.ui.training.timemachine import chunks
from cnnviz.ui.training.timemachine.chunks import Layout, Pin
from cnnviz.ui.training.timemachine.pin import NOTICE, choose_pin, is_drawing, missed_button
from cnnviz.ui.training.timemachine.stops import Stop, played, spread, stops

KEY = "training_film"
ANCHOR = "time-machine"
_LATER = "training_film_layer"
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
            missed_button(record, found)
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
    component("timemachine")(
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


def words(in_color: bool) -> dict[str, str]:
    """The strings of `cnnviz/ui/training/component/timemachine`, in the visitor's language."""
    return {**_control_words(), **_moment_words(), **_pane_words(in_color), **_matrix_words(), **_answer_words()}


def _control_words() -> dict[str, str]:
    return {
        "play": _("Play"),
        "hold": _("Hold"),
        "back": _("One epoch back"),
        "forward": _("One epoch on"),
        "speed": _("Epochs per second"),
        "loop": _("Loop"),
        "follow": _("Keep up"),
        "followHelp": _("Show the newest moment as the run goes on."),
        "scrub": _("Epoch"),
        "keys": _("Space plays, the arrow keys step, Home and End go to the ends."),
        "coming": _("{count} pieces are still coming …"),
    }


def _moment_words() -> dict[str, str]:
    return {
        "epoch": _("Epoch {epoch}"),
        "start": _("Epoch 0: before training"),
        "now": _("Now: epoch {epoch}, batch {step} of {steps}"),
        "accuracy": _("{accuracy} of the test pictures right"),
        "loss": _("test loss {loss}"),
        "random": _("random weights guess: about {chance} by luck"),
        "since": _("the matrix is that of epoch {epoch}"),
        "kept": _("Kept epochs: {epochs}."),
        "thinned": _("{count} epochs are kept, from {first} to {last}; those between went for want of disk space."),
        "played": _("Filters and maps play in {count} of them; stay on another one and it is fetched."),
        "seldom": _("This network is too large to be looked at within an epoch: something new comes after each."),
        "blended": _("Between two epochs the pictures are blended."),
        "gone": _("The weights of this run are gone from the disk. The confusion matrices remain."),
        "broken": _("The file of this epoch cannot be read: it is cut or changed. The others are as they were."),
        "fetching": _("Is fetched …"),
        "loading": _("PyTorch is being loaded: filters and maps follow in a moment …"),
        "curve": _("Test accuracy (line) and test loss (dashes) over the epochs"),
        "curveAccuracy": _("test accuracy"),
        "curveLoss": _("test loss"),
    }


def _pane_words(in_color: bool) -> dict[str, str]:
    scale = (
        _("Grey is zero; each colour shows the weight for that colour. One scale for all epochs.")
        if in_color
        else _("Orange is below zero, blue above. One scale for all epochs.")
    )
    return {
        "filters": _("First filters"),
        "filtersOf": _("{count} filters, {height} × {width} ({layer})"),
        "filtersCut": _("the first {count} of {total} filters, {height} × {width} ({layer})"),
        "filtersScale": scale,
        "noFilters": _("This network has no filters that could be seen as pictures."),
        "maps": _("Feature maps"),
        "mapsOf": _("{layer}: {count} maps"),
        "mapsCut": _("{layer}: the first {count} of {total} maps"),
        "noMaps": _("This network has no convolution, so there are no maps."),
        "noPin": _("There is no picture to show to the network."),
    }


def _matrix_words() -> dict[str, str]:
    return {
        "matrix": _("Confusion matrix"),
        "matrixHelp": _("Rows are true classes, columns answers. Point at a cell, or use the arrow keys."),
        "true": _("true class"),
        "predicted": _("predicted class"),
        "taken": _("{true} taken for {predicted}: {count} of {total}"),
        "recognised": _("{true} recognised: {count} of {total}"),
        "worst": _("Most often {true} is taken for {predicted}: {count} of {total}."),
        "perfect": _("No test picture is wrong."),
    }


def _answer_words() -> dict[str, str]:
    return {
        "answer": _("One picture"),
        "numbered": _("Test picture {number}, true class {name}"),
        "drawn": _("Your drawing"),
        "right": _("Right: it says {name}, {share}."),
        "wrong": _("Wrong: it says {name}, {share}."),
        "says": _("It says {name}, {share}."),
        "then": _("{one}. {other}"),
        "isTrue": _("the right class"),
    }
