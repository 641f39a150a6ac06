"""What a sweep tries next, worked out from nothing but its runs."""

from __future__ import annotations

from cnnviz.engine.config import TrainConfig
from cnnviz.runs.sweeps.plan import SweepParameter, SweepPlan
from cnnviz.runs.sweeps.suggest import Result, importance, propose
from tests.runs.sweeps.conftest import accuracy

BASE = TrainConfig(epochs=2)
GRID = (SweepParameter("optimizer", ("sgd", "adam")), SweepParameter("batch_size", (16, 32, 64)))
RANGES = (SweepParameter("learning_rate", low=1e-4, high=1.0, log=True), SweepParameter("optimizer", ("sgd", "adam")))


def tried(plan: SweepPlan, runs: int) -> list[Result]:
    """The first `runs` proposals with what they came to."""
    results: list[Result] = []
    for number in range(runs):
        values = propose(plan, number, results)
        if values is None:
            break
        results.append(Result(values, accuracy(plan.config(values), 2)))
    return results


def test_a_grid_is_every_combination_in_order() -> None:
    """The last parameter turns first; after the last combination there is none."""
    values = [tuple(result.values.values()) for result in tried(SweepPlan(BASE, GRID), 99)]
    assert [set(each) for each in values] == [
        {"sgd", 16}, {"sgd", 32}, {"sgd", 64}, {"adam", 16}, {"adam", 32}, {"adam", 64},
    ]  # fmt: skip


def test_part_of_a_grid_is_spread_out() -> None:
    """With a budget below the whole, combinations come shuffled, none twice."""
    plan = SweepPlan(BASE, (SweepParameter("batch_size", tuple(range(1, 41))),), runs=20)
    sizes = [result.values["batch_size"] for result in tried(plan, 20)]
    assert len(set(sizes)) == 20
    assert sizes != sorted(sizes)
    assert max(sizes) > 20, "not only the first half"


def test_part_of_a_huge_grid() -> None:
    """Of six million combinations none comes twice, and the budget ends it."""
    names = ("seed", "epochs", "step_size", "batch_size")
    plan = SweepPlan(BASE, tuple(SweepParameter(name, tuple(range(1, 51))) for name in names), runs=500)
    proposals = [propose(plan, number, []) for number in range(500)]
    assert len({str(values) for values in proposals}) == 500
    assert propose(plan, 500, []) is None


def test_draws_are_the_same_whoever_asks() -> None:
    """The number in the sweep decides, not the process: what two ask for at once is one run."""
    plan = SweepPlan(BASE, RANGES, "random")
    assert propose(plan, 3, []) == propose(plan, 3, [])
    assert propose(plan, 3, []) != propose(plan, 4, [])
    assert propose(SweepPlan(BASE, RANGES, "random", seed=1), 3, []) != propose(plan, 3, [])


def test_random_draws_do_not_repeat_while_they_need_not() -> None:
    """Of six combinations six draws are six."""
    plan = SweepPlan(BASE, GRID, "random")
    found = [tuple(result.values.values()) for result in tried(plan, 6)]
    assert len(set(found)) == 6


def test_draws_stay_in_their_ranges() -> None:
    """Every draw makes a configuration."""
    plan = SweepPlan(BASE, RANGES, "random")
    for result in tried(plan, 50):
        assert 1e-4 <= float(result.values["learning_rate"]) <= 1.0
        plan.config(result.values)


def test_the_search_finds_what_draws_do_not() -> None:
    """Around the best learning rate it draws more often than random draws do: after 30 runs its last ten are better."""
    searched = tried(SweepPlan(BASE, RANGES, "search"), 30)
    drawn = tried(SweepPlan(BASE, RANGES, "random"), 30)
    late = [sum(result.accuracy or 0.0 for result in each[20:]) / 10 for each in (searched, drawn)]
    assert late[0] > late[1] + 0.05
    again = tried(SweepPlan(BASE, RANGES, "search"), 30)
    assert again == searched, "the same runs, the same next one"


def test_importance_is_the_share_of_the_spread() -> None:
    """One that decides everything has all of it, one that does nothing next to none; few runs have no answer."""
    plan = SweepPlan(BASE, RANGES, "random", runs=60)
    shares = importance(plan, tried(plan, 60))
    assert list(shares) == ["learning_rate", "optimizer"]
    assert shares["learning_rate"] > 0.6
    assert shares["optimizer"] < 0.1
    assert importance(plan, tried(plan, 3)) == {}


def test_importance_by_hand() -> None:
    """Accuracies 1, 1, 0, 0 by optimizer: all of it. The same accuracies by a parameter that mixes them: none."""
    plan = SweepPlan(BASE, (SweepParameter("optimizer", ("sgd", "adam")), SweepParameter("batch_size", (16, 32))))
    results = [
        Result({"optimizer": optimizer, "batch_size": size}, 1.0 if optimizer == "sgd" else 0.0)
        for optimizer in ("sgd", "adam")
        for size in (16, 32)
    ]
    assert importance(plan, results) == {"optimizer": 1.0, "batch_size": 0.0}
    alike = [Result(result.values, 0.5) for result in results]
    assert importance(plan, alike) == {"optimizer": 0.0, "batch_size": 0.0}
