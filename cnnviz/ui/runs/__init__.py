"""Runs page: the table of runs, runs laid over each other, what made the difference, sweeps, the leaderboard."""
