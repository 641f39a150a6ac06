"""What a visitor may send: every box for a file has a limit, none beyond the server's own."""

from __future__ import annotations

import re
from pathlib import Path

from cnnviz.ui.shared import uploads
from tests.conftest import REPOSITORY


def _boxes() -> dict[str, str]:
    """Place -> arguments of every box for a file."""
    found = {}
    for path in sorted(Path(REPOSITORY, "cnnviz", "ui").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        for match in re.finditer(r"st\.file_uploader\(", text):
            found[f"{path.name}:{text.count(chr(10), 0, match.start()) + 1}"] = text[match.end() : match.end() + 400]
    return found


def test_every_box_has_a_limit() -> None:
    """Streamlit's own is the largest of them all, so a box without one would take as much as an archive."""
    boxes = _boxes()
    assert len(boxes) >= 4
    assert [place for place, arguments in boxes.items() if "max_upload_size=" not in arguments] == []


def test_the_server_takes_what_the_largest_box_takes() -> None:
    """Its limit is checked as the file arrives, whatever a browser says."""
    config = (REPOSITORY / ".streamlit" / "config.toml").read_text(encoding="utf-8")
    match = re.search(r"^maxUploadSize = (\d+)", config, re.MULTILINE)
    assert match is not None
    assert int(match[1]) == uploads.ARCHIVE > uploads.PICTURE
