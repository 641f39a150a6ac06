"""Shared by the pages: the frame, link and session, language, caches, controls."""
