"""Background jobs: kept while the same is wanted, ended when not, few at once; a mistake is a sentence."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Generator, Hashable
from dataclasses import dataclass, field

import pytest

from cnnviz.base.errors import ConfigurationError
from cnnviz.ui.shared.jobs import Jobs, Latest
from tests.polling import PATIENCE, until


@dataclass(eq=False)
class Steps:
    """A generator that takes a step when it is let, and tells when it has; of endless numbers from 1."""

    may: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    did: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    closed: threading.Event = field(default_factory=threading.Event)
    makes: int = 0
    most: int = 1_000_000

    def __call__(self) -> Generator[int, None, None]:
        self.makes += 1
        try:
            for number in range(1, self.most + 1):
                self.did.release()
                assert self.may.acquire(timeout=PATIENCE)
                yield number
        finally:
            self.closed.set()

    def begun(self) -> None:
        """Return when it waits to be let go on."""
        assert self.did.acquire(timeout=PATIENCE)

    def step(self) -> None:
        """Let it yield once, and wait until it has."""
        self.may.release()
        self.begun()

    def end_by(self, world: World) -> None:
        """Cancel it, and see it closed."""
        world.jobs.cancel("ada", "key")
        self.end()

    def end(self) -> None:
        """Let it go on to where it is closed."""
        self.may.release(1000)
        assert self.closed.wait(PATIENCE)


class World:
    """What jobs ask of the server: the time, and which sessions are here."""

    def __init__(self) -> None:
        self.now = 0.0
        self.here = {"ada", "bob"}
        self.jobs = Jobs(most=2, clock=lambda: self.now, is_here=lambda session: session in self.here)

    def start(self, steps: Steps, about: Hashable = 1, session: str = "ada", key: str = "key") -> None:
        self.jobs.start(session, key, about, steps, lambda value: value / 4)


@pytest.fixture
def world() -> World:
    return World()


def test_values_come_with_their_share(world: World) -> None:
    """First nothing, then the last value yielded, and at the end that it is finished."""
    steps = Steps(most=4)
    world.start(steps)
    steps.begun()
    assert world.jobs.latest("ada", "key") == Latest(None, None, False, None)
    steps.step()
    assert world.jobs.latest("ada", "key") == (1, 0.25, False, None)
    steps.step()
    assert world.jobs.latest("ada", "key") == (2, 0.5, False, None)
    steps.end()
    assert world.jobs.latest("ada", "key", PATIENCE) == (4, 1.0, True, None)


def test_what_it_was_made_of_is_let_go(world: World) -> None:
    """A finished job is kept for its visitor, the network it ran is not; nor by one that never began."""
    steps, waits = Steps(most=1), Steps()
    world.start(steps)
    steps.end()
    assert world.jobs.latest("ada", "key", PATIENCE).value == 1
    busy = [Steps(), Steps()]
    for number, each in enumerate(busy):
        world.start(each, key=str(number))
        each.begun()
    world.start(waits, key="waits")
    made = [weakref.ref(steps), weakref.ref(waits)]
    for number, each in enumerate(busy):
        world.jobs.cancel("ada", "waits")
        world.jobs.cancel("ada", str(number))
        each.end()
    world.jobs.latest("ada", "waits", PATIENCE)
    del steps, waits
    until(lambda: gc.collect() >= 0 and [each() for each in made] == [None, None])
    assert world.jobs.latest("ada", "key").value == 1


def test_another_session_sees_nothing_of_it(world: World) -> None:
    """The same key of another visitor is another job; without one there is nothing, and it is finished."""
    steps = Steps()
    world.start(steps)
    steps.begun()
    assert world.jobs.latest("bob", "key") == Latest(None, None, True, None)
    world.jobs.cancel("bob", "key")
    assert not world.jobs.latest("ada", "key").is_finished
    steps.end_by(world)


def test_the_same_is_kept_and_something_else_replaces_it(world: World) -> None:
    """`start` at every run of a page begins nothing twice; about something else it cancels."""
    first, second = Steps(), Steps()
    world.start(first, about="a")
    first.begun()
    first.step()
    world.start(Steps(), about="a")
    assert world.jobs.latest("ada", "key").value == 1
    world.start(second, about="b")
    second.begun()
    first.end()
    assert first.makes == second.makes == 1
    second.step()
    assert world.jobs.latest("ada", "key") == (1, 0.25, False, None)
    second.end_by(world)


def test_cancelled_it_stays_as_it_was(world: World) -> None:
    """The last value stays, and the page's next `start` does not begin it again; once it is forgotten, it does."""
    steps = Steps()
    world.start(steps)
    steps.begun()
    steps.step()
    world.jobs.cancel("ada", "key")
    assert world.jobs.latest("ada", "key").is_finished
    steps.end()
    assert world.jobs.latest("ada", "key", PATIENCE).value == 2  # the step that was under way
    world.start(steps)
    assert steps.makes == 1
    world.jobs.forget("ada", "key")
    again = Steps()
    world.start(again)
    again.begun()
    again.end_by(world)


