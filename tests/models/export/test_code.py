"""The source of a network runs by itself and is the network: same names, same shapes, same answers."""

from __future__ import annotations

import ast
import dataclasses
import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from cnnviz.base.errors import ConfigurationError
from cnnviz.models.editor.blueprint import Blueprint
from cnnviz.models.editor.build import build
from cnnviz.models.editor.row import Row
from cnnviz.models.export.code import layer_code, python_source
from cnnviz.models.registry import MODELS
from tests.models.editor.random_blueprints import random_blueprint

OWN = Blueprint(
    "my net 我的",
    (1, 12, 9),
    4,
    (
        Row.of("conv", "features.0", out_channels=6, kernel_size=(1, 3), padding="same", dilation=2),
        Row.of("activation", "features.1", function="leaky_relu"),
        Row.of("inception", "mixed", ch1x1=2, ch3x3red=1, ch3x3=2, ch5x5red=1, ch5x5=2, pool_proj=1, pooling="average"),
        Row.of("bottleneck", width=3, stride=2, activation="tanh"),
        Row.of("average_pool", kernel_size=3, stride=2, ceil_mode=True),
        Row.of("flatten"),
        Row.of("batch_norm", eps=0.001),
        Row.of("dropout", p=0.2),
        Row.of("linear", "head.deep.fc"),
    ),
)
RANDOM = 40  # blueprints that can be, of random rows
# name -> a smaller picture than the network's own, where it can read one
ANSWERS = {
    **{name: spec.input_size for name, spec in MODELS.items() if max(spec.input_size[1:]) <= 35},
    "resnet18": (3, 40, 40),
    "googlenet": (3, 48, 48),
    "inception-v3": (3, 75, 75),
    "basic-block": (64, 9, 9),
}
PROGRAMS = {"resnet-small": "output: (1, 10)\nweights: 308650\n", "own": "output: (1, 4)\nweights: 826\n"}
# Builds every file it is given without knowing of this app; says names, shapes, what the weights beside it answer,
# and what the files say that are started as programs. One process for all: importing torch takes seconds.
RUNNER = """
import contextlib, io, json, runpy, sys
import torch
from safetensors.torch import load_file, save_file
torch.set_num_threads(1)
shapes, said = {}, {}
for file in sys.argv[1].split(","):
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        runpy.run_path(file, run_name="__main__")
    said[file] = printed.getvalue()
for name in ("kaiming_uniform_", "uniform_", "ones_", "zeros_"):  # on the meta device they do nothing, slowly
    setattr(torch.nn.init, name, lambda tensor, *rest, **more: tensor)
for file in sys.argv[2:]:
    with torch.device("meta"):
        network = runpy.run_path(file, run_name="network")["build"]()
    shapes[file] = {name: list(tensor.shape) for name, tensor in network.state_dict().items()}
    try:
        tensors = load_file(file + ".weights")
    except FileNotFoundError:
        continue
    x = tensors.pop("x")
    network.load_state_dict(tensors, assign=True)
    with torch.inference_mode():
        save_file({"y": network.eval()(x).contiguous()}, file + ".answer")
assert "cnnviz" not in sys.modules
print(json.dumps([shapes, said]))
"""


@dataclasses.dataclass(frozen=True)
class Ran:
    """Networks, and what the process that had only their sources made of these."""

    networks: dict[str, nn.Module]
    shapes: dict[str, dict[str, list[int]]]  # name -> of the state_dict
    said: dict[str, str]
    wanted: dict[str, torch.Tensor]  # the networks' own answers
    answers: dict[str, torch.Tensor]


def blueprints() -> dict[str, Blueprint]:
    """Those of one's own: one with all that is special, and random ones."""
    made = (random_blueprint(random.Random(seed)) for seed in range(10_000, 11_000))
    sound = [blueprint for blueprint in made if blueprint.problem() is None][:RANDOM]
    assert len(sound) == RANDOM
    return {"own": OWN, **{f"random-{number}": blueprint for number, blueprint in enumerate(sound)}}


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """All networks of the zoo and of one's own, and their sources in one process without this app."""
    folder, own = tmp_path_factory.mktemp("sources"), blueprints()
    torch.manual_seed(0)
    networks = {name: spec.outline() for name, spec in MODELS.items()}
    networks |= {name: build(blueprint) for name, blueprint in own.items()}
    sizes = {**ANSWERS, **{name: blueprint.input_size for name, blueprint in own.items()}}
    wanted = {}
    for name, network in networks.items():
        (folder / f"{name}.py").write_text(python_source(own.get(name, name)), encoding="utf-8")
        if name in sizes:
            model = filled(network) if name in MODELS else network
            x = torch.rand(2, *sizes[name])
            save_file({**model.state_dict(), "x": x}, folder / f"{name}.py.weights")
            with torch.inference_mode():
                wanted[name] = model.eval()(x)
    shapes, said = run(folder, list(networks))
    answers = {name: load_file(folder / f"{name}.py.answer")["y"] for name in wanted}
    return Ran(networks, shapes, said, wanted, answers)


