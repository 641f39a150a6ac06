"""What visitors typed, on a page of Markdown: shown as it is, whatever it means there. Knows nothing of Streamlit."""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"([!-/:-@\[-`{-~])")  # ASCII punctuation: what a backslash takes its meaning from


def plain(text: str) -> str:
    r"""`text` for `st.markdown` and labels: no links, pictures, formulas or icons come of it.

    >>> plain("my_net ![x](y)")
    'my\\_net \\!\\[x\\]\\(y\\)'
    """
    return _SPECIAL.sub(r"\\\1", text)
