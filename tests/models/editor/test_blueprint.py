"""A blueprint's arithmetic is torch's, what it refuses it refuses by row and reason, and what it takes trains."""

from __future__ import annotations

import dataclasses
import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from cnnviz.base.errors import ConfigurationError
from cnnviz.models.editor import blueprint as limits
from cnnviz.models.editor.blueprint import Blueprint, RowError, RowShape
from cnnviz.models.editor.build import _CLASSES, blueprint_of, build
from cnnviz.models.editor.formats import MAX_CHARACTERS, from_json, to_json, to_line
from cnnviz.models.editor.layers import LAYER_KINDS
from cnnviz.models.editor.row import RESERVED, Row
from cnnviz.models.empty_weights import init_empty_weights
from cnnviz.models.registry import MODELS
from tests.models.editor.random_blueprints import random_blueprint

LENET = (
    Row.of("conv", out_channels=6, kernel_size=5, padding=2),
    Row.of("activation"),
    Row.of("max_pool"),
    Row.of("flatten"),
    Row.of("linear", out_features=84),
    Row.of("activation", function="tanh"),
    Row.of("linear"),
)


def shapes(blueprint: Blueprint) -> list[tuple[int, ...] | None]:
    return [row.output_shape for row in blueprint.check()]


def problems(blueprint: Blueprint) -> dict[int, str]:
    return {found.row: str(found.problem) for found in blueprint.check() if isinstance(found, RowError)}


def weights(model: nn.Module) -> int:
    return sum(weight.numel() for weight in model.parameters())


def torch_shapes(blueprint: Blueprint) -> list[tuple[int, ...]]:
    """What leaves each row according to torch, on the meta device."""
    with init_empty_weights():
        model = build(blueprint)
        x = torch.empty(2, *blueprint.input_size)
    found = []
    for name in blueprint.names():
        x = model.get_submodule(name)(x)
        found.append(tuple(x.shape[1:]))
    return found


def test_shapes_and_weights_by_hand() -> None:
    """Rows are named as in the zoo; shapes and weights are those one works out on paper."""
    blueprint = Blueprint("mine", (1, 28, 28), 10, LENET)
    rows = blueprint.check()
    assert [row.name for row in rows] == ["conv1", "relu1", "pool1", "flatten", "fc1", "tanh1", "fc2"]
    assert shapes(blueprint) == [(6, 28, 28), (6, 28, 28), (6, 14, 14), (1176,), (84,), (84,), (10,)]
    assert [row.params for row in rows if isinstance(row, RowShape)] == [156, 0, 0, 0, 1176 * 84 + 84, 0, 850]
    assert isinstance(rows[0], RowShape)
    assert rows[0].macs == 6 * 28 * 28 * 25


