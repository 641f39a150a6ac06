"""The table that `model.summary()` prints, with bars for where the weights and where the work are."""

from __future__ import annotations

from html import escape

import streamlit as st

from cnnviz.models.summary import LayerInfo, Summary
from cnnviz.ui.i18n import _
from cnnviz.ui.networks.dissection import shape
from cnnviz.ui.numbers import memory, percent

_LONG = 60  # layers: beyond it, at first only those with weights


def table(summary: Summary, label: str, chosen: str | None) -> None:
    """A row for each layer, totals below."""
    rows = list(summary)
    if len(rows) > _LONG and not st.toggle(
        _("Every layer, those without weights too"), key="networks_all_rows", bind="query-params"
    ):
        rows = [layer for layer in rows if layer.params]
    st.html(_html(summary, rows, label, chosen))
    st.caption(
        _(
            "Weights include biases. A multiplication stands for a multiplication and an addition. Memory: what the "
            "layer gives for one picture, 4 bytes a value. Sees: the side, in pixels, of what one value depends on."
        )
    )


def _html(summary: Summary, rows: list[LayerInfo], label: str, chosen: str | None) -> str:
    head = [_("Layer"), _("Output"), _("Weights"), _("Multiplications"), _("Memory"), _("Sees")]
    most_weights = max((layer.params for layer in rows), default=0)
    most_work = max((layer.macs for layer in rows), default=0)
    cells = "".join(f'<th scope="col">{escape(text)}</th>' for text in head)
    body = "".join(_row(layer, most_weights, most_work, layer.name == chosen) for layer in rows)
    name = escape(_("The layers of {name}", name=label))
    foot = (
        f'<th scope="row">{escape(_("Together"))}</th><td></td><td>{summary.params:,}{_bar(0, 0, "")}</td>'
        f"<td>{summary.macs:,}{_bar(0, 0, '')}</td><td>{memory(summary.activation_bytes)}</td><td></td>"
    )
    return (
        f'<div class="nw-scroll" role="region" tabindex="0" aria-label="{name}"><table class="nw-table">'
        f"<caption>{name}</caption><thead><tr>{cells}</tr></thead><tbody>{body}</tbody>"
        f"<tfoot><tr>{foot}</tr></tfoot></table></div>"
    )


def _row(layer: LayerInfo, most_weights: int, most_work: int, is_chosen: bool) -> str:
    kind = ' class="nw-on" aria-current="true"' if is_chosen else ""
    sees = f"{layer.receptive_field}" if len(layer.output_shape) == 3 else _("everything")
    return (
        f'<tr{kind}><th scope="row">{escape(layer.name)} <i>{escape(layer.kind)}</i></th>'
        f"<td>{shape(layer.output_shape)}</td>"
        f"<td>{_count(layer.params)}{_bar(layer.params, most_weights, 'nw-weights')}</td>"
        f"<td>{_count(layer.macs)}{_bar(layer.macs, most_work, 'nw-work')}</td>"
        f"<td>{memory(layer.activation_bytes)}</td><td>{sees}</td></tr>"
    )


def _count(number: int) -> str:
    return f"{number:,}" if number else "<i>0</i>"


def _bar(part: int, most: int, kind: str) -> str:
    """As long as the layer's share of the largest layer's; nothing to read out, the number stands beside it."""
    share = part / most if most else 0
    width = max(share * 100, 1.5) if part else 0
    return f'<span class="nw-bar"><b class="{kind}" style="width:{width:.1f}%"></b></span>'


def where(summary: Summary) -> str:
    """Where the weights and the work are, in a sentence; "" for a network without weights."""
    if not summary.params or not summary.macs:
        return ""
    heaviest = max(summary, key=lambda layer: layer.params)
    busiest = max(summary, key=lambda layer: layer.macs)
    return _(
        "Most weights: {heaviest}, {weights} of all. Most work: {busiest}, {work} of it.",
        heaviest=heaviest.name,
        weights=percent(heaviest.params / summary.params),
        busiest=busiest.name,
        work=percent(busiest.macs / summary.macs),
    )
