"""The tables of the store, version by version. Only SQL: each step brings a file of the version before up to date.

A new file goes the same way from the first step to the last, so that it cannot differ from one that was migrated.
"""

from __future__ import annotations

_RUNS_AND_EVENTS = """
CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    owner TEXT NOT NULL,
    config TEXT NOT NULL,
    status TEXT NOT NULL,
    command TEXT,
    place INTEGER NOT NULL DEFAULT 0,     -- in the queue: of one owner's runs the smallest goes first
    claim TEXT,                           -- token of the worker that may write
    pid INTEGER,
    process TEXT NOT NULL DEFAULT '',     -- tells the process from a later one with the same pid
    heartbeat REAL NOT NULL DEFAULT 0,
    created REAL NOT NULL,
    started REAL,
    ended REAL,
    error TEXT,
    epochs_done INTEGER NOT NULL DEFAULT 0,
    test_accuracy REAL,
    seconds REAL NOT NULL DEFAULT 0,
    seq INTEGER NOT NULL DEFAULT 0,
    progress_seen INTEGER NOT NULL DEFAULT 0,
    progress_stride INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX runs_by_status ON runs (status, place);
CREATE TABLE events (
    run INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    progress INTEGER,                     -- 0, 1, 2 ... for Progress events, to thin them evenly
    body TEXT NOT NULL,
    PRIMARY KEY (run, seq)
) WITHOUT ROWID;
"""

# Names, notes, tags, visitors, deleting with undo, turns among visitors, sweeps.
_LEDGER_AND_SWEEPS = """
ALTER TABLE runs ADD COLUMN notes TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN deleted REAL;                       -- when; NULL: it is there
ALTER TABLE runs ADD COLUMN parent INTEGER;                     -- the run it was made from
ALTER TABLE runs ADD COLUMN sweep INTEGER;
ALTER TABLE runs ADD COLUMN trial INTEGER;                      -- its number in the sweep, from 0
ALTER TABLE runs ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;    -- when it was last started: 1, 2, 3 ... of all starts
ALTER TABLE runs ADD COLUMN starts INTEGER NOT NULL DEFAULT 0;  -- how often
ALTER TABLE runs ADD COLUMN network TEXT NOT NULL DEFAULT '';   -- what is in `config`, to sort and filter by
ALTER TABLE runs ADD COLUMN data TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN best_accuracy REAL;
UPDATE runs SET data = COALESCE(json_extract(config, '$.data'), ''), network = CASE json_extract(config, '$.model')
    WHEN 'own' THEN COALESCE(CASE WHEN json_valid(json_extract(config, '$.blueprint'))
        THEN json_extract(json_extract(config, '$.blueprint'), '$.name') END, 'own')
    ELSE COALESCE(json_extract(config, '$.model'), '') END
    WHERE CASE WHEN json_valid(config) THEN json_type(config) = 'object' END;
UPDATE runs SET best_accuracy = COALESCE(
    (SELECT MAX(CASE WHEN json_valid(body) THEN json_extract(body, '$.test_accuracy') END)
     FROM events WHERE run = runs.id AND progress IS NULL), test_accuracy);
CREATE INDEX runs_by_owner ON runs (owner, turn);
CREATE INDEX runs_by_data ON runs (data, owner, best_accuracy);
CREATE INDEX runs_deleted ON runs (deleted) WHERE deleted IS NOT NULL;
CREATE UNIQUE INDEX runs_by_trial ON runs (sweep, trial) WHERE sweep IS NOT NULL;
CREATE TABLE tags (run INTEGER NOT NULL, tag TEXT NOT NULL, PRIMARY KEY (run, tag)) WITHOUT ROWID;
CREATE INDEX tags_by_tag ON tags (tag);
CREATE TABLE visitors (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,              -- drawn by the browser, known to nobody else
    name TEXT NOT NULL DEFAULT ''         -- what the class sees
);
CREATE TABLE sweeps (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    owner TEXT NOT NULL,
    plan TEXT NOT NULL,
    status TEXT NOT NULL,
    created REAL NOT NULL,
    ended REAL,
    error TEXT,
    asked INTEGER NOT NULL DEFAULT 0      -- settings proposed so far, those that make no run included
);
"""

# The learning rate turned while a run goes, going back to an epoch, how long a pause may still keep its memory.
_STEERING = """
ALTER TABLE runs ADD COLUMN factor REAL NOT NULL DEFAULT 1;     -- of the schedule's learning rate, in force
ALTER TABLE runs ADD COLUMN asked_factor REAL;                  -- asked for; the training was not told yet
ALTER TABLE runs ADD COLUMN turned INTEGER NOT NULL DEFAULT 0;  -- how often it was
ALTER TABLE runs ADD COLUMN from_epoch INTEGER;                 -- the next start goes on after it; NULL: the last
ALTER TABLE runs ADD COLUMN paused_at REAL;
ALTER TABLE runs ADD COLUMN reason TEXT NOT NULL DEFAULT '';    -- of its end, as the engine gave it
ALTER TABLE runs ADD COLUMN best_epoch INTEGER;                 -- with patience
"""

# A run that went on from an epoch of its own is not what its configuration alone makes.
_GOING_BACK = """
ALTER TABLE runs ADD COLUMN gone_on INTEGER;                    -- the epoch it last was asked to go on after
"""

STEPS: tuple[str, ...] = (_RUNS_AND_EVENTS, _LEDGER_AND_SWEEPS, _STEERING, _GOING_BACK)
VERSION = len(STEPS)  # PRAGMA user_version of a file that all steps have been taken in
