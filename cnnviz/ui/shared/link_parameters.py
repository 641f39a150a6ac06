"""Link parameters of all pages: every name an address can have, with its kind and range. Imports no torch.

The page Convolution has its own, which the browser reads and writes: arithmetic/setting.py. Those of the form of
the page Training are hyperparameters, whose mistakes the form words: here they are lines of text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, TypeVar

import streamlit as st

from cnnviz.base.link_kinds import NOTHING, Kind, number, numbers, one_of, shortened, switch, text, whole
from cnnviz.base.locale.typesetting import Listed
from cnnviz.base.params import Param
from cnnviz.base.text import plain
from cnnviz.charts.overlay import AXES, METRICS
from cnnviz.data.dataset_spec import FOLDER, OWN
from cnnviz.data.registry import DATASETS
from cnnviz.data.samples import SETS
from cnnviz.engine.form import NAMES, key
from cnnviz.engine.hyperparameters import HYPERPARAMETERS
from cnnviz.inspection.bend import RANGES, SWEPT
from cnnviz.models.editor.formats import MAX_LINK
from cnnviz.models.zoo import MAX_CLASSES, MODEL_NAMES, TRAINABLE_NAMES, ZOO, options_of
from cnnviz.runs.run import STATUSES
from cnnviz.runs.search import SORTS
from cnnviz.ui.shared import state
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.state import LinkParam

T = TypeVar("T")

LARGEST_RUN = 999_999_999
MOST_RUNS_CHOSEN = 50
NETWORK_VIEWS = ("layer", "table", "compare", "speed", "export", "own")
NETWORK_CHANNELS = (1, 3)  # a network of the list takes grey pictures or coloured ones
LAYER_VIEWS = ("maps", "filters", "excitation", "attribution", "ablation", "bend", "compare", "pictures")
DATA_VIEWS = ("browse", "batches", "augmentation", "own", "experiments", "labels")  # in the switch's order
AUGMENTED = 24  # pictures beside each other
AT_OWN_SIZE = "own-size"  # instead of a network: pictures as large as the data set has them
AUGMENTED_FOR = (*TRAINABLE_NAMES, *(network.name for network in ZOO.values() if network.weights))
OWN_WAYS = ("collect", "zip", "folder", "part", "sets")  # of the view "Own pictures"
DATA_PANELS = ("classes", "pixels", "normalize", "about")  # beside the gallery
BEND_MEASURES = (*SWEPT, "flip")
REGULARIZERS = ("jitter", "blur", "total_variation", "weight_decay")  # of gradient ascent
EXCITE_TARGETS = ("unit", "all", "class")
ATTRIBUTION_METHODS = ("saliency", "input_x_gradient", "integrated_gradients", "grad_cam", "occlusion")
PICTURE_SOURCES = ("test", "photo", "drawing", "camera", "file")
PHOTOS = ("china", "flower")  # scikit-learn's
EXPERIMENTS = {  # of the view of that name: question -> what its switch offers
    "size": ("20", "50", "100", "200"),
    "stopping": ("2", "4", "8"),
    "leakage": ("25%", "50%", "100%"),
    "imbalance": ("10", "20", "50", "100"),
    "wrong": ("10%", "30%", "50%"),
}
LABEL_NOISE = ("0%", "5%", "10%", "20%")  # labels made wrong on purpose, to be found
LABEL_BELOW = ("1%", "5%", "10%", "20%", "50%")  # a label is suspected that gets less
_CORRECTIONS = 6000  # characters, about 800 labels: more would break an address on its way
PAIRED = (  # keys of `paired_runs`
    *("data_batches", "data_labels", "training_scratch"),
    *(f"data_experiment_{code}" for code in EXPERIMENTS),
)
MOST_PAIRED = 12  # runs
RUN_VIEWS = ("compare", "sweeps", "board")
MOST_UNITS = 1_000_000  # more than any layer has maps or units
_MOST_PIXELS = 1024  # a side of a network's picture
MOST_PICTURES = 10_000_000  # more than any test set has
MOST_SEED = 9999
MOST_BATCH = 512  # pictures of a batch that is drawn
_CHANNELS = 1024  # that can be switched off at once
_WEIGHTS_BY_HAND = 800  # characters: "5.1.3.3:0.25" for each
_EPOCHS = 1_000_000
_BATCH_SIZE = HYPERPARAMETERS["batch_size"]
LONGEST_NAME = 200  # characters of a checkpoint's or a layer's name
_WORDS = 100  # characters that are searched for
_DRAWING = 1568  # letters: more than 28 x 28 pixels take
_HYPERPARAMETER = 1000  # characters; the form repeats 40 of what it cannot take

run = whole(1, LARGEST_RUN)
_NOTICE = "link_notice"  # in the session, until the visitor closes it or leaves the page
_MOST_SAID = 8


@cache
def kinds() -> dict[str, Kind[Any]]:
    """Name of a parameter -> what it may be."""
    return {
        "lang": text(LONGEST_NAME),
        **_data(),
        **_data_augmentation(),
        **_data_own(),
        **_data_experiments(),
        **_data_labels(),
        "evaluation_checkpoint": text(LONGEST_NAME),
        "evaluation_share": switch(),
        "evaluation_true": text(LONGEST_NAME),
        "evaluation_predicted": text(LONGEST_NAME),
        "home_digit": whole(0, 9),
        "home_set": whole(1, SETS),
        "home_drawing": text(_DRAWING),
        "layers_checkpoint": text(LONGEST_NAME),
        "layers_layer": text(LONGEST_NAME),
        "layers_view": one_of(LAYER_VIEWS),
        "layers_map": whole(1, MOST_UNITS),
        "layers_epoch": whole(0, _EPOCHS),
        "layers_source": one_of(PICTURE_SOURCES),
        "layers_photo": one_of(PHOTOS),
        "layers_drawing": text(_DRAWING),
        "layers_range": one_of(("map", "layer", "network")),
        "layers_mode": one_of(("evaluation", "training")),
        "layers_order": one_of(("number", "norm")),
        "layers_film": whole(0, _EPOCHS),
        "layers_picture": whole(1, MOST_PICTURES),
        "training_run": run,
        "training_parent": run,
        "training_preset": text(_HYPERPARAMETER),
        "training_pin": whole(1, MOST_PICTURES),
        "training_scratch_seeds": one_of(("3", "1")),
        **{key(name): text(_HYPERPARAMETER) for name in NAMES},
        key("corrected_labels"): text(_CORRECTIONS),
        **_excite(),
        **_why(),
        **_off(),
        **_bend(),
        **_beside(),
        **_all_pictures(),
        **_networks(),
        **_runs(),
        **{f"{key}_runs": numbers(LARGEST_RUN, MOST_PAIRED) for key in PAIRED},
    }


def _data() -> dict[str, Kind[Any]]:
    """The page Data: its frame and the view "Browse"."""
    return {
        "data_name": data_set(),
        "data_view": one_of(DATA_VIEWS),
        "data_half": one_of(("train", "test")),
        "data_class": text(LONGEST_NAME),
        "data_sample": whole(1, 999_999),
        "data_page": whole(1, MOST_PICTURES),
        "data_picture": whole(1, MOST_PICTURES),
        "data_panel": one_of(DATA_PANELS),
        "data_log": switch(),
        **_data_batches(),
    }


def _data_batches() -> dict[str, Kind[Any]]:
    """The view "Batches" of the page Data."""
    return {
        "data_batches_view": one_of(("order", "training", "loader")),
        "data_batch_size": whole(1, MOST_BATCH),
        "data_step": whole(1, MOST_PICTURES),
        "data_sampler": one_of(("each-once", "balanced")),
        **{f"data_{name}": switch() for name in ("shuffle", "drop_last", "sorted")},
        "data_seed": whole(0, MOST_SEED),
        "data_epoch": whole(1, 999),
    }


def data_set() -> Kind[str]:
    """A data set of the app; or an imported one or a folder, which may be gone when somebody follows the link."""
    known, name = one_of(list(DATASETS)), text(LONGEST_NAME)
    return replace(known, parse=lambda said: (name if said.startswith((OWN, FOLDER)) else known).parse(said))


def _data_augmentation() -> dict[str, Kind[Any]]:
    """The view "Augmentation" of the page Data; what is wrong with a pipeline the view says."""
    seed, epochs = HYPERPARAMETERS["seed"], HYPERPARAMETERS["epochs"]
    return {
        "data_augmentation": text(_HYPERPARAMETER),
        "data_augmentation_crop": number(HYPERPARAMETERS["center_crop"].low, 1),
        "data_augmentation_normalize": switch(),
        "data_augmentation_model": one_of((AT_OWN_SIZE, *AUGMENTED_FOR)),
        "data_augmentation_seed": whole(int(seed.low), int(seed.high)),
        "data_augmentation_epoch": whole(1, int(epochs.high)),
        "data_augmentation_picture": whole(1, AUGMENTED),
    }


def _data_own() -> dict[str, Kind[Any]]:
    """The view "Own pictures" of the page Data."""
    return {"data_own_way": one_of(OWN_WAYS), "data_own_from": text(LONGEST_NAME)}


def _data_experiments() -> dict[str, Kind[Any]]:
    """The view "Experiments" of the page Data: which question, its switch, the visitor's guess."""
    return {
        "data_experiment": one_of(tuple(EXPERIMENTS)),
        **{f"data_experiment_{code}_guess": whole(0, 100) for code in EXPERIMENTS},
        **{f"data_experiment_{code}": one_of(choices) for code, choices in EXPERIMENTS.items()},
        **{f"data_experiment_{code}_seeds": one_of(("1", "3")) for code in EXPERIMENTS},
    }


