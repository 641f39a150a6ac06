"""An operator's own mirror is asked first, for every data set, and trusted no more than any other."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnnviz.data import idx as fetching
from cnnviz.data.download import mirrored
from tests.data import made
from tests.data.test_idx_fetch import no_proxy  # noqa: F401 - fixture

CONTENTS = made.contents()


def test_it_stands_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """With or without a slash at its end; without one nothing changes."""
    assert mirrored("SET/a.gz", ["http://there/a.gz"]) == ["http://there/a.gz"]
    for text in ("http://here/files", "http://here/files/ "):
        monkeypatch.setenv("CNNVIZ_MIRROR", text)
        assert mirrored("SET/a.gz", ["http://there/a.gz"]) == ["http://here/files/SET/a.gz", "http://there/a.gz"]


def test_a_data_set_comes_from_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The published address is not asked for what the mirror has."""
    packed = {f"FashionMNIST/{name}": content for name, content in made.archives(CONTENTS).items()}
    with made.served(packed) as mirror, made.mirror(CONTENTS) as published:
        monkeypatch.setenv("CNNVIZ_MIRROR", mirror.address)
        monkeypatch.setattr(fetching, "torchvision_sources", lambda folder: made.sources(CONTENTS, published.address))
        made.made_files(CONTENTS).fetch(tmp_path)
        assert (len(mirror.asked), published.asked) == (4, [])
    assert made.made_files(CONTENTS).check(tmp_path) == [
        (name, "ok") for name in made.made_files(CONTENTS).archive_bytes
    ]


def test_what_it_has_changed_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The published hash decides; then the published address is asked."""
    packed = {f"FashionMNIST/{name}": content for name, content in made.archives(CONTENTS).items()}
    with made.served(packed, made.changed) as mirror, made.mirror(CONTENTS) as published:
        monkeypatch.setenv("CNNVIZ_MIRROR", mirror.address)
        monkeypatch.setattr(fetching, "torchvision_sources", lambda folder: made.sources(CONTENTS, published.address))
        made.made_files(CONTENTS).fetch(tmp_path)
        assert len(published.asked) == 4
    train = made.made_files(CONTENTS).load("train", tmp_path, (1, 28, 28), 10)
    assert len(train) == made.COUNTS["train"]
