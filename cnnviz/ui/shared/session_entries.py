"""Session entries, looked up one by one where Streamlit makes a dict of the whole session for each box it draws.

Select boxes and number fields ask whether their own entry is None, and for that Streamlit presents every entry of the
session. The form of the page Training draws 25 of them beside 120 entries: 6 of the 23 ms that a turned knob takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from streamlit.runtime.state import SafeSessionState

_ALL = SafeSessionState.filtered_state


class Entries(Mapping[str, Any]):
    """What `SafeSessionState.filtered_state` says; only what is asked for is looked up."""

    def __init__(self, session: SafeSessionState) -> None:
        self._session = session

    def __getitem__(self, key: str) -> Any:
        with self._session._lock:
            return self._session._state[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._whole())

    def __len__(self) -> int:
        return len(self._whole())

    def __str__(self) -> str:
        return str(self._whole())

    def _whole(self) -> dict[str, Any]:
        whole: dict[str, Any] = _ALL.__get__(self._session)
        return whole


def look_up() -> None:
    """From now on, for every session of this server."""
    SafeSessionState.filtered_state = property(Entries)  # type: ignore[method-assign,assignment]