def _data_labels() -> dict[str, Kind[Any]]:
    """The view "Wrong labels" of the page Data."""
    return {
        "data_labels_noise": one_of(LABEL_NOISE),
        "data_labels_below": one_of(LABEL_BELOW),
        "data_labels_order": one_of(("loss", "confident")),
        "data_labels_page": whole(1, MOST_PICTURES),
        "data_labels_corrected": text(_CORRECTIONS),
    }


def _excite() -> dict[str, Kind[Any]]:
    """The view "What excites it" of the page Layers."""
    return {
        "layers_excite_target": one_of(EXCITE_TARGETS),
        "layers_excite_class": whole(0, MAX_CLASSES - 1),
        "layers_excite_measure": one_of(("mean", "center")),
        "layers_excite_answer": one_of(("logit", "probability")),
        **{f"layers_excite_{name}": switch() for name in REGULARIZERS},
    }


def _why() -> dict[str, Kind[Any]]:
    """The question of the view "Why this answer" of the page Layers; classes by their names."""
    return {
        "layers_why_method": one_of(ATTRIBUTION_METHODS),
        "layers_why_class": text(LONGEST_NAME),
        "layers_why_against": text(LONGEST_NAME),
        "layers_why_window": whole(1, _MOST_PIXELS),
        "layers_why_stride": whole(1, _MOST_PIXELS),
        "layers_why_strength": whole(0, 100),
    }


