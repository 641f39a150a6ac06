"""View "Wrong labels" of the page Data: suspected ones found, ranked, shown, corrected, trained again, compared.

What is corrected is in the link, as `TrainConfig.corrected_labels` has it; the data set itself is never changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape

import numpy as np
import streamlit as st

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.text import percent
from cnnviz.data.dataset_spec import DatasetSpec
from cnnviz.data.registry import dataset
from cnnviz.engine import corrected_labels
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.suspects import Suspects, score
from cnnviz.engine.training_set import TrainingSet, training_set
from cnnviz.runs import label_search
from cnnviz.ui.data import suspect_tiles
from cnnviz.ui.data.excerpts import version_of
from cnnviz.ui.shared import jobs
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.link_parameters import LABEL_BELOW, LABEL_NOISE, parameter
from cnnviz.ui.shared.mount import css
from cnnviz.ui.shared.paired_outcomes import Outcome, Variant
from cnnviz.ui.shared.paired_outcomes import test_accuracy as on_test_pictures
from cnnviz.ui.shared.paired_runs import paired_runs
from cnnviz.ui.shared.state import switch_code

_KEY = "data_labels"
_MOST_PICTURES = 3000  # of a larger set: four networks learn three quarters of them each, 15 s on two cores
_WANTED = "data_labels_wanted"  # in the session: the search that was asked for
_ABOUT = "data_labels_about"  # in the session: (data set, noise) that the corrections are of
_CORRECTED = parameter("data_labels_corrected", "")
_ORDERS = {"loss": N_("by loss"), "confident": N_("by confidence")}
# Digits with a fifth of the labels wrong, seed 0: of 287 wrong ones 278 are among the 283 that get less than 10%.
# Trained longer, networks learn their neighbours' mistakes.
_SEARCHED = TrainConfig(model="lenet5", epochs=8, batch_size=32)
_EPOCHS = 20  # of the trainings that are compared: long enough to learn wrong labels by heart
_CSS = css("data/labels")


def show(spec: DatasetSpec) -> None:
    """The whole view."""
    st.html(f"<style>{_CSS}</style>")
    with st.container(horizontal=True, vertical_alignment="bottom", key="data_labels_bar"):
        config = _searched(spec)
        _forget_others(config)
        probabilities = _search(spec, config)
    if probabilities is None:
        _invitation(config.train_images or spec.train_images)
        return
    half = _half(config.to_json(), version_of(spec))
    suspects = Suspects(half.places, half.split.labels, probabilities)
    left, right = st.columns([1.8, 1], gap="large")
    with right, st.container(gap="small", key="data_labels_side"):
        below = _threshold(suspects)
        with left:
            suspect_tiles.show(spec, half, suspects, below, corrections(), correct)
        _in_words(half, suspects, below)
        _all_at_once(suspects, below)
        _train_again(config)


def _searched(spec: DatasetSpec) -> TrainConfig:
    """Which labels are searched, and what learns them."""
    noise = st.segmented_control(
        _("Made wrong on purpose"),
        LABEL_NOISE,
        default="10%",
        required=True,
        key=f"{_KEY}_noise",
        bind="query-params",
        help=_("0%: the labels as they come. What is found then is a real mistake, or a picture hard to read."),
    )
    images = _MOST_PICTURES if spec.train_images > _MOST_PICTURES else 0
    return replace(_SEARCHED, data=spec.name, train_images=images, label_noise=int(str(noise).rstrip("%")) / 100)


def _search(spec: DatasetSpec, config: TrainConfig) -> np.ndarray | None:
    """What the search found; before, the button that starts it, and its progress."""
    version = version_of(spec)
    known = label_search.remembered(config, version)
    if known is not None:
        return known
    is_wanted = st.session_state.get(_WANTED) == (config, version)
    if is_wanted:
        jobs.start(_KEY, (config, version), lambda: label_search.search(config, version), _share)
        now = jobs.latest(_KEY, 0.1)
        if isinstance(now.value, np.ndarray):
            found: np.ndarray = now.value
            return found
    if not is_wanted or jobs.latest(_KEY).is_finished:
        st.button(
            _("Search for wrong labels"),
            type="primary",
            icon=":material/search:",
            key=f"{_KEY}_start",
            on_click=_want,
            args=(config, version),
        )
    if is_wanted:
        jobs.follow(_KEY, lambda now: jobs.show_progress(_KEY, now, _("Four networks are trained …")))
    return None


def _share(value: object) -> float:
    return value if isinstance(value, float) else 1.0


def _want(config: TrainConfig, version: str) -> None:
    jobs.forget(_KEY)
    st.session_state[_WANTED] = (config, version)


def _invitation(count: int) -> None:
    st.write(
        _(
            "{count} training pictures are dealt into four parts. Each part is asked of a network that was "
            "trained on the other three: it cannot know their labels by heart, so a wrong label stands out, because "
            "the network is sure of something else. Those are ranked and shown; you decide.",
            count=f"{count:,}",
        )
    )
    text = escape(_("Here: the suspected pictures, the most suspicious first, each with its label and what it seems."))
    tile = "<i><b></b><span></span><span></span></i>"
    st.html(
        f'<figure class="cnn-suspects-sketch"><div aria-hidden="true">{8 * tile}</div>'
        f"<figcaption>{text}</figcaption></figure>"
    )


@st.cache_resource(max_entries=3, show_spinner=False)
def _half(config: str, version: str) -> TrainingSet:
    found = TrainConfig.from_json(config)
    return training_set(found, dataset(found.data))


def _threshold(suspects: Suspects) -> np.ndarray:
    """Indices of the suspects, ranked."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        below = st.segmented_control(
            _("Suspected if the label gets less than"),
            LABEL_BELOW,
            default="10%",
            required=True,
            key=f"{_KEY}_below",
            bind="query-params",
        )
        order = switch_code(_("Ranked"), tuple(_ORDERS), key=f"{_KEY}_order", name_of=lambda code: _(_ORDERS[code]))
    return suspects.below(int(str(below).rstrip("%")) / 100, order)


