"""Real Keras with torch behind it, imported once for all tests; they are skipped where it is not installed."""

from __future__ import annotations

import importlib
import importlib.util
import os
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from torch import Tensor

needs_keras = pytest.mark.skipif(
    importlib.util.find_spec("keras") is None,
    reason="Keras needs Python 3.11, and is in the extra: pip install -e '.[test]'",
)


@cache
def keras() -> Any:
    """The package. Its own settings are read from a folder of no one's, its import may warn as it likes."""
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        os.environ |= {"KERAS_BACKEND": "torch", "KERAS_HOME": str(Path(folder) / "keras")}
        return importlib.import_module("keras")


@contextmanager
def double_precision() -> Iterator[None]:
    """Layers made inside compute in float64."""
    config = keras().config
    before = config.dtype_policy()
    config.set_dtype_policy("float64")
    try:
        yield
    finally:
        config.set_dtype_policy(before)


def names(x: Any) -> dict[str, Any]:
    """What lines of Keras may use."""
    return {"layers": keras().layers, "ops": keras().ops, "x": x}


def given(weights: Mapping[str, Tensor]) -> Callable[[Any], None]:
    """What makes a layer start with `weights`, by the name of Keras' initializer: "kernel", "bias", "gamma" ..."""

    def prepare(layer: Any) -> None:
        for name, values in weights.items():
            if hasattr(layer, f"{name}_initializer"):
                setattr(layer, f"{name}_initializer", _initializer(values))

    return prepare


def _initializer(values: Tensor) -> Callable[..., Any]:
    def initial(shape: tuple[int, ...], dtype: Any = None) -> Any:
        assert tuple(values.shape) == tuple(shape)
        return keras().ops.convert_to_tensor(values.detach().numpy(), dtype)

    return initial


def to_numpy(y: Any) -> np.ndarray:
    """What a layer gave."""
    return np.asarray(y.detach())