def _off() -> dict[str, Kind[Any]]:
    """The view "Switch off" of the page Layers; channels and weights' places are counted from 1."""
    return {
        "layers_off": numbers(MOST_UNITS, _CHANNELS),
        "layers_off_factor": number(0, 2),
        "layers_off_weights": text(_WEIGHTS_BY_HAND),
    }


def _bend() -> dict[str, Kind[Any]]:
    """The view "Bend the picture" of the page Layers."""
    return {
        **{f"layers_bend_{name}": number(low, high) for name, (low, high) in RANGES.items()},
        "layers_bend_seed": whole(0, MOST_SEED),
        "layers_bend_measure": one_of(BEND_MEASURES),
        "layers_bend_shape": one_of(("linf", "l2")),
    }


def _beside() -> dict[str, Kind[Any]]:
    """The view "Side by side" of the page Layers: the second network."""
    return {
        "layers_beside_checkpoint": text(LONGEST_NAME),
        "layers_beside_epoch": whole(0, _EPOCHS),
        "layers_beside_layer": text(LONGEST_NAME),
    }


def _all_pictures() -> dict[str, Kind[Any]]:
    """The view "All pictures" of the page Layers; a picture by its number in the test set, from 1."""
    return {
        "layers_all_layer": one_of(("last", "chosen")),
        "layers_all_method": one_of(("pca", "umap")),
        "layers_all_epoch": whole(0, _EPOCHS),
        "layers_all_seed": whole(0, MOST_SEED),
        "layers_all_picture": whole(1, MOST_PICTURES),
    }


def _networks() -> dict[str, Kind[Any]]:
    return {
        "networks_model": one_of(MODEL_NAMES),
        "networks_view": one_of(NETWORK_VIEWS),
        "networks_layer": text(LONGEST_NAME),
        "networks_trainable": text(LONGEST_NAME),
        "networks_weights": text(LONGEST_NAME),
        "networks_all_rows": switch(),
        "networks_data": data_set(),
        "networks_own_data": data_set(),
        "networks_batch_size": whole(int(_BATCH_SIZE.low), int(_BATCH_SIZE.high)),
        "networks_own": text(8 * MAX_LINK),  # beyond what is a network the page says it is cut or changed
        **dict(_of_each_network()),
    }


