"""The page Runs in a real browser: ticks, words as one types, curves under the pointer and the keyboard, brushes."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from cnnviz.engine.config import TrainConfig
from cnnviz.runs import annotations as run_notes
from cnnviz.runs import process
from cnnviz.runs.run import Origin
from cnnviz.runs.store import Store
from cnnviz.runs.sweeps import store as sweep_store
from cnnviz.runs.sweeps.plan import SweepParameter, SweepPlan
from tests.browser.server import Server, app_server
from tests.browser.waiting import SLOW, at_rest, wait_frames
from tests.pages.runs import BAD, GOOD, told

CHART = ".st-key-runs_overlay"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with twenty runs, the first three of them named, and a sweep of six."""
    folder = tmp_path_factory.mktemp("runs")
    store = Store(folder / "runs.sqlite3")
    for number in range(20):
        config = TrainConfig(seed=number, epochs=4, optimizer="sgd" if number == 1 else "adamw")
        name = ("alpha", "beta", "gamma")[number] if number < 3 else ""
        run, token = store.add_here(config, Origin("1" * 32, name))
        for event in told(0.6 + 0.015 * number, epochs=4, confusion=BAD if number % 2 else GOOD):
            store.append(run, token, event)
        store.end(run, token, "finished")
    run_notes.set_tags(store, 2, ["class 3"])
    plan = SweepPlan(
        TrainConfig(epochs=4),
        (SweepParameter("learning_rate", (0.001, 0.01, 0.1)), SweepParameter("optimizer", ("sgd", "adam"))),
    )
    sweep = sweep_store.start(store, plan)
    for number in range(6):
        now = sweep_store.sweep(store, sweep)
        values = {"learning_rate": (0.001, 0.01, 0.1)[number // 2], "optimizer": ("sgd", "adam")[number % 2]}
        run_id = sweep_store.add_trial(store, now, plan.config(values))
        start = store.claim_next(9, lambda holder: False)
        assert start is not None
        assert start.run_id == run_id
        for event in told(0.7 + 0.04 * number, epochs=4):
            store.append(start.run_id, start.token, event)
        store.end(start.run_id, start.token, "pruned" if number == 0 else "finished")
    sweep_store.finish(store, sweep)
    store.close()
    return folder


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[Server]:
    """The app over that store."""
    with app_server(home) as running:
        yield running


def opened(page: Page, server: Server, query: str = "") -> Page:
    page.goto(f"{server.url}/runs?lang=en{query}")
    expect(page.locator(".lg-table tbody tr").first).to_be_visible(timeout=SLOW)
    return page


def row(page: Page, run: int) -> Locator:
    return page.locator(f'.lg-table tr[data-run="{run}"]')


def legend(page: Page) -> list[str]:
    return [text.split(" ")[0] for text in page.locator(f"{CHART} .legendtext").all_text_contents()]


def test_ticks_choose_lines_and_the_link_keeps_them(page: Page, server: Server) -> None:
    """Each tick adds a line with the sample of its row; the link opens the same selection elsewhere."""
    opened(page, server, "&runs_text=alpha")
    row(page, 1).get_by_role("checkbox").check()
    expect(page).to_have_url(re.compile(r"runs=1\b"), timeout=SLOW)
    page.get_by_role("searchbox").fill("gamma")
    expect(row(page, 3)).to_be_visible(timeout=SLOW)
    expect(row(page, 1)).to_have_count(0)
    row(page, 3).get_by_role("checkbox").check()
    expect(page.locator(f"{CHART} .legendtext")).to_have_count(2, timeout=SLOW)
    assert legend(page) == ["#1", "#3"]
    expect(row(page, 3).locator(".lg-tick svg")).to_be_visible()
    expect(page.get_by_text("They differ in Seed")).to_be_visible(timeout=SLOW)
    link = page.url
    page.goto("about:blank")
    page.goto(link)
    expect(page.locator(f"{CHART} .legendtext")).to_have_count(2, timeout=SLOW)
    assert legend(page) == ["#1", "#3"]
    expect(page.get_by_role("searchbox")).to_have_value("gamma")


def test_the_list_follows_as_one_types_and_keeps_the_focus(page: Page, server: Server) -> None:
    """No Enter needed; the box keeps its text and the caret while the rows come."""
    box = opened(page, server).get_by_role("searchbox")
    box.click()
    page.keyboard.type("beta", delay=30)
    expect(page.locator(".lg-table tbody tr")).to_have_count(1, timeout=SLOW)
    expect(row(page, 2)).to_be_visible()
    expect(box).to_be_focused()
    expect(box).to_have_value("beta")
    page.keyboard.type("x")
    expect(page.get_by_text("No run is like that.")).to_be_visible(timeout=SLOW)


def test_heads_sort_and_pages_turn(page: Page, server: Server) -> None:
    """Best first at the first click, worst first at the next; the second page goes on where the first ends."""
    opened(page, server)
    page.get_by_role("button", name="Best test accuracy", exact=True).click()
    head = page.get_by_role("columnheader", name="Best test accuracy")
    expect(head).to_have_attribute("aria-sort", "descending", timeout=SLOW)
    shares = [float(text.strip("%")) for text in page.locator("td.lg-accuracy").all_inner_texts()]
    assert shares == sorted(shares, reverse=True)
    page.get_by_role("button", name="Next page").click()
    expect(page.get_by_text("13–24 of 26 runs")).to_be_visible(timeout=SLOW)
    expect(page).to_have_url(re.compile("runs_sort=-accuracy.*runs_page=2|runs_page=2.*runs_sort=-accuracy"))
    later = [float(text.strip("%")) for text in page.locator("td.lg-accuracy").all_inner_texts()]
    assert max(later) <= min(shares)


def test_the_pointer_reads_every_run(page: Page, server: Server) -> None:
    """Anywhere on the chart: every run's value at that place; a sentence and a table say the newest."""
    opened(page, server, "&runs=1,2,3")
    chart = page.locator(f"{CHART} .nsewdrag").first
    expect(chart).to_be_visible(timeout=SLOW)
    box = chart.bounding_box()
    assert box is not None
    chart.hover(position={"x": box["width"] * 0.5, "y": 100})
    said = page.locator(f"{CHART} .hoverlayer .legend")
    for text in ("#1", "40.00%", "41.50%", "43.00%"):
        expect(said).to_contain_text(text)
    expect(page.get_by_role("figure", name=re.compile("^Test accuracy over Epoch, newest values: #1"))).to_be_visible()
    page.get_by_text("The same as a table").click()
    row = page.locator(".cnn-same tbody tr").nth(1)
    expect(row).to_contain_text("#2 beta")
    expect(row).to_contain_text("61.50%")


def test_what_is_drawn_changes_and_is_in_the_link(page: Page, server: Server) -> None:
    """Metric, axis, scale and smoothing; the link follows."""
    opened(page, server, "&runs=1,2")
    page.get_by_role("radio", name="Training loss").click(timeout=SLOW)
    expect(page.locator(f"{CHART} .ytitle", has_text="Training loss")).to_be_visible(timeout=SLOW)
    page.get_by_role("radio", name="Seconds").click()
    expect(page.locator(f"{CHART} .xtitle", has_text="Seconds")).to_be_visible(timeout=SLOW)
    page.get_by_text("Log scale").click()
    page.get_by_role("slider", name="Smoothing").focus()
    page.keyboard.press("End")
    expect(page.locator(f"{CHART} .scatterlayer .js-line")).to_have_count(4, timeout=SLOW)
    for part in ("runs_metric=loss", "runs_x=seconds", "runs_log=true", "runs_smooth=1"):
        expect(page).to_have_url(re.compile(part), timeout=SLOW)


def test_a_line_can_be_hidden(page: Page, server: Server) -> None:
    """A name in the legend takes its line away and brings it back."""
    opened(page, server, "&runs=1,2")
    lines, button = page.locator(f"{CHART} .scatterlayer .js-line"), page.locator(f"{CHART} .legendtoggle").first
    button.click(timeout=SLOW)
    expect(lines).to_have_count(1, timeout=SLOW)
    expect(page.locator(f"{CHART} .textpoint")).to_have_count(1)
    button.click()
    expect(lines).to_have_count(2, timeout=SLOW)


def test_changed_mistakes_can_be_picked(page: Page, server: Server) -> None:
    """A cell says in words what changed; signs go with the difference."""
    opened(page, server, "&runs=2,1")
    cell = page.locator('button.cm-cell[data-row="0"][data-column="1"]')
    expect(cell).to_have_text("−6", timeout=SLOW)
    cell.focus()
    expect(page.locator(".cm-say")).to_have_text(
        "0 taken for 1: 6 fewer in run 1 than in run 2 (0 instead of 6, of 36)"
    )
    expect(page.locator('button.cm-cell[data-row="0"][data-column="0"]')).to_have_text("+6")


def test_delete_and_restore(browser: Browser, page: Page, server: Server) -> None:
    """Others' runs go after a question; another browser has the way back too, closed until it is wanted."""
    opened(page, server, "&runs_text=gamma&runs=3")
    page.get_by_role("button", name="Delete").click(timeout=SLOW)
    page.get_by_role("button", name="Yes, delete").click(timeout=SLOW)
    expect(page.get_by_text("No run is like that.")).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("button", name="Restore")).to_be_visible(timeout=SLOW)
    other = browser.new_context(locale="en-US").new_page()
    opened(other, server, "&runs_text=gamma")
    expect(other.get_by_role("button", name="Restore")).to_be_hidden()
    other.get_by_text("Deleted in the last 15 minutes").click()
    other.get_by_role("button", name="Restore").click()
    for each in (other, page):
        expect(row(each, 3)).to_be_visible(timeout=SLOW)
        expect(each.get_by_text("Deleted in the last 15 minutes")).to_have_count(0, timeout=SLOW)
    other.context.close()


def test_a_run_is_named_in_its_box(page: Page, server: Server) -> None:
    """The name in the list opens the box; what is saved is in the list."""
    opened(page, server, "&runs_text=%2320")
    row(page, 20).get_by_role("button").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Fingerprint of the initial weights")).to_be_visible(timeout=SLOW)
    expect(dialog.get_by_role("link", name="Look inside")).to_be_in_viewport()
    dialog.get_by_label("Name").fill("the best")
    dialog.get_by_role("button", name="Save").click()
    expect(row(page, 20)).to_contain_text("the best", timeout=SLOW)
    expect(dialog).to_have_count(0)


def test_a_box_stays_while_runs_train_and_end(page: Page, server: Server, home: Path) -> None:
    """The list behind it is drawn anew by a timer; what is typed is kept, and other pages find the box closed."""
    store = Store(home / "runs.sqlite3")
    run, token = store.add_here(TrainConfig(epochs=4), Origin("1" * 32, "under way"))
    store.register(run, token, os.getpid(), process.identity(os.getpid()))
    opened(page, server, "&runs_text=alpha")
    row(page, 1).get_by_role("button").click()
    dialog = page.get_by_role("dialog")
    notes = dialog.get_by_label("Notes")
    notes.fill("half a sen", timeout=SLOW)
    wait_frames(page, 200)  # longer than the timer of a list with a run that trains
    for event in told(0.9, epochs=1):
        store.append(run, token, event)
    store.end(run, token, "finished")
    wait_frames(page, 200)
    notes.press_sequentially("tence")
    expect(notes).to_have_value("half a sentence")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0, timeout=SLOW)
    assert store.record(1).notes == "half a sentence"
    row(page, 1).get_by_role("button").click()
    expect(notes).to_have_value("half a sentence", timeout=SLOW)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0, timeout=SLOW)
    row(page, 1).get_by_role("button").click()
    dialog.get_by_role("link", name="Epoch by epoch").click(timeout=SLOW)
    expect(page).to_have_url(re.compile("/training"), timeout=SLOW)
    page.get_by_role("link", name="Runs").first.click()
    expect(row(page, 1)).to_be_visible(timeout=SLOW)
    at_rest(page)
    expect(dialog).to_have_count(0)
    run_notes.write_notes(store, 1, "")
    run_notes.delete(store, [run])
    run_notes.prune_deleted(store, older_than=0.0)
    store.close()


