"""The finished thing first: draw a digit and watch every layer of a network answer."""

from cnnviz.locale import N_
from cnnviz.ui.page import start

start(N_("Draw a digit"), N_("Every layer of the network answers while your pen moves."))

# After the title: the browser draws it while NumPy and the rest load, 0.3 s sooner on the first page of a new server.
from cnnviz.ui.home import stage, what_next  # noqa: E402

stage()
what_next()
