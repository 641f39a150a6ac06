"""Attribution view: why the network answers so, and what the same method says of random weights.

The question (method, class, the class it is held against, window) stands in the link; a job answers it, so that what
takes seconds shows how far it is and can be stopped.
"""

from __future__ import annotations

import numpy as np
import streamlit as st
import torch
from torch import nn

from cnnviz.base.locale import N_
from cnnviz.base.text import number_text, plain
from cnnviz.inspection.sanity_check import METHODS, Question, SanityCheck, sanity_check
from cnnviz.models.summary import LayerInfo
from cnnviz.ui.layers.attribution_pictures import show_pictures
from cnnviz.ui.layers.view import Inspected, View, probabilities
from cnnviz.ui.shared import cache, jobs, state
from cnnviz.ui.shared.i18n import _, sentences
from cnnviz.ui.shared.link_parameters import left_out, parameter

_JOB = "layers_why_job"
_METHOD = parameter("layers_why_method", METHODS[0])
_TITLES = {
    "saliency": N_("Saliency"),
    "input_x_gradient": N_("Input × gradient"),
    "integrated_gradients": N_("Integrated gradients"),
    "grad_cam": N_("Grad-CAM"),
    "occlusion": N_("Occlusion"),
}
_SAYS = {  # what a method says, and what it does not
    "saliency": N_(
        "Where the answer is sensitive: blue, a brighter pixel makes the network surer; orange, less sure. It does not "
        "say what made the answer."
    ),
    "input_x_gradient": N_(
        "What each pixel would add if the network were linear near this picture. It is not, so the parts do not add up "
        "to the answer."
    ),
    "integrated_gradients": N_(
        "What each pixel adds on the way from a plain grey picture to this one: together {sum}, the logit's rise. "
        "Another picture to start from would give another map."
    ),
    "grad_cam": N_(
        "Where the {height} × {width} maps of {layer} speak for the class: no finer than those maps, and silent on "
        "what speaks against it."
    ),
    "occlusion": N_(
        "How much the logit falls when a window there is covered with grey. Evidence that stands in two places goes "
        "unseen: covering one of them changes little."
    ),
}
_LEAD = N_(
    "What each pixel adds on the way from a plain grey picture to this one: together {sum}, by which the class gains "
    "on the other. Another picture to start from would give another map."
)
_ALIKE, _APART = 0.6, 0.2  # rank correlations: above the first maps look alike, below the second they do not
_SAME = N_(
    "**Rank correlation {number}**: with random weights the map is much the same, so it explains nothing that was "
    "learnt: it shows the picture."
)
_OTHER = N_(
    "**Rank correlation {number}**: with random weights the map is another one, so this one depends on what was learnt."
)
_PARTLY = N_("**Rank correlation {number}**: with random weights the map is partly the same: be careful.")
_WHY_RANDOM = N_(
    "Spearman's rank correlation of both maps, signs aside: 1 if they find the same places important. A method that is "
    "as convincing on random weights explains nothing that was learnt (Adebayo et al., Sanity Checks for Saliency "
    "Maps, 2018)."
)


def show(inspected: Inspected) -> None:
    """The question's controls, then the maps over the picture: this network's, and those of random weights."""
    view = inspected.view
    if view is None:
        return
    question = _choose_question(inspected, view)
    model, (channels, height, width) = inspected.model, view.x.shape

    def twin() -> nn.Module:
        return cache.random_twin(model, (channels, height, width))

    jobs.start(
        _JOB,
        (inspected.weights, view.picture_key, question),
        lambda: sanity_check(model, twin, torch.from_numpy(view.x)[None], question),
        lambda found: found.share,
    )
    jobs.follow(_JOB, lambda now: _draw(now, inspected, view, question))


def _draw(now: jobs.Latest, inspected: Inspected, view: View, question: Question) -> None:
    """The maps as far as they are known; how far that is stands where the conclusion will be, so that nothing moves."""
    found: SanityCheck | None = now.value
    if found is not None:
        show_pictures(found, view, inspected.card, _spoken(question, inspected.names))
    jobs.show_progress(_JOB, now, _("{method}: the network is being asked …", method=_(_TITLES[question.method])))
    if found is not None:
        st.markdown(sentences(_conclusion(found), _says(question, found)), help=_(_WHY_RANDOM))
        if question.layer not in ("", inspected.info.name):
            gaps = {"chosen": plain(inspected.info.name), "layer": plain(question.layer)}
            st.caption(_("{chosen} has no maps left: Grad-CAM reads {layer}, the last that does.", **gaps))
    if now.is_finished and (found is None or not found.is_whole) and now.error is None:
        st.button(_("Ask again"), key="layers_why_again", icon=":material/replay:", on_click=jobs.forget, args=(_JOB,))


