"""The film of the page Training in a real browser: its modules by hand, and the whole by keyboard."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from cnnviz.engine.config import TrainConfig
from cnnviz.engine.train import train
from cnnviz.runs.store import Store
from cnnviz.ui.training.film_words import words
from tests.browser.modules import call, with_modules
from tests.browser.server import app_server
from tests.browser.waiting import SLOW
from tests.engine.conftest import threads_put_back  # noqa: F401 - a fixture

FILM = """
  const film = { data: given, pieces: new Map(), place: m.place(0), isLooping: true, isFollowing: true, speed: 1,
    dwell: 0, stop: null };
"""
WRITTEN = """
  window.written = [];
  const { fillText } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
    window.written.push(text);
    return fillText.call(this, text, ...place);
  };
"""
FRAMES = """range => new Promise(done => {
  const seen = [];
  const look = () => seen.push(range.value) < 30 ? requestAnimationFrame(look) : done(seen);
  requestAnimationFrame(look);
})"""
STOPS = {"stops": [{"at": at, "v": f"v{at}", "p": 1} for at in (0, 1, 2, 4)], "live": False, "gone": True}


@pytest.fixture(scope="module")
def modules(browser: Browser) -> Iterator[Page]:
    """An empty page that can import the modules of cnnviz/components."""
    context = browser.new_context()
    yield with_modules(context.new_page())
    context.close()


def test_playing_goes_from_stop_to_stop(modules: Page) -> None:
    """At one stop a second, 1.25 s are a quarter of the way from the second to the third."""
    body = FILM + "return [m.advanced(film, 1.25), m.positionOf(given, m.advanced(film, 2.5))]"
    place, at = call(modules, "film/place.js", body, STOPS)
    assert (place["from"], place["to"], place["t"]) == (1, 2, 0.25)
    assert at == 3.0  # half way from epoch 2 to epoch 4, as 3 was not kept


def test_with_less_motion_nothing_lies_between_two_stops(modules: Page) -> None:
    """Where less motion is wanted a stop stays until the next one; else what lies between them is drawn."""
    body = "return [true, false].map((isCalm) => m.positionOf(given, m.drawn(m.place(1, 2, 0.75), isCalm)))"
    assert call(modules, "film/place.js", body, STOPS) == [1, 1.75]


def test_the_end_is_seen_before_a_loop_begins_again(modules: Page) -> None:
    """The last stop stays for a moment; without the loop the film is over."""
    body = (
        FILM
        + """
      film.place = m.place(3);
      const places = [m.advanced(film, 0.5), m.advanced(film, 0.5)].map(({ from }) => from);
      film.isLooping = false;
      return [...places, m.advanced(film, 0.1)];
    """
    )
    assert call(modules, "film/place.js", body, STOPS) == [3, 0, None]


@pytest.mark.parametrize(
    ("live", "following", "before", "after"),
    [(True, True, "4", 4), (True, False, "2", 2), (False, True, "2", 2), (True, False, "now", 4)],
)
def test_new_epochs_move_nobody_who_has_scrubbed_away(
    modules: Page, live: bool, following: bool, before: str, after: float
) -> None:
    """Who keeps up sees the newest; who rests on an epoch stays there; the present moment goes over into its epoch."""
    body = FILM + (
        f"film.isFollowing = {str(following).lower()}; film.stop = '{before}'; film.at = 3.7;"
        "m.settle(film); return given.stops[film.place.from].at"
    )
    assert call(modules, "film/place.js", body, {**STOPS, "live": live}) == after


@pytest.mark.parametrize(("following", "after"), [(True, 4), (False, 2)])
def test_who_keeps_up_sees_the_last_epoch(modules: Page, following: bool, after: float) -> None:
    """The last epoch comes together with the news that the run is over; who rests on an epoch stays there."""
    body = FILM + (
        f"film.data = {{ ...given, live: true, stops: given.stops.slice(0, 3) }}; m.settle(film);"
        f"film.isFollowing = {str(following).lower()}; film.data = given;"
        "m.settle(film); return given.stops[film.place.from].at"
    )
    assert call(modules, "film/place.js", body, STOPS) == after


def test_only_what_is_here_is_played(modules: Page) -> None:
    """Stops whose pieces have not come yet, or that the film leaves out, are passed over."""
    stops = [{"at": at, "v": f"v{at}", "p": int(at != 2)} for at in range(5)]
    body = FILM + "for (const v of ['v0', 'v1', 'v2', 'v4']) film.pieces.set(`w-${v}`, {}); return m.playable(film)"
    assert call(modules, "film/place.js", body, {"stops": stops, "live": False, "gone": False}) == [0, 1, 4]


def test_the_server_is_told_what_is_here_when_it_matters(modules: Page) -> None:
    """At once if pieces are missing or it believes too much; not for a few small ones, nor for the present moment's."""
    body = """
      const told = [];
      const pieces = new Map([["w-1", {}], ["c-1", {}]]);
      const film = { pieces, told: "", tell: (_, have) => told.push(have), data: null };
      const after = async (data, parts) => {
        film.data = data;
        m.report(film, parts);
        await new Promise((done) => setTimeout(done, 5));
        return told.length;
      };
      const few = await after({ left: 0, known: 0, stops: [] }, [{ id: "w-1", tiles: "x".repeat(10) }]);
      const now = { left: 0, known: 0, stops: [{ v: "v9", now: [1, 2, 3] }] };
      const passing = await after(now, [{ id: "m-v9-t0-conv1", tiles: "x".repeat(60000) }]);
      const missing = await after({ left: 3, known: 0, stops: [] }, []);
      const same = await after({ left: 3, known: 0, stops: [] }, []);
      film.told = "";
      const mistaken = await after({ left: 0, known: 7, stops: [] }, []);
      return [few, passing, missing, same, mistaken, told[0]];
    """
    assert call(modules, "film/pieces.js", body) == [0, 0, 1, 1, 2, ["c-1", "w-1"]]


