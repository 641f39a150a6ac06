"""Worker processes: how many at once, started, found alive or dead. Knows nothing of the store or torch.

One is started so that it outlives us, on its share of threads; a dead one is told from a living one and from a later
one of the same number, and what it died of is found out.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO

from cnnviz.base.machine import child_environment, cores, whole

WORKER = "cnnviz.runs.worker"  # run as `python -m`
SILENT_SECONDS = 60.0  # a process we cannot look at is dead when it has not reported for so long
_PRIORITY = 10  # training gives way to the web server: the page stays quick on 2 cores
_PROC = Path("/proc")

# of an end that the worker had not said itself
MEMORY = "memory"  # the system ended it for want of memory
SIGNAL = "signal "  # and its number
KILLED = SIGNAL + "9"  # it was ended from outside, as the system does when memory runs out
KEYBOARD = SIGNAL + "2"  # Ctrl-C on the command line
PARK_SECONDS = 15 * 60.0  # a paused training gives its memory back after so long
STOP_SECONDS = 5.0  # that a step may still take once somebody wants the run to stop


def spawn(home: Path, log: Path, run_id: int, token: str) -> subprocess.Popen[bytes]:
    """Start a worker for a run of `home`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return start([str(run_id), token], environment(home), subprocess.DEVNULL, output)


def start(
    arguments: list[str], environment: dict[str, str], words: int, output: int | IO[bytes]
) -> subprocess.Popen[bytes]:
    """A worker in a session of its own: it survives us and gets no Ctrl-C of ours. `words` is its standard input."""
    return subprocess.Popen(
        [sys.executable, "-m", WORKER, *arguments],
        stdin=words,
        stdout=output,
        stderr=subprocess.STDOUT,
        env=environment,
        start_new_session=os.name == "posix",
        creationflags=_windows_flags(),
    )


def environment(home: Path) -> dict[str, str]:
    """A worker's environment."""
    return {**child_environment(), **_threads(), "CNNVIZ_HOME": str(home)}


def _threads() -> dict[str, str]:
    """For whatever starts threads while it is imported: several trainings with all of them each collapse."""
    each = threads_each()
    return {} if each is None else dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS"), str(each))


def step_back() -> None:
    """Lower this process's priority (Windows: `spawn` has done it). The same however often it is called.

    Linux may give each session its share first and look at priorities only within it (autogroup, sched(7)): a worker
    has a session of its own, whose share is lowered too.
    """
    if hasattr(os, "setpriority"):
        os.setpriority(os.PRIO_PROCESS, 0, max(_PRIORITY, os.getpriority(os.PRIO_PROCESS, 0)))
    if hasattr(os, "getsid") and os.getsid(0) == os.getpid():
        with suppress(OSError):
            (_PROC / "self/autogroup").write_text(str(_PRIORITY))


def identity(pid: int) -> str:
    """Boot, process namespace and start of a live process: no other process ever has the same. "": unknown."""
    started = _start_ticks(pid)
    return f"{_here()} {started}" if started and _here() else ""


def is_alive(pid: int | None, process: str, heartbeat: float) -> bool:
    """Whether the process that wrote itself down as (pid, identity) lives.

    Exact on the same Linux machine. Elsewhere, or before the process has written itself down, by its last heartbeat.
    """
    if pid is not None and process and process.rsplit(" ", 1)[0] == _here():
        return identity(pid) == process
    return time.time() - heartbeat < SILENT_SECONDS


@cache
def _here() -> str:
    """This boot of this machine (and container), or "" where there is no /proc."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
        return f"{boot} {(_PROC / 'self/ns/pid').readlink()}"
    except OSError:
        return ""


def _start_ticks(pid: int) -> str:
    """Field 22 of /proc/PID/stat, "" if there is no such process or it is dead and only not yet reaped."""
    try:
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in "ZX" else fields[19]


def death_cause(return_code: int, kills_before: int | None) -> str:
    """MEMORY, "signal N", or "" where it left by itself. `kills_before`: `memory_kills()` when it was started."""
    if return_code >= 0:  # POSIX gives a signal as a negative number
        return ""
    kills = memory_kills()
    if return_code == -9 and kills is not None and kills_before is not None and kills > kills_before:
        return MEMORY
    return f"{SIGNAL}{-return_code}"


def memory_kills() -> int | None:
    """How many processes the system has ended for want of memory since it was started; None: it does not say."""
    with suppress(OSError, ValueError):
        for line in (_PROC / "vmstat").read_text().splitlines():
            name, _, count = line.partition(" ")
            if name == "oom_kill":
                return int(count)
    return None


def _windows_flags() -> int:
    if os.name != "nt":
        return 0
    names = ("CREATE_NEW_PROCESS_GROUP", "CREATE_NO_WINDOW", "BELOW_NORMAL_PRIORITY_CLASS")
    return sum(getattr(subprocess, name) for name in names)


@dataclass(frozen=True)
class Share:
    """What one visitor may have under way."""

    running: int = 1
    waiting: int = 1

    @property
    def most(self) -> int:
        """Runs that train, wait or are paused, together."""
        return self.running + self.waiting


def runs_at_once() -> int:
    """How many runs train at the same time: `CNNVIZ_RUNS_AT_ONCE`, else 1.

    One, because a class that watches one run together learns more than one that shares a GPU.
    """
    return whole("CNNVIZ_RUNS_AT_ONCE", 1)


def share() -> Share:
    """One visitor's share: `CNNVIZ_RUNNING_EACH` and `CNNVIZ_WAITING_EACH`, else 1 and 1."""
    return Share(whole("CNNVIZ_RUNNING_EACH", 1), whole("CNNVIZ_WAITING_EACH", 1))


def threads_each() -> int | None:
    """Threads of a training where several may run at once; None where one has the machine, or somebody has said how
    many (`CNNVIZ_THREADS`): the engine's own choice.

    The cores shared by the runs there may be, not by those there are: another number of threads sums in another order,
    and a run that is resumed would not end with the very weights of one that was not.
    """
    at_once = runs_at_once()
    return max(1, cores() // at_once) if at_once > 1 and "CNNVIZ_THREADS" not in os.environ else None
