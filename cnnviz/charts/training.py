"""Curves of a training: loss and learning rate while it goes, accuracy epoch by epoch; and the planned learning rate.

NumPy in; plain data for the browser component `curves` out. Plotly draws the planned rate alone: Streamlit takes a
Plotly chart with other data for another chart and builds it anew, which twice a second is a flicker.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.charts.theme import mixed, palette, plain, plotly_template

if TYPE_CHECKING:
    import plotly.graph_objects as go

Floats = NDArray[np.float64]
Chart = dict[str, Any]  # JSON-ready

MOST_POINTS = 240  # of a line: one for every third pixel
MOST_MARKS = 60  # more would touch
_REACH = 0.015  # of the whole run: how far back the smoothed line remembers, however often reports come
_LOG_ABOVE = 30.0  # a loss that explodes leaves the rest a flat line on a linear axis
_LOG_BEYOND = 5.0  # a learning rate scaled so far makes the rest of its strip flat
_DECADES = 1e4  # of a log strip: a one-cycle ends at a 250,000th of its peak
_HEIGHT = 300  # pixels: on a projector the loss is above the fold
_STRIP = 128
_SCHEDULE_HEIGHT = 92
_SCHEDULE_POINTS = 120  # it is 26rem wide


def _nothing() -> Floats:
    return np.array([], float)


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
    rates: Floats = field(default_factory=_nothing)  # (reports,) learning rate of the newest step
    train_loss: Floats = field(default_factory=_nothing)  # (done,) mean over the epoch
    held_out_loss: Floats = field(default_factory=_nothing)  # (done,) NaN: nothing was held out
    held_out_accuracy: Floats = field(default_factory=_nothing)
    lr_changes: tuple[tuple[float, float], ...] = ()  # (epochs done, lr_scale from there on)
    thaws: tuple[tuple[float, str], ...] = ()  # (epochs done, which layers learn as well from there on)


@dataclass(frozen=True)
class Words:
    """The words in the pictures, in the visitor's language."""

    epoch: str = "Epoch"
    loss: str = "Loss"
    loss_log: str = "Loss (log scale)"
    accuracy: str = "Accuracy"
    train: str = "training pictures"
    test: str = "test pictures"
    held_out: str = "held-out pictures"
    mean: str = "epoch mean"
    rate: str = "Learning rate"


def newest_loss(curves: Curves) -> float:
    """The end of the smoothed line of `loss_chart`; NaN before the first report. What is not finite stays so."""
    if not curves.losses.size or not np.isfinite(curves.losses[-1]):
        return float(curves.losses[-1]) if curves.losses.size else float("nan")
    return float(smoothed(curves.positions, _finite(curves.losses), _REACH * curves.planned)[-1])


def loss_chart(curves: Curves, words: Words, alt: str = "", live: bool = False) -> Chart:
    """Loss over epochs: the reports thin, smoothed strong; the test set's where an epoch ends."""
    positions, losses = thinned(curves.positions, _finite(curves.losses))
    smooth = smoothed(positions, losses, _REACH * curves.planned)
    test, held_out = _finite(curves.test_loss), _finite(curves.held_out_loss)
    known = np.concatenate([losses, test, held_out])
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
        "lrScales": sorted([*_lr_scales(curves), *_thaws(curves)], key=lambda mark: mark["x"]),
        "lines": [
            _line(positions, losses, "train", "faint"),
            _line(positions, smooth, "train", "strong", words.train) | {"head": True},
            _epoch_line(curves, test, "test", words.test),
            *_marks(curves, _finite(curves.train_loss), words.mean),
            *_held_out(curves, held_out, words.held_out),
        ],
    }


def rate_chart(curves: Curves, words: Words, alt: str = "") -> Chart:
    """The learning rate under the loss, on the same axis; a log scale once it was scaled far."""
    positions, rates = sampled(curves.positions, curves.rates)
    scales = [1.0, *(lr_scale for _, lr_scale in curves.lr_changes)]
    is_log = bool(rates.size and rates.max() > 0) and max(scales) / min(scales) > _LOG_BEYOND
    top = float(rates.max()) if rates.size and rates.max() > 0 else 1.0
    low = max(float(rates[rates > 0].min()), top / _DECADES) if is_log else 0.0
    return {
        "height": _STRIP,
        "alt": alt,
        "live": False,
        "x": {"title": "", "from": 0, "to": 1.01 * max(curves.planned, 1)},
        "y": {
            "title": "",  # the legend says it: a strip is too low for a title up its side
            "format": "rate",
            "log": is_log,
            "from": low / 1.3 if is_log else 0,
            "to": top * (1.6 if is_log else 1.12),
        },
        "lrScales": _lr_scales(curves),
        "lines": [_line(positions, rates, "rate", "strong", words.rate) | {"head": True}],
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
            "from": _accuracy_floor(curves),
            "to": 1.0,
        },
        "lines": [
            _epoch_line(curves, curves.train_accuracy, "train", words.train),
            _epoch_line(curves, curves.test_accuracy, "test", words.test),
            *_held_out(curves, curves.held_out_accuracy, words.held_out),
        ],
    }


def factor_text(factor: float) -> str:
    """A factor as one says it: what is below one as a division.

    >>> factor_text(0.1), factor_text(0.3), factor_text(20), factor_text(1)
    ('÷10', '×0.3', '×20', '×1')
    """
    inverse = 1 / factor
    return f"÷{round(inverse)}" if factor < 1 and abs(inverse - round(inverse)) < 1e-6 else f"×{factor:.6g}"


