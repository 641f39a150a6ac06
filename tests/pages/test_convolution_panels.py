"""The panels under the convolution stage: they follow a setting, and command the stage."""

from __future__ import annotations

import html
import re

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.arithmetic.setting import Setting
from cnnviz.ui.convolution.questions import QUESTIONS
from cnnviz.ui.convolution.why import composed_link, parse_stack
from tests.polling import PATIENCE

MODES = {
    "conv": "n=28&k=3&p=1&s=2",
    "refused": "n=2&k=5",
    "apart": "n=6x9&k=3x2&p=1x0",
    "signal": "flat=1&n=64&k=5&s=2",
    "dilated": "n=9&d=2",
    "largest": "n=64&k=11&p=10&d=4&s=8",
    "typed": "n=20&input=typed&kernel=typed",
    "pool": "mode=pool&n=7&k=2&s=2&ceil=1",
    "pool refused": "mode=pool&k=3&p=2",
    "average": "mode=pool&pooling=average&k=2&p=1",
    "softmax signal": "mode=pool&pooling=softmax&flat=1&k=2&s=2",
    "transposed": "mode=transposed&n=9&s=2&o=1",
    "transposed refused": "mode=transposed&n=1&k=1&p=3",
    "transposed signal": "mode=transposed&flat=1&n=9&s=2",
    "transposed apart": "mode=transposed&n=4x9&s=2x3",
}


def _script() -> None:
    import streamlit as st

    from cnnviz.arithmetic.setting import Setting
    from cnnviz.ui.convolution.page import panels

    panels(Setting.from_link(st.session_state["link"]))


def opened(link: str, lang: str = "en") -> AppTest:
    """The panels for the setting `link`."""
    at = AppTest.from_function(_script, default_timeout=PATIENCE)
    at.query_params["lang"] = lang
    at.session_state["link"] = link
    return at.run()


def shown(at: AppTest) -> str:
    """Everything said in HTML, without its tags."""
    bodies = [element.proto.body for element in at.get("html")]
    return html.unescape(
        re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", " ", " ".join(bodies), flags=re.DOTALL))
    )


def table(at: AppTest, caption: str) -> list[list[str]]:
    """The cells of the table with `caption`, its head first."""
    body = next(e.proto.body for e in at.get("html") if f"<caption>{caption}</caption>" in e.proto.body)
    body = body[body.index(f"<caption>{caption}</caption>") :].split("</table>")[0]
    rows = re.findall(r"<tr.*?</tr>", body, re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[html.unescape(re.sub(r"<[^>]+>", " ", cell)).strip() for cell in row] for row in cells]


def formulas(at: AppTest) -> list[str]:
    """What a screen reader says for each formula."""
    return re.findall(r'role="math" aria-label="([^"]*)"', " ".join(element.proto.body for element in at.get("html")))


def alternatives(at: AppTest) -> list[str]:
    """The text alternatives of the pictures."""
    return re.findall(r'alt="([^"]*)"', " ".join(element.proto.body for element in at.get("html")))


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("mode", MODES)
def test_every_mode(mode: str, lang: str) -> None:
    """No mode, valid or refused, leaves a panel without an answer, in either language."""
    at = opened(MODES[mode], lang)
    assert not at.exception
    assert [tab.label for tab in at.tabs][2] == {"en": "Cost", "zh": "计算成本"}[lang]
    assert "{" not in shown(at)


# ---------------------------------------------------------------------- conventions


def test_same_with_stride_2_says_where_and_why() -> None:
    """28, k 3, s 2: equal sizes, other values, and how PyTorch gets them."""
    text = shown(opened("n=28&k=3&p=1&s=2"))
    assert "all the padding it needs is 1, and the odd pixel goes behind: 0 in front, 1 behind" in text
    assert "F.pad(x, (0, 1, 0, 1)) in front of padding=0 does" in text
    assert "It never pads: 13 instead of 14. Put ZeroPadding2D(1) in front to pad as here." in text


def test_the_textbooks_p_undoubled() -> None:
    """6, k 3, p 1: put 1 for 2 and it says 5."""
    assert "Its p is 2. Put PyTorch's p = 1 in undoubled and it says 5, not 6." in shown(opened("p=1"))


