"""Server caches: networks, evaluations and pictures for all visitors, bounded. Nothing here is ever mutated.

torch is imported inside the functions: the first page must not wait for it.
"""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import streamlit as st

from cnnviz.data.registry import dataset
from cnnviz.data.storage import Split
from cnnviz.engine.card import Card, card_path
from cnnviz.ui.shared import warmup

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray
    from torch import nn

    from cnnviz.engine.evaluate import Evaluation
    from cnnviz.models.summary import Summary

    Outputs = dict[str, NDArray[np.float32]]

_PICTURES = 32  # of each network
_LARGE = 1 << 20  # bytes: LeNet's outputs are 60 kB, those of a VGG-16 60 MB
_lock = Lock()
_summaries: WeakKeyDictionary[nn.Module, Summary] = WeakKeyDictionary()
_outputs: WeakKeyDictionary[nn.Module, OrderedDict[bytes, Outputs]] = WeakKeyDictionary()


def network(path: Path) -> tuple[nn.Module, Card]:
    """The checkpoint at `path`, in eval mode on the CPU. Raises CheckpointError."""
    return _network(str(path), _version(path))


def evaluation(path: Path, data: str | None = None) -> Evaluation:
    """The checkpoint on its own test set, or on that of `data`: LeNet takes a second for 10,000 pictures, once.

    Raises CheckpointError or MissingDataError.
    """
    return _evaluation(str(path), _version(path), data)


def summary(model: nn.Module, input_size: tuple[int, int, int]) -> Summary:
    """Every layer of a network of this cache, which is taken apart once and has one size of input."""
    from cnnviz.models.summary import summarize  # heavy

    with _lock:
        if model not in _summaries:
            _summaries[model] = summarize(model, input_size)
        return _summaries[model]


def layer_outputs(model: nn.Module, x: torch.Tensor) -> Outputs:
    """What every layer of a network of this cache answers to one picture; for small ones the last few are kept."""
    from cnnviz.inspection import inspected  # heavy

    picture = x.numpy().tobytes()
    with _lock:
        known = _outputs.setdefault(model, OrderedDict())
        if picture in known:
            known.move_to_end(picture)
            return known[picture]
    found = inspected.layer_outputs(model, x)
    with _lock:
        if sum(each.nbytes for each in found.values()) < _LARGE:
            known[picture] = found
        while len(known) > _PICTURES:
            known.popitem(last=False)
    return found


@st.cache_resource(max_entries=4, show_spinner=False)
def test_pictures(data: str) -> Split:
    """The test half of a data set. Raises MissingDataError or CorruptDataError; errors are not kept."""
    return dataset(data).load("test")


@st.cache_resource(max_entries=16, show_spinner=False)
def _network(path: str, version: tuple[int, ...]) -> tuple[nn.Module, Card]:
    warmup.wait(warmup.Stage.ALL)
    from cnnviz.engine.checkpoint import load  # heavy

    return load(path)


@st.cache_resource(max_entries=16, show_spinner=False)
def _evaluation(path: str, version: tuple[int, ...], data: str | None) -> Evaluation:
    warmup.wait(warmup.Stage.ALL)
    from cnnviz.engine.evaluate import evaluate_checkpoint  # heavy

    return evaluate_checkpoint(path, data)


def _version(path: Path) -> tuple[int, ...]:
    """Changes whenever one of the checkpoint's two files does; (0, 0) for a file that is not there."""
    return tuple(file.stat().st_mtime_ns if file.exists() else 0 for file in (path, card_path(path)))
