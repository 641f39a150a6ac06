"""Form view: what a class changes first in sight, every other hyperparameter in its group, all of it in the link.

Whether network, data set and batches go together is found out before the run waits in the queue; the run checks again.
"""

from __future__ import annotations

import html
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnviz.base import paths
from cnnviz.base.errors import CnnvizError, ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.text import plain
from cnnviz.charts.training import schedule
from cnnviz.data.dataset_spec import FOLDER, DatasetSpec, Remark
from cnnviz.data.image_folder.offered import remarks_on
from cnnviz.data.registry import DATASETS, available, dataset
from cnnviz.engine.config import OWN, TrainConfig, parse_blueprint, parse_options
from cnnviz.engine.form import Values, config_of, is_changed, is_used
from cnnviz.engine.hyperparameter import GROUPS, Group
from cnnviz.engine.hyperparameters import HYPERPARAMETERS
from cnnviz.engine.learning_rate import learning_rate
from cnnviz.engine.training_set import corrections_of
from cnnviz.models.zoo import TRAINABLE_NAMES, ZOO
from cnnviz.ui.shared import run_text, selected_run, warmup
from cnnviz.ui.shared.i18n import _, listed
from cnnviz.ui.shared.mount import css
from cnnviz.ui.shared.names import name_of
from cnnviz.ui.shared.page import foot, page_link, theme_type
from cnnviz.ui.shared.plotly_chart import csv_button, plotly_chart
from cnnviz.ui.shared.run_text import not_here, with_label
from cnnviz.ui.training.form import prefill
from cnnviz.ui.training.form.controls import (
    EXPLAIN,
    explain,
    explain_last,
    hyperparameter_control,
    pipelines,
    word_control,
)
from cnnviz.ui.training.form.prefill import PROBLEMS, arrive, current, unnoticed
from cnnviz.ui.training.transfer import panel as transfer

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from torch import nn

_FOLDERS_SECONDS = 10  # a new folder of pictures is offered after so long

_CSS = css("training/form/view")
# what a class changes first: always in sight, two in a row
FIRST = (("epochs", "batch_size"), ("optimizer", "learning_rate"), ("schedule", "seed"))
IN_SIGHT = tuple(name for row in FIRST for name in row)
# side by side where there is room, one below the other on a phone
STACKS: tuple[tuple[Group, ...], ...] = (("data", "loss"), ("optimizer", "schedule"), ("generalising", "network"))
LAST: tuple[Group, ...] = ("run", "experiment")
PUBLISHED = tuple(network.name for network in ZOO.values() if network.weights)  # to start from ImageNet's weights
_ABOUT: Mapping[Group, str] = {"transfer": N_("begin with what a trained network knows")}  # where nothing is changed
_RARE = ("blocks",)  # choices of a single network, which nobody misses in the others
_STEPS = 240  # at least so many points, and whole epochs


@dataclass(frozen=True)
class Wish:
    """What the controls say: the configuration they make, if they make one, and why it cannot be trained here."""

    config: TrainConfig | None
    problem: str = ""  # one sentence; "": it can be trained
    needs_data: bool = False  # the page Data is where to fix it


def training_form(first: DeltaGenerator, below: DeltaGenerator, rest: DeltaGenerator) -> Wish:
    """The controls: those a class changes first into `first`, every other hyperparameter into `rest`.

    What is said of the one just changed comes `below` them: where nothing is pushed away under the next click.
    """
    parent = selected_run.parent_run()
    former = parent.config if parent is not None else None
    lists = word_lists(former)
    transfer.adopt_network(lists["model"])
    arrive(lists, parent)
    values = current(lists)
    offered = transfer.transfer_choices(values, former)
    with first:
        st.html(f"<style>{_CSS}</style>")
        _link_problems(values)
        with st.container(horizontal=True, vertical_alignment="bottom", key="training_preset_row"):
            prefill.preset_control()
            back = st.container(width="content")
        about = st.container(key="training_preset_about")
        said, absent = _first_controls(values, lists, offered)
        values = {**values, **said}
        picture = st.container()
    with rest:
        said, command, learned = group_controls(values, offered)
        values = {**values, **said}
        with foot("training_changed"):
            explain_last(
                values, HYPERPARAMETERS.keys() - set(IN_SIGHT), _("Change a hyperparameter: what it does is said here.")
            )
    with about:
        prefill.preset_caption(values, back)
    with below:
        explain_last(values, IN_SIGHT)
    wish = _wish(values, former)
    with absent if wish.needs_data else picture:
        _problem(wish)
    if wish.config is not None:
        with picture:
            schedule_picture(wish.config)
        with command:
            _command(wish.config)
            _schedule_table(wish.config)
    with learned:
        transfer.transfer_view(wish.config, wish.problem)
    return wish


def _problem(wish: Wish) -> None:
    """Where it arose, not at the foot, which would grow over the controls."""
    if wish.problem:
        st.error(wish.problem, icon=":material/error:")
    if wish.needs_data:
        page_link("data", N_("Data"), ":material/photo_library:")


