"""A run that trains, on the page: its state, figures, place in epoch and run, log, and what it says at its end."""

from __future__ import annotations

import dataclasses

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.base.errors import MissingDataError
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import (
    FASTEST,
    ComputeMode,
    EpochEnd,
    LrScaleChanged,
    Progress,
    RunEnd,
    Trial,
)
from cnnviz.runs import scheduler
from cnnviz.runs.history import History
from cnnviz.runs.run import Status
from tests.pages.training import CONFUSION, FIVE, STARTED, buttons, chart, page, recorded, texts, told
from tests.runs.conftest import close_store, fake_workers, until_status  # noqa: F401 - fixtures

pytestmark = pytest.mark.usefixtures("fake_workers", "close_store")


@pytest.mark.parametrize(
    ("status", "sentence", "expected"),
    [
        (
            "paused",
            "Paused. Its memory was given back: Resume goes on after epoch 2",
            {"training_resume", "training_stop"},
        ),
        ("interrupted", "Resume goes on with epoch 3 of 5.", {"training_resume", "training_stop"}),
        ("stopped", "Stopped after 2 of 5 epochs.", {"training_again"}),
        ("finished", "Finished: 92.0% of the test pictures right.", {"training_again"}),
    ],
)
def test_each_state_says_what_one_can_do(status: Status, sentence: str, expected: set[str]) -> None:
    """One sentence for each state, and only the buttons that make sense in it."""
    recorded(status)
    app = page()
    assert sentence in texts(app)
    assert buttons(app) == {"training_train", *expected}


def test_a_failure_is_its_sentence() -> None:
    """A failed run shows what went wrong, and can be resumed when it is fixed."""
    recorded("failed", [], MissingDataError("{title} is not on this machine.", title="MNIST"))
    app = page()
    assert "MNIST is not on this machine." in texts(app)
    assert buttons(app) == {"training_train", "training_resume", "training_stop"}


def test_a_run_that_learned_nothing_says_so() -> None:
    """Finished at the level of guessing is not called a success."""
    guessed = EpochEnd(1, 2.3, 0.1, 2.3, 0.1, CONFUSION, 1.0, 900.0)
    recorded("finished", [STARTED, guessed, RunEnd("finished", 1, 1.0)])
    assert "Finished, but no better than guessing: 10.0% right." in texts(page())


def test_the_queue_is_told() -> None:
    """A waiting run says where in the queue it is."""
    scheduler.submit(TrainConfig(epochs=500))
    waiting = [scheduler.submit(TrainConfig(epochs=2, seed=seed)) for seed in (1, 2)]
    assert "it is next" in texts(page(training_run=str(waiting[0])))
    assert "Waits: number 2 in the queue." in texts(page(training_run=str(waiting[1])))


def test_figures_charts_and_confusion_matrix_are_the_run_s_own() -> None:
    """What is shown are the recorded numbers."""
    recorded("stopped")
    app = page()
    said = texts(app)
    for figure in ("92.0%", "0.250", "1,234", "2 min 02 s"):
        assert f">{figure}<" in said
    loss = chart(app, "training_loss")
    assert loss["lines"][0]["x"] == [1.0, 2.0, 2.5]
    assert loss["lines"][0]["y"] == [1.15, 0.7667, 0.25]
    assert loss["lines"][2]["y"] == [0.5, 0.25]
    assert loss["alt"] == (
        "Loss on the training pictures: 1.150 at first, now 0.251; on the test pictures 0.250 after epoch 2."
    )
    accuracy = chart(app, "training_accuracy")
    assert [line["y"] for line in accuracy["lines"]] == [[0.9, 0.9], [0.91, 0.92]]
    assert "92.0% after epoch 2" in accuracy["alt"]
    strip = chart(app, "training_rate_strip")
    assert strip["lines"][0]["y"] == [0.005] * 3
    assert strip["x"] == loss["x"] | {"title": ""}


def log(app: AppTest) -> list[str]:
    """The lines of the log."""
    return [text for _kind, text in chart(app, "training_log")["lines"]]


def test_before_the_first_report_no_batches_are_counted() -> None:
    """While PyTorch is loaded nobody knows how many there are: not "batch 0 of 1"."""
    run, _token = scheduler.store().add_here(FIVE)
    words = chart(page(training_run=str(run)), "training_place")["words"]
    assert (words["batch"], words["batchCell"], words["sentence"]) == (
        "Batches of this epoch",
        ["", ""],
        "Epoch, batch, step",
    )


def test_the_place_in_epoch_and_run_is_what_was_reported() -> None:
    """Half of epoch 3 of 5: both strips, and how many pictures make how many batches."""
    recorded("stopped")
    place = chart(page(), "training_place")
    assert [place[name] for name in ("epoch", "epochs", "done", "step", "steps")] == [3, 5, 2.5, 6, 12]
    assert place["words"]["sentence"] == ("1,437 pictures = 12 batches of 64, 669 left out: 12 steps an epoch.")


def test_an_epoch_that_is_done_fills_both_strips() -> None:
    """After the last epoch nothing is left open, also before the next has told anything."""
    recorded("finished", told(5)[:-1])
    place = chart(page(), "training_place")
    assert (place["epoch"], place["done"], place["step"]) == (5, 5.0, 12)
    assert place["words"]["epoch"] == "All {epochs} epochs are done"