def test_checking_needs_no_torch() -> None:
    """The table answers before torch is there."""
    code = (
        "import sys; from cnnviz.models.editor.blueprint import Blueprint, Row;"
        "from cnnviz.engine.config import TrainConfig; from cnnviz.models.editor.formats import to_json;"
        "b = Blueprint('', (1, 28, 28), 10, (Row.of('flatten'), Row.of('linear')));"
        "TrainConfig(model='own', blueprint=to_json(b)); assert not b.problem(); assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_every_network_of_the_zoo_is_a_start(name: str) -> None:
    """As rows it has the same weights under the same names, the shapes torch says, and survives JSON."""
    blueprint = blueprint_of(name)
    with init_empty_weights():
        built = build(blueprint)
    wanted = MODELS[name].outline()
    prefix = "block." if MODELS[name].is_block else ""
    assert {key: value.shape for key, value in built.state_dict().items()} == {
        prefix + key: value.shape for key, value in wanted.state_dict().items()
    }
    assert sum(row.params for row in blueprint.check() if isinstance(row, RowShape)) == weights(wanted)
    assert shapes(blueprint) == torch_shapes(blueprint)
    assert from_json(to_json(blueprint)) == blueprint
    assert from_json(to_line(blueprint)) == blueprint


@pytest.mark.parametrize("name", [name for name in MODELS if MODELS[name].options])
def test_options_of_the_zoo_reach_the_rows(name: str) -> None:
    """A network with another activation is a blueprint with another activation, inside blocks too."""
    built = build(blueprint_of(name, activation="tanh")) if weights(MODELS[name].outline()) < 2e6 else None
    rows = blueprint_of(name, activation="tanh").rows
    assert "relu" not in {row.values().get("function", row.values().get("activation")) for row in rows}
    if built is not None:
        assert not [layer for layer in built.modules() if isinstance(layer, nn.ReLU)]


def test_a_block_with_a_head() -> None:
    """Asked for channels and classes, a block alone becomes a network that can be trained."""
    blueprint = blueprint_of("basic-block", in_channels=3, num_classes=5)
    assert (blueprint.input_size, blueprint.num_classes) == ((3, 56, 56), 5)
    assert blueprint.problem() is None
    wanted = MODELS["basic-block"].outline(3, 5)
    assert build(blueprint).state_dict().keys() == wanted.state_dict().keys()


def test_the_same_weights_give_the_same_answers() -> None:
    """Weights of a zoo network put into its blueprint compute what the network computes."""
    for name, size in (("lenet5", (1, 28, 28)), ("resnet18", (3, 40, 40)), ("googlenet", (3, 48, 48))):
        model = MODELS[name].build(num_classes=5).eval()
        blueprint = dataclasses.replace(blueprint_of(name), input_size=size, num_classes=5)
        built = build(blueprint).eval()
        built.load_state_dict(model.state_dict())
        x = torch.rand(2, *size)
        with torch.inference_mode():
            torch.testing.assert_close(built(x), model(x))


def test_fitted_to_other_pictures_and_classes() -> None:
    """Channels and classes follow the data; a number of outputs that was written down stays and is refused."""
    blueprint = Blueprint("mine", (1, 28, 28), 10, LENET)
    assert blueprint.fitted(3, 7).problem() is None
    assert shapes(blueprint.fitted(3, 7))[-1] == (7,)
    fixed = dataclasses.replace(blueprint, rows=(*LENET[:-1], Row.of("linear", out_features=10)))
    assert "Set out_features to 7" in str(fixed.fitted(3, 7).problem())


@pytest.mark.parametrize(
    ("rows", "row", "sentence"),
    [
        ([Row.of("conv", out_channels=6, kernel_size=30)], 1, "these smallest changes fixes it: kernel_size=28"),
        ([Row.of("conv", kernel_size=3)], 1, "out_channels is missing. Give it a value, 16 for instance."),
        ([Row.of("conv", out_channels=0, kernel_size=3)], 1, "from 1 to 4096. Got 0; try 1."),
        ([Row.of("conv", out_channels=6, kernel_size=3, stride=0)], 1, "stride must be a whole number from 1 to 64"),
        ([Row.of("conv", out_channels=6, kernel_size=3, stride=2, padding="same")], 1, "stride must be 1 with padding"),
        ([Row.of("conv", out_channels=6, kernel_size=3, groups=4)], 1, "groups must divide the 1 channels"),
        ([Row.of("max_pool", kernel_size=2, padding=2)], 1, "the largest that works is 1"),
        ([Row.of("activation", function="gelu")], 1, "must be one of relu, sigmoid, tanh, leaky_relu. Got gelu"),
        ([Row.of("dropout", p=1.5)], 1, "p must be a number from 0.0 to 0.9. Got 1.5"),
        ([Row.of("linear", out_features=10)], 1, "maps of 1x28x28 reach it. Put a flatten row before it."),
        ([Row.of("flatten"), Row.of("max_pool")], 2, "max_pool reads maps, but 784 numbers in a row reach it."),
        ([Row.of("flatten"), Row.of("basic_block", out_channels=4)], 2, "basic_block reads maps"),
        ([Row.of("max_pool", kernel_size=14), Row.of("inception_b")], 2, "needs maps of at least 3x3, but 1x2x2"),
        ([Row.of("flatten")], 1, "must give 10 numbers, one for each class, but it gives 784. Add linear below it."),
        ([Row.of("conv", out_channels=6, kernel_size=3)], 1, "gives maps of 6x26x26. Add flatten and linear below it."),
        ([Row.of("flatten"), Row.of("linear", out_features=9)], 2, "Set out_features to 10, or leave it empty."),
        ([Row.of("exec", code="1")], 1, "There is no layer exec. Choose one of: conv, max_pool"),
        ([Row.of("flatten", axis=1)], 1, "flatten has no option axis."),
        ([Row.of("flatten", "forward")], 1, "forward cannot be the name of a layer."),
        ([Row.of("flatten", "__class__")], 1, "cannot be the name of a layer."),
        ([Row.of("activation", "a"), Row.of("flatten", "a")], 2, "The name a is taken by row 1."),
        ([Row.of("activation", "a"), Row.of("flatten", "a.b")], 2, "is taken by row 1."),
        ([Row.of("activation", "a.b"), Row.of("activation", "d"), Row.of("flatten", "a.c")], 3,
         "but row 2 stands between."),
        ([Row.of("adaptive_average_pool", output_size=64), Row.of("flatten"), Row.of("linear", out_features=16000),
          Row.of("linear", out_features=16000)], 4, "more than the 200,000,000 allowed. Make it narrower"),
        ([Row.of("conv", out_channels=4096, kernel_size=1), Row.of("adaptive_average_pool", output_size=60)] * 2, 3,
         "multiply-accumulates, more than"),
        ([Row.of("conv", out_channels=4096, kernel_size=1, padding=64), Row.of("activation")], 2,
         "more than the 100,000,000 allowed."),
    ],
)  # fmt: skip
def test_a_wrong_row_is_named_with_reason_and_mend(rows: list[Row], row: int, sentence: str) -> None:
    """The first error is at the row that causes it, with what to do; building says the same."""
    blueprint = Blueprint("mine", (1, 28, 28), 10, tuple(rows))
    found = problems(blueprint)
    assert min(found) == row
    assert sentence in found[row]
    assert str(blueprint.problem()).startswith(f"Row {row} (")


def test_below_a_wrong_row_shapes_are_unknown() -> None:
    """One mistake is one error: rows below have no shapes, but their own options are still checked."""
    rows = (Row.of("conv", kernel_size=5), Row.of("max_pool"), Row.of("dropout", p=7), Row.of("linear"))
    found = Blueprint("", (1, 28, 28), 10, rows).check()
    assert [type(row) for row in found] == [RowError, RowShape, RowError, RowShape]
    assert found[1].input_shape is None
    assert found[1].output_shape is None


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"input_size": (1, 28)}, "input_size must be three whole numbers"),
        ({"input_size": (1, 0, 28)}, "height must be a whole number from 1 to 512. Got 0; try 1."),
        ({"input_size": (1, 10**9, 28)}, "height must be a whole number from 1 to 512. Got 1000000000; try 512."),
        ({"num_classes": -1}, "num_classes must be a whole number from 0 to 1000."),
        ({"name": "a\nb"}, "must be one line of at most 80 characters"),
        ({"rows": (Row.of("flatten"),) * 301}, "may have 300 rows, but this has 301"),
    ],
)
def test_limits_of_the_whole(changes: dict[str, Any], sentence: str) -> None:
    """What is no row's fault is said when the blueprint is made."""
    with pytest.raises(ConfigurationError, match=sentence.replace(".", r"\.")):
        dataclasses.replace(Blueprint("mine", (1, 28, 28), 10, LENET), **changes)


