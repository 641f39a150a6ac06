"""A visitor without a browser: one session that speaks Streamlit's own protocol over its websocket.

It asks for runs of the script as the browser does (widget states, timers of fragments, messages the browser keeps), so
that what it costs the server is what a visitor on another machine costs it. It draws nothing.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any
from urllib.parse import urlparse

from tests.polling import PATIENCE


@dataclass(frozen=True)
class Widget:
    """A control of the page: its id, and the fragment that runs when it changes ("" for the whole page)."""

    id: str
    fragment: str
    kind: str


@dataclass
class Session:
    """`async with Session(url) as visitor: await visitor.visit("runs")`."""

    url: str
    query: str = ""
    page: str = ""  # the path of its first page; "" for the first page of the app
    keeps_time: bool = True  # runs the fragments with timers as often as a browser does
    widgets: dict[str, Widget] = field(default_factory=dict)  # label, or key of a component -> control
    exceptions: list[str] = field(default_factory=list)  # what went wrong on the page
    texts: list[str] = field(default_factory=list)  # headings and notices of the last whole run
    timed_runs: int = 0
    received: int = 0  # bytes
    _states: dict[str, dict[str, Any]] = field(default_factory=dict)  # id -> field of WidgetState, and value
    _pages: dict[str, str] = field(default_factory=dict)  # path -> hash
    _page_hash: str = ""
    _kept: dict[str, Any] = field(default_factory=dict)  # hash -> what a browser keeps and need not be sent again
    _timers: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _ends: asyncio.Queue[tuple[int, frozenset[str] | None]] = field(default_factory=asyncio.Queue)

    async def __aenter__(self) -> Session:
        import websockets

        address = f"ws://{urlparse(self.url).netloc}/_stcore/stream"
        protocols: list[Any] = ["streamlit"]
        self.socket = await websockets.connect(
            address, subprotocols=protocols, max_size=None, compression=None, open_timeout=PATIENCE, ping_interval=None
        )
        self.reader = asyncio.create_task(self._read())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop_all()
        await self.socket.close()
        self.reader.cancel()
        with suppress(asyncio.CancelledError):
            await self.reader

    async def run(self) -> float:
        """The whole page once (again); seconds until it is there."""
        return await self._answer()

    async def visit(self, page: str) -> float:
        """Another page, by its path, as a click in the navigation does; seconds until it is there."""
        self.page, self.query, self._page_hash = page, "", self._pages.get(page, "")
        self.widgets.clear()
        self._states.clear()
        self._stop_all()
        return await self._answer()

    async def set(self, label: str, **value: Any) -> float:
        """A control, by label or a component's key, and a field of WidgetState; seconds until the answer is there."""
        widget = self.widgets[label]
        self._states[widget.id] = value
        seconds = await self._answer(widget.fragment)
        if "trigger_value" in value:
            del self._states[widget.id]
        return seconds

    async def _answer(self, fragment: str = "") -> float:
        from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

        while not self._ends.empty():
            self._ends.get_nowait()
        if not fragment:
            self.texts.clear()
        start, is_early = time.perf_counter(), False
        await self._ask(fragment)
        while True:
            status, fragments = await self._end()
            if status == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                self.exceptions.append("the page does not compile")
            is_ours = _is_of(fragment, fragments, status == ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)
            if status == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                # For st.rerun(); or the server calls it so because a timer's run began before its end was sent. Either
                # way the answer is there when the next run is.
                is_early = is_early or is_ours
            elif is_early or is_ours or status == ForwardMsg.FINISHED_SUCCESSFULLY:
                # A fragment that is asked for while the whole page is, gets no run of its own: the page answers for it.
                return time.perf_counter() - start

    async def _end(self) -> tuple[int, frozenset[str] | None]:
        """How the next run ends, and whose it was. Raises whatever has ended the reading; TimeoutError."""
        end = asyncio.create_task(self._ends.get())
        done, _ = await asyncio.wait((end, self.reader), timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        if end in done:
            return end.result()
        end.cancel()
        if self.reader in done:
            self.reader.result()
            raise ConnectionError("the server has closed the session")
        raise TimeoutError(f"no answer after {PATIENCE:g} s: {self.page} {self.query}")

    async def _ask(self, fragment: str = "", is_timed: bool = False) -> None:
        from streamlit.proto.BackMsg_pb2 import BackMsg

        message = BackMsg()
        wanted = message.rerun_script
        wanted.query_string, wanted.fragment_id, wanted.is_auto_rerun = self.query, fragment, is_timed
        wanted.page_script_hash = self._page_hash
        if not self._page_hash:
            wanted.page_name = self.page
        wanted.context_info.timezone, wanted.context_info.locale = "UTC", "en-US"
        wanted.context_info.url, wanted.context_info.color_scheme = self.url, "light"
        wanted.cached_message_hashes.extend(self._kept)
        for identity, value in self._states.items():
            state = wanted.widget_states.widgets.add(id=identity)
            for name, content in value.items():
                if isinstance(content, list):
                    getattr(state, name).data.extend(content)
                else:
                    setattr(state, name, content)
        await self.socket.send(message.SerializeToString())

    async def _read(self) -> None:
        import websockets
        from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

        with suppress(websockets.ConnectionClosed):
            async for raw in self.socket:
                self.received += len(raw)
                message = ForwardMsg.FromString(raw)
                if message.metadata.cacheable:
                    self._kept[message.hash] = message.delta
                kind = message.WhichOneof("type")
                if kind in ("delta", "ref_hash"):
                    self._draw(message.delta if kind == "delta" else self._kept[message.ref_hash])
                elif kind == "script_finished":
                    identity = getattr(message.metadata, "run", None)  # Streamlit 1.65 does not say whose end it is
                    fragments = frozenset(identity.fragment_ids) if identity else None
                    self._ends.put_nowait((message.script_finished, fragments))
                elif kind == "navigation":
                    self._pages = {page.url_pathname: page.page_script_hash for page in message.navigation.app_pages}
                    self._page_hash = message.navigation.page_script_hash or self._page_hash
                elif kind == "new_session":
                    self._page_hash = self._page_hash or message.new_session.page_script_hash
                elif kind == "page_info_changed":
                    self.query = message.page_info_changed.query_string
                elif kind == "auto_rerun" and self.keeps_time:
                    self._start(message.auto_rerun.fragment_id, message.auto_rerun.interval)
                elif kind == "stop_auto_rerun":
                    for stopped in message.stop_auto_rerun.fragment_ids:
                        self._stop(stopped)

    def _draw(self, delta: Any) -> None:
        if delta.WhichOneof("type") != "new_element":
            return
        element = delta.new_element
        kind = element.WhichOneof("type")
        content = getattr(element, kind)
        if kind == "exception":
            self.exceptions.append(f"{content.type}: {content.message}")
        elif kind in ("heading", "markdown", "alert"):
            self.texts.append(content.body)
        elif kind == "bidi_component":
            self.widgets[content.id.rsplit("-", 1)[-1]] = Widget(content.id, delta.fragment_id, kind)
        elif hasattr(content, "label") and hasattr(content, "id"):
            self.widgets[content.label] = Widget(content.id, delta.fragment_id, kind)

    def _start(self, fragment: str, interval: float) -> None:
        self._stop(fragment)
        self._timers[fragment] = asyncio.create_task(self._again(fragment, interval))

    def _stop(self, fragment: str) -> None:
        timer = self._timers.pop(fragment, None)
        if timer is not None:
            timer.cancel()

    def _stop_all(self) -> None:
        for fragment in list(self._timers):
            self._stop(fragment)

    async def _again(self, fragment: str, interval: float) -> None:
        while True:
            await asyncio.sleep(interval)
            self.timed_runs += 1
            await self._ask(fragment, is_timed=True)


def _is_of(fragment: str, fragments: frozenset[str] | None, is_part: bool) -> bool:
    """Whether a run of `fragments` (none: the whole page; None: the server does not say) is that of `fragment`."""
    if fragments is None:
        return is_part == bool(fragment)
    return fragment in fragments if fragment else not fragments
