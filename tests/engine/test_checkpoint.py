"""Checkpoints come back as they were; anything else is refused in one sentence and never run."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import pickle
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file

from cnnviz.base.errors import CheckpointError, CnnvizError
from cnnviz.engine.card import catalogue, load_arrays, load_card, weights_path
from cnnviz.engine.checkpoint import copy, load, save
from cnnviz.engine.events import Event


@pytest.fixture
def checkpoint(trained: tuple[Path, list[Event]], tmp_path: Path) -> Path:
    """A copy of a real checkpoint, to be spoilt."""
    copy(trained[0] / "epoch-0003", tmp_path / "net")
    return tmp_path / "net"


def rewrite(checkpoint: Path, raw: bytes) -> None:
    """Other weights, with a card that vouches for them."""
    weights_path(checkpoint).write_bytes(raw)
    change(checkpoint, sha256=hashlib.sha256(raw).hexdigest())


def change(checkpoint: Path, **values: object) -> None:
    card = checkpoint.with_suffix(".json")
    card.write_text(json.dumps({**json.loads(card.read_text()), **values}))


@pytest.mark.slow
def test_round_trip(checkpoint: Path, tmp_path: Path) -> None:
    """Weights and card come back exactly; the network answers in eval mode, on the CPU."""
    model, card = load(checkpoint)
    written = save(tmp_path / "again", model, card)
    again, again_card = load(tmp_path / "again")
    assert written == card == again_card
    assert not again.training
    for name, weight in model.state_dict().items():
        assert torch.equal(weight, again.state_dict()[name])


def test_card_says_where_it_comes_from(checkpoint: Path) -> None:
    """The card holds configuration, command, seed, figures, device, date and versions."""
    card = load_card(checkpoint)
    assert (card.model, card.data, card.epoch, card.epochs, card.seed) == ("lenet5", "digits", 3, 3, 0)
    assert card.classes == tuple("0123456789")
    assert card.input_size == (1, 28, 28)
    assert card.total == 360 == sum(total for _, total in card.per_class)
    assert card.correct == sum(correct for correct, _ in card.per_class)
    assert card.correct == sum(card.confusion[k][k] for k in range(10))
    assert card.test_accuracy == card.correct / card.total
    assert card.config["batch_size"] == 64
    assert card.command == "python -m cnnviz train --model lenet5 --data digits --epochs 3 --device cpu"
    assert card.device_name.startswith("CPU, ")
    assert card.versions["torch"] == torch.__version__
    assert card.seconds > 0
    assert card.date


@pytest.mark.parametrize("name", ["net", "net.safetensors", "net.json"])
def test_named_in_three_ways(checkpoint: Path, name: str) -> None:
    """A checkpoint may be named by its weights, its card, or without suffix."""
    assert load_card(checkpoint.with_name(name)) == load_card(checkpoint)
    assert load_arrays(checkpoint.with_name(name)).keys() == load_arrays(checkpoint).keys()


def test_names_with_dots(checkpoint: Path) -> None:
    """A dot in a name is part of the name."""
    copy(checkpoint, checkpoint.with_name("net.v1.5"))
    assert load_card(checkpoint.with_name("net.v1.5")) == load_card(checkpoint)


def test_arrays_equal_tensors(checkpoint: Path) -> None:
    """The weights read without torch are those read with it."""
    state = load(checkpoint)[0].state_dict()
    arrays = load_arrays(checkpoint)
    assert arrays["conv1.weight"].shape == (6, 1, 5, 5)
    assert all(np.array_equal(arrays[name], state[name].numpy()) for name in state)


def test_card_needs_no_torch() -> None:
    """The first page reads cards and weights before torch is in: 0.1 s instead of 2."""
    code = (
        "import sys, cnnviz.engine.card, cnnviz.engine.config, cnnviz.engine.events; sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_truncated(checkpoint: Path) -> None:
    """A file cut anywhere is refused, with torch and without."""
    raw = weights_path(checkpoint).read_bytes()
    for length in (0, 4, 100, len(raw) - 1):
        weights_path(checkpoint).write_bytes(raw[:length])
        for read in (load, load_arrays):
            with pytest.raises(CheckpointError, match=r"net.safetensors is not a checkpoint"):
                read(checkpoint)


def test_one_changed_bit(checkpoint: Path) -> None:
    """The card's SHA-256 finds a single changed weight."""
    raw = bytearray(weights_path(checkpoint).read_bytes())
    raw[-1] ^= 1
    weights_path(checkpoint).write_bytes(raw)
    with pytest.raises(CheckpointError, match="cut, changed"):
        load(checkpoint)


