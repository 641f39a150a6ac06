"""Trainings as processes of their own: a store, a queue, workers. Knows nothing of Streamlit."""
