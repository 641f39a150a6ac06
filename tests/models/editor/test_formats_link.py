"""A network in a link comes back as it was, and whatever else a link holds is refused at once in one sentence."""

from __future__ import annotations

import base64
import dataclasses
import json
import random
import time
import zlib
from urllib.parse import quote

import pytest

from cnnviz.base.errors import ConfigurationError
from cnnviz.models.editor import formats
from cnnviz.models.editor.blueprint import MAX_ROWS, Blueprint
from cnnviz.models.editor.build import blueprint_of
from cnnviz.models.editor.formats import MAX_LINK, from_json, from_link, to_json, to_line, to_link
from cnnviz.models.editor.row import Row
from cnnviz.models.registry import MODELS
from tests.models.editor.random_blueprints import random_blueprint

# Written in November 2026: it has to be read for ever.
FIRST_LINK = "1ePmaY9y9w5sGSY9C1PCwQA8OLB7D6ioAbL0x1w"
FIRST = Blueprint(
    "mine", (1, 28, 28), 10, (Row.of("conv", out_channels=8, kernel_size=3), Row.of("flatten"), Row.of("linear"))
)


def packed(text: str | bytes, dictionary: bytes = formats._DICTIONARY) -> str:
    """Anything the way a network is packed."""
    packer = zlib.compressobj(9, zdict=dictionary)
    raw = packer.compress(text.encode() if isinstance(text, str) else text) + packer.flush()
    return "1" + base64.urlsafe_b64encode(raw).decode().rstrip("=")


@pytest.mark.parametrize("name", MODELS)
def test_every_network_of_the_zoo_fits(name: str) -> None:
    """Its link is shorter than 400 characters that no address changes, and is the network."""
    blueprint = blueprint_of(name)
    link = to_link(blueprint)
    assert link is not None
    assert len(link) < 400
    assert quote(link, safe="") == link
    assert from_link(link) == blueprint


def test_links_once_given_are_read_for_ever() -> None:
    """The phrases the packer starts with never change: an old link still is its network."""
    assert from_link(FIRST_LINK) == FIRST
    assert to_link(FIRST) == FIRST_LINK


def test_one_network_has_one_link() -> None:
    """Options may be written in any order."""
    turned = dataclasses.replace(FIRST, rows=(Row.of("conv", kernel_size=3, out_channels=8), *FIRST.rows[1:]))
    assert to_link(turned) == to_link(FIRST)


def test_random_networks_come_back() -> None:
    """Right or wrong ones, as long as a file could hold them; unicode names too."""
    count = 0
    for seed in range(300):
        blueprint = dataclasses.replace(random_blueprint(random.Random(seed)), name=f"网络 {seed} é")
        try:
            again = from_json(to_json(blueprint))
        except ConfigurationError:
            continue
        link = to_link(again)
        assert link is not None
        assert to_link(from_link(link)) == link
        assert [(row.kind, row.name, row.options) for row in from_link(link).rows] == [
            (row.kind, row.name, row.options) for row in again.rows
        ]
        count += 1
    assert count > 250


def test_what_is_too_long_has_no_link() -> None:
    """300 rows that have nothing in common do not fit."""
    rows = [
        Row.of("conv", f"a{seed * 7919 % 10007}x{seed}", out_channels=1 + seed * 31 % 97, kernel_size=1 + seed % 5)
        for seed in range(MAX_ROWS)
    ]
    assert to_link(Blueprint("long", (1, 28, 28), 10, tuple(rows))) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "2" + FIRST_LINK[1:],
        FIRST_LINK[:-3],
        FIRST_LINK[:20] + "A" + FIRST_LINK[21:],
        FIRST_LINK + "AAAA",
        FIRST_LINK.replace("y", "/"),
        "1<script>alert(1)</script>",
        "1" + "A" * 1999,
        "1" + "A" * 10_000_000,
        "1我的",
        "1\ud800",
        packed("import os"),
        packed(b"\xff\xfe"),
        packed("[" * 50_000),
        packed(json.dumps({"rows": 1})),
        packed(json.dumps({**json.loads(to_json(FIRST)), "rows": [{"kind": "exec"}]})),
        packed(to_line(FIRST), b"another dictionary"),
    ],
)
def test_a_broken_link_is_one_sentence(text: str) -> None:
    """Cut, changed, of another version, no network: the same sentence for all."""
    with pytest.raises(ConfigurationError, match="The network in this link cannot be read"):
        from_link(text)


def test_a_bomb_is_not_unpacked() -> None:
    """A link of allowed length that would unpack to a thousand times as much stops at the limit of a file."""
    bomb = packed(" " * 1_400_000)
    assert len(bomb) <= MAX_LINK
    start = time.process_time()
    with pytest.raises(ConfigurationError, match="cannot be read"):
        from_link(bomb)
    assert time.process_time() - start < 0.1
