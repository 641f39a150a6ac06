"""Row: one layer or block as it was written, and what rows are called in a state_dict. Never imports torch.

A row is data: its kind is looked up in `LAYER_KINDS`, its options in the kind's; nothing else can be named. Dots make
groups, as torch has them: "features.0", "features.1" are two layers in a Sequential called "features".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.base.locale.typesetting import Listed
from cnnviz.base.params import excerpt
from cnnviz.models.editor.layers import LAYER_KINDS, layer_kind
from cnnviz.models.editor.layers.kind import LayerKind

_PART = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,31}|[0-9]{1,3}")
_MAX_DEPTH = 4
# What an nn.Sequential calls its own: torch refuses these as names of layers. A test holds this to torch.
RESERVED = frozenset((
    "T_destination", "add_module", "append", "apply", "bfloat16", "buffers", "call_super_init", "children", "compile",
    "cpu", "cuda", "double", "dump_patches", "eval", "extend", "extra_repr", "float", "forward", "get_buffer",
    "get_extra_state", "get_parameter", "get_submodule", "half", "insert", "ipu", "load_state_dict", "modules", "mtia",
    "named_buffers", "named_children", "named_modules", "named_parameters", "parameters", "pop",
    "register_backward_hook", "register_buffer", "register_forward_hook", "register_forward_pre_hook",
    "register_full_backward_hook", "register_full_backward_pre_hook", "register_load_state_dict_post_hook",
    "register_load_state_dict_pre_hook", "register_module", "register_parameter", "register_state_dict_post_hook",
    "register_state_dict_pre_hook", "requires_grad_", "set_extra_state", "set_submodule", "share_memory", "state_dict",
    "to", "to_empty", "train", "training", "type", "xpu", "zero_grad",
))  # fmt: skip

_UNKNOWN_OPTION = N_("{kind} has no option {option}. Choose among: {allowed}.")
_NOT_A_NAME = N_(
    "{value} cannot be the name of a layer. Use letters, digits and _, with a letter first, for example conv1; "
    "or leave it empty."
)
_TAKEN = N_("The name {value} is taken by row {other}. Choose another, or leave it empty.")
_APART = N_(
    "The rows of the group {group} must follow one another, but row {other} stands between. Move or rename this row."
)


@dataclass(frozen=True)
class Row:
    """One row as it was written, right or wrong: `Blueprint.check` says which. Make it with `Row.of`."""

    kind: str
    name: str = ""  # as in a state_dict: "conv1", "features.0"; empty: called after its kind
    given: tuple[tuple[str, Any], ...] = ()  # options in the order written; what is not given has its default

    @classmethod
    def of(cls, kind: str, name: str = "", **options: Any) -> Row:
        """A row from keywords: Row.of("conv", out_channels=6, kernel_size=5)."""
        given = ((key, tuple(value) if isinstance(value, list) else value) for key, value in options.items())
        return cls(kind, name, tuple(given))

    @property
    def options(self) -> dict[str, Any]:
        """What was given."""
        return dict(self.given)

    def values(self) -> dict[str, Any]:
        """Every option of the kind, read and within its limits. Raises ConfigurationError."""
        kind, given = layer_kind(self.kind), self.options
        refuse_unknown(kind, given)
        return {option.name: option.checked(given.get(option.name)) for option in kind.options}


def refuse_unknown(kind: LayerKind, options: Mapping[str, Any]) -> None:
    """Raises ConfigurationError if `options` names something `kind` does not have."""
    for option in options:
        if kind.option(option) is None:
            allowed = Listed(known.name for known in kind.options) or "–"
            raise ConfigurationError(_UNKNOWN_OPTION, kind=kind.name, option=excerpt(option), allowed=allowed)


def row_names(rows: Sequence[Row]) -> list[str]:
    """The name of every row; those without one are counted by kind: conv1, conv2, relu1.

    A row without a name between two of one group belongs to that group: features.conv1.
    """
    given = [_given(row).split(".") for row in rows]
    taken = {".".join(parts[:depth]) for parts in given for depth in range(1, len(parts) + 1)}  # groups too
    counts: dict[str, int] = {}
    names = []
    for row, group in zip(rows, _groups(rows), strict=True):
        name, short = _given(row), group + _short(row)
        while not name:
            counts[short] = counts.get(short, 0) + 1
            number = counts[short]
            candidate = short if short.endswith("flatten") and number == 1 else f"{short}{number}"
            name = "" if candidate in taken else candidate
        names.append(name)
    return names


def name_problems(rows: Sequence[Row], names: Sequence[str]) -> dict[int, ConfigurationError]:
    """What is wrong with names, by index of the row."""
    problems: dict[int, ConfigurationError] = {}
    layers: dict[str, int] = {}  # full name -> row
    groups: dict[str, int] = {}  # prefix -> the last row in it
    for index, (row, name) in enumerate(zip(rows, names, strict=True)):
        parts = name.split(".")
        if not isinstance(row.name, str) or not _is_name(parts):
            problems[index] = ConfigurationError(_NOT_A_NAME, parameter="name", value=excerpt(row.name))
            continue
        prefixes = [".".join(parts[:depth]) for depth in range(1, len(parts))]
        clash = next((layers[one] for one in [*prefixes, name] if one in layers), groups.get(name))
        apart = next((group for group in prefixes if groups.get(group, index - 1) < index - 1), None)
        if clash is not None:
            problems[index] = ConfigurationError(_TAKEN, parameter="name", value=excerpt(name), other=clash + 1)
        elif apart is not None:
            problems[index] = ConfigurationError(
                _APART, parameter="name", group=excerpt(apart), other=groups[apart] + 2
            )
        layers.setdefault(name, index)
        groups.update(dict.fromkeys(prefixes, index))
    return problems


def _given(row: Row) -> str:
    return row.name if isinstance(row.name, str) else ""


def _groups(rows: Sequence[Row]) -> list[str]:
    """For each row "features." if the named rows before and after it are both in the group features; else ""."""
    before, after = _groups_before(rows), _groups_before(rows[::-1])[::-1]
    return ["".join(f"{part}." for part in _shared(*pair)) for pair in zip(before, after, strict=True)]


def _groups_before(rows: Sequence[Row]) -> list[list[str]]:
    """For each row the groups of the last named row before it."""
    found, groups = [], list[str]()
    for row in rows:
        found.append(groups)
        groups = _given(row).split(".")[:-1] or ([] if _given(row) else groups)
    return found


def _shared(one: Sequence[str], other: Sequence[str]) -> list[str]:
    """The groups both are in, from the outside."""
    same = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    shared = [part for part, _ in same]
    return shared if _is_name(shared) else []


def _is_name(parts: Sequence[str]) -> bool:
    return len(parts) <= _MAX_DEPTH and all(_PART.fullmatch(part) and part not in RESERVED for part in parts)


def _short(row: Row) -> str:
    kind = LAYER_KINDS.get(row.kind) if isinstance(row.kind, str) else None
    return "row" if kind is None else kind.row_name(row.options)
