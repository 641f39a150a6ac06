"""Time machine: filters, maps, confusion matrix and one picture through the epochs of a run."""
