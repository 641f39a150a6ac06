"""Words around the formula."""

from __future__ import annotations

from cnnviz.base.locale import N_

WORDS = {
    "height": N_("height"),
    "width": N_("width"),
    "flatten": N_("Maps × rows × columns: the same numbers in another shape, nothing is computed."),
    "ceil": N_("Rounded up: a last window may hang over the end, as long as it starts before the input ends."),
    "drops": N_("Rounding up gives {size}, but that last window would start behind the input: PyTorch leaves it out."),
}
