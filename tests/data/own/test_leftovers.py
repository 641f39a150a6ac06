"""Leftovers of own sets: what killed imports left goes, what is being made stays."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from streamlit.starlette import App

from cnnviz.data.own.importing import ImportSettings, import_set
from cnnviz.data.own.sources import SetSource
from cnnviz.ui.shared import server
from tests.polling import until


def at_an_import() -> None:
    import_set(SetSource("digits"), ImportSettings("a", classes=("0", "1"), each=2))


def at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a server, without what else it begins then."""
    for name in ("look_up_one_by_one", "send_all_of_fragments", "begin_collecting"):
        monkeypatch.setattr(server, name, lambda: None)
    monkeypatch.setattr(server.warmup, "begin", lambda: None)

    async def started() -> None:
        async with server.lifespan(App("streamlit_app.py")):
            pass

    with ThreadPoolExecutor() as alone:  # where no other loop runs
        alone.submit(asyncio.run, started()).result()


@pytest.mark.parametrize("is_at_start", [False, True])
def test_what_a_killed_import_left_is_swept(is_at_start: bool, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a process that is gone; what another makes at this moment stays."""
    for name, process in (("dead", 2**22 + 1), ("alive", os.getpid())):
        folder = own_home / "data" / f".{name}.cnnviz-import"
        folder.mkdir(parents=True)
        (folder / "maker.json").write_text(json.dumps({"host": socket.gethostname(), "process": process}))
        (folder / "decoded.npy").write_bytes(b"half")
    at_the_start(monkeypatch) if is_at_start else at_an_import()
    until(lambda: not (own_home / "data" / ".dead.cnnviz-import").exists())
    assert (own_home / "data" / ".alive.cnnviz-import" / "decoded.npy").read_bytes() == b"half"
