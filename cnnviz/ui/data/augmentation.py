"""View "Augmentation" of the page Data: the bench, where a pipeline is put together and seen on real pictures."""

from __future__ import annotations

from typing import Any

import streamlit as st

from cnnviz.base.locale import N_
from cnnviz.data.dataset_spec import DatasetSpec
from cnnviz.engine.augmentation.pipeline import PRESETS, consists_of
from cnnviz.engine.augmentation.steps import STEPS, Knob
from cnnviz.engine.form import key
from cnnviz.engine.hyperparameters import HYPERPARAMETERS
from cnnviz.models.zoo import ZOO
from cnnviz.ui.data import augmentation_pictures
from cnnviz.ui.data.augmentation_choice import COMPONENT, Settings, bench_order, set_text, settings
from cnnviz.ui.data.augmentation_pictures import Shown
from cnnviz.ui.shared import state, warmup
from cnnviz.ui.shared.i18n import _, sentences
from cnnviz.ui.shared.link_parameters import AT_OWN_SIZE, AUGMENTED_FOR
from cnnviz.ui.shared.mount import component
from cnnviz.ui.shared.names import class_name, name_of
from cnnviz.ui.shared.page import errors_as_sentences

_PRESET = "data_augmentation_preset"
_SEED, _EPOCH = "data_augmentation_seed", "data_augmentation_epoch"
_UNITS = {"px": N_("{value} px"), "°": N_("{value}°")}
_COARSE = 64  # pixels of a side: smaller pictures are enlarged with their pixels left visible
_EXACT = N_("Seed {seed}, epoch {epoch}: a training with these settings sees exactly these pictures.")
_RECIPE = N_(
    "A recipe with draws of its own, which these steps come near; change one and they are taken as they stand."
)


def show(spec: DatasetSpec) -> None:
    """The whole view."""
    if not warmup.is_in(warmup.Stage.ALL):
        with st.spinner(_("PyTorch is being loaded: the page follows in a moment …")):
            warmup.wait(warmup.Stage.ALL)
    st.fragment(_bench)(spec)


def _bench(spec: DatasetSpec) -> None:
    now = Settings()
    with errors_as_sentences():
        now = settings()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall", key="data_augmentation_bar"):
        model = _choose_size()
        side = max(_size(spec, model))
        _choose_preset(now, side)
        seed, epoch = _choose_draw()
        with st.popover(_("Copy code"), icon=":material/code:", key="data_augmentation_code"), errors_as_sentences():
            st.code(augmentation_pictures.source(spec, model, now), language="python")
        _train_button(spec, model, now, seed)
    with errors_as_sentences():
        shown = augmentation_pictures.shown(spec, model, now, seed, epoch)
        component("augment")(
            key=COMPONENT, data=_data(spec, now, side, shown, seed, epoch), on_bench_change=lambda: None
        )


def _size(spec: DatasetSpec, model: str) -> tuple[int, ...]:
    return spec.image_size[1:] if model == AT_OWN_SIZE else ZOO[model].input_size[1:]


def _choose_size() -> str:
    """Of the pictures: the data set's own, or what a network gets."""
    return state.choose_code(
        _("As seen by"),
        (AT_OWN_SIZE, *AUGMENTED_FOR),
        key="data_augmentation_model",
        name_of=lambda code: _("their own size") if code == AT_OWN_SIZE else _sized(code),
        default=AT_OWN_SIZE,
        width=165,
    )


def _sized(model: str) -> str:
    """Networks' pictures are squares."""
    return _("{name}, {side} px", name=name_of("model", model), side=ZOO[model].input_size[1])


def _choose_preset(now: Settings, side: int) -> None:
    """The box shows the preset that the pipeline is, if it is one."""
    state.relabel(_PRESET)
    texts = {code: preset.pipeline(side) for code, preset in PRESETS.items()}
    st.session_state[_PRESET] = next((code for code, text in texts.items() if text == now.text), None)
    st.selectbox(
        _("Preset"),
        list(PRESETS),
        index=None,
        placeholder=_("Your own"),
        format_func={code: _(preset.title) for code, preset in PRESETS.items()}.__getitem__,
        key=_PRESET,
        on_change=_apply_preset,
        args=(texts,),
        width=165,
    )


def _apply_preset(texts: dict[str, str]) -> None:
    code = st.session_state.get(_PRESET)
    set_text("none" if code is None else texts[code])


def _choose_draw() -> tuple[int, int]:
    """Seed and epoch: all that chance depends on."""
    seed = st.number_input(_("Seed"), 0, int(HYPERPARAMETERS["seed"].high), key=_SEED, bind="query-params", width=88)
    epoch = st.number_input(
        _("Epoch"), 1, int(HYPERPARAMETERS["epochs"].high), key=_EPOCH, bind="query-params", width=88
    )
    st.button(_("Draw again"), key="data_augmentation_again", icon=":material/casino:", on_click=_next_epoch)
    return int(seed), int(epoch)


