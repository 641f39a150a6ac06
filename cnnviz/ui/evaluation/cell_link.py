"""The chosen cell of the page Evaluation: kept for one network in the session, and in the link by its classes' names.

A link names classes, not numbers: "evaluation_true=sandal&evaluation_predicted=dress" says the same to everybody.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cnnviz.base.link_kinds import shortened
from cnnviz.base.locale.typesetting import Listed
from cnnviz.base.text import plain
from cnnviz.ui.shared.confusion_matrix import Cell
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.link_parameters import kinds
from cnnviz.ui.shared.state import LinkParam

PARAMETERS = tuple(LinkParam(name, kinds()[name], "") for name in ("evaluation_true", "evaluation_predicted"))
_KEPT = "evaluation_cell"  # in the session: (network, cell or None); absent until a cell was chosen


def begin(network: str, classes: Sequence[str]) -> Cell | None:
    """The cell chosen before: here, else the link's. Another network than before has none.

    `network` names what the matrix is of, its data included. A name that is no class is said, and counts as none.
    """
    kept: tuple[str, Cell | None] | None = st.session_state.get(_KEPT)
    if kept is not None:
        return kept[1] if kept[0] == network else None
    said = [parameter.read() for parameter in PARAMETERS]
    wrong = [name for name in said if name and name not in classes]
    if wrong:
        named = Listed(plain(shortened(name)) for name in wrong)
        sentence = _("The link names a class that this network does not know: {name}.", name=named)
        st.warning(sentence, icon=":material/link_off:")
    if wrong or not all(said):
        return None
    true, predicted = (classes.index(name) for name in said)
    return true, predicted


def keep(network: str, classes: Sequence[str], cell: Cell | None) -> None:
    """From now on `cell` is chosen, and the link says so."""
    if cell is None and _KEPT not in st.session_state:
        return  # what the link says wrongly stays there to be said, until something is chosen
    st.session_state[_KEPT] = (network, cell)
    names = ("", "") if cell is None else tuple(classes[index] for index in cell)
    for parameter, name in zip(PARAMETERS, names, strict=True):
        parameter.put(name)