def _in_words(half: TrainingSet, suspects: Suspects, below: np.ndarray) -> None:
    """How many are suspected; how good that is, and what the corrections are worth, where the truth is known."""
    st.markdown(
        _("**{count}** of {all} labels are suspected.", count=f"{len(below):,}", all=f"{len(suspects.given):,}")
    )
    if not half.is_wrong.any():
        return
    found = score(below, half.is_wrong)
    st.markdown(
        _(
            "{found} of them really were made wrong: precision **{precision}**. Of all {wrong} that were, **{recall}** "
            "are suspected: recall.",
            found=f"{found.found:,}",
            precision=percent(found.precision),
            wrong=f"{found.wrong:,}",
            recall=percent(found.recall),
        )
    )


def _all_at_once(suspects: Suspects, below: np.ndarray) -> None:
    """All suspects take the networks' answer; and the way back."""
    made = corrections()
    answers = {int(suspects.places[index]): int(suspects.answers[index]) for index in below}
    with st.container(horizontal=True):
        st.button(
            _("Correct all {count}", count=f"{len(answers):,}"),
            icon=":material/done_all:",
            key=f"{_KEY}_all",
            disabled=not answers or answers.items() <= made.items(),
            on_click=_keep,
            args=({**made, **answers},),
        )
        st.button(
            _("Undo all"),
            icon=":material/undo:",
            key=f"{_KEY}_none",
            disabled=not made,
            on_click=_keep,
            args=({},),
        )


def _train_again(config: TrainConfig) -> None:
    """The corrected labels beside the others."""
    made = corrections()
    if not made:
        st.caption(_("Correct some labels: then train again, and compare."))
        return
    st.caption(
        _(
            "{count} labels corrected, for training only: the data set itself stays as it is.",
            count=f"{len(made):,}",
        )
    )
    base = replace(config, epochs=_EPOCHS)
    variants = [
        Variant(_("as labelled"), base),
        Variant(_("corrected"), replace(base, corrected_labels=corrected_labels.write(made))),
    ]
    if config.label_noise:
        variants.append(Variant(_("no label made wrong"), replace(base, label_noise=0.0)))
    paired_runs(_KEY, variants, conclude=_conclusion)


def _conclusion(found: Sequence[Outcome]) -> str:
    before, after = found[0].mean(on_test_pictures), found[1].mean(on_test_pictures)
    if len(found) < 3:
        return _(
            "As labelled {before} of the test pictures are right, corrected {after}.",
            before=percent(before),
            after=percent(after),
        )
    return _(
        "As labelled {before} of the test pictures are right, corrected {after}; with no label made wrong {best}.",
        before=percent(before),
        after=percent(after),
        best=percent(found[2].mean(on_test_pictures)),
    )


def corrections() -> dict[int, int]:
    """Place -> class, as link or session have it; what is none is as if it were not there."""
    try:
        return corrected_labels.parse(_CORRECTED.kept())
    except ConfigurationError:
        return {}


def correct(place: int, label: int | None) -> None:
    """From now on the picture at `place` has this class; None: the one that it was given."""
    made = corrections()
    made.pop(place, None)
    _keep(made if label is None else {**made, place: label})


def _keep(made: Mapping[int, int]) -> None:
    """As many as a run takes; where they are too many for a link, the session has them."""
    _CORRECTED.keep(corrected_labels.write(dict(list(made.items())[: corrected_labels.MOST])))


def _forget_others(config: TrainConfig) -> None:
    """Corrections are of one data set, and of the labels that were made wrong in it."""
    about = (config.data, config.label_noise)
    if st.session_state.get(_ABOUT, about) != about:
        _CORRECTED.forget()
    st.session_state[_ABOUT] = about
    _CORRECTED.keep(_CORRECTED.kept())
