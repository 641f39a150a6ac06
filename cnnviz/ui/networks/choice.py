"""Network choice: its name, channels, classes and options, all in the link. Imports no torch at the top."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from cnnviz.base.params import Param, Value
from cnnviz.models.zoo import MAX_CLASSES, MODEL_NAMES, ZOO
from cnnviz.ui.shared import state
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.link_parameters import NETWORK_CHANNELS
from cnnviz.ui.shared.names import name_of

if TYPE_CHECKING:
    from torch import nn

    from cnnviz.models.editor.blueprint import Blueprint


MODEL = "networks_model"


@dataclass(frozen=True)
class Choice:
    """A network of the zoo as the visitor wants it."""

    name: str
    in_channels: int
    num_classes: int | None  # None: a block alone
    options: tuple[tuple[str, Value], ...] = field(default=())  # only those that are not the network's own

    @property
    def input_size(self) -> tuple[int, int, int]:
        """(channels, height, width) of one picture."""
        return (self.in_channels, *ZOO[self.name].input_size[1:])

    @property
    def title(self) -> str:
        """The network's name, in the visitor's language."""
        return _(ZOO[self.name].title)

    @property
    def short(self) -> str:
        """What people call it: what sentences and narrow columns say."""
        return name_of("model", self.name)

    @property
    def is_plain(self) -> bool:
        """Whether it is the network as its authors made it."""
        return self == plain(self.name)

    def outline(self) -> nn.Module:
        """Its shapes without its numbers."""
        from cnnviz.models.registry import model_spec  # heavy

        return model_spec(self.name).outline(self.in_channels, self.num_classes, **dict(self.options))

    def build(self) -> nn.Module:
        """With fresh random weights."""
        from cnnviz.models.registry import model_spec  # heavy

        return model_spec(self.name).build(self.in_channels, self.num_classes, **dict(self.options))

    def blueprint(self) -> Blueprint:
        """The same network as rows. Imports torch."""
        from cnnviz.models.editor.build import blueprint_of  # heavy

        rows = blueprint_of(self.name, in_channels=self.in_channels, num_classes=self.num_classes, **dict(self.options))
        return rows.fitted(self.in_channels, self.num_classes or 0)


def plain(name: str) -> Choice:
    """The network with nothing said."""
    return Choice(name, ZOO[name].input_size[0], ZOO[name].num_classes)


def choose_model() -> str:
    """The select box "Model"."""
    return state.choose_code(
        _("Model"), MODEL_NAMES, key=MODEL, name_of=partial(name_of, "model"), default=MODEL_NAMES[0]
    )


def choose_shape(name: str) -> Choice:
    """Channels and classes; each network has its own, so that none inherits another's."""
    own = plain(name)
    if own.num_classes is None:
        return own
    with st.container(horizontal=True, key="networks_shape"):
        channels = st.segmented_control(
            _("Channels"),
            NETWORK_CHANNELS,
            default=own.in_channels,
            required=True,
            key=f"networks_channels_{name}",
            bind="query-params",
        )
        classes = st.number_input(
            _("Classes"), 1, MAX_CLASSES, own.num_classes, key=f"networks_classes_{name}", bind="query-params"
        )
    return Choice(name, int(channels or own.in_channels), int(classes))


def choose_options(choice: Choice) -> Choice:
    """What the lessons vary, behind one button. Needs torch: the registry says what a network has."""
    from cnnviz.models.registry import model_spec  # heavy

    options = [option for option in model_spec(choice.name).options if option.name != "pretrained"]
    if not options:
        return choice
    with st.popover(_("Options"), icon=":material/tune:"):
        values = [(option, _with_own(option, choice.name)) for option in options]
        if any(value != option.default for option, value in values):
            st.button(
                _("Back to its own options"),
                key=f"networks_own_options_{choice.name}",
                icon=":material/undo:",
                on_click=_reset,
                args=(options, choice.name),
            )
    changed = tuple((option.name, value) for option, value in values if value != option.default)
    return Choice(choice.name, choice.in_channels, choice.num_classes, changed)


def value_in_words(option: Param, value: Value) -> str:
    """ "on", "sigmoid", "0.5" """
    return name_of(option.name, value)


def _with_own(option: Param, name: str) -> Value:
    """The control, and below it the network's own value where another is set."""
    value = _control(option, _key(option, name))
    if value != option.default:
        st.caption(_("its own: {value}", value=value_in_words(option, option.default)))
    return value


def _reset(options: list[Param], name: str) -> None:
    for option in options:
        st.session_state[_key(option, name)] = option.default


def _key(option: Param, name: str) -> str:
    return f"networks_{option.name}_{name}"


def _control(option: Param, key: str) -> Value:
    if option.choices:
        return state.choose_code(
            _(option.title),
            tuple(option.choices),
            key=key,
            name_of=partial(name_of, option.name),
            default=str(option.default),
        )
    if option.kind == "switch":
        return st.toggle(_(option.title), value=bool(option.default), key=key, bind="query-params")
    return st.slider(
        _(option.title), option.low, option.high, float(option.default or 0), 0.05, key=key, bind="query-params"
    )


def figures(rows: list[tuple[str, str]], network: str = "") -> None:
    """A few figures in a row, after the name of the network if there is one."""
    titled = [(_("Network"), network, "nw-of")] if network else []
    cells = "".join(
        f'<div class="{kind}"><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>'
        for name, value, kind in [*titled, *((name, value, "") for name, value in rows)]
    )
    st.html(f'<dl class="nw-figures">{cells}</dl>')
