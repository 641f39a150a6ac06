"""A half is told by its folder's name, however people write it; classes are not."""

from __future__ import annotations

import pytest

from cnnviz.data.image_folder.scan import half_called, half_mentioned


@pytest.mark.parametrize(
    ("half", "names"),
    [
        ("train", ["train", "Train", "TRAINING", "training_set", "trainset", "Train Data", "train_images", "train1"]),
        ("train", ["训练集", "训练", "訓練數據", "训练图片", "ｔｒａｉｎ"]),
        ("test", ["test", "Testing", "test-set", "test images", "testData", "eval", "测试集", "测试图片", "TEST "]),
        ("validation", ["val", "valid", "Validation", "validation_set", "dev", "验证集", "val_images"]),
        (
            None,
            ["cat", "bullet train", "trainer", "valley", "invalid", "contest", "valid tickets", "训练鞋", "set", ""],
        ),
    ],
)
def test_names_of_halves(half: str | None, names: list[str]) -> None:
    """The word alone, in any case, beside "set", "data" or "images", in English and Chinese."""
    assert [half_called(name) for name in names] == [half] * len(names)


def test_a_name_that_can_be_read_in_many_ways() -> None:
    """ "dataset" is also "data" and "set": every way to read the longest name a folder can have is not tried out."""
    assert half_called("dataset" * 36) is None
    assert half_called("data set train images dataset") == "train" == half_called("train" + "set" * 4)


def test_names_that_mention_a_half() -> None:
    """A word of its own among others; part of a word is none."""
    assert [half_mentioned(name) for name in ("seg_train", "xrayTest", "cats-val", "2017 train")] == [
        *("train", "test", "validation", "train")
    ]
    assert [half_mentioned(name) for name in ("trainer", "contest", "cat")] == [None] * 3
