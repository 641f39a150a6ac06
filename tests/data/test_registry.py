"""The data sets by name: what the registry promises is what the files hold."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from cnnviz.base.errors import ConfigurationError, MissingDataError
from cnnviz.data import digits
from cnnviz.data.dataset_spec import DatasetSpec, Split
from cnnviz.data.registry import DATASETS, dataset
from tests.data import made

NAMES = ("digits", "mnist", "fashion-mnist", "kmnist", "emnist-letters", "cifar10", "cifar100", "svhn")
PRESENT = [DATASETS["digits"], *(pytest.param(DATASETS[name], marks=pytest.mark.complete) for name in NAMES[1:3])]


@pytest.fixture
def spec(request: pytest.FixtureRequest) -> DatasetSpec:
    """A data set whose files are on this machine; the big ones skip where they are not."""
    chosen: DatasetSpec = request.param
    if chosen.download_bytes:
        request.getfixturevalue("complete_data")
    return chosen


def test_names_are_the_contract() -> None:
    """Names, in the order they are offered: the embedded default first."""
    assert tuple(DATASETS) == NAMES
    assert [spec.name for spec in DATASETS.values()] == list(NAMES)


def test_unknown_name_lists_the_names() -> None:
    """A wrong name is answered with the right ones."""
    with pytest.raises(ConfigurationError, match=r"digits, mnist, .*, svhn, own:NAME, folder:PATH\. Got cifar instead"):
        dataset("cifar")
    assert dataset("digits") is DATASETS["digits"]


def test_unknown_split_lists_the_splits() -> None:
    """Only "train" and "test" are halves."""
    with pytest.raises(ConfigurationError, match=r"train, test\. Got validation instead"):
        DATASETS["digits"].load("validation")


@pytest.mark.parametrize("spec", PRESENT, indirect=True, ids=lambda spec: spec.name)
def test_splits_are_as_promised(spec: DatasetSpec) -> None:
    """Counts, shapes, types, classes; the arrays are the caller's own and writable."""
    for split, count in (("train", spec.train_images), ("test", spec.test_images)):
        data = spec.load(split)
        assert isinstance(data, Split)
        assert data.images.shape == (count, *spec.image_size)
        assert data.images.dtype == np.uint8
        assert data.images.flags.writeable
        assert data.labels.shape == (count,)
        assert data.labels.dtype == np.int64
        assert np.unique(data.labels).tolist() == list(range(len(spec.classes)))
        assert len(data) == count
    data.images[:] = 0
    assert spec.load("test").images.max() == 255, "what one caller writes, no other sees"


@pytest.mark.parametrize("spec", PRESENT, indirect=True, ids=lambda spec: spec.name)
def test_mean_and_deviation_are_those_of_the_training_pictures(spec: DatasetSpec) -> None:
    """Measured over all training pixels, to four digits."""
    levels = np.bincount(spec.load("train").images.ravel(), minlength=256) / spec.load("train").images.size
    values = np.arange(256) / 255
    mean = float(levels @ values)
    deviation = float(np.sqrt(levels @ (values - mean) ** 2))
    assert spec.mean == (pytest.approx(mean, abs=5e-5),)
    assert spec.std == (pytest.approx(deviation, abs=6e-5),)


def test_mnist_is_torchvisions_mnist(complete_data: Path) -> None:
    """Every pixel and label as torchvision's own class reads them."""
    from torchvision import datasets

    for name in ("MNIST", "FashionMNIST"):
        ours = DATASETS["mnist" if name == "MNIST" else "fashion-mnist"]
        for split in ("train", "test"):
            theirs = getattr(datasets, name)(str(complete_data), train=split == "train")
            data = ours.load(split)
            assert np.array_equal(data.images[:, 0], theirs.data.numpy())
            assert np.array_equal(data.labels, theirs.targets.numpy())


