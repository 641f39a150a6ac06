"""Command `doctor`: what a teacher checks before class."""

from __future__ import annotations

import argparse
import os
import platform
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from cnnviz.base import paths
from cnnviz.base.errors import CnnvizError
from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed
from cnnviz.commands.output import Output, in_words, translate
from cnnviz.data.registry import DATASETS

PORT = 8501  # Streamlit's own
_PACKAGES = ("streamlit", "torch", "torchvision")
_MARKS = {"ok": "✓", "note": "·", "problem": "✗"}


@dataclass(frozen=True)
class Check:
    """One line of the report, in the user's language. A note is worth knowing; a problem stops the class."""

    name: str
    status: Literal["ok", "note", "problem"]
    value: str


def add_arguments(parser: argparse.ArgumentParser, out: Output) -> None:
    """What can be said after the command."""
    parser.add_argument("--port", type=int, default=PORT, metavar="X", help=f"[{PORT}]")


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Raises CnnvizError if the app cannot be used like this."""
    problems = []
    for check in checks(arguments.port):
        text = translate(N_("{name}: {value}"), name=check.name, value=check.value)
        out.line(f"{_MARKS[check.status]} {text}")
        out.record(**asdict(check))
        if check.status == "problem":
            problems.append(check.name)
    if problems:
        raise CnnvizError(N_("Not ready: {problems}."), problems=Listed(problems))
    out.say(N_("Ready: streamlit run streamlit_app.py"))
    return 0


def checks(port: int = PORT) -> Iterator[Check]:
    """One after the other, quick ones first."""
    yield Check("Python", "ok", platform.python_version())
    yield from map(_package, _PACKAGES)
    yield from _devices()
    yield from _data()
    yield _writable(N_("runs (CNNVIZ_HOME)"), paths.home(), "problem")
    yield _writable(N_("data (CNNVIZ_DATA)"), paths.data_root(), "note")
    yield _port(port)


def _package(name: str) -> Check:
    try:
        return Check(name, "ok", version(name))
    except PackageNotFoundError:
        return Check(name, "problem", translate(N_("not installed: pip install -r requirements.txt")))


def _devices() -> Iterator[Check]:
    """The device a training takes, then every card as PyTorch sees it."""
    label = translate(N_("device"))
    try:
        import torch  # heavy

        from cnnviz.engine.device import choose_device, device_name, works  # heavy
    except ImportError:
        return
    device = choose_device()
    yield Check(label, "ok", translate(N_("{what} ({about})"), what=in_words(device_name(device)), about=device))
    built_for = torch.version.cuda
    if not torch.cuda.is_available():
        if device.type == "cpu" and built_for:
            yield Check(
                "CUDA", "note", translate(N_("PyTorch is built for {version}, but sees no card"), version=built_for)
            )
        return
    for index in range(torch.cuda.device_count()):
        card = torch.cuda.get_device_properties(index)
        seen = f"{card.name}, {card.total_memory / 2**30:.0f} GiB, sm_{card.major}{card.minor}, CUDA {built_for}"
        if works(f"cuda:{index}"):
            yield Check(f"cuda:{index}", "ok", seen)
        else:
            built = ", ".join(torch.cuda.get_arch_list())
            text = translate(N_("{card}: this PyTorch cannot use it (built for {built})"), card=seen, built=built)
            yield Check(f"cuda:{index}", "note", text)


def _data() -> Iterator[Check]:
    for spec in DATASETS.values():
        if spec.is_present():
            yield Check(spec.name, "ok", translate(N_("here")))
        elif spec.download_bytes:
            advice = N_("not here: python -m cnnviz data fetch {name} ({size} MB)")
            yield Check(spec.name, "note", translate(advice, name=spec.name, size=round(spec.download_bytes / 1e6)))
        else:
            yield Check(spec.name, "problem", translate(N_("not installed: pip install -r requirements.txt")))


def _writable(name: str, folder: Path, otherwise: Literal["note", "problem"]) -> Check:
    """Writes and removes a file in `folder`, or in the nearest folder above it that exists."""
    nearest = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    try:
        with tempfile.TemporaryFile(dir=nearest):
            return Check(translate(name), "ok", str(folder))
    except OSError:
        return Check(translate(name), otherwise, translate(N_("{folder} cannot be written"), folder=folder))


def _port(port: int) -> Check:
    label = translate(N_("port {port}"), port=port)
    with socket.socket() as probe:
        try:
            if os.name == "posix":  # a port just closed counts as free; on Windows this would share a used one
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("", port))
        except (OSError, OverflowError):
            return Check(label, "note", translate(N_("in use: the app runs already, or takes the next one")))
    return Check(label, "ok", translate(N_("free")))
