"""Server caches: networks, evaluations, pictures, run histories for all visitors, bounded. Never mutated.

torch is imported inside the functions: the first page must not wait for it.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from pathlib import Path
from threading import Lock, RLock
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
import streamlit as st

from cnnviz.charts.training import Curves
from cnnviz.data.dataset_spec import Split
from cnnviz.data.registry import dataset
from cnnviz.engine.card import Card, card_path
from cnnviz.runs import scheduler
from cnnviz.runs.history import Follower, History
from cnnviz.runs.run import RunRecord
from cnnviz.ui.shared import warmup

if TYPE_CHECKING:
    import torch
    from torch import nn

    from cnnviz.engine.evaluate import Evaluation
    from cnnviz.inspection.survey import Seen, Survey
    from cnnviz.models.summary import Summary

T = TypeVar("T")
_PICTURES = 32  # of each network
_LARGE = 8 << 20  # bytes that layers of each network may take in full: LeNet's have 60 kB, one of VGG-16's 26 MB
_MOST_TWINS = 4
_SMALL = 1 << 20  # bytes of all layers together
_lock = Lock()
_twin_lock = Lock()  # is held while one is made
_summaries: WeakKeyDictionary[nn.Module, Summary] = WeakKeyDictionary()
_twins: WeakKeyDictionary[nn.Module, nn.Module] = WeakKeyDictionary()
_surveys: WeakKeyDictionary[nn.Module, OrderedDict[bytes, Survey]] = WeakKeyDictionary()
_seen: WeakKeyDictionary[nn.Module, OrderedDict[tuple[bytes, str], Seen]] = WeakKeyDictionary()


def network(path: Path) -> tuple[nn.Module, Card]:
    """The checkpoint at `path`, in eval mode on the CPU. Raises CheckpointError."""
    return _network(str(path), _version(path))


def evaluation(path: Path, data: str | None = None) -> Evaluation:
    """The checkpoint on its own test set, or on that of `data`: LeNet takes a second for 10,000 pictures, once.

    Raises CheckpointError or MissingDataError.
    """
    spec = dataset(data or network(path)[1].data)
    return _evaluation(str(path), _version(path), data, spec.version)


def summary(model: nn.Module, input_size: tuple[int, int, int]) -> Summary:
    """Every layer of a network of this cache, which is taken apart once and has one size of input."""
    from cnnviz.models.summary import summarize  # heavy

    with _lock:
        if model not in _summaries:
            _summaries[model] = summarize(model, input_size)
        return _summaries[model]


def random_twin(model: nn.Module, input_size: tuple[int, int, int]) -> nn.Module:
    """A network of this cache with random weights of a fixed seed; of the last few that were asked for."""
    from cnnviz.inspection.random_weights import with_random_weights  # heavy

    with _twin_lock:
        if model not in _twins:
            _twins[model] = with_random_weights(model, input_size)
        while len(_twins) > _MOST_TWINS:
            del _twins[next(iter(_twins))]
        return _twins[model]


def survey(model: nn.Module, x: torch.Tensor, layer: str) -> tuple[Survey, Seen]:
    """What a network of this cache makes of one picture x (1, c, h, w), and `layer` in full; the last few are kept."""
    from cnnviz.inspection import survey as surveys  # heavy

    digest = hashlib.blake2b(x.numpy().tobytes(), digest_size=12).digest()
    with _lock:
        pictures, layers = _surveys.setdefault(model, OrderedDict()), _seen.setdefault(model, OrderedDict())
        known, in_full = pictures.get(digest), layers.get((digest, layer))
    found: dict[str, Seen] = {}
    if known is None:
        known, found = surveys.survey(model, x, _kept_in_full(model, x, layer))
        in_full = found[layer]
    elif in_full is None:
        in_full = surveys.look(model, x, layer)
    with _lock:
        pictures[digest] = known
        pictures.move_to_end(digest)
        layers.update({(digest, name): seen for name, seen in found.items()})
        layers[digest, layer] = in_full
        layers.move_to_end((digest, layer))
        while len(pictures) > _PICTURES:
            pictures.popitem(last=False)
        while len(layers) > 1 and sum(each.nbytes for each in layers.values()) > _LARGE:
            layers.popitem(last=False)
    return known, in_full


def _kept_in_full(model: nn.Module, x: torch.Tensor, layer: str) -> list[str]:
    """All layers of a small network, whose next layer is then there at once; of a large one the layer asked for."""
    _one, channels, height, width = x.shape
    layers = summary(model, (channels, height, width))
    return [info.name for info in layers] if layers.activation_bytes < _SMALL else [layer]


def test_pictures(data: str) -> Split:
    """The test half of a data set. Raises MissingDataError or CorruptDataError; errors are not kept."""
    return _test_pictures(data, dataset(data).version)


@st.cache_resource(max_entries=4, show_spinner=False)
def _test_pictures(data: str, version: str) -> Split:
    return dataset(data).load("test")


@st.cache_resource(max_entries=16, show_spinner=False)
def _network(path: str, version: tuple[int, ...]) -> tuple[nn.Module, Card]:
    warmup.wait(warmup.Stage.ALL)
    from cnnviz.engine.checkpoint import load  # heavy

    return load(path)


@st.cache_resource(max_entries=16, show_spinner=False)
def _evaluation(path: str, version: tuple[int, ...], data: str | None, data_version: str) -> Evaluation:
    warmup.wait(warmup.Stage.ALL)
    from cnnviz.engine.evaluate import evaluate_checkpoint  # heavy

    return evaluate_checkpoint(path, data)


def _version(path: Path) -> tuple[int, ...]:
    """Changes whenever one of the checkpoint's two files does; (0, 0) for a file that is not there."""
    return tuple(file.stat().st_mtime_ns if file.exists() else 0 for file in (path, card_path(path)))


