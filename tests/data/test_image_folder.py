"""Folders of pictures are data sets: listed as torchvision does, decoded once, refused in one sentence."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from cnnviz.base.errors import CorruptDataError, DataError, MissingDataError
from cnnviz.commands import main
from cnnviz.data import decoding_many
from cnnviz.data.dataset_spec import Progress
from cnnviz.data.decoding_many import Files, decode_many
from cnnviz.data.image_folder import offered as folders
from cnnviz.data.image_folder.dataset import Facts, FolderFiles, common_size, mean_and_deviation
from cnnviz.data.image_folder.listing import list_folder
from cnnviz.data.image_folder.offered import offered
from cnnviz.data.registry import dataset
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import EpochEnd
from cnnviz.engine.train import train

CLASSES = ("bird", "cat")


def picture(seed: int, size: tuple[int, int] = (12, 10), color: bool = True) -> NDArray[np.uint8]:
    """Noise, (height, width[, 3])."""
    shape = (*size, 3) if color else size
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def fill(folder: Path, count: int, seed: int, **made: object) -> None:
    folder.mkdir(parents=True)
    for index in range(count):
        Image.fromarray(picture(seed + index, **made)).save(folder / f"{index:03d}.png")  # type: ignore[arg-type]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two classes, 6 + 3 pictures to train on, 2 + 2 to test."""
    for half, counts in (("train", (6, 3)), ("test", (2, 2))):
        for number, (name, count) in enumerate(zip(CLASSES, counts, strict=True)):
            fill(tmp_path / "zoo" / half / name, count, 1000 * number + 100 * (half == "test"))
    return tmp_path / "zoo"


def named(root: Path) -> str:
    return f"folder:{root}"


def test_pictures_and_labels(root: Path) -> None:
    """Every picture where torchvision's ImageFolder has it, pixel for pixel; labels by the class's name."""
    from torchvision.datasets import ImageFolder

    spec = dataset(named(root))
    assert (spec.name, spec.title, spec.classes) == (named(root), "zoo", CLASSES)
    assert (spec.image_size, spec.train_images, spec.test_images) == ((3, 12, 10), 9, 4)
    assert spec.remarks == ()
    for split in ("train", "test"):
        theirs = ImageFolder(str(root / split))
        ours = spec.load(split)
        assert ours.labels.tolist() == theirs.targets
        for image, (expected, _) in zip(ours.images, theirs, strict=True):
            assert np.array_equal(image.transpose(1, 2, 0), np.asarray(expected))


def test_mean_and_deviation_of_the_training_half(root: Path) -> None:
    """Measured over all training pixels of each channel, to four digits."""
    spec = dataset(named(root))
    pixels = spec.load("train").images / 255
    assert spec.mean == pytest.approx(pixels.mean(axis=(0, 2, 3)), abs=5e-5)
    assert spec.std == pytest.approx(pixels.std(axis=(0, 2, 3)), abs=5e-5)


def test_blank_pictures_can_be_normalised() -> None:
    """A deviation of 0 would divide by nothing."""
    assert mean_and_deviation(np.zeros((3, 1, 4, 4), np.uint8)) == ((0.0,), (0.0001,))