def _next_epoch() -> None:
    most = int(HYPERPARAMETERS["epochs"].high)
    st.session_state[_EPOCH] = int(st.session_state.get(_EPOCH, 1)) % most + 1


def _train_button(spec: DatasetSpec, model: str, now: Settings, seed: int) -> None:
    """To the page Training, whose form then says all this."""
    if st.button(_("Train with this"), key="data_augmentation_train", type="primary", icon=":material/play_arrow:"):
        st.switch_page("pages/training.py", query_params=_form_link(spec, model, now, seed))


def _form_link(spec: DatasetSpec, model: str, now: Settings, seed: int) -> dict[str, str]:
    """What differs from the usual, and the pipeline in any case."""
    said = {"data": spec.name, "augmentation": now.text}
    if model != AT_OWN_SIZE:
        said["model"] = model
    if now.center_crop != 1:
        said["center_crop"] = f"{now.center_crop:g}"
    if not now.normalize:
        said["normalize"] = "false"
    if seed:
        said["seed"] = str(seed)
    return {key(name): text for name, text in said.items()}


def _data(spec: DatasetSpec, now: Settings, side: int, shown: Shown, seed: int, epoch: int) -> dict[str, Any]:
    """What the component draws."""
    of = augmentation_pictures.chosen(spec)
    return {
        "token": now.token,
        "text": now.text,
        "crop": now.center_crop,
        "normalize": now.normalize,
        "picture": now.picture,
        "shown": now.picture,
        "steps": _steps(now, side),
        "before": list(of.before),
        "after": list(shown.pictures),
        "names": [class_name(spec.classes[label]) for label in of.labels],
        "isCoarse": side < _COARSE,
        "epoch": epoch,
        "normal": _normal(now, shown),
        "foot": _foot(now, seed, epoch),
        "strings": _strings(),
    }


def _steps(now: Settings, side: int) -> list[dict[str, Any]]:
    pipeline = consists_of(now.text, side)
    chosen = {step.name: step.values for step in pipeline.steps}
    return [
        {
            "name": name,
            "title": _(STEPS[name].title),
            "isOn": name in chosen,
            "values": list(chosen.get(name, tuple(float(knob.default or 0) for knob in STEPS[name].knobs))),
            "knobs": [_knob(knob, side) for knob in STEPS[name].knobs],
            "what": _(STEPS[name].what),
            "hurts": sentences(
                _(STEPS[name].hurts), _("Look: is the label still true?") if STEPS[name].may_change_label else ""
            ),
        }
        for name in bench_order(pipeline)
    ]


def _knob(knob: Knob, side: int) -> dict[str, Any]:
    high = max(1, side // 4) if knob.unit == "px" and knob.kind == "whole" else knob.slider_high or knob.high
    return {
        "name": _(knob.title),
        "unit": _(_UNITS[knob.unit]) if knob.unit else "{value}",
        "low": knob.low,
        "high": high,
        "step": knob.step,
    }


def _normal(now: Settings, shown: Shown) -> str:
    """What the network gets, in numbers: the pictures show it undone."""
    low, high = f"{shown.low:.2f}".replace("-", "−"), f"{shown.high:.2f}".replace("-", "−")
    if not now.normalize:
        return _("Off: the network gets {low} to {high}.", low=low, high=high)
    return _(
        "(value − mean) / deviation of the training pixels: the network gets {low} to {high}, shown undone.",
        low=low,
        high=high,
    )


def _foot(now: Settings, seed: int, epoch: int) -> str:
    about = _(_EXACT, seed=seed, epoch=epoch)
    preset = next((each for each in PRESETS.values() if each.text == now.text), None)
    recipe = _(_RECIPE) if now.text == "affine" else ""
    return sentences(about, _("As text: {text}.", text=now.text), _(preset.about) if preset is not None else "", recipe)


def _strings() -> dict[str, Any]:
    crop = HYPERPARAMETERS["center_crop"]
    return {
        "steps": _("Steps, from first to last"),
        "add": _("Add a step"),
        "tensor": _("To tensor"),
        "tensorAbout": _("Always first: bytes become numbers from 0 to 1."),
        "cropTitle": _(crop.title),
        "cropAbout": _("Not random: test pictures and yours are cut as well."),
        "crop": {"name": _("Kept"), "unit": "{value}", "low": crop.low, "high": crop.high, "step": 0.05},
        "normalize": _("Normalize"),
        "up": _("Move {name} up"),
        "down": _("Move {name} down"),
        "all": _("Each picture, small, and what a draw makes of it. Click one to see twelve draws."),
        "draws": _("Class {name}: twelve epochs, twelve draws"),
        "back": _("All pictures"),
        "before": _("before"),
        "epoch": _("epoch {epoch}"),
        "tile": _("Picture {number}, {name}: before and after. Show twelve draws"),
    }
