"""What a turned control draws again: the walk of `bench class`, one step on each page."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from benchmarks._pupils import PATHS, turn
from tests.browser.server import Server, app_server
from tests.browser.session import Session

pytestmark = pytest.mark.slow

PARTS = ("", "convolution", "networks", "training")  # pages on which a control draws a part of the page


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with app_server(tmp_path_factory.mktemp("reruns")) as server:
        yield server


async def turned(url: str, page: str) -> tuple[str, list[str]]:
    """The fragment of the control ("" for the whole page), and what went wrong when it was turned."""
    async with Session(url, page="layers", keeps_time=False) as first:
        await first.run()  # once PyTorch is in, Networks is all there
    async with Session(url, page=page, keeps_time=False) as pupil:
        await pupil.run()
        label, value = turn(page, 1)
        await pupil.set(label, **value)
        return pupil.widgets[label].fragment, pupil.exceptions


@pytest.mark.parametrize("page", PATHS)
def test_a_turned_control(server: Server, page: str) -> None:
    """Nothing goes wrong, and where the page is large, no more than what it changes is drawn again."""
    with ThreadPoolExecutor(1) as pool:  # a browser test of the same process has an event loop running in ours
        fragment, exceptions = pool.submit(lambda: asyncio.run(turned(server.url, page))).result()
    assert not exceptions
    assert bool(fragment) == (page in PARTS)
