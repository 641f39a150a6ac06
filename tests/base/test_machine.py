"""What the environment says of the machine is a whole number, or one sentence."""

from __future__ import annotations

import pytest

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.machine import whole


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "", "many", "1" * 10, "1" * 5000])
def test_what_is_no_number_of_anything(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Nothing below 1, and nothing so long that Python makes no number of it."""
    monkeypatch.setenv("CNNVIZ_THREADS", text)
    with pytest.raises(ConfigurationError, match="CNNVIZ_THREADS must be a whole number of 1 or more") as refused:
        whole("CNNVIZ_THREADS", 3)
    assert len(str(refused.value)) < 150


def test_the_default_is_for_who_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable wins where it is set."""
    monkeypatch.delenv("CNNVIZ_THREADS", raising=False)
    assert whole("CNNVIZ_THREADS", 3) == 3
    monkeypatch.setenv("CNNVIZ_THREADS", "2")
    assert whole("CNNVIZ_THREADS", 3) == 2