def _of_each_network() -> Iterator[tuple[str, Kind[Any]]]:
    """Channels, classes, options and the network beside it: each network has its own."""
    for name in MODEL_NAMES:
        yield f"networks_with_{name}", one_of([other for other in MODEL_NAMES if other != name])
        if not ZOO[name].is_block:
            yield f"networks_channels_{name}", one_of([str(count) for count in NETWORK_CHANNELS])
            yield f"networks_classes_{name}", whole(1, MAX_CLASSES)
        for option in options_of(name):
            yield f"networks_{option.name}_{name}", _option(option)


def _option(option: Param) -> Kind[Any]:
    if option.choices:
        return one_of(tuple(option.choices))
    return switch() if option.kind == "switch" else number(option.low, option.high)


def _runs() -> dict[str, Kind[Any]]:
    return {
        "runs": numbers(LARGEST_RUN, MOST_RUNS_CHOSEN),
        "runs_text": text(_WORDS),
        "runs_tag": text(_WORDS),
        "runs_status": one_of(STATUSES),
        "runs_mine": switch(),
        "runs_sort": one_of([f"{sign}{name}" for sign in ("", "-") for name in SORTS]),
        "runs_page": whole(1, 99_999),
        "runs_view": one_of(RUN_VIEWS),
        "runs_sweep": run,
        "runs_metric": one_of(METRICS),
        "runs_x": one_of(AXES),
        "runs_log": switch(),
        "runs_smooth": number(0, 1),
        "runs_from": run,
        "runs_to": run,
    }


def parameter(name: str, default: T) -> LinkParam[T]:
    """The parameter `name`, for a page that reads and writes it by hand."""
    kind: Kind[T] = kinds()[name]
    return LinkParam(name, kind.parse, kind.write, default)


@dataclass
class _Notice:
    """Of one page: parameter -> (message, its gaps)."""

    page: str
    said: dict[str, tuple[str, dict[str, object]]] = field(default_factory=dict)


def tidy(page: str) -> None:
    """Take out what is not of its parameter's kind. Call it before the first widget of `page`."""
    notice = st.session_state.get(_NOTICE)
    if notice is not None and notice.page != page:
        del st.session_state[_NOTICE]
    wrong = {name: value for name, value in state.given().items() if not _is_sound(name)}
    if not wrong:
        return
    state.remove(wrong)
    _keep(page, wrong)


def add_notice(page: str, about: str, message: str, /, **gaps: object) -> None:
    """Have something else said of the link: of what is of its kind, but is not here."""
    notice = st.session_state.get(_NOTICE)
    if notice is None or notice.page != page:
        notice = st.session_state[_NOTICE] = _Notice(page)
    notice.said[about] = (message, gaps)


def left_out(page: str, parameter: str, value: str) -> None:
    """Say that `value` is nothing that is here."""
    add_notice(page, parameter, NOTHING, parameter=parameter, value=shortened(value))


def show_notices() -> None:
    """One sentence for each, and a button that closes them."""
    notice = st.session_state.get(_NOTICE)
    if notice is None:
        return
    texts = [
        _(message, **{name: _plain_gap(value) for name, value in gaps.items()})
        for message, gaps in list(notice.said.values())[:_MOST_SAID]
    ]
    with st.container(key="link_notice"):
        st.warning("\n\n".join(texts), icon=":material/link_off:")
        st.button(_("Close"), key="link_close", icon=":material/close:", on_click=_close)


def _plain_gap(value: object) -> object:
    return Listed(plain(str(each)) for each in value) if isinstance(value, Listed) else plain(str(value))


def _is_sound(name: str) -> bool:
    """Also what is no parameter of ours, and what is left empty, which Streamlit takes for not there."""
    kind = kinds().get(name)
    return kind is None or all(not text or kind.parse(text) is not None for text in state.every(name))


def _keep(page: str, wrong: dict[str, str]) -> None:
    for name, value in wrong.items():
        kind = kinds()[name]
        add_notice(page, name, kind.rule, **kind.gaps, parameter=name, value=shortened(value))


def _close() -> None:
    st.session_state.pop(_NOTICE, None)
