"""Network diagram: mounts the component that draws networks, and reads which layer was chosen in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cnnviz.models.summary import LayerInfo, Summary
from cnnviz.ui.networks.learning import ALL_LEARN, Learning, state_strings
from cnnviz.ui.networks.summary import KINDS, family, shape, where
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.mount import component


@dataclass(frozen=True)
class Drawn:
    """A network as it is drawn: its layers, the picture it is given, what people call it."""

    summary: Summary
    input_size: tuple[int, int, int]
    label: str
    learning: Learning = ALL_LEARN


def draw(
    summary: Summary,
    input_size: tuple[int, int, int],
    label: str,
    key: str,
    chosen: str | None,
    on_choice: Callable[[], None] | None = None,
    learning: Learning = ALL_LEARN,
) -> None:
    """`summary` as blocks; the name of a layer clicked is in `st.session_state[key]["chosen"]` in `on_choice`.

    Without `on_choice` the picture is for looking at: the browser keeps what is chosen in it.
    """
    _mount([Drawn(summary, input_size, label, learning)], key, chosen, on_choice)


def draw_pair(first: Drawn, second: Drawn, key: str) -> None:
    """Two networks in one picture, to one scale."""
    _mount([first, second], key, None, None)


def _mount(networks: list[Drawn], key: str, chosen: str | None, on_choice: Callable[[], None] | None) -> None:
    component("network")(
        key=key,
        data={
            "id": " | ".join(_id(network) for network in networks),
            "networks": [_network(network) for network in networks],
            "chosen": chosen,
            "isHeard": on_choice is not None,
            "strings": _strings(),
        },
        **({"on_chosen_change": on_choice} if on_choice is not None else {}),
    )


def _id(network: Drawn) -> str:
    """Another one, and the component starts anew: folded as at first."""
    return f"{network.label} {shape(network.input_size)}"


def _network(network: Drawn) -> dict[str, Any]:
    return {
        "id": _id(network),
        "title": network.label,
        "input": list(network.input_size),
        "where": where(network.summary),
        "layers": [_layer(layer, network.learning.states) for layer in network.summary],
        "learning": network.learning.in_words(),
    }


def _layer(layer: LayerInfo, states: Mapping[str, str]) -> dict[str, Any]:
    """What is zero or empty is left out: ResNet-152 has 515 of these."""
    named = {
        "name": layer.name,
        "kind": layer.kind,
        "family": family(layer),
        "shape": list(layer.output_shape),
        "inputs": list(layer.inputs),
        "params": layer.params,
        "macs": layer.macs,
        "sees": [axis.size for axis in layer.axes] if len(layer.output_shape) == 3 else [],
        "state": states.get(layer.name),
    }
    return {name: value for name, value in named.items() if value}


def _strings() -> dict[str, object]:
    return {
        "label": _("{name} as blocks, in the order they are computed"),
        "input": _("picture"),
        "picture": _("The picture: {shape}"),
        "hint": _("Click a block, or walk with the arrow keys: Enter unfolds, Escape folds."),
        "sides": _("high: large maps; wide: many channels"),
        "fold": _("Fold {name}"),
        "unfold": _("{name}: {count} layers, {shape} out. Click to unfold."),
        "unfoldAll": _("Unfold all"),
        "foldAll": _("Fold all"),
        "fit": _("Fit to width"),
        "more": _("There is more"),
        "layer": {
            "kind": _("{layer}: {kind}"),
            "shapes": _("{before} in, {after} out"),
            "weights": _("{count} weights"),
            "work": _("{count} multiplications"),
            "sees": _("each value sees {height} × {width} pixels of the picture"),
        },
        "params": _("Weights"),
        "macs": _("Multiplications"),
        "parts": {
            "params": _("{layer}: {count} weights, {share}"),
            "macs": _("{layer}: {count} multiplications, {share}"),
        },
        "states": state_strings(),
        "aside": _("{what} ({about})"),
        "kinds": {name: _(title) for name, title in KINDS.items()},
        "families": {
            "input": _("picture"),
            "convolution": _("convolution"),
            "pooling": _("pooling"),
            "linear": _("fully connected"),
            "sum": _("addition"),
            "join": _("concatenation"),
            "plate": _("activation, batch norm, dropout"),
            "flatten": _("flatten"),
            "block": _("folded block"),
        },
    }
