"""The curves of a training: loss while it goes, accuracy epoch by epoch. NumPy in, Plotly out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from cnnviz.figures.theme import palette

Floats = NDArray[np.float64]

MOST_POINTS = 400  # of the batch line: more than its pixels help nobody and travel twice a second
_REACH = 0.015  # of the whole run: how far back the smoothed line remembers, however often reports come
_LOG_ABOVE = 30.0  # a loss that explodes leaves the rest a flat line on a linear axis
_HEIGHTS = {"loss": 340, "accuracy": 360}
_FONT = 16  # pixels: read from the last row
_FAMILY = (
    "Inter, Segoe UI, Helvetica Neue, Noto Sans, PingFang SC, Microsoft YaHei, Noto Sans CJK SC, "
    "Source Sans, sans-serif"
)


@dataclass(frozen=True)
class Curves:
    """What a run has told so far. Losses may be infinite or not a number."""

    positions: Floats  # (reports,) epochs done at each report, e.g. 1.25
    losses: Floats  # (reports,) mean loss over the batches since the report before
    epochs: Floats  # (done,) 1, 2, ...
    train_loss: Floats  # (done,)
    test_loss: Floats
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
    batches: str = "batches"
    train: str = "training pictures"
    test: str = "test pictures"


def loss_chart(curves: Curves, theme: str, words: Words) -> go.Figure:
    """Loss over epochs: every report thin, smoothed strong; the test set and the epoch's mean where an epoch ends."""
    colors = palette(theme)
    positions, losses = thinned(curves.positions, _finite(curves.losses))
    figure = _frame(curves, colors, words, "loss")
    smooth = smoothed(positions, losses, _REACH * curves.planned)
    line = {"mode": "lines", "hoverinfo": "skip", "x": _small(positions)}
    thin, strong = {"color": colors["train"], "width": 1.2}, {"color": colors["train"], "width": 3}
    figure.add_scatter(y=_small(losses), name=words.batches, line=thin, opacity=0.4, showlegend=False, **line)
    figure.add_scatter(y=_small(smooth), name=words.train, line=strong, **line)
    _add_epochs(figure, curves.epochs, curves.test_loss, words.test, colors["test"], "{y:.3f}")
    is_exploding = bool(np.nanmax(losses, initial=0.0) > _LOG_ABOVE)
    figure.update_yaxes(
        title_text=words.loss_log if is_exploding else words.loss,
        type="log" if is_exploding else "linear",
        rangemode="normal" if is_exploding else "tozero",
    )
    return figure


def accuracy_chart(curves: Curves, theme: str, words: Words) -> go.Figure:
    """Accuracy after each epoch, on the pictures trained on and on those never trained on."""
    colors = palette(theme)
    figure = _frame(curves, colors, words, "accuracy")
    _add_epochs(figure, curves.epochs, curves.train_accuracy, words.train, colors["train"], "{y:.1%}", solid=True)
    _add_epochs(figure, curves.epochs, curves.test_accuracy, words.test, colors["test"], "{y:.1%}")
    known = np.concatenate([curves.train_accuracy, curves.test_accuracy])
    figure.update_yaxes(
        title_text=words.accuracy, tickformat=".0%", range=[_floor(known), 1.01], nticks=6, showgrid=True
    )
    return figure


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
    """Neighbours averaged until at most `most` points are left; the newest one stays where it is."""
    size = -(-len(values) // most) if len(values) else 1
    if size == 1:
        return positions, values
    groups = np.arange(0, len(values), size)
    counts = np.diff(np.append(groups, len(values)))
    ends = np.append(groups[1:], len(values)) - 1
    return positions[ends], np.add.reduceat(values, groups) / counts


def _frame(curves: Curves, colors: dict[str, str], words: Words, kind: str) -> go.Figure:
    """The empty chart. Its x axis is the whole run from the start, so that one sees how much is left."""
    grid = {"gridcolor": colors["line"], "zeroline": False, "linecolor": colors["line"], "fixedrange": True}
    figure = go.Figure()
    figure.update_layout(
        template="none",
        height=_HEIGHTS[kind],
        margin={"l": 72, "r": 12, "t": 34, "b": 52},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"size": _FONT, "color": colors["muted"], "family": _FAMILY},
        legend={"orientation": "h", "x": 1, "xanchor": "right", "y": 1.02, "yanchor": "bottom", "itemclick": False,
                "itemdoubleclick": False, "font": {"color": colors["text"]}},
        hoverlabel={"font": {"size": _FONT}},
        dragmode=False,
        uirevision="same",
    )  # fmt: skip
    last = max(float(curves.planned), 1.0)
    ends = (0.0, 1.02 * last) if kind == "loss" else (0.5, last + 0.5)
    ticks = {"tick0": 0, "dtick": 1} if last <= 12 else {"nticks": 11}
    figure.update_xaxes(title_text=words.epoch, range=ends, tickformat="d", **ticks, **{**grid, "showgrid": False})
    figure.update_yaxes(**grid)
    return figure


def _add_epochs(
    figure: go.Figure, epochs: Floats, values: Floats, name: str, color: str, shown: str, solid: bool = False
) -> None:
    """One value for each epoch. Told apart by mark and dash as well as by colour; marks go when they would touch."""
    figure.add_scatter(
        x=_small(epochs),
        y=_small(_finite(values)),
        mode="lines+markers" if len(epochs) <= 60 else "lines",
        name=name,
        line={"color": color, "width": 2.5, "dash": "solid" if solid else "dot"},
        cliponaxis=False,
        marker={"size": 9, "symbol": "circle" if solid else "diamond"},
        hovertemplate=f"%{shown}<extra>%{{x}}</extra>",
    )


def _floor(accuracies: Floats) -> float:
    """The axis starts at 0 while the net still guesses, higher once everything is good: 97 and 99% must look unlike."""
    low = float(np.nanmin(accuracies, initial=1.0)) if len(accuracies) else 0.0
    return max(0.0, np.floor((low - 0.05) * 10) / 10) if low > 0.5 else 0.0


def _finite(values: Floats) -> Floats:
    return np.where(np.isfinite(values), values, np.nan)


def _small(values: Floats) -> NDArray[np.float32]:
    """Half the bytes on the wire; a screen has fewer digits."""
    return values.astype(np.float32)
