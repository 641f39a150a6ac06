"""Halves of a data set, by a folder's name: `train`, `Testing`, `validation_set`, 训练集. Knows nothing of files."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

Half = Literal["train", "test", "validation"]

_WORDS: dict[Half, tuple[str, ...]] = {
    "train": ("training", "trainval", "train", "trn", "训练", "訓練"),
    "test": ("testing", "test", "tst", "evaluation", "eval", "holdout", "测试", "測試"),
    "validation": ("validation", "validate", "valid", "val", "dev", "验证", "驗證", "校验"),
}
_OF = (  # what is said beside the word: "test images", "data-train", 测试数据集
    *("datasets", "dataset", "data", "sets", "set", "split", "part", "half", "folder", "dir", "samples", "examples"),
    *("images", "image", "imgs", "img", "pictures", "pics", "photos", "用", "数据", "數據", "样本", "樣本"),
    *("图片", "圖片", "图像", "圖像", "照片", "文件夹", "集合", "集", "組", "组"),
)
_BESIDE = f"(?:{'|'.join(_OF)}){{0,4}}"  # without a bound a name like "datasetdatasetdataset..." is tried for hours
_NAMES: dict[Half, re.Pattern[str]] = {
    half: re.compile(rf"{_BESIDE}(?:{'|'.join(words)}){_BESIDE}\d*") for half, words in _WORDS.items()
}


def half_called(name: str) -> Half | None:
    """The half that a folder of this name is, if its name says nothing else.

    >>> half_called("Training_Set"), half_called("测试集"), half_called("VAL"), half_called("bullet train")
    ('train', 'test', 'validation', None)
    """
    squeezed = re.sub(r"[\W_]+", "", _folded(name))
    return next((half for half, pattern in _NAMES.items() if pattern.fullmatch(squeezed)), None)


def half_mentioned(name: str) -> Half | None:
    """The half that a name mentions as a word of its own, whatever else it says.

    >>> half_mentioned("seg_train"), half_mentioned("xrayTest"), half_mentioned("trainer")
    ('train', 'test', None)
    """
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", unicodedata.normalize("NFKC", name))
    words = re.split(r"[\W_\d]+", _folded(apart))
    return next((half for half, known in _WORDS.items() if set(words) & set(known)), None)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()
