"""A network as an ONNX file computes what the network computes; without the optional packages a sentence says so."""

from __future__ import annotations

import importlib.util
import subprocess

import pytest
import torch
from torch import nn

from cnnviz.base.errors import ConfigurationError
from cnnviz.models.editor.build import build
from cnnviz.models.export import onnx as export
from cnnviz.models.export.onnx import OPSET, PACKAGES, onnx_bytes
from cnnviz.models.registry import MODELS
from tests.models.export.test_code import OWN


def test_without_its_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the optional extra: one sentence with the line that installs it."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ConfigurationError, match="Install them: pip install onnx onnxscript"):
        onnx_bytes(MODELS["lenet5"].build(), (1, 28, 28))


def test_packages_are_the_extra() -> None:
    """What the sentence names is what `pip install '.[onnx]'` brings."""
    text = (export.Path(__file__).parents[3] / "pyproject.toml").read_text(encoding="utf-8")
    (line,) = [line for line in text.splitlines() if line.startswith("onnx = ")]
    assert all(f'"{package}>=' in line for package in PACKAGES)


@pytest.mark.parametrize(
    ("done", "sentence"),
    [
        (subprocess.CompletedProcess([], 1, stdout="", stderr="a\nValueError: no such operator"), "no such operator"),
        (subprocess.CompletedProcess([], 0, stdout="", stderr=""), r"\?"),
        (subprocess.TimeoutExpired([], 600), "> 600 s"),
    ],
)
def test_what_cannot_be_written_is_a_sentence(
    done: subprocess.CompletedProcess[str] | Exception, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An exporter that fails, writes nothing or hangs."""

    def run(*_arguments: object, **_named: object) -> subprocess.CompletedProcess[str]:
        if isinstance(done, Exception):
            raise done
        return done

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    monkeypatch.setattr(export.subprocess, "run", run)
    with pytest.raises(ConfigurationError, match=f"could not be written as ONNX: .*{sentence}"):
        onnx_bytes(MODELS["lenet5"].build(), (1, 28, 28))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["own", "inception-a"])
def test_the_file_is_the_network(name: str) -> None:
    """With the extra: opset and names as promised, and any number of pictures gives what torch gives."""
    for package in (*PACKAGES, "onnxruntime"):
        pytest.importorskip(package)
    import onnx
    import onnxruntime

    torch.manual_seed(0)
    model, size = (build(OWN), OWN.input_size) if name == "own" else (MODELS[name].build(), MODELS[name].input_size)
    raw = onnx_bytes(model, size)
    assert [opset.version for opset in onnx.load_from_string(raw).opset_import] == [OPSET]
    session = onnxruntime.InferenceSession(raw)
    for count in (1, 3):
        x = torch.rand(count, *size)
        (answer,) = session.run(["output"], {"pictures": x.numpy()})
        with torch.inference_mode():
            torch.testing.assert_close(torch.from_numpy(answer), model.eval()(x))


def test_a_layer_nobody_knows_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is exported is made of the layers that rows stand for; another is said before anything is started."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    with pytest.raises(ConfigurationError, match="has a layer 0 GELU that no row stands for"):
        onnx_bytes(nn.Sequential(nn.GELU()), (1, 4, 4))
