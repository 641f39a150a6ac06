"""Runs: every training of this machine in a ledger, laid over each other, swept over, and ranked."""

from cnnviz.locale import N_
from cnnviz.ui.page import errors_as_sentences, start
from cnnviz.ui.runs import frame, link

start(
    N_("Runs"),
    N_("What made the difference? Lay runs over each other, have settings searched for you, see who is best."),
    check_link=link.tidy,
)
with errors_as_sentences():
    view = frame.begin()
    if view == "compare":
        frame.compare()
    elif view == "sweeps":
        frame.sweeps()
    else:
        frame.board()