def word_lists(former: TrainConfig | None) -> Mapping[str, tuple[str, ...]]:
    """The networks and data sets on offer; also those of the run that the form was filled in from."""
    models: tuple[str, ...] = (*TRAINABLE_NAMES, *PUBLISHED)
    data = available(to_train=True)
    if former is not None:
        models = models if former.model in models else (*models, former.model)
        data = data if former.data in data else (*data, former.data)
    return {"model": models, "data": data, "augmentation": pipelines()}


@st.cache_data(ttl=_FOLDERS_SECONDS, max_entries=4, show_spinner=False)
def _remarks(data: str, root: str) -> tuple[Remark, ...]:
    """`root` is there for the cache's sake: it is where a relative name is looked for."""
    return remarks_on(data)


def _say_of_folder(data: str) -> None:
    """What was left out of a folder of pictures or of an import, or put aside."""
    if data.startswith(FOLDER):
        remarks = _remarks(data, str(paths.data_root()))
    else:
        known = _known_data(data)
        remarks = () if known is None else known.remarks
    for remark in remarks:
        st.caption(_(remark.template, **{name: plain(str(value)) for name, value in remark.values.items()}))


def _known_data(data: str) -> DatasetSpec | None:
    """None for a folder, of which nothing is known before its pictures are decoded, and a set that is gone."""
    try:
        return None if data.startswith(FOLDER) else dataset(data)
    except CnnvizError:
        return None


def _first_controls(
    values: Values, lists: Mapping[str, tuple[str, ...]], offered: transfer.TransferChoices
) -> tuple[Values, DeltaGenerator]:
    """Network, data set, and the hyperparameters of `FIRST`; and the place below the data set."""
    said: Values = {}
    with st.container(horizontal=True, key="training_words"):
        for name, title in (("model", N_("Model")), ("data", N_("Data set"))):
            said[name] = word_control(name, title, lists[name], prefill.follow_preset)
    transfer.transfer_summary({**values, **said}, offered)
    _say_of_folder(str(said["data"]))
    absent = st.container()
    for row in FIRST:
        with st.container(horizontal=True):
            for name in row:
                said[name] = hyperparameter_control(name, {**values, **said}, in_sight=True)
        for name in row:
            explain(name, {**values, **said}, in_sight=True)
    return said, absent


def _link_problems(values: Values) -> None:
    """What of the link one came with could not be taken, or cannot be."""
    for error in unnoticed(values):
        st.warning(_("In the link: {sentence}", sentence=with_label(error)), icon=":material/link_off:")
    for error in st.session_state.get(PROBLEMS, ()):
        wrong = with_label(error, {"preset": _("Preset")})
        st.warning(_("In the link: {sentence} The default is set instead.", sentence=wrong), icon=":material/link_off:")


def _wish(values: Values, former: TrainConfig | None) -> Wish:
    try:
        config = config_of(values, former)
    except ConfigurationError as error:
        return Wish(None, with_label(error))
    if config.data in DATASETS and not DATASETS[config.data].is_present():
        return Wish(config, not_here([config.data]), needs_data=True)
    problem = transfer.transfer_problem(config) or _untrainable(config)
    return Wish(config, "" if problem is None else with_label(problem))


def _command(config: TrainConfig) -> None:
    """What trains the same in a terminal, ready to be copied."""
    with st.expander(_("The same on the command line"), key="training_command", icon=":material/terminal:"):
        st.code(config.command(), language="bash", wrap_lines=True)


def group_members(group: Group) -> list[str]:
    """Its hyperparameters that are not always in sight."""
    return [row.name for row in HYPERPARAMETERS.values() if row.group == group and row.name not in IN_SIGHT]


def group_controls(values: Values, offered: transfer.TransferChoices) -> tuple[Values, DeltaGenerator, DeltaGenerator]:
    """All groups, folded: what their controls say, the place below the last one, and that below transfer's."""
    st.toggle(_("Explain every hyperparameter"), key=EXPLAIN, persist_state="session")
    said: Values = {}
    is_open = st.session_state[transfer.OPEN] = st.session_state.get(transfer.OPEN) or transfer.is_transfer(values)
    with st.expander(group_header("transfer", values), key="training_group_transfer", expanded=is_open):
        said.update(transfer.transfer_controls(values, offered))
        learned = st.container()
    with st.container(horizontal=True, key="training_groups"):
        for index, stack in enumerate((*STACKS, LAST)):
            with st.container(key=f"training_stack_{index}", gap="xsmall"):
                for group in stack:
                    with st.expander(group_header(group, values), key=f"training_group_{group}"):
                        said.update(_group(group, {**values, **said}))
                place = st.container()
    return said, place, learned


