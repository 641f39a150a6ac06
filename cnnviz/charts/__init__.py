"""Charts: NumPy arrays and dataclasses in, figures and their numbers out; no torch, no Streamlit, no disk."""
