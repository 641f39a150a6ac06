"""Folders as people have them: nothing in them is silently taken for something else, and nothing left out unsaid."""

from __future__ import annotations

import os
import shutil
import socket
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnviz.base.errors import CorruptDataError, DataError, MissingDataError
from cnnviz.data.dataset_spec import DatasetSpec
from cnnviz.data.image_folder.dataset import common_size
from cnnviz.data.image_folder.offered import offered, remarks_on
from cnnviz.data.registry import dataset
from tests.data.pictures import fill, noise, put

DRAWN = "The folder has no test half: every fifth picture of each class was put aside for it."


def of(folder: Path) -> DatasetSpec:
    return dataset(f"folder:{folder}")


def said(folder: Path) -> list[str]:
    """The remarks on a folder, in English; that a test half was drawn is left out."""
    remarks = [remark.template.format(**remark.values) for remark in of(folder).remarks]
    return [remark for remark in remarks if remark != DRAWN]


def counts(folder: Path) -> tuple[int, int]:
    spec = of(folder)
    return spec.train_images, spec.test_images


@pytest.mark.parametrize(
    "junk",
    [
        *(".ipynb_checkpoints", ".git", ".AppleDouble", "__MACOSX", "@eaDir", "#recycle", "$RECYCLE.BIN"),
        *("System Volume Information", "lost+found", "Thumbs.db"),
    ],
)
def test_folders_of_the_system(junk: str, tmp_path: Path) -> None:
    """Beside the classes, within one, within a folder of one: their pictures are nobody's, and never both halves'."""
    fill(tmp_path)
    for place in (tmp_path, tmp_path / "cat", tmp_path / "cat" / "more"):
        for file in (tmp_path / "cat").glob("*.png"):
            put(place / junk / f"{file.stem}-copy.png", Image.open(file))
    put(tmp_path / "cat" / "more" / "own.png")
    spec = of(tmp_path)
    assert (spec.classes, counts(tmp_path), said(tmp_path)) == (("cat", "dog"), (10, 3), [])
    train, test = ({image.tobytes() for image in spec.load(split).images} for split in ("train", "test"))
    assert not train & test


@pytest.mark.parametrize(
    ("train", "test"),
    [
        *(("train", "test"), ("Training", "Testing"), ("TRAIN", "validation"), ("training_set", "test_set")),
        *(("training set", "test set"), ("trainset", "testset"), ("Train", "valid"), ("训练集", "测试集")),
        *(("训练", "验证"), ("train_images", "val_images"), ("seg_train", "seg_test"), ("xrayTrain", "xrayTest")),
    ],
)
def test_halves_by_many_names(train: str, test: str, tmp_path: Path) -> None:
    """They are halves, not classes."""
    fill(tmp_path / train, count=4)
    fill(tmp_path / test, count=2)
    assert (of(tmp_path).classes, counts(tmp_path), said(tmp_path)) == (("cat", "dog"), (8, 4), [])


@pytest.mark.parametrize(
    "names", [("train", "val", "test"), ("训练集", "验证集", "测试集"), ("Training", "dev", "Eval")]
)
def test_three_ways(names: tuple[str, str, str], tmp_path: Path) -> None:
    """The test half is tested with; the third is left out, and that is said."""
    for name, count in zip(names, (5, 3, 2), strict=True):
        fill(tmp_path / name, count=count)
    assert counts(tmp_path) == (10, 4)
    assert said(tmp_path) == [f"Left out, for they lie beside the halves that are used: {names[1]}."]


@pytest.mark.parametrize(
    "classes", [("bus", "car", "train"), ("invalid", "valid"), ("bullet train", "steam train"), ("control", "test")]
)
def test_classes_that_sound_like_halves(classes: tuple[str, ...], tmp_path: Path) -> None:
    """Pictures lie in them: they are classes."""
    assert of(fill(tmp_path, classes)).classes == classes


