"""Store of own sets: names, owners, deletion, damage."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from cnnviz.base.errors import CnnvizError, ConfigurationError, CorruptDataError, DataError, MissingDataError
from cnnviz.data.own import store
from cnnviz.data.own.importing import ImportSettings, import_set
from cnnviz.data.own.names import checked_name
from cnnviz.data.own.offered import offered_folders, resolve_offered
from cnnviz.data.own.sources import CollectedSource
from cnnviz.data.registry import available, dataset
from tests.data.own.zips import files_below

PICTURES = CollectedSource({name: [np.full((9, 9), 9 * index, np.uint8) for index in range(3)] for name in "ab"})


def made(name: str, owner: str = "") -> Path:
    import_set(PICTURES, ImportSettings(name, owner=owner))
    return store.place() / name


def test_another_set_under_the_same_name() -> None:
    """Its version tells it from the first, though pictures, counts and mean are the same and labels alone differ."""
    made("pets")
    first = dataset("own:pets")
    assert first.version == dataset("own:pets").version
    store.delete("pets")
    a, b = PICTURES.pictures.values()
    import_set(CollectedSource({"a": b, "b": a}), ImportSettings("pets"))
    second = dataset("own:pets")
    assert (second.mean, second.train_images, second.classes) == (first.mean, first.train_images, first.classes)
    assert second.version != first.version


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("cats", "cats"),
        (" My cats  2 ", "My-cats-2"),
        ("猫和狗", "猫和狗"),
        ("cafe\u0301", "café"),
        ("हिन्दी", "हिन्दी"),
        ("a" * 40, "a" * 40),
    ],
)
def test_names(text: str, name: str) -> None:
    """Letters of any script; spaces become hyphens."""
    assert checked_name(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "a" * 41,
        "../x",
        "a/b",
        "a\\b",
        ".hidden",
        "-x",
        "_x",
        "a.b",
        "a:b",
        "a\0b",
        "con",
        "NUL",
        "Com1",
        "*",
        "~",
        "a|b",
        "<b>",
    ],
)
def test_no_names(text: str) -> None:
    """What leads elsewhere, means something to a shell or is a device of Windows."""
    with pytest.raises(ConfigurationError, match="name must"):
        import_set(PICTURES, ImportSettings(text))
    assert store.names() == ()


def test_a_name_that_is_taken() -> None:
    """Also by one that some file systems take for the same."""
    made("Pets")
    for name in ("Pets", "pets", "PETS"):
        with pytest.raises(ConfigurationError, match="no set has yet"):
            made(name)
    assert store.names() == ("Pets",)


def test_deleted_by_its_owner_alone(own_home: Path) -> None:
    """Neither by somebody else nor by nobody; the command line may."""
    made("mine", owner="anna")
    made("everybodys")
    assert (store.owner_of("mine"), store.owner_of("own:everybodys")) == ("anna", "")
    for name, owner in (("mine", "otto"), ("mine", ""), ("everybodys", "anna"), ("everybodys", "")):
        with pytest.raises(DataError, match="imported by somebody else"):
            store.delete(name, owner)
    assert store.names() == ("everybodys", "mine")
    store.delete("own:mine", "anna")
    store.delete("everybodys")
    assert files_below(own_home / "data") == []


@pytest.mark.parametrize("name", ["../runs", "a/../../x", "/etc", ".", "..", "", "nothing", "\0"])
def test_names_of_nothing(name: str, own_home: Path) -> None:
    """Never joined to a path: whatever is asked for is not here."""
    made("a")
    victim = own_home / "runs"
    victim.mkdir()
    (victim / "set.json").write_text("{}")
    for ask in (store.of_own, store.owner_of, store.delete):
        with pytest.raises(MissingDataError):
            ask(name)
    assert (victim / "set.json").is_file()
    assert store.names() == ("a",)


def test_a_set_that_is_gone_says_which_there_are() -> None:
    """In a link, or of a run that is resumed."""
    with pytest.raises(MissingDataError, match="data import"):
        dataset("own:pets")
    made("cats")
    with pytest.raises(MissingDataError, match=r"data must be one of own:cats\. Got own:pets"):
        dataset("own:pets")


@pytest.mark.parametrize("damage", ["cut", "changed", "gone", "no facts", "odd facts"])
def test_a_damaged_set(damage: str) -> None:
    """One sentence, wherever it is met."""
    folder = made("a")
    spec = dataset("own:a")
    file = folder / "train.npy"
    if damage == "cut":
        file.write_bytes(file.read_bytes()[:-5])
    elif damage == "changed":
        file.write_bytes(file.read_bytes()[:-1] + b"\xff")
    elif damage == "gone":
        file.unlink()
    else:
        (folder / "set.json").write_text("{" if damage == "no facts" else json.dumps({"sha256": {}, "classes": 3}))
    states = [state for _, state in spec.check()]
    assert any("cut or changed since it was imported" in state for state in states) or damage == "odd facts"
    if damage.endswith("facts"):
        with pytest.raises(CorruptDataError, match="cut or changed"):
            dataset("own:a")
    elif damage != "changed":
        with pytest.raises(CorruptDataError, match="cut or changed"):
            spec.load("train")


def test_offered_everywhere(own_home: Path) -> None:
    """Own sets behind the app's, folders last; unfinished and foreign things are none."""
    made("b")
    made("a")
    (own_home / "data" / ".x.cnnviz-import").mkdir()
    (own_home / "data" / "empty").mkdir()
    assert available()[-2:] == ("own:a", "own:b")
    assert available(to_train=True)[0] == "digits"


def test_folders_of_the_operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what lies directly below CNNVIZ_PICTURES, and links only within it."""
    assert offered_folders() == ()
    root, outside = tmp_path / "root", tmp_path / "outside"
    for folder in (root / "pets", root / ".hidden", outside):
        folder.mkdir(parents=True)
    (root / "more.zip").write_bytes(b"PK")
    (root / "notes.txt").write_bytes(b"x")
    (root / "leads-out").symlink_to(outside)
    (root / "leads-within").symlink_to(root / "pets")
    (root / "round").symlink_to(root / "round")
    monkeypatch.setenv("CNNVIZ_PICTURES", str(root))
    assert offered_folders() == ("leads-within", "more.zip", "pets")
    assert resolve_offered("pets") == (root / "pets").resolve()
    for name in (
        "",
        ".",
        "..",
        "leads-out",
        "../outside",
        str(outside),
        ".hidden",
        "notes.txt",
        "pets/..",
        "round",
        "a\0b",
        "x" * 999,
    ):
        with pytest.raises(CnnvizError, match="none of the folders"):
            resolve_offered(name)
    monkeypatch.delenv("CNNVIZ_PICTURES")
    with pytest.raises(CnnvizError, match="none of the folders"):
        resolve_offered("pets")
