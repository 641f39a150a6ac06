"""A picture of a visitor's is prepared as those trained on were, by one function; a blank one is refused."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from cnnviz.base.errors import PictureError
from cnnviz.data.dataset_spec import DatasetSpec
from cnnviz.data.decoding import decode_picture
from cnnviz.data.mnist_style import for_dataset, for_drawing
from cnnviz.data.registry import DATASETS, dataset
from tests.data.pictures import put

Draw = Callable[[int, np.random.Generator], Image.Image]


def strokes_on_paper(kind: int, chance: np.random.Generator) -> Image.Image:
    """Black on white, 28 x 28."""
    image = Image.new("L", (28, 28), 255)
    x, y = map(int, chance.integers(1, 8, 2))
    draw = ImageDraw.Draw(image)
    (draw.rectangle if kind else draw.ellipse)((x, y, x + 14, y + 14), outline=0, width=2)
    return image


def chalk(kind: int, chance: np.random.Generator) -> Image.Image:
    """White on black, anywhere."""
    return Image.fromarray(255 - np.asarray(strokes_on_paper(kind, chance)))


def grey_photo(kind: int, chance: np.random.Generator) -> Image.Image:
    """A bright spot left or right, with noise."""
    rows, columns = np.mgrid[0:28, 0:28]
    spot = 60 + 100 * np.exp(-((columns - (19 if kind else 8)) ** 2 + (rows - 14) ** 2) / 80)
    return Image.fromarray(np.clip(spot + chance.normal(0, 6, (28, 28)), 0, 255).astype(np.uint8))


def tall_photo(kind: int, chance: np.random.Generator) -> Image.Image:
    """Colours, 48 x 24."""
    return Image.fromarray(chance.integers(0, 256, (48, 24, 3), dtype=np.uint8))


def any_size(kind: int, chance: np.random.Generator) -> Image.Image:
    """Colours, each of another size."""
    height, width = chance.integers(20, 60, 2)
    return Image.fromarray(chance.integers(0, 256, (height, width, 3), dtype=np.uint8))


def sticker(kind: int, chance: np.random.Generator) -> Image.Image:
    """Something coloured on a transparent sheet, white on the second kind."""
    image = Image.new("RGBA", (30, 30), (0, 0, 0, 0))
    corner = int(chance.integers(1, 12))
    ImageDraw.Draw(image).ellipse(
        (corner, corner, corner + 15, corner + 12), fill=(255, 255, 255) if kind else (250, 30, 9)
    )
    return image


def large_scan(kind: int, chance: np.random.Generator) -> Image.Image:
    """Larger than what is kept of a picture."""
    return grey_photo(kind, chance).resize((1100, 1200))


@pytest.mark.slow
@pytest.mark.parametrize(
    "draw",
    [strokes_on_paper, chalk, grey_photo, tall_photo, any_size, sticker, large_scan],
    ids=lambda draw: draw.__name__,
)
def test_a_training_picture_comes_back_as_it_was_trained_on(draw: Draw, tmp_path: Path) -> None:
    """Pixel for pixel, whatever the folder's pictures are like."""
    chance = np.random.default_rng(0)
    for kind, name in enumerate(("a", "b")):
        for index in range(6):
            put(tmp_path / name / f"{index}.png", draw(kind, chance))
    spec = dataset(f"folder:{tmp_path}")
    files = [
        file for name in ("a", "b") for place, file in enumerate(sorted((tmp_path / name).iterdir())) if place != 1
    ]
    for file, trained_on in zip(files, spec.load("train").images, strict=True):
        assert np.array_equal(for_dataset(decode_picture(file.read_bytes()), spec), trained_on)


def test_colour_in_a_grey_data_set_and_grey_in_a_coloured_one(tmp_path: Path) -> None:
    """Colour becomes its lightness, grey is put into all channels."""
    for name in ("a", "b"):
        for index in range(3):
            put(tmp_path / "grey" / name / f"{index}.png", grey_photo(index % 2, np.random.default_rng(index)))
            put(tmp_path / "colour" / name / f"{index}.png", tall_photo(0, np.random.default_rng(index)))
    grey, colour = (dataset(f"folder:{tmp_path / name}") for name in ("grey", "colour"))
    red = np.zeros((28, 28, 3), np.uint8)
    red[:14] = (255, 0, 0)
    assert np.unique(for_dataset(red, grey)).tolist() == [0, 76]  # 0.299 x 255
    upright = for_dataset(np.asarray(grey_photo(0, np.random.default_rng(9))), colour)
    assert upright.shape == (3, 48, 24)
    assert np.array_equal(upright[0], upright[2])


