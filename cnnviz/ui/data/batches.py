"""View "Batches" of the page Data: an epoch as rows of pictures, a row a batch, in the order the engine takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from cnnviz.base.errors import DataError
from cnnviz.base.locale import N_
from cnnviz.base.text import percent
from cnnviz.data.dataset_spec import DatasetSpec
from cnnviz.engine.config import TrainConfig
from cnnviz.ui.data import batch_rows, data_loader, download
from cnnviz.ui.data.epoch_order import order_of
from cnnviz.ui.shared import state, warmup
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.link_parameters import MOST_BATCH, MOST_SEED, parameter
from cnnviz.ui.shared.names import name_of
from cnnviz.ui.shared.paired_outcomes import Outcome, Variant
from cnnviz.ui.shared.paired_outcomes import test_accuracy as on_test_pictures
from cnnviz.ui.shared.paired_runs import paired_runs

_SHOWN = {
    "order": N_("The order"),
    "training": N_("What it does to training"),
    "loader": N_("In PyTorch"),
}
_SAMPLERS = ("each-once", "balanced")
_MOST_EPOCH = 999
# On digits 10% and 96% after 20 s on two busy cores: steps large enough to forget a class within its own batches.
_PAIR = TrainConfig(model="lenet5", data="digits", optimizer="sgd", learning_rate=0.05, batch_size=16, epochs=6)
_FEWER, _FEWER_EPOCHS = 1500, 3  # of a larger set, each epoch of which tests on thousands: 30 s, MNIST 88% and 10%


def show(spec: DatasetSpec) -> None:
    """The whole view."""
    shown = state.choose_view(parameter("data_batches_view", "order"), _SHOWN, "data_batches_switch")
    if shown == "training":
        _show_training(spec)
        return
    left, right = st.columns([1.1, 3.2], gap="medium")
    with left, st.container(gap="small", key="data_batch_controls"):
        config, epoch = _controls(spec)
    with right, st.container(gap="small", key="data_batch_main"):
        if shown == "order":
            _show_order(spec, config, epoch)
        else:
            data_loader.show(config)


def _controls(spec: DatasetSpec) -> tuple[TrainConfig, int]:
    """What decides on the order: as fields of a training's configuration; and the epoch."""
    one, other = st.columns(2)
    size = int(one.number_input(_("Batch size"), 1, MOST_BATCH, 32, key="data_batch_size", bind="query-params"))
    step = other.empty()
    shuffle = st.toggle(_("Shuffle"), True, key="data_shuffle", bind="query-params")
    drop_last = st.toggle(_("Drop the last batch"), key="data_drop_last", bind="query-params")
    is_sorted = st.toggle(_("Sorted by class"), key="data_sorted", bind="query-params")
    sampler = state.switch_code(
        _("Sampler"), _SAMPLERS, key="data_sampler", name_of=lambda code: name_of("sampler", code)
    )
    one, other = st.columns(2)
    seed = int(one.number_input(_("Seed"), 0, MOST_SEED, key="data_seed", bind="query-params"))
    epoch = int(other.number_input(_("Epoch"), 1, _MOST_EPOCH, key="data_epoch", bind="query-params"))
    with step:
        most = max(1, -(-spec.train_images // size))
        if st.session_state.get(batch_rows.STEP, 1) > most:
            st.session_state[batch_rows.STEP] = most
        st.number_input(_("From step"), 1, most, key=batch_rows.STEP, bind="query-params")
    config = TrainConfig(
        batch_size=size, shuffle=shuffle, drop_last=drop_last, sort_by_class=is_sorted, sampler=sampler, seed=seed
    )
    return config, epoch


def _show_order(spec: DatasetSpec, config: TrainConfig, epoch: int) -> None:
    """The pictures of the epoch, batch by batch."""
    if not warmup.is_in(warmup.Stage.ALL):
        with st.spinner(_("PyTorch, which draws the order, is being loaded …")):
            warmup.wait(warmup.Stage.ALL)
    try:
        order = order_of(spec, config, epoch)
        batch_rows.show(spec, config, order)
    except DataError as error:
        download.show_broken(spec, error)


def _show_training(spec: DatasetSpec) -> None:
    """The same network trained three times, with the pictures in another order each time."""
    st.write(
        _(
            "The same network, the same pictures, the same steps; only the order differs. Sorted by class and not "
            "shuffled, every batch shows one class, and the network learns to name the class it saw last."
        )
    )
    base = replace(_PAIR, data=spec.name)
    if spec.train_images > _FEWER:
        base = replace(base, train_images=_FEWER, epochs=_FEWER_EPOCHS)
    variants = [
        Variant(_("shuffled"), base),
        Variant(_("sorted by class, not shuffled"), replace(base, sort_by_class=True, shuffle=False)),
        Variant(_("as the files lie, not shuffled"), replace(base, shuffle=False)),
    ]
    paired_runs("data_batches", variants, conclude=_conclusion)


def _conclusion(found: Sequence[Outcome]) -> str:
    shuffled, by_class, _as_they_lie = found
    return _(
        "Shuffled, {right} of the test pictures are answered right; sorted by class, {sorted}.",
        right=percent(shuffled.mean(on_test_pictures)),
        sorted=percent(by_class.mean(on_test_pictures)),
    )
