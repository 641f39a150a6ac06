"""Switch off view: filters of the chosen layer off or scaled, a weight set by hand; what becomes of the answers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import streamlit as st
import torch
from numpy.typing import NDArray

from cnnviz.base.locale import N_
from cnnviz.base.text import plain
from cnnviz.charts.gallery import data_uri, zoom_for
from cnnviz.charts.maps import limits, paint
from cnnviz.data.registry import DATASETS, dataset
from cnnviz.engine.card import Card, card_path
from cnnviz.engine.device import choose_device
from cnnviz.engine.loader import DeviceDataset, Preprocessing
from cnnviz.inspection import ablation
from cnnviz.inspection.effect import Compared, Ranking, TestBench
from cnnviz.ui.layers import ablation_result, weight_editor
from cnnviz.ui.layers.own_checkpoint import keep_button
from cnnviz.ui.layers.switched import COMPONENT, Switched, ask_ranking, switched
from cnnviz.ui.layers.view import Inspected
from cnnviz.ui.shared import cache, jobs, pictures
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.mount import component
from cnnviz.ui.shared.names import data_name
from cnnviz.ui.shared.page import errors_as_sentences, theme_type

_MOST_SWITCHES = 1024
_MOST_CAPTIONS = 64
_MOMENT = 0.6  # seconds
_LAST = "layers_off_last"  # in the session: of which layer, what was counted last
_JOB, _RANK_JOB = "layers_off_score", "layers_off_rank"


def show(inspected: Inspected) -> None:
    """The layer's maps as switches, and beside them the answers without those that are off."""
    count = inspected.info.output_shape[0]
    if count > _MOST_SWITCHES:
        text = _(
            "{layer} has {count} channels: too many to switch. Choose another layer.",
            layer=plain(inspected.info.name),
            count=f"{count:,}",
        )
        st.info(text, icon=":material/info:")
        return
    st.fragment(_panel)(inspected)


def _panel(inspected: Inspected) -> None:
    with errors_as_sentences():
        now = switched(inspected)
        data = pictures.shown_data(inspected.card)
        bench = None if data is None else _bench(inspected, data)
        if bench is None:
            _say_no_pictures(inspected.card)
        left, right = st.columns([1.38, 1], gap="small")
        with left:
            _show_switches(inspected, now, _ranking(now, bench))
        compared = None
        with right, errors_as_sentences():
            _show_answers(inspected, now)
            if data is not None and bench is not None:
                compared = _show_scores(inspected, now, bench, data_name(data))
        with left, st.container(horizontal=True, gap="small"):
            _show_buttons(inspected, now, bench, compared)


def _show_switches(inspected: Inspected, now: Switched, ranking: list[dict[str, object]] | None) -> None:
    maps = _pictures(inspected)
    count, height, width = maps.shape
    numbers = [str(number) for number in range(1, count + 1)]
    names = [_name(inspected, index) for index in range(count)]
    component("switches")(
        key=COMPONENT,
        data={
            "token": now.token,
            "off": list(now.off),
            "factor": now.factor,
            "sprite": data_uri(np.concatenate(list(paint(maps, limits(maps), theme_type())))),
            "width": width,
            "height": height,
            "zoom": _zoom(count, height, width),
            "captions": numbers if count <= _MOST_CAPTIONS else None,
            "titles": names,
            "chosen": inspected.unit,
            "label": _("Switches of {layer}", layer=inspected.info.name),
            "ranking": ranking,
            "strings": {
                "on": _("All on"),
                "off": _("All off"),
                "factor": _("Factor of the chosen ones"),
                "zero": _("0: off"),
                "isOff": _("{name}, off"),
                "chosen": _("{name}, looked at"),
                "scaled": _("{name}, times {factor}"),
                "count": _("{count} of {total} chosen. A click puts one back."),
                "hint": _("Click what you want to switch off, several if you like."),
                "ranking": _("Without it, the network loses"),
            },
        },
        on_settings_change=lambda: None,
    )


def _pictures(inspected: Inspected) -> NDArray[np.float32]:
    """(n, h, w): the layer's maps of the picture; without one, empty squares."""
    if inspected.view is not None:
        return inspected.view.maps
    return np.zeros((inspected.info.output_shape[0], 8, 8), np.float32)


def _name(inspected: Inspected, index: int) -> str:
    view = inspected.view
    if view is not None and view.are_classes:
        return _("unit {number}, class {name}", number=index + 1, name=inspected.names[index])
    message = N_("unit {number}") if len(inspected.info.output_shape) == 1 else N_("map {number}")
    return _(message, number=index + 1)


def _zoom(count: int, height: int, width: int) -> int:
    """Sixteen maps in two rows, a hundred units in five."""
    if height == width == 1:
        return 36 if count <= 20 else 16
    return zoom_for(height, width, 96 if count <= 8 else 42 if count <= 32 else 30)


