"""Mounts the component that draws a network, and hears which layer was chosen in it."""

from __future__ import annotations

from collections.abc import Callable

from cnnviz.models.summary import Summary
from cnnviz.ui.components import component
from cnnviz.ui.i18n import _
from cnnviz.ui.networks.dissection import family, in_words, shape


def draw(
    summary: Summary,
    input_size: tuple[int, int, int],
    label: str,
    key: str,
    chosen: str | None,
    on_choice: Callable[[], None],
) -> None:
    """`summary` as blocks; the name of a layer clicked is in `st.session_state[key]["chosen"]` in `on_choice`."""
    layers = [
        {
            "name": layer.name,
            "family": family(layer),
            "shape": list(layer.output_shape),
            "inputs": list(layer.inputs),
            "says": in_words(layer),
        }
        for layer in summary
    ]
    component("network")(
        key=key,
        data={
            "id": f"{label} {shape(input_size)} {len(layers)}",
            "layers": layers,
            "input": list(input_size),
            "chosen": chosen,
            "strings": _strings(label, input_size),
        },
        on_chosen_change=on_choice,
    )


def _strings(label: str, input_size: tuple[int, int, int]) -> dict[str, object]:
    return {
        "label": _("{name} as blocks, in the order they are computed", name=label),
        "input": _("picture"),
        "picture": _("The picture: {shape}", shape=shape(input_size)),
        "hint": _("Click a block, or walk through them with the arrow keys. High: large maps. Wide: many channels."),
        "fold": _("Fold {name}"),
        "unfold": _("{name}: {count} layers, {shape} out. Click to unfold."),
        "unfoldAll": _("Unfold all"),
        "foldAll": _("Fold all"),
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
