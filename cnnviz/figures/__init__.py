"""What pictures and charts show, as plain data: NumPy in, no torch, no Streamlit, no disk."""