class _Watched:
    """A run's history, and what was made of it: made when it has reported more, not for each of forty who look."""

    def __init__(self, run_id: int) -> None:
        self.follower = Follower(lambda seq: scheduler.store().events(run_id, after=seq))
        self._lock = RLock()
        self._of: History | None = None
        self._made: dict[Hashable, Any] = {}

    def once(self, history: History, key: Hashable, make: Callable[[], T]) -> T:
        with self._lock:
            if self._of is not history:
                self._of, self._made = history, {}
            if key not in self._made:
                self._made[key] = make()
            made: T = self._made[key]
            return made


def history_of(record: RunRecord) -> History:
    """Everything the run has reported up to now."""
    return _watched(str(record.directory), record.id).follower.history()


def once(record: RunRecord, history: History, key: Hashable, make: Callable[[], T]) -> T:
    """What `make` gives, made once for all who watch while the run reports nothing new. `key` names it, with everything
    but the history that it depends on. Nobody may change it."""
    return _watched(str(record.directory), record.id).once(history, key, make)


def curves_of(record: RunRecord, history: History) -> Curves:
    """The history as arrays."""
    return once(record, history, "curves", lambda: _curves(history, record.config.epochs))


@st.cache_resource(max_entries=32, show_spinner=False)
def _watched(directory: str, run_id: int) -> _Watched:
    return _Watched(run_id)


def _curves(history: History, planned: int) -> Curves:
    progress, epochs = history.progress, history.epochs
    steps = history.started.steps_per_epoch if history.started else 1
    return Curves(
        positions=np.array([each.epoch - 1 + each.step / each.steps_per_epoch for each in progress], float),
        losses=np.array([each.loss for each in progress], float),
        rates=np.array([each.learning_rate for each in progress], float),
        epochs=np.array([each.epoch for each in epochs], float),
        train_loss=np.array([each.train_loss for each in epochs], float),
        test_loss=np.array([each.test_loss for each in epochs], float),
        held_out_loss=np.array([_or_nan(each.held_out_loss) for each in epochs], float),
        train_accuracy=np.array([each.train_accuracy for each in epochs], float),
        test_accuracy=np.array([each.test_accuracy for each in epochs], float),
        held_out_accuracy=np.array([_or_nan(each.held_out_accuracy) for each in epochs], float),
        planned=planned,
        lr_changes=tuple((each.epoch - 1 + each.step / steps, each.lr_scale) for each in history.lr_changes),
        thaws=tuple((each.epoch - 1.0, each.title) for each in history.thaws),
    )


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else value
