"""Training form: every hyperparameter, what it means, what it comes to, and what is wrong with it."""
