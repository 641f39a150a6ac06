"""Picture map view: test pictures as points of a plane, by what a layer makes of them; a point opens its picture."""

from __future__ import annotations

from functools import lru_cache, partial

import numpy as np
import streamlit as st

from cnnviz.base.locale import N_
from cnnviz.base.text import percent, plain
from cnnviz.charts.scatter import Cloud, Moment, ScatterWords, scatter
from cnnviz.inspection.embedding import before_the_answer, has_umap, is_averaged
from cnnviz.models.summary import LayerInfo
from cnnviz.ui.layers.embedded import Asked, Film, Network, Sample, film, networks_of
from cnnviz.ui.layers.view import Inspected
from cnnviz.ui.shared import cache, jobs, mount, pictures, state
from cnnviz.ui.shared.i18n import _, sentences
from cnnviz.ui.shared.link_parameters import MOST_PICTURES, MOST_SEED, parameter
from cnnviz.ui.shared.page import theme_type
from cnnviz.ui.shared.plotly_chart import plotly_chart

_JOB, _CHART = "layers_all_job", "layers_all_chart"
_SPOT, _EPOCH, _SEED = "layers_all_picture", "layers_all_epoch", "layers_all_seed"
_OWN = "layers_all_own"  # the page's epoch, as it was last
_CLICKED = "layers_all_clicked"  # the number of the point that was clicked last
_MOMENT = 0.5  # seconds that the page waits for it
_SIDE = 132  # CSS pixels of the picture that was opened
_LAYERS = {"last": N_("Before the answer"), "chosen": N_("Chosen layer")}
_METHODS = {"pca": N_("PCA"), "umap": N_("UMAP")}


def show(inspected: Inspected) -> None:
    """The controls in a row, the points, and beside them the picture of one of them."""
    data = pictures.shown_data(inspected.card)
    if data is None:
        st.info(_("There are no test pictures on this machine to show."), icon=":material/hide_image:")
        return
    networks = networks_of(inspected.file)
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="layers_all_options"):
        layer = _choose_layer(inspected)
        method = _choose_method()
        epoch = _choose_epoch(networks, inspected)
        seed = _choose_seed()
    asked = Asked(networks, layer, Sample(data, seed), method)
    jobs.start(_JOB, asked, partial(film, asked, inspected.card, cache.test_pictures(data)), lambda now: now.done)
    jobs.latest(_JOB, _MOMENT)
    jobs.follow(_JOB, partial(_draw, inspected, asked, epoch))


def _choose_layer(inspected: Inspected) -> LayerInfo:
    channels, height, width = inspected.card.input_size
    of = state.choose_view(parameter("layers_all_layer", "last"), _LAYERS, "layers_all_layer_switch")
    layers = cache.summary(inspected.model, (channels, height, width))
    return before_the_answer(layers) if of == "last" else inspected.info


def _choose_method() -> str:
    """Only where there is more than one."""
    if not has_umap():
        return "pca"
    return state.choose_view(parameter("layers_all_method", "pca"), _METHODS, "layers_all_method_switch")


def _choose_epoch(networks: tuple[Network, ...], inspected: Inspected) -> int:
    """The epoch that is shown at first: that of the page, until another one is chosen here."""
    own = next(each.epoch for each in networks if each.file == inspected.file)
    if len(networks) == 1:
        return own
    if st.session_state.get(_OWN, own) != own:
        st.session_state[_EPOCH] = str(own)
    st.session_state[_OWN] = own
    title = N_("Epoch {number}")
    chosen = state.choose_code(
        _("Epoch of the points"),
        [str(each.epoch) for each in networks],
        key=_EPOCH,
        name_of=lambda code: _(title, number=code),
        default=str(own),
        label_visibility="collapsed",
        width=130,
    )
    return int(chosen)


def _choose_seed() -> int:
    with st.container(horizontal=True, gap="small", vertical_alignment="center", width="content"):
        st.caption(_("Seed"), width="content")
        return int(
            st.number_input(
                _("Seed of the sample"),
                0,
                MOST_SEED,
                key=_SEED,
                bind="query-params",
                width=110,
                label_visibility="collapsed",
                persist_state="session",
            )
        )


def _draw(inspected: Inspected, asked: Asked, epoch: int, now: jobs.Latest) -> None:
    jobs.show_progress(_JOB, now, _("The test pictures are shown to the network …"))
    known: Film | None = now.value
    if known is None or not known.points:
        if now.is_finished and now.error is None:
            st.button(_("Ask again"), key="layers_all_again", on_click=jobs.forget, args=(_JOB,))
        return
    shown = epoch if epoch in known.points else max(known.points)
    left, right = st.columns([3.1, 1], gap="small")
    with right:
        number = _choose_picture(inspected, known, shown, asked.sample.data)
    with left:
        is_marked = number == st.session_state.get(_CLICKED)  # by the chart itself, which goes on playing
        _show_points(inspected, known, shown, None if is_marked else number, asked)


