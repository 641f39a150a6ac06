"""Checkpoint choice: the trained networks that come with the app, those kept by name, then those trained here."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from cnnviz.base.errors import CnnvizError, RunError
from cnnviz.base.link_kinds import shortened
from cnnviz.base.locale import N_
from cnnviz.base.text import plain
from cnnviz.engine.checkpoint_names import Choice, all_choices, card_of, own_file, own_name, own_stem, run_name
from cnnviz.runs import annotations as run_notes
from cnnviz.runs import scheduler
from cnnviz.ui.shared import state
from cnnviz.ui.shared.i18n import _, sentence, sentences
from cnnviz.ui.shared.names import data_name, network_name, trained

__all__ = [
    "Choice", "card_of", "choices", "choose_checkpoint", "choose_epoch", "own_file", "own_name", "run_name", "title",
]  # fmt: skip

NEXT_STEPS = (  # page, label, icon: where a trained network can be looked at
    ("layers", N_("Look inside this network"), ":material/layers:"),
    ("evaluation", N_("Judge it class by class"), ":material/fact_check:"),
)

_SHIPPED_SETS = {"own:cifar8": N_("CIFAR-10 without cat and dog")}  # of shipped networks: no set of this server
_CHECKPOINT, _EPOCH = N_("Checkpoint"), N_("Epoch")


def choices() -> list[Choice]:
    """Shipped checkpoints, the first page's and then by name, those kept by name, then runs, the newest run first."""
    hidden = {run_name(run_id) for run_id in _deleted()}
    return [choice for choice in all_choices() if choice.name not in hidden]


def _deleted() -> frozenset[int]:
    """Runs that can still be brought back; their files lie beside the others'."""
    try:
        return run_notes.deleted(scheduler.store())
    except RunError:  # a store that cannot be read says so on the pages that are about runs
        return frozenset()


def choose_checkpoint(key: str, label: str = _CHECKPOINT, default: str | None = None) -> Choice | None:
    """The select box "Checkpoint", bound to the link; None, and a sentence, if there is none to choose.

    `label` is an English message. `default`, the name of one, is chosen at first.
    """
    available = {choice.name: choice for choice in choices()}
    if not available:
        st.info(_("There is no trained network yet: train one on the page Training."), icon=":material/info:")
        return None
    seen = f"{key}_seen"  # in the session: what was shown last, since the link may lag behind
    before, said = st.session_state.get(seen), state.given().get(key)
    wanted = next((each for each in (before, said) if each is not None and each not in available), None)
    names = list(available)
    usual = default if default in available else names[0]
    name = state.choose_code(_(label), names, key=key, name_of=lambda name: title(available[name]), default=usual)
    st.session_state[seen] = name
    if wanted is not None:
        missing = _(
            "There is no checkpoint {wanted} here; this is {name}.",
            wanted=plain(shortened(wanted)),
            name=plain(title(available[name])),
        )
        st.warning(sentences(_what_became_of(wanted), missing), icon=":material/info:")
    return available[name]


def _what_became_of(name: str) -> str:
    """That a run was deleted, and how it comes back; "" of any other name."""
    run_id = next((run_id for run_id in _deleted() if run_name(run_id) == name), None)
    if run_id is None:
        return ""
    try:
        scheduler.store().record(run_id)
    except RunError as error:
        return sentence(error)
    return ""


def choose_epoch(choice: Choice, key: str, label: str = _EPOCH, default: int | None = None) -> Path:
    """The select box "Epoch" for a run that kept several, bound to the link; 0 is the network before its first step.

    `label` is an English message. `default`, one of the epochs, is chosen at first; else the newest.
    """
    if len(choice.epochs) < 2:
        return choice.path
    files = {str(epoch): file for epoch, file in choice.epochs}
    usual = str(choice.epochs[-1][0] if default is None else default)
    epoch = state.select_code(
        _(label),
        list(files),
        key=key,
        name_of=str,
        default=usual,
        help=_("0 is the network before its first step: random weights."),
    )
    return files[epoch or usual]


def title(choice: Choice) -> str:
    """ "LeNet-5 · MNIST", "Run 3 · LeNet-5 · MNIST": what it is, trained on what; its code where the card is broken."""
    number, kept = choice.name.removeprefix(run_name("")), own_stem(choice.name)
    run = [_("Run {number}", number=number)] if number != choice.name else [kept] if kept != choice.name else []
    try:
        card = card_of(choice)
        shipped = "" if run else _SHIPPED_SETS.get(card.data, "")
        return " · ".join([*run, trained(network_name(card), _(shipped) if shipped else data_name(card.data))])
    except (CnnvizError, OSError):  # whoever loads it says what is wrong with it
        return run[0] if run else choice.name