def test_pieces_are_what_python_sent(modules: Page) -> None:
    """Signed bytes and counts, decoded."""
    tiles, counts = np.array([-127, 0, 5], np.int8), np.array([3, 70_000], "<u4")
    part = {
        "id": "w-v0",
        "tiles": base64.b64encode(tiles.tobytes()).decode(),
        "counts": base64.b64encode(counts.tobytes()).decode(),
    }
    body = """
      const film = { pieces: new Map(), data: { stops: [{ v: "v0", c: "c0" }], layers: [], pin: null } };
      m.keep(film, [given]);
      const piece = film.pieces.get("w-v0");
      return [Array.from(piece.tiles), Array.from(piece.counts)];
    """
    assert call(modules, "film/pieces.js", body, part) == [tiles.tolist(), counts.tolist()]


@pytest.mark.parametrize(
    ("place", "color"), [({"t": 0}, [0, 0, 0]), ({"t": 1}, [255, 255, 255]), ({"t": 0.5}, [128, 128, 128])]
)
def test_between_two_epochs_tiles_are_blended(modules: Page, place: dict, color: list[int]) -> None:
    """On the scale of the whole film, zero in the middle."""
    body = """
      const box = document.body.appendChild(document.createElement("div"));
      const tile = (value) => ({ tiles: Int8Array.of(value), shape: [1, 1, 1, 1], span: 2 });
      const grey = Uint32Array.from({ length: 256 }, (_, i) => 0xff000000 | (i << 16) | (i << 8) | i);
      m.drawSheet(box, tile(-127), tile(127), given.t, 2, grey);
      return Array.from(box.firstChild.getContext("2d").getImageData(2, 2, 1, 1).data.slice(0, 3));
    """
    assert call(modules, "film/sheets.js", body, place) == color


def test_words_are_true_of_the_epoch(modules: Page) -> None:
    """The commonest mistake, the answer, the shares that are not quite none or all."""
    strings = words(False)
    data = {
        "strings": strings,
        "classes": ["cat", "dog"],
        "layers": ["conv1"],
        "pin": {"key": "t0", "number": 1, "true": 0},
        "stops": [{"at": 0, "v": "v0", "c": "c0"}],
        "live": False,
    }
    body = """
      const film = { data: given, place: { from: 0, to: 0, t: 0 }, pieces: new Map([
        ["c-c0", { counts: Uint32Array.of(3, 7, 0, 10), classes: 2 }],
        ["m-v0-t0-conv1", { answer: [0.25, 0.75] }],
      ]) };
      return [m.describe(film), m.percent(0.9999), m.percent(0.0001), m.percent(1)];
    """
    said, *shares = call(modules, "film/saying.js", body, data)
    assert said == (
        "Epoch 0: before training. 65.0% of the test pictures right · random weights guess: about 50.0% by luck. "
        "Most often cat is taken for dog: 7 of 10. Test picture 1, true class cat. Wrong: it says dog, 75.0%."
    )
    assert shares == [">99.9%", "<0.1%", "100.0%"]