def test_terms_are_mapped_with_their_numbers() -> None:
    """2p, p, nothing, and what "same" needs."""
    rows = table(opened("n=28&k=3&p=1&s=2"), "Term by term")
    assert rows[0] == ["", "PyTorch", "Textbook", '"valid"', '"same"']
    assert rows[1] == ["Padding", "2p  = 2 × 1 = 2", "p  = 2", "0", "0 + 1 = 1"]
    assert rows[4][1:] == ["padding=1", "p = 2", 'padding="valid"', 'padding="same"']


def test_formulas_have_the_numbers_put_in() -> None:
    """Read aloud as calculations; ceil mode rounds up."""
    assert formulas(opened("n=28&k=3&p=1&s=2"))[:4] == [
        "⌊(28 + 2 × 1 − 3) / 2⌋ + 1 = 14",
        "⌊(28 − 3 + 2 + 2) / 2⌋ = 14",
        "⌈(28 − 3 + 1) / 2⌉ = 13",
        "⌈28 / 2⌉ = 14",
    ]
    assert formulas(opened("mode=pool&n=7&k=2&s=2&ceil=1"))[0] == "⌈(7 + 2 × 0 − 2) / 2⌉ + 1 = 4"


def test_the_strips_have_words() -> None:
    """Every picture says what it shows; the pictures are four rows and the funnel."""
    found = alternatives(opened("n=28&k=3&p=1&s=2"))
    assert found[0] == "Padding 1, input 28, padding 1; 14 windows of 3, 2 apart."
    assert found[3] == "Padding 0, input 28, padding 1; 14 windows of 3, 2 apart."
    assert len(found) == 5


def test_height_and_width_each_have_their_four() -> None:
    """Apart: two headings, eight rows."""
    at = opened("n=6x9&k=3x2&p=1x0")
    assert len(alternatives(at)) == 9
    text = shown(at)
    assert text.index("Height") < text.index("Width")


def test_transposed_has_keras_sizes_in_one_sentence() -> None:
    """9 pixels, k 3, s 2: "valid" 19, "same" 18; no strips."""
    at = opened("mode=transposed&n=9&s=2")
    assert "'valid' makes 19" in shown(at)
    assert "'same' makes 18" in shown(at)
    assert len(alternatives(at)) == 1


# ---------------------------------------------------------------------- the solver


def test_i_have_28_i_need_14() -> None:
    """Cheapest first, ten on a leaf, and how much each leaves unread."""
    at = opened("n=28&k=3&p=1&s=2")
    assert (at.number_input(key="conv_have").value, at.number_input(key="conv_need").value) == (28, 14)
    assert "71 ways from 28 to 14, cheapest first; 44 of them read every pixel." in shown(at)
    rows = table(at, "Ways to do it")
    assert rows[0] == ["No.", "K", "S", "P", "D", "Products", "Never read"]
    assert rows[1] == ["1", "1", "2", "0", "1", "1", "14"]
    assert len(rows) == 11


def test_one_click_commands_the_stage() -> None:
    """Try 4, the first of 2 x 2: the link is put where the stage finds it; the same again has a new id."""
    at = opened("n=28&k=3&p=1&s=2&input=digit")
    at.button(key="conv_try_3").click().run()
    first = at.session_state["convolution_command"]
    setting = Setting.from_link(first["link"])
    assert (setting.k, setting.s, setting.output_size, setting.input) == ((2, 2), (2, 2), 14, "digit")
    at.button(key="conv_try_3").click().run()
    again = at.session_state["convolution_command"]
    assert again["link"] == first["link"]
    assert again["id"] != first["id"]


def test_the_sizes_follow_the_stage_until_they_are_typed() -> None:
    """A typed goal stays while the stage moves; a button takes the stage's sizes again."""
    at = opened("n=28&k=5")
    at.session_state["link"] = "n=32&k=5"
    at.run()
    assert (at.number_input(key="conv_have").value, at.number_input(key="conv_need").value) == (32, 28)
    at.number_input(key="conv_need").set_value(16).run()
    at.session_state["link"] = "n=10&k=3"
    at.run()
    assert (at.number_input(key="conv_have").value, at.number_input(key="conv_need").value) == (32, 16)
    at.button(key="conv_stage_sizes").click().run()
    assert (at.number_input(key="conv_have").value, at.number_input(key="conv_need").value) == (10, 8)


