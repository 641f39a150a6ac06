"""Whose weights a network is looked at with: a trained one's, those learnt on ImageNet, or fresh random ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from cnnviz.base.errors import CheckpointError, ConfigurationError
from cnnviz.base.text import memory
from cnnviz.engine.card import Card
from cnnviz.models import pretrained
from cnnviz.models.pretrained import Download
from cnnviz.models.registry import model_spec
from cnnviz.models.zoo import Value, chosen
from cnnviz.ui.networks.choice import Choice
from cnnviz.ui.shared import checkpoints, state
from cnnviz.ui.shared.i18n import _, sentence
from cnnviz.ui.shared.link_parameters import kinds
from cnnviz.ui.shared.state import LinkParam

UNTRAINED, IMAGENET = "untrained", "imagenet"
SEED = 0  # of the fresh ones
_KEY = "networks_weights"  # in the session and in the link
_PARAMETER: LinkParam[str] = LinkParam(_KEY, kinds()[_KEY], "")
_USUAL = "networks_weights_usual"  # what the network before was looked at with unasked
_ASKED = "networks_download"  # in the session: the download this visitor began
_EVERY = 1.0  # seconds from look to look


@dataclass(frozen=True)
class Weights:
    """Where a network's weights come from; `name` stands in the link."""

    name: str
    file: Path | None = None  # of a checkpoint: the newest epoch of a run
    card: Card | None = None
    epoch: int = 0  # of a run, else 0
    title: str = ""  # of a checkpoint: what people call it

    @property
    def key(self) -> tuple[str, int, int]:
        """Another one as soon as a run has got further or a file was exchanged."""
        return self.name, self.epoch, self.file.stat().st_mtime_ns if self.file and self.file.exists() else 0


def choose_weights(choice: Choice) -> Weights:
    """The select box "Weights of", kept in the link by hand: Streamlit would write translated words into it."""
    offered = offers(choice)
    names, usual = list(offered), _usual(choice, offered)
    chosen, former = st.session_state.get(_KEY), st.session_state.get(_USUAL)
    if chosen not in names or chosen == former != usual:  # another network's, or what nobody chose
        wish = _PARAMETER.read()
        st.session_state[_KEY] = wish if wish in names else usual
    st.session_state[_USUAL] = usual
    state.relabel(_KEY)
    name = str(st.selectbox(_("Weights of"), names, format_func=lambda name: _label(offered[name]), key=_KEY))
    _PARAMETER.put(None if name == usual else name)
    return offered[name]


def offers(choice: Choice) -> dict[str, Weights]:
    """What fits the network as it is chosen: shipped ones, runs with the newest first, ImageNet's, untrained ones."""
    known = [_of_checkpoint(each) for each in checkpoints.choices()]
    fitting = [weights for weights in known if weights is not None and _fits(choice, weights)]
    published = [Weights(IMAGENET)] if pretrained.is_offered(choice.name) and choice.is_plain else []
    return {weights.name: weights for weights in (*fitting, *published, Weights(UNTRAINED))}


def _usual(choice: Choice, offered: Mapping[str, Weights]) -> str:
    """The first; ImageNet's only where nothing has to be fetched for them."""
    first = next(iter(offered))
    return UNTRAINED if first == IMAGENET and not pretrained.is_here(choice.name) else first


def _label(weights: Weights) -> str:
    if weights.name == UNTRAINED:
        return _("untrained, seed {seed}", seed=SEED)
    if weights.name == IMAGENET:
        return _("ImageNet (torchvision)")
    return _("{run}, epoch {epoch}", run=weights.title, epoch=weights.epoch) if weights.epoch else weights.title


def _of_checkpoint(choice: checkpoints.Choice) -> Weights | None:
    """None for a card that cannot be read."""
    epoch, file = choice.epochs[-1]
    try:
        card = checkpoints.card_of(choice)
    except (CheckpointError, OSError):
        return None
    return Weights(choice.name, file, card, epoch, checkpoints.title(choice))


def _fits(choice: Choice, weights: Weights) -> bool:
    card = weights.card
    return (
        card is not None
        and card.model == choice.name
        and tuple(card.input_size) == choice.input_size
        and len(card.classes) == choice.num_classes
        and _values(choice.name, card.options) == _values(choice.name, dict(choice.options))
    )


def _values(name: str, asked: Mapping[str, object]) -> dict[str, Value] | None:
    """Every option that shapes the network; None for options it does not have."""
    try:
        values = chosen(name, model_spec(name).options, asked)
    except ConfigurationError:
        return None
    return {option: value for option, value in values.items() if option != "pretrained"}


def offer_download(choice: Choice) -> None:
    """The button with the size of the file; while it comes, a bar; and how it ended, if it did not come."""
    if pretrained.underway(choice.name) is not None:
        st.fragment(_follow_download, run_every=_EVERY)(choice.name)
        return
    asked = st.session_state.get(_ASKED)
    if isinstance(asked, Download) and asked.name == choice.name and asked.error is not None:
        st.error(sentence(asked.error), icon=":material/error:")
    size = memory(pretrained.expected_bytes(choice.name))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            _("Download the ImageNet weights ({size})", size=size),
            key="networks_fetch",
            icon=":material/download:",
            on_click=_begin_download,
            args=(choice.name,),
        )
        st.caption(_("They are not on this machine yet: until then untrained ones stand in."), width="stretch")


def _begin_download(name: str) -> None:
    st.session_state[_ASKED] = pretrained.begin(name)


def _follow_download(name: str) -> None:
    """The bar; whoever looks at it keeps the download alive, and one look after the last byte the page follows."""
    running = pretrained.underway(name)
    if running is None:
        st.rerun()
    running.want()
    done, total = memory(running.done), memory(running.total)
    st.progress(running.share, text=_("ImageNet weights: {done} of {total}", done=done, total=total))


def is_download_missing(choice: Choice) -> bool:
    """Whether the file is still to be fetched."""
    return not pretrained.is_here(choice.name)
