"""Both languages are complete: every string has a Chinese translation with the same gaps, and none is left over."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from cnnviz.base.locale import NC_, choose_language, files, translated, translations

REPOSITORY = Path(__file__).parents[1]
CATALOGUES = files("zh")
KEYWORDS = {"_": None, "N_": None, "NC_": ((1, "c"), 2)}
GAP = re.compile(r"\{(\w*)[^}]*\}")


def key(message: object, context: object) -> str:
    """A message of `_` and `N_` as it is; one of `NC_` with its context, as the code hands it on."""
    return NC_(str(context), str(message)) if context else str(message)


@cache
def messages_in_the_code() -> dict[str, str]:
    """English sentence -> where it stands first."""
    return {message: places[0] for message, places in _places().items()}


@cache
def _places() -> dict[str, list[str]]:
    """English sentence -> wherever it stands."""
    found: dict[str, list[str]] = {}
    for folder in ("cnnviz", "pages", "."):
        methods = [("*.py" if folder == "." else "**.py", "python")]
        rows = extract_from_dir(
            REPOSITORY / folder,
            method_map=methods,
            keywords=KEYWORDS,
            directory_filter=lambda path, top=folder: top != "." or Path(path) == REPOSITORY,
        )
        for file, line, message, _comments, context in rows:
            text = (
                message[-1] if isinstance(message, tuple) else message
            )  # babel: ("context", "message") where marked so
            found.setdefault(key(text, context), []).append(f"{folder}/{file}:{line}")
    found.pop("", None)
    return found


@cache
def catalogue_entries() -> dict[str, str]:
    """English sentence -> Chinese one, over all catalogues."""
    entries: dict[str, str] = {}
    for path in CATALOGUES:
        with path.open("rb") as file:
            entries.update({key(entry.id, entry.context): str(entry.string) for entry in read_po(file) if entry.id})
    return entries


@pytest.mark.slow
def test_extraction_sees_the_code() -> None:
    """The test looks at the real strings, of the rooms and of the pages."""
    found = messages_in_the_code()
    assert "Training" in found
    assert any(place.startswith("cnnviz/ui/training/page.py") for place in found.values())
    assert len(found) > 100


def test_every_string_is_translated() -> None:
    """No string of the app lacks its Chinese sentence."""
    done = {message for message, chinese in catalogue_entries().items() if chinese}
    missing = [f"{place}: {message!r}" for message, place in messages_in_the_code().items() if message not in done]
    assert missing == []


def test_no_translation_is_left_over() -> None:
    """A translation whose English sentence is gone from the code is removed with it."""
    assert sorted(set(catalogue_entries()) - set(messages_in_the_code())) == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parent.name)
def test_chinese_lies_beside_its_code(path: Path) -> None:
    """An entry is in the folder of a file that says it, or in one above; what two pages say, in ui/shared."""
    with path.open("rb") as file:
        entries = [key(entry.id, entry.context) for entry in read_po(file) if entry.id]
    folder = path.parent.relative_to(REPOSITORY).as_posix()
    assert [entry for entry in entries if entry in _places() and not _is_beside(folder, _places()[entry])] == []


def _is_beside(folder: str, places: list[str]) -> bool:
    pages = {place.split("/")[2] for place in places if place.startswith("cnnviz/ui/")}
    return any(place.startswith(f"{folder}/") for place in places) or (folder == "cnnviz/ui/shared" and len(pages) > 1)


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.name)
def test_gaps_agree(path: Path) -> None:
    """A translation names exactly the gaps of its English sentence; a gap lost would lose a figure."""
    with path.open("rb") as file:
        for entry in read_po(file):
            if entry.id and entry.string:
                assert sorted(set(GAP.findall(str(entry.string)))) == sorted(set(GAP.findall(str(entry.id)))), entry.id


def test_one_english_sentence_has_one_chinese_one() -> None:
    """Two catalogues never translate the same sentence differently."""
    seen: dict[str, str] = {}
    for path in CATALOGUES:
        with path.open("rb") as file:
            for entry in read_po(file):
                if entry.id:
                    chinese = seen.setdefault(key(entry.id, entry.context), str(entry.string))
                    assert chinese == str(entry.string), entry.id


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.name)
def test_entries_are_whole(path: Path) -> None:
    """One sentence, one translation: two branches merged line by line can leave two, of which one would win unseen."""
    lines = path.read_text(encoding="utf-8").splitlines()
    words = [line.split(" ")[0] for line in lines if line and not line.startswith("#")]
    keys = "".join({"msgctxt": "c", "msgid": "i", "msgstr": "s"}.get(word, "?") for word in words)
    assert re.fullmatch(r"(c?is)+", keys)


def test_translation_is_used() -> None:
    """The catalogue answers in Chinese, and in English with the sentence itself."""
    assert translations("zh").gettext("Training") == "训练"
    assert translations("en").gettext("Training") == "Training"


def test_one_word_of_two_meanings_is_two_messages() -> None:
    """A training's step and the step of a signal are one word in English only; the context is shown to nobody."""
    training, signal = NC_("training", "Step"), NC_("signal", "Step")
    assert {training, signal} <= set(messages_in_the_code())
    assert [translated(message, "zh") for message in (training, signal)] == ["训练步", "阶跃"]
    assert [translated(message, "en") for message in (training, signal)] == ["Step", "Step"]


@pytest.mark.parametrize(
    ("wishes", "language"),
    [(("zh-CN",), "zh"), (("en-GB", "zh"), "en"), ((None, "zh_TW"), "zh"), (("fr", "de"), "en"), ((), "en")],
)
def test_first_wish_we_speak(wishes: tuple[str | None, ...], language: str) -> None:
    """Languages are chosen by the first wish we speak; English if none."""
    assert choose_language(*wishes) == language


def test_no_string_on_a_page_escapes_gettext() -> None:
    """Texts handed to Streamlit's widgets on a page or in ui go through `_`, never straight."""
    shows = r"st\.(?:sidebar\.)?(?:title|header|subheader|write|markdown|caption|button|slider|selectbox|number_input|"
    shows += r"checkbox|toggle|radio|error|warning|info|success|metric|text_input|file_uploader|spinner|page_link)"
    straight = re.compile(shows + r"\(\s*f?[\"'](?=[^\"']*[A-Za-z]{3})")
    files = [*(REPOSITORY / "pages").glob("*.py"), *(REPOSITORY / "cnnviz" / "ui").rglob("*.py")]
    offenders = [
        f"{path.name}: {match.group(0)}"
        for path in files
        for match in straight.finditer(path.read_text(encoding="utf-8"))
        if not (
            path.name == "i18n.py" and "Language" in path.read_text(encoding="utf-8")[match.start() : match.end() + 40]
        )
    ]
    assert offenders == []


def test_gaps_are_filled_where_the_language_is_known() -> None:
    """No page and no command fills a sentence's gaps by `str.format`, which knows nothing of Chinese spaces."""
    files = [*(REPOSITORY / "pages").glob("*.py"), *(REPOSITORY / "cnnviz" / "ui").rglob("*.py")]
    files += (REPOSITORY / "cnnviz" / "commands").glob("*.py")
    assert [path.name for path in files if ".format(" in path.read_text(encoding="utf-8")] == []
