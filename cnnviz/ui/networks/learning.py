"""Frozen and learning layers of a network that is looked at: the choice "Train only", and what it comes to.

Imports torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from cnnviz.base.errors import CnnvizError
from cnnviz.base.locale import N_
from cnnviz.base.params import Value
from cnnviz.engine.checkpoint_names import Choice as Checkpoint
from cnnviz.engine.checkpoint_names import card_of
from cnnviz.engine.config import ALL, IMAGENET, LAST
from cnnviz.engine.transfer import Layer, Part, first_trainable, layers_in, stages
from cnnviz.models.registry import model_spec
from cnnviz.models.zoo import TRAINABLE_NAMES, ZOO
from cnnviz.ui.networks.choice import Choice
from cnnviz.ui.networks.summary import outline_of, summary_of
from cnnviz.ui.shared import state
from cnnviz.ui.shared.checkpoints import choices
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.learning import SIGNS, layers_title
from cnnviz.ui.shared.link_parameters import parameter
from cnnviz.ui.shared.page import page_link

KEY = "networks_trainable"
_OF = "networks_trainable_of"  # in the session: the network whose layer was chosen


@dataclass(frozen=True)
class Learning:
    """The network's layers with weights, and which of them learn; no `parts` where all do."""

    parts: tuple[Part, ...] = ()

    @property
    def frozen(self) -> int:
        """Weights that stay as they are."""
        return sum(part.params for part in self.parts if part.stage is None)

    @property
    def trained(self) -> int:
        """Weights that learn."""
        return sum(part.params for part in self.parts if part.stage is not None)

    @property
    def states(self) -> Mapping[str, str]:
        """Name of a layer -> frozen, learns, or head: the last one, which other classes need anew."""
        found = {part.name: "frozen" if part.stage is None else "learns" for part in self.parts}
        return {**found, self.parts[-1].name: "head"} if self.parts else found

    def in_words(self) -> str:
        """Layers and weights of both; "" where all learn."""
        if not self.parts:
            return ""
        still = sum(part.stage is None for part in self.parts)
        return _(
            "Frozen: {still} of {layers} layers with weights, {frozen} weights. Trained: {moving} of {layers}, "
            "{trained} weights.",
            still=still,
            moving=len(self.parts) - still,
            layers=len(self.parts),
            frozen=f"{self.frozen:,}",
            trained=f"{self.trained:,}",
        )


ALL_LEARN = Learning()


def choose_trainable(choice: Choice) -> str:
    """The select box "Train only"; a block alone has no last layer to train."""
    if choice.num_classes is None:
        return ALL
    blocks = tuple(dict.fromkeys(layer.block for layer in layers_of(choice)))
    codes = [ALL, LAST, *blocks[1:-1]]
    said = st.session_state.get(KEY) or parameter(KEY, ALL).read()
    if said not in codes and st.session_state.get(_OF, choice.name) == choice.name:
        codes.append(said)  # of the link: a layer inside a block, or one that is not there, which `learning_of` says
    st.session_state[_OF] = choice.name
    return state.choose_code(_("Train only"), codes, key=KEY, name_of=layers_title, default=ALL)


def learning_of(choice: Choice, trainable: str) -> Learning:
    """Which layers of the chosen network learn. Raises ConfigurationError if `trainable` names none."""
    if trainable == ALL:
        return ALL_LEARN
    layers = layers_of(choice)
    return Learning(stages(layers, first_trainable(layers, trainable), thaw=0, epochs=1))


@st.cache_resource(max_entries=96, show_spinner=False)
def layers_of(choice: Choice) -> tuple[Layer, ...]:
    """The layers with weights, of the summary that is there already."""
    return layers_in(outline_of(choice), summary_of(choice))


def training_link(choice: Choice, trainable: str) -> None:
    """To the form with the same layers frozen, from learned weights where there are any."""
    if choice.name not in TRAINABLE_NAMES:
        return
    options = {f"training_{name}": _said(value) for name, value in choice.options}
    start = _start(choice)
    parameters = {"training_model": choice.name, "training_trainable": trainable, **options}
    if start:
        parameters["training_start_from"] = start
    page_link("training", N_("Train it so on the page Training"), ":material/model_training:", parameters)


def _start(choice: Choice) -> str:
    """Published weights, else the first checkpoint of just this network; "" if there is none."""
    if ZOO[choice.name].weights and choice.in_channels == ZOO[choice.name].input_size[0]:
        return IMAGENET
    return next((each.name for each in choices() if _is_of(each, choice)), "")


def _is_of(trained: Checkpoint, choice: Choice) -> bool:
    """Whether it has the chosen network's shapes, the last layer aside, and is no run, which may go on."""
    if trained.name.startswith("run-"):
        return False
    try:
        card = card_of(trained)
    except (CnnvizError, OSError):
        return False
    own = {option.name: option.default for option in model_spec(choice.name).options}
    is_same = {**own, **card.options} == {**own, **dict(choice.options)}
    return card.model == choice.name and card.input_size[0] == choice.in_channels and is_same


def _said(value: Value) -> str:
    return ("on" if value else "off") if isinstance(value, bool) else str(value)


def state_strings() -> Mapping[str, Mapping[str, str]]:
    """What the drawing says of them: kind -> sign, word below a block, in a sentence, of a folded block, legend."""
    all_learn = _("All {count} weights learn.", count="{count}")
    return {
        "frozen": {
            "sign": SIGNS["frozen"],
            "short": _("frozen"),
            "said": _("frozen"),
            "folded": _("All {count} weights are frozen.", count="{count}"),
            "legend": f"{SIGNS['frozen']} {_('frozen')}",
        },
        "mixed": {
            "sign": SIGNS["frozen"],
            "short": _("{share} frozen", share="{share}"),
            "folded": _("{frozen} of {count} weights are frozen.", frozen="{frozen}", count="{count}"),
        },
        "learns": {
            "sign": SIGNS["learns"],
            "short": _("learns"),
            "said": _("learns"),
            "folded": all_learn,
            "legend": f"{SIGNS['learns']} {_('learns')}",
        },
        "head": {
            "sign": SIGNS["new"],
            "short": _("new head"),
            "said": _("the head, new for other classes: learns"),
            "folded": all_learn,
            "legend": f"{SIGNS['new']} {_('the head, new for other classes: learns')}",
        },
    }