def test_csv_is_downloaded(page: Page, server: Server) -> None:
    """The file has a line for every report and epoch."""
    opened(page, server, "&runs=1")
    with page.expect_download(timeout=SLOW) as download:
        page.get_by_role("button", name="CSV").click(timeout=SLOW)
    lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert download.value.suggested_filename == "run-1.csv"
    assert len(lines) == 9
    assert lines[0].startswith("run,name,kind,epoch,step")


def test_a_browser_stays_the_same_visitor(browser: Browser, server: Server) -> None:
    """A reload and another tab are the same visitor, another browser is not."""
    first, second = (browser.new_context(locale="en-US") for _ in range(2))
    page = first.new_page()
    page.goto(f"{server.url}/runs?runs_view=board")
    box = page.get_by_role("textbox", name="Your name on the board")
    box.fill("Lin", timeout=SLOW)
    box.press("Tab")
    for context, name in ((first, "Lin"), (first, "Lin"), (second, "")):
        at_rest(page)
        tab = context.new_page()
        tab.goto(f"{server.url}/runs?runs_view=board")
        expect(tab.get_by_role("textbox", name="Your name on the board")).to_have_value(name, timeout=SLOW)
    first.close()
    second.close()


def test_boxes_and_sliders_keep_runs_and_compare_them(page: Page, server: Server) -> None:
    """Drawn or by keyboard: only what lies there counts, and leads to the chart of the best of them."""
    page.goto(f"{server.url}/runs?lang=en&runs_view=sweeps")
    chart = page.locator(".st-key-runs_parallel")
    lines = chart.locator(".scatterlayer .js-line")
    expect(lines).to_have_count(6, timeout=SLOW)
    expect(page.get_by_role("figure", name=re.compile("^6 runs; the best is #26"))).to_be_visible()
    at_rest(page)
    plot = chart.locator(".nsewdrag").bounding_box()
    assert plot is not None
    first, top = plot["x"] + plot["width"] * 0.42 / 2.74, plot["y"] + plot["height"] * 0.02
    page.mouse.move(first - 12, top)
    page.mouse.down()
    page.mouse.move(first + 12, top + plot["height"] * 0.2, steps=4)
    page.mouse.up()
    expect(page.get_by_text("2 of 6 runs lie there.")).to_be_visible(timeout=SLOW)
    page.get_by_role("button", name="Keep all").click()
    expect(page.get_by_text("Point at a line")).to_be_visible(timeout=SLOW)
    page.get_by_text("Keep only some").click()
    highest = page.get_by_role("slider", name="Optimizer").last
    highest.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text("3 of 6 runs lie there. The best: #25:")).to_be_visible(timeout=SLOW)
    expect(highest).to_be_focused()
    page.get_by_role("button", name="Compare the best of these").click()
    expect(page.locator(f"{CHART} .legendtext")).to_have_count(3, timeout=SLOW)
    assert legend(page) == ["#25", "#23", "#21"]


