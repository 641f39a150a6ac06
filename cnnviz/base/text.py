"""Text from outside, on a page of Markdown: shown as it is, whatever it means there. Knows nothing of Streamlit.

Outside is whatever visitors typed, links and messages say, and files, folders and networks are called.
"""

from __future__ import annotations

import re
import unicodedata

# A backslash takes their meaning away; of hyphens and dots, which number and list, not from inside a word.
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|<>$:~&@=^\"]|(?<!\w)[-.]|[-.](?!\w))")
# Streamlit looks for these in the text itself, after the backslashes are gone: addresses become links, arrows and
# dashes are drawn, icons come of words. A word joiner, which nobody sees, makes them something else.
_FOUND_LATER = re.compile(
    r"(?<=:)(?=//)|(?<=www)(?=\.)|(?=@)|(?<=:)(?=streamlit:|material/)|(?<=[-<])(?=[->])", re.IGNORECASE
)
_ICON = re.compile(r"(?<=:)(?=material/)", re.IGNORECASE)
_NO_TEXT = ("Cc", "Cs", "Zl", "Zp")  # Unicode categories: controls, halves of a character, ends of lines
_TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # would write the rest of a sentence backwards


def plain(text: str) -> str:
    r"""`text` for `st.markdown` and labels: no links, pictures, formulas or icons come of it.

    >>> plain("my_net ![x](y)")
    'my\\_net \\!\\[x\\]\\(y\\)'
    """
    return _SPECIAL.sub(r"\\\1", _FOUND_LATER.sub("\N{WORD JOINER}", line(text)))


def in_code(text: str) -> str:
    """`text` between two backticks, where only a backtick means something, and an icon's name is not left alone."""
    return _ICON.sub("\N{WORD JOINER}", line(text)).replace("`", "'")


def line(text: str) -> str:
    """`text` as one line; what cannot be printed as U+FFFD: a lone surrogate cannot even be sent to a browser.

    >>> line("a\\n b"), line("\\ud800")
    ('a b', '\ufffd')
    """
    if text.isascii() and text.isprintable():
        return text
    joined = re.sub(r"[ \t\r\n]*[\r\n][ \t\r\n]*|\t", " ", text)
    return "".join(each if _is_printable(each) else "\N{REPLACEMENT CHARACTER}" for each in joined)


def is_line(text: str) -> bool:
    """Whether `text` can stand in a sentence: no controls, no ends of lines, nothing that turns the writing round.

    >>> is_line("第一 run ✓"), is_line("a\\nb"), is_line("\\ud800")
    (True, False, False)
    """
    return (text.isascii() and text.isprintable()) or all(map(_is_printable, text))


def _is_printable(each: str) -> bool:
    return unicodedata.category(each) not in _NO_TEXT and each not in _TURNING