def run(folder: Path, names: list[str]) -> Any:
    """What `RUNNER` says of the files of these names."""
    programs = ",".join(f"{name}.py" for name in PROGRAMS)
    done = subprocess.run(
        [sys.executable, "-W", "ignore::UserWarning", "-c", RUNNER, programs, *(f"{name}.py" for name in names)],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return [{Path(file).stem: value for file, value in found.items()} for found in json.loads(done.stdout)]


def filled(outline: nn.Module) -> nn.Module:
    """Small random numbers for an outline's weights: Inception's own take half a minute."""
    model = outline.to_empty(device="cpu")
    with torch.no_grad():
        for tensor in model.state_dict().values():
            tensor.copy_(torch.rand(tensor.shape) * 0.1 + 0.01 if tensor.is_floating_point() else torch.ones(()))
    return model


@pytest.mark.slow
def test_source_is_the_network(ran: Ran) -> None:
    """Each source gives the names and shapes of the network's state_dict, and so as many weights."""
    assert len(ran.shapes) == len(MODELS) + RANDOM + 1
    for name, network in ran.networks.items():
        assert ran.shapes[name] == {key: list(tensor.shape) for key, tensor in network.state_dict().items()}, name


@pytest.mark.slow
def test_source_answers_as_the_network(ran: Ran) -> None:
    """With the network's weights it computes what the network computes."""
    assert len(ran.wanted) >= 12 + RANDOM
    for name, y in ran.wanted.items():
        torch.testing.assert_close(ran.answers[name], y, msg=name)


@pytest.mark.slow
def test_source_runs_as_a_program(ran: Ran) -> None:
    """Started by itself it says the shape of its output and how many weights it has."""
    assert ran.said == PROGRAMS


def test_source_of_options_and_of_a_wrong_blueprint() -> None:
    """Options reach the source; a wrong row is the row's error."""
    assert "nn.Tanh()" in python_source("lenet5", activation="tanh")
    assert "nn.ReLU()" not in python_source("lenet5", activation="tanh")
    with pytest.raises(ConfigurationError, match=r"^Row 1 \(linear\)"):
        python_source(Blueprint("", (1, 8, 8), 10, (Row.of("linear"),)))


@pytest.mark.parametrize(
    "name",
    [
        "coding: utf-7 +AAo-import os; os.abort() +AAo-",  # Python obeys such a comment in a file's first two lines
        "-*- coding: unicode_escape -*- \\nimport os",
        '"""; import os; """',
        "'''; import os; '''",
        "x\\",
        "<script>alert(1)</script> {__import__('os')} %s",
        "我的网络 – n° 1",
    ],
)
def test_a_name_is_never_code(name: str) -> None:
    """The file's bytes mean the same to Python whatever the network is called: a name is a comment and nothing else."""
    source = python_source(dataclasses.replace(OWN, name=name))
    assert f"# {name}\n" in source
    assert ast.dump(ast.parse(source.encode())) == ast.dump(ast.parse(python_source(OWN).encode()))


@pytest.mark.parametrize(
    "name", ["a\nimport os", "a\rimport os", "a\x0cimport os", "a\u2028import os", "\x00", "\ud800"]
)
def test_a_name_is_one_line(name: str) -> None:
    """What would end the comment is refused as a name."""
    with pytest.raises(ConfigurationError, match="must be one line"):
        dataclasses.replace(OWN, name=name)


@pytest.mark.parametrize("name", ['a", nn.Identity()), ("b', "a\nb", "a b", "x)#", "é", "a..b", "٣", "__class__"])
def test_rows_names_are_words(name: str) -> None:
    """The name of a row, which stands in the code, is letters, digits and _: anything else is the row's error."""
    rows = (*OWN.rows[:5], Row.of("flatten", name), *OWN.rows[6:])
    with pytest.raises(ConfigurationError, match=r"^Row 6 \(flatten\): .* cannot be the name of a layer"):
        python_source(dataclasses.replace(OWN, rows=rows))


@pytest.mark.parametrize(
    ("layer", "torch_line", "keras_lines"),
    [
        (nn.Conv2d(3, 8, 5, 2, 1), "nn.Conv2d(3, 8, 5, stride=2, padding=1)",
         ["x = layers.ZeroPadding2D(1)(x)", "layer = layers.Conv2D(8, kernel_size=5, strides=2)"]),
        (nn.Conv2d(3, 8, 3, padding=1, bias=False), "nn.Conv2d(3, 8, 3, padding=1, bias=False)",
         ['layer = layers.Conv2D(8, kernel_size=3, padding="same", use_bias=False)']),
        (nn.Conv2d(4, 8, (1, 7), stride=2, dilation=3, groups=2),
         "nn.Conv2d(4, 8, (1, 7), stride=2, dilation=3, groups=2)",
         ["layer = layers.Conv2D(8, kernel_size=(1, 7), dilation_rate=3, groups=2)", "y = layer(x)[:, ::2, ::2]"]),
        (nn.MaxPool2d(3, 2, 1), "nn.MaxPool2d(3, stride=2, padding=1)",
         ['constant_values=float("-inf"))', "layer = layers.MaxPooling2D(pool_size=3, strides=2)"]),
        (nn.AvgPool2d(2), "nn.AvgPool2d(2)", ["layer = layers.AveragePooling2D(pool_size=2)"]),
        (nn.BatchNorm2d(5), "nn.BatchNorm2d(5)", ["layers.BatchNormalization(momentum=0.9, epsilon=1e-05)"]),
        (nn.Linear(7, 3, bias=False), "nn.Linear(7, 3, bias=False)", ["layers.Dense(3, use_bias=False)"]),
    ],
)  # fmt: skip
def test_code_of_a_layer(layer: nn.Module, torch_line: str, keras_lines: list[str]) -> None:
    """Keras pads by "valid" and "same" only: other paddings, and stride beside dilation, are written out."""
    code = layer_code(layer)
    assert f"layer = {torch_line}\n" in code["pytorch"]
    for line in keras_lines:
        assert line in code["keras"]


def test_code_of_what_has_no_equal() -> None:
    """Nothing is better than something wrong."""
    assert layer_code(nn.AvgPool2d(3, 2, ceil_mode=True))["keras"] == ""
    assert layer_code(nn.GELU()) == {"pytorch": "", "keras": ""}
