"""What several pages share: the frame, link and session, language, caches, controls."""
