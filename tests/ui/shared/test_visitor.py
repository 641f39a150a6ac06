"""Who looks: how often each of many visitors is told of a run, and who runs the server."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from cnnviz.ui.shared import visitor


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Time stands still until it is set; nobody looks yet."""
    stopped = SimpleNamespace(now=0.0)
    monkeypatch.setattr(visitor.time, "monotonic", lambda: stopped.now)
    monkeypatch.setattr(visitor, "_SEEN", {})
    return stopped


def look(monkeypatch: pytest.MonkeyPatch, session: object, before: float | None = None) -> float:
    monkeypatch.setattr(visitor, "get_script_run_ctx", lambda: SimpleNamespace(session_id=str(session)))
    return visitor.refresh_rate(0.5, 2.0, before)


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(("count", "seconds"), [(1, 0.5), (5, 0.5), (6, 1.0), (10, 1.0), (11, 2.0), (40, 2.0)])
def test_all_together_look_ten_times_a_second(monkeypatch: pytest.MonkeyPatch, count: int, seconds: float) -> None:
    """Up to twenty; forty look as often as one looks at a run that stands still."""
    assert [look(monkeypatch, session) for session in range(count)][-1] == seconds


def test_who_has_gone_no_longer_counts(clock: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    """A closed tab says nothing: it just does not look again."""
    for session in range(12):
        look(monkeypatch, session)
    assert look(monkeypatch, "last") == 2.0
    clock.now = 60.0
    assert look(monkeypatch, "last") == 0.5


@pytest.mark.usefixtures("clock")
def test_one_more_or_less_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A seconds is left for a faster one only when there is room to spare."""
    for session in range(5):
        assert look(monkeypatch, session, before=0.5) == 0.5
    assert look(monkeypatch, 0, before=1.0) == 1.0  # five of them would fit, but just so
    visitor._SEEN.popitem()
    visitor._SEEN.popitem()
    assert look(monkeypatch, 0, before=1.0) == 0.5


@pytest.mark.parametrize(
    ("address", "headers", "is_at"),
    [
        (None, {}, True),  # Streamlit's word for this machine
        ("192.168.0.7", {}, False),
        (None, {"X-Forwarded-For": "192.168.0.7"}, False),  # a proxy on this machine
    ],
)
def test_who_runs_the_server(
    address: str | None, headers: dict[str, str], is_at: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever looks from its own machine, and through nothing."""
    monkeypatch.setattr(visitor.st, "context", SimpleNamespace(ip_address=address, headers=headers))
    assert visitor.is_at_the_server() is is_at
