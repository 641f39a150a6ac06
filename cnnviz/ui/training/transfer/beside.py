"""From scratch beside it: the same network on the same pictures with random weights, over the same seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import sqrt
from statistics import fmean, stdev

import streamlit as st

from cnnviz.base.text import percent
from cnnviz.engine.config import ALL, RANDOM, TrainConfig
from cnnviz.ui.shared import state
from cnnviz.ui.shared.i18n import _, sentences
from cnnviz.ui.shared.learning import layers_title
from cnnviz.ui.shared.paired_outcomes import Outcome, Variant, test_accuracy
from cnnviz.ui.shared.paired_runs import paired_runs
from cnnviz.ui.training.transfer.strip import heading

KEY = "training_scratch"
SEEDS = {"3": (0, 1, 2), "1": (0,)}
_CLEAR = 2.0  # standard errors


def from_scratch(config: TrainConfig) -> None:
    """The button that trains both, and what they come to."""
    st.html(heading(_("Beside it, from scratch")))
    count = state.switch_code(
        _("Seeds"),
        tuple(SEEDS),
        key="training_scratch_seeds",
        name_of=_seeds,
        label_visibility="collapsed",
    )
    paired_runs(KEY, variants(config), SEEDS[count], conclude=conclude)


def variants(config: TrainConfig) -> tuple[Variant, Variant]:
    """As the form says, and the same from random weights with every layer learning."""
    scratch = replace(config, start_from=RANDOM, trainable=ALL, thaw=0)
    return Variant(_label(config), config), Variant(_("From scratch"), scratch)


def _label(config: TrainConfig) -> str:
    if config.start_from == RANDOM:
        return _("Random, {layers} only", layers=layers_title(config.trainable))
    return _("From {start}", start=config.start_from)


def _seeds(count: str) -> str:
    return _("1 seed") if count == "1" else _("{count} seeds", count=count)


def conclude(outcomes: Sequence[Outcome]) -> str:
    """Mean and spread of both, how far they lie apart, and whether that could be luck."""
    if len(outcomes) != 2:
        return ""
    transfer, scratch = (outcome.last(test_accuracy) for outcome in outcomes)
    if not transfer or not scratch:
        return ""
    gain = fmean(transfer) - fmean(scratch)
    points = f"{abs(gain) * 100:.1f}"
    said = _(
        "{transfer} with what was learned before, {scratch} from scratch.",
        transfer=_mean(transfer),
        scratch=_mean(scratch),
    )
    if gain >= 0:
        apart = _("Transfer is {points} points ahead.", points=points)
    else:
        apart = _("From scratch is {points} points ahead.", points=points)
    return sentences(said, apart, _luck(transfer, scratch, abs(gain)))


def _mean(values: Sequence[float]) -> str:
    mean = percent(fmean(values))
    if len(values) == 1:
        return mean
    return _(
        "{mean} (deviation {deviation} points over {count} seeds)",
        mean=mean,
        deviation=f"{stdev(values) * 100:.1f}",
        count=len(values),
    )


def _luck(first: Sequence[float], second: Sequence[float], gap: float) -> str:
    """Put with care: a few seeds draw weights, order and pictures; they are no test of other pictures."""
    if min(len(first), len(second)) < 2:
        return _("One seed each says nothing of luck: train three.")
    error = sqrt(stdev(first) ** 2 / len(first) + stdev(second) ** 2 / len(second))
    if gap > _CLEAR * error and (min(first) > max(second) or min(second) > max(first)):
        return _("Every run of one lies above every run of the other: hardly luck of the seed.")
    return _("The runs of both overlap, or lie no further apart than seeds do: this could be luck.")
