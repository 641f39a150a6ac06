"""The data sets: reading, checking and fetching them, drawings in their likeness. No torch, no Streamlit."""
