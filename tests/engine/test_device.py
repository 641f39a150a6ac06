"""The device is the best that works, or the one asked for, or an error."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest
import torch

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.machine import cores
from cnnviz.engine import device


def test_auto_takes_what_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """CUDA before MPS before the CPU; a card that is listed but cannot add is passed over."""
    monkeypatch.setattr(device, "works", lambda name: name == "mps")
    assert device.choose_device("auto") == torch.device("mps")
    monkeypatch.setattr(device, "works", lambda name: True)
    assert device.choose_device("auto") == torch.device("cuda")
    monkeypatch.setattr(device, "works", lambda name: False)
    assert device.choose_device() == torch.device("cpu")


def test_a_listed_card_that_fails_does_not_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too old a card for this torch is seen only when it computes: an error there means no."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("no kernel image is available for execution on the device")

    monkeypatch.setattr(torch, "ones", fail)
    device.works.cache_clear()
    try:
        assert not device.works("cuda")
    finally:
        device.works.cache_clear()


@pytest.mark.parametrize("name", ["cuda:7", "banana", "cpu:1", "meta", "", "cuda:-2"])
def test_what_is_not_there(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A device that was asked for by name is never silently replaced."""
    monkeypatch.setattr(device, "works", lambda name: False)
    with pytest.raises(ConfigurationError) as caught:
        device.choose_device(name)
    assert name in str(caught.value)


def test_name_for_people() -> None:
    """The CPU is named with the cores we may use."""
    assert device.device_name(torch.device("cpu")) == f"CPU, {cores()} cores"


def test_one_core_is_left_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """All cores but one, and at least one."""
    before = torch.get_num_threads()
    try:
        for cores, threads in ((1, 1), (2, 1), (8, 7)):
            monkeypatch.setattr(device, "cores", lambda cores=cores: cores)
            device.limit_threads()
            assert torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(before)


def test_threads_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """CNNVIZ_THREADS decides, for a scheduler that shares the cores among several runs; nonsense is refused."""
    before = torch.get_num_threads()
    try:
        monkeypatch.setenv("CNNVIZ_THREADS", "2")
        device.limit_threads()
        assert torch.get_num_threads() == 2
        for wrong in ("0", "two", "-1"):
            monkeypatch.setenv("CNNVIZ_THREADS", wrong)
            with pytest.raises(ConfigurationError, match="CNNVIZ_THREADS must be a whole number of 1 or more"):
                device.limit_threads()
    finally:
        torch.set_num_threads(before)


def test_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of this process, which holds torch: over 50 MB; where it cannot be known, 0."""
    if device._STATM.exists():
        assert device.memory_bytes(torch.device("cpu")) > 50e6
    monkeypatch.setattr(device, "_STATM", device.Path("/nowhere"))
    assert device.memory_bytes(torch.device("cpu")) == 0


@pytest.mark.slow
def test_freed_memory_is_kept() -> None:
    """With glibc steps that take and free 32 MB find their pages again; elsewhere nothing happens."""
    device.keep_memory()
    if not sys.platform.startswith("linux") or platform.libc_ver()[0] != "glibc":
        return
    program = (
        "import resource, torch; from cnnviz.engine.device import keep_memory; keep_memory()\n"
        "faults = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_minflt\n"
        "steps = lambda: [torch.ones(1 << 23).numel() for _ in range(20)]\n"
        "steps(); before = faults(); steps(); print(faults() - before)"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert int(found.stdout) < 2 * 8192, "pages of two tensors, not of twenty"