def _show_points(inspected: Inspected, known: Film, shown: int, number: int | None, asked: Asked) -> None:
    """Every epoch is in the chart, which plays them by itself."""
    epochs = sorted(known.points)
    moments = [Moment(str(epoch), known.points[epoch], known.predictions[epoch]) for epoch in epochs]
    cloud = Cloud(known.labels, known.numbers, moments)
    words = _words(inspected, known)
    said = _said(known, shown, asked)
    plotly_chart(
        lambda: scatter(cloud, epochs.index(shown), number, words, theme_type()), _CHART, said, on_point=_take_point
    )
    st.caption(said, help=_help(asked))


def _words(inspected: Inspected, known: Film) -> ScatterWords:
    axes = ("", "")
    if known.shares is not None:
        first, second = (percent(share) for share in known.shares)
        axes = (_("1st component, {share}", share=first), _("2nd component, {share}", share=second))
    return ScatterWords(
        names=inspected.names,
        axes=axes,
        wrong=_("wrong answer"),
        says=lru_cache(maxsize=None)(
            lambda number, label, taken: _text(number, label, taken, inspected.names)
        ),  # most are right at every epoch
        play=_("Play"),
        pause=_("Pause"),
        moment=_("Epoch"),
    )


def _text(number: int, label: int, taken: int, names: list[str]) -> str:
    """ "No. 251: 7, taken for 9"."""
    message = N_("No. {number}: {name}") if label == taken else N_("No. {number}: {name}, taken for {taken}")
    return _(message, number=number, name=names[label], taken=names[taken])


def _said(known: Film, shown: int, asked: Asked) -> str:
    """What the points are, in one line."""
    wrong = int((known.predictions[shown] != known.labels).sum())
    size = asked.layer.output_shape[0] if is_averaged(asked.layer) else int(np.prod(asked.layer.output_shape))
    what = N_("Each point is a picture, by the means of {layer}'s {count} maps.")
    if not is_averaged(asked.layer):
        what = N_("Each point is a picture, by the {count} values of {layer}.")
    gaps = {"count": f"{len(known.numbers):,}", "total": f"{known.total:,}", "wrong": wrong, "seed": asked.sample.seed}
    return sentences(
        _(what, layer=plain(asked.layer.name), count=f"{size:,}"),
        _("{count} of {total} test pictures (seed {seed}), {wrong} of them wrong.", **gaps),
        _shares(known),
    )


def _shares(known: Film) -> str:
    if known.shares is None:
        return ""
    return _("The plane shows {share} of the variance.", share=percent(sum(known.shares)))


def _help(asked: Asked) -> str:
    if asked.method == "umap":
        return _(
            "UMAP keeps near pictures near each other; how far groups are apart, and how large they are, means little."
        )
    return _(
        "PCA: the two directions in which the features differ most, of the newest epoch; earlier epochs are seen along "
        "the same ones. Groups that lie on each other here may be apart in another direction."
    )


def _choose_picture(inspected: Inspected, known: Film, shown: int, data: str) -> int | None:
    """A select box for the same as a click; the picture, and the way to it."""
    taken = known.predictions[shown].tolist()
    every = list(zip(known.numbers.tolist(), known.labels.tolist(), taken, strict=True))
    every.sort(key=lambda each: (each[1] == each[2], each[0]))  # mistakes first
    texts = {each[0]: _text(*each, inspected.names) for each in every}
    number = _choose_point(texts)
    if number is None:
        return None
    image = cache.test_pictures(data).images[number - 1]
    pictures.crisp(pictures.test_picture(inspected.card, data, image), texts[number], _SIDE)
    label = _("Look at this picture")
    if st.button(label, key="layers_all_look", on_click=_look_at, args=(number,), width="stretch"):
        st.rerun(scope="app")  # this is a part of the page that runs alone
    return number


def _choose_point(texts: dict[int, str]) -> int | None:
    link = parameter(_SPOT, 0)
    if st.session_state.get(_SPOT, 0) not in (*texts, None):
        said = link.read()
        st.session_state[_SPOT] = said if said in texts else None
    number = st.selectbox(
        _("Point"),
        list(texts),
        index=None,
        key=_SPOT,
        format_func=texts.__getitem__,
        placeholder=_("Choose one"),
        help=_("A click on a point does the same. Mistakes come first; type a number or a class to find one."),
    )
    link.put(number)
    return number


def _take_point() -> None:
    """A point was clicked: the box follows. What a browser sends may be anything."""
    points = st.session_state[_CHART]["selection"]["points"]
    number = points[0].get("customdata") if points else None
    if mount.is_whole(number, 1, MOST_PICTURES):
        st.session_state[_SPOT] = st.session_state[_CLICKED] = number


def _look_at(number: int) -> None:
    """The picture of the whole page, by its number in the test set."""
    st.session_state["layers_source"] = "test"
    st.session_state["layers_picture"] = number
