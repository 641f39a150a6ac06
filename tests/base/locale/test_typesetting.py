"""Values in sentences: spaces and lists as the sentence's language has them, in Python and in the browser alike."""

from __future__ import annotations

import pytest

from cnnviz.base.errors import CnnvizError
from cnnviz.base.locale.typesetting import Listed, beside, fill, one_after_the_other

FILLED: list[tuple[str, dict[str, object], str]] = [  # template, values, what it becomes
    ("{true} taken for {predicted}", {"true": "外套", "predicted": "猫"}, "外套 taken for 猫"),
    ("{true} 被认成 {predicted}", {"true": "套头衫", "predicted": "衬衫"}, "套头衫被认成衬衫"),
    ("{true} 被认成 {predicted}", {"true": "Coat", "predicted": "3"}, "Coat 被认成 3"),
    ("{true} 被认成 {predicted}", {"true": "お", "predicted": "き"}, "お被认成き"),
    ("{data} 的 {total} 张", {"data": "MNIST 手写数字", "total": 9}, "MNIST 手写数字的 9 张"),
    ("{parameter}必须是整数", {"parameter": "epochs"}, "epochs 必须是整数"),
    ("占 {share} 的权重", {"share": "5%"}, "占 5% 的权重"),
    ("内存（{memory}）还会保留", {"memory": "1.1 GB"}, "内存（1.1 GB）还会保留"),
    ("链接中：{sentence} 已改用默认值。", {"sentence": "现在是 0。"}, "链接中：现在是 0。已改用默认值。"),
    ("在 {place} ，见下", {"place": "这里"}, "在这里，见下"),
    ("“{name}”的 {count} 张", {"name": "我的 猫", "count": 2}, "“我的 猫”的 2 张"),  # a name stays as it was given
    ("第 {list} 行", {"list": [2, "4–6"]}, "第 2、4–6 行"),
    ("Rows {list}", {"list": [2, "4–6"]}, "Rows 2, 4–6"),
    ("共 {count} 个", {"count": 0}, "共 0 个"),
]
SAID: list[tuple[list[str], str]] = [
    (["第一句。", "第二句。"], "第一句。第二句。"),
    (["One.", "", "Two."], "One. Two."),
    (["0–2。", "两轮"], "0–2。两轮"),
    (["正在加载……", "马上就好。"], "正在加载……马上就好。"),
    (["Loading …", "Wait."], "Loading … Wait."),
    ([], ""),
]


@pytest.mark.parametrize(("template", "values", "text"), FILLED)
def test_a_value_stands_as_its_sentence_has_it(template: str, values: dict[str, object], text: str) -> None:
    """No space between Chinese characters or beside full-width punctuation, one before Latin; lists too."""
    assert fill(template, values) == text


@pytest.mark.parametrize(("parts", "text"), SAID)
def test_sentences_follow_one_another(parts: list[str], text: str) -> None:
    """A full-width stop has its space in it."""
    assert one_after_the_other(*parts) == text


def test_markup_behind_a_stop_is_no_end() -> None:
    """What is bold ends with its stop."""
    assert one_after_the_other("<b>少犯 9 个错误。</b>", "其余相同。") == "<b>少犯 9 个错误。</b>其余相同。"
    assert one_after_the_other("**完成。**", "**再来。**") == "**完成。****再来。**"


def test_numbers_are_formatted_and_code_is_quoted() -> None:
    """What a gap asks for beyond its name is done in Chinese too."""
    assert fill("共 {count:,} 个 {name!r}", {"count": 1234, "name": "a"}) == "共 1,234 个 'a'"
    assert fill("{{}} 是 {kind}", {"kind": "空的"}) == "{} 是空的"


def test_a_list_in_an_error_is_a_list_in_both_languages() -> None:
    """An error holds the values, the language comes later."""
    error = CnnvizError("one of {allowed}", allowed=Listed(("cpu", "cuda")))
    assert str(error) == "one of cpu, cuda"
    assert fill("{allowed} 之一", error.values) == "cpu、cuda 之一"


def test_a_long_list_is_cut() -> None:
    """And says so in the language of its sentence."""
    few, many = Listed.first("ab", 2), Listed.first("abc", 2)
    assert [str(few), str(many)] == ["a, b", "a, b …"]
    assert [fill("有 {names}。", {"names": each}) for each in (few, many)] == ["有 a、b。", "有 a、b……。"]


def test_pieces_keep_the_space_they_have() -> None:
    """Beside anything but Chinese nothing is added or taken."""
    assert beside("第 3 轮 ", "· 损失") == "第 3 轮 · 损失"
    assert beside("", " x") == " x"
