"""Visitors without browsers: sessions that open a page, and run its fragments again as often as a browser would.

They live in a process of their own, as visitors on other machines do.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from subprocess import PIPE, Popen

from tests.browser.session import Session
from tests.polling import PATIENCE

_OPEN = "all sessions are open"


async def _watch(url: str, page: str, query: str, count: int) -> None:
    async with AsyncExitStack() as stack:
        sessions = [await stack.enter_async_context(Session(url, query, page)) for _ in range(count)]
        for session in sessions:
            await session.run()
        print(_OPEN, flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)  # until we are told to go
        print(sum(session.timed_runs for session in sessions), flush=True)


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
            process.communicate("go\n", timeout=PATIENCE)
        process.kill()
        process.wait()


if __name__ == "__main__":
    asyncio.run(_watch(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])))
