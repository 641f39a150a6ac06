"""Layer strip: the layers with weights in a row, frozen, learning, thawed later or new, by word, sign and pattern."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from cnnviz.ui.shared.html import Html, html, join
from cnnviz.ui.shared.i18n import _, sentences
from cnnviz.ui.shared.learning import SIGNS, TITLES

if TYPE_CHECKING:
    from cnnviz.engine.transfer import Part

MOST_BLOCKS = 14  # that stand one by one: beyond, neighbours of one group that do the same are one


@dataclass(frozen=True)
class Block:
    """Layers that stand together and do the same."""

    name: str
    params: int
    layers: int
    kind: str  # of SIGNS
    stage: int | None
    first_epoch: int | None


def blocks(parts: Sequence[Part]) -> list[Block]:
    """What is drawn, in the order the layers run: a layer with its norm; of a deep network, whole groups."""
    found = [each for name, same in groupby(parts, key=lambda part: part.block) for each in _block(name, list(same))]
    if len(found) <= MOST_BLOCKS:
        return found
    grouped = groupby(found, key=lambda each: (each.name.split(".")[0], each.kind, each.stage))
    return [_gathered([*same]) for _group, same in grouped]


def _block(name: str, members: list[Part]) -> list[Block]:
    """One block, or several where its layers do not learn at the same time."""
    made = []
    for stage_and_new, same in groupby(members, key=lambda part: (part.stage, part.is_new)):
        some = list(same)
        stage, is_new = stage_and_new
        whole = len(some) == len(members)
        title = name if whole else _span([part.name for part in some])
        kind = "new" if is_new else "frozen" if stage is None else "learns" if stage == 0 else "later"
        made.append(Block(title, sum(part.params for part in some), len(some), kind, stage, some[0].first_epoch))
    return made


def _gathered(same: Sequence[Block]) -> Block:
    first = same[0]
    layers, params = sum(each.layers for each in same), sum(each.params for each in same)
    return Block(_span([each.name for each in same]), params, layers, first.kind, first.stage, first.first_epoch)


def _span(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} … {names[-1]}"


def counts_in_words(parts: Sequence[Part]) -> str:
    """ "60,856 weights frozen, 850 learn from the first epoch on, 10,164 more after thawing." """
    frozen = sum(part.params for part in parts if part.stage is None)
    first = sum(part.params for part in parts if part.stage == 0)
    later = sum(part.params for part in parts if part.stage)
    said = [_("{count} weights learn from the first epoch on.", count=f"{first:,}")]
    if later:
        said.append(_("{count} more join them as they thaw.", count=f"{later:,}"))
    if frozen:
        said.append(_("{count} stay frozen.", count=f"{frozen:,}"))
    return sentences(*said)


def strip(parts: Sequence[Part]) -> Html:
    """The row with its legend. It can be read without seeing it: every block says in words what it does."""
    drawn = blocks(parts)
    kinds = dict.fromkeys(each.kind for each in drawn)
    legend = join(
        Html(f'<li class="tl-{kind}"><i aria-hidden="true">{SIGNS[kind]}</i>{html(_(TITLES[kind]))}</li>')
        for kind in SIGNS
        if kind in kinds
    )
    cells = join(_cell(each) for each in drawn)
    label = html(_("Layers with weights, in the order they are computed"))
    return Html(
        f'<p class="tl-counts">{html(counts_in_words(parts))}</p>'
        f'<ol class="tl-layers" aria-label="{label}">{cells}</ol><ul class="tl-legend">{legend}</ul>'
    )


def state_in_words(block: Block) -> str:
    """ "frozen", "learns", "new", "thaw 1: epoch 3" """
    if block.kind == "later":
        return _("thaw {number}: epoch {epoch}", number=block.stage, epoch=block.first_epoch)
    return _(TITLES[block.kind])


def _cell(block: Block) -> Html:
    layers = _("{count} layers", count=block.layers) if block.layers > 1 else ""
    weights = _("{count} weights", count=f"{block.params:,}")
    small = join((html(each) for each in (layers, weights) if each), " · ")
    return Html(
        f'<li class="tl-{block.kind}"><i aria-hidden="true">{SIGNS[block.kind]}</i><b>{html(block.name)}</b>'
        f"<span>{html(state_in_words(block))}</span><small>{small}</small></li>"
    )


def heading(text: str) -> Html:
    """The title of a part of the panel."""
    return Html(f'<p class="tl-heading">{html(text)}</p>')
