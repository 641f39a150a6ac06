"""Warm worker: one that is there before anybody presses Train: it has torch already, and waits to be told its run.

torch, its optimizers and a first step take 4 to 6 s the first time in a process. A server has one at most,
prepared while nothing trains: its memory is that of the training it becomes. It ends when nobody has wanted one for
`KEPT_SECONDS`, and with its server, however that ends: its standard input closes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from cnnviz.runs import process

KEPT_SECONDS = 600.0
_DECISIVE = "CNNVIZ_", "CUDA_", "MKL_", "OMP_", "PYTHONPATH"  # what the names of variables begin with

_LOCK = threading.Lock()
_waiting: subprocess.Popen[bytes] | None = None
_environment: dict[str, str] = {}  # it was started with
_begun = _wanted = -KEPT_SECONDS  # time.monotonic()


def prepare(home: Path) -> None:
    """Start one for runs of `home`, unless one waits. Returns at once; one that died is not tried again for a while."""
    global _waiting, _environment, _begun, _wanted
    with _LOCK:
        _wanted = time.monotonic()
        if _waiting is not None and (_waiting.poll() is None or _wanted - _begun < KEPT_SECONDS):
            return
        _begun, _environment = _wanted, process.environment(home)
        with suppress(OSError):  # then a run starts its own worker, and says why it cannot
            _waiting = process.start([], _environment, subprocess.PIPE, subprocess.DEVNULL)
            threading.Thread(target=_end_in_time, args=(_waiting,), name="warm-worker", daemon=True).start()


def hand_over(home: Path, log: Path, run_id: int, token: str) -> subprocess.Popen[bytes] | None:
    """Give the run to the warm worker, which writes to `log` from now on; None if there is none that would do."""
    global _waiting
    with _LOCK:
        worker, _waiting = _waiting, None
    if worker is None or worker.stdin is None or worker.poll() is not None:
        return None
    fits = _decisive(process.environment(home)) == _decisive(_environment)
    with suppress(OSError), worker.stdin:  # to close it without a word ends the worker
        if fits:
            log.parent.mkdir(parents=True, exist_ok=True)
            worker.stdin.write(json.dumps([str(run_id), token, str(log)]).encode())
            worker.stdin.flush()
            return worker
    return None


def waiting() -> int | None:
    """The process number of the one that waits."""
    worker = _waiting
    return worker.pid if worker is not None and worker.poll() is None else None


def shutdown() -> None:
    """End it, if there is one."""
    global _waiting
    with _LOCK:
        if _waiting is not None and _waiting.stdin is not None:
            _waiting.stdin.close()
        _waiting = None


def wait_for_job() -> tuple[str, str] | None:
    """In the warm worker: (run, token) when it is given one, its output going into the run's log; None: not needed."""
    text = sys.stdin.read()
    if not text:
        return None
    run_id, token, log = json.loads(text)
    with Path(log).open("ab") as output:
        for descriptor in (1, 2):
            os.dup2(output.fileno(), descriptor)
    return run_id, token


def _decisive(environment: dict[str, str]) -> dict[str, str]:
    """What of it a training depends on.

    The rest may change while the server is up: scikit-learn and torch write notes there as they are imported.
    """
    return {name: value for name, value in environment.items() if name.startswith(_DECISIVE)}


def _end_in_time(worker: subprocess.Popen[bytes]) -> None:
    """Once it has not been wanted for long, and leave no zombie."""
    while worker is _waiting and (left := _wanted + KEPT_SECONDS - time.monotonic()) > 0:
        time.sleep(left)
    if worker is _waiting:  # a visitor who comes at this very moment has the next one started by the next look
        shutdown()
    worker.wait()