def test_decoded_once(root: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second time the arrays come from CNNVIZ_HOME; nothing is written into the folder."""
    before = sorted(root.rglob("*"))
    first = dataset(named(root)).load("train").images
    monkeypatch.setattr(decoding_many, "decode_picture", None)
    dataset_cache_clear()
    assert np.array_equal(dataset(named(root)).load("train").images, first)
    assert sorted(root.rglob("*")) == before
    names = sorted(file.name.split("-")[0] for file in (own_home / "folders").rglob("*.*"))
    assert names == ["facts.json", "test", "train"]


def dataset_cache_clear() -> None:
    """As in another process."""
    folders._known.clear()


def test_a_changed_folder_is_seen(root: Path, own_home: Path) -> None:
    """A picture that comes, goes or is written over is in the data set; the cache does not grow."""
    assert dataset(named(root)).train_images == 9
    Image.fromarray(picture(77)).save(root / "train" / "cat" / "new.png")
    assert dataset(named(root)).train_images == 10
    (root / "train" / "bird" / "000.png").unlink()
    assert dataset(named(root)).load("train").labels.tolist() == [0] * 5 + [1] * 4
    Image.fromarray(picture(78)).save(root / "train" / "bird" / "001.png")
    dataset_cache_clear()
    assert np.array_equal(dataset(named(root)).load("train").images[0].transpose(1, 2, 0), picture(78))
    (place,) = (own_home / "folders").iterdir()
    assert len(list(place.iterdir())) == 3


def test_a_folder_that_is_forgotten_meanwhile(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another visitor's thread may ask for so many others, just now, that this one is not remembered any more."""
    known = dataset(f"folder:{root}")

    def forgotten(_directories: object) -> bool:
        folders._known.clear()
        return False

    monkeypatch.setattr(folders, "_is_changed", forgotten)
    assert dataset(f"folder:{root}") is known


def test_pictures_and_labels_of_one_state(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that another process decodes anew while this one loads it: still every picture with its own label."""
    old, facts = dataset(named(root)), FolderFiles.facts

    def overtaken(files: FolderFiles, *heard: Progress) -> Facts:
        found = facts(files, *heard)
        monkeypatch.setattr(FolderFiles, "facts", facts)
        Image.fromarray(picture(77)).save(root / "train" / "bird" / "new.png")
        assert dataset(named(root)).train_images == 10
        return found

    monkeypatch.setattr(FolderFiles, "facts", overtaken)
    split = old.load("train")
    assert split.labels.tolist() == [0] * 6 + [1] * 3
    assert len(split.images) == 9
    assert len(dataset(named(root)).load("train").images) == 10


def test_what_a_killed_process_left_is_removed(root: Path, own_home: Path) -> None:
    """Half of a gigabyte would stay for ever; a file that is being written stays."""
    dataset(named(root))
    (place,) = (own_home / "folders").iterdir()
    dead, alive = (place / f".decoded.npy-{name}.cnnviz-part" for name in ("dead", "alive"))
    for file in (dead, alive):
        file.touch()
    os.utime(dead, (1, 1))
    Image.fromarray(picture(77)).save(root / "train" / "cat" / "new.png")
    dataset(named(root))
    assert (dead.exists(), alive.exists()) == (False, True)


def test_without_a_test_half(tmp_path: Path) -> None:
    """Every fifth picture of each class is put aside, and that is said."""
    for number, name in enumerate(CLASSES):
        fill(tmp_path / name, 10, 100 * number)
    spec = dataset(named(tmp_path))
    assert (spec.train_images, spec.test_images) == (16, 4)
    assert spec.load("test").labels.tolist() == [0, 0, 1, 1]
    assert [remark.template for remark in spec.remarks] == [
        "The folder has no test half: every fifth picture of each class was put aside for it."
    ]
    train, test = ({image.tobytes() for image in spec.load(split).images} for split in ("train", "test"))
    assert not train & test


def test_grey_pictures_have_one_channel(tmp_path: Path) -> None:
    """If all are grey; one in colour makes three of all."""
    for name in CLASSES:
        fill(tmp_path / name, 4, 5, color=False)
    assert dataset(named(tmp_path)).image_size == (1, 12, 10)
    Image.fromarray(picture(1)).save(tmp_path / "cat" / "colour.png")
    assert dataset(named(tmp_path)).image_size == (3, 12, 10)


def test_other_sizes_are_resized_and_counted(root: Path) -> None:
    """The size of most pictures is everybody's; the middle of the others is cut out, and that is said."""
    tall = np.zeros((40, 10, 3), np.uint8)
    tall[14:26] = 200  # the middle 12 rows of the 10 columns
    Image.fromarray(tall).save(root / "test" / "cat" / "tall.png")
    spec = dataset(named(root))
    assert spec.image_size == (3, 12, 10)
    assert bool((spec.load("test").images[-1] == 200).all())
    (remark,) = spec.remarks
    assert remark.template.format(**remark.values).startswith("1 of 14 pictures had another size")
    assert remark.template.format(**remark.values).endswith("resized to 12 × 10.")


def test_mixed_sizes_become_squares(tmp_path: Path) -> None:
    """Where no size is common: a square of the median shorter side, at most 256."""
    for index, side in enumerate((20, 30, 40, 50, 600)):
        Image.fromarray(picture(0, (side, side + index))).save(tmp_path / f"{index}.png")
    files = sorted(tmp_path.iterdir())
    assert common_size(files) == (40, 40)
    assert common_size(files[-1:]) == (254, 256)


def test_too_many_pictures_are_made_smaller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What would not fit into memory is shrunk until it does."""
    fill(tmp_path / "all", 10, 0, size=(100, 100))
    files = sorted((tmp_path / "all").iterdir())
    assert common_size(files) == (100, 100)
    monkeypatch.setattr("cnnviz.data.image_folder.dataset.MOST_BYTES", 10 * 3 * 50 * 50)
    assert common_size(files) == (50, 50)


def test_unreadable_pictures_are_named(root: Path) -> None:
    """All of them counted, three named, and what to do."""
    for index in range(4):
        (root / "train" / "cat" / f"broken{index}.jpg").write_bytes(b"\xff\xd8\xff\xe0 not a picture")
    with pytest.raises(CorruptDataError) as caught:
        dataset(named(root))
    sentence = str(caught.value)
    assert sentence.startswith("4 of 17 pictures cannot be read: ")
    assert sentence.count("broken") == 3
    assert "broken2.jpg …. Remove or replace them." in sentence
    assert sentence.endswith("This picture is damaged: its file ends too early or was changed. Use another copy.")


@pytest.mark.slow
def test_many_pictures_by_several_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each in its own row, with its own fate, and progress is heard in this thread."""
    fill(tmp_path / "all", 9, 0)
    (tmp_path / "all" / "004.png").write_bytes(b"broken")
    Image.fromarray(picture(8, (24, 20))).save(tmp_path / "all" / "008.png")
    files = sorted((tmp_path / "all").iterdir())
    monkeypatch.setattr(decoding_many, "_WORTH_IT", 1)
    monkeypatch.setattr(decoding_many, "cores", lambda: 3)
    decoded = decode_many(Files(files), tmp_path / "array.npy", (3, 12, 10))
    assert decoded.resized == 1
    assert [place for place, _ in decoded.broken] == [4]
    assert str(decoded.broken[0][1]).startswith("This is not a picture we can read.")
    array = np.load(tmp_path / "array.npy")
    assert array.shape == (9, 3, 12, 10)
    assert all(np.array_equal(array[index].transpose(1, 2, 0), picture(index)) for index in (0, 3, 5, 7))
    assert not array[4].any()


@pytest.mark.parametrize("last_words", ["", '{"resized": 1, "bro'])
def test_a_worker_that_dies(last_words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Missing answers are an error, not a data set with holes; so is half of one."""
    dying = tmp_path / "python"
    dying.write_text(f"#!/bin/sh\nprintf '{last_words}'\nexit 1\n")
    dying.chmod(0o755)
    fill(tmp_path / "all", 4, 0)
    monkeypatch.setattr(decoding_many, "_WORTH_IT", 1)
    monkeypatch.setattr(decoding_many, "cores", lambda: 2)
    monkeypatch.setattr(decoding_many.sys, "executable", str(dying))
    with pytest.raises(OSError, match="ended too early"):
        decode_many(Files(sorted((tmp_path / "all").iterdir())), tmp_path / "array.npy", (3, 12, 10))


@pytest.mark.parametrize(
    ("make", "error", "sentence"),
    [
        (lambda root: None, MissingDataError, "There is no folder"),
        (lambda root: root.mkdir(), DataError, "2 to 1000 of them. It has 0."),
        (lambda root: fill(root / "cat", 3, 0), DataError, "It has 1."),
        (lambda root: [fill(root / name, 1, 0) for name in CLASSES], DataError, "has 1 pictures, and at least 2"),
        (lambda root: [(root / name).mkdir(parents=True) for name in CLASSES], DataError, "has 0 pictures"),
        (
            lambda root: [fill(root / name, 2, 0) for name in ("train/cat", "train/dog", "test/cow")],
            DataError,
            "has a class cow that",
        ),
        (
            lambda root: [*(fill(root / name, 2, 0) for name in ("train/cat", "train/dog")), (root / "val").mkdir()],
            DataError,
            "val has no pictures",
        ),
    ],
)
def test_folders_that_are_none(make: object, error: type[Exception], sentence: str, tmp_path: Path) -> None:
    """Each in one sentence with the next step."""
    make(tmp_path / "here")  # type: ignore[operator]
    with pytest.raises(error) as caught:
        dataset(named(tmp_path / "here"))
    assert sentence in str(caught.value)


def test_hidden_and_other_files_are_left_out(root: Path) -> None:
    """Notes, thumbnails' leftovers and hidden folders are no pictures and no classes."""
    (root / "train" / ".cache").mkdir()
    (root / "train" / "cat" / "notes.txt").write_text("meow")
    (root / "train" / "cat" / "._000.png").write_bytes(b"x")
    listing = list_folder(root)
    assert listing.classes == CLASSES
    assert len(listing.train) == 9


def test_relative_names_lie_below_the_data(root: Path, own_home: Path) -> None:
    """`folder:zoo` is CNNVIZ_DATA/zoo, and what is there is offered by that name."""
    (own_home / "data").mkdir()
    assert offered() == ()
    root.rename(own_home / "data" / "zoo")
    (own_home / "data" / "MNIST").mkdir()
    assert offered() == ("folder:zoo",)
    assert dataset("folder:zoo").classes == CLASSES


@pytest.mark.skipif(os.geteuid() == 0 if hasattr(os, "geteuid") else True, reason="root may read everything")
def test_a_folder_we_may_not_read(root: Path) -> None:
    """One sentence that names it."""
    (root / "train").chmod(0)
    try:
        with pytest.raises(DataError, match="cannot be read"):
            dataset(named(root))
    finally:
        (root / "train").chmod(0o755)


def test_a_network_trains_on_a_folder(tmp_path: Path) -> None:
    """From files to an epoch: red and blue pictures of any size are told apart, and the card has the folder's name."""
    chance = np.random.default_rng(0)
    for name, channel in (("blue", 2), ("red", 0)):
        (tmp_path / name).mkdir()
        for index in range(40):
            image = chance.integers(0, 100, (20, 20, 3), dtype=np.uint8)
            image[..., channel] += 100
            Image.fromarray(image).save(tmp_path / name / f"{index}.png")
    config = TrainConfig(data=named(tmp_path), epochs=4, batch_size=16, device="cpu")
    ends = [event for event in train(config) if isinstance(event, EpochEnd)]
    assert ends[-1].test_accuracy == 1.0
    assert len(ends[-1].confusion) == 2


def test_command_line(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`data list` and `data check` take a folder; an error is one line."""
    assert main(["data", "list", named(root)]) == 0
    assert "3x12x10" in capsys.readouterr().out
    assert main(["data", "check", named(root)]) == 0
    assert main(["train", "--data", "folder:/nowhere/at/all"]) == 2
    assert capsys.readouterr().err == (
        "cnnviz: There is no folder /nowhere/at/all. Name a folder with a sub-folder of pictures for each class.\n"
    )
