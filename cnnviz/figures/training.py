"""The curves of a training: loss while it goes, accuracy epoch by epoch. NumPy in, plain data for a chart out.

What comes out is drawn by the browser component `curves`, not by Plotly: Streamlit takes a Plotly chart with other
data for another chart and builds it anew, which twice a second is a flicker.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Chart = dict[str, Any]  # JSON-ready

MOST_POINTS = 240  # of a line: one for every third pixel
MOST_MARKS = 60  # more would touch
_REACH = 0.015  # of the whole run: how far back the smoothed line remembers, however often reports come
_LOG_ABOVE = 30.0  # a loss that explodes leaves the rest a flat line on a linear axis
_HEIGHT = 330  # pixels


@dataclass(frozen=True)
class Curves:
    """What a run has told so far. Losses may be infinite or not a number."""

    positions: Floats  # (reports,) epochs done at each report, e.g. 1.25
    losses: Floats  # (reports,) mean loss over the batches since the report before
    epochs: Floats  # (done,) 1, 2, ...
    test_loss: Floats  # (done,)
    train_accuracy: Floats  # (done,) 0..1
    test_accuracy: Floats
    planned: int  # epochs in all


@dataclass(frozen=True)
class Words:
    """The words in the pictures, in the visitor's language."""

    epoch: str = "Epoch"
    loss: str = "Loss"
    loss_log: str = "Loss (log scale)"
    accuracy: str = "Accuracy"
    train: str = "training pictures"
    test: str = "test pictures"


def newest_loss(curves: Curves) -> float:
    """The end of the smoothed line of `loss_chart`; NaN before the first report. What is not finite stays so."""
    if not curves.losses.size or not np.isfinite(curves.losses[-1]):
        return float(curves.losses[-1]) if curves.losses.size else float("nan")
    return float(smoothed(curves.positions, _finite(curves.losses), _REACH * curves.planned)[-1])


def loss_chart(curves: Curves, words: Words, alt: str = "", live: bool = False) -> Chart:
    """Loss over epochs: the reports thin, smoothed strong; the test set's where an epoch ends."""
    positions, losses = thinned(curves.positions, _finite(curves.losses))
    smooth = smoothed(positions, losses, _REACH * curves.planned)
    test = _finite(curves.test_loss)
    known = np.concatenate([losses, test])
    known = known[np.isfinite(known) & (known > 0)]
    is_exploding = bool(known.size and known.max() > _LOG_ABOVE)
    return {
        "height": _HEIGHT,
        "alt": alt,
        "live": live,
        # the whole run from the start, so that one sees how much is left
        "x": {"title": words.epoch, "from": 0, "to": 1.01 * max(curves.planned, 1)},
        "y": {
            "title": words.loss_log if is_exploding else words.loss,
            "format": "number",
            "log": is_exploding,
            "from": float(known.min()) / 1.5 if is_exploding else 0,
            "to": float(known.max()) * (1.5 if is_exploding else 1.06) if known.size else 2.5,
        },
        "lines": [
            _line(positions, losses, "train", "faint"),
            _line(positions, smooth, "train", "strong", words.train) | {"head": True},
            _epoch_line(curves.epochs, test, "test", words.test),
        ],
    }


def accuracy_chart(curves: Curves, words: Words, alt: str = "") -> Chart:
    """Accuracy after each epoch, on the pictures trained on and on those never trained on."""
    return {
        "height": _HEIGHT,
        "alt": alt,
        "live": False,
        "x": {"title": words.epoch, "from": min(1, 0.99 * curves.planned), "to": 1.01 * max(curves.planned, 1)},
        "y": {
            "title": words.accuracy,
            "format": "percent",
            "log": False,
            "from": _floor(np.concatenate([curves.train_accuracy, curves.test_accuracy])),
            "to": 1.0,
        },
        "lines": [
            _epoch_line(curves.epochs, curves.train_accuracy, "train", words.train),
            _epoch_line(curves.epochs, curves.test_accuracy, "test", words.test),
        ],
    }


def smoothed(positions: Floats, values: Floats, reach: float) -> Floats:
    """Exponential moving average over `reach` on the axis, without a pull towards zero; gaps (NaN) are passed over.

    >>> smoothed(np.array([0.1, 0.2, 0.3, 0.4]), np.array([2.0, 2.0, np.nan, 2.0]), 0.1).tolist()
    [2.0, 2.0, 2.0, 2.0]
    """
    result = np.empty_like(values)
    total = weight = 0.0
    for index, forget in enumerate(np.exp(-np.diff(positions, prepend=0.0) / reach)):
        total, weight = forget * total, forget * weight
        if np.isfinite(values[index]):
            total, weight = total + values[index], weight + 1
        result[index] = total / weight if weight else np.nan
    return result


def thinned(positions: Floats, values: Floats, most: int = MOST_POINTS) -> tuple[Floats, Floats]:
    """Neighbours averaged until at most `most` points are left; the newest position stays where it is.

    >>> thinned(np.array([1.0, 2.0, 3.0]), np.array([4.0, 6.0, 7.0]), most=2)
    (array([2., 3.]), array([5., 7.]))
    """
    size = -(-len(values) // most) if len(values) else 1
    if size == 1:
        return positions, values
    starts = np.arange(0, len(values), size)
    ends = np.append(starts[1:], len(values))
    return positions[ends - 1], np.add.reduceat(values, starts) / (ends - starts)


def _epoch_line(epochs: Floats, values: Floats, role: str, name: str) -> Chart:
    """One value for each epoch. Told apart by mark and dash as well as by colour."""
    epochs, values = thinned(epochs, values)
    mark = ("circle" if role == "train" else "diamond") if len(epochs) <= MOST_MARKS else None
    return _line(epochs, values, role, "strong" if role == "train" else "dashed", name) | {"mark": mark}


def _line(x: Floats, y: Floats, role: str, style: str, name: str = "") -> Chart:
    """4 significant digits travel: a screen has no more."""
    return {
        "name": name,
        "role": role,
        "style": style,
        "x": [float(f"{value:.5g}") for value in x],
        "y": [float(f"{value:.4g}") if np.isfinite(value) else None for value in y],
    }


def _floor(accuracies: Floats) -> float:
    """The axis starts at 0 while the net still guesses, higher once everything is good: 97 and 99% must look unlike."""
    low = float(accuracies.min()) if accuracies.size else 0.0
    return max(0.0, float(np.floor((low - 0.02) * 10) / 10)) if low > 0.5 else 0.0


def _finite(values: Floats) -> Floats:
    return np.where(np.isfinite(values), values, np.nan)
