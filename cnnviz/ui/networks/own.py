"""One's own network: rows in a table, shapes worked out as one types, mends, files, and a training."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import streamlit as st

from cnnviz.data.registry import dataset
from cnnviz.engine.config import TrainConfig
from cnnviz.errors import ConfigurationError
from cnnviz.locale import N_
from cnnviz.models.blueprint import MAX_CLASSES, MAX_SIDE, Blueprint, RowError, RowShape
from cnnviz.models.blueprint_json import MAX_CHARACTERS
from cnnviz.models.rows import MAX_CHANNELS, ROW_KINDS, Field, Row, RowKind
from cnnviz.models.summary import Summary, summarize
from cnnviz.runs import scheduler
from cnnviz.ui import training, visitor
from cnnviz.ui.components import component
from cnnviz.ui.i18n import _, sentence
from cnnviz.ui.networks.choice import Choice, plain
from cnnviz.ui.networks.drawing import draw
from cnnviz.ui.networks.frame import figures
from cnnviz.ui.networks.mending import first_error, mends
from cnnviz.ui.networks.pace import choose_data
from cnnviz.ui.page import errors_as_sentences, page_link

_EDITOR = "networks_rows"
_KEPT = "networks_own"  # in the session: the blueprint as JSON; survives a page switch
_VERSION = "networks_own_version"  # changes when the rows come from somewhere else than the table
_PROBLEM = "networks_own_problem"
_RUN = "networks_own_run"
_FILE = "networks_own_file"
_START = "lenet5"
_FEW = {"dilation", "groups", "bias", "ceil_mode", "eps"}  # options that are shown only where they are used


def own(choice: Choice) -> None:
    """Everything about one's own network; `choice` is the one to start from."""
    blueprint = current()
    _starts(choice)
    problem = st.session_state.pop(_PROBLEM, None)
    if problem is not None:
        st.error(sentence(problem), icon=":material/error:")
    checked = blueprint.check()
    _editor(blueprint, checked)
    trouble = blueprint.problem() if blueprint.num_classes else (first_error(checked) and blueprint.problem())
    figures(
        [
            (_("Weights"), f"{sum(row.params for row in checked if isinstance(row, RowShape)):,}"),
            (_("Multiplications a picture"), f"{sum(row.macs for row in checked if isinstance(row, RowShape)):,}"),
            (_("Rows"), str(len(checked))),
        ]
    )
    if trouble is None:
        with errors_as_sentences():
            summary = _dissection(blueprint.to_json())
            draw(
                summary,
                blueprint.input_size,
                blueprint.name or _("your network"),
                "networks_own_drawing",
                None,
                _nothing,
            )
    _files(blueprint)
    if trouble is None:
        _training(blueprint)


def current() -> Blueprint:
    """The network in the table: as it was left, else LeNet-5."""
    kept = st.session_state.get(_KEPT)
    if kept is None:
        return plain(_START).blueprint()
    return Blueprint.from_json(kept)


def _keep(blueprint: Blueprint, from_table: bool = False) -> None:
    st.session_state[_KEPT] = blueprint.to_json()
    if not from_table:
        st.session_state[_VERSION] = st.session_state.get(_VERSION, 0) + 1


def _starts(choice: Choice) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.button(
            _("Start from {name}", name=choice.name),
            key="networks_own_start",
            icon=":material/content_copy:",
            on_click=_start_from,
            args=(choice,),
            help=_("Whatever network is chosen above: its rows replace those below."),
        )
        with st.popover(_("Open a file"), icon=":material/folder_open:"):
            st.file_uploader(
                _("A network saved here"),
                type=["json"],
                key=_FILE,
                on_change=_open,
                max_upload_size=1,
                help=_("JSON with rows of known layers. It is only ever read as data, never run."),
            )


def _start_from(choice: Choice) -> None:
    try:
        _keep(choice.blueprint())
    except ConfigurationError as error:
        st.session_state[_PROBLEM] = error


