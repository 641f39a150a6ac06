"""Data, in a real browser with real trainings: a question answered by its runs; wrong labels found and corrected."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.server import Server
from tests.browser.waiting import answered


def found(page: Page) -> dict[str, float]:
    """Way of training -> what share of the rarest class it found, in per cent."""
    rows = page.locator(".cnn-paired tbody tr")
    heads, cells = rows.locator("th").all_inner_texts(), rows.locator("td:nth-child(2)").all_inner_texts()
    return {head.strip(): float(cell.strip("%<>")) for head, cell in zip(heads, cells, strict=True)}


def test_a_question_is_answered_by_its_runs(page: Page, server: Server) -> None:
    """A guess, a click, three trainings; what was to be seen in one sentence, seen again by whoever has the link."""
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{server.url}/data?data_view=experiments&data_experiment=imbalance&data_experiment_imbalance_guess=30")
    page.get_by_role("button", name="Train 3 networks").click()
    concluded = page.locator(".cnn-concluded")
    expect(concluded).to_contain_text("You guessed 30%; it is ")
    shares = found(page)
    assert shares["as they are"] + 30 < min(shares["class weights"], shares["classes drawn evenly"])
    expect(page.get_by_role("button", name="Train 3 networks")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"data_experiment_imbalance_runs=\d+(%2C|,)\d+(%2C|,)\d+"))
    sentence = concluded.inner_text()
    page.goto(page.url)
    expect(concluded).to_have_text(sentence)
    box = page.locator(".cnn-paired").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 800, "seen without scrolling"


def test_wrong_labels_are_found_and_corrected_by_keyboard(page: Page, server: Server) -> None:
    """A tenth made wrong; most suspects really are; Enter corrects the first, which the link then says."""
    page.goto(f"{server.url}/data?data_view=labels")
    page.get_by_role("button", name="Search for wrong labels").click()
    tiles = page.locator(".cnn-suspect")
    expect(tiles).to_have_count(16)
    words = page.locator(".st-key-data_labels_side").inner_text()
    precision, recall = (float(each) for each in re.findall(r"([\d.]+)%(?=\. Of all|\s+are suspected)", words))
    assert precision > 85
    assert recall > 85
    first = page.get_by_role("button", name=re.compile(r"^It is \d$")).first
    answer = first.inner_text()[-1]
    first.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"data_labels_corrected=\d+(%3A|:){answer}\b"))
    answered(page)
    expect(page.get_by_role("button", name="Train 3 networks")).to_be_enabled()
