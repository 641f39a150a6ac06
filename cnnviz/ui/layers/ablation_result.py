"""Result of an ablation in HTML: the answers before and after, the accuracies, where the confusion matrix changed."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from cnnviz.base.locale import N_
from cnnviz.base.text import percent
from cnnviz.inspection.effect import Score
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.mount import css

_CSS = css("layers/ablation")
_MOST_BARS = 3
_MOST_CLASSES = 12  # of more, the matrix would be too small to read: the words below it say the most important
_FULL = 0.12  # share of a class at which a cell has its full colour


def answers(before: NDArray[np.floating], after: NDArray[np.floating], names: Sequence[str], true: int | None) -> str:
    """The likeliest classes before and after (k,) as pairs of bars, and in words whether the answer is another."""
    first, now = int(before.argmax()), int(after.argmax())
    shown = sorted(np.argsort(-np.maximum(before, after), kind="stable")[:_MOST_BARS].tolist())
    rows = "".join(_bars(names[k], float(before[k]), float(after[k])) for k in shown)
    if first == now:
        verdict = _("The answer stays {name}.", name=names[now])
        kind = ""
    else:
        verdict = _("The answer was {before} and is {after} now.", before=names[first], after=names[now])
        kind = "ab-better" if now == true else "ab-worse" if first == true else ""
    head = _("This picture: before, after")
    return (
        f'<style>{_CSS}</style><p class="ab-head">{escape(head)}</p><div class="ab-bars">{rows}</div>'
        f'<p class="ab-verdict {kind}" role="status"><b>{escape(verdict)}</b></p>'
    )


def scores(before: Score, after: Score, names: Sequence[str], data: str, *, is_untouched: bool) -> str:
    """How right the network is on the test set, before and after, and where that changed.

    `is_untouched`: nothing is off yet, and a sentence stands in that place.
    """
    head = _("{count} test pictures of {data}", count=f"{before.total:,}", data=data)
    hint = _("Switch something off: here stands which answers change.")
    where = f'<p class="ab-note">{escape(hint)}</p>' if is_untouched else _where(before, after, names)
    text = f"{percent(before.accuracy, 2)} → <b>{percent(after.accuracy, 2)}</b>"
    return (
        f'<p class="ab-head">{escape(head)}</p>'
        f'<p class="ab-score" role="status">{text} · {_difference(before, after)}</p>'
        f"{where}"
    )


def points(before: Score, after: Score) -> str:
    """ "−7.7 points": of the accuracy, in per cent."""
    value = 100 * (after.accuracy - before.accuracy)
    sign = "+" if value > 0 else "−" if value < 0 else "±"
    return _("{number} points", number=f"{sign}{abs(value):.2f}")


def _bars(name: str, before: float, after: float) -> str:
    numbers = f"{percent(before)} → {percent(after)}"
    return (
        f'<span>{escape(name)}</span><span class="ab-pair" aria-hidden="true">'
        f'<i class="ab-before" style="width:{before * 100:.2f}%"></i>'
        f'<i class="ab-after" style="width:{after * 100:.2f}%"></i></span>'
        f'<span class="ab-numbers">{escape(numbers)}</span>'
    )


def _difference(before: Score, after: Score) -> str:
    more = before.correct - after.correct
    kind = "ab-worse" if more > 0 else "ab-better"
    if more == 0:
        return escape(_("as many right as before"))
    said = _(N_("{count} more wrong") if more > 0 else N_("{count} fewer wrong"), count=f"{abs(more):,}")
    return f'<span class="{kind}">{escape(said)}</span>'


def _where(before: Score, after: Score, names: Sequence[str]) -> str:
    return _table(before, after, names) + _commonest(before, after, names)


def _table(before: Score, after: Score, names: Sequence[str]) -> str:
    """Rows are true classes, columns predicted ones; each cell the difference, worse in vermilion, better in blue."""
    if len(names) > _MOST_CLASSES:
        return ""
    change = after.confusion - before.confusion
    totals = np.maximum(before.confusion.sum(axis=1), 1)
    kind = "ab-long" if any(len(name) > 2 for name in names) else ""
    label = escape(_("Change of the confusion matrix: rows are true classes, columns predicted ones"), quote=True)
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    body = "".join(
        f'<tr><th scope="row">{escape(names[i])}</th>'
        + "".join(_cell(int(change[i, j]), int(totals[i]), i == j, (names[i], names[j])) for j in range(len(names)))
        + "</tr>"
        for i in range(len(names))
    )
    return (
        f'<table class="ab-change {kind}" aria-label="{label}"><thead><tr><td></td>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )


def _cell(more: int, total: int, is_right: bool, pair: tuple[str, str]) -> str:
    true, predicted = pair
    title = (
        _("{true} recognised", true=true)
        if is_right
        else _("{true} taken for {predicted}", true=true, predicted=predicted)
    )
    text = f"{more:+d}".replace("-", "−")
    if more == 0:
        return f'<td title="{escape(title, quote=True)}"></td>'
    color = "right" if (more > 0) == is_right else "wrong"
    part = min(1.0, abs(more) / total / _FULL)
    ground = f"color-mix(in srgb, var(--cnn-{color}) {15 + 45 * part:.0f}%, var(--cnn-background))"
    return f'<td title="{escape(f"{title}: {text}", quote=True)}" style="background:{ground}">{text}</td>'


def _commonest(before: Score, after: Score, names: Sequence[str]) -> str:
    change = after.confusion - before.confusion
    np.fill_diagonal(change, 0)
    i, j = np.unravel_index(int(change.argmax()), change.shape)
    if change[i, j] <= 0:
        return ""
    said = _(
        "Most new mistakes: {true} taken for {predicted}, {count} more.",
        true=names[int(i)],
        predicted=names[int(j)],
        count=f"{int(change[i, j]):,}",
    )
    return f'<p class="ab-note">{escape(said)}</p>'
