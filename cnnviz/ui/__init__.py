"""The only sub-package that imports Streamlit: language, page frame, caches, components, shared controls."""