def trained(home: Path) -> None:
    """Two epochs of LeNet-5 on digits, every one kept."""
    config = TrainConfig(data="digits", epochs=2, batch_size=256, device="cpu")
    store = Store(home / "runs.sqlite3")
    run, claim = store.add_here(config)
    for event in train(config, directory=store.record(run).directory):
        store.append(run, claim, event)
    store.end(run, claim, "finished")
    store.close()


def edges(page: Page, selector: str) -> dict[str, float]:
    """Of the first such element on the page, whatever shadow it is in."""
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    return {"left": box["x"], "right": box["x"] + box["width"], "top": box["y"], "bottom": box["y"] + box["height"]}


@pytest.mark.usefixtures("threads_put_back")
def test_the_pad_stands_beside_the_film(page: Page, own_home: Path) -> None:
    """At 1280 x 800 pad, answer and maps are whole and side by side; what is drawn is answered; the axes have names."""
    trained(own_home)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.add_init_script(WRITTEN)
    with app_server(own_home) as server:
        page.goto(f"{server.url}/training?lang=en&training_pin=3")
        said = page.locator(".fl-said")
        expect(said).to_contain_text("Test picture 3, true class ", timeout=SLOW)  # torch first
        expect(page.locator(".fl-matrix canvas")).to_be_visible()
        assert {"predicted class \u2192", "\u2190 true class"} <= set(page.evaluate("window.written"))
        page.locator(".st-key-training_film_draw label").click()
        pad = page.locator("canvas.pad")
        expect(pad).to_be_visible(timeout=SLOW)
        page.locator(".st-key-training_film_pin").evaluate(
            "each => { each.scrollIntoView(); each.closest('[data-testid=stMain]').scrollBy(0, -70); }"
        )
        expect(page.locator(".fl-drawing")).to_be_attached(timeout=SLOW)
        pad_edges, answer, maps = (edges(page, each) for each in ("canvas.pad", ".fl-answer", ".fl-maps"))
        assert pad_edges["right"] < answer["left"] < answer["right"] <= maps["left"]
        assert all(0 <= each["top"] < each["bottom"] <= 800 for each in (pad_edges, answer, maps))
        pad.focus()
        for key in ("Space", *["ArrowDown"] * 12, "Space"):
            page.keyboard.press(key)
        expect(said).to_contain_text("Your drawing", timeout=SLOW)
        page.get_by_role("button", name="Next", exact=True).click()
        expect(said).to_contain_text("Test picture 4, true class ", timeout=SLOW)
        expect(pad).to_have_count(0, timeout=SLOW)
        page.set_viewport_size({"width": 390, "height": 800})
        page.locator(".st-key-training_film_draw label").click()
        expect(pad).to_be_visible(timeout=SLOW)
        assert edges(page, "canvas.pad")["bottom"] < edges(page, ".fl-head")["top"]
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.usefixtures("threads_put_back")
def test_the_film_goes_by_keyboard(page: Page, own_home: Path) -> None:
    """Home, the arrows, End and the space bar move everything, and what is shown is said; played with less motion."""
    trained(own_home)
    page.emulate_media(reduced_motion="reduce")
    with app_server(own_home) as server:
        page.goto(f"{server.url}/training?training_pin=3")
        scrubber = page.get_by_role("slider", name="Epoch", exact=True)
        expect(scrubber).to_be_visible()
        said = page.locator(".fl-said")
        expect(said).to_contain_text(re.compile(r"^Epoch 2\. .*Test picture 3, true class "))  # torch first
        scrubber.focus()
        page.keyboard.press("Home")
        expect(said).to_contain_text("Epoch 0: before training")
        page.keyboard.press("ArrowRight")
        expect(said).to_contain_text(re.compile(r"^Epoch 1\."))
        page.keyboard.press("Space")
        expect(page.get_by_role("button", name="Hold", exact=True)).to_be_visible()
        assert set(scrubber.evaluate(FRAMES)) <= {"0", "1", "2"}
        page.keyboard.press("Space")
        page.keyboard.press("End")
        expect(said).to_contain_text(re.compile(r"^Epoch 2\."))
        page.set_viewport_size({"width": 390, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
