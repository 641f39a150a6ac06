"""The page Training in a real browser: live, shared, and in no hurry to die with a tab, a server or a worker."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from cnnviz.engine.events import RunStarted
from cnnviz.runs.run import RunRecord
from cnnviz.runs.store import Store
from tests.browser.server import Server, app_server
from tests.browser.waiting import at_rest
from tests.polling import until

TRAIN = re.compile(r"\bTrain$")  # Streamlit 1.65 reads the icon's name out before it
WATCH = """() => new Promise(done => {
  const find = root => root.querySelector('.cv-chart') ||
    [...root.querySelectorAll('*')].map(each => each.shadowRoot && find(each.shadowRoot)).find(Boolean);
  const svg = find(document.querySelector('.st-key-training_loss'));
  const drawn = () => svg.querySelector('.cv-strong')?.getAttribute('d');
  let last = drawn(), changes = 0;
  const timer = setInterval(() => { if (drawn() !== last) { changes += 1; last = drawn(); } }, 20);
  setTimeout(() => {
    clearInterval(timer);
    done({ changes, same: find(document.querySelector('.st-key-training_loss')) === svg && svg.isConnected });
  }, 6000);
})"""


@pytest.fixture
def store(own_home: Path):
    """The runs of the server under test, read as it reads them itself."""
    opened = Store(own_home / "runs.sqlite3")
    yield opened
    for record in opened.records(100):
        opened.ask_stop(record.id)
    until(lambda: not any(record.is_active for record in opened.records(100)))
    opened.close()


def opened(page: Page, server: Server, query: str = "") -> Page:
    page.goto(f"{server.url}/training{query}")
    expect(page.get_by_role("button", name=TRAIN)).to_be_visible()
    return page


def type_number(page: Page, label: str, value: str) -> None:
    page.get_by_label(label).fill(value)
    page.get_by_label(label).press("Tab")


def newest(store: Store) -> RunRecord:
    return store.records(1)[0]


def begun_after(store: Store, epoch: int) -> bool:
    """Whether the newest run has been begun again after `epoch`: it may have come far since."""
    events = [event for _, event in store.events(newest(store).id)]
    return any(isinstance(event, RunStarted) and event.first_epoch == epoch + 1 for event in events)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="finds the server's children as Linux shows them")
def test_a_worker_is_ready_before_anybody_presses(page: Page, own_home: Path, store: Store) -> None:
    """The page is open: a process with torch waits, and the run is its own."""
    with app_server(own_home) as server:
        opened(page, server)
        until(lambda: len(waiting_workers(server)) == 1)
        ready = waiting_workers(server)
        page.get_by_role("button", name=TRAIN).click()
        until(lambda: bool(store.records()) and newest(store).pid in ready)
        store.ask_stop(newest(store).id)
        until(lambda: not newest(store).is_active)
        until(lambda: len(waiting_workers(server)) == 1)  # for the next one
        last = waiting_workers(server)
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in last))


def waiting_workers(server: Server) -> list[int]:
    """Workers without a run, children of the server."""
    found = []
    for child in Path(f"/proc/{server.process.pid}/task").glob("*/children"):
        for pid in child.read_text().split():
            command = Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0").split(b"\0")
            found += [int(pid)] * (command[-1] == b"cnnviz.runs.worker")
    return found


def test_one_click_trains_to_the_end_and_leads_on(page: Page, own_home: Path, store: Store) -> None:
    """Train, with nothing touched: the curve falls in place, the run ends well, and its network can be opened."""
    with app_server(own_home) as server:
        opened(page, server).get_by_role("button", name=TRAIN).click()
        until(lambda: bool(store.records()) and newest(store).epochs_done >= 1)
        expect(page.get_by_role("img", name=re.compile("Loss on the training pictures"))).to_be_visible()
        expect(page.get_by_text(re.compile(r"Finished: 9\d\.\d% of the test pictures right"))).to_be_visible()
        assert "?training_run=1" in page.url
        page.get_by_role("link", name="Look inside this network").click()
        expect(page).to_have_url(re.compile("/layers.*layers_checkpoint=run-1"))


def test_the_curve_moves_in_place(page: Page, own_home: Path, store: Store) -> None:
    """While a run goes the same drawing is drawn further: no flicker, no new chart."""
    with app_server(own_home) as server:
        opened(page, server, "?training_epochs=1000").get_by_role("button", name=TRAIN).click()
        until(lambda: bool(store.records()) and newest(store).epochs_done >= 2)
        expect(page.get_by_role("img", name=re.compile("^Loss .* on the test pictures"))).to_be_visible()
        seen = page.evaluate(WATCH)
        assert seen["same"]
        assert seen["changes"] >= 3
        expect(page.get_by_text("Connection error")).to_have_count(0)


def test_two_browsers_control_one_run_which_outlives_server_and_worker(
    browser: Browser, page: Page, own_home: Path, store: Store
) -> None:
    """Pause here, resume there, close the tab, kill the server, kill the worker: the run goes on or can go on."""
    with app_server(own_home) as server:
        opened(page, server, "?training_epochs=1000").get_by_role("button", name=TRAIN).click()
        until(lambda: bool(store.records()) and newest(store).epochs_done >= 1)
        second = browser.new_context(locale="zh-CN")
        other = second.new_page()
        other.goto(f"{server.url}/training")
        page.get_by_role("button", name="Pause").click()
        until(lambda: newest(store).status == "paused")
        other.get_by_role("button", name="继续").click()
        until(lambda: newest(store).status == "running")
        second.close()
        server.process.kill()
        server.process.wait()
        done = newest(store).epochs_done
        until(lambda: newest(store).epochs_done > done)
    with app_server(own_home) as server:
        opened(page, server)
        expect(page.get_by_role("button", name="Pause")).to_be_visible()
        pid = newest(store).pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        expect(
            page.get_by_text(re.compile("Its process (was ended from outside|is gone)|memory ran out"))
        ).to_be_visible()
        done = newest(store).epochs_done
        page.get_by_role("button", name="Resume").click()
        until(lambda: newest(store).epochs_done > done)
        page.get_by_role("button", name="Stop").click()
        until(lambda: newest(store).status == "stopped")
        expect(page.get_by_text(re.compile(r"Stopped after \d+ of 1000 epochs"))).to_be_visible()


@pytest.mark.parametrize(
    ("label", "typed", "sentence"),
    [
        ("Epochs", "0", "Epochs must be a whole number from 1 to 1000. Got 0; try 1."),
        ("Epochs", "2.5", "Epochs must be a whole number from 1 to 1000. Got 2.5; try 2."),
        ("Learning rate", "1e9", "Learning rate must be a number greater than 0 and at most 10."),
        ("Batch size", "99999999999999999999", "Batch size must be a whole number from 1 to 8192."),
    ],
)
def test_absurd_numbers_typed_in_are_refused_in_a_sentence(
    page: Page, server: Server, label: str, typed: str, sentence: str
) -> None:
    """What the browser shows is what was typed; one sentence says what is wrong, and Train does nothing."""
    opened(page, server)
    type_number(page, label, typed)
    expect(page.get_by_text(sentence)).to_be_visible()
    page.get_by_role("button", name=TRAIN).click()
    at_rest(page)
    expect(page.get_by_role("alert")).to_have_count(1)
    expect(page.get_by_text("Nothing has been trained here yet")).to_be_visible()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_phone_shows_it_without_sideways_scrolling(page: Page, server: Server, language: str) -> None:
    """At 390 pixels everything is stacked and nothing is cut off, in both languages."""
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{server.url}/training?lang={language}")
    expect(page.get_by_role("button", name=TRAIN if language == "en" else "开始训练")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_learning_rate_is_changed_by_keyboard_and_marked(
    browser: Browser, page: Page, own_home: Path, store: Store
) -> None:
    """A turn here is seen there, in numbers, in both charts and in the log; going back is asked first."""
    with app_server(own_home) as server:
        opened(page, server, "?training_epochs=1000").get_by_role("button", name=TRAIN).click()
        until(lambda: bool(store.records()) and newest(store).epochs_done >= 2)
        second = browser.new_context()
        other = second.new_page()
        other.goto(f"{server.url}/training")
        tenth = page.get_by_role("button", name="÷10", exact=True)
        tenth.focus()
        tenth.press("Enter")
        until(lambda: newest(store).lr_scale == 0.1)
        for each in (page, other):
            expect(each.get_by_text("= schedule ÷10")).to_be_visible()
            expect(each.get_by_role("img", name=re.compile("Changed in epoch .*: ÷10"))).to_be_visible()
            expect(each.get_by_role("log")).to_contain_text("the learning rate is changed to ÷10")
            expect(each.get_by_role("progressbar", name="Batches of this epoch")).to_be_visible()
        second.close()
        page.get_by_role("button", name="Stop").click()
        until(lambda: newest(store).status == "stopped")
        done = newest(store).epochs_done
        page.get_by_role("button", name="Go on from epoch …").click()
        page.get_by_label("Go on after epoch").first.click()
        page.get_by_role("option", name=str(done - 1), exact=True).click()  # early ones may be out of the list's sight
        expect(page.get_by_text(f"Epoch {done} will be replaced")).to_be_visible()
        assert newest(store).status == "stopped"
        page.get_by_role("button", name=f"Go on after epoch {done - 1}").click()
        until(lambda: begun_after(store, done - 1))
        expect(page.get_by_role("button", name="Pause")).to_be_visible()


def test_the_log_is_copied_and_stands_still_for_who_reads_back(page: Page, own_home: Path, store: Store) -> None:
    """The button copies every line; whoever has scrolled up stays there while new lines come."""
    with app_server(own_home) as server:
        opened(page, server, "?training_epochs=1000").get_by_role("button", name=TRAIN).click()
        until(lambda: bool(store.records()) and newest(store).epochs_done >= 12)
        log = page.get_by_role("log")
        expect(log).to_contain_text("After epoch 12:")
        log.focus()
        page.keyboard.press("Home")
        until(lambda: log.evaluate("each => each.scrollTop") == 0)  # it glides there
        done = newest(store).epochs_done
        expect(log).to_contain_text(f"After epoch {done + 2}:")
        assert log.evaluate("each => each.scrollTop") == 0
        page.get_by_role("button", name="Copy the log").click()
        expect(page.get_by_text("Copied")).to_be_visible()
