"""Chinese is set as Chinese is set, and says one word for one thing: the catalogues, and the rules themselves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from babel.messages.pofile import read_po

from cnnviz.base.locale import files
from tests.chinese import RULES, ends_otherwise, faults, glossary


def entries() -> Iterator[tuple[str, str, str]]:
    """(file, English, Chinese) of every entry."""
    for path in files("zh"):
        with path.open("rb") as file:
            yield from ((path.name, str(entry.id), str(entry.string)) for entry in read_po(file) if entry.id)


def test_chinese_is_set_as_chinese_is() -> None:
    """Punctuation, brackets, quotes and spaces in every catalogue."""
    found = [
        f"{file}: {english!r}: {fault}"
        for file, english, chinese in entries()
        for fault in faults(chinese, template=True)
    ]
    assert found == []


def test_sentences_end_alike() -> None:
    """A sentence is a sentence in both languages; what announces or goes on does so in both."""
    found = [
        f"{file}: {english!r}: {chinese!r}" for file, english, chinese in entries() if ends_otherwise(english, chinese)
    ]
    assert found == []


@pytest.mark.slow
def test_no_word_is_used_that_the_glossary_rules_out() -> None:
    """One word for one thing."""
    found = [
        f"{file}: {english!r}: {word!r}, say {' or '.join(term.chinese)}: {term.reason}"
        for file, english, chinese in entries()
        for term in glossary()
        for word in term.forbidden(chinese)
    ]
    assert found == []


@pytest.mark.slow
def test_terms_are_translated_by_the_glossary() -> None:
    """Where English has a term of the field, Chinese has its word."""
    found = [
        f"{file}: {english!r}: {term.english!r} is not {' or '.join(term.chinese)} in {chinese!r}"
        for file, english, chinese in entries()
        for term in glossary()
        if term.missing(english, chinese)
    ]
    assert found == []


BROKEN = {
    "half-width punctuation beside Chinese": [
        "尺寸不同, 窗口起点不同",
        "（4%）; 权重不变",
        "共 3 个:见下",
        "真的?",
        "5 × 5, 卷积",
    ],
    "half-width stop after Chinese": ["还没有训练."],
    "half-width brackets around Chinese": ["三个通道 (红、绿、蓝)"],
    "half-width bracket beside Chinese": ["占用的内存 (1.1 GB)还会保留", "批归一化(BN)"],
    "half-width quotes around Chinese": ['在"训练"页', "在「训练」页"],
    "space between Chinese characters": ["套头衫 被认成衬衫"],
    "space beside full-width punctuation": ["0–2。 两轮", "权重 ，偏置"],
    "full-width digit, letter, sign or space": ["SGD＋动量", "共 ３ 个", "用Ａ表示", "两　轮", "占 5％"],
    "ellipsis that is not ……": ["正在加载...", "正在加载…", "正在加载………"],
    "doubled punctuation": ["完成。。", "完成，。", "（，见下）"],
    "no space between Chinese and Latin": ["LeNet有 5 层", "共5 层", "占 5%的权重"],
}
WELL = [
    "在 MNIST 上训练 LeNet-5：第 3 轮（共 10 轮），损失 0.05。",
    "正在加载 PyTorch……",
    "MaxPool2d((2, 3), stride=(2, 3), padding=(0, 1))：两个方向分别计算，得到 (14, 10)。",
    "在“数据”页下载，或运行 `python -m cnnviz data fetch mnist, digits`；请再试。",
    "每侧填充 (K − 1) / 2 = 1，尺寸不变。",
    "Same size, other values: no Chinese, no rule.",
    "十个平假名（お き す つ）的草书写法。",
]


@pytest.mark.parametrize("rule", RULES)
def test_the_check_sees_each_kind(rule: str) -> None:
    """Every rule has examples that break it, and is what they are told."""
    assert BROKEN[rule]
    for text in BROKEN[rule]:
        assert rule in {fault.rule for fault in faults(text)}, text


@pytest.mark.parametrize("text", WELL)
def test_the_check_lets_good_chinese_pass(text: str) -> None:
    """Code, formulas and Latin names stay as they are."""
    assert faults(text) == []


def test_a_gap_counts_as_a_number() -> None:
    """What is put into a gap is set by the filler, so that a template has the same spaces around every gap."""
    assert faults("第 {epoch} 轮：{name}（{about}）", template=True) == []
    assert faults("第{epoch} 轮", template=True) != []
    assert faults("{count} 张图片, {size}", template=True) != []


@pytest.mark.parametrize(
    ("english", "chinese"),
    [("Done.", "完成"), ("Done", "完成。"), ("Loss:", "损失:"), ("Really?", "真的。"), ("Loading …", "正在加载")],
)
def test_the_check_sees_other_ends(english: str, chinese: str) -> None:
    """A stop that is in one language only."""
    assert ends_otherwise(english, chinese)
    assert not ends_otherwise("Loading …", "正在加载……")


def test_the_glossary_sees_words() -> None:
    """您, forbidden words and patterns with exceptions; a term left untranslated."""
    found = {word for term in glossary() for word in term.forbidden("您的单元在单元格里，运行 {run} 的检查点")}
    assert found == {"您", "单元", "运行 {", "检查点"}
    missed = [term.english for term in glossary() if term.missing("The learning rate", "速度")]
    assert missed == ["learning rate"]
    assert len(glossary()) > 50
