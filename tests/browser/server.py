"""A server of the app on a free port, for tests, benchmarks and screenshots."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.polling import PATIENCE, until

REPOSITORY = Path(__file__).parents[2]


@dataclass(frozen=True)
class Server:
    """Where the app answers, and the process that does."""

    url: str
    process: subprocess.Popen[bytes]
    started: float  # time.perf_counter() just before the process was started
    home: Path


@contextmanager
def app_server(
    home: Path, data: Path | None = None, script: str = "streamlit_app.py", **environment: str
) -> Iterator[Server]:
    """`streamlit run script` with its own CNNVIZ_HOME, once it is healthy; ended when the block ends.

    `environment`: more variables for the server.

    Raises RuntimeError with the server's log if it is not healthy in time.
    """
    port = _free_port()
    log = home / "server.log"
    own = {"CNNVIZ_HOME": str(home), "CNNVIZ_DATA": str(data or home / "data")}
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port)]
    started = time.perf_counter()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--server.address", "127.0.0.1"],
            cwd=REPOSITORY,
            env={**os.environ, **own, **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_healthy(url, process, log)
        yield Server(url, process, started, home)
    finally:
        process.terminate()
        try:
            process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_healthy(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    with suppress(AssertionError):
        until(lambda: process.poll() is not None or _is_healthy(url))
    if process.poll() is not None or not _is_healthy(url):
        raise RuntimeError(f"the app did not start:\n{log.read_text(errors='replace')}")


def _is_healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=PATIENCE):
            return True
    except OSError:
        return False
