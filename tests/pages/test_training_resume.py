"""A run controlled on the page: its learning rate changed, paused, gone on with from an epoch that was kept."""

from __future__ import annotations

import os

import pytest

from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import (
    Progress,
    RunEnd,
    RunStarted,
)
from cnnviz.runs import process, scheduler
from tests.pages.training import FIVE, STARTED, chart, page, recorded, texts, told
from tests.polling import until
from tests.runs.conftest import close_store, fake_workers, until_status  # noqa: F401 - fixtures

pytestmark = pytest.mark.usefixtures("fake_workers", "close_store")


def test_a_run_that_goes_on_speaks_of_where_it_goes_on() -> None:
    """Before its process has begun: epoch 3 of 5, its figures, and no time left of the segment that is over."""
    run = recorded("finished", [*told(5)[:-1], RunEnd("finished", 5, 9.0)])
    store = scheduler.store()
    store.ask_resume_from(run, 3)
    assert store.claim_next(1, lambda _holder: False) is not None
    app = page()
    place = chart(app, "training_place")
    assert (place["words"]["epoch"], place["epoch"], place["done"]) == ("Epoch {epoch} of {epochs}", 3, 3.0)
    assert ">93.0%<" in texts(app)
    assert "Time left" not in texts(app)


@pytest.mark.slow
def test_the_learning_rate_is_changed_by_anybody() -> None:
    """A button multiplies what is in force; two quick clicks add up; everybody sees it; ×1 is the schedule again."""
    run = scheduler.submit(TrainConfig(epochs=500))
    until(lambda: scheduler.store().record(run).seq > 3)
    one, other = page(), page()
    scheduler.store().ask_lr_scale(run, 0.5)
    until(lambda: scheduler.store().record(run).lr_scale == 0.5)
    one.button(key="training_rate_tenth").click().run()
    until(lambda: scheduler.store().record(run).lr_scale == 0.05)
    assert "= schedule ÷20" in texts(other.run())
    other.button(key="training_rate_schedule").click().run()
    until(lambda: scheduler.store().record(run).lr_scale == 1.0)
    assert "= schedule ×1" in texts(one.run())
    assert one.button(key="training_rate_schedule").disabled
    assert [each["text"] for each in chart(one, "training_loss")["lrScales"]] == ["÷2", "÷20", "×1"]


def test_too_large_a_scale_is_one_sentence_and_no_change() -> None:
    """Beyond ×1000 the run stays as it is; the sentence goes with the next good one."""
    run = scheduler.submit(TrainConfig(epochs=500))
    until(lambda: scheduler.store().record(run).seq > 3)
    scheduler.store().ask_lr_scale(run, 200.0)
    until(lambda: scheduler.store().record(run).lr_scale == 200.0)
    app = page()
    app.button(key="training_rate_tenfold").click().run()
    assert [error.value for error in app.error] == [
        "The learning rate can be changed from ÷1000 to ×1000 of the schedule's. Got ×2000; it stays at ×200."
    ]
    assert scheduler.store().record(run).asked_lr_scale is None
    app.button(key="training_rate_tenth").click().run()
    assert list(app.error) == []


def test_a_pause_says_how_long_the_memory_stays() -> None:
    """While the paused process lives: its memory, and for how many minutes."""
    store = scheduler.store()
    run, token = store.add_here(FIVE)
    store.register(run, token, os.getpid(), process.identity(os.getpid()))
    for event in (STARTED, Progress(1, 6, 12, 0.2, 0.1, 1.0, 1.0, 1.0, memory_bytes=412_000_000)):
        store.append(run, token, event)
    store.ask_pause(run)
    store.set_paused(run, token)
    assert "Its memory (412.0 MB) stays reserved for 15 more minutes" in texts(page())
    store.end(run, token, "stopped")


@pytest.mark.slow
def test_one_goes_on_from_an_epoch_that_was_kept() -> None:
    """The question names what is replaced; only after yes does the run go on, at the rate that was chosen."""
    run = scheduler.submit(TrainConfig(epochs=500))
    until(lambda: scheduler.store().record(run).epochs_done >= 3)
    scheduler.stop(run)
    done = until_status(run, "stopped").epochs_done
    app = page()
    [box] = [box for box in app.selectbox if str(box.key).startswith("training_from_epoch")]
    box.select(0).run()
    assert app.warning[0].value.startswith(f"Epochs 1 to {done} will be replaced")
    assert scheduler.store().record(run).status == "stopped"
    app.selectbox(key=f"training_from_factor_{run}").select(0.1).run()
    app.button(key="training_from_yes").click().run()
    until(lambda: scheduler.store().record(run).lr_scale == 0.1)
    started = [event for _, event in scheduler.store().events(run) if isinstance(event, RunStarted)]
    assert [event.first_epoch for event in started] == [1, 1]
