"""Paired runs: started with one click, watched, kept in the link, laid over each other."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.engine.config import TrainConfig
from cnnviz.engine.events import EpochEnd, RunEnd, RunStarted
from cnnviz.runs import scheduler
from tests.polling import PATIENCE

KEY = "data_batches"
STARTED = RunStarted("cpu", "CPU, 2 cores", 61_706, 1437, 360, 12, 2, 1)
CONFUSION = ((90, 0), (5, 5))  # of 95 pictures 90 and of 10 five are found


def script(seeds: tuple[int, ...] = (0, 1), data: str = "digits", epochs: int = 2) -> None:
    import streamlit as st

    from cnnviz.engine.config import TrainConfig
    from cnnviz.ui.shared.paired_outcomes import Variant, test_accuracy
    from cnnviz.ui.shared.paired_runs import paired_runs

    variants = [
        Variant("shuffled", TrainConfig(data=data, epochs=epochs)),
        Variant("in <order>", TrainConfig(data=data, epochs=epochs, shuffle=False)),
    ]

    def conclude(found) -> str:
        return " and ".join(f"{each.label} {each.mean(test_accuracy):.2f}" for each in found)

    st.session_state["renders"] = st.session_state.get("renders", 0) + 1
    paired_runs("data_batches", variants, seeds, measures=("test", "balanced"), conclude=conclude)


def view(app: AppTest | None = None, **arguments: object) -> AppTest:
    found = app or AppTest.from_function(script, default_timeout=PATIENCE, kwargs=arguments)
    return found.run()


def play(runs: Sequence[int], accuracies: Sequence[float], status: str = "finished") -> None:
    """Each run has told two epochs, the second with the accuracy given."""
    store = scheduler.store()
    for run, accuracy in zip(runs, accuracies, strict=True):
        while (start := store.claim_next(50, lambda holder: True, None)) is not None and start.run_id != run:
            pass
        token = start.token if start is not None else _token(run)
        store.append(run, token, STARTED)
        for epoch, reached in enumerate((accuracy - 0.1, accuracy), start=1):
            store.append(run, token, EpochEnd(epoch, 0.5, 0.9, 0.5, reached, CONFUSION, 1.5, 1000.0))
        store.append(run, token, RunEnd("finished", 2, 3.0))
        store.end(run, token, status)


def _token(run: int) -> str:
    with scheduler.store().reading() as connection:
        (token,) = connection.execute("SELECT claim FROM runs WHERE id = ?", (run,)).fetchone()
    return str(token)


def texts(app: AppTest) -> str:
    blocks = [*app.markdown, *app.caption, *app.error, *app.info]
    return "\n".join([*(str(block.value) for block in blocks), *(block.proto.body for block in app.get("html"))])


def lines(app: AppTest) -> list[dict]:
    [chart] = app.get("plotly_chart")
    return [line for line in json.loads(chart.proto.spec)["data"] if "meta" in line]


def started(app: AppTest) -> list[int]:
    said = app.query_params[f"{KEY}_runs"]
    return [int(run) for run in (said if isinstance(said, str) else said[0]).split(",")]


def test_one_click_starts_each_way_with_each_seed() -> None:
    """All are in the queue at once, in the visitor's name, called as they are called here, and in the link."""
    app = view()
    assert "Seeds 0, 1." in texts(app)
    assert app.button(key=f"{KEY}_train").label == "Train 4 networks"
    app.button(key=f"{KEY}_train").click().run()
    records = [scheduler.store().record(run) for run in started(app)]
    assert [(record.name, record.config.shuffle, record.config.seed) for record in records] == [
        ("shuffled", True, 0),
        ("shuffled", True, 1),
        ("in <order>", False, 0),
        ("in <order>", False, 1),
    ]
    assert len({record.owner for record in records}) == 1
    assert records[0].owner
    assert "Stop" in [button.label for button in app.button]


def test_live_then_concluded() -> None:
    """Mean and band over the seeds, a table, the sentence at the end, and the link to all of them."""
    app = view()
    app.button(key=f"{KEY}_train").click().run()
    runs = started(app)
    play(runs[:3], (0.8, 0.9, 0.5))
    view(app)
    assert "shuffled 0.85" not in texts(app), "concluded before the last has ended"
    assert "<small>1 of 2" in texts(app)
    assert [line["y"] for line in lines(app)] == [pytest.approx([0.75, 0.85]), pytest.approx([0.4, 0.5])]
    play(runs[3:], (0.7,))
    view(app)
    said = texts(app)
    assert "shuffled 0.85 and in &lt;order&gt; 0.60" in said
    assert "<b>85.0%</b> <small>80.0–90.0%</small>" in said
    assert "<b>75.0%</b>" in said, "balanced accuracy: 100% of one class, 50% of the other"
    assert "All 4 runs have ended" in said
    assert f"{KEY}_train" not in [button.key for button in app.button]


