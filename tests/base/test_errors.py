"""Errors that are kept or told to another process: still sentences of any language."""

from __future__ import annotations

from pathlib import Path

from cnnviz.base.errors import CnnvizError, CorruptDataError, PictureError, RunError
from cnnviz.base.locale.typesetting import Listed
from cnnviz.ui.shared.i18n import sentence_as_text

DAMAGED = PictureError("This picture is damaged: its file ends too early or was changed. Use another copy.")
BROKEN = CorruptDataError(
    "{count} of {all} pictures cannot be read: {names}. Remove or replace them. About the first: {reason}",
    count=2,
    all=27,
    names=Listed(["猫/1.png", "猫/2.png"]),
    reason=DAMAGED,
)


def test_an_error_comes_back_from_json_with_the_one_that_fills_its_gap() -> None:
    """The reason is a sentence with a translation of its own: as text it would stay English for ever."""
    back = RunError.from_json(BROKEN.to_json())
    assert isinstance(back, RunError)
    assert str(back) == str(BROKEN)
    assert isinstance(back.values["reason"], CnnvizError)


def test_a_kept_error_is_chinese_throughout(monkeypatch) -> None:
    """What a worker could not read is told in the visitor's language, its reason too."""
    monkeypatch.setenv("CNNVIZ_LANG", "zh")
    said = sentence_as_text(RunError.from_json(BROKEN.to_json()))
    assert said == (
        "27 张图片中有 2 张无法读取：猫/1.png、猫/2.png。请删除或替换。"
        "第一张的原因：这张图片已损坏：文件不完整或被改动过。请换一份。"
    )


def test_what_json_has_no_word_for_is_kept_as_text() -> None:
    """A path among the values."""
    assert str(CnnvizError.from_json(CnnvizError("{file} is gone.", file=Path("a/b")).to_json())) == "a/b is gone."
