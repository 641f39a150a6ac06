"""Text of a page: what comes from outside as plain Markdown, and numbers as people read them. No Streamlit.

Outside is whatever visitors typed, links and messages say, and files, folders and networks are called: it is shown as
it is, whatever it means in Markdown.

Shares and accuracies go through `percent`: one decimal wherever they are followed live, two wherever they are ranked:
on the page Runs, in the score of the page Evaluation (and in a terminal). Of 10,000 test pictures one is 0.01%.
"""

from __future__ import annotations

import math
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
_FORMULA = tuple("=+-@＝＋－＠\t\r\n")  # white space in front is skipped
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


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


def number_text(value: float) -> str:
    """Three significant digits, a true minus sign."""
    return f"{value:.3g}".replace("-", "−")


def loss_text(value: float, decimals: int = 3) -> str:
    """With `decimals`, or as a power of ten where they would say nothing, or far too much; the charts do the same.

    >>> [loss_text(value) for value in (0.25, 0.0, 0.00032, 1.333e15, float("nan"))], loss_text(0.25, 4)
    (['0.250', '0.000', '3.2×10⁻⁴', '1.3×10¹⁵', '∞'], '0.2500')
    """
    if not math.isfinite(value):
        return "∞"
    if value == 0 or 1e-3 <= abs(value) < 1e4:
        return f"{value:.{decimals}f}"
    mantissa, power = f"{value:.1e}".split("e")
    return f"{mantissa}×10{str(int(power)).translate(_RAISED)}".replace("-", "−")


def percent(part: float, decimals: int = 1) -> str:
    """A share 0..1 as per cent; what is not quite none or all never reads as if it were.

    >>> percent(0.5), percent(1.0), percent(0.9999), percent(0.9999, 2), percent(0.0001)
    ('50.0%', '100.0%', '>99.9%', '99.99%', '<0.1%')
    """
    none, whole, text = (f"{value:.{decimals}%}" for value in (0, 1, part))
    step = 0.1 ** (decimals + 2)
    if part < 1 and text == whole:
        return f">{1 - step:.{decimals}%}"
    return f"<{step:.{decimals}%}" if part > 0 and text == none else text


def memory(count: int) -> str:
    """Bytes in the largest unit of 1,000 that leaves at least one.

    >>> memory(624), memory(18_816), memory(14_770_560)
    ('624 B', '18.8 kB', '14.8 MB')
    """
    size, unit = float(count), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if round(size, 1) < 1000:
            break
        size, unit = size / 1000, larger
    return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"


def no_formula(text: str) -> str:
    """`text` for a cell of a spreadsheet, which would work out what begins like a formula, some also full-width signs.

    Numbers are not written with a hyphen here: their minus is a true one.

    >>> no_formula("=1+1"), no_formula("−0.5"), no_formula("冬")
    ("'=1+1", '−0.5', '冬')
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def times(ratio: float) -> str:
    """How many times as much: three digits, or a whole number.

    >>> times(4), times(1.3061), times(23670.77)
    ('×4', '×1.31', '×23,671')
    """
    return f"×{ratio:.3g}" if ratio < 100 else f"×{ratio:,.0f}"