def _open() -> None:
    file = st.session_state.get(_FILE)
    if file is None:
        return
    try:
        if file.size > 4 * MAX_CHARACTERS:
            Blueprint.from_json(" " * (MAX_CHARACTERS + 1))  # says how long a file may be
        _keep(Blueprint.from_json(file.getvalue().decode("utf-8", errors="replace")))
    except ConfigurationError as error:
        st.session_state[_PROBLEM] = error


def _editor(blueprint: Blueprint, checked: list[RowShape | RowError]) -> None:
    error = first_error(checked)
    offered = [] if error is None else mends(blueprint, error)
    component("blueprint")(
        key=_EDITOR,
        data={
            "version": st.session_state.get(_VERSION, 0),
            "serial": _heard().get("serial", 0),
            "blueprint": _plain(blueprint),
            "found": [_found(row) for row in checked],
            "mends": [
                {"says": _(mend.template, **mend.values), "rows": [_plain_row(row) for row in mend.rows]}
                for mend in offered
            ],
            "kinds": [_kind(kind) for kind in ROW_KINDS.values()],
            "limits": {"channels": MAX_CHANNELS, "side": MAX_SIDE, "classes": MAX_CLASSES},
            "strings": _strings(),
        },
        on_said_change=_listen,
    )


def _heard() -> dict[str, Any]:
    said = (st.session_state.get(_EDITOR) or {}).get("said")
    return said if isinstance(said, dict) else {}


def _listen() -> None:
    """The table says how its network is now. What it says is checked like a file."""
    said = _heard().get("blueprint")
    if not isinstance(said, dict):
        return
    try:
        rows = tuple(_read_row(row) for row in said["rows"])
        size = tuple(_number(side) for side in said["input_size"])
        blueprint = Blueprint(str(said["name"]), size, _number(said["num_classes"]), rows)
        _keep(Blueprint.from_json(blueprint.to_json()), from_table=True)
    except ConfigurationError as error:
        st.session_state[_PROBLEM] = error
    except (KeyError, TypeError, ValueError):
        return


def _read_row(said: dict[str, Any]) -> Row:
    """A row of the table: texts become numbers where they are some, empty ones are left out."""
    kind = ROW_KINDS[said["kind"]]
    options = {name: _number(value) for name, value in said["options"].items() if value not in ("", None)}
    name = said["name"] if re.fullmatch(r"[\w.]{0,80}", said["name"]) else ""
    known = {field.name for field in kind.fields}
    return Row.of(kind.name, name, **{option: value for option, value in options.items() if option in known})


def _number(value: Any) -> Any:
    """ "28" -> 28, "0.5" -> 0.5; whatever is no number stays, for the check to refuse in a sentence."""
    if not isinstance(value, str):
        return value
    text = value.strip()[:100]
    if re.fullmatch(r"-?\d{1,9}", text, re.ASCII):
        return int(text)
    return float(text) if re.fullmatch(r"-?\d{0,9}\.\d{1,9}|\d(\.\d+)?e-?\d{1,2}", text, re.ASCII) else text


def _plain(blueprint: Blueprint) -> dict[str, Any]:
    rows = [_plain_row(row) for row in blueprint.rows]
    size = list(blueprint.input_size)
    return {"name": blueprint.name, "input_size": size, "num_classes": blueprint.num_classes, "rows": rows}


def _plain_row(row: Row) -> dict[str, Any]:
    return {"kind": row.kind, "name": row.name, "options": {key: _shown(value) for key, value in row.given}}


def _shown(value: Any) -> Any:
    """As it stands in a field: "3", "3x5", or true."""
    if isinstance(value, bool):
        return value
    return "x".join(map(str, value)) if isinstance(value, tuple) else "" if value is None else str(value)


def _found(row: RowShape | RowError) -> dict[str, Any]:
    if isinstance(row, RowError):
        return {"name": row.name, "problem": sentence(row.problem)}
    out = "×".join(map(str, row.output_shape)) if row.output_shape else "?"
    return {"name": row.name, "out": out, "params": f"{row.params:,}" if row.params else ""}


