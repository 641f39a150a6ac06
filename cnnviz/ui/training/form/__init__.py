"""The form of a new run: every hyperparameter, what it means, what it comes to, and what is wrong with it."""