def test_a_run_is_brought_out_by_keyboard(page: Page, server: Server) -> None:
    """Its sentence is chosen in the box, the best on top; its line is drawn thick, and thin again once it is let go."""
    page.goto(f"{server.url}/runs?lang=en&runs_view=sweeps")
    box = page.get_by_role("combobox", name="Bring out one run")
    expect(box).to_be_visible(timeout=SLOW)
    box.scroll_into_view_if_needed()  # its list closes when the page scrolls, which is told a frame later
    at_rest(page)
    box.focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option").first).to_be_visible(timeout=SLOW)
    page.keyboard.press("Enter")
    said = page.get_by_test_id("stCaptionContainer").get_by_text("#26: Learning rate")
    expect(said).to_be_visible(timeout=SLOW)
    thick = page.locator(".st-key-runs_parallel .scatterlayer .js-line[style*='stroke-width: 5px']")
    expect(thick).to_have_count(1, timeout=SLOW)
    box.focus()
    page.keyboard.press("Escape")
    expect(said).to_have_count(0, timeout=SLOW)
    expect(thick).to_have_count(0, timeout=SLOW)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("view", ["compare", "sweeps", "board"])
def test_a_phone_shows_it_without_sideways_scrolling(page: Page, server: Server, language: str, view: str) -> None:
    """At 390 pixels everything is stacked and nothing is cut off, in both languages."""
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{server.url}/runs?lang={language}&runs=1,2&runs_view={view}")
    waits_for = {
        "compare": f"{CHART} .legendtext",
        "sweeps": ".st-key-runs_sweep_compare button",
        "board": ".rn-table",
    }[view]
    expect(page.locator(waits_for).first).to_be_visible(timeout=SLOW)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
