"""Visitors without browsers: sessions that open a page, and run its fragments again as often as a browser would.

They speak Streamlit's own protocol, so that what they cost is what visitors on other machines cost this one.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from subprocess import PIPE, Popen
from urllib.parse import urlparse

_OPEN = "all sessions are open"


class _Session:
    """One visitor of one page."""

    def __init__(self, url: str, page: str, query: str) -> None:
        self.url, self.page, self.query = url, page, query
        self.page_hash = ""
        self.timers: dict[str, asyncio.Task[None]] = {}
        self.runs = 0

    async def open(self) -> None:
        """Connect and have the page drawn once."""
        import websockets

        address = f"ws://{urlparse(self.url).netloc}/_stcore/stream"
        self.socket = await websockets.connect(address, subprotocols=["streamlit"], max_size=None)  # type: ignore[list-item]
        drawn = asyncio.Event()
        self.reader = asyncio.create_task(self._read(drawn))
        await self._ask()
        await asyncio.wait_for(drawn.wait(), 60)

    async def _read(self, drawn: asyncio.Event) -> None:
        from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

        async for raw in self.socket:
            message = ForwardMsg.FromString(raw)
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self.page_hash = message.new_session.page_script_hash or self.page_hash
            elif kind == "script_finished":
                self.runs += 1
                drawn.set()
            elif kind == "auto_rerun":
                self._stop(message.auto_rerun.fragment_id)
                timer = self._again(message.auto_rerun.fragment_id, message.auto_rerun.interval)
                self.timers[message.auto_rerun.fragment_id] = asyncio.create_task(timer)
            elif kind == "stop_auto_rerun":
                self._stop(message.stop_auto_rerun.fragment_id)

    def _stop(self, fragment: str) -> None:
        timer = self.timers.pop(fragment, None)
        if timer is not None:
            timer.cancel()

    async def _again(self, fragment: str, interval: float) -> None:
        while True:
            await asyncio.sleep(interval)
            await self._ask(fragment)

    async def _ask(self, fragment: str = "") -> None:
        from streamlit.proto.BackMsg_pb2 import BackMsg

        message = BackMsg()
        wanted = message.rerun_script
        wanted.query_string, wanted.fragment_id, wanted.is_auto_rerun = self.query, fragment, bool(fragment)
        wanted.page_script_hash = self.page_hash
        if not self.page_hash:
            wanted.page_name = self.page
        wanted.context_info.locale, wanted.context_info.url = "en-US", self.url
        await self.socket.send(message.SerializeToString())


async def _watch(url: str, page: str, query: str, count: int) -> None:
    sessions = [_Session(url, page, query) for _ in range(count)]
    for session in sessions:
        await session.open()
    print(_OPEN, flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)  # until we are told to go
    print(sum(session.runs for session in sessions), flush=True)


@contextmanager
def watching(url: str, page: str, query: str = "", count: int = 10) -> Iterator[None]:
    """`count` sessions in a process of their own, all open; gone at the end."""
    command = [sys.executable, "-m", "tests.browser.watchers", url, page, query, str(count)]
    process = Popen(command, stdin=PIPE, stdout=PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline().strip() == _OPEN
        yield
    finally:
        with suppress(BrokenPipeError):
            process.communicate("go\n", timeout=10)
        process.kill()
        process.wait()


if __name__ == "__main__":
    asyncio.run(_watch(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])))