def _group(group: Group, values: Values) -> Values:
    """The controls of a group. What a network has no choice in is named, with the reason, and not drawn."""
    said: Values = {}
    absent = [name for name in group_members(group) if HYPERPARAMETERS[name].is_option and not is_used(name, values)]
    for name in group_members(group):
        if name not in absent:
            said[name] = hyperparameter_control(name, {**values, **said})
            explain(name, {**values, **said})
    missed = [name for name in absent if name not in _RARE]
    if missed:
        titles = listed(run_text.control_label(name) for name in missed)
        text = f"**{titles}** · {run_text.why_unused(missed[0], values)}"
        st.caption(text)
    return said


def group_header(group: Group, values: Values) -> str:
    """The group's title, and what differs in it."""
    changed = [name for name in group_members(group) if is_changed(name, values)]
    title = _(GROUPS[group])
    about = run_text.changes_text(changed, values, title) if changed else _(_ABOUT.get(group, ""))
    return f"**{title}** · {about}" if about else f"**{title}**"


def schedule_picture(config: TrainConfig) -> None:
    """A picture that says itself in words, too."""
    rates = planned_rates(config)
    peak = _("Learning rate, at most {rate}", rate=f"{max(rates):.3g}")
    end = _("epoch {epochs}", epochs=config.epochs)
    figure = partial(_figure, tuple(rates), config.epochs, peak, end, theme_type())
    words = html.escape(schedule_in_words(config, rates))
    with st.container(key="training_schedule_chart", gap=None):
        plotly_chart(figure, "training_schedule_picture", None)  # named, it would be found as the box "Learning rate"
        st.html(f'<p class="tr-spoken">{words}</p>')


def _schedule_table(config: TrainConfig) -> None:
    """The picture's numbers as a file: at the foot, since above it a button would push Train out of sight."""
    rates = planned_rates(config)
    heads = (_("Epoch"), run_text.control_label("learning_rate"))
    rows = [(round(step * config.epochs / len(rates), 4), rate) for step, rate in enumerate(rates)]
    csv_button(heads, rows, "training_schedule", _("Learning rates as CSV"))


@lru_cache(maxsize=64)
def _figure(rates: tuple[float, ...], epochs: int, peak: str, end: str, theme: str) -> go.Figure:
    """Kept, since most controls that are changed leave the schedule alone: built anew it takes 2 ms of some 17."""
    return schedule(rates, epochs, peak, end, theme)


def planned_rates(config: TrainConfig) -> list[float]:
    """The learning rate at equally spaced steps of the run."""
    steps = config.epochs * math.ceil(_STEPS / config.epochs)
    return [learning_rate(config, step, steps) for step in range(steps)]


def schedule_in_words(config: TrainConfig, rates: list[float]) -> str:
    """What the picture shows."""
    top = rates.index(max(rates))
    return _(
        "Learning rate, {schedule}: {first} at first, {peak} after {when} of {epochs} epochs, {last} at the end.",
        schedule=name_of("schedule", config.schedule),
        first=f"{rates[0]:.2g}",
        peak=f"{max(rates):.3g}",
        when=f"{top / len(rates) * config.epochs:.1f}",
        epochs=config.epochs,
        last=f"{rates[-1]:.2g}",
    )


def _untrainable(config: TrainConfig) -> ConfigurationError | None:
    """Why it could not be trained."""
    data = _known_data(config.data)
    if data is None:
        return None
    try:
        corrections_of(config.corrected_labels, data)
    except ConfigurationError as error:
        return error
    if config.model == OWN:
        problem = parse_blueprint(config.blueprint).fitted(data.image_size[0], len(data.classes)).problem()
        if problem is not None:
            return problem
    images = data.train_images
    images -= max(1, round(images * config.held_out)) if config.held_out else 0
    is_clear = images >= config.batch_size > 1 and (config.drop_last or images % config.batch_size != 1)
    if is_clear or warmup.underway():
        return None
    rows_or_options = config.blueprint if config.model == OWN else config.model_options
    seen = data.image_size[0], len(data.classes)
    return _batches(config.model, rows_or_options, seen, images, config.batch_size, config.drop_last)


@lru_cache(maxsize=256)
def _batches(
    model: str, rows_or_options: str, seen: tuple[int, int], images: int, batch_size: int, drop_last: bool
) -> ConfigurationError | None:
    from cnnviz.engine.network import check_batches  # heavy

    try:
        check_batches(_empty_network(model, rows_or_options, *seen), images, batch_size, drop_last)
    except ConfigurationError as error:
        return error
    return None


def _empty_network(model: str, rows_or_options: str, channels: int, classes: int) -> nn.Module:
    """The network without its numbers."""
    from cnnviz.models.editor.build import build  # heavy
    from cnnviz.models.empty_weights import init_empty_weights  # heavy
    from cnnviz.models.registry import model_spec  # heavy

    if model != OWN:
        return model_spec(model).outline(channels, classes, **parse_options(rows_or_options))
    with init_empty_weights():
        return build(parse_blueprint(rows_or_options).fitted(channels, classes))
