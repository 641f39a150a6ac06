"""The page Runs: the ledger, runs laid over each other, what made the difference, sweeps, the leaderboard."""
