"""The convolution page: its sliders, presets, link, and what it offers when torch would refuse."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import astuple
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.arithmetic.conv import ConvSpec
from cnnviz.ui.convolution import CONTROLS, PRESETS, STAGE_WORDS, Setting, offered

PAGE = str(Path(__file__).parents[2] / "pages" / "convolution.py")


def opened(lang: str = "en", **link: int) -> AppTest:
    """The page, opened by a link such as `?convolution_n=2`."""
    at = AppTest.from_file(PAGE)
    at.query_params["lang"] = lang
    for letter, value in link.items():
        at.query_params[f"convolution_{letter}"] = str(value)
    return at.run(timeout=30)


def values(at: AppTest) -> tuple[int, ...]:
    """What the five sliders say: n, k, p, s, d."""
    return tuple(at.slider(key=f"convolution_{control.letter}").value for control in CONTROLS)


def test_sliders_have_the_contracts_labels_ranges_and_defaults() -> None:
    """The lesson's case is there on opening."""
    at = opened()
    assert not at.exception
    assert [slider.label for slider in at.slider] == [
        "Input size N",
        "Kernel size K",
        "Padding P",
        "Stride S",
        "Dilation D",
    ]
    assert [(slider.min, slider.max) for slider in at.slider] == [(1, 64), (1, 11), (0, 10), (1, 8), (1, 4)]
    assert values(at) == (6, 3, 0, 1, 1)
    assert not at.error


def test_a_link_opens_what_was_shared() -> None:
    """The five numbers come from the link."""
    assert values(opened(n=28, k=5, p=2, s=2, d=3)) == (28, 5, 2, 2, 3)


@pytest.mark.parametrize("number", range(len(PRESETS)))
def test_presets_set_every_slider(number: int) -> None:
    """Each button sets all five sliders, whatever they said before."""
    at = opened(n=30, d=4)
    at.button(key=f"convolution_preset_{number}").click().run(timeout=30)
    assert values(at) == astuple(PRESETS[number][1])
    assert not at.error


def test_presets_do_what_they_say() -> None:
    """6 becomes 4; the size stays; half; a column is left over; LeNet-5's first layer keeps 28."""
    sizes = [setting.spec.output_size(setting.n) for _, setting in PRESETS]
    assert sizes == [4, 6, 6, 4, 2, 28]
    assert [setting.spec.unused(setting.n) for _, setting in PRESETS] == [(), (), (), (), (5,), ()]


def test_too_large_kernel_says_so_and_offers_the_smallest_changes() -> None:
    """torch's own words, both sizes, and three buttons; no slider is changed by itself."""
    at = opened(n=2, k=5)
    assert values(at) == (2, 5, 0, 1, 1)
    assert at.error[0].value.startswith("Kernel size can't be greater than actual input size")
    assert "spans 5 pixels, the padded input has only 2" in at.error[0].value
    offers = [button.label for button in at.button if button.key.startswith("convolution_repair")]
    assert offers == ["Kernel size K = 2", "Padding P = 2", "Input size N = 5"]


@pytest.mark.parametrize(("letter", "after"), [("k", (2, 2, 0, 1, 1)), ("p", (2, 5, 2, 1, 1)), ("n", (5, 5, 0, 1, 1))])
def test_an_offered_change_mends_it(letter: str, after: tuple[int, ...]) -> None:
    """One press, and torch would take it."""
    at = opened(n=2, k=5)
    at.button(key=f"convolution_repair_{letter}").click().run(timeout=30)
    assert values(at) == after
    assert not at.error
    assert not at.exception


def test_less_dilation_is_offered_where_it_helps() -> None:
    """A kernel of 3 with dilation 4 spans 9; dilation 2 fits in 6."""
    at = opened(n=6, k=3, d=4)
    assert at.button(key="convolution_repair_d").label == "Dilation D = 2"


def test_what_the_sliders_cannot_reach_is_not_offered() -> None:
    """A span of 41 over 1 pixel would need a padding of 20: the slider ends at 10."""
    assert [repair.parameter for repair in offered(Setting(1, 11, 0, 1, 4))] == ["kernel_size", "n"]
    assert ConvSpec(11, dilation=4).repairs(1)[1].value == 20


def test_chinese() -> None:
    """Labels, presets and the refusal are Chinese too."""
    at = opened("zh", n=2, k=5)
    assert [slider.label for slider in at.slider][:4] == ["输入尺寸 N", "卷积核大小 K", "填充 P", "步幅 S"]
    assert at.title[0].value == "卷积"
    assert "卷积核跨 5 个像素" in at.error[0].value


def test_the_stage_gets_little() -> None:
    """Numbers and words, in under 2 kB; the pictures are the browser's."""
    assert sum(len(key) + len(text) for key, text in STAGE_WORDS.items()) < 2000


def test_the_page_never_imports_torch() -> None:
    """Nor scikit-learn: it comes up at once. (The server's background warm-up is left out.)"""
    script = f"""
import sys
from streamlit.testing.v1 import AppTest
from cnnviz.ui import warmup
warmup.begin = lambda: None
at = AppTest.from_file({PAGE!r}).run(timeout=60)
assert not at.exception and len(at.slider) == 5
print(sorted({{"torch", "torchvision", "sklearn"}} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.strip() == "[]"
