"""Learning in signs and words: layers that are frozen, learn, thaw later or are new; and what is chosen to learn."""

from __future__ import annotations

from cnnviz.base.locale import N_
from cnnviz.engine.config import ALL, LAST
from cnnviz.ui.shared.i18n import _

SIGNS = {"frozen": "❄\ufe0e", "learns": "▲", "later": "◔", "new": "✚"}
TITLES = {"frozen": N_("frozen"), "learns": N_("learns"), "later": N_("thaws later"), "new": N_("new, and learns")}


def layers_title(code: str) -> str:
    """ "Everything", "The last layer", "From conv2 on" """
    if code == ALL:
        return _("Everything")
    return _("The last layer") if code == LAST else _("From {layer} on", layer=code)