def test_no_rows_and_no_classes_cannot_be_trained() -> None:
    """A network needs a row; a block alone gives maps, can be built, but not trained."""
    assert "at least one row" in str(Blueprint("", (1, 8, 8), 10, ()).problem())
    block = blueprint_of("basic-block")
    assert "gives maps, not classes" in str(block.problem())
    assert "Add flatten and linear" in str(block.fitted(3, 10).problem())


def test_a_row_without_a_name_belongs_to_the_group_around_it() -> None:
    """Put between two rows of a group it is counted there: the network stays whole, and torch agrees on the names."""
    rows = (Row.of("conv", "features.0", out_channels=4, kernel_size=3), Row.of("activation"), Row.of("batch_norm"),
            Row.of("max_pool", "features.3"), Row.of("flatten"), Row.of("linear", "head.inner.fc"), Row.of("dropout"),
            Row.of("linear", "head.outer.fc"))  # fmt: skip
    blueprint = Blueprint("", (1, 8, 8), 10, rows)
    assert blueprint.names()[1:3] == ["features.relu1", "features.norm1"]
    assert blueprint.names()[4:7] == ["flatten", "head.inner.fc", "head.dropout1"]
    assert blueprint.problem() is None
    assert "features.norm1.weight" in build(blueprint).state_dict()


