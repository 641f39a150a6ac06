"""Import of a set: from each kind of source, split by a seed, whole or not at all, prepared as what is asked about."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from cnnviz.base.errors import CnnvizError, ConfigurationError, CorruptDataError, DataError
from cnnviz.data import decoding_many
from cnnviz.data.dataset_spec import DatasetSpec
from cnnviz.data.decoding import decode_picture
from cnnviz.data.decoding_many import Members
from cnnviz.data.mnist_style import centre_like_mnist, for_dataset, for_drawing
from cnnviz.data.own import store
from cnnviz.data.own.importing import BrokenPicturesError, ImportSettings, import_set, look, looking, steps
from cnnviz.data.own.measuring import drawn_rows, put_aside, suggested_size
from cnnviz.data.own.sources import CollectedSource, FolderSource, IdxSource, SetSource, ZipSource, source_of
from cnnviz.data.registry import available, dataset
from tests.data.made import archives, contents, idx_bytes
from tests.data.own.zips import Part, archive, files_below, packed, pets, picture


def zipped(count: int = 4, top: str = "") -> ZipSource:
    return ZipSource(io.BytesIO(archive(pets(count, top))), "pets.zip")


def all_images(spec: DatasetSpec) -> np.ndarray:
    return np.concatenate([spec.load(split).images for split in ("train", "test")])


def said(spec: DatasetSpec) -> str:
    return " ".join(remark.template.format(**remark.values) for remark in spec.remarks)


def test_a_look_before() -> None:
    """Classes with counts, sizes, a free name, some pictures; nothing is written."""
    preview = look(zipped(6))
    assert [(each.name, each.train, each.test) for each in preview.classes] == [("cat", 6, 0), ("dog", 6, 0)]
    assert (preview.name, preview.count, preview.has_test, preview.color) == ("pets", 12, False, True)
    assert (preview.sizes, preview.image_size, preview.side) == ((((12, 12), 12),), (3, 12, 12), 12)
    assert [sample.class_name for sample in preview.samples] == ["cat"] * 6 + ["dog"] * 6
    assert np.array_equal(preview.samples[0].picture, picture(0))
    heard = list(looking(zipped(6)))
    assert [(each.done, each.total) for each in heard[:3]] == [(0, 0), (0, 12), (1, 12)]
    assert [each.preview is None for each in heard] == [True] * (len(heard) - 1) + [False]
    assert store.names() == ()
    import_set(zipped(), ImportSettings("pets"))
    assert look(zipped()).name == "pets-2"


def test_a_set_of_ones_own_is_a_data_set(own_home: Path) -> None:
    """By its name wherever one is taken, with mean and deviation of its training half; trained on and checked."""
    spec = import_set(zipped(10), ImportSettings("my pets"))
    assert (spec.name, spec.label) == ("own:my-pets", "my-pets")
    assert "own:my-pets" in available()
    again = dataset("own:my-pets")
    train = again.load("train")
    assert again.mean == pytest.approx((train.images / 255).mean(axis=(0, 2, 3)), abs=5e-5)
    assert again.std == pytest.approx((train.images / 255).std(axis=(0, 2, 3)), abs=5e-5)
    assert [state for _, state in again.check()] == ["ok"] * 4
    assert files_below(own_home / "data") == files_of("my-pets")


def test_split_by_the_seed() -> None:
    """Of each class its share, at least one; the same seed gives the same halves, another others; it is said."""
    halves = {}
    for name, seed, share in (("a", 1, 0.3), ("b", 1, 0.3), ("c", 2, 0.3), ("d", 1, 0.05)):
        spec = import_set(zipped(10), ImportSettings(name, seed=seed, test_share=share))
        halves[name] = spec.load("test")
    assert [np.bincount(halves[name].labels).tolist() for name in "abcd"] == [[3, 3], [3, 3], [3, 3], [1, 1]]
    assert np.array_equal(halves["a"].images, halves["b"].images)
    assert not np.array_equal(halves["a"].images, halves["c"].images)
    assert "30% of each class was put aside" in said(dataset("own:c"))
    assert "seed 2" in said(dataset("own:c"))


def test_what_is_not_kept_is_not_decoded() -> None:
    """Split, classes and `each` are drawn before: of 30 pictures 12 are read, the same ones as if all had been."""
    parts = [*pets(10), *[Part(f"cow/{number}.png", packed(picture(number))) for number in range(10)]]
    settings = ImportSettings("a", classes=("cat", "dog"), each=4, seed=3)
    labels = np.repeat([0, 1], 10)
    train, test = put_aside(labels, 0.2, 3)
    train = drawn_rows(labels, train, 4, 3)
    numbers = np.array([*range(10), *range(100, 110)])
    assert {step.total for step in steps(ZipSource(io.BytesIO(archive(parts)), "a.zip"), settings)} == {12}
    for split, rows in (("train", train), ("test", test)):
        kept = dataset("own:a").load(split)
        assert np.array_equal(kept.images, [picture(n).transpose(2, 0, 1) for n in numbers[rows]])
        assert np.array_equal(kept.labels, labels[rows])
    unread = next(row for row in range(20) if row not in {*train, *test})
    broken = list(parts)
    broken[unread] = replace(parts[unread], content=b"\xff\xd8 none")
    spec = import_set(ZipSource(io.BytesIO(archive(broken)), "a.zip"), replace(settings, name="b"))
    assert np.array_equal(all_images(spec), all_images(dataset("own:a")))
    broken[train[0]] = replace(parts[train[0]], content=b"\xff\xd8 none")
    source = ZipSource(io.BytesIO(archive(broken)), "a.zip")
    with pytest.raises(BrokenPicturesError, match="1 of 12"):
        import_set(source, replace(settings, name="c"))
    assert import_set(source, replace(settings, name="c", skip_broken=True)).train_images == 7


def test_classes_that_look_alike_are_named() -> None:
    """Blank pictures of two classes, in whatever grey; not where each has its own."""
    blank = {name: [np.full((28, 28), 9 * row, np.uint8) for row in range(5)] for name in ("mug", "spoon")}
    drawn = {name: [each.copy() for each in pictures] for name, pictures in blank.items()}
    for number, pictures in enumerate(drawn.values()):
        for row, each in enumerate(pictures):
            each[5 + row, 5 : 9 + number] = 255
    settings = ImportSettings("blank", side=28, color=False)
    assert "mug and spoon look alike" in said(import_set(CollectedSource(blank, are_drawings=False), settings))
    settings = ImportSettings("drawn", side=28, color=False)
    assert "look alike" not in said(import_set(CollectedSource(drawn, are_drawings=False), settings))


def test_halves_that_are_there() -> None:
    """Are kept, and what is in both is counted."""
    parts = [*pets(4, "train/"), *pets(2, "test/")]
    spec = import_set(ZipSource(io.BytesIO(archive(parts)), "a.zip"), ImportSettings("a"))
    assert (spec.train_images, spec.test_images) == (8, 4)
    assert spec.load("test").labels.tolist() == [0, 0, 1, 1]
    assert "4 of 4 test pictures are also among those to train on" in said(spec)


def test_size_and_colour() -> None:
    """As chosen; cut from the middle as a picture that is asked about."""
    spec = import_set(zipped(), ImportSettings("a", side=8, color=False))
    assert spec.image_size == (1, 8, 8)
    assert {image.tobytes() for image in all_images(spec)} == {
        for_dataset(picture(seed), spec).tobytes() for seed in (0, 1, 2, 3, 100, 101, 102, 103)
    }
    assert "8 of 8 pictures had another size" in said(spec)


def test_grey_pictures_stay_grey() -> None:
    """One channel where no picture has colour, unless one says so."""
    grey = {
        name: [np.full((9, 9), level + index, np.uint8) for index in range(3)] for name, level in (("a", 9), ("b", 99))
    }
    assert import_set(CollectedSource(grey), ImportSettings("a")).image_size == (1, 9, 9)
    assert import_set(CollectedSource(grey), ImportSettings("b", color=True)).image_size == (3, 9, 9)


def test_two_classes_of_a_set_that_is_here() -> None:
    """Fifty of each to train on, all of theirs to test; as they are, framed as they are."""
    spec = import_set(SetSource("digits"), ImportSettings("pair", classes=("3", "8"), each=50))
    digits = dataset("digits")
    train, test = spec.load("train"), spec.load("test")
    assert (spec.classes, spec.image_size, spec.framing) == (("3", "8"), digits.image_size, digits.framing)
    assert np.bincount(train.labels).tolist() == [50, 50]
    theirs = digits.load("test")
    chosen = np.isin(theirs.labels, (3, 8))
    assert np.array_equal(test.images, theirs.images[chosen])
    assert np.array_equal(test.labels, (theirs.labels[chosen] == 8).astype(int))
    known = {image.tobytes() for image in digits.load("train").images}
    assert all(image.tobytes() in known for image in train.images)


@pytest.mark.parametrize("packed_up", [False, True])
def test_files_of_mnist(packed_up: bool, tmp_path: Path) -> None:
    """Brought by stick: found beside each other, packed or not, in a folder or an archive."""
    made = contents()
    files = {f"{name}.gz": content for name, content in archives(made).items()} if packed_up else made
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    one = next(iter(files))
    for number, source in enumerate((source_of(str(tmp_path)), source_of(str(tmp_path / one)), IdxSource(files))):
        spec = import_set(source, ImportSettings(f"set{number}"))
        assert (spec.image_size, spec.train_images, spec.test_images) == ((1, 28, 28), 30, 20)
        assert spec.classes == tuple("0123456789")
        assert idx_bytes(spec.load("test").images[:, 0]) == made["t10k-images-idx3-ubyte"]
        assert spec.load("train").labels.tolist() == [index % 10 for index in range(30)]


@pytest.mark.complete
def test_mnist_itself_is_recognised(complete_data: Path) -> None:
    """Its framing, by measuring: a drawing is made like its digits."""
    spec = import_set(source_of(str(complete_data / "MNIST" / "raw")), ImportSettings("stick"))
    assert spec.framing is not None
    assert (spec.framing.box, spec.framing.centre) == (20, "mass")
    assert spec.framing.pen == pytest.approx(2.7, abs=0.3)
    assert (spec.mean, spec.std) == (dataset("mnist").mean, dataset("mnist").std)


RANDOM = np.random.default_rng(3)


def photo(number: int) -> Image.Image:
    return Image.fromarray(RANDOM.integers(0, 256, (40, 30, 3), dtype=np.uint8))


def on_paper(number: int) -> Image.Image:
    """Black strokes on white, somewhere."""
    image = Image.new("L", (28, 28), 255)
    x, y = map(int, RANDOM.integers(1, 8, 2))
    shape = (x, y, x + 14, y + 14)
    draw = ImageDraw.Draw(image)
    (draw.ellipse if number % 2 else draw.rectangle)(shape, outline=0, width=2)
    return image


def grey_photo(number: int) -> Image.Image:
    ys, xs = np.mgrid[0:28, 0:28]
    levels = 60 + 100 * np.exp(-((xs - 8 - number) ** 2 + (ys - 14) ** 2) / 80) + RANDOM.normal(0, 6, (28, 28))
    return Image.fromarray(levels.clip(0, 255).astype(np.uint8))


def white_on_black(number: int) -> Image.Image:
    return Image.fromarray(255 - np.asarray(on_paper(number)))


@pytest.mark.parametrize("make", [photo, on_paper, grey_photo, white_on_black])
@pytest.mark.parametrize("side", [None, 16])
def test_asked_about_as_imported(make: Callable[[int], Image.Image], side: int | None, tmp_path: Path) -> None:
    """The same picture becomes the same pixels, whether it is trained on or asked about."""
    files = []
    for number in range(12):
        file = tmp_path / "pets" / ("a" if number % 2 else "b") / f"{number}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        make(number).save(file)
        files.append(file)
    spec = import_set(FolderSource(tmp_path / "pets"), ImportSettings("set", side=side))
    asked = {for_dataset(decode_picture(file.read_bytes()), spec).tobytes() for file in files}
    assert {image.tobytes() for image in all_images(spec)} == asked


@pytest.mark.parametrize("colour", [False, True])
def test_framed_pictures_asked_about(colour: bool) -> None:
    """Bright on dark, placed as MNIST's: recognised where they came grey; the same pixels either way."""
    pictures: dict[str, list[np.ndarray]] = {"a": [], "b": []}
    for number in range(40):
        ink = centre_like_mnist(strokes(number % 7))
        pictures["a" if number % 2 else "b"].append(np.dstack([ink, ink // 2, ink // 3]) if colour else ink)
    spec = import_set(CollectedSource(pictures), ImportSettings("set", color=False))
    assert (spec.framing is not None) == (not colour)
    asked = {for_dataset(picture, spec).tobytes() for given in pictures.values() for picture in given}
    assert {image.tobytes() for image in all_images(spec)} == asked


def strokes(number: int) -> np.ndarray:
    """Off a drawing pad: white on black, anywhere on it."""
    image = Image.new("L", (280, 280), 0)
    x, y = map(int, RANDOM.integers(20, 120, 2))
    ImageDraw.Draw(image).line([(x, y), (x + 90, y + 20 * number), (x + 20, y + 130)], fill=255, width=18)
    return np.asarray(image)


def test_collected_drawings() -> None:
    """Framed as MNIST's digits; drawn once more they are the same."""
    drawings = {name: [strokes(number) for number in range(4)] for name in ("up", "down")}
    spec = import_set(CollectedSource(drawings, are_drawings=True), ImportSettings("drawn"))
    assert spec.image_size == (1, 28, 28)
    asked = {for_drawing(ink, spec).tobytes() for name in drawings for ink in drawings[name]}
    assert {image.tobytes() for image in all_images(spec)} == asked
    assert all(image.any(axis=(0, 1)).sum() <= 20 for image in all_images(spec))
    smaller = import_set(CollectedSource(drawings, are_drawings=True), ImportSettings("smaller", side=14))
    assert {image.tobytes() for image in all_images(smaller)} == {
        for_drawing(ink, smaller).tobytes() for name in drawings for ink in drawings[name]
    }


def test_a_blank_drawing_is_named() -> None:
    """It would teach nothing."""
    drawings = {name: [strokes(number) for number in range(3)] for name in ("up", "down")}
    drawings["down"].append(np.zeros((280, 280), np.uint8))
    source = CollectedSource(drawings, are_drawings=True)
    with pytest.raises(CnnvizError, match=r"1 of 7 pictures cannot be read: down 4\..*blank"):
        import_set(source, ImportSettings("drawn"))
    spec = import_set(source, ImportSettings("drawn", skip_broken=True))
    assert spec.train_images + spec.test_images == 6


def test_cancelled_at_any_step(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is left, and the name is free; progress counts up to all."""
    monkeypatch.setattr(decoding_many, "_EVERY", 0.0)
    heard = [step.done for step in steps(zipped(), ImportSettings("whole"))]
    assert heard == sorted(heard)
    assert heard[-1] == 8
    for stop in range(len(heard) - 1):
        under_way = steps(zipped(), ImportSettings("half"))
        for _step in range(stop + 1):
            next(under_way)
        under_way.close()
        assert files_below(own_home / "data") == files_of("whole")
    with pytest.raises(DataError, match="was cancelled; nothing of it was kept"):
        import_set(zipped(), ImportSettings("half"), is_cancelled=lambda: True)
    assert store.names() == ("whole",)


def files_of(name: str) -> list[str]:
    files = ("set.json", "test-labels.npy", "test.npy", "train-labels.npy", "train.npy")
    return [name, *(f"{name}/{file}" for file in files)]


@pytest.mark.slow
def test_an_upload_by_several_processes(monkeypatch: pytest.MonkeyPatch, own_home: Path) -> None:
    """Each picture in its place; ended in the middle, its processes end too, and the copy of the upload goes."""
    one = import_set(zipped(30), ImportSettings("one"))
    monkeypatch.setattr(decoding_many, "_WORTH_IT", 1)
    monkeypatch.setattr(decoding_many, "cores", lambda: 3)
    many = import_set(zipped(30), ImportSettings("many"))
    for split in ("train", "test"):
        assert np.array_equal(one.load(split).images, many.load(split).images)
    under_way = steps(zipped(30), ImportSettings("half"))
    next(under_way)
    under_way.close()
    assert [path.name for path in (own_home / "data").iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"test_share": 0.9}, "test_share must be 0.05 to 0.5. Got 0.9"),
        ({"test_share": float("nan")}, "test_share must be"),
        ({"seed": -1}, "seed"),
        ({"side": 4}, "side"),
        ({"side": 500}, "side"),
        ({"each": 0}, "each"),
        ({"classes": ("cat", "fox")}, "classes must be one of cat, dog. Got fox"),
        ({"classes": ("cat",)}, "classes must name at least two of cat, dog. Got cat"),
    ],
)
def test_settings_that_do_not_fit(settings: dict[str, object], sentence: str) -> None:
    """One sentence with the parameter, its rule and what was said."""
    with pytest.raises(ConfigurationError, match=sentence):
        import_set(zipped(), ImportSettings("a", **settings))  # type: ignore[arg-type]
    assert store.names() == ()


def test_bounds_of_memory_and_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A set too large for memory, a full disk, a full store: refused before a picture is decoded."""
    monkeypatch.setattr("cnnviz.data.own.measuring.MOST_BYTES", 8 * 3 * 50 * 50)
    with pytest.raises(ConfigurationError, match="side must be 50 or less: 8 pictures of 64 × 64"):
        import_set(zipped(), ImportSettings("a", side=64))
    monkeypatch.setenv("CNNVIZ_OWN_MB", "1")
    import_set(CollectedSource({name: [np.zeros((9, 9), np.uint8)] * 3 for name in "ab"}), ImportSettings("small"))
    monkeypatch.undo()
    monkeypatch.setattr("cnnviz.data.own.importing.FREE_DISK", 1 << 60)
    with pytest.raises(DataError, match="MB are free"):
        import_set(zipped(), ImportSettings("a"))


@pytest.mark.parametrize("ask", [look, lambda source: import_set(source, ImportSettings("a"))])
def test_an_upload_put_away_meanwhile(ask: Callable[[ZipSource], object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Its visitor has chosen another file: that is said, and not that his pictures are damaged."""
    source = zipped()

    def put_away(raw: bytes, **_how: object) -> np.ndarray:
        assert isinstance(source.file, io.BytesIO)
        source.file.close()
        return decode_picture(raw)

    for module in ("opened", "preview"):
        monkeypatch.setattr(f"cnnviz.data.own.{module}.decode_picture", put_away, raising=False)
    monkeypatch.setattr("cnnviz.data.decoding_many.decode_picture", put_away)
    with pytest.raises(DataError, match="put away while it was being read"):
        ask(source)
    assert store.names() == ()


@pytest.mark.parametrize("by_processes", [False, True])
def test_pixels_of_a_whole_archive(by_processes: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Small files may have millions of pixels: past the bound none is decoded, and the sentence says so."""
    raw = packed(np.full((100, 100), 90, np.uint8))
    path = tmp_path / "blank.zip"
    path.write_bytes(archive([Part(f"{name}/{number}.png", raw) for name in "ab" for number in range(10)]))
    if by_processes:
        monkeypatch.setattr("cnnviz.data.decoding_many._WORTH_IT", 5)
        monkeypatch.setattr("cnnviz.data.decoding_many.cores", lambda: 2)
    opened_as = "cnnviz.data.own.archive_pictures.Members"
    monkeypatch.setattr(opened_as, lambda file, members: Members(file, members, 60_000))
    with pytest.raises(CorruptDataError, match="million pixels together") as raised:
        import_set(ZipSource(path), ImportSettings("a", side=16))
    assert isinstance(raised.value, BrokenPicturesError)
    assert len(raised.value.broken) == 14
    assert store.names() == ()


def test_a_full_store(monkeypatch: pytest.MonkeyPatch) -> None:
    """All own sets together have a bound, which the operator sets."""
    monkeypatch.setenv("CNNVIZ_OWN_MB", "1")
    noise = {name: [RANDOM.integers(0, 256, (128, 128, 3), dtype=np.uint8) for _ in range(12)] for name in "ab"}
    with pytest.raises(DataError, match="All own sets together may take 1 MB"):
        import_set(CollectedSource(noise), ImportSettings("a", side=128))


def test_suggested_sizes() -> None:
    """Their own where most are alike and small; else a square that small networks can look at."""
    assert suggested_size(Counter({(32, 32): 9, (40, 10): 3}), 12) == (32, 32)
    assert suggested_size(Counter({(48, 24): 9}), 9) == (48, 24)
    assert suggested_size(Counter({(3024, 4032): 9}), 9) == (64, 64)
    assert suggested_size(Counter({(20, 30): 1, (22, 40): 1, (30, 24): 1}), 3) == (22, 22)
    assert suggested_size(Counter(), 3) == (64, 64)


def test_collected_classes_are_checked() -> None:
    """Two of them, with two pictures each, and names in one line."""
    some = [np.zeros((9, 9), np.uint8)] * 2
    for pictures, sentence in (
        ({"a": some}, "Here are 1: add a class"),
        ({"a": some, "b": some[:1]}, "needs 2 pictures or more.*b"),
        ({"a": some, "a ": some, "b": some}, "a name of its own"),
        ({"a": some, "b\nc": some}, "in one line"),
        ({"a": some, "": some}, "1 to 255 characters"),
    ):
        with pytest.raises(DataError, match=sentence):
            import_set(CollectedSource(pictures), ImportSettings("set"))
