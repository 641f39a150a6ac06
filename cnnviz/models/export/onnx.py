"""ONNX export: a network as a file for viewers and other programs. Needs the optional extra `onnx`.

The exporter traces, which breaks the forward passes of other threads: it works in a process of its own, which is
given the network's source and weights, not the network.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tempfile
import threading
from collections import OrderedDict
from pathlib import Path

from safetensors.torch import save_file
from torch import nn

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.models.editor.blueprint import Blueprint
from cnnviz.models.editor.build import row_of, rows_of
from cnnviz.models.export.code import python_source

PACKAGES = ("onnx", "onnxscript")
OPSET = 18  # of ONNX 1.13, 2022: what torch's exporter writes without converting
_SECONDS = 600  # LeNet-5 takes 8 on two idle cores, ResNet-152 a minute
_LOCK = threading.Lock()  # an export takes every core and, for ResNet-152, 2 GB: one at a time

_MISSING = N_("ONNX files need packages that are not installed. Install them: pip install {packages}")
_FAILED = N_("This network could not be written as ONNX: {reason}. Take its PyTorch source instead.")

_PROGRAM = """
import runpy, sys
import torch
from safetensors.torch import load_file
folder, size = sys.argv[1], [int(side) for side in sys.argv[2].split("x")]
network = runpy.run_path(f"{folder}/network.py", run_name="network")["build"]().eval()
network.load_state_dict(load_file(f"{folder}/weights.safetensors"))
torch.onnx.export(
    network, (torch.zeros(2, *size),), f"{folder}/network.onnx", input_names=["pictures"], output_names=["output"],
    dynamic_shapes=({0: torch.export.Dim("batch")},), opset_version=int(sys.argv[3]), dynamo=True, external_data=False,
    verbose=False,
)
"""


def onnx_bytes(model: nn.Module, input_size: tuple[int, int, int]) -> bytes:
    """The network with its weights, for any number of pictures of `input_size`. `model` is left alone.

    Raises ConfigurationError if the optional packages are missing or the exporter cannot do it.
    """
    if any(importlib.util.find_spec(name) is None for name in PACKAGES):
        raise ConfigurationError(_MISSING, packages=" ".join(PACKAGES))
    if row_of(model) is not None:  # a block alone
        model = nn.Sequential(OrderedDict(block=model))
    source = python_source(Blueprint(type(model).__name__, input_size, 0, rows_of(model)))
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "network.py").write_text(source, encoding="utf-8")
        weights = {name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()}
        save_file(weights, Path(folder, "weights.safetensors"))
        size = "x".join(map(str, input_size))
        try:
            done = subprocess.run(
                [sys.executable, "-c", _PROGRAM, folder, size, str(OPSET)],
                capture_output=True,
                text=True,
                timeout=_SECONDS,
            )
        except subprocess.TimeoutExpired:
            raise ConfigurationError(_FAILED, reason=f"> {_SECONDS} s") from None
        file = Path(folder, "network.onnx")
        if done.returncode or not file.is_file():
            reason = (done.stderr.strip().splitlines() or ["?"])[-1][:200]
            raise ConfigurationError(_FAILED, reason=reason)
        return file.read_bytes()