def test_nothing_but_known_layers_can_be_made() -> None:
    """What rows are made into is a closed list: layers of torch.nn and our blocks."""
    own = {name: made for name, made in _CLASSES.items() if made.__module__ == "cnnviz.models.families.blocks"}
    assert all(getattr(nn, name) is made for name, made in _CLASSES.items() if name not in own)
    assert own.keys() == {name for kind in LAYER_KINDS.values() if kind.is_block for name in kind.torch_classes}
    assert {kind.name for kind in LAYER_KINDS.values() if kind.is_block} == {
        "basic_block", "bottleneck", "inception", *(f"inception_{letter}" for letter in "abcde")
    }  # fmt: skip


def test_names_torch_keeps_for_itself_are_reserved() -> None:
    """Every public name of an nn.Sequential is refused as the name of a layer."""
    assert {name for name in dir(nn.Sequential()) if not name.startswith("_")} <= RESERVED


def test_texts_of_a_table_are_numbers() -> None:
    """Cells hold texts and floats: "1x7" and 3.0 are read, and pairs are height and width."""
    row = Row.of("conv", out_channels=4.0, kernel_size="1x7", padding="0, 3", stride="")
    assert row.values() | {} == {
        "out_channels": 4, "kernel_size": (1, 7), "stride": 1, "padding": (0, 3), "dilation": 1, "groups": 1,
        "bias": True,
    }  # fmt: skip
    with pytest.raises(ConfigurationError, match=r"Got 2\.5"):
        Row.of("conv", out_channels=2.5, kernel_size=3).values()


_GOOD = json.loads(to_json(Blueprint("mine", (1, 28, 28), 10, LENET)))