def test_turning_the_leaves() -> None:
    """The next ten are 11 to 20, and a new goal starts at the first."""
    at = opened("n=28&k=3&p=1&s=2")
    at.button(key="conv_on").click().run()
    assert table(at, "Ways to do it")[1][0] == "11"
    at.toggle(key="conv_whole").set_value(True).run()
    rows = table(at, "Ways to do it")
    assert rows[1][0] == "1"
    assert {row[-1] for row in rows[1:]} == {"0"}


def test_what_is_on_the_stage_is_marked() -> None:
    """The row of the present setting, and only that."""
    at = opened("n=28&k=2&s=2")
    bodies = " ".join(element.proto.body for element in at.get("html"))
    assert re.findall(r'aria-current="true"><th scope="row">(\d+)', bodies) == ["4"]


def test_nothing_found_names_the_nearest() -> None:
    """64 cannot become 1: the largest kernel and stride leave 2."""
    at = opened("n=64&k=3")
    at.number_input(key="conv_need").set_value(1).run()
    assert "Nothing within the sliders' reach makes 1 of 64. The nearest sizes: 3." in shown(at)
    assert not [
        button for button in at.button if button.key and button.key.startswith("conv_try_") and "com" not in button.key
    ]


def test_pooling_pads_at_most_half_and_transposed_has_output_padding() -> None:
    """Each mode is solved by its own rules, and Try keeps the mode."""
    rows = table(opened("mode=pool&n=28&k=2&s=2"), "Ways to do it")[1:]
    assert all(2 * int(p) <= int(k) for _no, k, _s, p, *_rest in rows)
    at = opened("mode=transposed&n=14&k=2&s=2")
    assert table(at, "Ways to do it")[0] == ["No.", "K", "S", "P", "D", "O", "Products"]
    at.button(key="conv_try_0").click().run()
    setting = Setting.from_link(at.session_state["convolution_command"]["link"])
    assert (setting.mode, setting.output_size) == ("transposed", 28)


@pytest.mark.parametrize("link", ["flat=1&n=64&k=5&s=2", "n=6x9&k=3", "mode=pool&n=7&k=2&s=2&ceil=1"])
def test_every_try_makes_what_was_asked(link: str) -> None:
    """Signals stay signals, height and width become alike, ceil mode goes out: the size needed comes out."""
    at = opened(link)
    need = at.number_input(key="conv_need").value
    for number in range(len(table(at, "Ways to do it")) - 1):
        at.button(key=f"conv_try_{number}").click().run()
        tried = Setting.from_link(at.session_state["convolution_command"]["link"])
        assert tried.output_size == need
        assert tried.flat == Setting.from_link(link).flat


def test_what_was_typed_for_another_size_is_let_go() -> None:
    """Typed pixels and weights fit one size only; digits and named kernels stay."""
    assert Setting(input="typed", kernel="typed", step=7).changed() == Setting()
    assert Setting(input="digit", kernel="blur").changed() == Setting(input="digit", kernel="blur")


# ---------------------------------------------------------------------- cost


def test_lenets_first_layer() -> None:
    """156 weights, 117,600 products; twice the channels 4 times the work; twice the padding 1.31 times."""
    rows = table(opened("n=28&k=5&p=2"), "What one picture costs")
    assert rows[1] == ["On the stage", "156", "117,600", "235,200", "624 B", "22.0 kB"]
    assert [row[0] for row in rows[2:]] == [
        "Both channel counts doubled",
        "Padding doubled",
        "The same, fully connected",
    ]
    assert rows[2][2] == "470,400 ×4"
    assert rows[3][1:3] == ["156 ×1", "153,600 ×1.31"]
    assert rows[4][1] == "3,692,640 ×23,671"


def test_channels_are_asked_for() -> None:
    """LeNet-5's second layer; the stage's RGB starts with 3."""
    at = opened("n=14&k=5")
    at.number_input(key="conv_in_1").set_value(6).run()
    at.number_input(key="conv_out").set_value(16).run()
    assert table(at, "What one picture costs")[1][1:3] == ["2,416", "240,000"]
    assert opened("n=14&channels=3").number_input(key="conv_in_3").value == 3


