"""What is sent of a network is its own filters, maps and answer, as small as said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from cnnviz.base.errors import AnswerError, CheckpointError
from cnnviz.data.dataset_spec import Split
from cnnviz.data.registry import DATASETS
from cnnviz.engine.card import load_card
from cnnviz.engine.checkpoint import load
from cnnviz.engine.evaluate import predict, prepare
from cnnviz.inspection import timemachine
from cnnviz.inspection.capture import filters
from cnnviz.inspection.timemachine import most_missed
from cnnviz.models.registry import MODELS
from tests.engine.conftest import trained  # noqa: F401 - a fixture
from tests.inspection.outputs import layer_outputs


@pytest.fixture(scope="module")
def epoch(trained: tuple[Path, list[object]]) -> Path:  # noqa: F811
    """A LeNet-5 that knows the digits."""
    return trained[0] / "epoch-0003"


def restored(tiles: timemachine.Tiles) -> np.ndarray:
    return tiles.values.astype(float) * tiles.span / 127


def test_filters_are_the_first_layer_s(epoch: Path) -> None:
    """All six of LeNet-5, within half a step of 1/127 of the largest."""
    model, card = timemachine.at_checkpoint(epoch)
    shown = timemachine.first_filters(model, card.input_size)
    assert shown is not None
    assert (shown.values.shape, shown.total) == ((6, 1, 5, 5), 6)
    np.testing.assert_allclose(restored(shown), filters(model, "conv1"), atol=shown.span / 250)


def test_maps_and_answer_are_the_network_s(epoch: Path) -> None:
    """The maps before any activation, and the probabilities; nothing stays hooked to the network."""
    model, card = load(epoch)
    picture = DATASETS["digits"].load("test").images[3]
    seen = timemachine.seen(model, card, picture, ("conv1", "conv2"))
    outputs = layer_outputs(model, prepare(card, picture[None]))
    for layer in ("conv1", "conv2"):
        shown = seen.maps[layer]
        np.testing.assert_allclose(restored(shown)[:, 0], outputs[layer], atol=shown.span / 250)
    np.testing.assert_allclose(seen.probabilities, predict(model, card, picture), atol=1e-6)
    assert not any(module._forward_hooks for module in model.modules())


def test_a_moment_is_read_by_the_card_of_an_epoch(epoch: Path, tmp_path: Path) -> None:
    """The file of the present moment gives the network it was written from; one of another network is refused."""
    from cnnviz.engine import live_weights

    model, card = load(epoch)
    live_weights._write(tmp_path / live_weights.FILE, model, live_weights.LiveStep(4, 1, 23))
    again, _card = timemachine.at_live_weights(tmp_path, epoch)
    assert all(torch.equal(a, b) for a, b in zip(model.state_dict().values(), again.state_dict().values(), strict=True))
    other = MODELS["keras-cnn"].build(1, len(card.classes))
    live_weights._write(tmp_path / live_weights.FILE, other, live_weights.LiveStep(4, 1, 23))
    with pytest.raises(CheckpointError):
        timemachine.at_live_weights(tmp_path, epoch)


@pytest.mark.parametrize(
    ("shape", "sent"),
    [
        ((64, 1, 32, 32), (24, 1, 32, 32)),  # 24 kB
        ((96, 3, 11, 11), (64, 3, 11, 11)),  # AlexNet's filters: 64 of them
        ((64, 1, 55, 55), (33, 1, 27, 27)),  # its maps: averaged over 2 x 2
        ((3, 1, 224, 224), (3, 1, 32, 32)),
        ((2, 1, 1, 1), (2, 1, 1, 1)),
    ],
)
def test_large_layers_are_cut(shape: tuple[int, ...], sent: tuple[int, ...]) -> None:
    """At most 64 tiles, 24 kB and 32 pixels a side, and the true number is told."""
    tiles = timemachine.tiles(np.random.default_rng(0).normal(size=shape).astype(np.float32))
    assert (tiles.values.shape, tiles.total) == (sent, shape[0])
    assert tiles.values.nbytes <= timemachine.MOST_BYTES


def test_broken_numbers_and_zeros_are_shown_as_zero() -> None:
    """A weight that is not a number spoils no scale; all zeros have none."""
    values = np.array([np.nan, np.inf, -2.0, 1.0], np.float32).reshape(1, 1, 2, 2)
    tiles = timemachine.tiles(values)
    assert tiles.span == 2.0
    assert tiles.values.ravel().tolist() == [0, 0, -127, 64]
    assert timemachine.tiles(np.zeros((1, 1, 2, 2), np.float32)).span == 0.0


def test_a_network_without_convolutions_shows_what_reads_the_pixels() -> None:
    """The weights of a first fully connected layer are pictures too; of one that reads something else they are not."""
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 5))
    shown = timemachine.first_filters(model, (1, 8, 8))
    assert shown is not None
    assert shown.values.shape == (5, 1, 8, 8)
    assert timemachine.convolutions(model) == []
    assert timemachine.first_filters(nn.Sequential(nn.Linear(60, 5)), (1, 8, 8)) is None
    assert timemachine.first_filters(nn.Sequential(nn.Flatten()), (1, 8, 8)) is None


def test_the_most_missed_picture_is_found(epoch: Path) -> None:
    """Against a plain count over all pictures."""
    test = DATASETS["digits"].load("test")
    spoilt = Split(test.images, test.labels.copy())
    spoilt.labels[17] = (spoilt.labels[17] + 1) % 10  # now surely wrong
    moments = [load(epoch), load(epoch.with_name("epoch-0002"))]
    found = most_missed(moments, spoilt, seconds=60)
    assert (found.wrong, found.moments, found.pictures) == (2, 2, len(test))
    for index in (17, found.index):
        answers = [predict(*moment, spoilt.images[index]).argmax() for moment in moments]
        assert spoilt.labels[index] not in answers


def test_cards_are_enough_to_know_the_layers(epoch: Path) -> None:
    """Without weights in memory."""
    from cnnviz.engine.network import skeleton

    outline = skeleton(load_card(epoch))
    assert (timemachine.first_layer(outline), timemachine.convolutions(outline)) == ("conv1", ["conv1", "conv2"])
    assert timemachine.middle_convolution(outline) == "conv2"
    assert timemachine.middle_convolution(nn.Sequential(nn.Conv2d(1, 2, 3), nn.Conv2d(2, 2, 1))) is None


def test_a_moment_without_numbers_is_no_answer(epoch: Path) -> None:
    """Weights that became NaN say nothing, neither of the pinned picture nor of the one most often missed."""
    model, card = load(epoch)
    with torch.no_grad():
        next(model.parameters()).fill_(float("nan"))
    test = DATASETS["digits"].load("test")
    with pytest.raises(AnswerError, match="to this picture is not a number"):
        timemachine.seen(model, card, test.images[0], [])
    with pytest.raises(AnswerError, match="is not a number"):
        most_missed([(model, card)], test)