def sampled(positions: Floats, values: Floats, most: int = MOST_POINTS) -> tuple[Floats, Floats]:
    """Every so many of them, the newest always: a step stays a step."""
    size = -(-len(values) // most) if len(values) else 1
    return positions[::-1][::size][::-1], values[::-1][::size][::-1]


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


def _epoch_line(curves: Curves, values: Floats, role: str, name: str) -> Chart:
    """One value for each epoch. Told apart by mark and dash as well as by colour."""
    epochs, values = thinned(curves.epochs, values)
    mark = ("circle" if role == "train" else "diamond") if _has_room(curves) else None
    return _line(epochs, values, role, "strong" if role == "train" else "dashed", name) | {"mark": mark}


def _marks(curves: Curves, values: Floats, name: str) -> list[Chart]:
    """The training loss of whole epochs: marks without a line, for the line is there batch by batch."""
    if not values.size or not _has_room(curves):
        return []
    return [_line(curves.epochs, values, "train", "none", name) | {"mark": "circle"}]


def _held_out(curves: Curves, values: Floats, name: str) -> list[Chart]:
    if not values.size or not np.isfinite(values).any():
        return []
    epochs, values = thinned(curves.epochs, values)
    mark = "triangle" if _has_room(curves) else None
    return [_line(epochs, values, "held", "dotted", name) | {"mark": mark}]


def _has_room(curves: Curves) -> bool:
    """Whether marks would not touch. The axis is the whole run; a single epoch is a mark or nothing."""
    return len(curves.epochs) <= 1 or max(len(curves.epochs), curves.planned) <= MOST_MARKS


def _lr_scales(curves: Curves) -> list[dict[str, Any]]:
    return [{"x": round(at, 4), "text": factor_text(lr_scale)} for at, lr_scale in curves.lr_changes]


def _thaws(curves: Curves) -> list[dict[str, Any]]:
    return [{"x": round(at, 4), "text": f"+ {layers}"} for at, layers in curves.thaws]


def _known(curves: Curves) -> Floats:
    return curves.held_out_accuracy[np.isfinite(curves.held_out_accuracy)]


def _line(x: Floats, y: Floats, role: str, style: str, name: str = "") -> Chart:
    """4 significant digits travel: a screen has no more."""
    return {
        "name": name,
        "role": role,
        "style": style,
        "x": [float(f"{value:.5g}") for value in x],
        "y": [float(f"{value:.4g}") if np.isfinite(value) else None for value in y],
    }


def _accuracy_floor(curves: Curves) -> float:
    drawn = np.concatenate([curves.train_accuracy, curves.test_accuracy, _known(curves)])
    return share_floor(float(drawn.min())) if drawn.size else 0.0


def share_floor(low: float, is_fine: bool = False) -> float:
    """Where an axis of shares starts: at 0 while a network still guesses, higher once all are good.

    97 and 99% must look unlike. `is_fine`: above 95% the start is a hundredth, not a tenth.
    """
    if is_fine and low > 0.95:
        return math.floor((low - 0.002) * 100) / 100
    return max(0.0, math.floor((low - 0.02) * 10) / 10) if low > 0.5 else 0.0


def _finite(values: Floats) -> Floats:
    return np.where(np.isfinite(values), values, np.nan)


def schedule(rates: Sequence[float], epochs: int, peak: str, end: str, theme: str) -> go.Figure:
    """`rates` of equally spaced steps as a line over an area; `peak` and `end` are its two words."""
    import plotly.graph_objects as go  # heavy

    chosen = _thinned_rates(rates)
    color = palette(theme)
    last = max(1, len(chosen) - 1)
    line = {
        "type": "scatter",
        "x": [epochs * index / last for index in range(len(chosen))],
        "y": [float(f"{rate:.5g}") for rate in chosen],
        "mode": "lines",
        "line": {"color": color["train"], "width": 2},
        "fill": "tozeroy",
        "fillcolor": mixed(color["train"], color["background"], 0.14),
        "hovertemplate": f"%{{x:.2~f}} / {epochs} · %{{y:.3~g}}<extra></extra>",
    }
    word = {"xref": "paper", "yref": "paper", "showarrow": False, "font": {"color": color["muted"], "size": 14}}
    axis = {"showgrid": False, "showticklabels": False, "fixedrange": True, "automargin": False}
    layout = {
        "template": plotly_template(theme),
        "height": _SCHEDULE_HEIGHT,
        "margin": {"l": 4, "r": 4, "t": 24, "b": 22},
        "showlegend": False,
        "hovermode": "x",
        "hoverdistance": -1,
        "xaxis": {**axis, "range": [0, epochs]},
        "yaxis": {**axis, "range": [0, max(chosen) * 1.04 or 1.0]},
        "annotations": [
            {**word, "text": plain(peak), "x": 0, "xanchor": "left", "y": 1, "yanchor": "bottom"},
            {**word, "text": plain(end), "x": 1, "xanchor": "right", "y": 0, "yanchor": "top"},
        ],
    }
    return go.Figure({"data": [line], "layout": layout})


def _thinned_rates(rates: Sequence[float]) -> list[float]:
    """At most `_SCHEDULE_POINTS` of them, first and last among them; a single one twice, as a line."""
    if len(rates) == 1:
        return [rates[0], rates[0]]
    if len(rates) <= _SCHEDULE_POINTS:
        return list(rates)
    last = len(rates) - 1
    return [rates[round(index * last / (_SCHEDULE_POINTS - 1))] for index in range(_SCHEDULE_POINTS)]