def test_a_signal_costs_k_products_a_sample() -> None:
    """k 5 over 64: 60 outputs, 6 filters."""
    assert table(opened("flat=1&n=64&k=5"), "What one picture costs")[1][1:3] == ["36", "1,800"]


def test_pooling_costs_no_weights() -> None:
    """28 to 14: 3 comparisons for each of 196; softmax takes exponentials."""
    rows = table(opened("mode=pool&n=28&k=2&s=2"), "What one picture costs")
    assert rows[1] == ["Weights", "0"]
    assert ["Comparisons", "588"] in rows
    soft = table(opened("mode=pool&pooling=softmax&n=28&k=2&s=2"), "What one picture costs")
    assert ["Exponentials", "784"] in soft


def test_no_padding_to_double() -> None:
    """The row is left out and a sentence says what to do."""
    at = opened("n=28&k=5")
    assert len(table(at, "What one picture costs")) == 4
    assert "There is no padding to double" in shown(at)


def test_refused_has_no_cost() -> None:
    """One sentence instead of a bill."""
    assert "No output, so nothing to pay" in shown(opened("n=2&k=5"))


# ---------------------------------------------------------------------- why


def test_the_stack_and_what_sees_as_much() -> None:
    """3 and 3 see 5, with 20 weights for 26; the field takes strides."""
    at = opened("")
    rows = table(at, "The same view, other weights (biases counted)")
    assert [row[:2] for row in rows[1:]] == [["5 × 5", "26"], ["3 × 3, 3 × 3", "20"], ["1 × 5, 5 × 1", "12"]]
    at.text_input(key="conv_stack").set_value("5, 2/2, 5，2/2").run()
    assert "1 → 5 → 6 → 14 → 16" in shown(at)


@pytest.mark.parametrize("text", ["", "3,", "0", "12", "3/9", "3/0", "a", "3 3 3 3 3 3 3", "11/8 11/8", "3.5", "３"])
def test_what_is_no_stack(text: str) -> None:
    """Numbers out of range, too many, too wide, or no numbers; a trailing comma is no mistake."""
    assert (parse_stack(text) is None) == (text != "3,")


def test_a_wrong_stack_says_what_is_possible() -> None:
    """One sentence with an example; nothing breaks."""
    at = opened("")
    at.text_input(key="conv_stack").set_value("three").run()
    assert "For example: 5, 2/2, 5, 2/2." in shown(at)
    assert not at.exception


def test_equal_sums_are_not_bitwise_equal() -> None:
    """The table's sums are this machine's own, and they differ."""
    rows = table(opened(""), "The same numbers, added")[1:]
    sums = [row[1] for row in rows]
    assert sums[:2] == [str(0.1 + 0.2 + 0.3), str(0.1 + (0.2 + 0.3))]
    assert len({*sums}) >= 4


def test_sobel_comes_apart() -> None:
    """A column and a row whose product it is."""
    assert "the column (0.5, 1, 0.5) times the row (2, 0, −2)" in shown(opened(""))


def test_the_composed_kernel_goes_to_the_stage() -> None:
    """Smoothing and Sobel make 5 x 5; its weights travel in the link."""
    at = opened("")
    at.button(key="conv_try_composed").click().run()
    link = at.session_state["convolution_command"]["link"]
    assert link == composed_link()
    assert link.endswith("w=1_2_0_-2_-1r4_8_0_-8_-4r6_12_0_-12_-6r4_8_0_-8_-4r1_2_0_-2_-1")


# ---------------------------------------------------------------------- questions


def test_the_lessons_seven_questions() -> None:
    """Each has an answer, and a button that shows a setting of its own that works."""
    at = opened("")
    text = shown(at)
    for number, question in enumerate(QUESTIONS, start=1):
        assert f"{number}. {question.question}" in text
        assert question.answer in text
        at.button(key=f"conv_ask_{number}").click().run()
        assert at.session_state["convolution_command"]["link"] == question.link
        assert Setting.from_link(question.link).output_size is not None
    assert len(QUESTIONS) == 7
