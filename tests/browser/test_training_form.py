"""The form of a new run in a real browser: nothing folds up or gets lost while one turns hyperparameters."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from cnnviz.engine.config import TrainConfig
from cnnviz.runs.store import Store
from tests.browser.server import Server, app_server
from tests.browser.test_training import opened, type_number
from tests.browser.waiting import SLOW

GROUPS = ("data", "loss", "optimizer", "schedule", "generalising", "network", "run")


def unfold(page: Page, group: str) -> None:
    page.locator(f".st-key-training_group_{group} summary").click()


def choose(page: Page, control: str, value: str) -> None:
    """Scroll there, then click: a list closes when its page scrolls, and a scroll is told a frame late."""
    box = page.locator(f".st-key-training_{control} [role=combobox]")
    box.evaluate("each => each.scrollIntoView({ block: 'center' })")
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    box.click()
    page.get_by_role("option", name=value, exact=True).click()


def test_a_group_stays_open_while_its_header_follows(page: Page, server: Server) -> None:
    """Turning one changes the header, explains it and leaves everything unfolded; the link has it all."""
    opened(page, server)
    unfold(page, "generalising")
    page.get_by_role("spinbutton", name="Early stopping").fill("3")
    page.keyboard.press("Tab")
    group = page.locator(".st-key-training_group_generalising")
    expect(group.locator("summary")).to_contain_text("Early stopping 3")
    expect(page.locator(".st-key-foot_training_changed").get_by_text("Saves the epochs in which")).to_be_in_viewport()
    choose(page, "schedule", "cosine")
    expect(page.locator(".tr-spoken")).to_contain_text("Learning rate, cosine", timeout=SLOW)
    expect(page).to_have_url(
        re.compile("training_patience=3.*training_schedule=cosine|training_schedule=cosine.*patien")
    )
    page.reload()
    expect(page.locator(".tr-spoken")).to_contain_text("Learning rate, cosine", timeout=SLOW)
    expect(group.locator("summary")).to_contain_text("Early stopping 3")


@pytest.mark.parametrize(("control", "next_one"), [("learning_rate", "seed"), ("weight_decay", "augmentation")])
def test_the_next_hyperparameter_stays_where_it_is(page: Page, server: Server, control: str, next_one: str) -> None:
    """Turning one says what changed and explains it, and moves nothing under the next click."""
    opened(page, server)
    unfold(page, "generalising")
    turned, following = (page.locator(f".st-key-training_{name}") for name in (control, next_one))
    expect(following).to_be_visible()
    turned.scroll_into_view_if_needed()
    before = _below(turned, following)
    turned.locator("input").fill("0.01")
    page.keyboard.press("Tab")
    expect(page.get_by_text(re.compile("^Changed: .* 0.01"))).to_be_attached()
    expect(page.get_by_text(re.compile("Smaller weights make|How far a step goes"))).to_be_attached()
    assert _below(turned, following) == pytest.approx(before, abs=1)
    page.get_by_role("button", name="Back to the preset").click()
    expect(page.get_by_text("Changed: ")).to_have_count(0)


def _below(one: Locator, other: Locator) -> float:
    """Pixels from the top of `one` to the top of `other`."""
    tops = [each.bounding_box() for each in (one, other)]
    assert tops[0]
    assert tops[1]
    return tops[1]["y"] - tops[0]["y"]


def test_again_over_a_page_switch_sets_what_is_usual_too(page: Page, own_home: Path) -> None:
    """A visitor's own settings, kept over the page switch, give way to the run's, whatever the link leaves out."""
    store = Store(own_home / "runs.sqlite3")
    run, token = store.add_here(TrainConfig(seed=5, model_options='{"dropout": 0.25}'))
    store.end(run, token, "stopped", None)
    store.close()
    with app_server(own_home) as server:
        opened(page, server)
        type_number(page, "Epochs", "3")
        expect(page).to_have_url(re.compile("training_epochs=3"))
        expect(page.get_by_text("Changed: Epochs 3")).to_be_visible()
        choose(page, "optimizer", "SGD")
        expect(page).to_have_url(re.compile("training_optimizer=sgd"))
        page.get_by_role("link", name="Runs", exact=True).click()
        page.get_by_text("Run 1", exact=True).first.click()
        page.get_by_role("link", name="Again with the same initial weights").first.click()
        expect(page.get_by_text(f"Again with the initial weights of run {run} (seed 5)")).to_be_visible()
        expect(page.get_by_label("Epochs")).to_have_value("10")
        expect(page.get_by_label("Learning rate")).to_have_attribute("placeholder", "0.005")
        expect(page.get_by_text("Dropout 0.25")).to_be_visible()


def test_a_choice_outlives_language_and_page(page: Page, server: Server) -> None:
    """The box speaks the language, the link keeps the code, and a page switch keeps the choice."""
    opened(page, server)
    choose(page, "schedule", "cosine")
    expect(page).to_have_url(re.compile("training_schedule=cosine"), timeout=SLOW)
    page.get_by_role("combobox", name="Language").click()
    page.get_by_role("option", name="简体中文").click()
    box = page.locator(".st-key-training_schedule [role=combobox]")
    expect(box).to_have_value("余弦", timeout=SLOW)
    choose(page, "optimizer", "动量法")
    expect(page).to_have_url(re.compile("training_optimizer=momentum"), timeout=SLOW)
    page.get_by_role("link", name="数据", exact=True).click()
    expect(page.get_by_role("heading", name="数据", exact=True)).to_be_visible(timeout=SLOW)
    page.get_by_role("link", name="训练", exact=True).click()
    expect(box).to_have_value("余弦", timeout=SLOW)
    expect(page.locator(".st-key-training_optimizer [role=combobox]")).to_have_value("动量法")
    expect(page).to_have_url(re.compile("training_schedule=cosine"), timeout=SLOW)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_phone_has_every_hyperparameter(page: Page, server: Server, language: str) -> None:
    """At 390 pixels, all groups unfolded and every hyperparameter explained, nothing goes sideways."""
    page.set_viewport_size({"width": 390, "height": 800})
    opened_groups = page.locator(".st-key-training_groups details[open]")
    page.goto(f"{server.url}/training?lang={language}&training_preset=lesson-keras")
    page.locator(".st-key-training_explain label").first.click()
    for group in GROUPS:
        unfold(page, group)
    expect(opened_groups).to_have_count(len(GROUPS))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    boxes = [box.bounding_box() for box in page.locator(".st-key-training_groups input").all()]
    assert all(box is None or box["x"] + box["width"] <= 390 for box in boxes)


@pytest.mark.parametrize(
    ("model", "language"), [("lenet5-classic", "en"), ("lenet5-classic", "zh"), ("lenet5-valid", "zh")]
)
def test_names_of_networks_fit_their_box(page: Page, server: Server, model: str, language: str) -> None:
    """Beside a laptop's run, too: no ellipsis hides what tells two networks apart."""
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{server.url}/training?lang={language}&training_model={model}")
    for control in ("model", "data", "optimizer", "schedule"):
        box = page.locator(f".st-key-training_{control} input[role=combobox]")
        expect(box).to_be_visible(timeout=SLOW)
        assert box.evaluate("each => each.scrollWidth <= each.clientWidth"), control