def test_a_third_waits_for_its_turn(world: World) -> None:
    """Two run at once here; the third begins when one has ended."""
    steps = [Steps() for _ in range(3)]
    for number, each in enumerate(steps):
        world.start(each, key=str(number))
    steps[0].begun()
    steps[1].begun()
    assert steps[2].makes == 0
    assert not world.jobs.latest("ada", "2").is_finished
    assert [world.jobs.is_waiting("ada", key) for key in "0123"] == [False, False, True, False]
    world.jobs.cancel("ada", "1")
    steps[1].end()
    steps[2].begun()
    assert not world.jobs.is_waiting("ada", "2")
    for number in (0, 2):
        world.jobs.cancel("ada", str(number))
        steps[number].end()


def test_one_that_waits_can_be_cancelled(world: World) -> None:
    """It never begins, and takes nobody's turn."""
    steps = [Steps() for _ in range(4)]
    for number, each in enumerate(steps):
        world.start(each, key=str(number))
    steps[0].begun()
    world.jobs.cancel("ada", "2")
    world.jobs.cancel("ada", "0")
    steps[0].end()
    steps[3].begun()
    assert steps[2].makes == 0
    for number in (1, 3):
        world.jobs.cancel("ada", str(number))
        steps[number].end()


def test_unlooked_at_it_ends_and_begins_anew(world: World) -> None:
    """After ten seconds without a look; a look in time keeps it."""
    steps, again = Steps(), Steps()
    world.start(steps)
    steps.begun()
    world.now = 9
    assert world.jobs.latest("ada", "key").value is None
    world.now = 18
    steps.step()
    assert world.jobs.latest("ada", "key").value == 1
    world.now = 29
    steps.end()
    assert world.jobs.latest("ada", "key") == Latest()
    world.start(again)
    again.begun()
    again.end_by(world)


def test_one_that_goes_on_needs_no_look_but_a_browser(world: World) -> None:
    """An import goes on while its visitor is on another page, and ends where his session does."""
    steps = Steps()
    world.jobs.start("ada", "key", 1, steps, goes_on=True)
    steps.begun()
    world.now = 1000
    steps.step()
    world.now = 2000
    steps.step()
    assert world.jobs.latest("ada", "key").value == 2
    world.here.remove("ada")
    steps.end()
    assert world.jobs.latest("ada", "key") == Latest()


def test_it_ends_with_its_session(world: World) -> None:
    """A closed tab: the next step is the last."""
    steps = Steps()
    world.start(steps)
    steps.begun()
    world.here.remove("ada")
    steps.end()
    assert world.jobs.latest("ada", "key") == Latest()


def test_results_of_those_who_left_are_dropped(world: World) -> None:
    """What is finished stays for its visitor, and goes when the session has gone and another job begins."""
    steps, other = Steps(most=1), Steps()
    world.start(steps)
    steps.end()
    assert world.jobs.latest("ada", "key", PATIENCE).value == 1
    world.now = 1000
    assert world.jobs.latest("ada", "key").value == 1
    world.here.remove("ada")
    world.start(other, session="bob")
    assert world.jobs.latest("ada", "key") == Latest()
    other.begun()
    world.jobs.cancel("bob", "key")
    other.end()


def test_the_end_of_the_process_waits_for_a_step(world: World) -> None:
    """Those that run are cancelled and closed, a forgotten one too; those that wait never begin."""
    steps = [Steps() for _ in range(3)]
    for number, each in enumerate(steps):
        world.start(each, key=str(number))
    steps[0].begun()
    steps[1].begun()
    world.jobs.forget("ada", "1")
    end = threading.Thread(target=world.jobs.end, args=(PATIENCE,))
    end.start()
    until(lambda: world.jobs.latest("ada", "0").is_finished)
    assert end.is_alive()
    for each in steps[:2]:
        each.may.release()
    end.join(PATIENCE)
    assert [each.closed.is_set() for each in steps] == [True, True, False]
    assert steps[2].makes == 0


def test_a_mistake_is_kept_as_its_sentence(world: World) -> None:
    """A CnnvizError ends the job; whoever looks gets it, with the last value before."""

    def fails() -> Generator[int, None, None]:
        yield 1
        raise ConfigurationError("No layer {layer}.", layer="conv9")

    world.jobs.start("ada", "key", 1, fails)
    value, share, is_finished, error = world.jobs.latest("ada", "key", PATIENCE)
    assert (value, share, is_finished, str(error)) == (1, None, True, "No layer conv9.")


def test_a_slip_of_ours_is_a_sentence_too(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """The traceback goes into the server's log, and the next job has its turn."""

    def fails() -> Generator[int, None, None]:
        yield 1 // 0

    for key in "abc":
        world.jobs.start("ada", key, 1, fails)
    for key in "abc":
        assert "log" in str(world.jobs.latest("ada", key, PATIENCE).error)
    assert caplog.text.count("ZeroDivisionError") == 3
