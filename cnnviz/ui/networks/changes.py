"""What was changed in a network of the zoo, and what each change costs in weights and work. Imports torch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from cnnviz.models.registry import model_spec
from cnnviz.ui.networks.choice import Choice, plain, value_in_words
from cnnviz.ui.networks.summary import dissection
from cnnviz.ui.shared.i18n import _, listed


@dataclass(frozen=True)
class Change:
    """One thing that is not as the authors made it, and what it alone adds."""

    what: str
    params: int
    macs: int


def changes(choice: Choice) -> list[Change]:
    """Channels, classes and options that differ from the network's own, each measured alone."""
    own = plain(choice.name)
    before = dissection(own)
    found = []
    for what, changed in _one_by_one(choice, own):
        after = dissection(changed)
        found.append(Change(what, after.params - before.params, after.macs - before.macs))
    return found


def in_words(found: list[Change]) -> str:
    """ "Changed: Batch norm on (+44 weights)"; "" if nothing was."""
    if not found:
        return ""
    return _("Changed: {changes}.", changes=listed((_one(change) for change in found), "; "))


def _one(change: Change) -> str:
    return _("{what} ({about})", what=change.what, about=_cost(change))


def _one_by_one(choice: Choice, own: Choice) -> Iterator[tuple[str, Choice]]:
    if choice.in_channels != own.in_channels:
        yield _("channels: {count}", count=choice.in_channels), replace(own, in_channels=choice.in_channels)
    if choice.num_classes != own.num_classes:
        yield _("classes: {count}", count=choice.num_classes), replace(own, num_classes=choice.num_classes)
    options = {option.name: option for option in model_spec(choice.name).options}
    for name, value in choice.options:
        yield (
            _("{name}: {value}", name=_(options[name].title), value=value_in_words(options[name], value)),
            replace(own, options=((name, value),)),
        )


def _cost(change: Change) -> str:
    if not change.params and not change.macs:
        return _("same weights, same work")
    parts = []
    if change.params:
        parts.append(_("{count} weights", count=_signed(change.params)))
    if change.macs:
        parts.append(_("{count} multiplications", count=_signed(change.macs)))
    return listed(parts)


def _signed(number: int) -> str:
    return f"{number:+,}".replace("-", "−")
