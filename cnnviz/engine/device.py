"""Device: what computes, CUDA, Apple's MPS or the CPU, and with how many threads."""

from __future__ import annotations

import ctypes
import os
import platform
from contextlib import suppress
from functools import cache
from pathlib import Path

import numpy as np
import torch
from torch import nn

from cnnviz import __version__
from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.machine import cores, whole
from cnnviz.base.params import not_one_of

_ACCELERATORS = ("cuda", "mps")
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # of mallopt(3)
_NEVER = 1 << 30  # bytes
_STATM = Path("/proc/self/statm")


def choose_device(name: str = "auto") -> torch.device:
    """`name` as torch's device; "auto" is the first that works of CUDA, MPS, CPU.

    Raises ConfigurationError if it was asked for by name and cannot be used here.
    """
    if name == "auto":
        return torch.device(next((kind for kind in _ACCELERATORS if works(kind)), "cpu"))
    try:
        device = torch.device(name)
    except RuntimeError:
        device = torch.device("meta")
    if device.type not in ("cpu", *_ACCELERATORS) or (device.type == "cpu" and device.index):
        raise not_one_of("device", name, ("auto", "cpu", "cuda", "cuda:0", "mps"))
    if device.type != "cpu" and not works(name):
        raise ConfigurationError(N_("The device {value} cannot be used on this machine. Try auto, or cpu."), value=name)
    return device


@cache
def works(name: str) -> bool:
    """Whether one addition on the device succeeds: a card can be listed and yet too old for this torch build."""
    available = torch.cuda.is_available() if name.startswith("cuda") else torch.backends.mps.is_available()
    if not available:
        return False
    try:
        return bool(torch.ones(2, device=name).sum().item() == 2)
    except (RuntimeError, AssertionError):
        return False


def device_name(device: torch.device) -> str:
    """For people: "NVIDIA H200", "Apple GPU", "CPU, 2 cores"."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    if device.type == "mps":
        return "Apple GPU"
    return f"CPU, {cores()} cores" if cores() > 1 else "CPU, 1 core"


def limit_threads(threads: int | None = None) -> int:
    """So many, else `CNNVIZ_THREADS`, else one core is left to the rest of the machine. Returns how many it is.

    With all of two busy cores torch swings from 3 to 53 steps a second.
    """
    if threads is None:
        threads = whole("CNNVIZ_THREADS", max(1, cores() - 1), attempt=1)
    torch.set_num_threads(threads)
    return threads


def keep_memory() -> None:
    """Have this process keep what its steps free: the next step takes the same again (glibc; elsewhere no effect).

    Otherwise large maps go back to the kernel at every step, which then clears each page anew: LeNet-5, one core,
    batches of 256: 2,271 page faults and 8.3 ms a hundred pictures, without them 6.5; in bfloat16 6.3 and 5.1.
    """
    with suppress(AttributeError, OSError, TypeError):  # TypeError: Windows has no name for the process itself
        mallopt = ctypes.CDLL(None).mallopt
        for parameter in (_M_MMAP_THRESHOLD, _M_TRIM_THRESHOLD):
            mallopt(parameter, _NEVER)


def device_of(model: nn.Module) -> torch.device:
    """Where the network's weights are; one without any runs on the CPU."""
    return next((weight.device for weight in model.parameters()), torch.device("cpu"))


def memory_bytes(device: torch.device) -> int:
    """What this process holds: on CUDA of the card, else of the machine's memory; 0 where that cannot be known."""
    if device.type == "cuda":
        return int(torch.cuda.memory_allocated(device))
    try:
        return int(_STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, AttributeError):
        return 0


def make_repeatable(device: torch.device) -> None:
    """Same seed, same device, same weights: on CUDA that takes kernels that do not race."""
    if device.type == "cuda":
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        torch.backends.cudnn.benchmark = False
        torch.backends.cudnn.deterministic = True
        torch.use_deterministic_algorithms(True, warn_only=True)


def versions() -> dict[str, str]:
    """What a figure depends on."""
    return {
        "cnnviz": __version__,
        "torch": torch.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
    }
