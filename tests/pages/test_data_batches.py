"""The view Batches: pictures in the order the engine takes them, what is dropped, and the lines of PyTorch."""

from __future__ import annotations

import html
import re

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.data.registry import DATASETS
from cnnviz.engine.config import TrainConfig
from cnnviz.engine.loader import LoaderConfig, epoch_order
from cnnviz.ui.data.data_loader import code
from cnnviz.ui.data.epoch_order import order_of
from tests.conftest import REPOSITORY
from tests.polling import PATIENCE

LABELS = DATASETS["digits"].load("train").labels


def page(**query: str) -> AppTest:
    app = AppTest.from_file(REPOSITORY / "pages" / "data.py", default_timeout=PATIENCE)
    app.query_params.update({"data_view": "batches", **query})
    return app.run()


def body(app: AppTest) -> str:
    return html.unescape("".join(block.proto.body for block in app.get("html")))


def batches(app: AppTest) -> dict[int, dict[int, int]]:
    """Step -> class -> how many, as it is read out."""
    found = re.findall(r'alt="Step (\d+): ([^"]*)"', body(app))
    return {
        int(step): {int(each.split(": ")[0]): int(each.split(": ")[1]) for each in counts.split(", ")}
        for step, counts in found
    }


def counts(labels: np.ndarray) -> dict[int, int]:
    return {int(label): int(count) for label, count in zip(*np.unique(labels, return_counts=True), strict=True)}


@pytest.mark.parametrize(
    "query", [{}, {"data_seed": "3", "data_epoch": "2"}, {"data_sampler": "balanced"}, {"data_shuffle": "false"}]
)
def test_rows_are_the_batches_of_the_engine(query: dict[str, str]) -> None:
    """Each row has the classes that the engine's order gives that step; the last is there too."""
    app = page(data_batch_size="50", **query)
    assert not app.exception
    loader = LoaderConfig(
        50,
        seed=int(query.get("data_seed", 0)),
        shuffle="data_shuffle" not in query,
        sampler=query.get("data_sampler", "each-once"),
    )
    labels = LABELS[epoch_order(LABELS, loader, int(query.get("data_epoch", 1)))]
    shown = batches(app)
    assert next(iter(shown)) == 1
    assert list(shown)[-1] == 29
    assert len(shown) >= 5
    for step, found in shown.items():
        assert found == counts(labels[(step - 1) * 50 : step * 50])


def test_steps_and_what_is_left_over() -> None:
    """1,437 pictures make 45 batches of 32, the last of 29; dropped it is no step."""
    app = page()
    assert "1,437 pictures in batches of 32: 45 steps. The last has 29 pictures." in body(app)
    app.toggle(key="data_drop_last").set_value(True).run()
    assert "44 steps. The 29 pictures left over are dropped." in body(app)
    assert body(app).count('class="cnn-left-out"') == 1
    app.number_input(key="data_batch_size").set_value(3).run()
    assert "479 steps." in body(app)
    assert "dropped" not in body(app)


def test_from_another_step_on() -> None:
    """The rows begin there, or as late as there are rows."""
    assert next(iter(batches(page(data_step="20")))) == 20
    shown = list(batches(page(data_step="45")))
    assert shown[-1] == 45
    assert shown == list(range(shown[0], 46))


def test_a_larger_batch_has_fewer_steps() -> None:
    """A step that is there no more is the last one, without an error."""
    app = page(data_step="45")
    app.number_input(key="data_batch_size").set_value(512).run()
    assert not app.exception
    assert app.number_input(key="data_step").value == 3


def test_sorted_and_not_shuffled_every_batch_is_one_class() -> None:
    """What the lesson warns of, seen; balanced, pictures come again."""
    app = page(data_sorted="true", data_shuffle="false")
    assert all(len(found) == 1 for step, found in batches(app).items() if step < 4)
    assert "1 of 10 classes" in body(app)
    order = order_of(DATASETS["digits"], TrainConfig(sampler="balanced"), 1)
    said = f"{order.never():,} pictures do not come, one comes {order.most()} times."
    assert order.most() > 1
    assert said in body(page(data_sampler="balanced"))


def test_the_order_names_places_in_the_files() -> None:
    """Sorted by class and shuffled: every picture once, by its place among the training pictures."""
    order = order_of(DATASETS["digits"], TrainConfig(sort_by_class=True), 1)
    assert sorted(order.places.tolist()) == list(range(1437))
    assert np.array_equal(LABELS[order.places], order.labels)
    assert (order.never(), order.most()) == (0, 1)


CONFIGS = [
    {},
    {"shuffle": False, "drop_last": True},
    {"sort_by_class": True, "shuffle": False},
    {"sampler": "balanced", "sort_by_class": True},
]


@pytest.mark.parametrize("changes", CONFIGS)
def test_the_lines_of_pytorch_run(changes: dict[str, object]) -> None:
    """They make a loader of that many batches; sorted, its first batch is one class; balanced, classes are even."""
    import torch
    from torch.utils.data import TensorDataset

    config = TrainConfig(batch_size=16, **changes)
    made = TensorDataset(torch.arange(100), torch.arange(100) % 3)
    made.targets = torch.arange(100) % 3
    names: dict[str, object] = {"train_set": made, "torch": torch}
    exec(code(config), names)
    found = [labels for _pictures, labels in names["loader"]]
    assert len(found) == (6 if config.drop_last else 7)
    if config.sort_by_class and not config.shuffle:
        assert found[0].tolist() == [0] * 16


def test_three_ways_are_trained_beside_each_other() -> None:
    """Shuffled, as the files lie, sorted: the same but for the order."""
    app = page(data_batches_view="training")
    assert not app.exception
    assert "only the order differs" in " ".join(each.value for each in app.markdown)
    app = page(data_batches_view="loader")
    for argument in (
        "num_workers",
        "collate_fn",
        "pin_memory",
        "timeout",
        "sampler",
        "batch_size",
        "shuffle",
        "drop_last",
    ):
        assert f"<code>{argument}</code>" in body(app)
    lines = app.code[0].value.splitlines()
    assert "    train_set, batch_size=32, shuffle=True, drop_last=False," in lines
    assert max(map(len, lines)) <= 72
