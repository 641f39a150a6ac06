"""Visitors: browsers by a number of their own, people by the name they give; and the class's best runs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cnnviz.runs.annotations import line
from cnnviz.runs.fair_queue import give_number
from cnnviz.runs.store import Store

LONGEST_NAME = 30
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Visitor:
    """A browser that has been here."""

    number: int | None  # as they come; None: he has neither run nor name
    name: str  # "" until its owner has given one


@dataclass(frozen=True)
class Best:
    """A visitor's best run on a data set."""

    data: str
    owner: str
    visitor: int | None  # None: a run that was not started in a browser
    name: str
    run: int
    network: str
    accuracy: float  # 0..1 on the test pictures, after its best epoch
    epochs: int
    seconds: float
    runs: int  # of this visitor on this data set


def is_id(text: object) -> bool:
    """Whether `text` is what our browsers call themselves: 128 random bits, in hexadecimal."""
    return isinstance(text, str) and _ID.fullmatch(text) is not None


def visitor(store: Store, owner: str) -> Visitor:
    """The visitor with this id; without a number until his first run, or until he gives a name."""
    with store.reading() as connection:
        row = connection.execute("SELECT number, name FROM visitors WHERE id = ?", (owner,)).fetchone()
    return Visitor(None, "") if row is None else Visitor(row["number"], row["name"])


def call(store: Store, owner: str, name: str) -> None:
    """From now on the visitor is called `name`, on earlier runs too."""
    with store.writing() as connection:
        give_number(connection, owner)
        connection.execute("UPDATE visitors SET name = ? WHERE id = ?", (line(name, LONGEST_NAME), owner))


def leaderboard(store: Store) -> list[Best]:
    """The best run of every visitor on every data set, the best first; equals: who was first."""
    with store.reading() as connection:
        rows = connection.execute(
            # SQLite takes the other columns from the row that has the maximum
            "SELECT data, owner, visitors.number AS visitor, COALESCE(visitors.name, '') AS name, runs.id AS run, "
            "network, MAX(best_accuracy) AS accuracy, epochs_done AS epochs, seconds, COUNT(*) AS runs "
            "FROM runs LEFT JOIN visitors ON visitors.id = runs.owner "
            "WHERE deleted IS NULL AND best_accuracy IS NOT NULL GROUP BY data, owner "
            "ORDER BY data, accuracy DESC, runs.id"
        ).fetchall()
    return [Best(**dict(row)) for row in rows]
