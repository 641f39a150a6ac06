"""Annotations: what people write: their own names, names, notes and tags of runs; and deleting with undo.

A visitor is a browser, by a number of its own. Knows nothing of processes or torch.
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cnnviz.base.errors import RunError
from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed
from cnnviz.engine.config import TrainConfig
from cnnviz.runs.database import marks
from cnnviz.runs.fair_queue import give_number
from cnnviz.runs.run import ACTIVE_SQL, RunRecord, default_name
from cnnviz.runs.store import GOING, Store

UNDO_SECONDS = 15 * 60.0
MOST_TAGS = 12
LONGEST_VISITOR = 30  # characters of a visitor's name
_ID = re.compile(r"[0-9a-f]{32}")
LONGEST_NAME, LONGEST_TAG, LONGEST_NOTES = 80, 30, 4000  # characters
_CONTROLS = r"\x00-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069"  # would break what stands around a name


@dataclass(frozen=True)
class Deletion:
    """Runs that were deleted together."""

    when: float  # seconds since 1970
    records: tuple[RunRecord, ...]


@dataclass(frozen=True)
class Visitor:
    """A browser that has been here."""

    number: int | None  # as they come; None: he has neither run nor name
    name: str  # "" until its owner has given one


def is_id(text: object) -> bool:
    """Whether `text` is what our browsers call themselves: 128 random bits, in hexadecimal."""
    return isinstance(text, str) and _ID.fullmatch(text) is not None


def visitor(store: Store, owner: str) -> Visitor:
    """The visitor with this id; without a number until his first run, or until he gives a name."""
    with store.reading() as connection:
        row = connection.execute("SELECT number, name FROM visitors WHERE id = ?", (owner,)).fetchone()
    return Visitor(None, "") if row is None else Visitor(row["number"], row["name"])


def call_visitor(store: Store, owner: str, name: str) -> None:
    """From now on the visitor is called `name`, on earlier runs too."""
    with store.writing() as connection:
        give_number(connection, owner)
        connection.execute("UPDATE visitors SET name = ? WHERE id = ?", (line(name, LONGEST_VISITOR), owner))


def rename(store: Store, run_id: int, name: str) -> None:
    """Call it `name`, cut to `LONGEST_NAME`; an empty one is "lenet5-digits" again."""
    config: TrainConfig = store.record(run_id).config
    with store.writing() as connection:
        name = line(name, LONGEST_NAME) or default_name(config)
        connection.execute("UPDATE runs SET name = ? WHERE id = ?", (name, run_id))


def write_notes(store: Store, run_id: int, notes: str) -> None:
    """Replace the notes, cut to `LONGEST_NOTES`."""
    with store.writing() as connection:
        connection.execute("UPDATE runs SET notes = ? WHERE id = ?", (notes.strip()[:LONGEST_NOTES], run_id))


def set_tags(store: Store, run_id: int, tags: Iterable[str]) -> None:
    """Replace the tags by the first `MOST_TAGS` of these."""
    cleaned = list(dict.fromkeys(filter(None, (line(tag, LONGEST_TAG) for tag in tags))))[:MOST_TAGS]
    with store.writing() as connection:
        connection.execute("DELETE FROM tags WHERE run = ?", (run_id,))
        connection.executemany("INSERT INTO tags (run, tag) VALUES (?, ?)", [(run_id, tag) for tag in cleaned])


def all_tags(store: Store) -> list[str]:
    """Every tag in use, the commonest first."""
    with store.reading() as connection:
        rows = connection.execute(
            "SELECT tag FROM tags JOIN runs ON runs.id = tags.run WHERE deleted IS NULL "
            "GROUP BY tag ORDER BY COUNT(*) DESC, tag"
        ).fetchall()
    return [row["tag"] for row in rows]


def delete(store: Store, run_ids: Sequence[int]) -> None:
    """Hide the runs; `restore` brings them back for `UNDO_SECONDS`. All of them, or none and a RunError."""
    with store.writing() as connection:
        busy = connection.execute(
            f"SELECT id FROM runs WHERE id IN ({marks(run_ids)}) AND {ACTIVE_SQL} ORDER BY id",
            tuple(run_ids),
        ).fetchall()
        if busy:
            raise RunError(
                N_("Run {run} is still under way: stop it first, then delete it."),
                run=Listed(row["id"] for row in busy),
            )
        connection.execute(
            f"UPDATE runs SET deleted = ? WHERE id IN ({marks(run_ids)}) AND deleted IS NULL",
            (time.time(), *run_ids),
        )


def restore(store: Store, run_ids: Sequence[int]) -> list[int]:
    """Bring deleted runs back; those that were not removed yet. Returns them."""
    with store.writing() as connection:
        condition = f"id IN ({marks(run_ids)}) AND deleted > ?"
        rows = connection.execute(f"SELECT id FROM runs WHERE {condition} ORDER BY id", (*run_ids, GOING)).fetchall()
        connection.execute(f"UPDATE runs SET deleted = NULL WHERE {condition}", (*run_ids, GOING))
    return [row["id"] for row in rows]


def deletions(store: Store, now: float | None = None) -> list[Deletion]:
    """What can still be brought back, whoever deleted it, the newest deletion first. `now`: by default the time."""
    oldest = (time.time() if now is None else now) - UNDO_SECONDS
    with store.reading() as connection:
        rows = connection.execute(
            "SELECT id, deleted FROM runs WHERE deleted IS NOT NULL AND deleted > ? ORDER BY deleted DESC, id",
            (max(oldest, GOING),),
        ).fetchall()
    if not rows:
        return []
    ids = [row["id"] for row in rows]
    records = {each.id: each for each in store.select(f"WHERE runs.id IN ({marks(ids)})", tuple(ids))}
    together: dict[float, list[RunRecord]] = {}
    for row in rows:
        if row["id"] in records:
            together.setdefault(row["deleted"], []).append(records[row["id"]])
    return [Deletion(when, tuple(found)) for when, found in together.items()]


def deleted(store: Store) -> frozenset[int]:
    """The runs whose files are still there though they were deleted."""
    with store.reading() as connection:
        return frozenset(row["id"] for row in connection.execute("SELECT id FROM runs WHERE deleted IS NOT NULL"))


def prune_deleted(store: Store, older_than: float = UNDO_SECONDS) -> list[int]:
    """Remove files and rows of what was deleted more than so many seconds ago; returns the runs. 0: of all deleted."""
    with store.reading() as connection:  # nothing to do nearly always: no transaction for it
        rows = connection.execute(
            "SELECT id FROM runs WHERE deleted IS NOT NULL AND deleted <= ?", (time.time() - older_than,)
        ).fetchall()
    if not rows:
        return []
    return _remove(store, [row["id"] for row in rows])


def _remove(store: Store, run_ids: list[int]) -> list[int]:
    """Files first: if we are killed in between, the rows are still there and the next look goes on."""
    with store.writing() as connection:
        condition = f"id IN ({marks(run_ids)}) AND deleted IS NOT NULL"  # not restored just now
        going = connection.execute(f"SELECT id FROM runs WHERE {condition}", run_ids).fetchall()
        connection.execute(f"UPDATE runs SET deleted = ? WHERE {condition}", (GOING, *run_ids))
    gone = [row["id"] for row in going]
    for run_id in gone:
        shutil.rmtree(store.directory(run_id), ignore_errors=True)
    with store.writing() as connection:
        for table, column in (("events", "run"), ("tags", "run"), ("runs", "id")):
            connection.execute(f"DELETE FROM {table} WHERE {column} IN ({marks(gone)})", gone)
    return gone


def line(text: str, longest: int) -> str:
    """`text` as one line without characters that control or turn the writing round, cut to `longest`.

    >>> line("  a\\tfirst \\n try ", 7), line("\\u202eabc", 7)
    ('a first', 'abc')
    """
    return re.sub(rf"[\s{_CONTROLS}]+", " ", text).strip()[:longest].strip()
