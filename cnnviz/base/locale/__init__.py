"""Message catalogues: `zh_CN*.po` beside the code whose words they hold, compiled in memory. No Streamlit.

The English sentence is the key. `N_` marks a sentence that is translated later, where it is shown; `NC_` one whose
English word means two things, with the context that tells them apart (gettext's `msgctxt`).
"""

from __future__ import annotations

import gettext
import io
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = {"en": "English", "zh": "简体中文"}
CATALOGUES = {"zh": "zh_CN"}  # how the files' names begin; English is the key itself: it has no catalogue


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for it
    """Mark `message` for extraction; returns it unchanged."""
    return message


_AFTER_CONTEXT = "\x04"  # gettext's own way to write a message with its context


def NC_(context: str, message: str) -> str:  # noqa: N802 - GLib's name for it
    """Mark `message` for extraction with its `context`; only `translated` and what calls it can show the result."""
    return f"{context}{_AFTER_CONTEXT}{message}"


def translated(message: str, language: str) -> str:
    """`message`, marked by `N_` or `NC_`, in `language` ("en" or "zh"); its gaps stay open."""
    return translations(language).gettext(message).rpartition(_AFTER_CONTEXT)[2]


def files(language: str) -> list[Path]:
    """The catalogues of `language`, over all rooms."""
    return sorted(Path(__file__).parents[2].rglob(f"{CATALOGUES[language]}*.po"))


@cache
def translations(language: str) -> gettext.NullTranslations:
    """The catalogue of `language` ("en" or "zh")."""
    if language not in CATALOGUES:
        return gettext.NullTranslations()
    merged = Catalog(locale=CATALOGUES[language])
    for path in files(language):
        with path.open("rb") as file:
            for message in read_po(file):
                if message.id and message.string:
                    merged.add(message.id, message.string, context=message.context)
    compiled = io.BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def choose_language(*wishes: str | None) -> str:
    """The first wish we speak, of tags such as "zh-CN" or "en_GB"; English if none.

    >>> choose_language(None, "fr-FR", "zh-Hans-CN")
    'zh'
    """
    for wish in wishes:
        primary = (wish or "").replace("_", "-").split("-")[0].lower()
        if primary in LANGUAGES:
            return primary
    return "en"