def _choose_question(inspected: Inspected, view: View) -> Question:
    """The method, and below it in one row what it is asked."""
    method = state.choose_view(_METHOD, _TITLES, "layers_why_method_switch")
    is_occlusion = method == "occlusion"
    places = st.columns([3, 3, 2, 2] if is_occlusion else [3, 3, 4], gap="small", vertical_alignment="bottom")
    with places[0]:
        target = _choose_target(inspected, int(np.argmax(probabilities(view))))
    with places[1]:
        against = _choose_against(inspected, target)
    if not is_occlusion:
        return Question(method, target, against, _layer(inspected).name if method == "grad_cam" else "")
    side = min(view.x.shape[1:])
    with places[2]:
        window = _choose_pixels(_("Window (pixels)"), "layers_why_window", side, max(2, side // 7))
    with places[3]:
        stride = _choose_pixels(_("Stride (pixels)"), "layers_why_stride", window, max(1, window // 2))
    return Question(method, target, against, window=window, stride=stride)


def _choose_target(inspected: Inspected, best: int) -> int:
    """The class to explain: whatever the network answers, until one is chosen."""
    classes, names = list(inspected.card.classes), inspected.names
    texts = {"": _("why {name}, its answer", name=names[best])}
    texts |= {code: _("why {name}", name=name) for code, name in zip(classes, names, strict=True)}
    code = _select(_("Class to explain"), "layers_why_class", texts)
    return classes.index(code) if code else best


def _choose_against(inspected: Inspected, target: int) -> int | None:
    """The class it is held against, if any."""
    classes = list(inspected.card.classes)
    texts = {"": _("for itself")}
    texts |= {
        code: _("and not {name}", name=name)
        for index, (code, name) in enumerate(zip(classes, inspected.names, strict=True))
        if index != target
    }
    code = _select(_("Held against"), "layers_why_against", texts)
    return classes.index(code) if code else None


def _select(title: str, key: str, texts: dict[str, str]) -> str:
    """A select box without its title, since its options read on as a question; "" is what the link leaves out.

    Of a link that names no class of this network the page says so, from its next run on.
    """
    link = parameter(key, "")
    said = link.said()
    if said is not None and said not in texts and key not in st.session_state:
        left_out("Layers", key, said)
        link.clear()
        st.rerun()
    state.relabel(key, list(texts.values()))  # they change with the answer
    hidden = {"label_visibility": "collapsed"}
    return state.select_code(title, list(texts), key=key, name_of=texts.__getitem__, default="", **hidden) or ""


def _choose_pixels(title: str, key: str, most: int, usual: int) -> int:
    """A number of pixels; one chosen before, for a larger picture or window, is taken back to the most there is."""
    if st.session_state.get(key, 1) > most:
        st.session_state[key] = most
    return int(st.number_input(title, 1, most, usual, key=key, bind="query-params", persist_state="session"))


def _layer(inspected: Inspected) -> LayerInfo:
    """What Grad-CAM reads: the chosen layer, or of those with maps the last where that has none."""
    channels, height, width = inspected.card.input_size
    layers = cache.summary(inspected.model, (channels, height, width))
    with_maps = [info for info in layers if len(info.output_shape) == 3 and max(info.output_shape[1:]) > 1]
    last = with_maps[-1] if with_maps else inspected.info  # of fully connected layers alone Grad-CAM says that itself
    return next((info for info in with_maps if info.name == inspected.info.name), last)


def _spoken(question: Question, names: list[str]) -> str:
    """ "Saliency: why 4 and not 9", for those who do not see the pictures."""
    gaps = {"method": _(_TITLES[question.method]), "target": names[question.target]}
    if question.against is None:
        return _("{method}, why {target}", **gaps)
    return _("{method}, why {target} and not {against}", against=names[question.against], **gaps)


def _says(question: Question, found: SanityCheck) -> str:
    height, width = found.own.shape
    gaps = {
        "sum": number_text(float(found.own.sum())),
        "height": height,
        "width": width,
        "layer": plain(question.layer),
    }
    is_lead = question.method == "integrated_gradients" and question.against is not None
    return _(_LEAD if is_lead else _SAYS[question.method], **gaps)


def _conclusion(found: SanityCheck) -> str:
    """What to think of the map, from how much of it random weights give as well; "" while that is not known."""
    if not found.is_whole:
        return ""
    text = f"{found.likeness:.2f}"  # what is read and what is said of it agree
    return _(verdict(float(text)), number=text.replace("-", "−"))


def verdict(likeness: float) -> str:
    """The message for a rank correlation; one below zero is a likeness too."""
    if abs(likeness) > _ALIKE:
        return _SAME
    return _OTHER if abs(likeness) < _APART else _PARTLY
