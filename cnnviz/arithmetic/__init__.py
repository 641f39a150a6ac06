"""Arithmetic of convolutions: sizes and indices, in whole numbers. Pure Python and NumPy: never torch or Streamlit."""