class _Bomb:
    def __reduce__(self) -> tuple[object, ...]:
        return (Path("exploded").write_text, ("boom",))


@pytest.mark.parametrize(
    "raw",
    [
        b"hello, this is text",
        pickle.dumps(_Bomb()),
        struct.pack("<Q", 2**63) + b"{}",
        struct.pack("<Q", 10**12) + b"{}",
        struct.pack("<Q", 2) + b"{}",
        struct.pack("<Q", 8) + b"not json",
        struct.pack("<Q", 57) + b'{"a":{"dtype":"F32","shape":[9,9],"data_offsets":[0,324]}}',
        struct.pack("<Q", 100_000) + b"[" * 100_000,
    ],
    ids=["text", "pickle", "endless header", "huge header", "empty", "no json", "no data", "deep nesting"],
)
def test_other_files(checkpoint: Path, raw: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Text, pickles and hostile headers are refused even if the card vouches for them; nothing is run."""
    monkeypatch.chdir(tmp_path)
    rewrite(checkpoint, raw)
    with pytest.raises(CheckpointError):
        load(checkpoint)
    assert not Path("exploded").exists()


def test_weights_of_another_network(checkpoint: Path) -> None:
    """The first tensor that does not fit is named."""
    change(checkpoint, model="lenet5-valid")
    with pytest.raises(CheckpointError, match=r"does not fit the network lenet5-valid: its fc1.weight"):
        load(checkpoint)


@pytest.mark.parametrize(
    ("change_arrays", "tensor"),
    [
        (lambda arrays: arrays.pop("conv2.bias"), r"conv2\.bias"),
        (lambda arrays: arrays.update(extra=np.zeros(3, np.float32)), "extra"),
        (lambda arrays: arrays.update({"fc3.bias": np.zeros(11, np.float32)}), r"fc3\.bias"),
        (lambda arrays: arrays.update({"fc3.bias": np.zeros(10, np.float64)}), r"fc3\.bias"),
    ],
    ids=["missing", "unknown", "shape", "type"],
)
def test_wrong_tensors(checkpoint: Path, change_arrays, tensor: str) -> None:  # type: ignore[no-untyped-def]
    """Missing, unknown, misshapen and mistyped tensors are refused by name."""
    arrays = load_arrays(checkpoint)
    change_arrays(arrays)
    save_file(arrays, weights_path(checkpoint))
    rewrite(checkpoint, weights_path(checkpoint).read_bytes())
    with pytest.raises(CheckpointError, match=f"its {tensor} is missing, unknown"):
        load(checkpoint)


@pytest.mark.parametrize(
    "values",
    [
        {"classes": []},
        {"classes": "0123456789"},
        {"input_size": [1, 28]},
        {"input_size": [1, 28, 0]},
        {"input_size": [1, 28, 10**9]},
        {"mean": ["0.1"]},
        {"mean": []},
        {"std": [0.0]},
        {"margin": 0.5},
        {"seed": 1.5},
        {"model": None},
        {"config": []},
        {"classes": ["\ud800"] * 10},
        {"command": "\ud800"},
        {"versions": {"torch": "\udfff"}},
        {"mean": [float("nan")]},
        {"std": [float("inf")]},
        {"total": 10**30},
        {"correct": -1},
        {"correct": 361},
        {"epoch": -1},
        {"epochs": 10**30},
        {"seed": 10**30},
        {"seconds": float("nan")},
        {"test_accuracy": 2},
        {"test_loss": 10**400},
        {"confusion": [[10**30] * 10] * 10},
        {"confusion": [[-1] * 10] * 10},
        {"confusion": [[1] * 10] * 9},
        {"confusion": [[1] * 10] * 9 + [[1] * 9]},
        {"confusion": [[1.5] * 10] * 10},
        {"per_class": [[2, 1]] * 10},
        {"per_class": [[1, 2]] * 9},
        {"per_class": [[1, 2, 3]] * 10},
        {"lr_scales": [[1.0]]},
        {"lr_scales": [[1.0, float("nan")]]},
    ],
)
def test_spoilt_cards(checkpoint: Path, values: dict[str, object]) -> None:
    """A card with a field of a wrong kind or without sense is refused."""
    change(checkpoint, **values)
    with pytest.raises(CheckpointError, match=r"net.json is not a checkpoint's card"):
        load(checkpoint)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers(checkpoint: Path, number: float) -> None:
    """Refused by name, with torch and without: all that is computed with them would be no number either."""
    arrays = load_arrays(checkpoint)
    arrays["conv2.weight"][3, 1, 0, 0] = number
    save_file(arrays, weights_path(checkpoint))
    rewrite(checkpoint, weights_path(checkpoint).read_bytes())
    for read in (load, load_arrays):
        with pytest.raises(CheckpointError, match=r"no numbers, in its conv2\.weight"):
            read(checkpoint)


@pytest.mark.parametrize("text", ["", "[]", "3", "{}", "\xff", "[" * 100_000, '{"model": "' + "x" * 2**20 + '"}'])
def test_files_that_are_no_cards(checkpoint: Path, text: str) -> None:
    """Not JSON, not an object, nested without end, too long: refused."""
    checkpoint.with_suffix(".json").write_text(text, encoding="latin-1")
    with pytest.raises(CheckpointError):
        load_card(checkpoint)


def test_card_of_an_unknown_network(checkpoint: Path) -> None:
    """A network we do not have, or cannot build so, is an error a user can read."""
    change(checkpoint, model="resnet9000")
    with pytest.raises(CnnvizError, match="Got resnet9000"):
        load(checkpoint)
    change(checkpoint, model="lenet5", options={"depth": 3})
    with pytest.raises(CnnvizError, match="no option depth"):
        load(checkpoint)


def test_a_card_cannot_ask_for_memory(checkpoint: Path) -> None:
    """The network is built without weights first: a claimed size costs nothing."""
    change(checkpoint, input_size=[4096, 28, 28], mean=[0.1] * 4096, std=[0.3] * 4096, classes=["x"] * 100_000)
    change(checkpoint, per_class=[], confusion=[])
    with pytest.raises(CheckpointError, match="does not fit"):
        load(checkpoint)


def test_missing_files(checkpoint: Path) -> None:
    """Which of the two files is missing is said."""
    weights_path(checkpoint).unlink()
    with pytest.raises(CheckpointError, match=r"net.safetensors cannot be read"):
        load(checkpoint)
    checkpoint.with_suffix(".json").unlink()
    with pytest.raises(CheckpointError, match=r"its card net.json is missing"):
        load(checkpoint)


def test_catalogue_leaves_out_what_is_broken(checkpoint: Path) -> None:
    """By name; without broken cards, and without cards whose weights are not there."""
    folder = checkpoint.parent
    copy(checkpoint, folder / "another")
    (folder / "broken.json").write_text("{}")
    shutil.copy(checkpoint.with_suffix(".json"), folder / "lonely.json")
    assert [(path.name, card.epoch) for path, card in catalogue(folder)] == [
        ("another.safetensors", 3),
        ("net.safetensors", 3),
    ]
    assert catalogue(folder / "nowhere") == []


def test_card_json_is_readable(checkpoint: Path) -> None:
    """One line for each field, Chinese as Chinese."""
    card = dataclasses.replace(load_card(checkpoint), classes=("零",) * 10)
    lines = card.to_json().splitlines()
    assert len(lines) == len(dataclasses.fields(card)) + 2
    assert any("零" in line for line in lines)
