"""Sweeps: many runs that differ in a few parameters, proposed one after the other until a budget is spent.

A sweep is a row in the store. Whoever moves the queue on moves the sweeps on as well; there is no process of their own
that could be down.
"""

TABLE = (
    "CREATE TABLE sweeps (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, owner TEXT NOT NULL, "
    "plan TEXT NOT NULL, status TEXT NOT NULL, created REAL NOT NULL, ended REAL, error TEXT, "
    "asked INTEGER NOT NULL DEFAULT 0)"  # settings proposed so far, those that make no run included
)
