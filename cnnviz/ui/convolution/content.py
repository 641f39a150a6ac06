"""Content of the stage: handwritten digits, photos, and the filters of the shipped networks.

Always the same bytes, so that Streamlit sends them once a visit. Knows nothing of Streamlit or torch.
"""

from __future__ import annotations

import base64
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.base import paths
from cnnviz.base.errors import CheckpointError
from cnnviz.data.registry import DATASETS
from cnnviz.data.samples import choose_digits, sample_photos
from cnnviz.engine.card import catalogue, load_arrays

_LARGEST_KERNEL = 11  # as far as the slider goes


def content() -> dict[str, Any]:
    """Digits, photos and networks as JSON takes them; what is not on this machine is left out."""
    return _content(DATASETS["mnist"].is_present())


@lru_cache(maxsize=2)
def _content(has_mnist: bool) -> dict[str, Any]:
    """`has_mnist` is there for the cache's sake: MNIST may be fetched while the server runs."""
    return {"digits": _digits(), "photos": sample_photos(), "networks": _networks()}


def _digits() -> dict[str, Any] | None:
    """The digits 0 to 9, uint8 (10, 28, 28); those of the first page's first row."""
    gallery = choose_digits(sets=1)
    if not gallery.labels:
        return None
    return {"side": gallery.pictures.shape[1], "pixels": _base64(gallery.pictures.tobytes())}


def _networks() -> list[dict[str, Any]]:
    """The first convolution of every shipped checkpoint, the first page's first; a broken file is left out."""
    found = []
    shipped = catalogue(paths.shipped_checkpoints())
    for file, card in sorted(shipped, key=lambda one: one[0].stem != paths.FIRST_CHECKPOINT):
        try:
            filters = _first_filters(load_arrays(file), card.input_size[0])
        except CheckpointError:
            continue
        if filters is not None and max(filters.shape[2:]) <= _LARGEST_KERNEL:
            found.append(_network(file.stem, card.model, card.data, filters))
    return found


def _network(name: str, model: str, data: str, filters: NDArray[Any]) -> dict[str, Any]:
    """`filters` (count, channels, height, width)."""
    return {
        "name": name,
        "model": model,
        "data": data,
        "channels": filters.shape[1],
        "kernelSize": list(filters.shape[2:]),
        "filters": _base64(np.ascontiguousarray(filters, dtype="<f4").tobytes()),
    }


def _first_filters(arrays: dict[str, NDArray[Any]], channels: int) -> NDArray[Any] | None:
    """(count, channels, height, width) of the convolution that reads a picture of 1 or 3 `channels`.

    The file keeps its arrays in no order: it is told by the channels it reads, among several by name.
    """
    names = sorted(name for name, array in arrays.items() if array.ndim == 4 and array.shape[1] == channels)
    return arrays[names[0]] if names and channels in (1, 3) else None


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