@pytest.mark.parametrize("names", [("Entrenamiento", "Prueba"), ("fold 1", "fold 2", "fold 3")])
def test_halves_by_names_nobody_knows(names: tuple[str, ...], tmp_path: Path) -> None:
    """The same sub-folders in two or three folders: refused, with what to do, rather than taken for classes."""
    for name in names:
        fill(tmp_path / name)
    with pytest.raises(DataError, match=f"the same sub-folders in {', '.join(names)}.*call them train and test"):
        of(tmp_path)


def test_halves_without_classes(tmp_path: Path) -> None:
    """Pictures straight in train and test have no class; two folders for one half are one too many."""
    for half in ("train", "test"):
        put(tmp_path / "flat" / half / "0.png")
    with pytest.raises(DataError, match="needs a sub-folder of pictures for each class"):
        of(tmp_path / "flat")
    for half in ("test", "testing", "train"):
        fill(tmp_path / "two" / half)
    with pytest.raises(DataError, match=r"two.test and .*testing are one half"):
        of(tmp_path / "two")


def test_a_test_half_alone(tmp_path: Path, own_home: Path) -> None:
    """Networks can be tested on it; whoever trains on it is told, and it is not offered for that."""
    zoo = own_home / "data" / "zoo"
    fill(zoo / "test", count=3)
    spec = dataset("folder:zoo")
    assert (spec.classes, spec.train_images, spec.test_images) == (("cat", "dog"), 0, 6)
    assert said(zoo) == ["The folder has a test half only: networks can be tested on it, not trained."]
    assert spec.load("test").labels.tolist() == [0, 0, 0, 1, 1, 1]
    assert spec.mean == pytest.approx(spec.load("test").images.mean(axis=(0, 2, 3)) / 255, abs=5e-5)
    with pytest.raises(DataError, match="has a test half only"):
        spec.load("train")
    assert (offered(), offered(to_train=True)) == (("folder:zoo",), ())
    fill(tmp_path / "vt" / "val")
    fill(tmp_path / "vt" / "test", count=2)
    assert counts(tmp_path / "vt") == (0, 4)


def test_one_name_in_several_unicode_forms(tmp_path: Path) -> None:
    """Composed in one half, decomposed in the other, or several in one half: one class."""
    fill(tmp_path / "a" / "train", (unicodedata.normalize("NFC", "café"), "dog"))
    fill(tmp_path / "a" / "test", (unicodedata.normalize("NFD", "café"), "dog"), count=2)
    assert (of(tmp_path / "a").classes, counts(tmp_path / "a")) == (("café", "dog"), (12, 4))
    for form in ("\u00c5", "A\u030a", "\u212b"):
        fill(tmp_path / "b", (form, "dog"), count=5)
    assert of(tmp_path / "b").classes == ("dog", "\u00c5")


def test_names_with_spaces_at_their_ends(tmp_path: Path) -> None:
    """They are the same class."""
    fill(tmp_path / "train", ("cat ", "dog"))
    fill(tmp_path / "test", ("cat", " dog"), count=1)
    assert (of(tmp_path).classes, counts(tmp_path)) == (("cat", "dog"), (12, 2))


@pytest.mark.skipif(os.name != "posix", reason="names of any bytes are a thing of Unix")
def test_names_that_are_no_text(tmp_path: Path) -> None:
    """As an old Chinese archive leaves them: read as GB 18030 where that makes sense, and never an exception."""
    fill(tmp_path, ("dog",))
    place = os.fsencode(tmp_path) + b"/" + "训练鞋".encode("gb18030")
    try:
        Path(os.fsdecode(place)).mkdir()
    except OSError:
        pytest.skip("this file system takes UTF-8 only")
    for index in range(4):
        put(Path(os.fsdecode(place + b"/\xe9%d.png" % index)))
    Path(os.fsdecode(place + b"/\xff.\xff")).touch()
    assert of(tmp_path).classes == ("dog", "训练鞋")
    assert said(tmp_path) == ["Left out, for their formats are not read: .\\xff (1)."]


