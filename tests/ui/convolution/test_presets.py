"""The lesson's presets do what they say."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest

from cnnviz.arithmetic.conv import ConvSpec
from cnnviz.arithmetic.conventions import readings
from cnnviz.arithmetic.setting import Setting
from cnnviz.ui.convolution.presets import PRESETS, Preset
from cnnviz.ui.convolution.questions import QUESTIONS

SIZES = {
    "6 becomes 4": 4,
    "Same size, K = 3": 6,
    "Same size, K = 5": 6,
    "Halved": 4,
    "A third": 3,
    "A column left over": 2,
    "Does not fit": None,
    "Kernel size": 24,
    "Feature map": 28,
    "Channels: RGB": 10,
    "Weight sharing": 8,
    "Locality, translation": 24,
    "Flipped or not": 6,
    "1-D convolution": 14,
    "Stride 2 for sound": 32,
    "Two 3 × 3 are one 5 × 5": 3,
    "1 × 5, then 5 × 1": (9, 9),
    "1 × 1": 8,
    "What it costs": 28,
    "Dilated": 5,
    "Transposed": 7,
    "Doubling back": 8,
    "Largest of four": 14,
    "Windows of 2 × 3": (3, 3),
    "Ceil mode": 4,
    "Back-propagation": 2,
    "1. Convolution, 6 maps": 28,
    "2. Pooling": 14,
    "3. Convolution, 16 maps": 10,
    "4. Pooling again": 5,
    "5. Flattened": 25,
    "6. Fully connected, 120 units": 1,
    "Keras' names": 26,
    "'same' pads one side": 14,
}


def named(title: str) -> Preset:
    """The preset with this title."""
    return next(preset for preset in PRESETS if preset.title == title)


def said(title: str) -> str:
    """Its sentence with the numbers."""
    preset = named(title)
    return preset.sentence.format(**preset.figures)


def test_sizes() -> None:
    """Every preset gives the size it is there for."""
    assert {preset.title: preset.setting.output_size for preset in PRESETS} == SIZES


@pytest.mark.parametrize("link", [*(p.link for p in PRESETS), *(q.link for q in QUESTIONS)])
def test_links_say_only_what_a_setting_knows(link: str) -> None:
    """Nothing in a link is misspelt or out of range: each parameter is read as it is written."""
    written = Setting.from_link(link)
    again = dict(parse_qsl(written.link))
    default = dict(parse_qsl("k=3&n=6&s=1&p=0"))
    for name, value in parse_qsl(link):
        assert again.get(name, default.get(name)) == value


def test_the_chain_of_lenet_5() -> None:
    """32-28-14-10-5 with 4704, 1176, 1600 and 400 values, then 400 in one row, which 120 units read."""
    chain = [preset for preset in PRESETS if preset.group.startswith("LeNet-5")]
    assert [preset.setting.n[0] for preset in chain] == [32, 28, 14, 10, 5, 5]
    assert [preset.setting.mode for preset in chain] == ["conv", "pool", "conv", "pool", "flatten", "conv"]
    sentences = [said(preset.title) for preset in chain]
    for sentence, count in zip(sentences, ("4,704", "1,176", "1,600", "400", "400", "16"), strict=True):
        assert count in sentence
    assert "1,024 pixels" in sentences[0]


def test_sentences_carry_their_own_numbers() -> None:
    """27 products for RGB; 26 weights for 5 x 5; 1 x 1 over RGB has 3 products and 4 weights."""
    assert "27 products" in said("Channels: RGB")
    assert "26 weights" in said("Weight sharing")
    assert "3 products, 4 weights" in said("1 × 1")
    assert "5 products" in said("1 × 5, then 5 × 1")
    assert "(4, 26, 26, 2) of (4, 28, 28, 3)" in said("Keras' names")


def test_what_is_left_over_is_read_with_padding_1() -> None:
    """Index 5 is never read; P = 1 is the answer to the question."""
    setting = named("A column left over").setting
    assert isinstance(setting.spec, ConvSpec)
    assert setting.spec.unused(6) == (5,)
    assert ConvSpec(3, 2, 1).unused(6) == ()


def test_no_padding_keeps_an_even_kernel() -> None:
    """K = 4: no P keeps 6, as the sentence asks."""
    assert all(ConvSpec(4, 1, p).output_size(6) != 6 for p in range(11))


def test_a_third_with_a_smaller_kernel_leaves_pixels_out() -> None:
    """No pixel twice at k 3; at k 2 every third is left out."""
    assert all(len(outputs) == 1 for outputs in ConvSpec(3, 3).readers(9))
    assert ConvSpec(2, 3).unused(9) == (2, 5, 8)


def test_ceil_mode_reads_what_floor_leaves() -> None:
    """7 with 2, 2: without it the last column is lost."""
    layer = named("Ceil mode").setting.layer
    assert layer.unused(7) == ((), ())
    assert Setting(mode="pool", n=(7, 7), k=(2, 2), s=(2, 2)).axes[0].axis.output_size(7) == 3


def test_several_sizes_halve_to_4() -> None:
    """7 and 8: the transposed layer needs output padding to tell them apart."""
    assert [n for n in range(1, 12) if ConvSpec(3, 2, 1).output_size(n) == 4] == [7, 8]


def test_same_differs_from_pytorch() -> None:
    """Equal sizes, other windows, as its sentence says."""
    axis = named("'same' pads one side").setting.axes[0]
    own, _textbook, _valid, same = readings(axis.axis, axis.n)
    assert own.output_size == same.output_size
    assert not same.agrees


def test_titles_are_unique_in_their_group() -> None:
    """A select box can tell them apart, and groups stand together."""
    assert len({(preset.group, preset.title) for preset in PRESETS}) == len(PRESETS)
    groups = [preset.group for preset in PRESETS]
    assert groups == sorted(groups, key=list(dict.fromkeys(groups)).index)
