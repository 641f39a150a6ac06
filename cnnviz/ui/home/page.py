"""The finished thing first: draw a digit and watch every layer of a network answer."""

from __future__ import annotations

from cnnviz.base.locale import N_
from cnnviz.ui.home.stage import stage, what_next
from cnnviz.ui.shared.page import start


def page() -> None:
    """The whole page."""
    start(N_("Draw a digit"), N_("Every layer of the network answers while your pen moves."))
    stage()
    what_next()