def test_known_labels(complete_data: Path) -> None:
    """MNIST begins 5, 0, 4, 1, 9; Fashion-MNIST with an ankle boot, two T-shirts and two dresses."""
    assert DATASETS["mnist"].load("train").labels[:5].tolist() == [5, 0, 4, 1, 9]
    fashion = DATASETS["fashion-mnist"]
    assert [fashion.classes[label] for label in fashion.load("train").labels[:5]] == [
        "Ankle boot",
        "T-shirt/top",
        "T-shirt/top",
        "Dress",
        "T-shirt/top",
    ]


def test_digits_are_scikit_learns() -> None:
    """The two halves together are `sklearn.datasets.load_digits`, 0..16 stretched to 0..255."""
    from sklearn.datasets import load_digits

    theirs = load_digits()
    train, test = (DATASETS["digits"].load(split) for split in ("train", "test"))
    ours = sorted(
        (row.tobytes(), int(label))
        for data in (train, test)
        for row, label in zip(data.images, data.labels, strict=True)
    )
    expected = np.rint(theirs.images * 255 / 16).astype(np.uint8)
    assert ours == sorted((row.tobytes(), int(label)) for row, label in zip(expected, theirs.target, strict=True))
    assert train.images.max() == 255


def test_digits_split_is_fixed_and_balanced() -> None:
    """1,437 to train, 360 to test, each class within one of 36 in the test half, the same every time."""
    test = DATASETS["digits"].load("test")
    assert np.bincount(test.labels).tolist() == [36, 36, 36, 36, 37, 36, 36, 36, 35, 36]
    assert test.labels[:12].tolist() == DATASETS["digits"].load("test").labels[:12].tolist()
    train = {row.tobytes() for row in DATASETS["digits"].load("train").images}
    assert sum(row.tobytes() in train for row in test.images) == 0, "no test picture is trained on"


def test_digits_without_scikit_learn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where scikit-learn is missing the sentence says how to get it."""
    digits._read.cache_clear()
    monkeypatch.setattr(digits, "path", lambda: None)
    assert not DATASETS["digits"].is_present()
    with pytest.raises(MissingDataError, match="pip install scikit-learn"):
        DATASETS["digits"].load("train")
    assert "pip install scikit-learn" in DATASETS["digits"].check()[0][1]


def test_embedded_needs_nothing() -> None:
    """The embedded default is there, weighs nothing, checks well, and fetching it does nothing."""
    spec = DATASETS["digits"]
    spec.fetch()
    assert spec.is_present()
    assert spec.download_bytes == 0
    assert spec.check() == [("digits.csv.gz", "ok")]


def test_missing_data_says_what_to_do() -> None:
    """With an empty root the sentence names the file, the command that fetches it and the embedded default."""
    assert not DATASETS["mnist"].is_present()
    with pytest.raises(MissingDataError) as caught:
        DATASETS["mnist"].load("train")
    sentence = str(caught.value)
    assert "train-images-idx3-ubyte` is missing" in sentence
    assert "python -m cnnviz data fetch mnist" in sentence
    assert "digits" in sentence


def test_downloads_have_the_published_weight() -> None:
    """What a visitor is told before fetching: 11.6, 30.9, 21.2, 561.8, 170.5, 169.0 and 246.3 MB."""
    assert [spec.download_bytes for spec in DATASETS.values()] == [
        0,
        11_594_722,
        30_878_645,
        21_240_888,
        561_753_746,
        170_498_071,
        169_001_437,
        246_316_178,
    ]


def test_made_data_loads_like_the_real(tmp_path: Path) -> None:
    """A small data set in the same layout is loaded from any root."""
    made.write(tmp_path, made.contents())
    spec = DATASETS["fashion-mnist"]
    assert spec.is_present(tmp_path)
    assert spec.load("test", tmp_path).images.shape == (20, 1, 28, 28)


def test_import_is_light() -> None:
    """Loading a data set brings in neither torch nor torchvision, scikit-learn, SciPy or Streamlit."""
    heavy = ("torch", "torchvision", "sklearn", "scipy", "streamlit")
    code = (
        "import sys; from cnnviz.data.registry import DATASETS; import cnnviz.data.mnist_style, cnnviz.data.idx;"
        f"DATASETS['digits'].load('train'); print([name for name in {heavy} if name in sys.modules])"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"