@pytest.mark.parametrize("name", ["digits"])
def test_pictures_of_its_own_stay_as_they_are(name: str) -> None:
    """Also where what they show covers the edge, which tells the paper of others."""
    spec = DATASETS[name]
    assert all(np.array_equal(for_dataset(image[0], spec), image) for image in spec.load("test").images)


@pytest.mark.complete
@pytest.mark.parametrize("name", ["mnist", "fashion-mnist"])
def test_published_pictures_stay_as_they_are(name: str, complete_data: Path) -> None:
    """Every one of the 10,000."""
    spec = DATASETS[name]
    assert all(np.array_equal(for_dataset(image[0], spec), image) for image in spec.load("test").images)


def seven(paper: int, ink: int) -> Image.Image:
    image = Image.new("L", (300, 300), paper)
    ImageDraw.Draw(image).line([(90, 60), (200, 60), (120, 240)], fill=ink, width=22)
    return image


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF"])
def test_ink_on_a_transparent_sheet(kind: str) -> None:
    """Black, white or coloured, opaque or not: the same ink as on paper."""
    on_paper = for_dataset(np.asarray(seven(255, 0)), DATASETS["mnist"])
    for ink in ((0, 0, 0), (255, 255, 255), (255, 0, 0), (255, 255, 0), (240, 240, 240)):
        image = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
        image.paste((*ink, 255), mask=seven(0, 255).convert("1"))
        file = io.BytesIO()
        image.save(file, kind, **({"lossless": True} if kind == "WEBP" else {}))
        assert np.array_equal(for_dataset(decode_picture(file.getvalue()), DATASETS["mnist"]), on_paper)


def blanks() -> dict[str, NDArray[np.uint8]]:
    """Sheets on which there is nothing."""
    chance = np.random.default_rng(0)
    sheets: dict[str, NDArray[np.floating] | NDArray[np.integer]] = {
        **{f"{level}, {side}": np.full((side, side), level) for level in (0, 127, 255) for side in (8, 28, 300)},
        "white, noise": chance.normal(250, 3, (300, 300)),
        "grey, noise": chance.normal(128, 10, (100, 100)),
        "coloured noise": chance.normal(128, 10, (300, 300, 3)),
        "white, faint noise, small": chance.integers(250, 256, (28, 28)),
        "black, faint noise, small": chance.integers(0, 6, (28, 28, 3)),
    }
    return {name: sheet.clip(0, 255).astype(np.uint8) for name, sheet in sheets.items()}


@pytest.mark.parametrize("name", ["mnist", "fashion-mnist", "digits", "cifar10"])
@pytest.mark.parametrize("sheet", blanks().values(), ids=blanks())
def test_a_blank_picture_is_refused(name: str, sheet: NDArray[np.uint8]) -> None:
    """White, black, grey, with a scanner's noise: there is nothing to answer to."""
    with pytest.raises(PictureError, match="This picture is blank"):
        for_dataset(sheet, DATASETS[name])


def test_a_transparent_sheet_is_blank() -> None:
    """Whatever colour its invisible pixels have."""
    for hidden in (0, 255):
        file = io.BytesIO()
        Image.new("RGBA", (60, 60), (hidden, hidden, hidden, 0)).save(file, "PNG")
        with pytest.raises(PictureError, match="blank"):
            for_dataset(decode_picture(file.getvalue()), DATASETS["mnist"])


def test_a_sheet_of_one_colour_shows_that_colour() -> None:
    """To a network that sees colours."""
    red = np.full((50, 50, 3), (200, 20, 30), np.uint8)
    assert for_dataset(red, DATASETS["cifar10"])[:, 9, 9].tolist() == [200, 20, 30]
    with pytest.raises(PictureError, match="blank"):
        for_dataset(red, DATASETS["mnist"])


def test_a_drawing_is_ink_of_the_data_set(tmp_path: Path) -> None:
    """White on black as on the pad; dark where the folder's pictures are on light paper."""
    pad = for_dataset(np.asarray(seven(255, 0)), DATASETS["mnist"])[0]
    assert np.array_equal(for_drawing(pad, DATASETS["mnist"])[0], pad)
    specs = dict[str, DatasetSpec]()
    for name, draw in (("paper", strokes_on_paper), ("board", chalk)):
        for kind in (0, 1):
            for index in range(3):
                put(tmp_path / name / str(kind) / f"{index}.png", draw(kind, np.random.default_rng(index)))
        specs[name] = dataset(f"folder:{tmp_path / name}")
    assert np.array_equal(for_drawing(pad, specs["board"])[0], pad)
    assert np.array_equal(for_drawing(pad, specs["paper"])[0], 255 - pad)