def _show_buttons(inspected: Inspected, now: Switched, bench: TestBench | None, compared: Compared | None) -> None:
    st.button(
        _("Which matters most?"),
        key="layers_off_rank_button",
        icon=":material/leaderboard:",
        disabled=bench is None or now.is_ranked,
        on_click=ask_ranking,
        args=(now,),
        help=_("Switches off each one alone, one after the other, and says what it costs on the test set."),
    )
    weight_editor.popover(inspected, now)
    keep_button(inspected, now, compared)


def _show_answers(inspected: Inspected, now: Switched) -> None:
    if inspected.view is None or inspected.chosen is None:
        return
    x = torch.from_numpy(inspected.view.x)[None]
    untouched = ablation.Change(now.of[1])
    before, after = (ablation.probabilities(inspected.model, x, each)[0].numpy() for each in (untouched, now.change))
    st.html(ablation_result.answers(before, after, inspected.names, inspected.chosen.true))


def _show_scores(inspected: Inspected, now: Switched, bench: TestBench, data: str) -> Compared | None:
    """In the background; what is there within a moment, as with LeNet, is drawn at once."""

    def draw(latest: jobs.Latest) -> None:
        found: Compared | None = latest.value
        if found is not None and found.after is not None:
            st.session_state[_LAST] = (now.of, found)
        of, last = st.session_state.get(_LAST, (None, None))
        if of == now.of:  # until the new ones are there, those of before stand in their place
            _draw_scores(last, inspected, data, is_old=last is not found, is_untouched=not (now.off or now.weights))
        jobs.show_progress(_JOB, latest, _("The test pictures are answered anew …"))

    jobs.start(_JOB, (now.of, now.change), lambda: bench.compared(now.change), lambda value: value.share)
    jobs.latest(_JOB, _MOMENT)
    jobs.follow(_JOB, draw)
    found: Compared | None = jobs.latest(_JOB).value
    return found


def _draw_scores(compared: Compared, inspected: Inspected, data: str, *, is_old: bool, is_untouched: bool) -> None:
    if compared.before is not None and compared.after is not None:
        names = inspected.names
        text = ablation_result.scores(compared.before, compared.after, names, data, is_untouched=is_untouched)
        st.html(f'<div class="{"ab-old" if is_old else ""}">{text}</div>')


def _ranking(now: Switched, bench: TestBench | None) -> list[dict[str, object]] | None:
    """What the switches show of it; None while it was not asked for, or is not there."""
    if bench is None or not now.is_ranked:
        return None
    count = bench.channels
    jobs.start(_RANK_JOB, now.of, bench.rank, lambda value: value.done / value.total)
    jobs.follow(_RANK_JOB, lambda latest: jobs.show_progress(_RANK_JOB, latest, _rank_text(latest, count)))
    found: Ranking | None = jobs.latest(_RANK_JOB).value
    return None if found is None else _rows(found)


def _rank_text(latest: jobs.Latest, count: int) -> str:
    done = 0 if latest.value is None else latest.value.done
    return _("Without each alone: {done} of {count} …", done=done, count=count)


def _rows(ranking: Ranking) -> list[dict[str, object]]:
    before = ranking.untouched
    losses = {k: before.correct - score.correct for k, score in ranking.scores.items()}
    most = max(map(abs, losses.values()), default=0) or 1
    return [
        {
            "index": k,
            "name": str(k + 1),
            "text": ablation_result.points(before, ranking.scores[k]),
            "share": abs(losses[k]) / most,
            "better": losses[k] < 0,
        }
        for k in ranking.by_need
    ]


def _say_no_pictures(card: Card) -> None:
    text = _(
        "The test pictures of {data} are not on this machine: only this picture's answer is compared.",
        data=plain(data_name(card.data)),
    )
    st.caption(text)


def _bench(inspected: Inspected, data: str) -> TestBench:
    """Raises DataError where the test half cannot be read."""
    file = inspected.file
    version = tuple(each.stat().st_mtime_ns for each in (file, card_path(file)))
    return _bench_of(str(file), version, inspected.info.name, data, dataset(data).version)


@st.cache_resource(max_entries=3, show_spinner=False)  # at most 128 MB each
def _bench_of(path: str, version: tuple[int, ...], layer: str, data: str, data_version: str) -> TestBench:
    """One for all visitors: what comes before the layer is computed once."""
    model, card = cache.network(Path(path))
    spec, split = dataset(data), cache.test_pictures(data)
    margin = spec.margin if spec.name in DATASETS else card.margin
    prepare = replace(Preprocessing.of(card), margin=margin)
    return TestBench(model, layer, DeviceDataset.of(split, prepare, len(card.classes), choose_device("cpu")))