@pytest.mark.parametrize("name", ["长" * 83, "\U0001f600" * 60])
def test_long_names(name: str, tmp_path: Path) -> None:
    """Names as long as the file system takes."""
    assert counts(fill(tmp_path / name)) == (10, 2)


@pytest.mark.parametrize("name", ["x" * 300, "a\0b", "\ud800", os.fsdecode(b"\xff")])
def test_names_no_folder_can_have(name: str, tmp_path: Path) -> None:
    """There is no such folder, whatever the system says of the name."""
    with pytest.raises(MissingDataError, match="There is no folder"):
        of(tmp_path / name)


def test_suffixes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those ImageFolder takes and more, in any case; what is left out is said with its number."""
    monkeypatch.setattr("cnnviz.data.image_folder.listing.heic_is_read", lambda: False)
    fill(tmp_path, count=5)
    suffixes = ("tif", "TIFF", "ppm", "pgm", "BMP", "GIF", "WebP", "JPG", "JPEG", "jfif", "jpe", "PNG")
    for seed, suffix in enumerate(suffixes):
        kind = {"TIF": "TIFF", "PGM": "PPM", "JPG": "JPEG", "JFIF": "JPEG", "JPE": "JPEG"}.get(suffix.upper())
        image = noise(seed).convert("L" if suffix == "pgm" else "RGB")
        image.save(tmp_path / "cat" / f"x{suffix}.{suffix}", kind or suffix.upper())
    for file in ("a.heic", "b.HEIC", "notes.txt", "bare", "desktop.ini", "Thumbs.db", ".DS_Store", "._00.png"):
        (tmp_path / "dog" / file).write_bytes(b"x")
    put(tmp_path / "loose.png")
    assert sum(counts(tmp_path)) == 22
    assert said(tmp_path) == [
        "Left out, for they lie in no class: loose.png.",
        "Left out, for their formats are not read: ? (1), .heic (2), .txt (1).",
    ]
    assert [remark.values for remark in remarks_on(f"folder:{tmp_path}")] == [
        remark.values for remark in of(tmp_path).remarks
    ]


def test_links_to_folders(tmp_path: Path) -> None:
    """A link out of the folder is followed, as a class or within one; none brings a picture a second time."""
    fill(tmp_path / "elsewhere", ("cow", "more"))
    fill(tmp_path / "zoo")
    (tmp_path / "zoo" / "cow").symlink_to(tmp_path / "elsewhere" / "cow")
    (tmp_path / "zoo" / "dog" / "more").symlink_to(tmp_path / "elsewhere" / "more")
    assert of(tmp_path / "zoo").classes == ("cat", "cow", "dog")
    assert (sum(counts(tmp_path / "zoo")), said(tmp_path / "zoo")) == (24, [])
    links = {"cat/cow": "elsewhere/cow", "cat/dog": "zoo/dog", "cat/up": "zoo", "kitty": "zoo/cat", "cat/top": "."}
    for link, place in links.items():
        (tmp_path / "zoo" / link).symlink_to(tmp_path / place)
    assert of(tmp_path / "zoo").classes == ("cat", "cow", "dog")
    assert sum(counts(tmp_path / "zoo")) == 24
    (remark,) = said(tmp_path / "zoo")
    assert remark.startswith("Left out, for they are no files or lead nowhere or to pictures listed already: ")
    assert remark.endswith(" … (5).")


def test_links_that_lead_nowhere_and_what_is_no_file(tmp_path: Path) -> None:
    """Dangling links, links in a circle, pipes and sockets are left out, and that is said; nothing waits for a pipe."""
    fill(tmp_path)
    (tmp_path / "cat" / "gone.png").symlink_to(tmp_path / "nowhere.png")
    (tmp_path / "cow").symlink_to(tmp_path / "nowhere")
    (tmp_path / "dog" / "round.png").symlink_to("round.png")
    os.mkfifo(tmp_path / "dog" / "pipe.png")
    with socket.socket(socket.AF_UNIX) as end:
        here = Path.cwd()
        os.chdir(tmp_path / "dog")  # a socket's path may have 108 characters
        end.bind("socket.png")
        os.chdir(here)
        assert counts(tmp_path) == (10, 2)
    (remark,) = said(tmp_path)
    assert remark.endswith("listed already: cow, cat/gone.png, dog/pipe.png … (5).")


def test_a_linked_file_is_a_picture(tmp_path: Path) -> None:
    """Halves made of links to pictures are usual; one that comes in both is noticed."""
    fill(tmp_path / "all")
    for half, numbers in (("train", "012345"), ("test", "5")):
        for name in ("cat", "dog"):
            (tmp_path / "zoo" / half / name).mkdir(parents=True)
            for number in numbers:
                link = tmp_path / "zoo" / half / name / f"{number}.png"
                link.symlink_to(tmp_path / "all" / name / f"0{number}.png")
    assert counts(tmp_path / "zoo") == (12, 2)
    assert said(tmp_path / "zoo") == [
        "2 of 2 test pictures are also among those to train on: the test flatters the network."
    ]


def test_copies_in_both_halves(tmp_path: Path) -> None:
    """A test half that is a copy of the training half is said to be one."""
    fill(tmp_path / "train")
    shutil.copytree(tmp_path / "train", tmp_path / "test")
    (remark,) = said(tmp_path)
    assert remark.startswith("12 of 12 test pictures")


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        (noise(0, 3, 9), "This picture has 9 × 3 pixels: too small to show anything. Use 4 × 4 or more."),
        (Image.new("1", (9000, 6000)), "9000 × 6000 pixels, more than the 51 million we read. Make it smaller."),
    ],
)
def test_pictures_of_a_size_we_do_not_read(image: Image.Image, reason: str, tmp_path: Path) -> None:
    """Named, with the reason."""
    put(fill(tmp_path) / "cat" / "odd.png", image)
    with pytest.raises(CorruptDataError) as caught:
        of(tmp_path)
    assert "odd.png" in str(caught.value)
    assert str(caught.value).endswith(reason)


def test_an_empty_class(tmp_path: Path) -> None:
    """Refused by its name: a class without a picture cannot be learnt."""
    (fill(tmp_path) / "cow").mkdir()
    with pytest.raises(DataError, match="cow has 0 pictures"):
        of(tmp_path)


def test_changes_deep_within_a_class_are_seen(tmp_path: Path) -> None:
    """A picture that comes into a folder of a folder of a class, linked or not."""
    put(fill(tmp_path) / "cat" / "a" / "b" / "0.png")
    assert sum(counts(tmp_path)) == 13
    put(tmp_path / "cat" / "a" / "b" / "1.png")
    assert sum(counts(tmp_path)) == 14
    shutil.rmtree(tmp_path / "cat" / "a")
    assert sum(counts(tmp_path)) == 12


def test_photos_that_lie_on_their_side(tmp_path: Path) -> None:
    """The common size is that of the pictures upright, so that nothing of them is cut off."""
    exif = Image.Exif()
    exif[0x0112] = 6
    for kind in ("JPEG", "PNG", "WEBP", "TIFF"):
        file = tmp_path / kind / "0.img"
        file.parent.mkdir()
        noise(0, 20, 30).save(file, kind, exif=exif)
        assert common_size([file]) == (30, 20)


def test_what_a_drawing_is_made_like(tmp_path: Path) -> None:
    """Whether the training pictures have light paper is measured at their edges."""
    for name, paper in (("white", 255), ("black", 0)):
        sheet = np.full((12, 12), paper, np.uint8)
        sheet[3:9, 3:9] = 255 - paper
        for half in ("a", "b"):
            for index in range(3):
                sheet[5, 5] = index * 20
                put(tmp_path / name / half / f"{index}.png", Image.fromarray(sheet))
    assert (of(tmp_path / "white").light_paper, of(tmp_path / "black").light_paper) == (True, False)
