"""Evaluation page: score, confusion matrix, the pictures behind a cell."""
