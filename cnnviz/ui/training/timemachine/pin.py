"""Pinned picture: the one the film shows to every epoch, of the test set and behind the link, or a drawing."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit.delta_generator import DeltaGenerator

from cnnviz.base.errors import CheckpointError, CnnvizError
from cnnviz.base.locale import N_
from cnnviz.data.dataset_spec import DatasetSpec, Split
from cnnviz.data.mnist_style import for_drawing
from cnnviz.data.registry import dataset
from cnnviz.runs.run import RunRecord
from cnnviz.ui.shared import cache, state
from cnnviz.ui.shared.drawing import sketch_pad
from cnnviz.ui.shared.i18n import _, sentence
from cnnviz.ui.shared.names import class_name
from cnnviz.ui.shared.pictures import neighbour, number_within
from cnnviz.ui.training.timemachine import chunks
from cnnviz.ui.training.timemachine.chunks import Picture, Pin
from cnnviz.ui.training.timemachine.stops import Stop, spread

NUMBER = "training_pin"  # counted from 1; in the session, and in the link under the same name
_CLASS = "training_film_class"
_DRAW = "training_film_draw"  # the switch
_MOMENTS = 6  # that the picture most often wrong is looked for in
NOTICE = "training_film_notice"  # in the session: (number, sentence) about a picture that was found


def choose_pin(record: RunRecord, side: DeltaGenerator) -> Pin:
    """The controls in a row, and the pad at the `side`; the picture.

    Raises MissingDataError, CorruptDataError, ConfigurationError.
    """
    spec = dataset(record.config.data)
    test = cache.test_pictures(spec.name)
    number_within(NUMBER, len(test))
    wanted = _class_box(spec)
    st.number_input(
        _("Test picture"),
        1,
        len(test),
        key=NUMBER,
        bind="query-params",
        on_change=_of_test_set,
        width=150,
        help=_("Every epoch of the film is shown this picture. The link keeps it."),
    )
    _step(-1, _("Previous"), _("Previous picture of this class"), test, wanted)
    _step(1, _("Next"), _("Next picture of this class"), test, wanted)
    drawn = _drawing(spec, side)
    if drawn is not None:
        return Pin(f"d{zlib.crc32(drawn.tobytes()):08x}", drawn, None, None)
    index = int(st.session_state[NUMBER]) - 1
    return Pin(f"t{index}", test.images[index], index + 1, int(test.labels[index]))


def pin(number: int) -> None:
    """Show this picture of the test set from now on."""
    st.session_state[NUMBER] = number
    st.session_state[_CLASS] = -1
    _of_test_set()


def _of_test_set() -> None:
    st.session_state[_DRAW] = False


def _class_box(spec: DatasetSpec) -> int:
    """The class to step through; -1: any."""
    names = [_("any"), *(class_name(name) for name in spec.classes)]
    if st.session_state.get(_CLASS, -1) >= len(spec.classes):
        st.session_state[_CLASS] = -1
    options = range(-1, len(spec.classes))
    state.relabel(_CLASS)
    wanted = st.selectbox(_("Class"), options, format_func=lambda k: names[k + 1], key=_CLASS, width=150)
    return -1 if wanted is None else wanted


def _step(direction: int, label: str, words: str, test: Split, wanted: int) -> None:
    st.button(
        label,
        help=words,
        key=f"training_film_{'next' if direction > 0 else 'previous'}",
        on_click=_go,
        args=(direction, test.labels, wanted),
    )


def _go(direction: int, labels: NDArray[np.int64], wanted: int) -> None:
    st.session_state[NUMBER] = neighbour(labels, int(st.session_state[NUMBER]) - 1, wanted, direction) + 1
    _of_test_set()


def is_drawing() -> bool:
    """Whether the pad is there: what is drawn on it is what one looks for first."""
    return bool(st.session_state.get(_DRAW))


def _drawing(spec: DatasetSpec, side: DeltaGenerator) -> Picture | None:
    """The pad beside the film, so that it covers nothing of it; what is drawn there is pinned until it is put away."""
    if spec.image_size[0] != 1:
        return None
    if not st.toggle(_("Draw"), key=_DRAW):
        return None
    with side:
        drawn = sketch_pad("training_film_pad")
    return None if drawn is None else for_drawing(drawn, spec)


def missed_button(record: RunRecord, found: Sequence[Stop]) -> None:
    """Pins the picture that the kept epochs get wrong most often."""
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
            "Wrong in {wrong} of {moments} epochs that were evaluated, more often than any other of the first "
            "{pictures} test pictures.",
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
