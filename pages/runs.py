"""Runs: every training of this machine in a ledger, laid over each other, swept over, and ranked."""

from cnnviz.locale import N_
from cnnviz.ui.runs import link_problems, page
from cnnviz.ui.shared.page import errors_as_sentences, start

start(
    N_("Runs"),
    N_("What made the difference? Lay runs over each other, have settings searched for you, see who is best."),
    check_link=link_problems.tidy,
)
with errors_as_sentences():
    view = page.begin()
    if view == "compare":
        page.compare()
    elif view == "sweeps":
        page.sweeps()
    else:
        page.board()