def _kind(kind: RowKind) -> dict[str, Any]:
    return {"name": kind.name, "title": _(kind.title), "fields": [_field(field) for field in kind.fields]}


def _field(field: Field) -> dict[str, Any]:
    return {
        "name": field.name,
        "label": field.name,
        "form": field.form,
        "default": _shown(field.default),
        "choices": list(field.choices),
        "example": str(field.example) if field.needed else "",
        "seldom": field.name in _FEW,
    }


def _strings() -> dict[str, str]:
    return {
        "label": _("The rows of your network"),
        "name": _("Name"),
        "picture": _("One picture: channels × height × width"),
        "classes": _("Classes"),
        "layer": _("Layer"),
        "options": _("Options"),
        "out": _("Output"),
        "weights": _("Weights"),
        "add": _("Add a row"),
        "up": _("Move row {row} up"),
        "down": _("Move row {row} down"),
        "remove": _("Take row {row} away"),
        "insert": _("Add a row below row {row}"),
        "row": _("Row {row}: layer"),
        "channels": _("channels"),
        "height": _("height"),
        "width": _("width"),
    }


def _nothing() -> None:
    """The drawing of one's own network is for looking at."""


@st.cache_resource(max_entries=32, show_spinner=False)
def _dissection(text: str) -> Summary:
    """Of a blueprint, which is built of shapes only."""
    import torch

    blueprint = Blueprint.from_json(text)
    with torch.device("meta"):
        model = blueprint.build()
    return summarize(model, blueprint.input_size)


def _files(blueprint: Blueprint) -> None:
    name = re.sub(r"[^\w-]+", "-", blueprint.name).strip("-") or "network"
    with st.container(horizontal=True):
        st.download_button(
            _("Save as a file"),
            blueprint.to_json(),
            f"{name}.json",
            "application/json",
            key="networks_own_save",
            icon=":material/save:",
            on_click="ignore",
        )
        if blueprint.rows and first_error(blueprint.check()) is None:
            from cnnviz.models.source import python_source

            st.download_button(
                _("Download the PyTorch source"),
                python_source(blueprint),
                f"{name}.py",
                "text/x-python",
                key="networks_own_source",
                icon=":material/download:",
                on_click="ignore",
            )


def _training(blueprint: Blueprint) -> None:
    """Data set, epochs, the button; a data set of other shapes is fitted to, in a sentence."""
    st.subheader(_("Train it"), anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        data = choose_data("networks_own_data", "digits")
        epochs = int(st.number_input(_("Epochs"), 1, 1000, 10, key="networks_own_epochs"))
    if data is None:
        return
    spec = dataset(data)
    fitted = blueprint.fitted(spec.image_size[0], len(spec.classes))
    if fitted != blueprint:
        st.caption(
            _(
                "For {data} it is trained with {channels} channels and {classes} classes.",
                data=data,
                channels=spec.image_size[0],
                classes=len(spec.classes),
            )
        )
    problem = fitted.problem()
    if problem is not None:
        st.error(sentence(problem), icon=":material/error:")
        return
    if st.button(_("Train it"), type="primary", icon=":material/play_arrow:", key="networks_own_train"):
        with errors_as_sentences():
            config = TrainConfig(model="own", blueprint=_as_text(fitted), data=data, epochs=epochs)
            run = scheduler.submit(config, visitor.owner(), name=f"{blueprint.name or 'own'}-{data}"[:80])
            training.choose(run)
            st.query_params.pop(training.RUN, None)
            st.session_state[_RUN] = run
    submitted = st.session_state.get(_RUN)
    if submitted is not None:
        st.success(_("Run {number} is in the queue.", number=submitted), icon=":material/check:")
        page_link(
            "training", N_("Watch it on the page Training"), ":material/model_training:", {training.RUN: str(submitted)}
        )


def _as_text(blueprint: Blueprint) -> str:
    return dataclasses.replace(blueprint, name=blueprint.name or "own").to_json()
