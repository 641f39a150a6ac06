"""The film's modules in Node: playing, following a run, pieces as Python sent them, true words."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from cnnviz.ui.training.timemachine.view import words
from tests.engine.conftest import threads_put_back  # noqa: F401 - a fixture
from tests.js.node import call

FILM = """
  const film = { data: given, pieces: new Map(), place: m.place(0), isLooping: true, isFollowing: true, speed: 1,
    dwell: 0, stop: null };
"""


STOPS = {"stops": [{"at": at, "v": f"v{at}", "p": 1} for at in (0, 1, 2, 4)], "live": False, "gone": True}


def test_playing_goes_from_stop_to_stop() -> None:
    """At one stop a second, 1.25 s are a quarter of the way from the second to the third."""
    body = FILM + "return [m.advanced(film, 1.25), m.positionOf(given, m.advanced(film, 2.5))]"
    place, at = call("training/component/timemachine/playhead.js", body, STOPS)
    assert (place["from"], place["to"], place["t"]) == (1, 2, 0.25)
    assert at == 3.0  # half way from epoch 2 to epoch 4, as 3 was not kept


def test_with_less_motion_nothing_lies_between_two_stops() -> None:
    """Where less motion is wanted a stop stays until the next one; else what lies between them is drawn."""
    body = "return [true, false].map((isCalm) => m.positionOf(given, m.drawn(m.place(1, 2, 0.75), isCalm)))"
    assert call("training/component/timemachine/playhead.js", body, STOPS) == [1, 1.75]


def test_the_end_is_seen_before_a_loop_begins_again() -> None:
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
    assert call("training/component/timemachine/playhead.js", body, STOPS) == [3, 0, None]


@pytest.mark.parametrize(
    ("live", "following", "before", "after"),
    [(True, True, "4", 4), (True, False, "2", 2), (False, True, "2", 2), (True, False, "now", 4)],
)
def test_new_epochs_move_nobody_who_has_scrubbed_away(live: bool, following: bool, before: str, after: float) -> None:
    """Who keeps up sees the newest; who rests on an epoch stays there; the present moment goes over into its epoch."""
    body = FILM + (
        f"film.isFollowing = {str(following).lower()}; film.stop = '{before}'; film.at = 3.7;"
        "m.settle(film); return given.stops[film.place.from].at"
    )
    assert call("training/component/timemachine/playhead.js", body, {**STOPS, "live": live}) == after


@pytest.mark.parametrize(("following", "after"), [(True, 4), (False, 2)])
def test_who_keeps_up_sees_the_last_epoch(following: bool, after: float) -> None:
    """The last epoch comes together with the news that the run is over; who rests on an epoch stays there."""
    body = FILM + (
        f"film.data = {{ ...given, live: true, stops: given.stops.slice(0, 3) }}; m.settle(film);"
        f"film.isFollowing = {str(following).lower()}; film.data = given;"
        "m.settle(film); return given.stops[film.place.from].at"
    )
    assert call("training/component/timemachine/playhead.js", body, STOPS) == after


def test_only_what_is_here_is_played() -> None:
    """Stops whose pieces have not come yet, or that the film leaves out, are passed over."""
    stops = [{"at": at, "v": f"v{at}", "p": int(at != 2)} for at in range(5)]
    body = FILM + "for (const v of ['v0', 'v1', 'v2', 'v4']) film.pieces.set(`w-${v}`, {}); return m.playable(film)"
    assert call("training/component/timemachine/playhead.js", body, {"stops": stops, "live": False, "gone": False}) == [
        0,
        1,
        4,
    ]


def test_the_server_is_told_what_is_here_when_it_matters() -> None:
    """At once if pieces are missing or it believes too much; not for a few small ones, nor for the present moment's."""
    body = """
      const told = [];
      const pieces = new Map([["w-1", {}], ["c-1", {}]]);
      const film = { pieces, lastSent: "", notify: (_, have) => told.push(have), data: null };
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
      film.lastSent = "";
      const mistaken = await after({ left: 0, known: 7, stops: [] }, []);
      return [few, passing, missing, same, mistaken, told[0]];
    """
    assert call("training/component/timemachine/pieces.js", body) == [0, 0, 1, 1, 2, ["c-1", "w-1"]]


def test_pieces_are_what_python_sent() -> None:
    """Signed bytes and counts, decoded."""
    tiles, counts = np.array([-127, 0, 5], np.int8), np.array([3, 70_000], "<u4")
    part = {
        "id": "w-v0",
        "tiles": base64.b64encode(tiles.tobytes()).decode(),
        "counts": base64.b64encode(counts.tobytes()).decode(),
    }
    body = """
      const film = { pieces: new Map(), data: { stops: [{ v: "v0", c: "c0" }], layers: [], pin: null } };
      m.storePieces(film, [given]);
      const piece = film.pieces.get("w-v0");
      return [Array.from(piece.tiles), Array.from(piece.counts)];
    """
    assert call("training/component/timemachine/pieces.js", body, part) == [tiles.tolist(), counts.tolist()]


def test_words_are_true_of_the_epoch() -> None:
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
      return [m.describe(film)];
    """
    (said,) = call("training/component/timemachine/text.js", body, data)
    assert said == (
        "Epoch 0: before training. 65.0% of the test pictures right · random weights guess: about 50.0% by luck. "
        "Most often cat is taken for dog: 7 of 10. Test picture 1, true class cat. Wrong: it says dog, 75.0%."
    )