def test_the_log_speaks_as_the_lesson_does() -> None:
    """Batches of the newest epochs, what was changed, the end of every epoch, and at last each class."""
    events = told(2)[:-1]
    events.insert(1, LrScaleChanged(1, 4, 0.1))
    recorded("finished", [*events, RunEnd("finished", 2, 122.0)])
    assert log(page()) == [
        "Training starts on CPU, 2 cores: 61,706 weights, 1,437 training pictures, 360 test pictures",
        "Epoch 1/5, batch 5: the learning rate is changed to ÷10 of the schedule's",
        "Epoch 1/5, batch 12/12, loss 1.1500",
        "After epoch 1: test loss 0.5000, 66 of 72 right (91.00%)",
        "Epoch 2/5, batch 12/12, loss 0.7667",
        "After epoch 2: test loss 0.2500, 66 of 72 right (92.00%)",
        "Test accuracy of 0: 83% (30/36)",
        "Test accuracy of 1: 100% (36/36)",
        "Test accuracy (overall): 91% (66/72)",
    ]


@pytest.mark.parametrize(
    ("lang", "box", "about", "said"),
    [
        (
            "en",
            ("Number format", ["float32", "the fastest here", "TF32", "bfloat16"]),
            "the fastest here: float32 or bfloat16, whichever is faster here: measured as the run begins, and kept",
            "Chosen by timing a hundred pictures forwards and backwards: bfloat16, 1 thread: 5.4 ms; "
            "float32, 1 thread: 9 ms; bfloat16, 2 threads: not possible for this network",
        ),
        (
            "zh",
            ("数值格式", ["float32", "本机最快", "TF32", "bfloat16"]),
            "本机最快：float32 或 bfloat16，哪个在本机更快就用哪个：训练开始时实测，之后不变",
            "按一百张图片前向加反向一次的实测用时选定：bfloat16（1 个线程）：5.4 毫秒；float32（1 个线程）：9 毫秒；"
            "bfloat16（2 个线程）：不适用于这个网络",
        ),
    ],
)
def test_the_fastest_compute_mode_is_said(lang: str, box: tuple[str, list[str]], about: str, said: str) -> None:
    """By its name in the form, also where the preset Fast has chosen it; what was measured is the log's second line."""
    trials = (Trial("bfloat16", 1, 5.4), Trial("float32", 1, 9.0), Trial("bfloat16", 2, None))
    started = dataclasses.replace(STARTED, compute_mode=ComputeMode("bfloat16", 1, trials))
    recorded("finished", [started, RunEnd("finished", 5, 1.0)], config=TrainConfig(epochs=5, precision=FASTEST))
    for query in ({"training_precision": FASTEST}, {"training_preset": "fast"}):
        app = page(lang=lang, **query)
        found = app.selectbox(key="training_precision")
        assert (found.label, found.options, found.value) == (*box, FASTEST)
        assert about in [caption.value for caption in app.caption]
        assert log(app)[1] == said


def test_the_log_of_a_long_run_is_short() -> None:
    """Every tenth of the newest epochs, and at most a hundred epochs before."""
    from cnnviz.runs.history import extend
    from cnnviz.ui.training.log import lines

    reports = [
        Progress(epoch, step, 600, 0.5, 0.1, 1.0, 1.0, 1.0) for epoch in range(140, 151) for step in range(1, 601)
    ]
    ends = [EpochEnd(epoch, 0.4, 0.9, 0.5, 0.9, CONFUSION, 1.0, 1.0) for epoch in range(1, 150)]
    run = recorded("stopped", [])
    history = extend(History(), enumerate([STARTED, *ends, *reports], 1))
    said = [text for _kind, text in lines(scheduler.store().record(run), history)]
    assert len(said) == 1 + 1 + 100 + 3 * 10
    assert said[1].startswith("… the first 49 epochs are left out here")
    assert said[-1] == "Epoch 150/5, batch 600/600, loss 0.5000"


def test_a_run_whose_patience_ran_out_says_so() -> None:
    """It is no ordinary end: the best epoch is named, with what the network could do then."""
    config = TrainConfig(epochs=5, patience=2, held_out=0.1)
    recorded("finished", [*told(3)[:-1], RunEnd("early", 3, 9.0, best_epoch=1)], config=config)
    recorded("stopped")
    app = page(training_run="1")
    assert (
        "Ended early, after epoch 3 of 5: since epoch 1 the loss on the held-out pictures had not become smaller "
        "(patience 2). After epoch 1: 91.0% of the test pictures right."
    ) in texts(app)
    assert "ended early, best epoch 1 · LeNet-5 · Digits 8 × 8" in texts(app)


def test_where_a_loss_broke_is_said() -> None:
    """A diverged run names epoch and step, and the rate to try."""
    recorded("diverged", told(2, RunEnd("diverged", 2, 9.0, 3, 7)))
    assert "The loss stopped being a number in step 7 of epoch 3. Try a learning rate of 0.0005" in texts(page())
