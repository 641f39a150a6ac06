"""Training page: the form of a new run, the run that is shown as it goes, its epochs."""
