"""The source of a network runs by itself and is the network: same names, same shapes, same answers."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from cnnviz.errors import ConfigurationError
from cnnviz.models.blueprint import Blueprint
from cnnviz.models.layercode import layer_code
from cnnviz.models.onnx import PACKAGES, onnx_bytes
from cnnviz.models.registry import MODELS
from cnnviz.models.rows import Row
from cnnviz.models.source import python_source
from cnnviz.models.summary import summarize

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
# name -> a smaller picture than the network's own, where it can read one
ANSWERS = {
    **{name: spec.input_size for name, spec in MODELS.items() if max(spec.input_size[1:]) <= 35},
    "resnet18": (3, 40, 40),
    "googlenet": (3, 48, 48),
    "inception-v3": (3, 75, 75),
    "basic-block": (64, 9, 9),
}
# Builds every file it is given without knowing of this app, says the names and shapes, and what the weights answer.
RUNNER = """
import json, runpy, sys
import torch
from safetensors.torch import load_file, save_file
for name in ("kaiming_uniform_", "uniform_", "ones_", "zeros_"):  # on the meta device they do nothing, slowly
    setattr(torch.nn.init, name, lambda tensor, *rest, **more: tensor)
found = {}
for file in sys.argv[1:]:
    with torch.device("meta"):
        network = runpy.run_path(file, run_name="network")["build"]()
    found[file] = {name: list(tensor.shape) for name, tensor in network.state_dict().items()}
    try:
        tensors = load_file(file + ".weights")
    except FileNotFoundError:
        continue
    x = tensors.pop("x")
    network.load_state_dict(tensors, assign=True)
    with torch.inference_mode():
        save_file({"y": network.eval()(x).contiguous()}, file + ".answer")
assert "cnnviz" not in sys.modules
print(json.dumps(found))
"""


def networks() -> dict[str, nn.Module]:
    """Every network of the zoo, those whose answers are compared with weights, and one of one's own."""
    torch.manual_seed(0)
    found = {name: spec.outline() for name, spec in MODELS.items()}
    return {**{name: filled(model) if name in ANSWERS else model for name, model in found.items()}, "own": OWN.build()}


def filled(outline: nn.Module) -> nn.Module:
    """Small random numbers for an outline's weights: Inception's own take half a minute."""
    model = outline.to_empty(device="cpu")
    with torch.no_grad():
        for tensor in model.state_dict().values():
            tensor.copy_(torch.rand(tensor.shape) * 0.1 + 0.01 if tensor.is_floating_point() else torch.ones(()))
    return model


def test_source_is_the_network(tmp_path: Path) -> None:
    """In a process without this app each source gives the state_dict's names and shapes, and the same answers."""
    made = networks()
    expected = {}
    for name, network in made.items():
        file = tmp_path / f"{name}.py"
        file.write_text(python_source(OWN if name == "own" else name), encoding="utf-8")
        if name == "own" or name in ANSWERS:
            x = torch.rand(2, *(OWN.input_size if name == "own" else ANSWERS[name]))
            save_file({**network.state_dict(), "x": x}, f"{file}.weights")
            with torch.inference_mode():
                expected[name] = network.eval()(x)
    files = [str(tmp_path / f"{name}.py") for name in made]
    done = subprocess.run(
        [sys.executable, "-c", RUNNER, *files], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    found = json.loads(done.stdout)
    for name, network in made.items():
        shapes = {key: list(tensor.shape) for key, tensor in network.state_dict().items()}
        assert found[str(tmp_path / f"{name}.py")] == shapes, name
    assert len(expected) >= 12
    for name, y in expected.items():
        torch.testing.assert_close(load_file(str(tmp_path / f"{name}.py.answer"))["y"], y, msg=name)


@pytest.mark.parametrize(
    ("network", "output", "count"), [("resnet-small", "(1, 10)", 308_650), (OWN, "(1, 4)", None)], ids=["zoo", "own"]
)
def test_source_runs_by_itself(network: Blueprint | str, output: str, count: int | None, tmp_path: Path) -> None:
    """Started as a program it says the shape of its output and its weights."""
    file = tmp_path / "net.py"
    file.write_text(python_source(network), encoding="utf-8")
    done = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert f"output: {output}" in done.stdout
    assert count is None or f"weights: {count}" in done.stdout


def test_source_of_options_and_of_a_wrong_blueprint() -> None:
    """Options reach the source; a wrong row is the row's error."""
    assert "nn.Tanh()" in python_source("lenet5", activation="tanh")
    assert "nn.ReLU()" not in python_source("lenet5", activation="tanh")
    with pytest.raises(ConfigurationError, match=r"^Row 1 \(linear\)"):
        python_source(Blueprint("", (1, 8, 8), 10, (Row.of("linear"),)))


@pytest.mark.parametrize("name", ["alexnet", "googlenet", "resnet18", "vgg-small", "lenet5-classic"])
def test_code_of_every_layer(name: str) -> None:
    """Each layer has its line, which makes that very layer; operations between layers have theirs."""
    model = MODELS[name].outline()
    for info in summarize(model, MODELS[name].input_size):
        code = layer_code(info, model)
        assert code["pytorch"], info
        assert code["keras"], info
        compile(code["pytorch"], "pytorch", "exec")
        compile(code["keras"], "keras", "exec")
        if info.module:
            scope: dict[str, object] = {"x": torch.zeros(2, *info.input_shape)}
            exec(code["pytorch"], scope)
            assert repr(scope["layer"]) == re.sub(
                r"(output_size)=\((\d+), \2\)", r"\1=\2", repr(model.get_submodule(info.name))
            )
            assert tuple(scope["y"].shape[1:]) == info.output_shape  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("layer", "torch_line", "keras_lines"),
    [
        (nn.Conv2d(3, 8, 5, 2, 1), "nn.Conv2d(3, 8, 5, stride=2, padding=1)",
         ["x = layers.ZeroPadding2D(1)(x)", "layer = layers.Conv2D(8, 5, strides=2)"]),
        (nn.Conv2d(3, 8, 3, padding=1, bias=False), "nn.Conv2d(3, 8, 3, padding=1, bias=False)",
         ['layer = layers.Conv2D(8, 3, padding="same", use_bias=False)']),
        (nn.Conv2d(4, 8, (1, 7), stride=2, dilation=3, groups=2),
         "nn.Conv2d(4, 8, (1, 7), stride=2, dilation=3, groups=2)",
         ["layer = layers.Conv2D(8, (1, 7), dilation_rate=3, groups=2)", "y = layer(x)[:, ::2, ::2]"]),
        (nn.MaxPool2d(3, 2, 1), "nn.MaxPool2d(3, stride=2, padding=1)",
         ['constant_values=float("-inf"))', "layer = layers.MaxPooling2D(3, strides=2)"]),
        (nn.AvgPool2d(2), "nn.AvgPool2d(2)", ["layer = layers.AveragePooling2D(2)"]),
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


def test_onnx_without_its_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the optional extra: one sentence with the line that installs it."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ConfigurationError, match="pip install onnx onnxscript"):
        onnx_bytes(MODELS["lenet5"].build(), (1, 28, 28))


def test_onnx() -> None:
    """With it: a file whose network reads the picture's shape and gives the logits'."""
    for package in PACKAGES:
        pytest.importorskip(package)
    import onnx

    graph = onnx.load_from_string(onnx_bytes(MODELS["lenet5"].build(), (1, 28, 28))).graph
    shapes = [[side.dim_value for side in value.type.tensor_type.shape.dim] for value in (*graph.input, *graph.output)]
    assert shapes == [[1, 1, 28, 28], [1, 10]]
