"""Sweeps: many runs that differ in a few parameters, proposed one after the other until a budget is spent.

A sweep is a row in the store. Whoever moves the queue on moves the sweeps on as well; there is no process of their own
that could be down.
"""
