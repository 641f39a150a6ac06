"""Way to the convolution page: exactly the chosen layer, its chosen filter and the map that it makes most of."""

from __future__ import annotations

import hashlib

from cnnviz.inspection.capture import InspectedModel, LayerIO
from cnnviz.inspection.convolution_link import Refusal
from cnnviz.inspection.pairing import best_read, pairing
from cnnviz.ui.layers.view import View
from cnnviz.ui.shared.convolution_link import convolution_link


def link(view: View, index: int, weights: str) -> None:
    """Where the layer opens there, the link; nothing elsewhere. `weights`: the hash of the network's."""
    layer_io = LayerIO(view.seen.read[0], view.seen.output)
    found = pairing(view.info, view.summary, InspectedModel(view.model), layer_io)
    if isinstance(found, Refusal):
        return
    picture = hashlib.blake2b(view.x.tobytes(), digest_size=12).hexdigest()
    kept = (weights, view.info.name, picture)
    convolution_link(found, index, best_read(found, index), kept, "layers_convolution_link", is_short=True)
