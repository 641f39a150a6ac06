"""Choosing the lesson's examples: `lessons.js` as it lies there, with an explorer that only keeps a setting."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from cnnviz.ui.convolution.presets import PRESETS
from cnnviz.ui.convolution.words import WORDS
from tests.browser.modules import with_modules

LESSONS = WORDS["lessons"]
SENT = [
    {"group": p.group, "title": p.title, "sentence": p.sentence.format(**p.figures), "link": p.link} for p in PRESETS
]
START = """async ({ presets, words, link }) => {
  const { createLessons } = await import("/convolution/component/lessons.js");
  const { parseLink } = await import("/convolution/component/arithmetic/setting.js");
  document.body.innerHTML = '<div class="cnn-root"><div class="lessons"></div></div>';
  const explorer = {
    data: { presets },
    setting: parseLink(link).setting,
    words: () => words,
    change(patch) { this.setting = { ...this.setting, ...patch }; this.part.update(); },
    open(link, kept) { this.change({ ...parseLink(link).setting, ...kept }); },
  };
  explorer.part = createLessons(document.querySelector(".lessons"), explorer);
  explorer.part.update();
  window.explorer = explorer;
}"""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """An empty page that can import the modules of the components."""
    context = browser.new_context()
    opened = context.new_page()
    with_modules(opened)
    yield opened
    context.close()


def started(page: Page, link: str = "") -> None:
    page.evaluate(START, {"presets": SENT, "words": LESSONS, "link": link})


def sentence(page: Page) -> str:
    return page.locator(".lessons p").inner_text()


def chosen(page: Page) -> str:
    return page.locator(".lessons select").evaluate("(select) => select.selectedOptions[0].label")


def test_the_link_says_which_example_it_is(page: Page) -> None:
    """A shared link opens with its example chosen, and with the example's sentence."""
    started(page, "n=28&k=3&p=1&s=2&input=digit&step=9")
    assert chosen(page) == "'same' pads one side"
    assert sentence(page) == SENT[-1]["sentence"]


def test_every_example_has_an_option_in_its_group(page: Page) -> None:
    """Free play first, then the groups in their order."""
    started(page)
    select = page.get_by_label(LESSONS["label"], exact=True)
    assert select.evaluate("(s) => [...s.options].map((o) => o.label)") == [
        LESSONS["free"],
        *(p["title"] for p in SENT),
    ]
    groups = select.evaluate("(s) => [...s.querySelectorAll('optgroup')].map((g) => g.label)")
    assert groups == list(dict.fromkeys(p["group"] for p in SENT))


def test_choosing_applies_at_once(page: Page) -> None:
    """The setting is the link's, and the sentence is there; predicting stays on."""
    started(page, "predict=1")
    page.get_by_label(LESSONS["label"], exact=True).select_option(label="Halved")
    setting = page.evaluate("() => window.explorer.setting")
    assert (setting["n"], setting["p"], setting["s"], setting["predict"]) == ([8, 8], [1, 1], [2, 2], True)
    assert sentence(page) == "Stride 2 skips every other place: 8 becomes 4."


def test_previous_and_next_go_round(page: Page) -> None:
    """From the first example back to the last, and on to the first again."""
    started(page)
    assert chosen(page) == SENT[0]["title"]
    page.get_by_role("button", name=LESSONS["back"]).click()
    assert chosen(page) == SENT[-1]["title"]
    page.get_by_role("button", name=LESSONS["on"]).click()
    page.get_by_role("button", name=LESSONS["on"]).click()
    assert chosen(page) == SENT[1]["title"]


def test_a_change_is_free_play(page: Page) -> None:
    """The name of the example is kept, and next goes on from it; stepping through time changes nothing."""
    started(page)
    page.get_by_label(LESSONS["label"], exact=True).select_option(label="Halved")
    page.evaluate("() => window.explorer.change({ step: 3 })")
    assert chosen(page) == "Halved"
    page.evaluate("() => window.explorer.change({ k: [5, 5] })")
    assert chosen(page) == LESSONS["free"]
    assert sentence(page) == "Free play: you have changed 'Halved'. Choose it again to have it back."
    page.get_by_role("button", name=LESSONS["on"]).click()
    assert chosen(page) == "A third"


def test_nothing_chosen_yet(page: Page) -> None:
    """A setting of no example invites; next is the first, previous the last."""
    started(page, "n=33")
    assert (chosen(page), sentence(page)) == (LESSONS["free"], LESSONS["invitation"])
    page.get_by_role("button", name=LESSONS["on"]).click()
    assert chosen(page) == SENT[0]["title"]
    started(page, "n=33")
    page.get_by_role("button", name=LESSONS["back"]).click()
    assert chosen(page) == SENT[-1]["title"]


def test_another_language_translates_options_and_sentence(page: Page) -> None:
    """New data from the server: same choice, new words."""
    started(page, "p=1")
    page.evaluate(
        """() => {
          const { presets } = window.explorer.data;
          const translated = presets.map((one) => ({ ...one, title: `zh ${one.title}`, sentence: "zh" }));
          window.explorer.data = { presets: translated };
          window.explorer.part.update();
        }"""
    )
    assert chosen(page) == "zh Same size, K = 3"
    assert sentence(page) == "zh"