def _with_row(**fields: Any) -> str:
    return json.dumps({**_GOOD, "rows": [*_GOOD["rows"][:2], fields]})


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "not JSON"),
        ("import os", "not JSON"),
        ("{" * 90_000, "not JSON"),
        ("[" * 90_000 + "]" * 9_000, "not JSON"),
        ('{"rows": ' * 9_000, "not JSON"),
        ("1" * 99_000, "not JSON"),
        ("[]", "must hold name, input_size"),
        ("null", "must hold"),
        ('"__import__(\'os\')"', "must hold"),
        (json.dumps({**_GOOD, "rows": 10**9}), "rows must be a list"),
        (json.dumps({**_GOOD, "rows": [{}] * 10_000}), "may have 300 rows, but this has 10000"),
        ('{"rows": [' + '{"kind": "flatten"},' * 10**6 + "]}", "may have 100,000 characters"),
        (json.dumps({**_GOOD, "input_size": [1, 10**30, 28]}), "Got ≥ 10^30"),
        (json.dumps({**_GOOD, "input_size": [1, 28.5, 28]}), "height must be a whole number"),
        (json.dumps({**_GOOD, "input_size": [[1], 28, 28]}), "channels must be a whole number"),
        (json.dumps({**_GOOD, "input_size": {"a": 1}}), "input_size must be three"),
        (json.dumps({**_GOOD, "num_classes": True}), "num_classes must be a whole number"),
        (json.dumps({**_GOOD, "name": ["x"]}), "The name of a network"),
        (json.dumps({**_GOOD, "__reduce__": "os.system"}), "A network has no field __reduce__"),
        (json.dumps({**_GOOD, "rows": ["conv"]}), "Row 1 (conv): A row must name its kind"),
        (_with_row(kind="torch.load"), "Row 3 (torch.load): There is no layer torch.load."),
        (_with_row(kind=["conv"]), "Row 3 (['conv']): There is no layer"),
        (_with_row(kind="conv", out_channels=6, kernel_size=3, eval="1"), "Row 3 (conv): conv has no option eval."),
        (_with_row(kind="conv", out_channels={"a": 1}, kernel_size=3), "out_channels must be a number, a pair"),
        (_with_row(kind="conv", out_channels=6, kernel_size=[1, [2]]), "kernel_size must be a number, a pair"),
        (_with_row(kind="conv", out_channels=6, kernel_size="x" * 1000), "kernel_size must be a number, a pair"),
        (_with_row(kind="flatten", name={"a": 1}), "name must be a number"),
        (_with_row(kind="dropout", p=float("nan")), "not JSON"),
        (_with_row(kind="dropout", p=float("inf")), "not JSON"),
        (_with_row(kind="dropout", p=7).replace("7", "1e999"), "p must be a number, a pair of numbers"),
        (_with_row(kind="dropout", p=7).replace('"p"', '"p": 0.5, "p"'), "p stands there twice"),
        ('{"name": "a", ' + json.dumps(_GOOD)[1:], "name stands there twice"),
        (_with_row(kind="flatten", name="\ud800"), "name must be a number"),
        (_with_row(kind="conv", out_channels="\x00", kernel_size=3), "out_channels must be a number"),
        (json.dumps({**_GOOD, "name": "\u202egnp.exe"}), "must be one line"),
        (" " * 10_000_000, "may have 100,000 characters"),
    ],
)  # fmt: skip
def test_hostile_json_is_refused(text: str, sentence: str) -> None:
    """Whatever a file holds: one sentence, at once."""
    start = time.thread_time()
    with pytest.raises(ConfigurationError) as caught:
        from_json(text)
    assert time.thread_time() - start < 0.5
    assert sentence in str(caught.value)
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "conv", "out_channels": 10**1000, "kernel_size": 3},
        {"kind": "conv", "out_channels": 10**9, "kernel_size": 10**9},
        {"kind": "conv", "out_channels": "__import__('os').system('x')", "kernel_size": 3},
        {"kind": "conv", "out_channels": 6, "kernel_size": "().__class__"},
        {"kind": "conv", "out_channels": 6, "kernel_size": [0, -3]},
        {"kind": "conv", "out_channels": 1e308, "kernel_size": 3},
        {"kind": "conv", "out_channels": 6, "kernel_size": 3, "padding": "mirror"},
        {"kind": "conv", "out_channels": 6, "kernel_size": 3, "bias": "yes"},
        {"kind": "flatten", "name": "a/../b"},
        {"kind": "flatten", "name": "a." * 40},
        {"kind": "dropout", "p": "0.5"},
        {"kind": "adaptive_average_pool", "output_size": 10**9},
    ],
)
def test_values_out_of_range_are_the_rows_error(fields: dict[str, Any]) -> None:
    """A file with a wrong value can be opened and fixed: the error is at its row, quickly, and nothing is built."""
    start = time.thread_time()
    blueprint = from_json(_with_row(**fields))
    assert min(problems(blueprint)) == 3
    assert time.thread_time() - start < 0.5
    with pytest.raises(ConfigurationError, match=r"^Row 3 "):
        build(blueprint)


