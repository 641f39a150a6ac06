"""User interface: a folder for each page, one for what they share. The only room that imports Streamlit."""