def test_a_link_shows_what_somebody_trained() -> None:
    """Who follows the link sees the same chart; numbers that nobody has are left out."""
    app = view(seeds=(0,))
    app.button(key=f"{KEY}_train").click().run()
    runs = started(app)
    play(runs, (0.8, 0.5))
    other = AppTest.from_function(script, default_timeout=PATIENCE, kwargs={"seeds": (0,)})
    other.query_params[f"{KEY}_runs"] = f"{runs[0]},{runs[1]},99"
    other.run()
    assert [line["meta"] for line in lines(other)] == ["shuffled", "in <order>"]
    assert "Not here, or deleted: run 99." in texts(other)
    assert not other.exception


@pytest.mark.parametrize("order", [(1, 0), (0, 1)])
def test_the_order_in_the_link_says_nothing(order: tuple[int, int]) -> None:
    """Runs are known by how they were trained: the first way is told first, with its own number."""
    app = view(seeds=(0,))
    app.button(key=f"{KEY}_train").click().run()
    runs = started(app)
    play(runs, (0.8, 0.5))
    other = AppTest.from_function(script, default_timeout=PATIENCE, kwargs={"seeds": (0,)})
    other.query_params[f"{KEY}_runs"] = ",".join(str(runs[each]) for each in order)
    other.run()
    assert "shuffled 0.80 and in &lt;order&gt; 0.50" in texts(other)


def test_nothing_is_concluded_from_a_part_or_from_others_runs() -> None:
    """One way alone, with a run of another kind: said, drawn, not concluded; the button that trains them is there."""
    app = view(seeds=(0,))
    app.button(key=f"{KEY}_train").click().run()
    runs = started(app)
    play(runs, (0.8, 0.5))
    stranger = scheduler.submit(TrainConfig(data="digits", epochs=2, batch_size=8))
    play([stranger], (0.9,))
    other = AppTest.from_function(script, default_timeout=PATIENCE, kwargs={"seeds": (0,)})
    other.query_params[f"{KEY}_runs"] = f"{runs[0]},{stranger},99999999999,abc"
    other.run()
    said = texts(other)
    assert not other.exception
    assert [line["meta"] for line in lines(other)] == ["shuffled"]
    assert "cnn-concluded" not in said.replace(".cnn-concluded", "")
    assert "Nothing is concluded: a run is missing of in \\<order\\>." in said
    assert f"no part of this comparison: run {stranger}." in said
    assert "what is no run: 99999999999, abc." in said
    assert not other.button(key=f"{KEY}_train").disabled


def test_before_the_start_a_sketch_says_what_will_come() -> None:
    """No empty space: what is drawn, and for which ways."""
    said = texts(view())
    assert "a line each for shuffled · in &lt;order&gt;" in said
    assert "Up to 2 epochs each." in said


def test_other_settings_are_said_and_can_be_trained() -> None:
    """Runs of before stay in sight under the names they had, said to be of other settings; the button is back."""
    app = view(seeds=(0,))
    app.button(key=f"{KEY}_train").click().run()
    runs = started(app)
    play(runs, (0.8, 0.5))
    other = AppTest.from_function(script, default_timeout=PATIENCE, kwargs={"seeds": (0,), "epochs": 3})
    other.query_params[f"{KEY}_runs"] = ",".join(map(str, runs))
    other.run()
    assert "These runs had other settings" in texts(other)
    assert [line["meta"] for line in lines(other)] == ["shuffled", "in <order>"]
    assert not other.button(key=f"{KEY}_train").disabled


def test_what_the_queue_refuses_is_one_sentence() -> None:
    """A third comparison beside two under way is refused as a third run is; nothing of it is in the queue."""
    app = view()
    owner = None
    app.button(key=f"{KEY}_train").click().run()
    owner = scheduler.store().record(started(app)[0]).owner
    scheduler.submit(TrainConfig(epochs=1), owner)
    del app.query_params[f"{KEY}_runs"]
    app.session_state[f"{KEY}_runs_kept"] = ()
    view(app)
    before = len(scheduler.store().records(100))
    app.button(key=f"{KEY}_train").click().run()
    assert "Each visitor may have 2 runs" in texts(app)
    assert len(scheduler.store().records(100)) == before


def test_a_set_that_is_not_here_says_the_way() -> None:
    """One sentence and the way to it; nothing can be started."""
    app = view(data="mnist")
    assert "MNIST is not on this machine yet." in texts(app)
    assert app.button(key=f"{KEY}_train").disabled


def test_how_long_it_takes_is_said_once_known() -> None:
    """From runs like these that have been here: 3 s for two epochs, so 12 s for two ways and two seeds."""
    app = view()
    assert "Takes about" not in texts(app)
    for shuffle in (True, False):
        run = scheduler.submit(TrainConfig(data="digits", epochs=2, shuffle=shuffle, seed=9))
        play([run], (0.9,))
    assert "Takes about 12 s here." in texts(view(app))


def test_stop_ends_all() -> None:
    """Those that wait leave the queue."""
    app = view()
    app.button(key=f"{KEY}_train").click().run()
    app.button(key=f"{KEY}_stop").click().run()
    assert {scheduler.store().record(run).status for run in started(app)} <= {"stopped", "running"}
    assert not scheduler.store().records(10, ("queued",))