def test_a_long_text_is_refused_before_it_is_read() -> None:
    """Limits are stated once and hold to the character."""
    text = to_json(Blueprint("mine", (1, 28, 28), 10, LENET))
    assert from_json(text + " " * (MAX_CHARACTERS - len(text)))
    with pytest.raises(ConfigurationError, match="may have 100,000 characters"):
        from_json(text + " " * (MAX_CHARACTERS - len(text) + 1))
    assert max(len(to_json(blueprint_of(name))) for name in ("resnet152", "inception-v3")) < MAX_CHARACTERS / 10
    assert limits.MAX_WEIGHTS == 200_000_000


def read_back(blueprint: Blueprint) -> Blueprint | object:
    """What its JSON gives: a blueprint, or the row for which it is refused."""
    try:
        return from_json(to_json(blueprint))
    except ConfigurationError as refusal:
        return refusal.values["row"]


def trains(blueprint: Blueprint) -> bool:
    """One step on two pictures, row by row: shapes are those foretold; whether the loss and the weights are numbers."""
    model = build(blueprint).train()
    checked = [row for row in blueprint.check() if isinstance(row, RowShape)]
    assert weights(model) == sum(row.params for row in checked), blueprint
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    x, labels = torch.rand(2, *blueprint.input_size), torch.tensor([0, blueprint.num_classes - 1])
    for row in checked:
        x = model.get_submodule(row.name)(x)
        assert tuple(x.shape[1:]) == row.output_shape, blueprint
    loss = F.cross_entropy(x, labels)
    loss.backward()
    optimizer.step()
    return bool(loss.isfinite()) and bool(nn.utils.parameters_to_vector(model.parameters()).isfinite().all())


@pytest.fixture
def plain_kernels() -> Iterator[None]:
    """oneDNN prepares a kernel for every shape it meets: of a thousand shapes each met once, that is half the time."""
    before = torch.backends.mkldnn.enabled
    torch.backends.mkldnn.enabled = False
    yield
    torch.backends.mkldnn.enabled = before


@pytest.mark.slow
@pytest.mark.usefixtures("plain_kernels")
def test_a_thousand_random_blueprints() -> None:
    """Each trains a step or is refused with the row and the reason; of each, arithmetic and torch agree on shapes."""
    torch.manual_seed(0)
    trained, refused = 0, 0
    for seed in range(1000):
        blueprint = random_blueprint(random.Random(seed))
        problem = blueprint.problem()
        assert read_back(blueprint) in (blueprint, *problems(blueprint))
        if problem is None:
            assert trains(blueprint), blueprint
            trained += 1
        else:
            found = min(problems(blueprint).items())
            assert str(problem).startswith(f"Row {found[0]} (")
            assert str(problem).endswith(found[1])
            assert len(found[1]) > 20
            with pytest.raises(ConfigurationError, match=rf"^Row {found[0]} \("):
                build(blueprint)
            refused += 1
    assert trained >= 500
    assert refused >= 150


@pytest.mark.parametrize(
    ("rows", "parameter"),
    [
        ((Row.of("conv", out_channels=4, kernel_size=99),), "kernel_size"),
        ((Row.of("max_pool", kernel_size=99),), "kernel_size"),
        ((Row.of("max_pool", kernel_size=2, padding=2),), "padding"),
        ((Row.of("conv", out_channels=4, kernel_size=3, padding="same", stride=2),), "stride"),
        ((Row.of("conv", out_channels=4, kernel_size=3, groups=3),), "groups"),
        ((Row.of("conv", kernel_size=3),), "out_channels"),
        ((Row.of("activation", function="bent"),), "function"),
        ((Row.of("activation", name="1st"),), "name"),
        ((Row.of("activation", name="a"), Row.of("activation", name="a")), "name"),
        ((Row.of("flatten"), Row.of("linear", out_features=9)), "out_features"),
        ((Row.of("linear"),), ""),
        ((Row.of("nothing"),), ""),
    ],
)
def test_an_error_names_the_option_to_change(rows: tuple[Row, ...], parameter: str) -> None:
    """Where its sentence is about one, whatever language it is read in."""
    (error,) = [found for found in Blueprint("x", (1, 28, 28), 10, rows).check() if isinstance(found, RowError)]
    assert error.parameter == parameter
