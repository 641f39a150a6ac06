"""The stage's words, a file a part: its browser side has none of its own. Untranslated; `stage.words` translates."""
